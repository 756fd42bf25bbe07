"""Whatever small city it is: no number of one to four people follows from those that everybody is told."""

import datetime
import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import chain

import pytest
from django.test import Client
from tests.counted import check_in, head_count
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    ProgrammeFactory,
    RegionFactory,
    VenueFactory,
    key,
)
from tests.figures.conftest import held

from qixue.core.figures import FEWEST, Scope
from qixue.figures.charts import over_time
from qixue.figures.dashboards import OVERVIEW, dashboard_of
from qixue.figures.for_everybody import public_figure_in, public_records, public_rows
from qixue.figures.models import NamedFigure
from qixue.figures.series import attendance_over_time
from qixue.participation.models import Tally
from qixue.places.models import Region
from qixue.programme.models import Programme, Session
from qixue.web.dashboards import EVERYBODY

pytestmark = pytest.mark.django_db
Part = Hashable
Numbers = dict[Part, int]
CODES = {"attendance": "attendance_count", "participants": "named_count"}


@pytest.fixture(params=[0, 2, 4, 6])
def city(request: pytest.FixtureRequest) -> Programme:
    """Three or four counties, one with two towns, two brands, and sessions with 0 to 12 people, each at one of them."""
    chance = random.Random(request.param)  # noqa: S311 - the same cities each time
    programme = ProgrammeFactory(code="week")
    counties = [
        RegionFactory(code=f"44180{number}", level="county", parent=programme.region)
        for number in range(chance.choice([3, 4]))
    ]
    towns = [RegionFactory(code=f"44180010{number}", level="township", parent=counties[0]) for number in (1, 2)]
    brands = BrandFactory.create_batch(2)
    programme.brands.add(*brands)
    for _session in range(chance.randint(3, 9)):
        place = chance.choice([*counties, *towns, None])
        session = held(
            programme,
            activity=ActivityFactory(programme=programme, brand=chance.choice([*brands, None])),
            venue=VenueFactory(region=place) if place else None,
            starts_at=NOON - datetime.timedelta(days=chance.randint(0, 2)),
            ends_at=None,
            counting_rule=chance.choice([Session.CountingRule.HEAD_COUNT, Session.CountingRule.LIST]),
        )
        people = chance.randint(0, 12)
        if session.counting_rule == Session.CountingRule.HEAD_COUNT:
            head_count(session, people)
        else:
            check_in(session, *[key() for _person in range(people)])
    for position, code in enumerate(CODES):
        NamedFigure.objects.create(programme=programme, code=code, definition=code, position=position)
    return programme


def families_of(programme: Programme, counter: str) -> dict[tuple[Part, str], Numbers]:
    """By whole and dimension the parts, counted from the tallies; what is in none of them is a part as well."""
    families: dict[tuple[Part, str], Numbers] = defaultdict(lambda: defaultdict(int))
    whole = Scope("week")
    for tally in Tally.objects.filter(session__isnull=False):
        number, session, brand = getattr(tally, counter), tally.session, tally.activity.brand
        codes = session.venue.region.path.split("/")[:-1] if session.venue else []
        codes = codes[codes.index(programme.region.code) + 1 :] if codes else []
        day = session.starts_at.date()
        scopes = [Scope("week", region=code) for code in codes]
        families[whole, "brand"][Scope("week", brand=brand.code) if brand else (whole, "rest of brands")] += number
        families[whole, "day"][day] += number
        for above, below in zip([whole, *scopes], [*scopes, "rest"], strict=True):
            families[above, "region"][below if isinstance(below, Scope) else (above, below)] += number
        for part in (whole, day, *scopes, *([Scope("week", brand=brand.code)] if brand else [])):
            families[part, "session"][session.pk] += number
    return families


def everything_told(programme: Programme, code: str, client: Client) -> Iterator[tuple[Part, int]]:
    """Of figures, cards, charts, evidence and the pages of sessions."""
    whole, *narrower = scopes_of(programme)
    figures = [public_figure_in(scope, code) for scope in (whole, *narrower)]
    for scope in (whole, narrower[0], narrower[-1]):  # the city, a county, a brand
        dashboard = dashboard_of(OVERVIEW, scope, EVERYBODY)
        cards = chain(dashboard.headlines, *dashboard.themes.values())
        figures += [card for card in cards if card.code == code]
    for figure in figures:
        if figure.quantity:
            yield figure.scope, figure.quantity.value
        for row in public_rows(figure, figure.evidence_for_reading()):
            if row.quantity:
                yield row.session_id, row.quantity.value
        records: Numbers = Counter()
        for row in public_records(figure, figure.evidence()):
            records[row.session_id] += row.quantity.value
        yield from records.items()
    if code == "attendance":
        yield from days_told(whole)
        yield from sessions_told(client)


def days_told(whole: Scope) -> Iterator[tuple[Part, int]]:
    points = attendance_over_time(whole).points
    for (day, _quantity), bar in zip(points, over_time(whole, EVERYBODY).bars, strict=True):
        if bar.quantity:
            yield day, bar.quantity.value


def sessions_told(client: Client) -> Iterator[tuple[Part, int]]:
    for pk in Session.objects.values_list("pk", flat=True):
        page = client.get(f"/sessions/{pk}/").context
        if page["counted"] and not page["is_withheld"]:
            yield pk, page["counted"].value


def scopes_of(programme: Programme) -> list[Scope]:
    regions = Region.objects.within(programme.region).exclude(pk=programme.region_id)
    whole = Scope(programme.code)
    return [
        whole,
        *(replace(whole, region=code) for code in regions.values_list("code", flat=True)),
        *(replace(whole, brand=brand.code) for brand in programme.brands.all()),
    ]


def followed(told: Numbers, families: dict[tuple[Part, str], Numbers]) -> Numbers:
    """With all that follows from a whole and its parts when one of them alone is not known."""
    known = dict(told)
    while True:
        before = len(known)
        for (above, _dimension), parts in families.items():
            open_parts = [part for part, number in parts.items() if number and part not in known]
            if above in known and len(open_parts) == 1:
                known[open_parts[0]] = parts[open_parts[0]]
            if not open_parts:
                known[above] = sum(parts.values())
        if len(known) == before:
            return known


@pytest.mark.parametrize("code", CODES)
def test_no_small_number_is_told_or_follows(city: Programme, client: Client, code: str) -> None:
    families = families_of(city, CODES[code])
    told = dict(everything_told(city, code, client))

    known = followed(told, families)

    small = {part: number for part, number in known.items() if 0 < number < FEWEST}
    rests = {
        family: sum(number for part, number in parts.items() if part not in known)
        for family, parts in families.items()
        if family[0] in known
    }
    assert small == {}
    assert {family: rest for family, rest in rests.items() if 0 < rest < FEWEST} == {}
