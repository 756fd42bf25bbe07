"""The household's own calendar: found by its secret, without names, and gone when a resident says so."""

import pytest
from django.test import Client
from icalendar import Calendar, Event
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, VenueFactory, key
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import assert_sound, words

from qixue.participation.models import CalendarFeed, Registration
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2, venue=VenueFactory(name="镇文化站"))


@pytest.fixture
def family(member: Resident, session: Session) -> list[Registration]:
    child = ResidentFactory(guardian=member, name="李一诺")
    return register(session, people=[member, child], party=key(), by=member.user, at=NOON)


def address_of(member: Resident) -> str:
    page = html.fromstring(signed_in(member).get("/me/calendar/").content.decode())
    assert_sound(page)
    return next(iter(page.xpath("//main//*[@class='secret']/text()")), "").removeprefix("http://testserver")


def made_address(member: Resident) -> str:
    signed_in(member).post("/me/calendar/renew/")
    return address_of(member)


def events(client: Client, path: str) -> list[Event]:
    response = client.get(path)
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/calendar; charset=utf-8", "no-store")
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_feed_says_when_where_and_how_it_stands_without_a_name(client, member, session, family):
    path = made_address(member)

    (event,) = events(client, path)

    assert str(event["summary"]) == "稻田养鱼（报名成功）"
    assert (event["dtstart"].dt, event["dtend"].dt) == (session.starts_at, session.ends_at)
    assert (str(event["location"]), str(event["description"]), event["status"]) == ("镇文化站", "2人", "CONFIRMED")
    assert "李" not in client.get(path).content.decode()


def test_feed_follows_what_becomes_of_a_registration(client, member, session, family):
    path = made_address(member)
    other = MemberFactory()
    register(session, people=[other], party=key(), by=other.user, at=NOON)
    theirs = made_address(other)

    cancel_registrations(session, keys=[row.pk for row in family], by=member.user, at=NOON)

    found = [(str(event["summary"]), event["status"]) for path in (path, theirs) for event in events(client, path)]
    assert found == [("稻田养鱼（已取消）", "CANCELLED"), ("稻田养鱼（报名成功）", "CONFIRMED")]


def test_waiting_is_tentative_and_a_session_called_off_is_said_so(client, member, session, family):
    other = MemberFactory()
    register(session, people=[other], party=key(), by=other.user, at=NOON)
    path = made_address(other)

    (waiting,) = events(client, path)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    (off,) = events(client, path)

    assert (waiting["status"], off["status"]) == ("TENTATIVE", "CANCELLED")
    assert str(off["summary"]) == "稻田养鱼（本场取消）"
    assert waiting["uid"] == off["uid"]


def test_new_address_ends_the_old_one(client, member):
    first = made_address(member)
    second = made_address(member)

    assert first != second
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]


@pytest.mark.parametrize(("name", "button"), [("renew", "换一个新地址，停用旧地址"), ("end", "停用日历地址")])
def test_change_that_leaves_calendars_blank_is_asked_about_first(client, member, name, button):
    path = made_address(member)

    page = page_of(signed_in(member), f"/me/calendar/{name}/")

    assert [words(found) for found in page.xpath("//main//button")] == [button]
    assert "不再显示" in words(page.xpath("//*[@class='lead']")[0])
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", ["renew", "end"])
def test_without_an_address_nothing_is_asked(member, name):
    answer = signed_in(member).get(f"/me/calendar/{name}/")

    assert (answer.status_code, answer.url) == (302, "/me/calendar/")
    assert not CalendarFeed.objects.exists()


def test_address_can_be_taken_away(client, member):
    path = made_address(member)

    signed_in(member).post("/me/calendar/end/")

    assert client.get(path).status_code == 404
    assert address_of(member) == ""


def test_closed_account_shows_no_calendar(client, member):
    path = made_address(member)

    User.objects.update(is_active=False)

    assert client.get(path).status_code == 404


def test_secret_is_stored_nowhere_in_plain(member):
    secret = made_address(member).removeprefix("/calendar/").removesuffix(".ics")

    feed = CalendarFeed.objects.get()

    assert len(secret) == 32
    assert secret not in f"{feed.digest} {feed.sealed_secret}"


def test_one_registration_is_saved_by_hand(member, session, family):
    (event,) = events(signed_in(member), f"/me/registrations/{family[0].party}/calendar.ics")

    assert event["dtstart"].dt == session.starts_at
    assert signed_in(MemberFactory()).get(f"/me/registrations/{family[0].party}/calendar.ics").status_code == 404
