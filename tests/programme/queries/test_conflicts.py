import datetime
from typing import Any

import pytest
from tests.factories import NOON, ActivityFactory, OrganisationFactory, RegionFactory, SessionFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.places.models import Venue
from qixue.programme.models import PlanVersion, Session
from qixue.programme.queries.conflicts import conflicts_of_version

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
EVERYTHING = [""]


@pytest.fixture
def draft() -> PlanVersion:
    return PlanVersionFactory()


@pytest.fixture
def other(draft: PlanVersion) -> PlanVersion:
    """A plan of another organisation in the same programme, on its way."""
    programme = draft.plan.programme
    organisation = OrganisationFactory(parent=programme.organisation, name="佛冈县教育局")
    plan = PlanFactory(programme=programme, organisation=organisation)
    return PlanVersionFactory(plan=plan, state=PlanVersion.State.SUBMITTED)


@pytest.fixture
def hall() -> Venue:
    return VenueFactory(name="市图书馆报告厅")


def line(version: PlanVersion, first: int = 0, last: int = 2, **values: Any) -> Any:
    """From `first` to `last`, in hours after noon."""
    return PlanLineFactory(version=version, starts_at=NOON + first * HOUR, ends_at=NOON + last * HOUR, **values)


def found(version: PlanVersion, paths: list[str] = EVERYTHING) -> list[tuple[str, str]]:
    return [(conflict.kind, conflict.text) for conflict in conflicts_of_version(version, paths)]


def test_venue_that_another_plan_uses_at_the_time_is_named(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall)
    line(other, 1, 3, venue=hall, title="茶叶种植")

    assert found(draft) == [("venue", "“茶叶种植”（佛冈县教育局）同时使用市图书馆报告厅。")]


def test_what_the_viewer_does_not_see_is_another_organisation(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall)
    line(other, 1, 3, venue=hall, title="茶叶种植")

    assert found(draft, [draft.plan.organisation.path]) == [("venue", "另一单位同时使用市图书馆报告厅。")]


def test_two_lines_of_one_plan_meet_once(draft: PlanVersion, hall: Venue):
    line(draft, venue=hall, title="第一场")
    line(draft, 1, 3, venue=hall, title="第二场")

    assert [kind for kind, _text in found(draft)] == ["venue"]


def test_room_wanted_twice_must_change(draft: PlanVersion, other: PlanVersion, hall: Venue):
    room = RoomFactory(venue=hall)
    line(draft, venue=hall, room=room)
    line(other, 1, 3, venue=hall, room=room)

    assert [(each.kind, each.is_hard) for each in conflicts_of_version(draft, EVERYTHING)] == [("room", True)]


def test_two_rooms_of_one_venue_are_no_conflict(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall, room=RoomFactory(venue=hall))
    line(other, 1, 3, venue=hall, room=RoomFactory(venue=hall))

    assert found(draft) == []


def test_lecturer_at_two_places_is_found_however_the_name_is_typed(draft: PlanVersion, other: PlanVersion):
    line(draft, speaker="房 志坚")
    line(other, 1, 3, speaker="房志坚", title="茶叶种植")

    assert found(draft) == [("speaker", "房 志坚同时要在“茶叶种植”（佛冈县教育局）主讲。")]


@pytest.mark.parametrize(
    ("mine", "theirs", "kinds"),
    [
        ("older", "older", ["flagship"]),
        ("older", "everybody", ["flagship"]),
        ("older", "families", []),
    ],
)
def test_big_events_of_one_county_meet_when_they_call_the_same_people(
    draft: PlanVersion, other: PlanVersion, mine: str, theirs: str, kinds: list[str]
):
    town, next_town = RegionFactory(code="441826104", parent=None), RegionFactory(code="441826105", parent=None)
    line(draft, venue=VenueFactory(region=town), audience=mine, is_flagship=True)
    line(other, 1, 3, venue=VenueFactory(region=next_town), audience=theirs, is_flagship=True)

    assert [kind for kind, _text in found(draft)] == kinds


def test_big_events_of_two_counties_do_not_meet(draft: PlanVersion, other: PlanVersion):
    town, far_town = RegionFactory(code="441826104", parent=None), RegionFactory(code="441802001", parent=None)
    line(draft, venue=VenueFactory(region=town), is_flagship=True)
    line(other, 1, 3, venue=VenueFactory(region=far_town), is_flagship=True)

    assert found(draft) == []


def test_version_in_force_counts_until_a_later_one_is_under_way(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall)
    in_force = PlanVersionFactory(plan=other.plan, number=2, state=PlanVersion.State.PUBLISHED)
    line(in_force, 1, 3, venue=hall)

    before = found(draft)
    other.state = PlanVersion.State.SUPERSEDED
    other.save()

    assert (before, len(found(draft))) == ([], 1)


@pytest.mark.parametrize(("state", "count"), [("planned", 1), ("cancelled", 0)])
def test_session_without_a_plan_counts_while_it_takes_place(draft: PlanVersion, hall: Venue, state: str, count: int):
    line(draft, venue=hall)
    activity = ActivityFactory(programme=draft.plan.programme)
    times = {"starts_at": NOON + HOUR, "ends_at": NOON + 3 * HOUR}
    SessionFactory(activity=activity, venue=hall, state=Session.State(state), **times)

    assert len(found(draft)) == count


def test_day_outside_the_programme_is_named(draft: PlanVersion):
    programme = draft.plan.programme
    programme.starts_on, programme.ends_on = datetime.date(2026, 11, 9), datetime.date(2026, 11, 15)
    programme.save()
    line(draft)

    assert found(draft) == [("day", "日期不在活动周内（2026-11-09至2026-11-15）。")]


@pytest.mark.parametrize("values", [{"seat_count": 61}, {"expected_attendance": 61}])
def test_more_people_than_the_place_holds_are_named(draft: PlanVersion, values: dict[str, int]):
    line(draft, venue=VenueFactory(name="文化站", capacity=60), **values)

    assert found(draft) == [("capacity", "计划61人，文化站可容纳60人。")]


def test_capacity_of_the_room_comes_before_that_of_the_venue(draft: PlanVersion):
    venue = VenueFactory(capacity=600)
    line(draft, venue=venue, room=RoomFactory(venue=venue, name="教室", capacity=30), seat_count=40)

    assert found(draft) == [("capacity", "计划40人，教室可容纳30人。")]


def test_empty_draft_has_no_conflicts(draft: PlanVersion):
    assert found(draft) == []


def test_conflicts_cost_as_many_queries_for_many_lines_as_for_one(
    draft: PlanVersion, other: PlanVersion, hall: Venue, django_assert_num_queries: Any
):
    for number in range(4):
        line(draft, number, number + 2, venue=hall)
        line(other, number, number + 2, venue=hall)

    version = PlanVersion.objects.select_related("plan__programme", "plan__organisation").get(pk=draft.pk)
    with django_assert_num_queries(3):
        conflicts_of_version(version, EVERYTHING)
