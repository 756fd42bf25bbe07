"""Each figure with an example that was worked out by hand."""

import datetime
from decimal import Decimal

import pytest
from tests.counted import check_in, head_count
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RegistrationFactory,
    VenueFactory,
    key,
)
from tests.figures.conftest import held, number, populate, reported, value

from qixue.core.figures import Scope, registry
from qixue.core.quantity import Qualifier
from qixue.places.models import Region
from qixue.programme.models import (
    Activity,
    Award,
    Instalment,
    Involvement,
    Programme,
    ReportedCount,
    Series,
    Session,
)

pytestmark = pytest.mark.django_db
ANNA, BERT, CLARA = key(), key(), key()


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
    for state, number_in_line in (("confirmed", None), ("confirmed", None), ("waiting", 1), ("cancelled", None)):
        RegistrationFactory(session=session, state=state, waiting_number=number_in_line)

    assert number("registrations", programme) == 2


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


def test_closed_week_has_nothing_to_come_and_no_zero_either(programme: Programme) -> None:
    held(programme, state=Session.State.PLANNED)
    Programme.objects.update(state=Programme.State.CLOSED)

    assert number("sessions_planned", programme) is None


def test_nothing_on_record_in_documents_is_missing_and_not_zero(programme: Programme) -> None:
    reported(programme)
    held(programme)

    assert (number("exhibitions", programme), number("sessions_online", programme)) == (None, None)
    assert number("sessions_total", programme) == 81
