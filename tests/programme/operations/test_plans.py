import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory
from tests.factories_planning import PlanVersionFactory
from tests.programme.operations.conftest import TODAY, YESTERDAY, Desks, kinds, told

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.operations.published_plans import publish_plan
from qixue.people.models import Role
from qixue.programme.models import Plan, PlanLine, PlanStep, PlanVersion, Programme
from qixue.programme.operations.plans import (
    amend_plan,
    close_plan,
    invite_all,
    invite_to_plan,
    move_due_day,
    submit_plan,
)

State = PlanVersion.State


def test_invite_opens_an_empty_draft_and_tells_those_who_file(desks: Desks) -> None:
    office = OrganisationFactory(parent=desks.programme.organisation)
    organiser = RoleAssignmentFactory(organisation=office, role=Role.ORGANISER).user

    plan = invite_to_plan(desks.programme, office, due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert [(version.number, version.state) for version in plan.versions.all()] == [(1, State.DRAFT)]
    assert (kinds(plan), told("plan_invited")) == ([PlanStep.Kind.INVITED], [organiser.pk])
    assert AuditEntry.objects.filter(action="plan.invited").count() == 1


def test_invite_again_changes_nothing(desks: Desks) -> None:
    county = desks.plan.organisation

    plan = invite_to_plan(desks.programme, county, due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert (plan, plan.due_on, kinds(plan)) == (desks.plan, None, [])


def test_invite_several_of_which_one_is_outside_invites_none(desks: Desks) -> None:
    inside, outside = OrganisationFactory(parent=desks.programme.organisation), OrganisationFactory()

    with pytest.raises(Refused) as refused:
        invite_all(desks.programme, [inside, outside], due_on=None, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, Plan.objects.count()) == ("organisation_outside_programme", 1)


def test_invite_to_closed_programme_is_refused(desks: Desks) -> None:
    Programme.objects.update(state=Programme.State.CLOSED)
    desks.programme.refresh_from_db()

    with pytest.raises(Refused) as refused:
        invite_to_plan(desks.programme, desks.department, due_on=None, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "programme_closed"


def test_invite_with_a_day_that_is_over_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        invite_to_plan(desks.programme, desks.department, due_on=YESTERDAY, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "due_in_past"


def test_invite_by_a_neighbour_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        invite_to_plan(desks.programme, desks.department, due_on=None, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"


def test_last_day_moves_and_those_who_file_are_told(desks: Desks) -> None:
    plan = move_due_day(desks.plan, due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert plan.due_on == TODAY
    assert [(step.kind, step.comment) for step in plan.steps.all()] == [(PlanStep.Kind.DUE_MOVED, TODAY.isoformat())]
    assert told("plan_due_moved") == [desks.county_person.pk]


def test_same_last_day_again_is_no_step(desks: Desks) -> None:
    for _time in range(2):
        move_due_day(desks.plan, due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert kinds(desks.plan) == [PlanStep.Kind.DUE_MOVED]


def test_last_day_that_is_over_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        move_due_day(desks.plan, due_on=YESTERDAY, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, refused.value.field) == ("due_in_past", "due_on")


def test_last_day_is_not_moved_by_those_who_file(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        move_due_day(desks.plan, due_on=TODAY, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"


def test_last_day_of_a_filed_plan_stays(desks: Desks) -> None:
    desks.submitted()

    with pytest.raises(Refused) as refused:
        move_due_day(desks.plan, due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "already_filed"


def test_submit_freezes_the_version_and_tells_who_decides(desks: Desks) -> None:
    version = submit_plan(desks.version, note=" 请审 ", edit_count=1, by=desks.county_person, at=NOON)

    assert (version.state, version.note) == (State.SUBMITTED, "请审")
    assert (kinds(desks.plan), told("plan_submitted")) == ([PlanStep.Kind.SUBMITTED], [desks.bureau_person.pk])


def test_submit_twice_is_one_step(desks: Desks) -> None:
    draft = desks.version
    submit_plan(draft, edit_count=1, by=desks.county_person, at=NOON)

    submit_plan(draft, edit_count=1, by=desks.county_person, at=NOON)

    assert kinds(desks.plan) == [PlanStep.Kind.SUBMITTED]


def test_submit_without_lines_is_refused(desks: Desks) -> None:
    PlanLine.objects.all().delete()

    with pytest.raises(Refused) as refused:
        submit_plan(desks.version, edit_count=1, by=desks.county_person, at=NOON)

    assert (refused.value.code, desks.version.state) == ("no_lines", State.DRAFT)


def test_submit_of_what_another_editor_changed_is_refused(desks: Desks) -> None:
    PlanVersion.objects.update(edit_count=2)

    with pytest.raises(Refused) as refused:
        submit_plan(desks.version, edit_count=1, by=desks.county_person, at=NOON)

    assert (refused.value.code, desks.version.state) == ("changed_meanwhile", State.DRAFT)


def test_submit_of_a_returned_version_is_refused(desks: Desks) -> None:
    returned = PlanVersionFactory(plan=desks.plan, number=2, state=State.RETURNED)

    with pytest.raises(Refused) as refused:
        submit_plan(returned, edit_count=1, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_a_draft"


def test_amend_copies_the_lines_under_their_keys(desks: Desks) -> None:
    in_force = publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)

    draft = amend_plan(in_force, by=desks.county_person, at=NOON)

    assert (draft.number, draft.state, in_force.state) == (2, State.DRAFT, State.PUBLISHED)
    assert [line.key for line in draft.lines.all()] == [line.key for line in in_force.lines.all()]
    assert kinds(desks.plan)[-1] == PlanStep.Kind.AMENDED


def test_amend_again_gives_the_draft_that_was_begun(desks: Desks) -> None:
    in_force = publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    draft = amend_plan(in_force, by=desks.county_person, at=NOON)

    assert amend_plan(in_force, by=desks.county_person, at=NOON) == draft
    assert kinds(desks.plan).count(PlanStep.Kind.AMENDED) == 1


def test_amend_while_the_next_version_is_under_way_is_refused(desks: Desks) -> None:
    in_force = publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    amend_plan(in_force, by=desks.county_person, at=NOON)
    desks.submitted()

    with pytest.raises(Refused) as refused:
        amend_plan(in_force, by=desks.county_person, at=NOON)

    assert refused.value.code == "version_open"


def test_amend_of_what_is_not_in_force_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        amend_plan(desks.submitted(), by=desks.county_person, at=NOON)

    assert refused.value.code == "not_published"


def test_amend_in_closed_programme_is_refused(desks: Desks) -> None:
    in_force = publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    Programme.objects.update(state=Programme.State.CLOSED)

    with pytest.raises(Refused) as refused:
        amend_plan(in_force, by=desks.county_person, at=NOON)

    assert refused.value.code == "programme_closed"


def over(desks: Desks, ends_on: datetime.date) -> PlanVersion:
    version = publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    Programme.objects.update(starts_on=ends_on, ends_on=ends_on)
    return version


def test_close_after_the_programme_is_over_is_a_step_and_again_changes_nothing(desks: Desks) -> None:
    in_force = over(desks, YESTERDAY)
    close_plan(in_force, by=desks.bureau_person, at=NOON)

    close_plan(in_force, by=desks.bureau_person, at=NOON)

    assert desks.version.state == State.CLOSED
    assert kinds(desks.plan).count(PlanStep.Kind.CLOSED) == 1


def test_close_before_the_programme_is_over_is_refused(desks: Desks) -> None:
    in_force = over(desks, TODAY)

    with pytest.raises(Refused) as refused:
        close_plan(in_force, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, desks.version.state) == ("programme_not_over", State.PUBLISHED)


def test_close_while_a_version_is_open_is_refused(desks: Desks) -> None:
    in_force = over(desks, YESTERDAY)
    amend_plan(in_force, by=desks.county_person, at=NOON)

    with pytest.raises(Refused) as refused:
        close_plan(in_force, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "version_open"


def test_close_of_what_is_not_in_force_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        close_plan(desks.approved(), by=desks.bureau_person, at=NOON)

    assert refused.value.code == "not_published"


def test_close_by_the_organisation_itself_is_refused(desks: Desks) -> None:
    in_force = over(desks, YESTERDAY)

    with pytest.raises(Refused) as refused:
        close_plan(in_force, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"
