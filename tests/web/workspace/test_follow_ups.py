"""The coordination board through its pages, and the minutes of a meeting from the paste to the items."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory, RoleAssignmentFactory, key
from tests.factories_coordination import FollowUpFactory, FollowUpStepFactory
from tests.factories_planning import PlanFactory, PlanVersionFactory

from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import FollowUp, Programme
from qixue.programme.operations.follow_ups import acknowledge_follow_up

pytestmark = pytest.mark.django_db
State = FollowUp.State
FAR = datetime.date(2099, 11, 20)
PDF = b"%PDF-1.7 text"
MINUTES = """1. 请报送方案。责任单位：各县（市、区）教育局；完成时限：2099年11月20日
2. 布置场地（牵头单位：市图书馆，完成时限：长期）"""


@dataclass
class Offices:
    programme: Programme
    bureau: Organisation
    county: Organisation
    bureau_person: User
    county_person: User

    def item(self, **given: Any) -> FollowUp:
        item = FollowUpFactory(programme=self.programme, owner=self.county, **{"due_on": FAR, **given})
        FollowUpStepFactory(follow_up=item)
        return item


@pytest.fixture
def offices() -> Offices:
    bureau = OrganisationFactory(code="bureau", name="清远市教育局")
    place = RegionFactory(code="441826", name="连南瑶族自治县", short_name="连南", level=Region.Level.COUNTY)
    county = OrganisationFactory(code="county", parent=bureau, name="连南瑶族自治县教育局", region=place)
    people = [RoleAssignmentFactory(organisation=each, role=Role.COORDINATOR).user for each in (bureau, county)]
    return Offices(ProgrammeFactory(organisation=bureau, code="week"), bureau, county, *people)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def test_item_goes_from_assignment_to_closing_by_its_pages(offices: Offices) -> None:
    bureau, county = browser(offices.bureau_person), browser(offices.county_person)

    bureau.post(
        address("new_follow_up", "week"),
        {"title": "报送方案", "owner": "连南县教育局", "due_on": "2099年11月20日", "key": str(key())},
    )
    item = FollowUp.objects.get()
    county.post(address("acknowledge_follow_up", item.pk), {"version": 1})
    county.post(address("report_follow_up", item.pk), {"version": 2, "note": "已报送"})
    bureau.post(address("decide_follow_up", item.pk), {"version": 3, "decision": "send_back", "reason": "请补充"})
    file = SimpleUploadedFile("a.pdf", PDF)
    county.post(address("report_follow_up", item.pk), {"version": 4, "file": file})
    bureau.post(address("decide_follow_up", item.pk), {"version": 5, "decision": "close"})

    item.refresh_from_db()
    assert (item.owner, item.due_on, item.state) == (offices.county, FAR, State.CLOSED)
    assert list(item.steps.order_by("pk").values_list("kind", flat=True)) == [
        "assigned", "acknowledged", "reported", "sent_back", "reported", "closed",
    ]  # fmt: skip


def test_evidence_is_read_by_those_in_reach_only(offices: Offices) -> None:
    item = offices.item()
    browser(offices.county_person).post(
        address("report_follow_up", item.pk), {"version": 1, "file": SimpleUploadedFile("a.pdf", PDF)}
    )
    neighbour = RoleAssignmentFactory(organisation=OrganisationFactory(parent=offices.bureau)).user
    route = address("follow_up_file", item.steps.get(kind="reported").pk)

    sent, refused = browser(offices.bureau_person).get(route), browser(neighbour).get(route)

    assert (b"".join(sent.streaming_content), sent["Content-Disposition"][:10]) == (PDF, "attachment")
    assert refused.status_code == 404


def test_report_without_evidence_keeps_the_page_and_says_what_to_do(offices: Offices) -> None:
    item = offices.item()

    page = browser(offices.county_person).post(address("report_follow_up", item.pk), {"version": 1, "note": " "})

    assert (page.status_code, "请填写办理情况，或上传佐证材料。" in page.content.decode()) == (422, True)


def test_wrong_name_of_an_owner_loses_nothing_typed(offices: Offices) -> None:
    given = {"title": "报送方案", "owner": "市财政局", "due_on": "2099-11-20", "key": str(key())}

    page = browser(offices.bureau_person).post(address("new_follow_up", "week"), given)

    content = page.content.decode()
    assert (page.status_code, FollowUp.objects.count()) == (422, 0)
    assert ("市财政局" in content, "请填写管辖范围内的单位名称" in content) == (True, True)


def test_act_on_an_item_that_moved_on_is_refused(offices: Offices) -> None:
    item = offices.item()
    acknowledge_follow_up(item, edit_count=1, by=offices.county_person, at=NOON)

    page = browser(offices.bureau_person).post(address("withdraw_follow_up", item.pk), {"version": 1, "reason": "取消"})

    assert (page.status_code, "其间已有他人处理过该事项" in page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("route", "given"),
    [
        ("move_follow_up_deadline", {"due_on": "2099-12-01", "reason": "顺延"}),
        ("hand_over_follow_up", {"organisation": "town", "reason": "由镇办理"}),
        ("withdraw_follow_up", {"reason": "取消"}),
    ],
)
def test_other_acts_by_their_pages(offices: Offices, route: str, given: dict[str, str]) -> None:
    OrganisationFactory(code="town", parent=offices.county)
    item = offices.item()

    answer = browser(offices.bureau_person).post(address(route, item.pk), {"version": 1, **given})

    item.refresh_from_db()
    assert (answer.status_code, item.edit_count, item.steps.count()) == (302, 2, 2)


def test_item_page_offers_the_next_step_to_each_side(offices: Offices) -> None:
    item = offices.item(state=State.REPORTED)

    pages = [
        browser(user).get(address("follow_up", item.pk)) for user in (offices.bureau_person, offices.county_person)
    ]

    firsts = [[act.url for act in page.context["acts"]][:1] for page in pages]
    assert firsts == [[address("decide_follow_up", item.pk)], []]


def test_board_shows_overdue_first_and_what_waits_for_the_viewer(offices: Offices) -> None:
    offices.item(title="后到期")
    offices.item(title="已逾期", due_on=datetime.date(2020, 1, 1))
    other = OrganisationFactory(parent=offices.bureau)
    FollowUpFactory(programme=offices.programme, owner=other, title="别县的事")

    board = browser(offices.bureau_person).get(address("board", "week")).content.decode()
    narrowed = browser(offices.bureau_person).get(address("board", "week"), {"overdue": "on"}).content.decode()
    mine = browser(offices.county_person).get(address("board", "week"), {"mine": "on"}).content.decode()

    assert board.index("已逾期") < board.index("后到期")
    assert ("已逾期" in narrowed, "后到期" in narrowed) == (True, False)
    assert ("后到期" in mine, "别县的事" in mine) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_board_asks_the_database_equally_often(offices: Offices, count: int, django_assert_num_queries: Any) -> None:
    for _number in range(count):
        offices.item()
    client = browser(offices.bureau_person)

    with django_assert_num_queries(14):
        client.get(address("board", "week"))


def test_who_waits_for_whom_leads_to_the_records(offices: Offices) -> None:
    item = offices.item()
    plan = PlanVersionFactory(plan=PlanFactory(programme=offices.programme, organisation=offices.county)).plan
    plan.steps.create(kind="invited", at=NOON)
    client = browser(offices.bureau_person)

    table = client.get(address("waits", "week")).content.decode()
    records = client.get(address("waits", "week"), {"waiter": "bureau", "awaited": "county"}).content.decode()

    assert '<a href="?waiter=bureau&amp;awaited=county">2</a>' in table
    assert (address("follow_up", item.pk) in records, address("plan", plan.pk) in records) == (True, True)


@pytest.mark.parametrize("name", ["no-such", "１"])
def test_waits_of_an_unknown_organisation_are_missing(offices: Offices, name: str) -> None:
    page = browser(offices.bureau_person).get(address("waits", "week"), {"waiter": name, "awaited": "county"})

    assert page.status_code == 404


def test_numbers_of_steps_open_to_rule_and_records(offices: Offices) -> None:
    item = offices.item()
    acknowledge_follow_up(item, edit_count=1, by=offices.county_person, at=NOON + datetime.timedelta(days=2))
    client = browser(offices.bureau_person)

    table = client.get(address("step_times", "week")).content.decode()
    page = client.get(address("step_time", "week", "acknowledgement"), {"organisation": "county"}).content.decode()

    assert f"{address('step_time', 'week', 'acknowledgement')}?organisation=county" in table
    assert ("2.0" in page, item.title in page, "从交办或转办到签收的天数" in page) == (True, True, True)


@pytest.mark.parametrize(("step", "organisation"), [("no_such", ""), ("report", "elsewhere")])
def test_unknown_step_or_organisation_is_missing(offices: Offices, step: str, organisation: str) -> None:
    OrganisationFactory(code="elsewhere")

    page = browser(offices.bureau_person).get(address("step_time", "week", step), {"organisation": organisation})

    assert page.status_code == 404


def test_home_shows_what_waits_for_its_reader(offices: Offices) -> None:
    item = offices.item()

    pages = [
        browser(user).get(address("home")).content.decode() for user in (offices.bureau_person, offices.county_person)
    ]

    assert [address("follow_up", item.pk) in page for page in pages] == [False, True]


def read_minutes(offices: Offices, text: str = MINUTES) -> tuple[Any, dict[str, str]]:
    """The page of the proposal, and its answers as a browser would send them back."""
    page = browser(offices.bureau_person).post(address("minutes", "week"), {"source": "联席会议", "text": text})
    form = page.context["form"]
    return page, {name: str(field.value() or "") for name, field in ((each.html_name, each) for each in form)}


def test_minutes_become_a_table_that_can_be_mended(offices: Offices) -> None:
    page, answers = read_minutes(offices)

    assert (page.status_code, FollowUp.objects.count()) == (200, 0)
    assert [answers[name] for name in ("owner_1", "due_on_1", "owner_2", "due_on_2")] == [
        "连南瑶族自治县教育局",
        "2099-11-20",
        "市图书馆",
        "长期",
    ]


def test_wrong_rows_are_named_and_nothing_is_assigned(offices: Offices) -> None:
    _page, answers = read_minutes(offices)

    page = browser(offices.bureau_person).post(address("minutes", "week"), answers)

    assert (page.status_code, FollowUp.objects.count()) == (422, 0)
    assert sorted(page.context["form"].errors) == ["due_on_2", "owner_2"]


def test_row_that_is_left_out_may_stay_wrong(offices: Offices) -> None:
    _page, answers = read_minutes(offices)

    answer = browser(offices.bureau_person).post(address("minutes", "week"), {**answers, "take_2": ""})

    item = FollowUp.objects.get()
    assert (answer.status_code, item.owner, item.due_on, item.source) == (302, offices.county, FAR, "联席会议")


def test_minutes_pasted_twice_give_their_items_once(offices: Offices) -> None:
    for title in ("请报送方案", "请报送活动方案（已修改措辞）"):
        _page, answers = read_minutes(offices)
        browser(offices.bureau_person).post(
            address("minutes", "week"), {**answers, "title_1": title, "take_2": ""}, follow=True
        )

    assert FollowUp.objects.count() == 1


def test_no_row_taken_is_refused(offices: Offices) -> None:
    _page, answers = read_minutes(offices)

    page = browser(offices.bureau_person).post(address("minutes", "week"), {**answers, "take_1": "", "take_2": ""})

    assert (page.status_code, FollowUp.objects.count()) == (422, 0)


def test_past_day_of_a_row_is_named(offices: Offices) -> None:
    _page, answers = read_minutes(offices)

    page = browser(offices.bureau_person).post(
        address("minutes", "week"), {**answers, "take_2": "", "due_on_1": "2020-01-01"}
    )

    assert sorted(page.context["form"].errors) == ["due_on_1"]


@pytest.mark.parametrize("text", ["", "   ", "会议要求高度重视", "责任单位：", "\t\t\t\n\t\t", "一" * 20_001])
def test_text_without_an_item_says_what_to_do(offices: Offices, text: str) -> None:
    page = browser(offices.bureau_person).post(address("minutes", "week"), {"source": "会议", "text": text})

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["text"])


def test_hostile_number_of_rows_is_a_paste_without_text(offices: Offices) -> None:
    for number in ("0", "-1", "１", "99999", "9" * 5000, "a"):
        page = browser(offices.bureau_person).post(address("minutes", "week"), {"row_count": number})
        assert page.status_code == 422


def test_pages_are_whole_in_english(offices: Offices) -> None:
    item = offices.item(due_on=datetime.date(2020, 1, 1))
    client = browser(offices.bureau_person)
    client.cookies["qixue_language"] = "en"
    routes = [("board", "week"), ("waits", "week"), ("step_times", "week"), ("minutes", "week"), ("follow_up", item.pk)]

    pages = [client.get(address(*route)).content.decode() for route in routes]

    assert [len(re.findall(r"<h1", page)) for page in pages] == [1] * 5
    assert "days overdue" in pages[0]
