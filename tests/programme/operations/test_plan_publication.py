import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from tests.factories import NOON, SessionFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory
from tests.programme.operations.conftest import Desks, kinds, told

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.operations.published_plans import publish_plan
from qixue.programme.models import Activity, PlanLine, PlanStep, PlanVersion, Programme, RoomBooking, Session
from qixue.programme.operations.plan_approval import approve_plan
from qixue.programme.operations.plans import amend_plan

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
State = PlanVersion.State


def published(desks: Desks) -> PlanVersion:
    return publish_plan(desks.approved(), reason="另有安排。", by=desks.bureau_person, at=NOON)


def amended(desks: Desks, in_force: PlanVersion) -> PlanVersion:
    return amend_plan(in_force, by=desks.county_person, at=NOON)


def lines_at_a_room(desks: Desks, *starts: datetime.datetime) -> list[PlanLine]:
    room = RoomFactory()
    return [
        PlanLineFactory(
            version=desks.version,
            title=f"第{number}场",
            venue=room.venue,
            room=room,
            starts_at=start,
            ends_at=start + HOUR,
            position=number + 1000,
        )
        for number, start in enumerate(starts, start=1)
    ]


def test_publish_makes_one_activity_per_title_and_a_session_per_line(desks: Desks) -> None:
    line = desks.version.lines.get()
    PlanLineFactory(version=desks.version, title=line.title, venue=line.venue, topic="第二讲")
    PlanLineFactory(version=desks.version, title="茶园讲座", speaker="李老师", seat_count=40)

    version = published(desks)

    activities = Activity.objects.order_by("pk")
    assert [(item.title, item.plan, item.state) for item in activities] == [
        (line.title, desks.plan, Activity.State.PUBLISHED),
        ("茶园讲座", desks.plan, Activity.State.PUBLISHED),
    ]
    assert [session.number for session in activities[0].sessions.order_by("pk")] == [1, 2]
    assert activities[1].sessions.values_list("speaker", "seat_count", "starts_at").get() == ("李老师", 40, NOON)
    assert set(Session.objects.values_list("plan_line_key", flat=True)) == {item.key for item in version.lines.all()}
    assert (version.state, kinds(desks.plan)[-1]) == (State.PUBLISHED, PlanStep.Kind.PUBLISHED)
    assert told("plan_published") == [desks.county_person.pk]


def test_publish_twice_makes_everything_once(desks: Desks) -> None:
    version = published(desks)

    publish_plan(version, by=desks.bureau_person, at=NOON)

    assert (Activity.objects.count(), Session.objects.count()) == (1, 1)
    assert kinds(desks.plan).count(PlanStep.Kind.PUBLISHED) == 1


def test_publish_of_what_is_not_approved_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        publish_plan(desks.submitted(), by=desks.bureau_person, at=NOON)

    assert (refused.value.code, Activity.objects.count()) == ("not_approved", 0)


def test_publish_by_the_organisation_itself_is_refused(desks: Desks) -> None:
    with pytest.raises(Refused) as refused:
        publish_plan(desks.approved(), by=desks.county_person, at=NOON)

    assert refused.value.code == "not_approver"


def test_publish_in_closed_programme_is_refused(desks: Desks) -> None:
    version = desks.approved()
    Programme.objects.update(state=Programme.State.CLOSED)

    with pytest.raises(Refused) as refused:
        publish_plan(version, by=desks.bureau_person, at=NOON)

    assert refused.value.code == "programme_closed"


def test_publish_books_the_rooms(desks: Desks) -> None:
    lines = lines_at_a_room(desks, NOON, NOON + HOUR)

    published(desks)

    booked = RoomBooking.objects.order_by("starts_at").values_list("room", "session__plan_line_key", "starts_at")
    assert list(booked) == [(lines[0].room_id, line.key, line.starts_at) for line in lines]


