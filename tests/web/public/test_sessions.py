import datetime
import json

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    RegionFactory,
    RegistrationFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.web.public.conftest import count_heads, titles, words

from qixue.core.quantity import Qualifier
from qixue.participation.models import Lottery, RegistrationTerms
from qixue.places.models import Region
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
LIST = "/programmes/week/sessions/"


@pytest.fixture
def dance(tea):
    """Tomorrow, for everybody, without a brand, a venue or a limit of seats."""
    activity = ActivityFactory(programme=tea.activity.programme, title="清晨八段锦", kind="health")
    starts_at = NOON + datetime.timedelta(hours=20)
    return SessionFactory(
        activity=activity, starts_at=starts_at, ends_at=starts_at + datetime.timedelta(hours=1), state="planned"
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["茶叶种植", "清晨八段锦"]),
        ("q=茶叶", ["茶叶种植"]),
        ("q=chaye", ["茶叶种植"]),
        ("q=CYZZ", ["茶叶种植"]),
        ("q=growing", ["茶叶种植"]),
        ("q=瑶绣", ["茶叶种植"]),
        ("q=sanpaizhen", ["茶叶种植"]),
        ("day=2026-11-05", ["清晨八段锦"]),
        ("county=441826", ["茶叶种植"]),
        ("kind=health", ["清晨八段锦"]),
        ("brand=field", ["茶叶种植"]),
        ("audience=farmers", ["茶叶种植"]),
        ("q=八段锦&kind=training", []),
        ("kind=no-such-kind", ["茶叶种植", "清晨八段锦"]),
    ],
)
def test_sessions_are_narrowed_by_each_answer(open_page, tea, dance, query, found):
    page = open_page(f"{LIST}?{query}")

    assert titles(page) == found


def test_seat_is_left_on_every_page_while_only_a_party_waits_that_is_larger_than_the_room(open_page, tea):
    party = key()
    for number in (1, 2, 3):
        RegistrationFactory(session=tea, waiting_number=number, party=party)
    Session.objects.filter(pk=tea.pk).update(seat_count=2, taken_count=1, waiting_count=3)

    pages = [open_page(path) for path in (LIST, f"{LIST}week/", f"/sessions/{tea.pk}/")]

    seats = [words(line) for page in pages for line in page.xpath("//p[contains(@class, 'seats')]")]
    assert seats == ["还剩1个名额"] * 3
    assert [words(link) for link in pages[-1].xpath("//main//a[contains(@href, '/register/')]")] == ["报名参加"]


def test_sessions_with_free_seats_leave_the_full_one_out(open_page, tea, dance):
    Session.objects.filter(pk=tea.pk).update(seat_count=1, taken_count=1)

    page = open_page(f"{LIST}?seats=left")

    assert titles(page) == ["清晨八段锦"]


@pytest.mark.parametrize("way", ["", "week/", "month/", "places/"])
def test_search_lands_below_its_form(open_page, tea, way):
    page = open_page(f"{LIST}{way}?q=茶叶")

    [form] = page.xpath("//main//form[@role='search']")
    assert (form.get("action"), form.getnext().get("id")) == ("#found", "found")


def test_sessions_are_grouped_by_day(open_page, tea, dance):
    page = open_page(LIST)

    assert [words(day) for day in page.xpath("//section[@class='day']/h2")] == ["11月4日（周三）", "11月5日（周四）"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["茶叶种植"]),
        ("?day=", ["茶叶种植：早上", "茶叶种植"]),
        ("?day=2026-11-04", ["茶叶种植", "茶叶种植：早上"]),
    ],
)
def test_what_is_over_stays_out_until_asked_for(open_page, tea, query, found):
    SessionFactory(activity=tea.activity, topic="早上")

    page = open_page(f"{LIST}{query}")

    assert titles(page) == found


def test_week_that_is_over_shows_everything(open_page, tea):
    Session.objects.update(starts_at=NOON.replace(day=3), ends_at=NOON.replace(day=3, hour=14))

    page = open_page(LIST)

    assert titles(page) == ["茶叶种植"]


def test_session_at_an_unknown_venue_is_found_by_the_region_of_its_activity(open_page, dance, county):
    dance.activity.region = county
    dance.activity.save()

    page = open_page(f"{LIST}?county=441826&kind=health")

    assert titles(page) == ["清晨八段锦"]


def test_list_without_sessions_says_that_nothing_is_announced(open_page, programme):
    page = open_page(LIST, language="en")

    assert words(page.xpath("//div[@class='empty']/h2")[0]) == "Nothing is announced yet"
    assert page.xpath("//form[@class='filters']") == []


def test_list_without_matches_keeps_the_answers_and_offers_to_clear_them(open_page, tea):
    page = open_page(f"{LIST}?q=nothing&kind=lecture")

    assert words(page.xpath("//div[@class='empty']//a")[0]) == "清除筛选"
    assert page.xpath("//input[@name='q']/@value") == ["nothing"]
    assert page.xpath("//select[@name='kind']/option[@selected]/@value") == ["lecture"]


