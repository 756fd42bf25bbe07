import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, key
from tests.factories_coordination import FollowUpFactory, FollowUpStepFactory

from qixue.core.clock import local_day
from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.refusal import Refused
from qixue.people.models import Notification, Organisation, Role, User
from qixue.programme.models import FollowUp, FollowUpStep, Programme
from qixue.programme.operations.follow_up_decisions import (
    close_follow_up,
    move_deadline,
    send_back_follow_up,
    withdraw_follow_up,
)
from qixue.programme.operations.follow_ups import (
    FollowUpDetails,
    acknowledge_follow_up,
    assign_all,
    assign_follow_up,
    hand_over_follow_up,
    report_follow_up,
)

pytestmark = pytest.mark.django_db
State = FollowUp.State
TODAY = local_day(NOON)
IN_A_WEEK = TODAY + datetime.timedelta(days=7)
YESTERDAY = TODAY - datetime.timedelta(days=1)
PDF = b"%PDF-1.7 text"


@dataclass
class Offices:
    """The bureau keeps the programme; a county and its town below it, and another county."""

    programme: Programme
    bureau: Organisation
    county: Organisation
    town: Organisation
    other: Organisation
    bureau_person: User
    county_person: User
    town_person: User
    other_person: User

    def item(self, state: str = State.ASSIGNED) -> FollowUp:
        """One for the county, brought into the state by its steps."""
        item = assign_follow_up(self.programme, details=details(self.county), by=self.bureau_person, at=NOON)
        if state in {State.ACKNOWLEDGED, State.REPORTED, State.CLOSED}:
            item = acknowledge_follow_up(item, edit_count=1, by=self.county_person, at=NOON)
        if state in {State.REPORTED, State.CLOSED}:
            item = report_follow_up(item, note="已报送", edit_count=2, by=self.county_person, at=NOON)
        if state == State.CLOSED:
            item = close_follow_up(item, edit_count=3, by=self.bureau_person, at=NOON)
        return item


@pytest.fixture
def offices() -> Offices:
    bureau = OrganisationFactory(code="bureau")
    county, other = OrganisationFactory(code="county", parent=bureau), OrganisationFactory(code="other", parent=bureau)
    town = OrganisationFactory(code="town", parent=county)
    people = [
        RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (bureau, county, town, other)
    ]
    return Offices(ProgrammeFactory(organisation=bureau), bureau, county, town, other, *people)


def details(owner: Organisation, **given: Any) -> FollowUpDetails:
    return FollowUpDetails(**{"owner": owner, "title": "报送活动方案", "due_on": IN_A_WEEK, **given})


def kinds(item: FollowUp) -> list[str]:
    return list(item.steps.order_by("at", "pk").values_list("kind", flat=True))


def told(kind: str) -> list[int]:
    return list(Notification.objects.filter(kind=kind).order_by("user").values_list("user_id", flat=True))


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_item_is_assigned_by_the_nearest_office_above(offices: Offices) -> None:
    item = assign_follow_up(offices.programme, details=details(offices.county), by=offices.bureau_person, at=NOON)

    assert (item.state, item.assigner, item.due_on) == (State.ASSIGNED, offices.bureau, IN_A_WEEK)
    assert [(step.kind, step.organisation, step.due_on, step.by) for step in item.steps.all()] == [
        ("assigned", offices.county, IN_A_WEEK, offices.bureau_person)
    ]
    assert told("follow_up_assigned") == [offices.county_person.pk]
    assert AuditEntry.objects.filter(action="follow_up.assigned").count() == 1


def test_same_key_makes_one_item(offices: Offices) -> None:
    wanted = details(offices.county, key=key())

    items = [assign_follow_up(offices.programme, details=wanted, by=offices.bureau_person, at=NOON) for _n in range(2)]

    assert (items[0], FollowUp.objects.count(), FollowUpStep.objects.count()) == (items[1], 1, 1)


def test_one_wrong_item_of_several_leaves_nothing(offices: Offices) -> None:
    wanted = [details(offices.county), details(offices.other, due_on=YESTERDAY)]

    code = refusal_of(lambda: assign_all(offices.programme, wanted, by=offices.bureau_person, at=NOON))

    assert (code, FollowUp.objects.count()) == ("due_in_past", 0)


def test_nobody_assigns_upwards_or_beside(offices: Offices) -> None:
    owners = (offices.bureau, offices.other)

    codes = [
        refusal_of(
            lambda owner=owner: assign_follow_up(
                offices.programme, details=details(owner), by=offices.county_person, at=NOON
            )
        )
        for owner in owners
    ]

    assert codes == ["not_assigner", "not_assigner"]


def test_plural_that_nobody_listed_cannot_own_an_item(offices: Offices) -> None:
    plural = OrganisationFactory(parent=offices.bureau, is_group=True)

    code = refusal_of(
        lambda: assign_follow_up(offices.programme, details=details(plural), by=offices.bureau_person, at=NOON)
    )

    assert code == "not_assigner"