def test_publish_with_a_room_that_is_taken_names_both_and_publishes_nothing(desks: Desks) -> None:
    line = lines_at_a_room(desks, NOON)[0]
    other = SessionFactory(activity__title="先来的", starts_at=NOON, ends_at=NOON + HOUR)
    RoomBooking.objects.create(room=line.room, session=other, starts_at=other.starts_at, ends_at=other.ends_at)

    with pytest.raises(Refused) as refused:
        published(desks)

    sentence = "镇文化站报告厅：“第1场”（2026-11-04 12:00–13:00）与“先来的”（2026-11-04 12:00–13:00）。"
    assert (refused.value.code, refused.value.lines) == ("room_taken", (sentence,))
    assert (desks.version.state, Session.objects.count(), RoomBooking.objects.count()) == (State.APPROVED, 1, 1)


def test_publish_with_one_room_twice_in_the_plan_is_refused(desks: Desks) -> None:
    lines_at_a_room(desks, NOON, NOON + HOUR / 2)

    with pytest.raises(Refused) as refused:
        published(desks)

    assert (refused.value.code, len(refused.value.lines), Session.objects.count()) == ("room_taken", 1, 0)


def test_database_refuses_a_room_twice_whoever_asks(desks: Desks) -> None:
    line = lines_at_a_room(desks, NOON)[0]
    published(desks)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        RoomBooking.objects.create(room=line.room, session=SessionFactory(), starts_at=NOON, ends_at=NOON + HOUR)

    assert RoomBooking.objects.count() == 1


def test_amendment_in_force_changes_adds_and_calls_off_by_key(desks: Desks) -> None:
    goes = PlanLineFactory(version=desks.version, title="不再举办", starts_at=NOON + 2 * DAY, ends_at=NOON + 3 * DAY)
    in_force = published(desks)
    draft = amended(desks, in_force)
    stays = draft.lines.exclude(key=goes.key).get()
    draft.lines.filter(key=goes.key).delete()
    draft.lines.update(starts_at=stays.starts_at + DAY, ends_at=stays.ends_at + DAY)
    PlanLineFactory(version=draft, title="新增的")

    version = published(desks)

    in_force.refresh_from_db()
    by_title = {session.activity.title: session for session in Session.objects.select_related("activity")}
    assert {title: (session.state, session.starts_at) for title, session in by_title.items()} == {
        stays.title: (Session.State.PLANNED, NOON + DAY),
        "不再举办": (Session.State.CANCELLED, NOON + 2 * DAY),
        "新增的": (Session.State.PLANNED, NOON),
    }
    assert by_title["不再举办"].activity.state == Activity.State.PUBLISHED  # its pages say that it was called off
    assert (in_force.state, version.state, version.number) == (State.SUPERSEDED, State.PUBLISHED, 2)
    assert told_difference() == {
        "added": [str(by_title["新增的"].plan_line_key)],
        "removed": [str(goes.key)],
        "changed": {str(stays.key): ["ends_at", "starts_at"]},
    }


def told_difference() -> Any:
    return AuditEntry.objects.filter(action="plan.came_into_force").latest("pk").details


def test_amendment_leaves_alone_what_was_held(desks: Desks) -> None:
    in_force = published(desks)
    Session.objects.update(state=Session.State.HELD)
    draft = amended(desks, in_force)
    draft.lines.all().delete()
    PlanLineFactory(version=draft, title="新增的")

    published(desks)

    held = Session.objects.get(state=Session.State.HELD)
    assert (held.activity.state, held.starts_at) == (Activity.State.PUBLISHED, NOON)


def test_amendment_leaves_alone_what_was_changed_by_hand_and_not_in_the_plan(desks: Desks) -> None:
    in_force = published(desks)
    Session.objects.update(speaker="临时换人")
    Activity.objects.update(title="改了名字")
    amended(desks, in_force).lines.update(seat_count=60)

    published(desks)

    assert Session.objects.values_list("speaker", "seat_count", "activity__title").get() == ("临时换人", 60, "改了名字")


def test_amendment_that_retitles_keeps_the_activity(desks: Desks) -> None:
    in_force = published(desks)
    activity = Activity.objects.get()
    amended(desks, in_force).lines.update(title="稻田养鱼新篇")

    published(desks)

    assert list(Activity.objects.values_list("pk", "title")) == [(activity.pk, "稻田养鱼新篇")]


