"""The dashboard and the checks of a part of the tree."""

import csv
import io
from urllib.parse import quote

import pytest
from django.test import Client
from lxml import html
from tests.factories import (
    NOON,
    ActivityFactory,
    EvidenceFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RoleAssignmentFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.factories_afterwards import organiser_of
from tests.web.public.conftest import assert_sound, words

from qixue.core.quantity import Qualifier
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import Organisation, Role
from qixue.places.models import Region, Venue
from qixue.programme.models import Programme, Session

pytestmark = pytest.mark.django_db
DASHBOARD = "/workspace/programmes/week/dashboard/"
QUALITY = "/workspace/programmes/week/quality/"


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(code="week")


@pytest.fixture
def county(programme: Programme) -> Organisation:
    return OrganisationFactory(parent=programme.organisation, code="liannan", name="连南县")


def counted(
    programme: Programme, organisation: Organisation, title: str, people: int, venue: Venue | None = None
) -> Session:
    activity = ActivityFactory(programme=programme, organisation=organisation, title=title)
    session = SessionFactory(activity=activity, venue=venue)
    record_head_count(
        session,
        count=people,
        qualifier=Qualifier.EXACT,
        evidence=EvidenceFactory(),
        by=organiser_of(session.activity),
        at=NOON,
        client_uuid=key(),
    )
    return session


def page_of(organisation: Organisation, path: str) -> html.HtmlElement:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user)
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = html.fromstring(answer.content.decode())
    assert_sound(page)
    return page


def figures(page: html.HtmlElement) -> dict[str, str]:
    return {words(link): link.get("href") for link in page.xpath("//a[@class='figure']")}


def test_dashboard_is_of_the_viewers_part(programme: Programme, county: Organisation) -> None:
    counted(programme, county, "茶叶种植", 37)
    counted(programme, programme.organisation, "市里讲座", 300)

    of_county = figures(page_of(county, DASHBOARD))
    of_city = figures(page_of(programme.organisation, DASHBOARD))

    assert of_county["37人次 参与人次"] == "/workspace/programmes/week/figures/attendance/"
    assert "337人次 参与人次" in of_city


def test_number_of_a_dashboard_opens_also_where_the_programme_has_no_name_for_it(
    programme: Programme, county: Organisation
) -> None:
    counted(programme, county, "茶叶种植", 37)
    counted(programme, programme.organisation, "市里讲座", 300)

    page = page_of(county, figures(page_of(county, DASHBOARD))["37人次 参与人次"])

    assert [words(row) for row in page.xpath("//tbody/tr/th")] == ["茶叶种植"]


def test_county_also_reads_what_everybody_reads_of_it(programme: Programme) -> None:
    """What others hold in the county is not the county's own, and still among the county's numbers."""
    place = RegionFactory(parent=programme.region, level=Region.Level.COUNTY, code="441826", name="连南县")
    office = OrganisationFactory(parent=programme.organisation, code="liannan", region=place)
    hall = VenueFactory(region=place)
    counted(programme, office, "茶叶种植", 37, hall)
    counted(programme, programme.organisation, "送课下乡", 300, hall)

    page = page_of(office, DASHBOARD)

    assert figures(page)["37人次 参与人次"] == "/workspace/programmes/week/figures/attendance/"
    assert figures(page)["337人次 参与人次"] == f"/programmes/week/figures/attendance/?region={place.code}"
    links = page.xpath("//main//section//p[not(@class='export')]/a/@href")
    assert links == [f"/programmes/week/dashboards/counties/{place.code}/"]


def test_of_its_county_an_office_reads_the_main_figures_and_the_others_once(programme: Programme) -> None:
    place = RegionFactory(parent=programme.region, level=Region.Level.COUNTY, code="441826", name="连南县")
    office = OrganisationFactory(parent=programme.organisation, code="liannan", region=place)
    counted(programme, office, "茶叶种植", 37, VenueFactory(region=place))

    links = list(figures(page_of(office, DASHBOARD)).values())
    own = [link for link in links if link.startswith("/workspace/")]
    public = [link.removeprefix("/programmes/week/figures/").partition("/")[0] for link in links if link not in own]

    assert public == ["sessions_total", "attendance", "participants", "attendance_per_1000"]
    assert len(own) > len(public)


