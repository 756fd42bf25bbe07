import datetime
from typing import Any

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    VenueFactory,
)
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.places.models import Venue
from qixue.programme.models import Activity, PlanLine, PlanVersion, Programme, Session
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.queries.conflicts import (
    conflicts_among,
    conflicts_of_line,
    conflicts_of_version,
    slots_around,
)

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


def published(version: PlanVersion) -> PlanVersion:
    version.state = PlanVersion.State.PUBLISHED
    version.save()
    return version


def activity_of(version: PlanVersion) -> Activity:
    return ActivityFactory(programme=version.plan.programme, organisation=version.plan.organisation, plan=version.plan)


def announced(activity: Activity, first: int = 0, last: int = 2, **values: Any) -> Session:
    times = {"starts_at": NOON + first * HOUR, "ends_at": NOON + last * HOUR, "state": Session.State.PLANNED}
    return SessionFactory(activity=activity, **{**times, **values})


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


def test_room_wanted_by_two_drafts_is_to_be_checked(draft: PlanVersion, other: PlanVersion, hall: Venue):
    room = RoomFactory(venue=hall)
    line(draft, venue=hall, room=room)
    line(other, 1, 3, venue=hall, room=room)

    assert [(each.kind, each.is_hard) for each in conflicts_of_version(draft, EVERYTHING)] == [("room", False)]


def test_room_wanted_twice_in_one_version_must_change(draft: PlanVersion, hall: Venue):
    room = RoomFactory(venue=hall)
    line(draft, venue=hall, room=room)
    line(draft, 1, 3, venue=hall, room=room)

    assert [(each.kind, each.is_hard) for each in conflicts_of_version(draft, EVERYTHING)] == [("room", True)]


@pytest.mark.parametrize(("is_public", "name"), [(True, "“稻田养鱼”（市图书馆）"), (False, "另一单位")])
def test_room_booked_in_another_programme_must_change(draft: PlanVersion, hall: Venue, is_public: bool, name: str):
    room = RoomFactory(venue=hall)
    line(draft, venue=hall, room=room)
    state = Programme.State.PUBLISHED if is_public else Programme.State.DRAFT
    elsewhere = ProgrammeFactory(organisation=OrganisationFactory(name="市图书馆"), state=state)
    book_rooms([announced(ActivityFactory(programme=elsewhere), venue=hall, room=room)])

    conflicts = conflicts_of_version(draft, [draft.plan.organisation.path])

    assert [(each.is_hard, each.text) for each in conflicts] == [(True, f"报告厅在同一时间已由{name}预订。")]


def test_room_that_the_session_itself_booked_is_free_for_it(draft: PlanVersion, hall: Venue):
    room = RoomFactory(venue=hall)
    own = line(draft, venue=hall, room=room)
    activity = ActivityFactory(programme=draft.plan.programme, plan=draft.plan)
    book_rooms([announced(activity, venue=hall, room=room, plan_line_key=own.key)])

    assert found(draft) == []


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


def test_announced_session_counts_where_it_was_moved_to(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, 0, 2, venue=hall)
    planned = line(published(other), 0, 2, venue=hall)
    session = announced(activity_of(other), 0, 2, venue=hall, plan_line_key=planned.key)

    before = len(found(draft))
    session.starts_at, session.ends_at = NOON + 5 * HOUR, NOON + 6 * HOUR
    session.save()

    assert (before, found(draft)) == (1, [])


def test_announced_session_that_was_called_off_is_in_nobodys_way(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall)
    planned = line(published(other), venue=hall)
    announced(activity_of(other), venue=hall, plan_line_key=planned.key, state=Session.State.CANCELLED)

    assert found(draft) == []


def test_amendment_is_checked_with_what_was_mended_on_its_sessions(draft: PlanVersion, other: PlanVersion, hall: Venue):
    """Publishing the amendment leaves the session where somebody moved it by hand."""
    in_force = line(published(draft), 0, 2, venue=hall)
    announced(activity_of(draft), 5, 6, venue=hall, plan_line_key=in_force.key)
    line(other, 0, 2, venue=hall)
    amendment = PlanVersionFactory(plan=draft.plan, number=2)
    line(amendment, 0, 2, venue=hall, key=in_force.key)

    untouched = found(amendment)
    amendment.lines.update(starts_at=NOON - HOUR)

    assert (untouched, [kind for kind, _text in found(amendment)]) == ([], ["venue"])


def test_line_without_a_venue_meets_in_its_own_place(draft: PlanVersion, other: PlanVersion):
    town = RegionFactory(code="441826104", parent=None)
    line(draft, venue=None, is_online=True, region=town, is_flagship=True)
    line(other, 1, 3, venue=VenueFactory(region=town), is_flagship=True)

    assert [kind for kind, _text in found(draft)] == ["flagship"]


def test_line_that_is_typed_is_checked_before_it_is_saved(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall, title="已有的一场")
    line(other, 5, 6, venue=hall)
    values = {"title": "新的一场", "starts_at": NOON + HOUR, "ends_at": NOON + 2 * HOUR, "kind": "lecture"}
    typed = PlanLine(version=draft, venue=hall, **values)

    conflicts = conflicts_of_line(typed, EVERYTHING)

    assert [(each.slot.title, each.other.title) for each in conflicts] == [("新的一场", "已有的一场")]


def test_programme_shows_both_sides_with_what_must_change_first(draft: PlanVersion, other: PlanVersion, hall: Venue):
    room = RoomFactory(venue=hall)
    line(draft, 0, 2, venue=hall, room=room, title="草稿", speaker="房志坚")
    line(other, 3, 4, speaker="房志坚", title="其他")
    line(draft, 3, 4, venue=VenueFactory(), speaker="房志坚", title="同一主讲人")
    activity = ActivityFactory(programme=draft.plan.programme, title="已发布")
    book_rooms([announced(activity, 1, 3, venue=hall, room=room)])

    found = conflicts_among(slots_around(draft.plan.programme, NOON), draft.plan.programme, EVERYTHING)

    assert [(each.kind, each.is_hard, each.slot.title, each.other.title) for each in found] == [
        ("room", True, "草稿", "已发布"),
        ("speaker", False, "其他", "同一主讲人"),
    ]


def test_programme_shows_what_is_in_reach_and_not_over(draft: PlanVersion, other: PlanVersion, hall: Venue):
    line(draft, venue=hall)
    line(other, venue=hall)
    programme = draft.plan.programme
    paths = {"mine": [draft.plan.organisation.path], "elsewhere": ["elsewhere/"], "all": EVERYTHING}

    counts = {
        name: len(conflicts_among(slots_around(programme, NOON), programme, reach)) for name, reach in paths.items()
    }

    assert counts == {"mine": 1, "elsewhere": 0, "all": 1}
    assert conflicts_among(slots_around(programme, NOON + 9 * HOUR), programme, EVERYTHING) == []


def test_conflicts_of_a_programme_load_nothing_of_others_at_other_times(draft: PlanVersion):
    elsewhere = PlanVersionFactory(plan__programme=ProgrammeFactory())
    line(draft, 0, 1, title="自己的")
    line(elsewhere, 0, 1, title="同时的")
    line(elsewhere, 30, 31, title="以后的")

    assert [slot.title for slot in slots_around(draft.plan.programme, NOON)] == ["自己的", "同时的"]


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

    assert found(draft) == [("day", "日期不在活动周内，活动周是11月9日（周一）至11月15日（周日）。")]


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
    with django_assert_num_queries(5):
        conflicts_of_version(version, EVERYTHING)
