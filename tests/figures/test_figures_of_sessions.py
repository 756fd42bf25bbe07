"""Figures about sessions of one sort and about regularity, each with an example that was worked out by hand."""

import datetime
from decimal import Decimal

import pytest
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, RegionFactory, VenueFactory, key
from tests.figures.conftest import held, number

from qixue.core.figures import Scope, registry
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.regularity_figures import longest_gap

pytestmark = pytest.mark.django_db
Kind = Activity.Kind
DAY = datetime.timedelta(days=1)


def evidence(code: str, programme: Programme) -> set[int | None]:
    return {row.session_id for row in registry.definitions[code].evidence(Scope(programme.code))}


def test_lectures_are_the_held_sessions_of_their_kind(programme: Programme) -> None:
    lecture = ActivityFactory(programme=programme, kind=Kind.LECTURE)
    counted = [held(programme, activity=lecture), held(programme, activity=lecture)]
    held(programme, activity=lecture, state=Session.State.CANCELLED)
    held(programme, activity=ActivityFactory(programme=programme, kind=Kind.READING))

    assert number("lectures", programme) == 2
    assert evidence("lectures", programme) == {session.pk for session in counted}


@pytest.mark.parametrize(("code", "kind"), [("training_classes", Kind.TRAINING), ("exhibitions", Kind.EXHIBITION)])
def test_classes_and_exhibitions_count_once_however_many_sessions_they_have(
    programme: Programme, code: str, kind: str
) -> None:
    activity = ActivityFactory(programme=programme, kind=kind)
    counted = [held(programme, activity=activity), held(programme, activity=activity)]
    held(programme, activity=ActivityFactory(programme=programme, kind=kind), state=Session.State.PLANNED)
    held(programme, activity=ActivityFactory(programme=programme, kind=Kind.READING))

    assert number(code, programme) == 1
    assert evidence(code, programme) == {session.pk for session in counted}


def test_session_is_online_only_where_nobody_could_come_to_a_place(programme: Programme) -> None:
    online = held(programme, is_online=True)
    held(programme, is_online=True, venue=VenueFactory())
    held(programme)

    assert number("sessions_online", programme) == 1
    assert evidence("sessions_online", programme) == {online.pk}


def test_session_is_in_the_country_by_the_class_of_its_town(programme: Programme) -> None:
    places = [RegionFactory(code=f"44182610{at}", level="township", unit_type="town") for at in range(3)]
    for place, name in zip(places, ("rural", "urban", "county_seat_town"), strict=True):
        place.urban_rural_class = name
        place.save()
        held(programme, venue=VenueFactory(region=place))

    assert number("sessions_rural", programme) == 1


def test_places_are_counted_once_and_only_where_they_are_places(programme: Programme) -> None:
    library, station, some_stations = VenueFactory(), VenueFactory(), VenueFactory(is_group=True)
    for venue in (library, library, station, some_stations):
        held(programme, venue=venue)
    held(programme, venue=VenueFactory(), state=Session.State.PLANNED)

    assert number("venues_open", programme) == 2


def test_speakers_are_counted_by_name(programme: Programme) -> None:
    for speaker in ("房春花", "房春花", "李志强", ""):
        held(programme, speaker=speaker)
    held(programme, speaker="唐海英", state=Session.State.CANCELLED)

    assert number("teachers", programme) == 2


def test_plan_is_carried_out_as_far_as_it_is_decided(programme: Programme) -> None:
    for state in (Session.State.HELD, Session.State.HELD, Session.State.CANCELLED):
        held(programme, state=state, plan_line_key=key())
    still_open = held(programme, state=Session.State.PLANNED, plan_line_key=key())
    held(programme)  # nobody planned it

    assert number("plan_completion_rate", programme) == Decimal("66.7")
    assert still_open.pk not in evidence("plan_completion_rate", programme)

    Programme.objects.update(state=Programme.State.CLOSED)

    assert number("plan_completion_rate", programme) == Decimal("50.0")
    assert still_open.pk in evidence("plan_completion_rate", programme)


def test_weeks_begin_on_monday_in_shanghai(programme: Programme) -> None:
    sunday_evening = datetime.datetime(2026, 11, 8, 15, tzinfo=datetime.UTC)  # 23:00 in Shanghai
    for start in (sunday_evening, sunday_evening + datetime.timedelta(hours=2), sunday_evening + 6 * DAY):
        held(programme, starts_at=start, ends_at=None)

    assert number("weeks_active", programme) == 2


def test_longest_gap_is_looked_for_at_the_ends_as_well() -> None:
    first = datetime.date(2026, 11, 1)
    days = [first + 3 * DAY, first + 5 * DAY]

    assert longest_gap(days, first, first + 5 * DAY) == 3
    assert longest_gap(days, first + 2 * DAY, first + 11 * DAY) == 6
    assert longest_gap([], first, first + 6 * DAY) == 7
    assert longest_gap([first], first, first) == 0


def test_silence_at_the_end_counts_once_the_programme_is_closed() -> None:
    programme = ProgrammeFactory(starts_on=datetime.date(2026, 11, 1), ends_on=datetime.date(2026, 11, 30))
    for day in (4, 7):
        held(programme, starts_at=datetime.datetime(2026, 11, day, 4, tzinfo=datetime.UTC), ends_at=None)

    assert number("longest_silence", programme) == 3  # 1 to 3 November

    Programme.objects.update(state=Programme.State.CLOSED)

    assert number("longest_silence", programme) == 23  # 8 to 30 November


def test_silence_of_a_programme_without_days_is_between_its_sessions() -> None:
    programme = ProgrammeFactory(starts_on=None, ends_on=None)
    for start in (NOON, NOON + 5 * DAY):
        held(programme, starts_at=start, ends_at=None)

    assert number("longest_silence", programme) == 4
