"""Looking for sessions: counts on the filters, calendars, places, and queries that nobody would type by hand."""

import datetime
import threading
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from tests.factories import NOON, ActivityFactory, OrganisationFactory, RegionFactory, SessionFactory, VenueFactory
from tests.web.public.conftest import titles, words

from qixue.core.clock import local_day
from qixue.participation.models import RegistrationTerms
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.programme.operations.listings import keep_listings
from qixue.programme.queries import listings
from qixue.programme.queries.listings import Listings
from qixue.web.public.finding import find
from qixue.web.warm_up import make_index

pytestmark = pytest.mark.django_db
LIST = "/programmes/week/sessions/"
HOSTILE = [
    "%",
    "_",
    "a%b_c",
    "'",
    '"; DROP TABLE x',
    "\\",
    "\x00",
    "🍵🍵",
    "茶" * 500,
    " " * 300,
    "* OR a NEAR b",
    "-茶",
]


@pytest.fixture
def evening(tea):
    """A reading circle two evenings later in a town of another county, online for those at home."""
    county = RegionFactory(code="441881", name="英德市", level=Region.Level.COUNTY, parent=tea.venue.region.parent)
    town = RegionFactory(code="441881001", name="英城街道", level=Region.Level.TOWNSHIP, parent=county)
    activity = ActivityFactory(programme=tea.activity.programme, title="读书会", kind="reading", audience="older")
    return SessionFactory(
        activity=activity,
        venue=VenueFactory(region=town, has_step_free_access=True),
        starts_at=tea.starts_at + datetime.timedelta(days=2, hours=4),
        ends_at=tea.ends_at + datetime.timedelta(days=2, hours=4),
        state="planned",
    )


def offered(page, name):
    return [words(option) for option in page.xpath(f"//select[@name='{name}']//option")]


def test_choices_say_how_many_sessions_they_leave(open_page, tea, evening):
    page = open_page(LIST)

    assert offered(page, "kind") == ["不限", "培训（1）", "读书活动（1）"]
    assert offered(page, "time") == ["不限", "下午（1）", "晚上（1）"]
    assert offered(page, "day") == ["不限", "从现在起（2）", "11月4日（周三）（1）", "11月6日（周五）（1）"]
    assert offered(page, "access") == ["不限", "仅无障碍场地（1）"]


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "2 sessions"), ("week/", "2 sessions in this week"), ("month/", "2 sessions in this month")],
)
def test_sessions_called_off_or_without_a_date_are_shown_and_said_separately(open_page, tea, evening, path, said):
    for state, starts_at in (("cancelled", evening.starts_at), ("postponed", evening.starts_at), ("planned", None)):
        SessionFactory(activity=evening.activity, starts_at=starts_at, ends_at=None, state=state)
    undated = "" if path else " · 1 more has no date yet"

    home, page = (open_page(each, language="en") for each in ("/", LIST + path))

    assert words(home.xpath("//p[@class='lead']")[0]).startswith("2 sessions across the city.")
    assert words(page.xpath("//p[@class='lead']")[0]) == f"{said} · 2 more are called off or postponed{undated}"


def test_numbers_of_filters_and_of_the_days_of_a_month_leave_out_what_is_called_off(open_page, tea, evening):
    times = {"starts_at": evening.starts_at, "ends_at": evening.ends_at}
    SessionFactory(activity=evening.activity, venue=evening.venue, state="cancelled", **times)

    page, month = open_page(LIST), open_page(LIST + "month/")

    assert offered(page, "kind") == ["不限", "培训（1）", "读书活动（1）"]
    assert offered(page, "day") == ["不限", "从现在起（2）", "11月4日（周三）（1）", "11月6日（周五）（1）"]
    assert [words(cell).split()[-1] for cell in month.xpath("//span[@class='how-many']")] == ["1场", "1场"]


def test_draw_that_is_to_come_is_not_among_the_free_seats(open_page, tea, evening):
    Session.objects.update(seat_count=5)
    terms = {"closes_at": evening.starts_at, "draw_at": evening.starts_at}
    RegistrationTerms.objects.create(session=evening, allotment="lottery", **terms)

    page = open_page(f"{LIST}?seats=left")

    assert titles(page) == ["茶叶种植"]


