import csv
import datetime
import io

import pytest
from lxml import html
from tests.factories import NOON, BrandFactory, ProgrammeFactory, RegionFactory, SessionFactory, VenueFactory
from tests.web.public.conftest import check_in, count_heads, name_figure, words

from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.demo.records import load_records
from qixue.places.models import Population, Region
from qixue.places.operations import load_population, load_regions
from qixue.programme.models import Series

pytestmark = pytest.mark.django_db
LIST = "/programmes/week/figures/"
PAGE = "/programmes/week/figures/attendance/"


@pytest.fixture
def records_2016(db):
    for load in (load_regions, load_population, load_records):
        load(at=now())


def cards(page):
    """Headings of the cards with the figures beneath them."""
    return {
        words(card.find("h3")): [words(figure) for figure in card.xpath(".//a[@class='figure']")]
        for card in page.xpath("//div[@class='card'][h3]")
    }


def test_figures_stand_under_their_brand_and_place(open_page, tea, county):
    Series.objects.create(brand=tea.activity.brand, code="tea", name="茶乡课堂", position=1)
    name_figure(tea.activity.programme, "attendance", brand_code="field")
    name_figure(tea.activity.programme, "instalments_total", series_code="tea")
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 37)

    page = open_page(LIST)

    assert cards(page) == {"田间课堂": ["37人次 参与人次", "暂无数据 期数 · 茶乡课堂"]}
    assert rows(page) == [["连南瑶族自治县", "37"]]


def head_and_foot(page):
    table = page.xpath("//table[@class='table']")[0]
    heads, foots = table.xpath("thead/tr/*"), table.xpath("tfoot/tr/*")
    return [words(cell) for cell in heads], [words(cell) for cell in foots]


def another_county(tea, people, qualifier=Qualifier.EXACT):
    """A session counted in a county beside that of the tea."""
    region = RegionFactory(
        code="441825", name="连山壮族瑶族自治县", level=Region.Level.COUNTY, parent=tea.venue.region.parent
    )
    session = SessionFactory(activity=tea.activity, venue=VenueFactory(region=region))
    name_figure(tea.activity.programme, "attendance", region_code=region.code)
    name_figure(tea.activity.programme, "attendance_per_1000", region_code=region.code)
    count_heads(session, people, qualifier)


@pytest.mark.parametrize(
    ("qualifiers", "total"),
    [
        ((Qualifier.EXACT, Qualifier.EXACT), "3,137"),
        ((Qualifier.AT_LEAST, Qualifier.EXACT), "3,100多"),
        ((Qualifier.AT_LEAST, Qualifier.ABOUT), "约3,100"),
    ],
)
def test_places_have_a_total_that_keeps_their_hedges(open_page, tea, county, qualifiers, total):
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 3100, qualifiers[0])
    another_county(tea, 37, qualifiers[1])

    page = open_page(LIST)

    expected = ["地点", "参与人次（人次）", "每千人参与人次（人次/千人）"], ["合计", total, "—"]
    assert head_and_foot(page) == expected


def test_places_say_why_a_number_is_hedged(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 40, Qualifier.AT_LEAST)

    page = open_page(LIST)

    assert [words(note) for note in page.xpath("//section[h2 or header]/div[@class='small muted']/p")][:2] == [
        "40多人次：实际数大于所写的数。",
        "合计保留各部分的概数写法；概数写法不同的，合计只是估计数。",
    ]


def test_places_within_one_another_have_no_total(open_page, tea, county):
    town = RegionFactory(code="441826101", level=Region.Level.TOWNSHIP, parent=county)
    for region in (county, town):
        name_figure(tea.activity.programme, "attendance", region_code=region.code)
    count_heads(tea, 40)

    page = open_page(LIST)

    assert head_and_foot(page)[1] == []


def test_code_of_a_figure_stands_small_after_its_rule(open_page, tea):
    name_figure(tea.activity.programme, "attendance")

    page = open_page(PAGE)

    assert page.xpath("//p[@class='kicker num']") == []
    assert words(page.xpath("//dl/following-sibling::p[@class='tiny muted']")[0]) == "数字代码 attendance"


def test_figures_of_the_whole_programme_stand_under_their_theme(open_page, tea):
    for definition in ("attendance", "sessions_total", "organisations_involved"):
        name_figure(tea.activity.programme, definition)

    page = open_page(LIST, language="en")

    assert [words(heading) for heading in page.xpath("//main//h2")] == ["What took place", "People", "Reach"]


def test_figures_of_a_programme_without_any(open_page, programme):
    page = open_page(LIST)

    assert words(page.xpath("//div[@class='empty']/h2")[0]) == "还没有数字"


