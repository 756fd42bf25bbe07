import pytest
from icalendar import Calendar
from tests.factories import NOON, ActivityFactory, SessionFactory

from qixue.programme.models import Session

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
