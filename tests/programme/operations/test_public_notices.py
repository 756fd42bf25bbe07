"""Consent, public notice, objections, result: what is public when, and what stands in the way of an award."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import TODAY, CallFactory, NominationFactory, on_notice
from tests.programme.operations.conftest import told
from tests.programme.operations.test_nominations import code_of, kinds

from qixue.core.figures import Scope, registry
from qixue.people.models import Role, User
from qixue.programme.models import Award, Nomination, NominationStep, Objection, PublicationConsent
from qixue.programme.operations.nomination_consents import ConsentDetails, record_consent, withdraw_consent
from qixue.programme.operations.nominations import erase_nominee
from qixue.programme.operations.objections import ObjectionDetails, file_objection, settle_objection
from qixue.programme.operations.public_notices import (
    award_nominations,
    end_notices,
    open_public_notice,
    recommend_upward,
)
from qixue.programme.operations.recognition_calls import close_call
from qixue.programme.queries.recognitions import last_notice_day, public_nominations

pytestmark = pytest.mark.django_db
Kind = NominationStep.Kind
State = Nomination.State
AGREED = ConsentDetails(given_by="盘秀英", given_on=TODAY, method="signed", includes_photo=True)
NAMED = ObjectionDetails("他的事迹与事实不符，请核实。", "李明", "13900000000")
LATER = NOON + datetime.timedelta(days=2)  # the notice of the factory is over then


def coordinator(nomination: Nomination, *, of_nominator: bool = False) -> User:
    place = nomination.organisation if of_nominator else nomination.call.organisation
    return RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user


def arrived(**values: object) -> Nomination:
    """A nomination that has reached the level that decides."""
    nomination = NominationFactory(**values)
    Nomination.objects.filter(pk=nomination.pk).update(state=State.NOMINATED, waits_at=nomination.call.organisation)
    nomination.refresh_from_db()
    return nomination


def shown(nomination: Nomination) -> bool:
    return public_nominations(nomination.call.programme).filter(pk=nomination.pk).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"is_public": True},
        {"is_public": True, "consented_at": NOON},
        {"state": "on_notice", "consented_at": NOON, "notice_from": TODAY, "notice_until": TODAY},
        {"state": "on_notice", "is_public": True, "notice_from": TODAY, "notice_until": TODAY},
        {"state": "on_notice", "is_public": True, "consented_at": NOON},
        {"state": "awarded", "notice_from": TODAY, "notice_until": TODAY},
        {"state": "nominated"},
        {"notice_from": TODAY, "notice_until": TODAY - datetime.timedelta(days=1)},
        {"name": ""},
        {"erased_at": NOON},
    ],
)
def test_database_refuses_what_must_not_be(values: dict) -> None:
    """Public without consent, on notice without days, honoured without an award, nameless without being erased."""
    with pytest.raises(IntegrityError), transaction.atomic():
        NominationFactory(**values)


def test_database_refuses_an_award_with_an_open_objection() -> None:
    candidate = on_notice(open_objection_count=1)
    award = Award.objects.create(programme=candidate.call.programme, code="R", title="星", level="city")

    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=candidate.pk).update(state=State.AWARDED, award=award)


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        (datetime.date(2026, 11, 4), 5, datetime.date(2026, 11, 11)),  # Wednesday to Wednesday
        (datetime.date(2026, 11, 7), 1, datetime.date(2026, 11, 9)),  # a Saturday
        (datetime.date(2026, 11, 6), 5, datetime.date(2026, 11, 13)),
    ],
)
def test_notice_lasts_whole_working_days_after_the_first(first: datetime.date, days: int, last: datetime.date) -> None:
    assert last_notice_day(first, days) == last


def test_consent_is_recorded_once_with_who_when_and_how() -> None:
    nomination = NominationFactory()
    clerk = coordinator(nomination, of_nominator=True)

    for _time in range(2):
        record_consent(nomination, details=AGREED, by=clerk, at=NOON)

    fields = ("scope", "given_by", "given_on", "method", "text_version", "recorded_by")
    assert list(PublicationConsent.objects.order_by("pk").values_list(*fields)) == [
        ("story", "盘秀英", TODAY, "signed", "2026-1", clerk.pk),
        ("photo", "盘秀英", TODAY, "signed", "2026-1", clerk.pk),
    ]
    assert kinds(nomination) == [Kind.CONSENTED]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"given_on": TODAY + datetime.timedelta(days=1)}, "day_to_come"),
        ({"given_by": " "}, "giver_missing"),
        ({}, "guardian_needed"),
    ],
)
def test_consent_that_cannot_be_is_refused(changes: dict, code: str) -> None:
    nomination = NominationFactory(is_under_14=code == "guardian_needed")
    details = ConsentDetails(**{"given_by": "盘秀英", "given_on": TODAY, "method": "phone", **changes})
    clerk = coordinator(nomination, of_nominator=True)

    assert code_of(record_consent, nomination, details=details, by=clerk, at=NOON) == code


def test_guardian_agrees_for_a_nominee_under_14() -> None:
    nomination = NominationFactory(is_under_14=True)
    details = ConsentDetails("盘水生", TODAY, "in_person", is_guardian=True)

    (consent,) = record_consent(nomination, details=details, by=coordinator(nomination, of_nominator=True), at=NOON)

    assert (consent.is_guardian, consent.scope) == (True, "story")


def test_consent_is_not_recorded_by_a_stranger() -> None:
    nomination = NominationFactory()
    stranger = RoleAssignmentFactory(role=Role.COORDINATOR).user

    assert code_of(record_consent, nomination, details=AGREED, by=stranger, at=NOON) == "not_in_charge"
    assert code_of(withdraw_consent, nomination, by=stranger, at=NOON) == "not_in_charge"


def test_withdrawn_consent_takes_a_candidate_off_at_once_and_ends_it() -> None:
    candidate = on_notice()
    clerk = coordinator(candidate, of_nominator=True)
    record_consent(candidate, details=AGREED, by=clerk, at=NOON)

    for _time in range(2):
        withdraw_consent(candidate, by=clerk, at=NOON)

    candidate.refresh_from_db()
    assert (shown(candidate), candidate.state, candidate.has_public_photo) == (False, State.WITHDRAWN, False)
    assert kinds(candidate) == [Kind.CONSENTED, Kind.CONSENT_WITHDRAWN]


def test_withdrawn_consent_to_the_photo_leaves_the_rest() -> None:
    candidate = on_notice(photo="face.jpg", photo_consented_at=NOON)
    clerk = coordinator(candidate, of_nominator=True)
    record_consent(candidate, details=AGREED, by=clerk, at=NOON)

    withdraw_consent(candidate, only_photo=True, by=clerk, at=NOON)

    candidate.refresh_from_db()
    assert (shown(candidate), candidate.state, candidate.has_public_photo) == (True, State.ON_NOTICE, False)


def test_withdrawn_consent_after_the_award_hides_the_name_and_keeps_the_count() -> None:
    winner = awarded()
    clerk = coordinator(winner, of_nominator=True)

    withdraw_consent(winner, by=clerk, at=LATER)
    recipient = Award.objects.get().recipient
    record_consent(winner, details=AGREED, by=clerk, at=LATER)

    scope = Scope(programme=winner.call.programme.code)
    rows = registry.get("learning_stars").evidence(scope)
    assert recipient == "（本人不同意公开姓名）"
    assert (shown(winner), Award.objects.get().recipient, [row.quote for row in rows]) == (True, "盘秀英", ["盘秀英"])


def awarded() -> Nomination:
    candidate = on_notice()
    record_consent(candidate, details=AGREED, by=coordinator(candidate, of_nominator=True), at=NOON)
    end_notices(at=LATER)
    award_nominations(candidate.call, [candidate], by=coordinator(candidate), at=LATER)
    candidate.refresh_from_db()
    return candidate


def test_notice_opens_for_five_working_days_and_tells_the_nominator() -> None:
    nomination = arrived(consented_at=NOON)
    clerk, judge = coordinator(nomination, of_nominator=True), coordinator(nomination)

    open_public_notice(nomination.call, [nomination], by=judge, at=NOON)

    nomination.refresh_from_db()
    assert (nomination.state, shown(nomination)) == (State.ON_NOTICE, True)
    assert (nomination.notice_from, nomination.notice_until) == (TODAY, datetime.date(2026, 11, 11))
    assert told("nomination_on_notice") == [clerk.pk]


@pytest.mark.parametrize(
    ("values", "until", "code"),
    [
        ({}, None, "consent_missing"),
        ({"consented_at": NOON}, TODAY, "notice_too_short"),
        ({"consented_at": NOON}, TODAY + datetime.timedelta(days=91), "notice_too_long"),
    ],
)
def test_notice_that_must_not_open_is_refused(values: dict, until: datetime.date | None, code: str) -> None:
    nomination = arrived(**values)
    judge = coordinator(nomination)

    assert code_of(open_public_notice, nomination.call, [nomination], until=until, by=judge, at=NOON) == code
    assert not shown(nomination)


def test_notice_for_more_than_there_are_places_shows_nobody() -> None:
    call = CallFactory(place_count=1)
    pair = [arrived(call=call, consented_at=NOON) for _number in range(2)]

    assert code_of(open_public_notice, call, pair, by=coordinator(pair[0]), at=NOON) == "too_many"
    assert not any(shown(each) for each in pair)


def test_notice_of_what_has_not_arrived_or_is_of_another_call_is_refused() -> None:
    draft, other = NominationFactory(consented_at=NOON), arrived(consented_at=NOON)
    judge = coordinator(draft)

    assert code_of(open_public_notice, draft.call, [draft], by=judge, at=NOON) == "not_waiting"
    assert code_of(open_public_notice, draft.call, [other], by=judge, at=NOON) == "none_chosen"
    assert code_of(open_public_notice, draft.call, [draft], by=coordinator(other), at=NOON) == "not_judge"


def test_notice_ends_by_itself_once() -> None:
    candidate = on_notice()
    judge = coordinator(candidate)

    counts = [end_notices(at=at) for at in (NOON, NOON + datetime.timedelta(days=1), LATER, LATER)]

    candidate.refresh_from_db()
    assert (counts, candidate.state, kinds(candidate)) == ([0, 0, 1, 0], State.NOTICE_OVER, [Kind.NOTICE_ENDED])
    assert told("recognition_notice_over") == [judge.pk]


def test_award_is_counted_by_figures_once() -> None:
    winner = awarded()

    award_nominations(winner.call, [winner], by=coordinator(winner), at=LATER)

    scope = Scope(programme=winner.call.programme.code)
    values = [registry.get(code).value(scope).quantity for code in ("awards", "learning_stars")]
    fields = ("recipient", "title", "level", "awarded_on")
    assert Award.objects.values_list(*fields).get() == ("盘秀英", "百姓学习之星", "city", "2026-11-06")
    assert [value and value.value for value in values] == [1, 1]
    assert registry.get("brand_projects").value(scope).quantity is None


def test_award_during_the_notice_is_refused() -> None:
    candidate = on_notice()

    code = code_of(award_nominations, candidate.call, [candidate], by=coordinator(candidate), at=NOON)

    assert (code, Award.objects.count()) == ("notice_running", 0)


def test_open_objection_blocks_the_award_of_all_chosen() -> None:
    call = CallFactory()
    disputed, calm = on_notice(call=call), on_notice(call=call)
    judge = coordinator(disputed)
    objection = file_objection(disputed, details=NAMED, key=key(), at=NOON)
    end_notices(at=LATER)

    code = code_of(award_nominations, call, [disputed, calm], by=judge, at=LATER)
    settle_objection(objection, is_upheld=False, finding="经核实，事迹属实。", by=judge, at=LATER)
    award_nominations(call, [disputed, calm], by=judge, at=LATER)

    assert (code, Award.objects.count()) == ("objection_open", 2)
    assert kinds(disputed) == [Kind.OBJECTION, Kind.NOTICE_ENDED, Kind.OBJECTION_DISMISSED, Kind.AWARDED]


def test_office_that_nominated_does_not_open_notice_or_award() -> None:
    """Somebody who put it forward and sits with those who decide as well."""
    nomination = arrived(consented_at=NOON)
    judge = coordinator(nomination)
    nomination.steps.create(kind=Kind.NOMINATED, at=NOON, by=judge, organisation=nomination.organisation)

    assert code_of(open_public_notice, nomination.call, [nomination], by=judge, at=NOON) == "not_judge"


def test_winner_is_recommended_upward_once() -> None:
    winner = awarded()

    for _time in range(2):
        recommend_upward(winner, by=coordinator(winner), at=LATER)

    assert kinds(winner)[-2:] == [Kind.AWARDED, Kind.RECOMMENDED]


def test_candidate_is_not_recommended_before_the_award() -> None:
    candidate = on_notice()

    assert code_of(recommend_upward, candidate, by=coordinator(candidate), at=NOON) == "not_awarded"


def test_erased_nominee_leaves_steps_and_counts_only() -> None:
    winner = awarded()
    winner.steps.create(kind=Kind.PASSED_ON, at=NOON, comment="盘秀英是好样的")
    Objection.objects.create(nomination=winner, text="盘秀英不实", name="李明", is_anonymous=False, received_at=NOON)
    winner.photo = "face.jpg"
    winner.save()

    for _time in range(2):
        erase_nominee(winner, by=coordinator(winner, of_nominator=True), at=LATER)

    winner.refresh_from_db()
    kept = [winner.name, winner.story, winner.contact, str(winner.photo), winner.objections.get().text]
    kept += [*winner.consents.values_list("given_by", flat=True), *winner.steps.values_list("comment", flat=True)]
    assert (set(kept), winner.state, shown(winner)) == ({""}, State.AWARDED, False)
    assert (Award.objects.get().recipient, kinds(winner).count(Kind.ERASED)) == ("（姓名已删除）", 1)


def test_erasing_is_for_those_above_or_of_the_organisation() -> None:
    nomination = NominationFactory()
    neighbour = RoleAssignmentFactory(
        organisation=OrganisationFactory(parent=nomination.call.organisation), role=Role.COORDINATOR
    ).user

    assert code_of(erase_nominee, nomination, by=neighbour, at=NOON) == "not_in_charge"


def test_close_ends_what_was_left_and_waits_for_the_result() -> None:
    call = CallFactory()
    left, candidate = arrived(call=call), on_notice(call=call)
    judge = coordinator(left)

    code = code_of(close_call, call, by=judge, at=NOON)
    end_notices(at=LATER)
    award_nominations(call, [candidate], by=judge, at=LATER)
    for _time in range(2):
        close_call(call, by=judge, at=LATER)

    left.refresh_from_db()
    assert (code, left.state, left.steps.count()) == ("notice_running", State.NOT_SELECTED, 1)