def test_organisation_of_another_tree_owns_nothing_here(offices: Offices) -> None:
    stranger = OrganisationFactory()

    code = refusal_of(
        lambda: assign_follow_up(offices.programme, details=details(stranger), by=offices.bureau_person, at=NOON)
    )

    assert code == "organisation_outside_programme"


def test_closed_programme_takes_no_new_item(offices: Offices) -> None:
    offices.programme.state = Programme.State.CLOSED

    code = refusal_of(
        lambda: assign_follow_up(offices.programme, details=details(offices.county), by=offices.bureau_person, at=NOON)
    )

    assert code == "programme_closed"


def test_whole_way_of_an_item(offices: Offices) -> None:
    item = offices.item(State.CLOSED)

    assert (item.state, kinds(item)) == (State.CLOSED, ["assigned", "acknowledged", "reported", "closed"])
    assert (told("follow_up_reported"), told("follow_up_closed")) == (
        [offices.bureau_person.pk],
        [offices.county_person.pk],
    )


def test_acknowledging_twice_is_one_step(offices: Offices) -> None:
    item = offices.item()

    for _number in range(2):
        acknowledge_follow_up(item, edit_count=1, by=offices.county_person, at=NOON)

    assert kinds(item) == ["assigned", "acknowledged"]


def test_neighbour_cannot_answer(offices: Offices) -> None:
    item = offices.item()

    acts = [
        lambda: acknowledge_follow_up(item, edit_count=1, by=offices.other_person, at=NOON),
        lambda: report_follow_up(item, note="已办", edit_count=1, by=offices.other_person, at=NOON),
    ]

    assert [refusal_of(act) for act in acts] == ["not_owner", "not_owner"]


def test_report_acknowledges_what_nobody_did(offices: Offices) -> None:
    item = report_follow_up(offices.item(), note="已报送", edit_count=1, by=offices.county_person, at=NOON)

    assert (item.state, kinds(item)) == (State.REPORTED, ["assigned", "acknowledged", "reported"])


def test_report_without_evidence_is_refused(offices: Offices) -> None:
    item = offices.item()

    code = refusal_of(lambda: report_follow_up(item, note=" ", edit_count=1, by=offices.county_person, at=NOON))

    assert (code, kinds(item)) == ("evidence_missing", ["assigned"])


def test_report_with_a_file_keeps_it(offices: Offices) -> None:
    item = report_follow_up(offices.item(), file=PDF, edit_count=1, by=offices.county_person, at=NOON)

    step = item.steps.get(kind="reported")
    assert (step.file.read(), step.file.name[-4:]) == (PDF, ".pdf")


def test_report_with_a_file_that_is_neither_pdf_nor_picture_leaves_nothing(offices: Offices) -> None:
    item = offices.item()

    code = refusal_of(
        lambda: report_follow_up(item, file=b"MZ program", edit_count=1, by=offices.county_person, at=NOON)
    )

    item.refresh_from_db()
    assert (code, item.state, kinds(item)) == ("photo_unreadable", State.ASSIGNED, ["assigned"])


def test_report_over_somebody_elses_step_is_refused(offices: Offices) -> None:
    item = offices.item()
    move_deadline(
        item,
        due_on=IN_A_WEEK + datetime.timedelta(days=1),
        reason="顺延",
        edit_count=1,
        by=offices.bureau_person,
        at=NOON,
    )

    code = refusal_of(lambda: report_follow_up(item, note="已办", edit_count=1, by=offices.county_person, at=NOON))

    assert code == "changed_meanwhile"


def test_owner_does_not_close_its_own_item(offices: Offices) -> None:
    item = offices.item(State.REPORTED)

    code = refusal_of(lambda: close_follow_up(item, edit_count=3, by=offices.county_person, at=NOON))

    assert code == "not_assigner"


def test_somebody_of_both_offices_does_not_close(offices: Offices) -> None:
    item = offices.item(State.REPORTED)
    RoleAssignmentFactory(user=offices.bureau_person, organisation=offices.county, role=Role.ORGANISER)

    code = refusal_of(lambda: close_follow_up(item, edit_count=3, by=offices.bureau_person, at=NOON))

    assert code == "closes_own"


def test_who_reported_on_behalf_does_not_close(offices: Offices) -> None:
    item = report_follow_up(offices.item(), note="电话告知已办", edit_count=1, by=offices.bureau_person, at=NOON)

    code = refusal_of(lambda: close_follow_up(item, edit_count=2, by=offices.bureau_person, at=NOON))

    colleague = RoleAssignmentFactory(organisation=offices.bureau, role=Role.COORDINATOR).user
    assert code == "closes_own"
    assert close_follow_up(item, edit_count=2, by=colleague, at=NOON).state == State.CLOSED


def test_item_assigned_to_oneself_can_be_closed_by_oneself(offices: Offices) -> None:
    item = assign_follow_up(offices.programme, details=details(offices.bureau), by=offices.bureau_person, at=NOON)
    report_follow_up(item, note="已办", edit_count=1, by=offices.bureau_person, at=NOON)

    assert close_follow_up(item, edit_count=2, by=offices.bureau_person, at=NOON).state == State.CLOSED


