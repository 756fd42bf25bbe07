"""Figures about how people take part and how evenly, each with an example that was worked out by hand."""

from decimal import Decimal

import pytest
from django.utils import translation
from tests.counted import check_in, head_count
from tests.factories import NOON, ActivityFactory, RegionFactory, ResidentFactory, VenueFactory, key
from tests.factories_afterwards import attendee, course, organiser_of, rule_for
from tests.figures.conftest import held, number, value

from qixue.core.figures import Scope, registry
from qixue.core.quantity import Qualifier
from qixue.participation.inequality import gini, theil, theil_between
from qixue.participation.models import Registration
from qixue.participation.operations.certificates import issue_certificates, revoke_certificate
from qixue.places.models import Population
from qixue.programme.models import Activity, Programme, Session

pytestmark = pytest.mark.django_db
ANNA, BERT, CLARA = key(), key(), key()


def recounted(code: str, programme: Programme) -> object:
    quantity = registry.definitions[code].recount(Scope(programme.code)).quantity
    return quantity.value if quantity else None


def sign_up(session: Session, *, count: int, state: str = "confirmed") -> None:
    for _person in range(count):
        Registration.objects.create(
            session=session, resident=ResidentFactory(), state=state, registered_at=session.starts_at
        )


def test_large_event_begins_at_the_number_that_the_city_sets(programme: Programme, settings) -> None:
    settings.QIXUE = {**settings.QIXUE, "LARGE_EVENT_PEOPLE": 50}
    large, small = held(programme), held(programme)
    head_count(large, 50)
    head_count(small, 49)

    rows = registry.definitions["large_events"].evidence(Scope(programme.code))

    assert (number("large_events", programme), recounted("large_events", programme)) == (1, 1)
    assert [row.session_id for row in rows] == [large.pk]


def test_show_rate_is_over_held_sessions_that_took_registrations(programme: Programme) -> None:
    session, without, planned = held(programme), held(programme), held(programme, state=Session.State.PLANNED)
    sign_up(session, count=4)
    sign_up(planned, count=3)
    check_in(session, ANNA, BERT, CLARA)
    check_in(without, ANNA)

    rows = registry.definitions["show_rate"].evidence(Scope(programme.code))

    assert (number("show_rate", programme), recounted("show_rate", programme)) == (Decimal("75.0"),) * 2
    title = session.activity.title
    assert [(row.session_id, row.id.partition(":")[0], row.title, row.quantity.value) for row in rows] == [
        (session.pk, "registrations", f"{title} · 报名人次", 4),
        (session.pk, "names", f"{title} · 实名到场", 3),
    ]


def test_show_rate_leaves_out_sessions_where_nobody_took_names(programme: Programme) -> None:
    """A head count does not say who of those who signed up came."""
    named, by_heads, empty = held(programme), held(programme), held(programme)
    for session in (named, by_heads, empty):
        sign_up(session, count=4)
    check_in(named, ANNA, BERT, CLARA)
    head_count(by_heads, 30, Qualifier.ABOUT)

    rows = registry.definitions["show_rate"].evidence(Scope(programme.code))

    assert (number("show_rate", programme), recounted("show_rate", programme)) == (Decimal("37.5"),) * 2  # 3 of 8
    assert {row.session_id for row in rows} == {named.pk, empty.pk}


def test_evidence_of_the_show_rate_says_that_nobody_came(programme: Programme) -> None:
    sign_up(held(programme), count=2)

    rows = registry.definitions["show_rate"].evidence(Scope(programme.code))

    assert [row.quantity.value for row in rows] == [2, 0]


def test_show_rate_counts_whoever_came_without_a_registration(programme: Programme) -> None:
    session = held(programme)
    sign_up(session, count=2)
    check_in(session, ANNA, BERT, CLARA)

    assert number("show_rate", programme) == Decimal("150.0")
    with translation.override("en"):
        assert "more than 100 %" in str(registry.definitions["show_rate"].rule)


def test_whoever_was_at_two_sessions_came_again(programme: Programme) -> None:
    first, second = held(programme), held(programme)
    check_in(first, ANNA, BERT)
    check_in(second, BERT, CLARA)

    assert (number("repeat_rate", programme), recounted("repeat_rate", programme)) == (Decimal("33.3"),) * 2