def test_place_counts_what_takes_place_there(open_page, tea, evening):
    SessionFactory(activity=evening.activity, venue=evening.venue, starts_at=None, ends_at=None, state="cancelled")

    page = open_page(f"{LIST}places/")

    assert [words(link) for link in page.xpath("//main//section/header/a")] == ["1场", "1场"]


def test_counts_respect_the_other_answers_and_not_their_own(open_page, tea, evening):
    page = open_page(f"{LIST}?kind=reading")

    assert offered(page, "kind") == ["不限", "培训（1）", "读书活动（1）"]
    assert offered(page, "county") == ["不限", "英德市（1）"]
    assert titles(page) == ["读书会"]


def test_town_is_asked_for_inside_the_chosen_county(open_page, tea, evening):
    page = open_page(f"{LIST}?county=441881&town=441881001")

    assert offered(page, "town") == ["不限", "英城街道（1）"]
    assert titles(page) == ["读书会"]


def test_town_of_a_county_chosen_before_counts_no_longer(open_page, tea, evening):
    page = open_page(f"{LIST}?county=441826&town=441881001")

    assert titles(page) == ["茶叶种植"]
    assert [words(chip) for chip in page.xpath("//ul[@class='chosen']//a")] == ["连南瑶族自治县 ✕去掉"]


@pytest.mark.parametrize("query", ["q=读书 英德", "q=dsh yingde", "time=evening", "access=yes", "audience=older"])
def test_sessions_are_found_by_further_answers(open_page, tea, evening, query):
    page = open_page(f"{LIST}?{query}")

    assert titles(page) == ["读书会"]


def test_online_sessions_are_found(open_page, tea, evening):
    Session.objects.filter(pk=tea.pk).update(is_online=True, venue=None)

    page = open_page(f"{LIST}?online=yes")

    assert titles(page) == ["茶叶种植"]


@pytest.mark.parametrize("query", HOSTILE)
def test_signs_of_a_query_mean_nothing_but_themselves(open_page, tea, query):
    page = open_page(f"{LIST}?q={quote(query)}")

    assert titles(page) == ([] if query.strip(" \x00'") else ["茶叶种植"])


@pytest.mark.parametrize(
    "query", ["day=2026-99-99", "day=x&page=-1", "page=99999999999999999999", "county=%00", "near=1&town=2", "q=a&q=b"]
)
def test_answers_that_are_not_offered_count_as_none(open_page, tea, query):
    open_page(f"{LIST}?{query}")


def test_seats_of_a_row_are_those_of_this_moment(open_page, tea):
    open_page(LIST)
    Session.objects.filter(pk=tea.pk).update(taken_count=13)

    page = open_page(LIST)

    assert words(page.xpath("//p[@class='seats']/span")[0]) == "还剩7个名额"


def test_month_shows_each_day_with_its_sessions(open_page, tea, evening):
    page = open_page(f"{LIST}month/")

    days = {words(cell.xpath(".//span[@class='how-many']")[0]): cell for cell in page.xpath("//td[.//a]")}
    assert len(page.xpath("//td[.//a]")) == 2
    assert [words(item) for cell in days.values() for item in cell.xpath(".//li")][-1] == "19:00 读书会"
    assert page.xpath("//td[.//a]//a/@href")[0] == f"{LIST}?day=2026-11-04"
    assert page.xpath("//table/caption") != []


def test_month_is_narrowed_and_turned_by_the_address(open_page, tea, evening):
    later = tea.starts_at + datetime.timedelta(days=40)
    SessionFactory(activity=tea.activity, starts_at=later, ends_at=None, state="planned")

    page = open_page(f"{LIST}month/?month=2026-11&kind=training")

    assert len(page.xpath("//td[.//a]")) == 1
    assert page.xpath("//a[@rel='next']/@href") == ["?kind=training&month=2026-12"]
    assert page.xpath("//input[@type='hidden'][@name='month']/@value") == ["2026-11"]


def test_week_shows_seven_days_and_says_where_nothing_is_on(open_page, tea, evening):
    page = open_page(f"{LIST}week/", language="en")

    days = page.xpath("//ol[contains(@class, 'week')]/li")
    assert len(days) == 7
    assert [words(day.xpath("./h2")[0]) for day in days][:3] == ["Mon 2 Nov", "Tue 3 Nov", "Wed 4 Nov"]
    assert words(days[0].xpath("./p")[0]) == "Nothing on this day"
    assert "15:00 Growing tea" in words(days[2])


