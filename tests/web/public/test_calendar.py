import datetime

import pytest
from icalendar import Calendar
from tests.factories import NOON, ActivityFactory, SessionFactory, UserFactory

from qixue.programme.models import Session
from qixue.programme.operations.sessions import cancel_session
from qixue.web.public.calendar_file import Event, calendar_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(client):
    """`events(path)`: what a calendar program reads there."""

    def read(path):
        response = client.get(path)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        return Calendar.from_ical(response.content).walk("VEVENT")

    return read


@pytest.fixture
def dance(tea):
    activity = ActivityFactory(programme=tea.activity.programme, title="清晨八段锦")
    return SessionFactory(activity=activity, starts_at=NOON.replace(hour=18), ends_at=NOON.replace(hour=19))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["茶叶种植", "清晨八段锦"]),
        ("?county=441826", ["茶叶种植"]),
        ("?organisation=sanpai", ["茶叶种植"]),
        ("?brand=field", ["茶叶种植"]),
        ("?county=nowhere", []),
    ],
)
def test_calendar_of_the_week_is_narrowed_by_the_address(events, tea, dance, query, found):
    assert [str(event["summary"]) for event in events(f"/calendar.ics{query}")] == found


def test_narrowed_calendar_says_in_its_name_by_what(client, tea):
    queries = ("?county=441826", "?county=441826&brand=field", "?county=nowhere")
    feeds = [Calendar.from_ical(client.get(f"/calendar.ics{query}").content) for query in queries]

    week, county, brand = tea.activity.programme.name, tea.venue.region.name, tea.activity.brand.name
    expected = [f"{week} · {county}", f"{week} · {county} · {brand}", week]
    assert [str(feed["x-wr-calname"]) for feed in feeds] == expected


def test_calendar_of_a_session_states_its_time_and_place(events, tea):
    (event,) = events(f"/sessions/{tea.pk}/calendar.ics")

    assert (event["dtstart"].dt, event["dtend"].dt) == (tea.starts_at, tea.ends_at)
    assert str(event["location"]) == "瑶绣基地 清远市连南瑶族自治县"
    assert str(event["url"]) == f"http://testserver/sessions/{tea.pk}/"
    assert "status" not in event


def test_calendar_marks_a_cancelled_session(events, tea):
    Session.objects.update(state="cancelled")

    (event,) = events(f"/sessions/{tea.pk}/calendar.ics")

    assert event["status"] == "CANCELLED"


def test_calendar_is_not_found_without_a_programme_or_a_date(client, tea):
    Session.objects.update(starts_at=None, ends_at=None)

    assert client.get(f"/sessions/{tea.pk}/calendar.ics").status_code == 404

    tea.activity.programme.state = "draft"
    tea.activity.programme.save()

    assert client.get("/calendar.ics").status_code == 404


def test_calendar_program_that_has_the_feed_is_told_so(client, tea, dance):
    first = client.get("/calendar.ics")

    again = client.get("/calendar.ics", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_feed_changes_with_its_sessions(client, tea, dance):
    first = client.get("/calendar.ics")
    cancel_session(tea, by=UserFactory(), at=NOON)

    again = client.get("/calendar.ics", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200
    assert b"STATUS:CANCELLED" in again.content


def test_feed_leaves_out_what_is_long_over_or_far_off(events, tea, dance):
    Session.objects.filter(pk=tea.pk).update(starts_at=NOON - datetime.timedelta(days=90), ends_at=None)

    assert [str(event["summary"]) for event in events("/calendar.ics")] == ["清晨八段锦"]


@pytest.mark.parametrize("text", ["a;b,c\\d", "第一行\n第二行", "稻田养鱼" * 20, "🍵" * 40])
def test_any_title_comes_back_as_it_was(text):
    event = Event("1", text, NOON, None, text, "http://testserver/", 1, is_cancelled=False)
    body = calendar_text(text, [event], at=NOON)

    (read,) = Calendar.from_ical(body).walk("VEVENT")

    assert str(read["summary"]) == str(read["location"]) == text
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_feed_takes_as_many_queries_for_three_sessions_as_for_one(client, tea, django_assert_num_queries):
    for more in (0, 2):
        SessionFactory.create_batch(more, activity=tea.activity, starts_at=tea.starts_at, ends_at=tea.ends_at)
        with django_assert_num_queries(3):
            client.get("/calendar.ics")


@pytest.mark.parametrize(
    "path", ["/organisations/sanpai/", "/brands/field/", "/programmes/week/sessions/?county=441826"]
)
def test_pages_offer_their_feed_to_subscribe(open_page, tea, path):
    page = open_page(path)

    (link,) = page.xpath("//a[starts-with(@href, 'webcal:')]/@href")
    query = {"o": "organisation=sanpai", "b": "brand=field", "p": "county=441826"}[path[1]]
    assert link == f"webcal://testserver/calendar.ics?{query}"


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("county=441826&audience=farmers", "日历里是：连南瑶族自治县。"),
        ("county=441826&brand=field", "日历里是：连南瑶族自治县、田间课堂。"),
        ("audience=farmers", "日历里是：全部场次。"),
    ],
)
def test_list_says_which_of_its_answers_narrow_the_feed(open_page, tea, query, holds):
    page = open_page(f"/programmes/week/sessions/?{query}")

    assert page.xpath("normalize-space(//section[@class='take-along']//p[contains(., '日历里是')])") == holds