@pytest.fixture
def towns(tea, county):
    """The town of the tea session, another of its county, and one of another county, each with a later session."""
    tea.venue.region = RegionFactory(code="441826104", name="三排镇", level=Region.Level.TOWNSHIP, parent=county)
    tea.venue.save()
    other = RegionFactory(code="441826105", name="寨岗镇", level=Region.Level.TOWNSHIP, parent=county)
    city = county.parent
    far_county = RegionFactory(code="441802", name="清城区", level=Region.Level.COUNTY, parent=city)
    far = RegionFactory(code="441802001", name="凤城街道", level=Region.Level.TOWNSHIP, parent=far_county)
    for region, title in ((far, "远处"), (other, "邻镇")):
        activity = ActivityFactory(programme=tea.activity.programme, title=title)
        SessionFactory(activity=activity, venue=VenueFactory(region=region), state="planned", **soon(tea))
    return tea.venue.region


def soon(tea):
    """Before the tea session, so that time alone would put it first."""
    hour = datetime.timedelta(hours=1)
    return {"starts_at": tea.starts_at - hour, "ends_at": tea.starts_at}


def test_sessions_near_a_town_come_before_those_further_away(open_page, tea, towns):
    page = open_page(f"{LIST}?near={towns.code}")

    assert titles(page) == ["茶叶种植", "邻镇", "远处"]
    headings = [words(heading) for heading in page.xpath("//section[@class='day']/h2")]
    assert headings == ["三排镇", "连南瑶族自治县其他镇街", "更远的地方"]
    assert (
        words(page.xpath("//main//p[@class='small']")[0])
        == "由近到远，各有几场： 三排镇 1 · 连南瑶族自治县其他镇街 1 · 更远的地方 1"
    )


def test_towns_to_choose_from_are_those_where_something_is_on(open_page, tea, towns):
    page = open_page(LIST)

    groups = page.xpath("//select[@name='near']/optgroup")
    offered = {group.get("label"): [words(option) for option in group] for group in groups}
    assert offered == {
        "清城区": ["凤城街道（1）"],
        "连南瑶族自治县": ["三排镇（1）", "寨岗镇（1）"],
    }


def test_chosen_answer_can_be_taken_out_alone(open_page, tea):
    page = open_page(f"{LIST}?kind=training&audience=farmers&day=")

    links = {words(link): link.get("href") for link in page.xpath("//ul[@class='chosen']//a")}
    assert links == {"培训 ✕去掉": "?audience=farmers&day=", "农民 ✕去掉": "?kind=training&day="}


def test_list_is_cut_into_pages_that_keep_the_answers(open_page, tea):
    for _number in range(31):
        SessionFactory(activity=tea.activity, starts_at=tea.starts_at, ends_at=tea.ends_at)

    page = open_page(f"{LIST}?q=茶叶")

    assert len(titles(page)) == 30
    assert page.xpath("//a[@rel='next']/@href") == ["?q=%E8%8C%B6%E5%8F%B6&page=2"]


def test_large_letters_have_a_third_of_the_sessions_on_a_page(open_page, client, tea):
    SessionFactory.create_batch(11, activity=tea.activity, starts_at=tea.starts_at, ends_at=tea.ends_at)

    usual = open_page(LIST)
    client.cookies["qixue_elder"] = "2"
    large = open_page(LIST)

    assert [len(titles(page)) for page in (usual, large)] == [12, 10]
    assert [len(page.xpath("//a[@rel='next']")) for page in (usual, large)] == [0, 1]


def facts(page):
    """What the page states, by label."""
    labels, values = page.xpath("//dl//dt"), page.xpath("//dl//dd")
    return {words(label): words(value) for label, value in zip(labels, values, strict=True)}


def test_session_page_states_when_where_and_with_whom(open_page, tea):
    page = open_page(f"/sessions/{tea.pk}/", language="en")

    assert facts(page) == {
        "When": "Wed 4 Nov, 15:00-17:00",
        "Where": "瑶绣基地 Qingyuan · Liannan Yao Autonomous County",
        "Step-free access": "✕ no",
        "For whom": "Farmers",
        "Organiser": "三排镇文化站",
        "Brand": "Field classroom",
    }


def test_session_page_gives_the_phone_of_the_organiser(open_page, tea):
    page = open_page(f"/sessions/{tea.pk}/")

    assert page.xpath("//main//a[@class='phone']/@href") == ["tel:0763-1234567"]


@pytest.mark.parametrize(
    ("state", "title"), [("cancelled", "✕ 本场已取消"), ("postponed", "‖ 本场已延期"), ("planned", "怎样参加")]
)
def test_session_page_says_the_state_in_words(open_page, tea, state, title):
    Session.objects.update(state=state)

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//main//section//h2")[0]) == title


def test_session_that_is_over_offers_no_seats(open_page, tea):
    Session.objects.update(starts_at=NOON.replace(hour=8), ends_at=NOON.replace(hour=9))

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//p[@class='seats']")[0]) == "已结束"
    assert words(page.xpath("//main//section//h2")[0]) == "本场已结束"


