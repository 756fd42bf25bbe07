"""What a county coordinator sees of the figures: their own county, never the one beside it."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import (
    NOON,
    ActivityFactory,
    EvidenceFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)
from tests.factories_afterwards import organiser_of
from time_machine import travel

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.ledger import EntryDraft, append_entries, record_head_count
from qixue.participation.queries import coverage_of
from qixue.people.models import Organisation, Role
from qixue.programme.models import Activity, Programme, Session

pytestmark = pytest.mark.django_db
WHOLE = ("attendance", "sessions_total", "participants")


@pytest.fixture(autouse=True)
def at_noon():
    with travel(NOON, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    found = ProgrammeFactory(code="week")
    for position, code in enumerate(WHOLE):
        NamedFigure.objects.create(programme=found, code=code, definition=code, position=position)
    NamedFigure.objects.create(
        programme=found, code="attendance.training", definition="attendance", position=9, kind=Activity.Kind.TRAINING
    )
    return found


@pytest.fixture
def county(programme: Programme) -> Organisation:
    return OrganisationFactory(parent=programme.organisation, code="liannan", name="连南县")


@pytest.fixture
def sibling(programme: Programme) -> Organisation:
    return OrganisationFactory(parent=programme.organisation, code="lianshan", name="连山县")


def held_in(programme: Programme, organisation: Organisation, title: str, **changes: object) -> Session:
    activity = ActivityFactory(programme=programme, organisation=organisation, title=title)
    return SessionFactory(activity=activity, **changes)


def count(session: Session, people: int, qualifier: Qualifier = Qualifier.EXACT) -> LedgerEntry:
    return record_head_count(
        session,
        count=people,
        qualifier=qualifier,
        evidence=EvidenceFactory(text="李明经手"),
        by=organiser_of(session.activity),
        at=NOON,
        client_uuid=key(),
    )


def check_in(session: Session) -> LedgerEntry:
    draft = EntryDraft(
        kind=LedgerEntry.Kind.ATTENDANCE,
        activity=session.activity,
        session=session,
        source=LedgerEntry.Source.DOOR,
        actor=None,
        recorded_at=NOON,
        occurred_at=session.starts_at,
        person_token=key(),
        client_uuid=key(),
    )
    return append_entries(session.activity.organisation, [draft])[0]


def client_of(organisation: Organisation, role: str = Role.COORDINATOR) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=organisation, role=role).user)
    return client


def open_page(client: Client, name: str, *arguments: object, status: int = 200) -> html.HtmlElement:
    answer = client.get(reverse(f"workspace:{name}", args=arguments))
    assert answer.status_code == status
    return html.fromstring(answer.content.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: html.HtmlElement) -> list[list[str]]:
    return [[words(cell) for cell in row] for row in page.xpath("//tbody/tr")]


def test_figure_opens_in_the_viewers_part_only(programme: Programme, county: Organisation, sibling: Organisation):
    count(held_in(programme, county, "茶叶种植"), 40, Qualifier.AT_LEAST)
    count(held_in(programme, sibling, "邻县讲座"), 300)

    page = open_page(client_of(county), "figure", "week", "attendance")

    assert words(page.xpath("//p[@class='figure']")[0]) == "40多人次"
    assert [row[:3] for row in rows(page)] == [["茶叶种植", "连南县", "40多"]]
    assert "邻县讲座" not in words(page)


def test_figure_is_whole_for_who_reaches_the_whole(programme: Programme, county: Organisation, sibling: Organisation):
    count(held_in(programme, county, "茶叶种植"), 40)
    count(held_in(programme, sibling, "邻县讲座"), 300)

    page = open_page(client_of(programme.organisation), "figure", "week", "attendance")

    assert words(page.xpath("//p[@class='figure']")[0]) == "340人次"
    assert [row[0] for row in rows(page)] == ["茶叶种植", "邻县讲座"]


def test_every_figure_of_a_part_opens(programme: Programme, county: Organisation):
    check_in(held_in(programme, county, "茶叶种植"))
    client = client_of(county)
    listed = open_page(client, "figures", "week").xpath("//tbody/tr/th/a/@href")

    opened = {path: client.get(path).status_code for path in listed}

    assert opened == {reverse("workspace:figure", args=["week", code]): 200 for code in WHOLE}


@pytest.mark.parametrize("code", ["attendance.training", "none"])
def test_figure_that_a_part_does_not_have_is_not_found(programme: Programme, county: Organisation, code: str):
    open_page(client_of(county), "figure", "week", code, status=404)


def test_session_of_a_figure_lists_its_entries_and_no_name(programme: Programme, county: Organisation):
    session = held_in(programme, county, "茶叶种植")
    entries = [check_in(session), count(session, 40)]

    page = open_page(client_of(county), "figure_session", "week", "attendance", session.pk)

    kinds, ids = rows(page)[:2], [row[0] for row in rows(page)[2:]]
    assert kinds == [["签到", "现场签到", "1", "1"], ["清点人数", "工作人员录入", "1", "40"]]
    assert ids == [f"ledger:liannan/{entry.sequence}" for entry in entries]
    secrets = (str(entries[0].person_token), entries[1].actor_name, "李明")
    assert [secret for secret in secrets if secret in html.tostring(page, encoding="unicode")] == []


def test_session_of_the_sibling_county_is_not_found(programme: Programme, county: Organisation, sibling: Organisation):
    session = held_in(programme, sibling, "邻县讲座")
    count(session, 300)

    open_page(client_of(county), "figure_session", "week", "attendance", session.pk, status=404)


def test_late_sessions_are_named_in_the_viewers_part_only(
    programme: Programme, county: Organisation, sibling: Organisation
):
    three_days_ago = NOON - datetime.timedelta(days=3)
    times = {"starts_at": three_days_ago, "ends_at": three_days_ago + datetime.timedelta(hours=1)}
    late = held_in(programme, county, "茶叶种植", state=Session.State.PLANNED, **times)
    held_in(programme, sibling, "邻县讲座", **times)
    count(held_in(programme, county, "已填报", **times), 5)
    held_in(programme, county, "取消了", state=Session.State.CANCELLED, **times)

    page = open_page(client_of(county), "coverage", "week")

    expected = ["茶叶种植", "连南县", "11月1日（周日）12:00-13:00", "3", "填报人数"]
    assert rows(page) == [expected, ["连南县", "2", "1", "⚠ 1"]]
    assert page.xpath("//tbody//a/@href") == [reverse("workspace:head_count", args=[late.pk])]


@pytest.mark.parametrize(
    ("role", "rule"), [(Role.AUDITOR, Session.CountingRule.HEAD_COUNT), (Role.COORDINATOR, Session.CountingRule.LIST)]
)
def test_late_session_opens_where_no_count_can_be_entered(
    programme: Programme, county: Organisation, role: str, rule: str
):
    hours = {"starts_at": NOON - datetime.timedelta(hours=3), "ends_at": NOON - datetime.timedelta(hours=2)}
    late = held_in(programme, county, "茶叶种植", counting_rule=rule, **hours)

    page = open_page(client_of(county, role), "coverage", "week")

    assert page.xpath("//tbody//a/@href") == [reverse("workspace:session", args=[late.pk])]


def test_coverage_says_so_when_nothing_is_late(programme: Programme, county: Organisation):
    count(held_in(programme, county, "茶叶种植"), 40)

    page = open_page(client_of(county), "coverage", "week")

    assert [words(notice) for notice in page.xpath("//p[@class='notice tea']")] == [
        "✓ 没有逾期：已结束的场次都已填报人数。"
    ]


def test_coverage_counts_no_session_of_a_draft(programme: Programme, county: Organisation):
    draft = ActivityFactory(programme=programme, organisation=county, state=Activity.State.DRAFT)
    SessionFactory(activity=draft, starts_at=NOON - datetime.timedelta(days=1), ends_at=NOON)

    rows_of_part = coverage_of(programme, "liannan", NOON + datetime.timedelta(days=1))

    assert rows_of_part == []
