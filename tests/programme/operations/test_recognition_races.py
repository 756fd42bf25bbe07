"""Recognitions when two people act at the same moment, each in a transaction of their own."""

import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import CallFactory, NominationFactory, on_notice, rung
from tests.programme.operations.test_plan_races import at_once

from qixue.people.models import Role
from qixue.places.models import Region
from qixue.programme.models import Nomination, NominationStep
from qixue.programme.operations.nomination_reviews import pass_on_nomination
from qixue.programme.operations.nominations import NominationDetails, draft_nomination
from qixue.programme.operations.objections import ObjectionDetails, file_objection
from qixue.programme.operations.public_notices import award_nominations, open_public_notice

pytestmark = pytest.mark.django_db(transaction=True)
State = Nomination.State


def test_two_that_are_passed_on_at_once_keep_the_quota() -> None:
    call = CallFactory()
    call.stages.create(level="county", quota=1)
    county = rung(call.organisation, "441826", Region.Level.COUNTY)
    judge = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user
    school = OrganisationFactory(parent=county)
    pair = [
        NominationFactory(call=call, organisation=school, state=State.NOMINATED, waits_at=county)
        for _number in range(2)
    ]

    outcomes = at_once(
        lambda: pass_on_nomination(pair[0], edit_count=1, by=judge, at=NOON),
        lambda: pass_on_nomination(pair[1], edit_count=1, by=judge, at=NOON),
    )

    assert outcomes == ["done", "quota_full"]
    assert NominationStep.objects.filter(kind=NominationStep.Kind.PASSED_ON).count() == 1


def test_two_notices_at_once_keep_the_number_of_places() -> None:
    call = CallFactory(place_count=1)
    judge = RoleAssignmentFactory(organisation=call.organisation, role=Role.COORDINATOR).user
    state = {"state": State.NOMINATED, "waits_at": call.organisation, "consented_at": NOON}
    pair = [NominationFactory(call=call, **state) for _number in range(2)]

    outcomes = at_once(
        lambda: open_public_notice(call, pair[:1], by=judge, at=NOON),
        lambda: open_public_notice(call, pair[1:], by=judge, at=NOON),
    )

    assert outcomes == ["done", "too_many"]


def test_award_and_objection_at_once_never_leave_an_award_with_an_open_objection() -> None:
    """On the last day the objection is in time or it is not; never both an award and an open objection."""
    candidate = on_notice()
    judge = RoleAssignmentFactory(organisation=candidate.call.organisation, role=Role.COORDINATOR).user
    details = ObjectionDetails("他的事迹与事实不符，请核实。", "李明", "13900000000")
    Nomination.objects.update(state=State.NOTICE_OVER)
    later = NOON + datetime.timedelta(days=2)

    outcomes = at_once(
        lambda: file_objection(candidate, details=details, key=key(), at=NOON),
        lambda: award_nominations(candidate.call, [candidate], by=judge, at=later),
    )

    candidate.refresh_from_db()
    assert (outcomes, candidate.state, candidate.open_objection_count) == (
        ["done", "notice_not_running"],
        State.AWARDED,
        0,
    )


def test_form_sent_twice_at_once_makes_one_draft() -> None:
    call, form = CallFactory(), key()
    school = OrganisationFactory(parent=call.organisation)
    by = RoleAssignmentFactory(organisation=school).user
    details = NominationDetails(name="盘秀英", story="教会了全村老人。")

    outcomes = at_once(
        *[lambda: draft_nomination(call, school, details=details, key=form, by=by, at=NOON) for _time in range(2)]
    )

    assert (outcomes, Nomination.objects.count()) == (["done", "done"], 1)