@pytest.mark.parametrize("state", ["planned", "held"])
def test_session_that_is_going_on_says_so_and_offers_no_seats(open_page, tea, state):
    Session.objects.update(starts_at=NOON.replace(hour=11), ends_at=NOON.replace(hour=13), state=state)

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//p[@class='seats']")[0]) == "● 正在进行"
    assert words(page.xpath("//main//section//h2")[0]) == "正在进行"
    assert "本场报名已结束。" in words(page.find(".//main"))
    assert "● 正在进行" in words(open_page(LIST).find(".//main"))


def test_session_for_which_sign_up_is_over_offers_no_seats(open_page, tea):
    RegistrationTerms.objects.create(session=tea, closes_at=NOON.replace(hour=11))

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//p[@class='seats']")[0]) == "报名已结束"


def test_choice_of_the_town_has_a_button_beside_it(open_page, tea, towns):
    page = open_page(LIST)

    assert len(page.xpath("//div[select[@id='id_near']]/following-sibling::*[1]/button[@type='submit']")) == 1


def test_session_page_shows_the_attendance_with_its_hedge(open_page, tea):
    count_heads(tea, 40, Qualifier.ABOUT)

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//main//section//strong")[0]) == "约40人次"


def test_session_page_withholds_an_attendance_of_few_people(open_page, tea):
    count_heads(tea, 4)

    page = open_page(f"/sessions/{tea.pk}/")

    assert words(page.xpath("//main//section//strong")[0]) == "不公布"


def test_structured_data_cannot_leave_its_script(open_page, tea):
    tea.activity.title = "</script><b>茶"
    tea.activity.save()

    page = open_page(f"/sessions/{tea.pk}/")
    data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)

    assert (data["name"], data["startDate"], data["eventStatus"]) == (
        "</script><b>茶",
        "2026-11-04T15:00:00+08:00",
        "https://schema.org/EventScheduled",
    )


def test_session_of_a_draft_is_not_found(open_page, tea):
    tea.activity.state = "draft"
    tea.activity.save()

    open_page(f"/sessions/{tea.pk}/", status=404)


@pytest.mark.parametrize("path", [LIST, f"{LIST}week/"])
def test_rows_say_where_seats_are_given_by_lot_until_they_are_drawn(open_page, tea, path):
    RegistrationTerms.objects.create(session=tea, allotment="lottery", closes_at=tea.starts_at)
    lottery = Lottery.objects.create(session=tea, commitment="c", sealed_seed="s", committed_at=NOON)

    before = words(open_page(path, language="en").find(".//main//p[@class='seats']"))
    assert before == f"By lot {tea.seat_count} seats to be drawn"

    Lottery.objects.filter(pk=lottery.pk).update(
        closed_at=NOON, list_digest="d", drawn_at=NOON, seed="s", seat_count=tea.seat_count
    )
    assert "left" in words(open_page(f"{path}?x=1", language="en"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "面向清城区石角镇居民。"), ("en", "For residents of 石角镇, Qingcheng District.")],
)
def test_terms_name_a_town_with_its_county_and_nobody_reads_that_all_may_come(open_page, dance, language, said):
    city = RegionFactory()
    county = RegionFactory(
        code="441802", name="清城区", name_en="Qingcheng District", level="county", unit_type="district", parent=city
    )
    town = RegionFactory(code="441802101", name="石角镇", name_en="", level="township", unit_type="town", parent=county)
    for_whom = {"zh-hans": "适合", "en": "For whom"}[language]
    Session.objects.filter(pk=dance.pk).update(seat_count=9)
    before = open_page(f"/sessions/{dance.pk}/", language=language)
    RegistrationTerms.objects.create(session=dance, region=town)

    page = open_page(f"/sessions/{dance.pk}/", language=language)

    assert said in [words(line) for line in page.xpath("//main//details//li")]
    assert [for_whom in [words(term) for term in each.xpath("//dt")] for each in (before, page)] == [True, False]


def test_session_called_off_leads_to_similar_ones_with_seats_each_once(open_page, tea):
    like = {"starts_at": tea.starts_at, "ends_at": tea.ends_at, "state": "planned", "venue": tea.venue}
    activity = ActivityFactory(
        programme=tea.activity.programme, kind=tea.activity.kind, audience=tea.activity.audience, title="采茶"
    )
    near = SessionFactory(activity=activity, **like, seat_count=5)
    same = SessionFactory(activity=tea.activity, **like, seat_count=5)
    put_off = SessionFactory(activity=tea.activity, **{**like, "state": "postponed"})
    Session.objects.filter(pk=tea.pk).update(state="cancelled")

    page = open_page(f"/sessions/{tea.pk}/")

    def listed(heading: str) -> list[str]:
        return page.xpath(f"//section[.//h2[text()='{heading}']]//h3/a/@href")

    assert listed("相近的有名额场次") == [f"/sessions/{near.pk}/", f"/sessions/{same.pk}/"]
    assert listed("同一活动的其他场次") == [f"/sessions/{put_off.pk}/"]