def test_amendment_that_retitles_one_of_two_moves_its_session(desks: Desks) -> None:
    second = PlanLineFactory(version=desks.version, title="稻田养鱼")
    in_force = published(desks)
    amended(desks, in_force).lines.filter(key=second.key).update(title="另一项")

    published(desks)

    moved = Session.objects.get(plan_line_key=second.key)
    assert (moved.activity.title, moved.number) == ("另一项", 1)
    assert sorted(Activity.objects.values_list("title", flat=True)) == sorted(["稻田养鱼", "另一项"])


def test_activity_that_loses_its_last_session_to_another_is_called_off(desks: Desks) -> None:
    second = PlanLineFactory(version=desks.version, title="另一项")
    in_force = published(desks)
    amended(desks, in_force).lines.filter(key=second.key).update(title="稻田养鱼")

    published(desks)

    assert dict(Activity.objects.values_list("title", "state")) == {
        "稻田养鱼": Activity.State.PUBLISHED,
        "另一项": Activity.State.CANCELLED,
    }


def test_amendment_may_swap_two_rooms_in_time(desks: Desks) -> None:
    first, second = lines_at_a_room(desks, NOON, NOON + HOUR)
    draft = amended(desks, published(desks))
    draft.lines.filter(key=first.key).update(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    draft.lines.filter(key=second.key).update(starts_at=NOON, ends_at=NOON + HOUR)

    published(desks)

    order = RoomBooking.objects.order_by("starts_at").values_list("session__plan_line_key", flat=True)
    assert list(order) == [second.key, first.key]


def test_amendment_lets_go_of_the_room_of_what_is_called_off(desks: Desks) -> None:
    first = lines_at_a_room(desks, NOON + DAY)[0]
    draft = amended(desks, published(desks))
    draft.lines.filter(key=first.key).delete()
    in_its_place = {"venue": first.venue, "room": first.room, "starts_at": NOON + DAY, "ends_at": NOON + 2 * DAY}
    PlanLineFactory(version=draft, title="顶替", position=5000, **in_its_place)

    published(desks)

    assert [booking.session.activity.title for booking in RoomBooking.objects.all()] == ["顶替"]


def test_amendment_of_the_counting_rule_after_the_start_is_refused(desks: Desks) -> None:
    in_force = published(desks)
    amended(desks, in_force).lines.update(counting_rule=Session.CountingRule.LIST)
    version = desks.approved()

    with pytest.raises(Refused) as refused:
        publish_plan(version, by=desks.bureau_person, at=NOON + DAY)

    assert (refused.value.code, desks.version.state) == ("counting_rule_fixed", State.APPROVED)


def test_amendment_with_fewer_seats_than_are_taken_is_refused_and_names_the_session(desks: Desks) -> None:
    desks.version.lines.update(title="茶园讲座", seat_count=9)
    in_force = published(desks)
    Session.objects.update(taken_count=5)
    amended(desks, in_force).lines.update(seat_count=4)
    version = desks.approved()

    with pytest.raises(Refused) as refused:
        publish_plan(version, by=desks.bureau_person, at=NOON)

    assert (refused.value.code, refused.value.params) == ("seats_below_taken", {"count": 5})
    assert str(refused.value).splitlines()[1].startswith("茶园讲座 ")
    assert Session.objects.get().seat_count == 9


def test_amendment_leaves_seats_that_were_added_by_hand(desks: Desks) -> None:
    desks.version.lines.update(seat_count=3)
    in_force = published(desks)
    Session.objects.update(seat_count=9, taken_count=5)
    amended(desks, in_force).lines.update(speaker="李老师")

    published(desks)

    assert Session.objects.values_list("seat_count", "speaker").get() == (9, "李老师")


def test_publish_does_not_touch_sessions_of_other_plans(desks: Desks) -> None:
    foreign = PlanVersionFactory(plan=PlanFactory(programme=desks.programme), state=State.SUBMITTED)
    PlanLineFactory(version=foreign, title="别的单位", venue=VenueFactory())
    approve_plan(foreign, by=desks.bureau_person, at=NOON)
    publish_plan(foreign, by=desks.bureau_person, at=NOON)

    published(desks)

    assert sorted(Activity.objects.values_list("title", "plan")) == sorted(
        [("别的单位", foreign.plan_id), ("稻田养鱼", desks.plan.pk)]
    )