def test_day_with_many_sessions_leads_to_the_rest(open_page, tea):
    for _number in range(9):
        SessionFactory(activity=tea.activity, starts_at=tea.starts_at, ends_at=tea.ends_at, state="planned")

    page = open_page(f"{LIST}week/")

    assert len(page.xpath("//div[@class='slot']")) == 8
    assert words(page.xpath("//ol/li[3]/p/a")[0]) == "另有2场"


@pytest.mark.parametrize(
    "path", ["week/?week=x", "month/?month=2026-13", "month/?month=9999-12", "week/?week=0001-01-01"]
)
def test_calendar_of_no_day_shows_the_present(open_page, tea, path):
    page = open_page(LIST + path)

    assert "11月" in words(page.find(".//h1"))


def test_places_lead_to_the_list_with_what_was_asked(open_page, tea, evening):
    page = open_page(f"{LIST}places/?q=读书")

    assert [words(heading) for heading in page.xpath("//main//section//h2")] == ["英德市"]
    assert page.xpath("//ul[contains(@class, 'towns')]//a/@href") == [f"{LIST}?q=%E8%AF%BB%E4%B9%A6&near=441881001"]
    assert [words(tile) for tile in page.xpath("//a[contains(@class, 'tile')]")] == ["连南0"]


@pytest.mark.parametrize("path", ["", "week/", "month/", "places/"])
def test_every_way_to_look_has_both_empty_states(open_page, programme, path):
    page = open_page(f"{LIST}{path}", language="en")

    assert words(page.xpath("//div[@class='empty']/h2")[0]) == "Nothing is announced yet"

    SessionFactory(activity=ActivityFactory(programme=programme))
    page = open_page(f"{LIST}{path}?q=zzz", language="en")

    assert words(page.xpath("//div[@class='empty']/h2")[0]) == "Nothing matches"


def test_search_without_a_hit_leads_to_other_days_where_something_fits(open_page, tea, evening):
    page = open_page(f"{LIST}?q=读书&day={local_day(tea.starts_at)}")

    assert words(page.xpath("//div[@class='empty']/p")[0]) == "其他日子有1场符合其余条件。"
    page = open_page(page.xpath("//div[@class='empty']//a/@href")[0])
    assert titles(page) == ["读书会"]


@pytest.mark.parametrize("path", ["", "week/", "month/", "places/"])
def test_pages_take_as_many_queries_for_three_sessions_as_for_one(
    client, tea, path, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(listings, "SEATS_FOR", 60)  # on a busy machine it would be over between two pages
    counts = []
    for more in (0, 2):
        for _number in range(more):
            activity = ActivityFactory(programme=tea.activity.programme, organisation=OrganisationFactory())
            SessionFactory(activity=activity, starts_at=tea.starts_at, ends_at=tea.ends_at, venue=VenueFactory())
        keep_listings(Session.objects.all())
        client.get(LIST + path)
        with django_assert_max_num_queries(10) as queries:
            client.get(LIST + path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_index_of_the_current_programme_is_there_before_the_first_visitor(tea, monkeypatch):
    keep_listings(Session.objects.all())

    make_index()

    monkeypatch.setattr(listings, "entries", None)  # nobody makes it again
    assert Listings(tea.activity.programme).index.pks == [tea.pk]


@pytest.mark.django_db(transaction=True)
def test_no_visitor_waits_for_the_new_index_while_there_is_a_former_one(tea, client, monkeypatch):
    keep_listings(Session.objects.all())
    client.get(LIST)
    SessionFactory(activity=tea.activity, venue=tea.venue, starts_at=tea.starts_at, ends_at=tea.ends_at)
    keep_listings(Session.objects.all())
    entries, go_on = listings.entries, threading.Event()
    monkeypatch.setattr(listings, "entries", lambda programme: go_on.wait(30) and entries(programme))
    monkeypatch.setattr(listings, "MADE_APART", True)

    counts = [found_by_a_visitor() for _visitor in range(3)]
    makers = [thread for thread in threading.enumerate() if thread.name == "index"]
    go_on.set()
    for maker in makers:
        maker.join()

    assert counts == [1] * 3
    assert found_by_a_visitor() == 2


def found_by_a_visitor() -> int:
    request = RequestFactory().get(LIST, {"day": ""})
    request.user = AnonymousUser()
    return len(find(request, "week", at=NOON).narrowed.found)