def test_item_that_is_not_reported_cannot_be_closed(offices: Offices) -> None:
    item = offices.item(State.ACKNOWLEDGED)

    assert refusal_of(lambda: close_follow_up(item, edit_count=2, by=offices.bureau_person, at=NOON)) == "not_now"


def test_sent_back_item_is_the_owners_again(offices: Offices) -> None:
    item = offices.item(State.REPORTED)

    sent = send_back_follow_up(item, reason="请补充照片", edit_count=3, by=offices.bureau_person, at=NOON)

    assert (sent.state, item.steps.get(kind="sent_back").note) == (State.ACKNOWLEDGED, "请补充照片")
    assert told("follow_up_sent_back") == [offices.county_person.pk]


@pytest.mark.parametrize("act", [send_back_follow_up, withdraw_follow_up])
def test_decision_without_a_reason_is_refused(offices: Offices, act: Callable[..., FollowUp]) -> None:
    item = offices.item(State.REPORTED)

    assert (
        refusal_of(lambda: act(item, reason=" ", edit_count=3, by=offices.bureau_person, at=NOON)) == "reason_missing"
    )


def test_withdrawn_item_is_over(offices: Offices) -> None:
    item = withdraw_follow_up(offices.item(), reason="活动取消", edit_count=1, by=offices.bureau_person, at=NOON)

    code = refusal_of(lambda: report_follow_up(item, note="已办", edit_count=2, by=offices.county_person, at=NOON))

    assert (item.state, code) == (State.WITHDRAWN, "not_now")


def test_deadline_moves_with_a_reason(offices: Offices) -> None:
    later = IN_A_WEEK + datetime.timedelta(days=3)

    item = move_deadline(offices.item(), due_on=later, reason="台风", edit_count=1, by=offices.bureau_person, at=NOON)

    step = item.steps.get(kind="deadline_moved")
    assert (item.due_on, step.due_on, step.note) == (later, later, "台风")


@pytest.mark.parametrize(("due_on", "code"), [(YESTERDAY, "due_in_past"), (IN_A_WEEK, "same_day")])
def test_deadline_moves_to_another_day_ahead_only(offices: Offices, due_on: datetime.date, code: str) -> None:
    item = offices.item()

    refused = refusal_of(
        lambda: move_deadline(item, due_on=due_on, reason="顺延", edit_count=1, by=offices.bureau_person, at=NOON)
    )

    assert refused == code


def test_owner_hands_over_below_itself(offices: Offices) -> None:
    item = offices.item(State.ACKNOWLEDGED)

    handed = hand_over_follow_up(
        item, to=offices.town, reason="由镇办理", edit_count=2, by=offices.county_person, at=NOON
    )

    assert (handed.owner, handed.assigner, handed.state) == (offices.town, offices.bureau, State.ASSIGNED)
    assert told("follow_up_passed_on") == [offices.bureau_person.pk, offices.county_person.pk]
    assert told("follow_up_assigned") == [offices.county_person.pk, offices.town_person.pk]


def test_owner_cannot_hand_over_beside_itself(offices: Offices) -> None:
    item = offices.item()

    code = refusal_of(
        lambda: hand_over_follow_up(
            item, to=offices.other, reason="不归我们", edit_count=1, by=offices.county_person, at=NOON
        )
    )

    assert code == "not_in_tree"


def test_assigner_hands_over_to_another_county(offices: Offices) -> None:
    item = hand_over_follow_up(
        offices.item(), to=offices.other, reason="分工调整", edit_count=1, by=offices.bureau_person, at=NOON
    )

    assert (item.owner, item.steps.get(kind="handed_over").organisation) == (offices.other, offices.other)


def test_former_owner_is_told_without_a_link_that_leads_nowhere(offices: Offices) -> None:
    hand_over_follow_up(
        offices.item(), to=offices.other, reason="分工调整", edit_count=1, by=offices.bureau_person, at=NOON
    )

    notice = Notification.objects.get(kind="follow_up_passed_on", user=offices.county_person)
    assert notice.link == ""


def test_long_names_and_titles_fit_the_subject_of_a_mail(offices: Offices) -> None:
    offices.county.name = "连" * 100
    offices.county.save(update_fields=["name"])
    offices.county_person.email, offices.county_person.language = "county@example.cn", "en"
    offices.county_person.save(update_fields=["email", "language"])

    assign_follow_up(
        offices.programme, details=details(offices.county, title="办" * 200), by=offices.bureau_person, at=NOON
    )

    assert len(OutboxMessage.objects.get().subject) < 200


def test_database_refuses_a_report_without_evidence_and_a_return_without_reason() -> None:
    item = FollowUpFactory()

    for kind in ("reported", "sent_back"):
        with pytest.raises(IntegrityError), transaction.atomic():
            FollowUpStepFactory(follow_up=item, kind=kind)
    FollowUpStepFactory(follow_up=item, kind="reported", file=ContentFile(PDF, name="a.pdf"))

    assert kinds(item) == ["reported"]


def test_database_refuses_half_an_escalation() -> None:
    item = FollowUpFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=item.pk).update(escalation_level=1)
