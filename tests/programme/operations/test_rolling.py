"""The next instalments of a series follow from its last one, once."""

import datetime
from dataclasses import dataclass

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    VenueFactory,
)
from tests.programme.operations.conftest import refusing

from qixue.people.models import Role, User
from qixue.programme.models import Activity, Instalment, Programme, Series, Session
from qixue.programme.operations.rolling import roll_forward
from qixue.programme.queries.rolling import Rhythm, outside, roll_of

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(weeks=1)
EVERY_TWO_WEEKS = Rhythm(count=3, every_weeks=2)


@dataclass
class Reading:
    programme: Programme
    series: Series
    last: Session
    coordinator: User

    def roll(self, rhythm: Rhythm = EVERY_TWO_WEEKS, after: int = 12) -> list[Activity]:
        return roll_forward(self.programme, rhythm=rhythm, after=[(self.series, after)], by=self.coordinator, at=NOON)


@pytest.fixture
def reading() -> Reading:
    """Instalments 11 and 12 of a series, both on Wednesday at noon."""
    programme = ProgrammeFactory(organisation=OrganisationFactory(code="bureau"))
    brand = BrandFactory()
    brand.programmes.add(programme)
    series = Series.objects.create(brand=brand, code="S1", position=1, name="悦读小组")
    library = OrganisationFactory(parent=programme.organisation)
    activity = ActivityFactory(
        programme=programme, organisation=library, brand=brand, series=series, title="共读一本书"
    )
    venue = VenueFactory()
    for number, starts_at in ((11, NOON - WEEK), (12, NOON)):
        instalment = Instalment.objects.create(series=series, programme=programme, number=number, title="《边城》")
        last = SessionFactory(
            activity=activity,
            instalment=instalment,
            number=number,
            venue=venue,
            seat_count=24,
            counting_rule="list",
            speaker="沈某",
            starts_at=starts_at,
            ends_at=starts_at + datetime.timedelta(minutes=90),
        )
    coordinator = RoleAssignmentFactory(organisation=programme.organisation, role=Role.COORDINATOR).user
    return Reading(programme, series, last, coordinator)


def test_next_instalments_follow_the_last_one(reading: Reading) -> None:
    [draft] = reading.roll()

    former = reading.last.activity
    assert (draft.state, draft.title, draft.organisation, draft.series) == (
        Activity.State.DRAFT,
        former.title,
        former.organisation,
        reading.series,
    )
    rows = draft.sessions.order_by("number").values_list("instalment__number", "starts_at", "venue", "seat_count")
    venue = reading.last.venue_id
    assert list(rows) == [
        (13, NOON + 2 * WEEK, venue, 24),
        (14, NOON + 4 * WEEK, venue, 24),
        (15, NOON + 6 * WEEK, venue, 24),
    ]
    first = draft.sessions.get(number=1)
    assert (first.ends_at, first.counting_rule, first.state) == (
        NOON + 2 * WEEK + datetime.timedelta(minutes=90),
        "list",
        Session.State.PLANNED,
    )
    assert (first.speaker, first.topic, first.instalment and first.instalment.title) == ("", "", "")


def test_pressing_twice_plans_them_once(reading: Reading) -> None:
    assert reading.roll() == reading.roll()
    assert Instalment.objects.filter(series=reading.series).count() == 5


def test_preview_is_what_is_written(reading: Reading) -> None:
    preview = [(each.number, each.starts_at) for each in roll_of(reading.series, EVERY_TWO_WEEKS).following]

    [draft] = reading.roll()

    written = draft.sessions.order_by("number").values_list("instalment__number", "starts_at")
    assert list(written) == preview


def test_not_before_a_day_keeps_the_weekday(reading: Reading) -> None:
    thursday = (NOON + 9 * WEEK + datetime.timedelta(days=1)).date()

    [following] = roll_of(reading.series, Rhythm(1, 1, not_before=thursday)).following

    assert following.starts_at == NOON + 10 * WEEK


def test_pattern_is_no_session_that_was_called_off(reading: Reading) -> None:
    Session.objects.filter(pk=reading.last.pk).update(state=Session.State.CANCELLED)

    roll = roll_of(reading.series, EVERY_TWO_WEEKS)

    assert (roll.pattern and roll.pattern.starts_at, roll.last_number) == (NOON - WEEK, 12)


def test_days_outside_the_programme_are_counted(reading: Reading) -> None:
    day = NOON.date()
    reading.programme.starts_on, reading.programme.ends_on = day, day + 4 * WEEK

    assert outside(roll_of(reading.series, EVERY_TWO_WEEKS), reading.programme) == 1


def test_rolled_on_from_what_somebody_else_has_read_is_refused(reading: Reading) -> None:
    Instalment.objects.create(series=reading.series, programme=reading.programme, number=13)

    with refusing("rolled_meanwhile"):
        reading.roll()


def test_nothing_to_follow_is_refused_and_nothing_else_is_written(reading: Reading) -> None:
    other = Series.objects.create(brand=reading.series.brand, code="S2", position=2, name="悦读驻村")
    after = [(reading.series, 12), (other, 0)]

    with refusing("no_pattern"):
        roll_forward(reading.programme, rhythm=EVERY_TWO_WEEKS, after=after, by=reading.coordinator, at=NOON)

    assert Instalment.objects.count() == 2
    with refusing("nothing_to_roll"):
        roll_forward(reading.programme, rhythm=EVERY_TWO_WEEKS, after=[], by=reading.coordinator, at=NOON)


@pytest.mark.parametrize("rhythm", [Rhythm(0, 1), Rhythm(53, 1), Rhythm(1, 0), Rhythm(1, 27)])
def test_rhythm_has_bounds(reading: Reading, rhythm: Rhythm) -> None:
    with refusing("rhythm_out_of_range"):
        reading.roll(rhythm)
