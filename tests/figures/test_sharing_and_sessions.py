"""Lists of figures share their reads, and evidence is read session by session."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.counted import check_in, head_count
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    RegionFactory,
    VenueFactory,
    key,
)
from tests.figures.conftest import held, number, populate, reported, value

from qixue.core.figures import Scope, registry
from qixue.core.quantity import ATTENDANCE, PERSON, Qualifier, Quantity, total
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figures_of
from qixue.programme.models import (
    Activity,
    Programme,
    Series,
    Session,
)

pytestmark = pytest.mark.django_db
ANNA, BERT, CLARA = key(), key(), key()


def name_figures(programme: Programme, *definitions: str, **dimensions: str) -> None:
    for position, definition in enumerate(definitions):
        code = ".".join([definition, *dimensions.values()])
        NamedFigure.objects.create(
            programme=programme, code=code, definition=definition, position=position, **dimensions
        )


def values_of(programme: Programme) -> dict[str, object]:
    return {figure.code: figure.quantity.value for figure in figures_of(programme) if figure.quantity}


def queries_of(programme: Programme) -> int:
    with CaptureQueriesContext(connection) as queries:
        figures_of(programme)
    return len(queries)


def test_list_of_figures_reads_again_each_time_it_is_asked_for(programme: Programme) -> None:
    name_figures(programme, "attendance", "sessions_total")
    check_in(held(programme), ANNA)
    first = values_of(programme)
    check_in(held(programme), ANNA)

    second = values_of(programme)

    assert (first, second) == ({"attendance": 1, "sessions_total": 1}, {"attendance": 2, "sessions_total": 2})


def test_rates_share_the_reads_of_the_attendances_beside_them(programme: Programme) -> None:
    populate(programme, "resident_population", 1000)
    check_in(held(programme), ANNA)
    name_figures(programme, "attendance")
    alone = queries_of(programme)
    name_figures(programme, "attendance_per_1000")

    together = queries_of(programme)

    assert together - alone == 1  # the population


def test_figures_of_two_places_are_not_taken_for_one_another(programme: Programme) -> None:
    for code, people in (("441826", (ANNA,)), ("441825", (ANNA, BERT))):
        county = RegionFactory(code=code, parent=programme.region, level="county", unit_type="county")
        check_in(held(programme, venue=VenueFactory(region=county)), *people)
        name_figures(programme, "attendance", region_code=code)

    values = values_of(programme)

    assert values == {"attendance.441826": 1, "attendance.441825": 2}


def test_sessions_of_a_document_are_narrowed_by_brand_series_and_kind(programme: Programme) -> None:
    brand, other = BrandFactory(), BrandFactory()
    series = Series.objects.create(brand=brand, code="S1", position=1, name="悦读小组")
    lecture = ActivityFactory(programme=programme, kind=Activity.Kind.LECTURE)
    reported(programme, value=10, brand=brand)
    reported(programme, value=20, brand=other)
    reported(programme, value=40, series=series)
    reported(programme, value=80, activity=lecture)
    narrowed = [{}, {"brand": brand.code}, {"series": "S1"}, {"kind": "lecture"}, {"region": "441800"}]

    assert [number("sessions_total", programme, **scope) for scope in narrowed] == [150, 10, 40, 80, None]


def evidence_by_session(code: str, programme: Programme, **dimensions: str) -> list[tuple[object, int]]:
    by_session = registry.definitions[code].by_session
    assert by_session is not None
    return [(row.quantity, row.record_count) for row in by_session(Scope(programme.code, **dimensions))]


def test_evidence_by_session_adds_up_to_the_attendances(programme: Programme) -> None:
    first, second = held(programme), held(programme, counting_rule=Session.CountingRule.HEAD_COUNT)
    check_in(first, ANNA, BERT)
    check_in(second, BERT, CLARA)
    head_count(second, 40, Qualifier.ABOUT)  # covers the two on the list

    rows = evidence_by_session("attendance", programme)

    assert rows == [(Quantity(2, ATTENDANCE), 2), (Quantity(40, ATTENDANCE, Qualifier.ABOUT), 3)]
    assert total([quantity for quantity, _count in rows], ATTENDANCE) == value("attendance", programme).quantity


def test_evidence_by_session_of_people_counts_distinct_ones(programme: Programme) -> None:
    session = held(programme)
    check_in(session, ANNA, BERT)
    head_count(session, 40)

    rows = evidence_by_session("participants", programme)

    assert rows == [(Quantity(2, PERSON), 2)]


def test_evidence_by_session_stays_in_its_part_of_the_tree(programme: Programme) -> None:
    own, sibling = (OrganisationFactory(parent=programme.organisation) for _place in range(2))
    for organisation, people in ((own, (ANNA,)), (sibling, (BERT, CLARA))):
        check_in(held(programme, activity=ActivityFactory(programme=programme, organisation=organisation)), *people)

    rows = evidence_by_session("attendance", programme, organisation=own.code)

    assert rows == [(Quantity(1, ATTENDANCE), 1)]
