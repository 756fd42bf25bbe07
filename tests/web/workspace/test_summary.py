"""The page of the work summary: what it says before the summary is issued."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import NOON, ProgrammeFactory, RoleAssignmentFactory, SessionFactory

from qixue.core.charts import Bar, Chart
from qixue.core.long_work import one_at_a_time
from qixue.core.quantity import ATTENDANCE, Quantity
from qixue.people.models import Role
from qixue.programme.models import Involvement, Programme, Session
from qixue.report.editing import save_section
from qixue.report.models import SummarySection
from qixue.report.official_document import Picture
from qixue.web.workspace.preview import preview_line
from qixue.web.workspace.views import programmes

pytestmark = pytest.mark.django_db
Draft = SummarySection.Draft
READY = "可以签发：没有缺少的事实，已结束的场次都已填报人数，校对没有疑点。"


@pytest.fixture
def week() -> Programme:
    """Over, with nothing that is missing: a host, problems and plans."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(code="week", theme="学习", starts_on=day, ends_on=day)
    Involvement.objects.create(programme=week, organisation=week.organisation, role=Involvement.Role.HOST, position=1)
    drafts = {"领导重视": Draft.LEADERSHIP, "存在的问题": Draft.NONE, "下一步打算": Draft.NONE}
    writer = RoleAssignmentFactory(organisation=week.organisation, role=Role.COORDINATOR).user
    for position, (heading, draft) in enumerate(drafts.items(), start=1):
        section = SummarySection.objects.create(
            programme=week, position=position, level=1, heading=heading, draft=draft
        )
        if draft == Draft.NONE:
            save_section(section, f"{heading}另行说明。", based_on=0, by=writer, at=NOON)
    return week


@pytest.fixture
def coordinator(week: Programme) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=week.organisation, role=Role.COORDINATOR).user)
    return client


def panel(client: Client) -> html.HtmlElement:
    page = html.fromstring(client.get(reverse("workspace:summary", args=["week"])).content.decode())
    [heading] = page.xpath("//h2[normalize-space()='签发之前']")
    return heading.getparent()


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_panel_says_in_a_sentence_that_nothing_stands_in_the_way(coordinator: Client) -> None:
    assert words(panel(coordinator)) == f"签发之前 {READY}"


def test_remark_that_quotes_nothing_has_no_quotation_marks(coordinator: Client, week: Programme) -> None:
    week.involvements.all().delete()

    found = words(panel(coordinator))

    assert "总结应当写明主办单位" in found
    assert "“”" not in found


def test_panel_names_uncounted_sessions_and_leads_to_them(coordinator: Client, week: Programme) -> None:
    session = SessionFactory(activity__programme=week, number=1, state=Session.State.PLANNED)

    found = panel(coordinator)

    [link] = found.xpath(".//a")
    name = week.organisation.name
    assert words(link) == f"{name}11月4日“稻田养鱼”第1场已结束，尚未填报人数。"
    assert link.get("href") == reverse("workspace:session", args=[session.pk])
    assert coordinator.get(link.get("href")).status_code == 200
    assert READY not in words(found)


def test_panel_says_that_the_week_is_not_over(coordinator: Client, week: Programme) -> None:
    Programme.objects.filter(pk=week.pk).update(ends_on=datetime.date(2999, 11, 28))

    assert words(panel(coordinator)) == (
        "签发之前 活动周11月28日结束，本稿为阶段稿；请在结束并补齐人数后重新生成，再行签发。"
    )


def test_page_reads_none_of_the_records_behind_the_figures(coordinator: Client) -> None:
    draft = coordinator.get(reverse("workspace:summary", args=["week"])).context["draft"]

    assert {"evidence", "document"} & set(vars(draft)) == set()


def test_file_that_is_not_in_line_waits_with_a_page_that_asks_again(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reverse("workspace:summary_file", args=["week", "docx"])
    monkeypatch.setattr(programmes, "MOST_IN_LINE", 0)

    with one_at_a_time("summaries"):
        answer = coordinator.get(path)
    page = html.fromstring(answer.content.decode())

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] in {"1", "2", "3"}
    assert page.xpath("//meta[@http-equiv='refresh']/@content") == [answer.headers["Retry-After"]]
    assert page.xpath("//a[@class='btn']/@href") == [path]
    assert coordinator.get(path).status_code == 200


def test_chart_on_the_page_is_text_of_its_size_and_no_picture() -> None:
    bars = (Bar("凤城讲堂", Quantity(20, ATTENDANCE)), Bar("田间课堂", Quantity(10, ATTENDANCE)))
    chart = Chart("各品牌参与人次（截至11月4日12时00分）", "品牌", "参与人次", bars)
    line = preview_line("", Picture(b"", "各品牌参与人次", "凤城讲堂20；田间课堂10。", chart=chart))

    found = html.fragment_fromstring(render_to_string("workspace/programmes/line.html", {"line": line}), "div")

    assert [words(cell) for cell in found.xpath(".//tbody//th")] == ["凤城讲堂", "田间课堂"]
    assert "截至11月4日12时00分" in words(found.find(".//caption"))
    assert found.findall(".//img") == []