def test_whoever_comes_twice_to_one_class_was_trained_once(programme: Programme) -> None:
    weaving, singing = (ActivityFactory(programme=programme, kind=Activity.Kind.TRAINING) for _class in range(2))
    for session in (held(programme, activity=weaving), held(programme, activity=weaving)):
        check_in(session, ANNA)
    check_in(held(programme, activity=singing), ANNA, BERT)
    check_in(held(programme, activity=ActivityFactory(programme=programme, kind=Activity.Kind.LECTURE)), CLARA)

    assert (number("training_attendances", programme), recounted("training_attendances", programme)) == (3, 3)
    assert number("training_attendances", programme, kind="lecture") is None


def test_learning_hours_are_attendances_times_the_length(programme: Programme) -> None:
    long, untimed = held(programme), held(programme, ends_at=None)  # two hours
    check_in(long, ANNA, BERT, CLARA)
    head_count(held(programme), 30, Qualifier.ABOUT)
    check_in(untimed, ANNA)

    hours = value("learning_hours", programme)

    assert (hours.quantity.value, hours.quantity.qualifier) == (Decimal("88.0"), Qualifier.ABOUT)  # 33 x 120 / 45
    assert hours.left_out == (f"tally:{untimed.activity_id}/{untimed.pk}",)
    assert recounted("learning_hours", programme) == Decimal("88.0")


def test_revoked_certificates_do_not_count_and_nobody_is_named() -> None:
    activity = course(sessions=1)
    rule_for(activity)
    people, organiser = [attendee(activity) for _person in range(3)], organiser_of(activity)
    given = issue_certificates(activity, people=people, by=organiser, at=NOON)
    revoke_certificate(given[0], kind="mistake", reason="误发", by=organiser, at=NOON)

    rows = registry.definitions["certificates"].evidence(Scope(activity.programme.code))

    assert number("certificates", activity.programme) == 2
    assert [(row.id, row.record_count) for row in rows] == [(f"certificates:{activity.code}", 2)]
    assert "李嘉明" not in repr(rows)


# Evenness: 4 attendances per 10 residents in the district, 1 per 10 in the county.


def county(programme: Programme, code: str, unit_type: str, people: int, came: int) -> None:
    region = RegionFactory(code=code, parent=programme.region, level="county", unit_type=unit_type)
    Population.objects.create(
        region=region,
        indicator="resident_population",
        reference_on="2020-11-01",
        value=people,
        unit="persons",
        status="verified",
        source="公报",
    )
    check_in(held(programme, venue=VenueFactory(region=region)), *(key() for _person in range(came)))


def test_unevenness_of_two_counties(programme: Programme) -> None:
    county(programme, "441802", "district", 10, 4)
    county(programme, "441826", "autonomous_county", 10, 1)

    numbers = [number(f"attendance_{code}", programme) for code in ("gini", "theil", "theil_between", "theil_within")]

    # Gini: 1 - 0.5 * (0.2 + 1.2); Theil: 0.8 ln 1.6 + 0.2 ln 0.4, all of it between town and country.
    assert numbers == [Decimal("0.300"), Decimal("0.193"), Decimal("0.193"), Decimal("0.000")]
    assert "2020-11-01" in str(value("attendance_gini", programme).notes[0])


def test_unevenness_needs_two_areas_and_somebody_who_came(programme: Programme) -> None:
    county(programme, "441802", "district", 10, 4)

    assert number("attendance_gini", programme) is None


def test_even_spread_is_zero_whatever_the_sizes() -> None:
    even = [(10, 1), (1000, 100), (50, 5)]

    assert (round(gini(even), 9), round(theil(even), 9)) == (0, 0)


def test_parts_between_and_within_make_the_whole() -> None:
    town, country = [(100, 30), (50, 0)], [(200, 10), (80, 20), (10, 9)]
    weights = [sum(came for _people, came in group) / 69 for group in (town, country)]
    within = sum(weight * theil(group) for weight, group in zip(weights, (town, country), strict=True))

    assert theil_between([town, country]) + within == pytest.approx(theil([*town, *country]))


def test_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs residents and attendances"):
        gini([(10, 0), (5, 0)])
