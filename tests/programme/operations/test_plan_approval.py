import datetime

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.programme.operations.conftest import TODAY, YESTERDAY, Desks, kinds, refusing, told

from qixue.core.refusal import Doubt, Refused
from qixue.people.models import Role
from qixue.programme.models import Countersignature, LineComment, PlanLine, PlanStep, PlanVersion
from qixue.programme.operations.plan_approval import (
    approve_plan,
    ask_countersignature,
    countersign,
    return_plan,
)
from qixue.programme.queries.approved_clashes import approved_clashes
from qixue.programme.rules import may_approve_plan

State = PlanVersion.State
Kind = PlanStep.Kind


def asked(desks: Desks) -> Countersignature:
    version = desks.submitted()
    return ask_countersignature(version, [desks.department], due_on=TODAY, by=desks.bureau_person, at=NOON)[0]


def answer(desks: Desks, countersignature: Countersignature, is_agreed: bool, comment: str = "") -> Countersignature:
    return countersign(countersignature, is_agreed=is_agreed, comment=comment, by=desks.department_person, at=NOON)


def test_ask_several_at_once_is_one_step_for_each(desks: Desks) -> None:
    other = OrganisationFactory(parent=desks.programme.organisation)
    version = desks.submitted()

    ask_countersignature(version, [desks.department, other], due_on=TODAY, by=desks.bureau_person, at=NOON)
    ask_countersignature(version, [desks.department], due_on=TODAY, by=desks.bureau_person, at=NOON)

    assert kinds(desks.plan).count(Kind.COUNTERSIGN_ASKED) == 2
    assert sorted(told("plan_countersign_asked")) == sorted([desks.department_person.pk, desks.bureau_person.pk])