def test_figure_that_is_missing_is_not_zero(open_page, programme):
    name_figure(programme, "attendance")

    page = open_page(PAGE)

    assert words(page.xpath("//p[@class='figure']")[0]) == "暂无数据"
    assert words(page.xpath("//div[@class='empty']/h2")[0]) == "没有记录"


def rows(page):
    return [[words(cell) for cell in row] for row in page.xpath("//tbody/tr")]


def test_figure_shows_its_records_with_their_hedge(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    count_heads(tea, 40, Qualifier.ABOUT)

    page = open_page(PAGE)

    assert words(page.xpath("//p[@class='figure']")[0]) == "约40人次"
    assert rows(page) == [
        [
            "茶叶种植",
            "三排镇文化站",
            "约40",
            "2026-11-04",
            "瑶绣基地",
            "1条记录",
        ]
    ]


def test_evidence_has_one_row_a_session_that_adds_up_to_the_figure(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    check_in(tea, 5)
    count_heads(tea, 40, Qualifier.AT_LEAST)  # counts everybody beside the five on the list

    page = open_page(PAGE)

    assert words(page.xpath("//p[@class='figure']")[0]) == "45多人次"
    assert [(row[2], row[5]) for row in rows(page)] == [("45多", "6条记录")]


def test_session_of_a_figure_gives_its_entries_by_kind_without_persons(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    tokens = check_in(tea, 5)
    entry = count_heads(tea, 40, Qualifier.AT_LEAST)

    page = open_page(f"{PAGE}sessions/{tea.pk}/")

    assert rows(page) == [["签到", "现场签到", "5", "5"], ["清点人数", "工作人员录入", "1", "40多"]]
    secrets = [*tokens, entry.actor_name, "李明"]
    assert [secret for secret in secrets if str(secret) in html.tostring(page, encoding="unicode")] == []


def test_session_that_is_not_behind_a_figure_is_not_found(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    other = SessionFactory(activity__programme=ProgrammeFactory(code="other"))
    count_heads(other, 12)

    open_page(f"{PAGE}sessions/{other.pk}/", status=404)


def test_figure_keeps_names_in_notes_of_staff_to_itself(open_page, tea):
    name_figure(tea.activity.programme, "attendance")
    count_heads(tea, 40)

    page = open_page(PAGE)

    assert "李明" not in words(page)


def test_figure_lists_fifty_records_a_page(open_page, tea):
    name_figure(tea.activity.programme, "sessions_total")
    for _number in range(51):
        SessionFactory(activity=tea.activity)
    path = "/programmes/week/figures/sessions_total/"

    lengths = [len(rows(open_page(f"{path}?page={page}"))) for page in (1, 2, "last")]

    assert lengths == [50, 1, 50]


@pytest.mark.parametrize(("language", "value"), [("zh-hans", "近4,000多人"), ("en", "“nearly 4,000 and more”people")])
def test_contradictory_figure_of_2016_says_that_it_contradicts_itself(open_page, records_2016, language, value):
    page = open_page("/programmes/qingyuan-2016/figures/F4/", language=language)

    assert words(page.xpath("//p[@class='figure']")[0]) == value
    assert "近4000多人" in [words(quote) for quote in page.xpath("//p[@class='notice ochre']/strong")]


def test_hedged_figure_of_2016_states_its_bounds_and_its_quote(open_page, records_2016):
    page = open_page("/programmes/qingyuan-2016/figures/F2/", language="en")

    labels, values = page.xpath("//dl/dt"), page.xpath("//dl/dd")
    facts = {words(label): words(value) for label, value in zip(labels, values, strict=True)}
    assert facts["Bounds"] == "above 80, by usage below 90"
    assert facts["Words of the source"] == "“开展讲座达80多场”"


@pytest.mark.parametrize("path", ["/programmes/week/figures/none/", "/programmes/none/figures/", "/brands/none/"])
def test_unknown_figure_is_not_found(open_page, programme, path):
    open_page(path, status=404)


def test_brand_of_2016_says_what_its_source_leaves_open(open_page, records_2016):
    page = open_page("/brands/B2/")

    gaps = [words(gap) for gap in page.xpath("//h2[text()='不清楚的地方']/ancestor::section/p")]
    assert gaps == [
        "来源没有写明这个品牌由谁承担。",
        "来源没有写明各场的时间和地点。",
        "来源没有写明口号。",
        "没有承担单位、次数、人数和日期。",
    ]


def test_brand_shows_its_figures_quotes_and_awards(open_page, records_2016):
    page = open_page("/brands/B1/", language="en")

    figures = [words(figure) for figure in page.xpath("//a[@class='figure']")]
    assert figures[0] == "more than 3,500attendances Attendances"
    assert words(page.xpath("//blockquote")[0]) == "倡导社区居民捐赠爱心书籍 residents are asked to donate books"
    assert words(page.xpath("//div[@class='notice tea']/p")[0]).startswith("★ 2016-11 · Excellent reading project")


def test_brand_without_a_published_programme_is_not_found(open_page):
    brand = BrandFactory(code="hall")
    brand.programmes.add(ProgrammeFactory(state="draft", region=RegionFactory()))

    open_page("/brands/hall/", status=404)


def test_head_of_a_column_names_the_unit_once(open_page, tea, county):
    for definition in ("attendance", "counties_covered"):
        name_figure(tea.activity.programme, definition, region_code=county.code)

    page = open_page(LIST, language="en")

    assert head_and_foot(page)[0] == ["Place", "Attendances", "Counties with a session"]


def test_counties_are_compared_in_a_chart_that_is_a_table(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 30)
    another_county(tea, 10)

    [chart] = open_page(LIST).xpath("//table[@class='chart']")  # one day alone is not compared

    assert words(chart.find("caption")) == "各县（市、区）参与人次 单位：人次"
    assert [words(cell) for cell in chart.xpath("tbody//th")] == ["连南瑶族自治县", "连山壮族瑶族自治县"]
    assert [words(cell) for cell in chart.xpath("tbody//td")] == ["30", "10"]
    assert chart.xpath("tbody//rect/@width") == ["100.0%", "33.3%"]
    assert chart.xpath("tbody//a/@href")[0].startswith("/programmes/week/figures/attendance")


def test_numbers_of_few_people_are_marked_as_withheld(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance")
    name_figure(tea.activity.programme, "attendance", region_code=county.code)
    count_heads(tea, 3)
    another_county(tea, 20)

    page = open_page(LIST, language="en")
    alone = open_page(f"{LIST}attendance.{county.code}/", language="en")

    assert [cells[1] for cells in rows(page)] == ["withheld", "withheld"]
    assert words(page.xpath("//a[@class='figure']//span[@class='v']")[0]) == "23"
    why = "Numbers of fewer than five people are not published, nor those from which they could be computed."
    assert [words(notice) for notice in page.xpath("//p[@class='notice']")] == [why]
    assert [words(notice) for notice in alone.xpath("//p[@class='notice']")] == [why]
    assert words(alone.xpath("//p[@class='figure']")[0]) == "withheld"


def test_session_with_many_heads_and_few_names_tells_the_heads_and_no_records(open_page, client, tea):
    name_figure(tea.activity.programme, "attendance")
    count_heads(tea, 43)
    check_in(tea, 3)

    page = open_page(f"{LIST}attendance/")
    [row] = rows(page)
    answer = client.get(f"{LIST}attendance/", {"table": "evidence.csv"})
    [file] = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    why = "写着“不公布”的，是全部人数或以某种方式计入的人数不足5人，或者由此能推算出这样的数。"
    own = words(open_page(f"/sessions/{tea.pk}/"))

    assert row[2] == "46"
    assert row[-1] == "不公布"
    assert [words(notice) for notice in page.xpath("//p[@class='notice']")] == [why]
    assert file["记录"] == "不公布"
    assert "46人次" in own
    open_page(f"{LIST}attendance/sessions/{tea.pk}/", status=404)


def test_figures_without_data_stand_last(open_page, tea):
    for definition in ("teachers", "attendance"):  # the order of the programme
        name_figure(tea.activity.programme, definition, brand_code="field")
    count_heads(tea, 37)

    shown = cards(open_page(LIST))["田间课堂"]

    assert [line.split()[0] for line in shown] == ["37人次", "暂无数据"]


@pytest.mark.parametrize("path", [LIST, "/programmes/week/figures/sessions_planned/"])
def test_sessions_that_are_over_and_only_uncounted_are_told_apart(open_page, tea, path):
    name_figure(tea.activity.programme, "sessions_planned")
    before = open_page(path)
    over = NOON - datetime.timedelta(hours=1)
    SessionFactory(activity=tea.activity, state="planned", starts_at=over - datetime.timedelta(hours=1), ends_at=over)

    after = open_page(path)

    said = ["待举办场次中，有1场已经结束，还没有报人数" in words(page) for page in (before, after)]
    assert said == [False, True]


def test_index_of_unevenness_is_explained_where_it_stands(open_page, tea, county):
    name_figure(tea.activity.programme, "attendance_gini")
    count_heads(tea, 30)
    another_county(tea, 10)
    before = words(open_page(LIST))
    facts = {
        "indicator": "resident_population",
        "value": 1000,
        "unit": "persons",
        "status": "verified",
        "source": "公报",
    }
    for region in Region.objects.filter(level=Region.Level.COUNTY):
        Population.objects.create(region=region, reference_on="2020-11-01", **facts)

    assert ["差异：0表示" in text for text in (before, words(open_page(LIST)))] == [False, True]
