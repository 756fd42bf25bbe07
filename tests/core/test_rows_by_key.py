import threading

import pytest
from django.db import connection
from django.db.models import F
from tests.factories import NOON, RegionFactory, SessionFactory

from qixue.core.rows_by_key import ObjectsByKey, RowsByKey
from qixue.places.models import Region
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_rows_come_in_the_order_of_the_queryset_and_unknown_keys_are_left_out():
    first, second, _other = (RegionFactory(code=code).pk for code in ("9902", "9901", "9903"))
    rows = RowsByKey(Region.objects.order_by("code"), "pk", "code")

    assert [tuple(row) for row in rows.of([first, second, 0])] == [(second, "9901"), (first, "9902")]
    assert rows.of([]) == []


def test_rows_stay_within_the_queryset():
    region = RegionFactory(code="9901")
    rows = RowsByKey(Region.objects.exclude(code="9901"), "pk")

    assert rows.of([region.pk]) == []


def test_values_are_those_of_the_fields():
    session = SessionFactory(starts_at=NOON, ends_at=None, is_online=True)
    rows = RowsByKey(Session.objects.all(), "starts_at", "is_online")

    assert [tuple(row) for row in rows.of([session.pk])] == [(NOON, True)]


def test_the_statement_is_written_once_for_each_thread():
    rows = RowsByKey(Region.objects.order_by("code"), "pk")
    written = [rows.statement, rows.statement]

    def ask() -> None:
        written.append(rows.statement)
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()

    assert written[0] is written[1]
    assert written[0] is not written[2]
    assert written[0][0] == written[2][0]


def test_object_is_that_of_the_queryset_with_what_it_joins_and_annotates(django_assert_num_queries):
    session = SessionFactory(starts_at=NOON, ends_at=None)
    queryset = Session.objects.select_related("activity__programme", "activity__brand", "tally").annotate(
        same=F("starts_at")
    )
    expected = queryset.get(pk=session.pk)
    objects = ObjectsByKey(queryset)

    with django_assert_num_queries(1):
        found = objects.get(session.pk)
        assert found is not None
        assert found.activity.programme == expected.activity.programme
        assert found.activity.brand is None
        assert not hasattr(found, "tally")
        assert found.same == NOON
    assert {name: value for name, value in vars(found).items() if name != "_state"} == {
        name: value for name, value in vars(expected).items() if name != "_state"
    }


def test_there_is_no_object_outside_the_queryset():
    session = SessionFactory()

    assert ObjectsByKey(Session.objects.exclude(pk=session.pk)).get(session.pk) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks about PostgreSQL")
def test_postgresql_keeps_one_plan_for_any_key():
    keys = [SessionFactory().pk for _number in range(8)]  # it makes five plans before it keeps one
    objects = ObjectsByKey(Session.objects.select_related("activity__programme", "venue__region"))

    assert [found.pk for key in keys if (found := objects.get(key))] == keys

    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%programme_session%'")
        assert cursor.fetchall() == [(3,)]
