"""Returns through their pages: from a call to the sum, and every way in which something typed could be lost."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory, RoleAssignmentFactory
from tests.factories_returns import ReturnCallFactory, ReturnFieldFactory, ReturnSubmissionFactory

from qixue.people.models import Organisation, Role, User
from qixue.programme.models import ReturnCall, ReturnField, ReturnSubmission, SentValue
from qixue.programme.operations.return_calls import close_call
from qixue.web.workspace.return_words import return_tasks

pytestmark = pytest.mark.django_db
State = ReturnSubmission.State


class Offices:
    """A city asks, a county and its town file."""

    def __init__(self) -> None:
        city = RegionFactory()
        place = RegionFactory(code="441826", name="连南县", level="county", unit_type="county", parent=city)
        town = RegionFactory(code="441826105", name="三排镇", level="township", unit_type="town", parent=place)
        self.free = RegionFactory(code="441826106", name="涡水镇", level="township", unit_type="town", parent=place)
        self.city = OrganisationFactory(code="city", name="市教育局", region=city)
        self.county = OrganisationFactory(parent=self.city, name="县教育局", region=place)
        self.town = OrganisationFactory(parent=self.county, name="三排镇政府", region=town, kind="town_government")
        self.programme = ProgrammeFactory(organisation=self.city, code="week")
        self.people = {place: coordinator(place) for place in (self.city, self.county, self.town)}

    def browser(self, organisation: Organisation) -> Client:
        client = Client()
        client.force_login(self.people[organisation])
        return client

    def of(self, organisation: Organisation) -> ReturnSubmission:
        return ReturnSubmission.objects.get(organisation=organisation)

    def opened(self) -> ReturnCall:
        call = ReturnCallFactory(programme=self.programme, number=1, is_open=True)
        ReturnFieldFactory(call=call)
        county = ReturnSubmissionFactory(call=call, organisation=self.county, level="county")
        ReturnSubmissionFactory(call=call, organisation=self.town, parent=county)
        return call

    def file(self, organisation: Organisation, **answers: Any) -> Any:
        """Fill in, then submit what the check page shows."""
        client, found = self.browser(organisation), self.of(organisation)
        saved = client.post(address("edit_return", found.pk), {"version": found.edit_count, "check": "1", **answers})
        if saved.status_code != 302:
            return saved
        form = client.get(address("submit_return", found.pk)).context["form"]
        return client.post(address("submit_return", found.pk), {name: form[name].value() for name in form.fields})

    def accept(self, organisation: Organisation, by: Organisation) -> Any:
        found = self.of(organisation)
        answers = {"decision": "accept", "sent_step": found.sent_step_id}
        return self.browser(by).post(address("decide_return", found.pk), answers)


def coordinator(organisation: Organisation) -> User:
    return RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user


@pytest.fixture
def offices() -> Offices:
    return Offices()


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def key() -> str:
    return f"field_{ReturnField.objects.get().pk}"


def test_call_goes_from_nothing_to_the_sum_by_its_pages(offices: Offices) -> None:
    city = offices.browser(offices.city)
    days = {"town_due_on": "2099年11月20日", "county_due_on": "2099-11-25"}
    city.post(address("new_return_call", "week"), {"name": "活动周情况", **days})
    number = {"kind": "number", "name": "媒体报道", "unit": "report", "rule": "按标题去重"}
    city.post(address("new_return_field", "week", 1), {**number, "version": 1})
    city.post(address("return_organisations", "week", 1), {"levels": ["county", "town"], "version": 2, "save": "1"})
    city.post(address("open_return_call", "week", 1), {"version": ReturnCall.objects.get().edit_count})

    offices.file(offices.town, **{key(): "１２多"})
    offices.accept(offices.town, offices.county)
    offices.file(offices.county, **{key(): "约8", "covered": [offices.free.pk]})
    offices.accept(offices.county, offices.city)

    page = city.get(address("return_totals", "week", 1)).content.decode()
    assert [each.state for each in ReturnSubmission.objects.all()] == [State.ACCEPTED] * 2
    value = SentValue.objects.get(step=offices.of(offices.county).sent_step)
    assert (value.amount, value.qualifier) == (20, "about")
    assert "1个县（市、区）中1个已报送填报表，2个镇（街道）中2个已报送" in page


def test_searching_keeps_who_is_ticked(offices: Offices) -> None:
    ReturnCallFactory(programme=offices.programme, number=1)
    city, page = offices.browser(offices.city), address("return_organisations", "week", 1)

    sent = city.post(page, {"organisations": [], "levels": ["county"], "q": "三排", "search": "1", "version": 1})
    found = city.get(sent["Location"]).context["form"]

    offered = found.fields["organisations"].queryset
    assert list(offered) == [offices.county, offices.town]
    assert list(ReturnCall.objects.get().asked.all()) == [offices.county]


def test_wrong_number_is_named_and_everything_typed_stays(offices: Offices) -> None:
    offices.opened()

    page = offices.file(offices.town, **{key(): "近40多", "note": "请审核"})

    text = page.content.decode()
    assert (page.status_code, 'value="近40多"' in text, "请审核" in text) == (422, True, True)
    assert "限定词最多一个" in text


def test_draft_may_have_gaps_but_is_not_sent(offices: Offices) -> None:
    offices.opened()

    refused = offices.file(offices.town, note="还在统计")

    assert (refused.status_code, offices.of(offices.town).note) == (409, "还在统计")
    assert offices.of(offices.town).state == State.WAITING


def test_second_editor_sees_both_and_loses_nothing(offices: Offices) -> None:
    offices.opened()
    found, client = offices.of(offices.town), offices.browser(offices.town)
    client.post(address("edit_return", found.pk), {"version": 1, key(): "12"})

    page = client.post(address("edit_return", found.pk), {"version": 1, key(): "99"})

    difference = page.context["differences"][0]
    assert (page.status_code, difference.stored, difference.typed) == (422, "12", "99")


def test_figure_that_changed_meanwhile_is_shown_again(offices: Offices) -> None:
    ReturnFieldFactory(call=offices.opened(), name="场次", kind="figure", unit="", rule="", figure="sessions_total")
    number = ReturnField.objects.get(kind="number")
    found, client = offices.of(offices.town), offices.browser(offices.town)
    client.post(address("edit_return", found.pk), {"version": 1, f"field_{number.pk}": "12"})

    page = client.post(address("submit_return", found.pk), {"version": 2, "seen": "0" * 64})

    assert (page.status_code, page.context["has_changed"], offices.of(offices.town).state) == (200, True, State.WAITING)


def test_sent_back_return_says_why_on_the_page_where_it_is_corrected(offices: Offices) -> None:
    offices.opened()
    offices.file(offices.town, **{key(): "120"})
    found = offices.of(offices.town)
    answers = {"decision": "send_back", "sent_step": found.sent_step_id, key(): "多了一个零"}

    offices.browser(offices.county).post(address("decide_return", found.pk), answers)
    page = offices.browser(offices.town).get(address("edit_return", found.pk)).content.decode()

    assert ("多了一个零" in page, 'value="120"' in page) == (True, True)


def test_accepting_with_comments_asks_again_and_keeps_them(offices: Offices) -> None:
    offices.opened()
    offices.file(offices.town, **{key(): "120"})
    found = offices.of(offices.town)
    answers = {"decision": "accept", "sent_step": found.sent_step_id, key(): "多了一个零"}

    page = offices.browser(offices.county).post(address("decide_return", found.pk), answers)

    assert (page.status_code, "多了一个零" in page.content.decode()) == (422, True)


def test_money_is_read_as_people_write_it_and_kept_in_fen(offices: Offices) -> None:
    offices.opened()
    ReturnField.objects.update(unit="yuan")

    offices.file(offices.town, **{key(): "约1.25万元"})

    value = SentValue.objects.get()
    assert (value.amount, value.qualifier, value.quantity.text("zh")) == (1_250_000, "about", "约12500元")


def test_board_of_a_town_shows_nothing_of_its_neighbours(offices: Offices) -> None:
    call = offices.opened()
    neighbour = OrganisationFactory(parent=offices.county, name="邻镇政府")
    ReturnSubmissionFactory(call=call, organisation=neighbour, parent=offices.of(offices.county))

    page = offices.browser(offices.town).get(address("return_call", "week", 1)).content.decode()

    assert ("三排镇政府" in page, "邻镇政府" in page, "县教育局" in page) == (True, False, False)


def test_export_holds_what_was_sent_and_no_formula(offices: Offices) -> None:
    offices.opened()
    ReturnField.objects.update(kind="text", unit="", rule="")
    offices.file(offices.town, **{key(): "=HYPERLINK(1)"})
    city = offices.browser(offices.city)

    table = taken(city, "csv").decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(taken(city, "xlsx")))

    rows = list(csv.reader(io.StringIO(table)))
    assert [row[1] for row in rows] == ["镇（街道）", "", "三排镇", "涡水镇"]
    assert rows[2][3:4] + rows[2][-1:] == ["待审核", "'=HYPERLINK(1)"]
    [cell] = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"


def taken(client: Client, kind: str, **headers: str) -> bytes:
    answer = client.get(address("return_call", "week", 1), {"table": f"returns.{kind}"}, headers=headers)
    return answer.getvalue()


def test_export_names_states_in_chinese_whoever_reads_it(offices: Offices) -> None:
    offices.opened()
    offices.file(offices.town, **{key(): "12"})
    client = offices.browser(offices.city)

    table = taken(client, "csv", **{"accept-language": "en"})

    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["未报送", "待审核", "无填报单位"]


def test_phone_list_names_only_those_below_who_have_not_reported(offices: Offices) -> None:
    offices.opened()
    Organisation.objects.filter(pk=offices.town.pk).update(phone="0763-0000001")

    city = offices.browser(offices.city).get(address("return_phones", "week", 1)).content.decode()
    offices.file(offices.town, **{key(): "12"})
    after = offices.browser(offices.county).get(address("return_phones", "week", 1)).content.decode()

    assert ("0763-0000001" in city, "县教育局" in city, "0763-0000001" in after) == (True, True, False)


def test_phone_list_is_offered_to_those_who_may_open_it(offices: Offices) -> None:
    offices.opened()
    auditor = Client()
    auditor.force_login(RoleAssignmentFactory(organisation=offices.city, role=Role.AUDITOR).user)
    board, phones = (address(route, "week", 1) for route in ("return_call", "return_phones"))

    offered = [phones in client.get(board).content.decode() for client in (offices.browser(offices.city), auditor)]

    assert (offered, auditor.get(phones).status_code) == ([True, False], 403)


def test_closed_call_offers_nothing_to_do(offices: Offices) -> None:
    close_call(offices.opened(), by=offices.people[offices.city], at=NOON)

    page = offices.browser(offices.town).get(address("return", offices.of(offices.town).pk))

    assert (page.status_code, page.context["acts"]) == (200, [])


def test_first_page_says_what_waits(offices: Offices) -> None:
    offices.opened()
    offices.file(offices.town, **{key(): "12"})

    tasks = {place.code: [task.url for task in return_tasks(person)] for place, person in offices.people.items()}

    town, county = offices.of(offices.town).pk, offices.of(offices.county).pk
    assert tasks[offices.town.code] == tasks["city"] == []
    assert tasks[offices.county.code] == [address("decide_return", town), address("edit_return", county)]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_database_the_same_number_of_times(offices: Offices, count: int) -> None:
    call = offices.opened()
    for number in range(count):
        ReturnCallFactory(programme=offices.programme, number=number + 2, is_open=True)
        office = OrganisationFactory(parent=offices.county)
        ReturnSubmissionFactory(call=call, organisation=office, parent=offices.of(offices.county))
    city = offices.browser(offices.city)

    numbers = []
    for route in ("returns", "return_call", "return_phones"):
        arguments = ["week"] if route == "returns" else ["week", 1]
        with CaptureQueriesContext(connection) as queries:
            city.get(address(route, *arguments))
        numbers.append(len(queries))

    assert numbers == [11, 12, 11]
