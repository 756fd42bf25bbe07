"""Dashboards for everybody, and the figures that they narrow."""

import pytest
from lxml import html
from tests.factories import BrandFactory, RegionFactory, SessionFactory, VenueFactory
from tests.web.public.conftest import count_heads, name_figure, words

from qixue.places.models import Population, Region

pytestmark = pytest.mark.django_db
HOME = "/programmes/week/dashboards/"


@pytest.fixture
def counted(tea, county):
    """37 people at the tea, in a county with 100,000 residents."""
    name_figure(tea.activity.programme, "attendance_per_1000", region_code=county.code)
    count_heads(tea, 37)
    Population.objects.create(
        region=county,
        indicator="resident_population",
        unit="persons",
        value=100_000,
        reference_on="2020-11-01",
        source="第七次人口普查",
        status="verified",
    )
    return tea


def figures(page):
    """The words of each figure and where it leads."""
    return {words(link): link.get("href") for link in page.xpath("//a[@class='figure']")}


def chart_rows(page):
    return [words(row) for row in page.xpath("//table[@class='chart']/tbody/tr")]


def test_whole_city_leads_to_counties_and_brands(open_page, counted, county):
    other = RegionFactory(code="441825", name="连山", level=Region.Level.COUNTY, parent=county.parent)
    BrandFactory(code="hall", name="凤城讲堂").programmes.add(counted.activity.programme)

    page = open_page(HOME)

    assert figures(page)["37人次 参与人次"] == "/programmes/week/figures/attendance/"
    [tile] = page.xpath("//a[starts-with(@class, 'tile')]")
    assert (words(tile), tile.get("href")) == ("连南0.37", f"{HOME}counties/{county.code}/")
    assert other.code not in tile.get("href")


def test_county_has_figures_of_its_own_that_open_to_their_records(open_page, counted, county):
    page = open_page(f"{HOME}counties/{county.code}/")

    address = figures(page)["0.37人次/千人 每千人参与人次"]
    assert address == f"/programmes/week/figures/attendance_per_1000/?region={county.code}"
    opened = open_page(address)
    assert words(opened.find(".//h1")) == "每千人参与人次（连南瑶族自治县）"
    assert "茶叶种植" in words(opened.xpath("//table[@class='table']/tbody/tr")[0])


def test_brand_has_figures_of_its_own(open_page, counted):
    page = open_page(f"{HOME}brands/field/", language="en")

    assert words(page.find(".//h1")) == "Field classroom"
    assert figures(page)["37attendances Attendances"] == "/programmes/week/figures/attendance/?brand=field"


def test_frame_is_the_same_for_all_and_says_as_of_when(open_page, counted, county):
    for path in ("", f"counties/{county.code}/", "brands/field/", "town-and-country/", "regularity/"):
        page = open_page(HOME + path)

        assert [words(item) for item in page.xpath("//p[@class='small muted']")][-1] == "截至2026-11-04 12:00"
        assert len(page.xpath("//nav[@class='tags']/a")) == 5


def test_chart_is_a_table_whose_bars_say_nothing_to_a_screen_reader(open_page, counted, county):
    other = RegionFactory(code="441825", name="连山", level=Region.Level.COUNTY, parent=county.parent)
    count_heads(SessionFactory(activity=counted.activity, venue=VenueFactory(region=other)), 9)

    page = open_page(HOME)

    assert chart_rows(page) == ["连南瑶族自治县 37", "连山 9"]
    assert {bar.get("aria-hidden") for bar in page.xpath("//svg[@class='bar']")} == {"true"}


def test_regularity_shows_the_days_of_each_row(open_page, counted):
    page = open_page(f"{HOME}regularity/")

    head = [words(cell) for cell in page.xpath("//table[contains(@class, 'calendar')]/thead/tr/th")]
    rows = [[words(cell) for cell in row] for row in page.xpath("//table[contains(@class, 'calendar')]/tbody/tr")]
    assert head[:2] == ["对象", "11月2日（周一）"]
    assert rows[0] == ["合计", "0", "0", "1", "—", "—", "—", "—", "1", "2天"]
    assert [row[0] for row in rows] == ["合计", "田间课堂", "连南瑶族自治县"]


@pytest.mark.parametrize(
    "path",
    [
        f"{HOME}counties/000000/",
        f"{HOME}counties/441800/",
        f"{HOME}brands/nobody/",
        "/programmes/week/figures/attendance/?region=440100",
        "/programmes/week/figures/attendance/?brand=nobody",
        "/programmes/week/figures/urban_rural_ratio/?region=441826",
        "/programmes/week/figures/satisfaction/?region=441826",
        "/programmes/nobody/dashboards/",
    ],
)
def test_what_is_not_part_of_the_week_is_not_there(client, counted, path):
    RegionFactory(code="440100", name="广州市", parent=None)

    assert client.get(path).status_code == 404


def test_session_of_a_narrowed_figure_opens(open_page, counted, county):
    page = open_page(f"/programmes/week/figures/attendance/?region={county.code}")

    [link] = [link for link in page.xpath("//td//a/@href") if "/sessions/" in link]
    assert words(open_page(link).find(".//h1")) == "茶叶种植"


def test_week_without_records_has_a_dashboard(client, programme):
    page = html.fromstring(client.get(HOME).content.decode())

    assert [words(figure) for figure in page.xpath("//a[@class='figure']")][:2] == [
        "暂无数据 活动场次",
        "暂无数据 参与人次",
    ]
