"""From the minutes of a meeting to a closed item, through the browser only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser.test_workspace import PHONE, sign_in, troubles
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_coordination import FollowUpFactory, FollowUpStepFactory
from tests.factories_planning import PlanFactory, PlanVersionFactory

from qixue.people.models import Organisation, Role
from qixue.programme.models import FollowUp, Programme
from qixue.programme.operations.follow_ups import acknowledge_follow_up

pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = "会议议定：\n1. 请市图书馆布置开幕式场地。责任单位：市图书馆；完成时限：2099年11月20日"


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(code="week", organisation=OrganisationFactory(code="bureau", name="清远市教育局"))


@pytest.fixture
def library(programme: Programme) -> Organisation:
    return OrganisationFactory(parent=programme.organisation, name="清远市图书馆")


def test_pasted_minutes_are_done_and_closed(
    programme: Programme, library: Organisation, open_browser: Callable[..., Any]
) -> None:
    bureau, owner = open_browser(), open_browser(size=PHONE)
    for reader, place in ((bureau, programme.organisation), (owner, library)):
        sign_in(reader, RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user)

    page = bureau.visit(reverse("workspace:minutes", args=["week"]))
    page.get_by_label("会议名称").fill("联席会议")
    page.get_by_label("会议纪要", exact=True).fill(MINUTES)
    page.get_by_role("button", name="识别事项").click()
    assert page.get_by_label("第1行责任单位").input_value() == "清远市图书馆"
    page.get_by_role("button", name="交办选中的事项").click()
    page.wait_for_url("**/board/")

    page = owner.visit("/workspace/")
    page.get_by_role("link", name="请市图书馆布置开幕式场地").click()
    page.get_by_role("button", name="签收").click()
    page.get_by_role("link", name="报办结").click()
    page.get_by_label("办理情况").fill("场地已布置")
    page.get_by_role("button", name="报办结").click()
    page.wait_for_url("**/follow-ups/*/")

    page = bureau.visit(reverse("workspace:follow_up", args=[FollowUp.objects.get().pk]))
    page.get_by_role("link", name="销号或退回").click()
    page.get_by_label("销号：已经办结").check()
    page.get_by_role("button", name="提交决定").click()
    page.wait_for_url("**/follow-ups/*/")

    assert FollowUp.objects.get().state == FollowUp.State.CLOSED


def test_pages_of_coordination_can_be_used_by_everybody(
    programme: Programme,
    library: Organisation,
    open_browser: Callable[..., Any],
    axe_violations: Callable[[Page], list[str]],
    look: dict[str, Any],
) -> None:
    coordinator = RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user
    item = FollowUpFactory(programme=programme, owner=library)
    FollowUpStepFactory(follow_up=item)
    answered = FollowUpFactory(programme=programme, owner=library)
    FollowUpStepFactory(follow_up=answered)
    acknowledge_follow_up(answered, edit_count=1, by=coordinator, at=NOON)
    plan = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=library)).plan
    plan.steps.create(kind="invited", at=NOON)
    reader = open_browser(**look)
    sign_in(reader, coordinator)
    pages = [
        reverse("workspace:home"),
        *(reverse(f"workspace:{name}", args=["week"]) for name in ("board", "waits", "step_times", "minutes")),
        f"{reverse('workspace:board', args=['week'])}?overdue=on",
        f"{reverse('workspace:waits', args=['week'])}?waiter=bureau&awaited={library.code}",
        reverse("workspace:step_time", args=["week", "acknowledgement"]),
        reverse("workspace:new_follow_up", args=["week"]),
        *(
            reverse(f"workspace:{name}", args=[item.pk])
            for name in ("follow_up", "report_follow_up", "move_follow_up_deadline", "hand_over_follow_up")
        ),
    ]

    found = {path: troubles(reader, path, axe_violations) for path in pages}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    page = reader.visit(reverse("workspace:minutes", args=["week"]))
    page.locator("#id_source").fill("联席会议")
    page.locator("#id_text").fill(MINUTES)
    with page.expect_navigation():
        page.locator("form.stack button").click()
    assert axe_violations(page) == []
    assert reader.overflow() == 0