def test_ask_the_organisation_of_the_plan_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        ask_countersignature(desks.submitted(), [desks.plan.organisation], due_on=None, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "countersigns_itself"


def test_ask_for_a_draft_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        ask_countersignature(desks.version, [desks.department], due_on=None, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "not_submitted"


def test_ask_by_a_day_that_is_over_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        ask_countersignature(desks.submitted(), [desks.department], due_on=YESTERDAY, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "due_in_past"


def test_ask_by_who_does_not_decide_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        ask_countersignature(desks.submitted(), [desks.department], due_on=None, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"


def test_countersign_is_a_step_and_the_same_again_is_none(desks: Desks) -> None:
    countersignature = asked(desks)
    answer(desks, countersignature, True)

    answered = answer(desks, countersignature, True)

    assert (answered.is_agreed, answered.answered_by, answered.answered_at) == (True, desks.department_person, NOON)
    assert kinds(desks.plan).count(Kind.COUNTERSIGNED) == 1
    assert told("plan_countersigned") == [desks.bureau_person.pk]


def test_objection_can_be_taken_back_by_a_new_step(desks: Desks) -> None:
    countersignature = asked(desks)
    answer(desks, countersignature, False, "场地太小")

    answer(desks, countersignature, True)

    assert kinds(desks.plan)[-2:] == [Kind.OBJECTED, Kind.COUNTERSIGNED]


def test_objection_without_a_reason_is_refused(desks: Desks) -> None:
    countersignature = asked(desks)

    with pytest.raises(Refused) as refused:
        answer(desks, countersignature, False, "  ")

    assert refused.value.code == "comment_missing"


def test_countersign_for_somebody_else_is_refused(desks: Desks) -> None:
    countersignature = asked(desks)

    with pytest.raises(Refused) as refused:
        countersign(countersignature, is_agreed=True, comment="", by=desks.county_person, at=NOON)

    assert refused.value.code == "not_countersigner"


def test_countersign_after_the_decision_is_refused(desks: Desks) -> None:
    countersignature = asked(desks)
    return_plan(desks.version, comment="请改", line_comments={}, by=desks.bureau_person, at=NOON)

    with pytest.raises(Refused) as refused:
        answer(desks, countersignature, True)

    assert refused.value.code == "not_submitted"


def test_comment_speaks_for_the_organisation_that_was_asked(desks: Desks) -> None:
    countersignature = asked(desks)
    line = countersignature.version.lines.get()
    answered = {"is_agreed": False, "comment": "撞期", "by": desks.department_person, "at": NOON}
    countersign(countersignature, line_comments={line: " 请改期 "}, **answered)

    countersign(countersignature, line_comments={line: "请改期"}, **answered)

    comment = LineComment.objects.get()
    assert (comment.line, comment.organisation, comment.text) == (line, desks.department, "请改期")


def test_comment_without_words_is_refused(desks: Desks) -> None:
    countersignature = asked(desks)
    empty = {countersignature.version.lines.get(): " "}

    with pytest.raises(Refused) as refused:
        countersign(
            countersignature, is_agreed=True, comment="", line_comments=empty, by=desks.department_person, at=NOON
        )

    assert refused.value.code == "comment_missing"


def test_return_opens_the_next_version_with_the_same_lines(desks: Desks) -> None:
    version = desks.submitted()
    line = version.lines.get()

    draft = return_plan(version, comment="", line_comments={line: "请改期"}, by=desks.bureau_person, at=NOON)

    version.refresh_from_db()
    assert (version.state, draft.number, draft.state) == (State.RETURNED, 2, State.DRAFT)
    assert (draft.lines.get().key, draft.lines.get().pk == line.pk) == (line.key, False)
    assert [comment.text for comment in line.comments.all()] == ["请改期"]
    assert (kinds(desks.plan)[-1], told("plan_returned")) == (Kind.RETURNED, [desks.county_person.pk])


def test_return_again_gives_the_same_draft(desks: Desks) -> None:
    version = desks.submitted()
    draft = return_plan(version, comment="请改", line_comments={}, by=desks.bureau_person, at=NOON)

    again = return_plan(version, comment="请改", line_comments={}, by=desks.bureau_person, at=NOON)

    assert (again, kinds(desks.plan).count(Kind.RETURNED)) == (draft, 1)


def test_return_of_an_approved_version_is_possible(desks: Desks) -> None:
    draft = return_plan(desks.approved(), comment="场地有变", line_comments={}, by=desks.bureau_person, at=NOON)

    assert (draft.number, draft.state) == (2, State.DRAFT)


def test_return_without_a_word_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        return_plan(desks.submitted(), comment=" ", line_comments={}, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, desks.version.state) == ("comment_missing", State.SUBMITTED)


def test_return_of_a_draft_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        return_plan(desks.version, comment="请改", line_comments={}, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "not_submitted"


def test_return_by_the_organisation_itself_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        return_plan(desks.submitted(), comment="请改", line_comments={}, by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"


def test_approve_is_a_step_and_again_changes_nothing(desks: Desks) -> None:
    version = desks.approved()

    approve_plan(version, by=desks.bureau_person, at=NOON)

    assert desks.version.state == State.APPROVED
    assert (kinds(desks.plan).count(Kind.APPROVED), told("plan_approved")) == (1, [desks.county_person.pk])


def test_approve_while_an_answer_is_missing_names_whose(desks: Desks) -> None:
    version = asked(desks).version

    with pytest.raises(Refused) as refused:
        approve_plan(version, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, refused.value.lines) == ("countersignature_open", (desks.department.name,))


def test_approve_against_an_objection_names_whose(desks: Desks) -> None:
    version = answer(desks, asked(desks), False, "场地太小").version

    with pytest.raises(Refused) as refused:
        approve_plan(version, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, refused.value.lines) == ("objection_stands", (desks.department.name,))


@pytest.fixture
def clashing(desks: Desks) -> PlanVersion:
    """Filed, while another plan of the programme wants the same hall at the same time."""
    line = desks.version.lines.get()
    beside = PlanVersionFactory(
        plan=PlanFactory(programme=desks.programme, organisation=desks.department), state=State.SUBMITTED
    )
    PlanLineFactory(version=beside, title="稻田养鱼", venue=line.venue, starts_at=line.starts_at, ends_at=line.ends_at)
    return desks.submitted()


def test_approve_of_a_hall_that_is_wanted_twice_asks_first_and_names_both(desks: Desks, clashing: PlanVersion) -> None:
    with pytest.raises(Doubt) as doubt:
        approve_plan(clashing, comment="都能坐下", by=desks.bureau_person, at=NOON)

    [clash] = doubt.value.lines
    assert (doubt.value.code, desks.version.state) == ("sessions_clash", State.SUBMITTED)
    assert clash.startswith(f"{clashing.lines.get().title}: “稻田养鱼”")


def test_approve_of_a_clash_needs_a_reason(desks: Desks, clashing: PlanVersion) -> None:
    with refusing("reason_missing"):
        approve_plan(clashing, comment=" ", confirmed=True, by=desks.bureau_person, at=NOON)

    assert desks.version.state == State.SUBMITTED


def test_approve_of_a_clash_keeps_its_reason(desks: Desks, clashing: PlanVersion) -> None:
    approve_plan(clashing, comment="分上下半场", confirmed=True, by=desks.bureau_person, at=NOON)

    assert desks.version.state == State.APPROVED
    assert desks.plan.steps.get(kind=Kind.APPROVED).comment == "分上下半场"


def test_approve_of_a_clash_keeps_which_it_was_whatever_becomes_of_it(desks: Desks, clashing: PlanVersion) -> None:
    title = clashing.lines.get().title
    approve_plan(clashing, comment="分上下半场", confirmed=True, by=desks.bureau_person, at=NOON)
    PlanLine.objects.all().delete()

    kept = {path: approved_clashes(desks.plan, [path]) for path in ("", desks.plan.organisation.path)}

    [[seen], [hidden]] = [found[clashing.number] for found in kept.values()]
    assert [(each.kind, each.slot.title) for each in (seen, hidden)] == [("venue", title)] * 2
    assert ("“稻田养鱼”" in seen.text, "另一单位" in hidden.text, hidden.other) == (True, True, None)


def test_approve_without_a_clash_keeps_none(desks: Desks) -> None:
    approve_plan(desks.submitted(), by=desks.bureau_person, at=NOON)

    assert approved_clashes(desks.plan, [""]) == {}


def test_approve_of_an_odd_day_asks_nothing(desks: Desks) -> None:
    later = desks.version.lines.get().starts_at + datetime.timedelta(days=400)
    desks.version.lines.update(starts_at=later, ends_at=later + datetime.timedelta(hours=1))

    assert approve_plan(desks.submitted(), by=desks.bureau_person, at=NOON).state == State.APPROVED


def test_approve_of_a_draft_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        approve_plan(desks.version, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "not_submitted"


def test_approve_by_the_organisation_itself_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        approve_plan(desks.submitted(), by=desks.county_person, at=NOON)

    assert (refused.value.code, desks.version.state) == ("not_approver", State.SUBMITTED)


def test_keeper_of_the_programme_approves_its_own_plan(desks: Desks) -> None:
    plan = PlanFactory(programme=desks.programme, organisation=desks.programme.organisation)
    version = PlanVersionFactory(plan=plan, state=State.SUBMITTED)

    assert approve_plan(version, by=desks.bureau_person, at=NOON).state == State.APPROVED


def test_organiser_above_does_not_approve(desks: Desks) -> None:
    organiser = RoleAssignmentFactory(organisation=desks.programme.organisation, role=Role.ORGANISER).user

    assert (may_approve_plan(organiser, desks.plan), may_approve_plan(desks.bureau_person, desks.plan)) == (False, True)
