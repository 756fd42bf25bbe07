"""A visitor who checks the frame of every page that they open."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from lxml import html
from tests import counted
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.factories_afterwards import organiser_of

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.ledger import record_head_count
from qixue.places.models import Region
from qixue.programme.models import Programme, Session
from qixue.programme.operations.listings import keep_listings

Open = Callable[..., html.HtmlElement]
FIELDS = "//main//input[not(@type='hidden')] | //main//select | //main//textarea"


@pytest.fixture
def open_page(client: Client) -> Open:
    """`open_page("/", language="en")` gives the page's tree, after its frame was checked."""

    def open_one(path: str, *, language: str = "zh-hans", status: int = 200) -> html.HtmlElement:
        keep_listings(Session.objects.all())  # the factories write beside the operations
        client.cookies["qixue_language"] = language
        response = client.get(path)
        assert response.status_code == status, path
        page = html.fromstring(response.content.decode())
        assert page.get("lang") == language
        assert_sound(page)
        return page

    return open_one


def assert_sound(page: html.HtmlElement) -> None:
    """One heading with which the title begins, no id twice, a label for each field, no level of heading left out."""
    headings = [words(heading) for heading in page.iter("h1")]
    assert len(headings) == 1
    assert words(page.find(".//title")).startswith(headings[0])
    ids = Counter(page.xpath("//@id"))
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = set(page.xpath("//label/@for"))
    assert [field.get("name") for field in page.xpath(FIELDS) if field.get("id") not in labelled] == []
    levels = [int(heading.tag[1]) for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


def words(element: html.HtmlElement) -> str:
    """The text of an element with single spaces."""
    return " ".join(element.text_content().split())


def titles(page: html.HtmlElement) -> list[str]:
    """The sessions that a page lists."""
    return [words(link) for link in page.xpath("//article[@class='session']//h3/a")]


@pytest.fixture
def county() -> Region:
    city = RegionFactory()
    return RegionFactory(
        code="441826",
        name="连南瑶族自治县",
        short_name="连南",
        name_en="Liannan Yao Autonomous County",
        level=Region.Level.COUNTY,
        unit_type=Region.UnitType.AUTONOMOUS_COUNTY,
        parent=city,
        tile_row=1,
        tile_column=1,
    )


@pytest.fixture
def programme() -> Programme:
    day = NOON.date()
    return ProgrammeFactory(
        code="week",
        theme="让学习成为一种生活方式",
        theme_en="Make learning a way of life",
        starts_on=day.replace(day=2),
        ends_on=day.replace(day=8),
    )


@pytest.fixture
def tea(programme: Programme, county: Region) -> Session:
    """This afternoon in the county: tea for farmers, 20 seats."""
    brand = BrandFactory(code="field", name="田间课堂", name_en="Field classroom")
    brand.programmes.add(programme)
    organisation = OrganisationFactory(code="sanpai", name="三排镇文化站", region=county, phone="0763-1234567")
    activity = ActivityFactory(
        programme=programme,
        organisation=organisation,
        brand=brand,
        title="茶叶种植",
        title_en="Growing tea",
        audience="farmers",
    )
    venue = VenueFactory(name="瑶绣基地", region=county, has_step_free_access=False)
    return SessionFactory(
        activity=activity,
        venue=venue,
        starts_at=NOON.replace(hour=15),
        ends_at=NOON.replace(hour=17),
        state=Session.State.PLANNED,
        seat_count=20,
    )


def name_figure(programme: Programme, definition: str, code: str = "", **dimensions: str) -> NamedFigure:
    code = code or ".".join([definition, *dimensions.values()])
    return NamedFigure.objects.create(programme=programme, code=code, definition=definition, position=1, **dimensions)


def count_heads(session: Session, people: int, qualifier: Qualifier = Qualifier.EXACT) -> LedgerEntry:
    """The session took place this morning, and so many people came."""
    Session.objects.filter(pk=session.pk).update(starts_at=NOON.replace(hour=8), ends_at=NOON.replace(hour=9))
    session.refresh_from_db()
    return record_head_count(
        session,
        count=people,
        qualifier=qualifier,
        evidence=keep_note("签到表1页，李明经手", at=NOON),
        by=organiser_of(session.activity),
        at=NOON,
        client_uuid=key(),
    )


def check_in(session: Session, people: int) -> list[uuid.UUID]:
    """So many people signed in at the door; the tokens under which the ledger knows them."""
    tokens = [key() for _person in range(people)]
    counted.check_in(session, *tokens)
    return tokens