def test_how_many_counties_took_part_is_no_figure_of_one_county(programme: Programme) -> None:
    place = RegionFactory(parent=programme.region, level=Region.Level.COUNTY, code="441826", name="连南县")
    office = OrganisationFactory(parent=programme.organisation, code="liannan", region=place)
    counted(programme, office, "茶叶种植", 37, VenueFactory(region=place))

    shown = {
        organisation.code: [link for link in figures(page_of(organisation, DASHBOARD)).values() if "counties" in link]
        for organisation in (office, programme.organisation)
    }

    assert shown == {
        "liannan": [],
        programme.organisation.code: ["/workspace/programmes/week/figures/counties_covered/"],
    }


def test_dashboard_of_a_county_is_taken_along_with_its_main_figures_first_and_all_charts(programme: Programme) -> None:
    place = RegionFactory(parent=programme.region, level=Region.Level.COUNTY, code="441826", name="连南县")
    office = OrganisationFactory(parent=programme.organisation, code="liannan", name="连南县教育局", region=place)
    hall = VenueFactory(region=place)
    for title, organisation, people in (
        ("茶叶种植", office, 37),
        ("刺绣", office, 20),
        ("送课", programme.organisation, 300),
    ):
        counted(programme, organisation, title, people, hall)
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=office, role=Role.COORDINATOR).user)

    answer = client.get(f"{DASHBOARD}?table=charts.csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))[1:]
    assert quote(f"{programme.name} 连南县教育局 ") in answer["Content-Disposition"]
    assert [row[:4] for row in rows[:2]] == [
        ["连南县教育局", "活动场次", "", "2"],
        ["连南县教育局", "参与人次", "", "57"],
    ]
    assert ["连南县", "参与人次", "", "357"] in [row[:4] for row in rows]
    context = client.get(DASHBOARD).context
    drawn = [str(chart.title) for frame in (context, context["of_county"]) for chart in frame["charts"]]
    assert list(dict.fromkeys(row[1] for row in rows if row[2])) == list(dict.fromkeys(drawn))
    main = [str(figure.definition.name) for figure, _url in context["of_county"]["headlines"]]
    assert [row[1] for row in rows if row[0] == "连南县" and not row[2]] == main


def test_dashboard_names_what_is_for_staff(programme: Programme) -> None:
    [missing] = [words(line) for line in page_of(programme.organisation, DASHBOARD).xpath("//p[@class='small muted']")][
        :1
    ]

    assert "满意度" in missing


def test_quality_counts_what_each_check_found(programme: Programme, county: Organisation) -> None:
    counted(programme, county, "茶叶种植", 40)
    counted(programme, programme.organisation, "市里讲座", 300)

    rows = [[words(cell) for cell in row][:4] for row in page_of(county, QUALITY).xpath("//tbody/tr")]

    assert rows[1] == ["整数", "⚠ 1", "1 条30人以上的点数", "100"]
    assert [row[0] for row in rows] == ["迟录的点数", "整数", "超出容量", "同一人同时在两处", "他人代录"]


def test_finding_opens_to_its_records(programme: Programme, county: Organisation) -> None:
    session = counted(programme, county, "茶叶种植", 40)

    page = page_of(county, f"{QUALITY}round/")

    [row] = page.xpath("//tbody/tr")
    assert [words(cell) for cell in row][:3] == ["茶叶种植", "点数正好是40人。", "连南县"]
    [link] = row.xpath("td/a/@href")
    assert link == f"/workspace/programmes/week/figures/attendance/sessions/{session.pk}/"
    assert words(page_of(county, link).find(".//h1")) == "茶叶种植"


def test_check_that_found_nothing_says_so(programme: Programme) -> None:
    assert "没有看着不寻常的地方。" in words(page_of(programme.organisation, f"{QUALITY}late/"))


def test_check_that_there_is_not(client: Client, programme: Programme) -> None:
    client.force_login(RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user)

    assert client.get(f"{QUALITY}nothing/").status_code == 404
