"""Each figure with an example that was worked out by hand."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    EvidenceFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    ResidentFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)

from qixue.core.figures import FigureValue, Scope, registry
from qixue.core.quantity import ATTENDANCE, PERSON, Qualifier, Quantity, total
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figures_of
from qixue.participation.models import LedgerEntry, Registration
from qixue.participation.operations.ledger import EntryDraft, append_entries, record_head_count
from qixue.places.models import Population, Region
from qixue.programme.models import (
    Activity,
    Award,
    Instalment,
    Involvement,
    Programme,
    ReportedCount,
    Series,
    Session,
    SourceDocument,
)

pytestmark = pytest.mark.django_db
ANNA, BERT, CLARA = key(), key(), key()


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


def value(code: str, programme: Programme, **dimensions: str) -> FigureValue:
    return registry.definitions[code].value(Scope(programme.code, **dimensions))


def number(code: str, programme: Programme, **dimensions: str) -> object:
    quantity = value(code, programme, **dimensions).quantity
    return quantity.value if quantity else None


def held(programme: Programme, **changes: object) -> Session:
    activity = changes.pop("activity", None) or ActivityFactory(programme=programme)
    return SessionFactory(activity=activity, **changes)


def check_in(session: Session, *people: object) -> None:
    drafts = [
        EntryDraft(
            kind=LedgerEntry.Kind.ATTENDANCE,
            activity=session.activity,
            session=session,
            source=LedgerEntry.Source.DOOR,
            actor=None,
            recorded_at=NOON,
            occurred_at=session.starts_at,
            person_token=person,
            client_uuid=key(),
        )
        for person in people
    ]
    append_entries(session.activity.organisation, drafts)


def head_count(session: Session, count: int, qualifier: Qualifier = Qualifier.EXACT) -> None:
    record_head_count(
        session,
        count=count,
        qualifier=qualifier,
        evidence=EvidenceFactory(),
        by=UserFactory(),
        at=NOON,
        client_uuid=key(),
    )


def reported(programme: Programme, **changes: object) -> ReportedCount:
    document, _made = SourceDocument.objects.get_or_create(programme=programme, code="S", title="总结", genre="总结")
    values = {
        "document": document,
        "programme": programme,
        "code": f"R{ReportedCount.objects.count()}",
        "value": 80,
        "qualifier": Qualifier.AT_LEAST,
        "unit": "session",
        "measure": ReportedCount.Measure.SESSIONS,
        "quote": "讲座达80多场",
    }
    return ReportedCount.objects.create(**{**values, **changes})


@pytest.mark.parametrize("code", sorted(registry.definitions))
def test_figure_without_any_record_is_missing_not_zero(programme: Programme, code: str) -> None:
    assert value(code, programme).quantity is None


def test_sessions_count_when_held_and_not_when_planned_or_cancelled(programme: Programme) -> None:
    activity = ActivityFactory(programme=programme)
    for state in (Session.State.HELD, Session.State.HELD, Session.State.PLANNED, Session.State.CANCELLED):
        held(programme, activity=activity, state=state)

    assert (number("sessions_total", programme), number("activities_total", programme)) == (2, 1)


def test_planned_week_has_zero_sessions_held(programme: Programme) -> None:
    held(programme, state=Session.State.PLANNED)

    assert number("sessions_total", programme) == 0


def test_sessions_not_yet_held_are_those_that_people_were_told_of(programme: Programme) -> None:
    announced = ActivityFactory(programme=programme)
    planned = [held(programme, activity=announced, state=Session.State.PLANNED) for _number in range(2)]
    for state in (Session.State.HELD, Session.State.CANCELLED, Session.State.POSTPONED):
        held(programme, activity=announced, state=state)
    for state in (Activity.State.DRAFT, Activity.State.CANCELLED):
        held(programme, activity=ActivityFactory(programme=programme, state=state), state=Session.State.PLANNED)
    held(ProgrammeFactory(), state=Session.State.PLANNED)

    evidence = registry.definitions["sessions_planned"].evidence(Scope(programme.code))

    assert number("sessions_planned", programme) == 2
    assert {row.session_id for row in evidence} == {session.pk for session in planned}


def test_draft_activity_counts_nowhere(programme: Programme) -> None:
    held(programme, activity=ActivityFactory(programme=programme, state=Activity.State.DRAFT))

    assert number("sessions_total", programme) is None


def test_sessions_that_a_document_states_join_the_count_with_their_hedge(programme: Programme) -> None:
    held(programme)
    reported(programme, value=80)

    quantity = value("sessions_total", programme).quantity

    assert (quantity.value, quantity.qualifier, quantity.text("zh")) == (81, Qualifier.AT_LEAST, "81多场")


def test_instalments_count_series_and_number_once(programme: Programme) -> None:
    series = Series.objects.create(brand=BrandFactory(), code="S1", position=1, name="悦读小组")
    first = Instalment.objects.create(series=series, programme=programme, number=1)
    second = Instalment.objects.create(series=series, programme=programme, number=2)
    for instalment in (first, first, second):
        held(programme, instalment=instalment)

    assert number("instalments_total", programme) == 2


def test_people_that_two_documents_state_give_no_sum(programme: Programme) -> None:
    for people in (4000, 100):
        reported(programme, value=people, unit="person", measure=ReportedCount.Measure.BENEFICIARIES)

    beneficiaries = value("beneficiaries", programme)

    assert (beneficiaries.quantity, beneficiaries.left_out) == (
        None,
        ("reported_count:R0", "reported_count:R1"),
    )


def test_coverage_counts_administrative_divisions_once(programme: Programme) -> None:
    city = programme.region
    county = RegionFactory(code="441826", name="连南", parent=city, level="county", unit_type="autonomous_county")
    towns = [
        RegionFactory(code=f"44182610{at}", parent=county, level="township", unit_type=kind)
        for at, kind in enumerate((Region.UnitType.TOWN, Region.UnitType.TOWN, Region.UnitType.SPECIAL))
    ]
    for town in (towns[0], towns[0], towns[1], towns[2]):
        held(programme, venue=VenueFactory(region=town))

    assert (number("counties_covered", programme), number("townships_covered", programme)) == (1, 2)


def test_session_without_venue_belongs_to_the_region_of_its_activity(programme: Programme) -> None:
    county = RegionFactory(code="441826", parent=programme.region, level="county", unit_type="county")
    held(programme, activity=ActivityFactory(programme=programme, region=county))
    held(programme)

    assert number("sessions_total", programme, region="441826") == 1


def test_organisations_count_once_whether_they_keep_records_or_help(programme: Programme) -> None:
    session = held(programme)
    helper = OrganisationFactory()
    Involvement.objects.create(organisation=helper, role="co_organiser", activity=session.activity)
    Involvement.objects.create(organisation=programme.organisation, role="host", activity=session.activity)

    assert number("organisations_involved", programme) == 2


def test_brand_is_active_with_a_session_that_was_held(programme: Programme) -> None:
    held(programme, activity=ActivityFactory(programme=programme, brand=BrandFactory()))
    held(programme, activity=ActivityFactory(programme=programme, brand=BrandFactory()), state="planned")

    assert number("brands_active", programme) == 1


def test_months_follow_the_day_in_shanghai(programme: Programme) -> None:
    last_hour_of_october_in_utc = datetime.datetime(2026, 10, 31, 17, tzinfo=datetime.UTC)  # 1 November, 01:00
    held(programme, starts_at=last_hour_of_october_in_utc, ends_at=None)
    held(programme)

    assert number("months_active", programme) == 1


def test_awards_count_by_award(programme: Programme) -> None:
    brand = BrandFactory()
    for code, winner in (("AW1", brand), ("AW2", None)):
        Award.objects.create(programme=programme, code=code, brand=winner, recipient="系列", title="奖", level="city")

    assert (number("awards", programme), number("awards", programme, brand=brand.code)) == (2, 1)


def test_attendance_adds_sessions_and_people_are_counted_on_the_union(programme: Programme) -> None:
    first, second = held(programme), held(programme)
    check_in(first, ANNA, BERT)
    check_in(second, BERT, CLARA)
    head_count(second, 40, Qualifier.ABOUT)

    attendance = value("attendance", programme).quantity

    assert (attendance.value, attendance.qualifier) == (44, Qualifier.ABOUT)
    assert number("participants", programme) == 3


def test_named_share_is_named_of_all(programme: Programme) -> None:
    session = held(programme)
    check_in(session, ANNA)
    head_count(session, 2)

    assert number("named_share", programme) == Decimal("33.3")


def test_attendance_narrows_by_kind_brand_region_and_organisation_subtree(programme: Programme) -> None:
    town = RegionFactory(code="441826100", parent=programme.region, level="township", unit_type="town")
    branch = OrganisationFactory(parent=programme.organisation)
    brand = BrandFactory()
    lecture = ActivityFactory(programme=programme, organisation=branch, brand=brand, kind=Activity.Kind.LECTURE)
    check_in(held(programme, activity=lecture, venue=VenueFactory(region=town)), ANNA, BERT)
    check_in(held(programme), CLARA)
    narrowed = [
        {"kind": "lecture"},
        {"brand": brand.code},
        {"region": "441826100"},
        {"organisation": branch.code},
        {"organisation": programme.organisation.code},
    ]

    assert [number("attendance", programme, **dimensions) for dimensions in narrowed] == [2, 2, 2, 2, 3]


def test_registrations_leave_the_waiting_list_out(programme: Programme) -> None:
    session = held(programme)
    states = [("confirmed", None), ("confirmed", None), ("waiting", 1), ("cancelled", None)]
    for state, place in states:
        Registration.objects.create(
            session=session, resident=ResidentFactory(), state=state, waiting_number=place, registered_at=NOON
        )

    assert number("registrations", programme) == 2


def populate(programme: Programme, indicator: str, people: int, day: str = "2020-11-01") -> None:
    Population.objects.create(
        region=programme.region,
        indicator=indicator,
        reference_on=day,
        value=people,
        unit="persons",
        status="verified",
        source="第七次人口普查公报",
    )


def test_attendance_per_thousand_uses_the_latest_series_and_names_it(programme: Programme) -> None:
    populate(programme, "resident_population", 1000, "2010-11-01")
    populate(programme, "resident_population", 8000)
    check_in(held(programme), ANNA, BERT)

    figure = value("attendance_per_1000", programme)

    assert figure.quantity.value == Decimal("0.25")
    assert "8,000" in str(figure.notes[0])


def test_town_to_country_compares_attendance_per_resident(programme: Programme) -> None:
    populate(programme, "urban_resident_population", 1000)
    populate(programme, "rural_resident_population", 2000)
    places = {"urban": 3, "county_seat_town": 1, "rural": 2}
    for at, (name, people) in enumerate(places.items()):
        region = RegionFactory(code=f"44180210{at}", level="township", unit_type="town", urban_rural_class=name)
        check_in(held(programme, venue=VenueFactory(region=region)), *(key() for _ in range(people)))

    assert number("urban_rural_ratio", programme) == Decimal("4.00")  # (4 / 1000) / (2 / 2000)


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
