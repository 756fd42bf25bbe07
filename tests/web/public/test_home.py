import datetime

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
)
from tests.web.public.conftest import count_heads, name_figure, titles, words

from qixue.programme.models import Involvement, Programme, Session
from qixue.programme.operations.listings import keep_listings

pytestmark = pytest.mark.django_db


def headings(page):
    return [words(heading) for heading in page.xpath("//main//h2")]


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "还没有活动"), ("en", "No programme yet")])
def test_home_of_an_empty_database_says_that_there_is_no_programme(open_page, language, title):
    page = open_page("/", language=language)

    assert words(page.find(".//h1")) == title


def test_home_shows_the_theme_and_the_day_of_the_week(open_page, tea):
    page = open_page("/", language="en")

    assert words(page.find(".//h1")) == "Make learning a way of life"
    assert words(page.xpath("//p[@class='kicker']")[0]).endswith("day 3, 4 more to come")


def test_home_lists_what_is_left_of_today(open_page, tea):
    SessionFactory(activity=tea.activity, topic="已经结束", state="planned")
    SessionFactory(activity=tea.activity, topic="明天", state="planned", **tomorrow())

    page = open_page("/")

    assert titles(page) == ["茶叶种植"]
    assert "今天可以去" in headings(page)


def test_home_lists_what_has_begun_or_is_full_last_and_says_so(open_page, tea):
    hour = datetime.timedelta(hours=1)
    later = {"starts_at": NOON + hour, "ends_at": NOON + 5 * hour}
    for title, values in {
        "正在进行": {"starts_at": NOON - hour, "ends_at": NOON + hour},
        "满员": {**later, "seat_count": 2, "taken_count": 2},
        "有名额": {**later, "seat_count": 2, "taken_count": 1},
    }.items():
        SessionFactory(activity__programme=tea.activity.programme, activity__title=title, state="planned", **values)

    page = open_page("/")

    assert titles(page) == ["有名额", "茶叶种植", "正在进行", "满员"]
    assert "已经开始的和满员的排在后面。" in words(page)


def test_home_lists_the_next_sessions_when_nothing_is_left_of_today(open_page, tea):
    Session.objects.filter(pk=tea.pk).update(**tomorrow())

    page = open_page("/")

    assert titles(page) == ["茶叶种植"]
    assert "接下来" in headings(page)


def tomorrow():
    starts_at = NOON + datetime.timedelta(days=1)
    return {"starts_at": starts_at, "ends_at": starts_at + datetime.timedelta(hours=1)}


def test_home_leaves_drafts_of_programmes_and_activities_out(open_page, tea):
    ProgrammeFactory(year=2027, state=Programme.State.DRAFT)
    draft = ActivityFactory(programme=tea.activity.programme, title="草稿", state="draft")
    SessionFactory(activity=draft, **tomorrow())

    page = open_page("/")

    assert words(page.find(".//h1")) == "让学习成为一种生活方式"
    assert words(page.xpath("//p[@class='lead']")[0]).startswith("本市共1场活动")


def test_home_counts_only_sessions_that_take_place(open_page, tea):
    SessionFactory(activity=tea.activity, state="cancelled", **tomorrow())

    page = open_page("/", language="en")

    assert words(page.xpath("//p[@class='lead']")[0]).startswith("1 session across the city.")


def tiles(page):
    return [(words(tile)) for tile in page.xpath("//nav[@class='tiles']/a")]


def test_tiles_show_the_number_of_sessions_without_a_named_rate(open_page, tea, county):
    RegionFactory(code="441802", name="清城区", short_name="清城", level="county", parent=county.parent, tile_row=2)

    page = open_page("/")

    assert tiles(page) == ["清城0", "连南1"]


def test_tiles_are_left_out_while_no_rate_is_known(open_page, tea, county):
    for region in (
        county,
        RegionFactory(code="441802", name="清城区", level="county", parent=county.parent, tile_row=2),
    ):
        name_figure(tea.activity.programme, "attendance_per_1000", region_code=region.code)

    page = open_page("/")

    assert tiles(page) == []


def test_figures_of_home_link_to_their_records(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    count_heads(tea, 37)

    page = open_page("/")

    figure = page.xpath("//a[@class='figure']")[0]
    assert (figure.get("href"), words(figure)) == ("/programmes/week/figures/attendance/", "37人次 参与人次")


def test_programme_says_who_holds_it(open_page, programme):
    office = OrganisationFactory(code="office", name="各街道办", is_group=True)
    Involvement.objects.create(programme=programme, organisation=office, role=Involvement.Role.PARTICIPANT)

    page = open_page("/programmes/week/")

    rows = [words(row) for row in page.xpath("//main//ul[contains(@class, 'card')]/li")]
    assert rows == ["各街道办 参与单位"]


def test_programme_that_is_a_draft_is_not_found(open_page, programme):
    Programme.objects.update(state=Programme.State.DRAFT)

    open_page("/programmes/week/", status=404)


def test_programmes_are_listed_newest_first(open_page, programme):
    ProgrammeFactory(name="旧的一届", year=2016)

    page = open_page("/programmes/")

    assert [words(heading) for heading in page.xpath("//main//h2")] == ["全民终身学习活动周", "旧的一届"]


def test_synthetic_programme_is_labelled_on_its_page(open_page, programme):
    Programme.objects.update(is_synthetic=True)

    page = open_page("/programmes/week/", language="en")

    label = page.xpath("//div[@class='synthetic']")[0]
    assert words(label) == "Demonstration data: people, organisations and numbers are made up."


def test_home_takes_as_many_queries_for_five_sessions_as_for_one(client, tea, django_assert_num_queries):
    BrandFactory(code="other").programmes.add(tea.activity.programme)

    keep_listings(Session.objects.all())
    with django_assert_num_queries(13):
        client.get("/")
    for _number in range(4):
        SessionFactory(activity=tea.activity, **tomorrow())
    keep_listings(Session.objects.all())
    with django_assert_num_queries(13):
        client.get("/")
