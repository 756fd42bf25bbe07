"""A week from nothing to published, through the browser only: set up, invited, filed by form and sheet, decided."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.test_workspace import PHONE, sign_in, troubles
from tests.factories import OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.programme.operations.test_sheet_imports import GOOD, sheet

from qixue.core.clock import local_day, now
from qixue.people.models import Organisation, Role, User
from qixue.programme.models import Plan, PlanVersion, Session
from qixue.programme.operations.sheet_imports import check_waiting_sheets

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("连南瑶族自治县教育局", "英德市教育局", "佛冈县教育局")


@dataclass
class City:
    """A bureau with three county bureaus below it, and a coordinator in each."""

    bureau: Organisation
    counties: list[Organisation]
    bureau_person: User
    county_people: list[User]
    first_day: datetime.date

    @property
    def week(self) -> dict[str, datetime.date]:
        return {"starts_on": self.first_day, "ends_on": self.first_day + datetime.timedelta(days=6)}


@pytest.fixture
def city() -> City:
    bureau = OrganisationFactory(name="清远市教育局")
    VenueFactory(code="V1", name="三排镇文化站")
    counties = [OrganisationFactory(parent=bureau, name=name) for name in NAMES]
    people = [RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (bureau, *counties)]
    return City(bureau, counties, people[0], people[1:], local_day(now()) + datetime.timedelta(days=30))


def test_week_is_planned_from_nothing_to_published(city: City, open_browser: Callable[..., Any]) -> None:
    bureau, first, second, third = (open_browser() for _person in range(4))
    for reader, person in zip((bureau, first, second, third), (city.bureau_person, *city.county_people), strict=True):
        sign_in(reader, person)

    set_up_the_week(bureau, city)
    invite_three_counties(bureau)
    by_form = file_by_form(first, city)
    by_sheet = file_by_sheet(second, city)
    return_with_a_comment(bureau, by_form)
    amend_and_file_again(first, by_form)
    countersign(bureau, third, by_sheet)
    for plan in (by_form, by_sheet):
        approve_and_publish(bureau, plan)

    week = open_browser(size=PHONE).visit("/programmes/week/").inner_text("main")
    assert [text for text in ("教职成厅函〔2026〕12号", "李某", "统筹协调", NAMES[2]) if text not in week] == []
    page = open_browser(size=PHONE).visit("/programmes/week/sessions/")
    titles = page.locator("article.session h3").all_inner_texts()
    assert sorted(titles) == sorted(["瑶绣入门：改好的主题", "稻田养鱼", "茶叶种植"])
    assert Session.objects.filter(activity__plan__isnull=False).count() == 3
    states = PlanVersion.objects.values_list("state", flat=True)
    assert sorted(states) == ["draft", "published", "published", "returned"]


def set_up_the_week(bureau: Any, city: City) -> None:
    """Names and days, a notice and how it came down, hosts, the leading group, a task; then for everybody."""
    page = bureau.visit("/workspace/")
    page.get_by_role("link", name="新建项目").click()
    fill(
        page,
        name="清远市全民终身学习活动周",
        code="week",
        year=str(city.first_day.year),
        theme="让学习成为一种生活方式",
    )
    fill(page, **{name: day.isoformat() for name, day in city.week.items()})
    page.check("[name=kind][value=activity_week]")
    press(page, "建立项目")
    assert "发布之前还缺" in page.inner_text(".hero")
    page.get_by_role("link", name="依据", exact=True).click()
    fill(page, name="关于举办全民终身学习活动周的通知", document_number="教职成厅函[2026]012号")
    press(page, "添加依据")
    page.get_by_role("link", name="发文和转发过程").click()
    for organ, act in (("广东省教育厅", "转发"), ("教育部办公厅", "发文")):
        fill(page, organ=organ)
        page.check(f"[name=act][value={act}]")
        press(page, "添加环节")
    page.get_by_role("button", name="上移：教育部办公厅").click()
    assert page.locator("ol.rows h3").all_inner_texts() == ["教育部办公厅", "广东省教育厅"]
    give_roles(bureau)
    lead(bureau)
    page = bureau.visit("/workspace/programmes/week/setup/")
    page.get_by_role("link", name="核对并发布").click()
    press(page, "发布项目")
    assert "● 已发布" in page.inner_text(".hero")


def give_roles(bureau: Any) -> None:
    """The host by name; the co-organisers by a part of theirs, chosen from the list that the page offers."""
    page = bureau.visit("/workspace/programmes/week/setup/roles/")
    page.check("[name=role][value=host]")
    fill(page, organisations="清远市教育局")
    press(page, "添加")
    page.check("[name=role][value=co_organiser]")
    fill(page, organisations="县教育局")
    press(page, "添加")
    page.get_by_label(NAMES[2]).check()
    press(page, "添加")
    assert page.locator("ol.rows li").count() == 2


def lead(bureau: Any) -> None:
    page = bureau.visit("/workspace/programmes/week/setup/leading-group/")
    fill(page, name="全民终身学习活动周领导小组", office="清远市教育局")
    press(page, "保存")
    page.get_by_role("link", name="领导小组成员").click()
    page.check("[name=seat][value=head]")
    fill(page, name="李某", duty="市人民政府副市长")
    press(page, "添加成员")
    page = bureau.visit("/workspace/programmes/week/setup/tasks/")
    fill(page, task="统筹协调", organisation="清远市教育局", supporters=NAMES[0])
    press(page, "添加任务")


def fill(page: Page, **answers: str) -> None:
    for name, answer in answers.items():
        page.fill(f"[name={name}]", answer)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def invite_three_counties(bureau: Any) -> None:
    page = bureau.visit("/workspace/programmes/week/plans/")
    page.get_by_role("link", name="邀请单位报送").first.click()
    for name in NAMES:
        page.get_by_label(name).check()
    page.get_by_role("button", name="邀请").click()
    assert page.locator("h1").inner_text() == "方案"
    assert page.locator("tbody tr").count() == 3


def open_task(reader: Any, start: str) -> Page:
    """From the workspace to what waits for its reader."""
    page: Page = reader.visit("/workspace/")
    page.get_by_role("link", name=start).click()
    return page


def file_by_form(county: Any, city: City) -> Plan:
    page = open_task(county, "报送方案")
    page.get_by_role("link", name="添加场次").first.click()
    page.fill("[name=title]", "瑶绣入门")
    page.select_option("[name=kind]", "training")
    page.select_option("[name=audience]", "everybody")
    page.fill("[name=day]", city.first_day.isoformat())
    page.fill("[name=start]", "14:30")
    page.fill("[name=end]", "16:30")
    page.select_option("[name=venue]", label=page.locator("[name=venue] option").nth(1).inner_text())
    page.fill("[name=budget]", "0.12万")
    page.check("[name=counting_rule][value=list_and_others]")
    page.get_by_role("button", name="只检查，不保存").click()
    assert "这些场次没有冲突。" in page.inner_text("main")
    page.get_by_role("button", name="保存", exact=True).click()
    file_plan(page)
    return Plan.objects.get(organisation=city.counties[0])


def file_plan(page: Page) -> None:
    page.get_by_role("link", name="核对并报送").click()
    page.get_by_role("button", name="报送方案").click()
    assert page.locator(".hero .tags").inner_text().startswith("→ 已报送")


def file_by_sheet(county: Any, city: City) -> Plan:
    day = (city.first_day + datetime.timedelta(days=1)).isoformat()
    fish, tea = {**GOOD, "日期": day}, {**GOOD, "活动名称": "茶叶种植", "日期": day, "开始": "14:00", "结束": "16:00"}
    broken = [{**tea, "座位": -1}, {**tea, "日期": "明天"}, {**tea, "场地代码": "不知道"}]
    page = open_task(county, "报送方案")
    page.get_by_role("link", name="用表格导入方案").click()
    send_sheet(page, sheet(fish, *broken))
    assert page.locator("main tbody tr").count() == 3
    page.get_by_role("link", name="上传改好的表格").click()
    send_sheet(page, sheet(fish, tea))
    page.get_by_role("button", name="导入草稿").click()
    file_plan(page)
    return Plan.objects.get(organisation=city.counties[1])


def send_sheet(page: Page, data: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("[name=sheet]", {"name": "方案.xlsx", "mimeType": kind, "buffer": data})
    page.get_by_role("button", name="上传表格").click()
    page.wait_for_url("**/workspace/sheets/*/")
    check_waiting_sheets(at=now())  # what the worker does beside the site
    expect(page.locator("#progress")).to_have_count(0)  # the page looks again by itself


def return_with_a_comment(bureau: Any, plan: Plan) -> None:
    page = bureau.visit(reverse("workspace:decide_plan", args=[plan.pk]))
    page.check("[name=decision][value=return]")
    page.get_by_text("对单场活动提意见").click()
    page.locator("fieldset textarea").fill("请写明主题。")
    page.get_by_role("button", name="提交决定").click()
    assert plan.versions.filter(state=PlanVersion.State.RETURNED).count() == 1


def amend_and_file_again(county: Any, plan: Plan) -> None:
    page = open_task(county, "修改方案新版本")
    assert "请写明主题。" in page.inner_text("main")
    page.get_by_role("link", name="瑶绣入门").first.click()
    page.fill("[name=topic]", "改好的主题")
    page.get_by_role("button", name="保存", exact=True).click()
    file_plan(page)


def countersign(bureau: Any, third: Any, plan: Plan) -> None:
    page = bureau.visit(reverse("workspace:ask_countersignature", args=[plan.pk]))
    page.get_by_label(NAMES[2]).check()
    page.locator("main button[type=submit]").click()
    page = open_task(third, "会签")
    page.check("[name=answer][value=agree]")
    page.locator("main button[type=submit]").click()
    assert plan.versions.get(state=PlanVersion.State.SUBMITTED).countersignatures.get().is_agreed is True


def approve_and_publish(bureau: Any, plan: Plan) -> None:
    page = open_task(bureau, f"审批方案：{plan.organisation.name}")
    page.check("[name=decision][value=approve]")
    page.get_by_role("button", name="提交决定").click()
    page = open_task(bureau, f"发布方案：{plan.organisation.name}")
    page.get_by_role("button", name="发布方案").click()
    assert page.locator(".hero .tags").inner_text().startswith("● 已发布")


def test_pages_of_planning_can_be_used_by_everybody(
    city: City,
    open_browser: Callable[..., Any],
    axe_violations: Callable[[Page], list[str]],
    look: dict[str, Any],
) -> None:
    programme = ProgrammeFactory(code="week", organisation=city.bureau, **city.week)
    plan = PlanFactory(programme=programme, organisation=city.counties[0])
    line = PlanLineFactory(version=PlanVersionFactory(plan=plan))
    filed = PlanFactory(programme=programme, organisation=city.counties[1])
    PlanLineFactory(version=PlanVersionFactory(plan=filed, state=PlanVersion.State.SUBMITTED))
    reader = open_browser(**look)
    sign_in(reader, city.bureau_person)
    pages = [
        reverse("workspace:home"),
        reverse("workspace:plans", args=["week"]),
        reverse("workspace:invite_to_plan", args=["week"]),
        reverse("workspace:heat", args=["week"]),
        reverse("workspace:calendar", args=["week"]),
        reverse("workspace:planned_sessions", args=["week"]),
        reverse("workspace:conflicts", args=["week"]),
        reverse("workspace:plan", args=[plan.pk]),
        reverse("workspace:new_plan_line", args=[plan.pk]),
        reverse("workspace:edit_plan_line", args=[line.pk]),
        reverse("workspace:submit_plan", args=[plan.pk]),
        reverse("workspace:decide_plan", args=[filed.pk]),
        reverse("workspace:ask_countersignature", args=[filed.pk]),
        reverse("workspace:attach_plan_document", args=[filed.pk]),
        reverse("workspace:upload_sheet", args=[plan.pk]),
        reverse("workspace:inbox"),
        reverse("workspace:notice_preferences"),
        reverse("workspace:deliveries"),
    ]

    found = {path: troubles(reader, path, axe_violations) for path in pages}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
