"""The big screen of a week."""

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, SessionFactory
from tests.web.public.conftest import check_in, count_heads, name_figure, words
from time_machine import travel

from qixue.core.quantity import Qualifier
from qixue.programme.models import Activity, Programme, Session

pytestmark = pytest.mark.django_db
PAGE = "/programmes/week/live/"
STATE = "/programmes/week/live/state/"


def sections(page):
    """Heading and list of each column."""
    return {
        words(section.find("h2")): [words(item) for item in section.xpath(".//li")]
        for section in page.xpath("//div[@class='live-columns']/section")
    }


def at(session, start, end, **more):
    moments = {"starts_at": NOON.replace(hour=start), "ends_at": NOON.replace(hour=end)}
    Session.objects.filter(pk=session.pk).update(**moments, **more)


def test_screen_shows_what_is_on_what_ended_and_who_has_reported(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance")
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 37)
    SessionFactory(
        activity=tea.activity, venue=tea.venue, starts_at=NOON.replace(hour=11), ends_at=NOON.replace(hour=13)
    )

    page = open_page(PAGE)

    assert sections(page) == {
        "正在进行 共1场": ["茶叶种植 11:00–13:00 · 瑶绣基地"],
        "已有人次记录的县（市、区） 1/1": [],
        "刚刚结束": ["茶叶种植 08:00–09:00 · 瑶绣基地"],
    }
    assert [words(figure) for figure in page.xpath("//a[@class='figure']")] == ["37人次 参与人次"]
    assert [words(tile) for tile in page.xpath("//a[starts-with(@class, 'tile')]")] == ["连南37"]


def test_map_keeps_the_hedge_and_a_session_its_topic(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 37, Qualifier.ABOUT)
    tea.topic = "采茶"
    tea.save()

    page = open_page(PAGE)

    assert [words(tile) for tile in page.xpath("//a[starts-with(@class, 'tile')]")] == ["连南约37"]
    assert sections(page)["刚刚结束"] == ["茶叶种植：采茶 08:00–09:00 · 瑶绣基地"]


def test_county_of_few_people_has_reported_and_is_withheld(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 4)

    page = open_page(PAGE)

    assert list(sections(page))[1] == "已有人次记录的县（市、区） 1/1"
    assert [words(tile) for tile in page.xpath("//a[starts-with(@class, 'tile')]")] == ["连南不公布"]


def test_screen_says_what_comes_next_while_nothing_is_on(open_page, tea):
    assert list(sections(open_page(PAGE))) == ["接下来", "已有人次记录的县（市、区） 0/1", "刚刚结束"]


def test_screen_shows_neither_drafts_nor_what_was_called_off(open_page, tea):
    at(tea, 11, 13, state=Session.State.CANCELLED)
    draft = SessionFactory(activity__programme=tea.activity.programme, activity__state=Activity.State.DRAFT)
    at(draft, 11, 13)

    assert sections(open_page(PAGE))["正在进行 共0场"] == []


def test_state_is_the_part_of_the_page_that_changes(client: Client, tea):
    page = html.fromstring(client.get(PAGE).content.decode())
    state = client.get(STATE)

    assert state["Cache-Control"] == "no-cache"
    shown = page.xpath("//*[@data-live]")[0]
    assert shown.get("data-live") == STATE
    assert words(shown) == words(html.fromstring(f"<div>{state.content.decode()}</div>"))


def test_state_that_a_screen_has_is_not_sent_again(client: Client, tea):
    tag = client.get(STATE)["ETag"]

    again = client.get(STATE, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_state_is_new_when_somebody_was_counted(client: Client, tea):
    name_figure(tea.activity.programme, "attendance")
    tag = client.get(STATE)["ETag"]
    check_in(tea, 5)

    assert client.get(STATE, headers={"If-None-Match": tag}).status_code == 200


def test_past_day_is_named(open_page, tea):
    with travel(NOON.replace(day=6), tick=False):
        page = open_page(PAGE, language="en")

    assert sections(page)["Just ended"] == ["Growing tea Wed 4 Nov, 15:00 · 瑶绣基地"]


def test_screen_of_an_unpublished_week_is_not_there(client: Client, programme):
    programme.state = "draft"
    programme.save(update_fields=["state"])

    assert [client.get(path).status_code for path in (PAGE, STATE)] == [404, 404]


def test_screen_of_a_week_that_is_over_leads_to_its_numbers(client: Client, tea) -> None:
    Programme.objects.update(state=Programme.State.CLOSED)

    answer = client.get(PAGE)

    assert (answer.status_code, answer["Location"]) == (302, "/programmes/week/dashboards/")
    assert "live/" not in client.get(answer["Location"]).content.decode()
