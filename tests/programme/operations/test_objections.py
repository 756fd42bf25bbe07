"""Objections against candidates: who makes them, who settles them, and what they stand in the way of."""

import dataclasses

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, key
from tests.factories_recognitions import NominationFactory, on_notice
from tests.programme.operations.conftest import told
from tests.programme.operations.test_nominations import code_of, kinds
from tests.programme.operations.test_public_notices import LATER, NAMED, coordinator, shown

from qixue.programme.models import Award, Nomination, NominationStep, Objection
from qixue.programme.operations.objections import ObjectionDetails, file_objection, settle_objection
from qixue.programme.operations.public_notices import award_nominations, end_notices

pytestmark = pytest.mark.django_db
Kind = NominationStep.Kind
State = Nomination.State
ANONYMOUS = ObjectionDetails("他的事迹与事实不符，请核实。")


def test_database_refuses_an_objection_settled_by_nobody() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(nomination=on_notice(), is_anonymous=True, received_at=NOON, settled_at=NOON)


def test_objection_sent_twice_is_one_and_tells_those_who_decide() -> None:
    candidate, form = on_notice(), key()
    judge = coordinator(candidate)

    pair = [file_objection(candidate, details=NAMED, key=form, at=NOON) for _time in range(2)]

    candidate.refresh_from_db()
    assert (pair[0], candidate.open_objection_count, told("nomination_objection")) == (pair[1], 1, [judge.pk])


def test_anonymous_objection_is_noted_and_blocks_nothing() -> None:
    candidate = on_notice()
    file_objection(candidate, details=ANONYMOUS, key=key(), at=NOON)
    end_notices(at=LATER)

    award_nominations(candidate.call, [candidate], by=coordinator(candidate), at=LATER)

    assert Award.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (ObjectionDetails("不行"), "objection_too_short"),
        (ObjectionDetails("长" * 2001), "objection_too_long"),
        (ObjectionDetails(NAMED.text, name="李明"), "name_and_phone"),
        (ObjectionDetails(NAMED.text, phone="13900000000"), "name_and_phone"),
        (ObjectionDetails(NAMED.text, name="李😀", phone="13900000000"), "name_mistaken"),
        (ObjectionDetails(NAMED.text, name="李明", phone="abc"), "phone_unclear"),
        (ObjectionDetails(NAMED.text, name="李明", phone="12345"), "phone_unclear"),
    ],
)
def test_objection_that_says_too_little_is_refused(details: ObjectionDetails, code: str) -> None:
    assert code_of(file_objection, on_notice(), details=details, key=key(), at=NOON) == code


@pytest.mark.parametrize("state", ["draft", "notice_over"])
def test_objection_outside_the_notice_is_refused(state: str) -> None:
    nomination = on_notice(state=state) if state == "notice_over" else NominationFactory()

    assert code_of(file_objection, nomination, details=NAMED, key=key(), at=NOON) == "notice_not_running"


def test_objection_after_the_last_day_is_refused_before_the_worker_came_by() -> None:
    assert code_of(file_objection, on_notice(), details=NAMED, key=key(), at=LATER) == "notice_not_running"


def test_flood_of_anonymous_objections_is_refused_and_silences_nobody_with_a_name() -> None:
    candidate = on_notice()
    for _number in range(20):
        file_objection(candidate, details=ANONYMOUS, key=key(), at=NOON)

    assert code_of(file_objection, candidate, details=ANONYMOUS, key=key(), at=NOON) == "too_many_objections"
    assert file_objection(candidate, details=NAMED, key=key(), at=NOON).is_anonymous is False


def test_flood_with_one_phone_number_is_refused_and_silences_nobody_else() -> None:
    candidate = on_notice()
    other = dataclasses.replace(NAMED, phone="139 0000 0001")
    for phone in ("13900000000", "139 0000 0000", "139-0000-0000", "13900000000", "１３９ 0000 0000"):
        file_objection(candidate, details=dataclasses.replace(NAMED, phone=phone), key=key(), at=NOON)

    assert code_of(file_objection, candidate, details=NAMED, key=key(), at=NOON) == "too_many_objections"
    for details in (other, ANONYMOUS):
        file_objection(candidate, details=details, key=key(), at=NOON)
    assert candidate.objections.count() == 7


def test_upheld_objection_removes_the_candidate_once() -> None:
    candidate = on_notice()
    judge = coordinator(candidate)
    objection = file_objection(candidate, details=NAMED, key=key(), at=NOON)

    for _time in range(2):
        settle_objection(objection, is_upheld=True, finding="事迹不实。", by=judge, at=NOON)

    candidate.refresh_from_db()
    assert (candidate.state, shown(candidate), candidate.open_objection_count) == (State.REMOVED, False, 0)
    assert kinds(candidate) == [Kind.OBJECTION, Kind.OBJECTION_UPHELD]


def test_objection_is_settled_with_a_finding_and_not_by_the_nominator() -> None:
    candidate = on_notice()
    objection = file_objection(candidate, details=NAMED, key=key(), at=NOON)
    settled = {"is_upheld": False, "at": NOON}

    codes = [
        code_of(settle_objection, objection, finding=finding, by=coordinator(candidate, of_nominator=own), **settled)
        for finding, own in ((" ", False), ("属实", True))
    ]

    assert codes == ["finding_missing", "not_judge"]
