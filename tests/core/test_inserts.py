"""Rows written past the ORM: the same as those that it writes, on either database."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from tests.factories import RegionFactory

from qixue.core.inserts import as_read, insert_all, insert_many, insert_new, made, prepared_columns
from qixue.core.models import AuditEntry, KeptAnswer, OutboxMessage
from qixue.core.statements import answers_to
from qixue.participation.models import DoorDevice
from qixue.places.models import Region

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 11, 5, 4, 0, 0, 123456, tzinfo=datetime.UTC)


def records() -> list[models.Model]:
    """Texts, numbers, truths, moments, UUIDs and JSON, and each of them missing where it may be."""
    return [
        AuditEntry(at=NOON, action="a", subject_type="s", subject_id="1", actor_name="王芳", details={"b": [1, None]}),
        AuditEntry(at=NOON, action="\t\\N", subject_type="", subject_id="2", actor_id=7, actor_name="x\ny"),
        KeptAnswer(actor_id=1, key=uuid.UUID(int=3), digest="d", body={"名": "x"}, at=NOON),
        OutboxMessage(channel=OutboxMessage.Channel.SMS, recipient="1", body="", key="k", created_at=NOON, due_at=NOON),
    ]


def rows() -> list[dict[str, Any]]:
    tables = (AuditEntry, KeptAnswer, OutboxMessage)
    found = [row for model in tables for row in model.objects.order_by("pk").values()]  # type: ignore[attr-defined]
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def as_the_orm_writes() -> list[dict[str, Any]]:
    with transaction.atomic():
        for record in records():
            record.save()
        found = rows()
        transaction.set_rollback(True)
    return found


def test_many_rows_are_those_of_the_orm() -> None:
    expected = as_the_orm_writes()
    first, second, *others = records()

    insert_many([first, second])
    for record in others:
        insert_many([record])

    assert rows() == expected


@pytest.mark.parametrize("write", [insert_many, lambda entries: answers_to(insert_all(entries))])
def test_whole_json_is_found_as_if_the_orm_had_written_it(write: Callable[[list[AuditEntry]], object]) -> None:
    details = {"名": "值", "of": [1, None]}

    write([AuditEntry(at=NOON, action="a", actor_name="x", details=details)])

    assert AuditEntry.objects.filter(details=details).count() == 1


def test_json_refuses_what_the_orm_refuses() -> None:
    with pytest.raises(TypeError), transaction.atomic():
        insert_many([AuditEntry(at=NOON, action="a", actor_name="x", details={"of": {1}})])


def test_one_statement_for_several_rows_is_that_of_the_orm() -> None:
    expected = as_the_orm_writes()
    first, second, *others = records()

    answers_to(insert_all([first, second]), *(insert_all([record]) for record in others))

    assert rows() == expected


def test_text_of_one_statement_is_the_same_for_any_number_of_rows() -> None:
    first, second, *_others = records()

    assert insert_all([first])[0] == insert_all([first, second])[0]


def test_field_that_json_does_not_know_is_no_part_of_one_statement() -> None:
    with pytest.raises(TypeError, match="JSON does not know the values of clock_offset"):
        insert_all([DoorDevice()])


def test_a_record_that_was_read_by_hand_is_that_of_the_orm(django_assert_num_queries: Any) -> None:
    region = RegionFactory()
    names = ("id", "code", "name")
    read_by_django = Region.from_db("default", names, (region.pk, region.code, region.name))

    record = as_read(Region, names, (region.pk, region.code, region.name))

    assert record.__dict__.keys() == read_by_django.__dict__.keys()
    assert record._state.__dict__ == read_by_django._state.__dict__
    assert record == region
    with django_assert_num_queries(1):
        assert record.path == region.path


def test_a_record_made_by_place_has_the_defaults_of_the_model() -> None:
    made_by_name = KeptAnswer(actor_id=1, key=uuid.UUID(int=3), digest="d", at=NOON)

    record = made(KeptAnswer, actor_id=1, key=uuid.UUID(int=3), digest="d", at=NOON)

    assert record.__dict__.keys() == made_by_name.__dict__.keys()
    assert [getattr(record, field.attname) for field in KeptAnswer._meta.concrete_fields] == [
        getattr(made_by_name, field.attname) for field in KeptAnswer._meta.concrete_fields
    ]
    assert record.body is not made(KeptAnswer, actor_id=1, key=record.key, digest="d", at=NOON).body


def test_a_record_is_not_made_of_what_is_no_column() -> None:
    with pytest.raises(TypeError, match="KeptAnswer has no name"):
        made(KeptAnswer, name="x")


def test_a_record_knows_what_it_was_made_with(django_assert_num_queries: Any) -> None:
    region = RegionFactory()

    place = made(Region, {"parent": region}, name="东村")

    with django_assert_num_queries(0):
        assert place.parent is region
    assert place.parent_id == region.pk
    assert made(Region, {"parent": None}, name="东村").parent is None


def test_of_new_rows_those_are_written_that_were_not_there() -> None:
    first, again, other = (KeptAnswer(actor_id=n, key=uuid.UUID(int=3), digest="d", at=NOON) for n in (1, 1, 2))
    first.save()

    assert insert_new([again, other], "actor_id") == {2}

    assert list(KeptAnswer.objects.order_by("actor_id").values_list("actor_id", flat=True)) == [1, 2]


def test_no_rows_are_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert_many([])


def test_a_row_that_may_not_be_there_takes_the_others_with_it() -> None:
    answers = [KeptAnswer(actor_id=1, key=uuid.UUID(int=3), digest="d", at=NOON) for _twice in range(2)]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(answers)

    assert not KeptAnswer.objects.exists()


def test_what_prepares_values_belongs_to_no_connection() -> None:
    """It is kept for all threads, and each has its own."""
    prepared = prepared_columns(OutboxMessage, connection.vendor)

    assert [field.name for field, prepare in prepared if hasattr(prepare, "__self__")] == []
