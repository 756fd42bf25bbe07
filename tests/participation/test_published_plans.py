"""A version of a plan comes into force: whoever is signed up is told what it moves, and why it calls sessions off."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, MemberFactory, RegistrationFactory, ResidentFactory, VenueFactory
from tests.factories_planning import PlanLineFactory
from tests.participation.signing_up import sign_up
from tests.programme.operations.conftest import Desks, desks  # noqa: F401 - a fixture

from qixue.core.refusal import Refused
from qixue.participation.models import CallingOff, Registration, RegistrationTerms
from qixue.participation.operations.published_plans import publish_plan
from qixue.participation.operations.registrations import keep_queues
from qixue.participation.queries.plan_effects import Reached, effects_of
from qixue.people.models import Notification
from qixue.people.notices import text_of
from qixue.programme.models import PlanLine, PlanVersion, Session
from qixue.programme.operations.plans import amend_plan
from qixue.programme.queries.publications import publication_of

DAY = datetime.timedelta(days=1)


def test_who_is_signed_up_is_told_of_what_a_new_version_moves_and_of_nothing_else(desks: Desks) -> None:  # noqa: F811 - the fixture
    PlanLine.objects.update(
        seat_count=20, starts_at=NOON + DAY, ends_at=NOON + DAY * 1.125, venue=VenueFactory(name="文化馆")
    )
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    session = Session.objects.get()
    member = MemberFactory(name="李嘉明")
    sign_up(session, member)
    told = Notification.objects.filter(user=member.user, kind="registration_changed")

    for changes in ({"speaker": "房老师"}, {"starts_at": NOON + 2 * DAY, "ends_at": NOON + 2.125 * DAY}):
        amend_plan(desks.version, by=desks.county_person, at=NOON)
        PlanLine.objects.filter(version=desks.version).update(**changes)
        publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)

    assert [text_of(notice.kind, notice.params) for notice in told] == [
        "李嘉明：现在是11月6日（周五）12:00-15:00，文化馆。原来是11月5日（周四）12:00-15:00，文化馆。您的报名或候补不变；来不了请取消。"
    ]


def with_one_session_less(desks: Desks) -> PlanVersion:  # noqa: F811 - the fixture
    """Two sessions in force; approved is what has only the first of them, and that two days later."""
    PlanLine.objects.update(seat_count=20, starts_at=NOON + DAY, ends_at=NOON + DAY * 1.125)
    PlanLineFactory(
        version=desks.version, title="茶园讲座", seat_count=20, starts_at=NOON + DAY, ends_at=NOON + DAY * 1.125
    )
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    amend_plan(desks.version, by=desks.county_person, at=NOON)
    lines = PlanLine.objects.filter(version=desks.version)
    lines.filter(title="茶园讲座").delete()
    lines.update(starts_at=NOON + 2 * DAY, ends_at=NOON + 2.125 * DAY)
    return desks.approved()


def names_told(told: Reached) -> tuple[list[str], list[str], list[str]]:
    """Titles of the sessions, who is told, and whom nobody reaches."""
    reached = [row.resident.name for rows in told.reach.people.values() for row in rows]
    return [each.activity.title for each in told.sessions], reached, [row.resident.name for row in told.reach.unreached]


def test_effects_of_a_version_name_what_it_calls_off_and_moves_and_whom_that_reaches(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = with_one_session_less(desks)
    moved, removed = Session.objects.order_by("pk")
    sign_up(moved, MemberFactory(name="李嘉明"))
    sign_up(removed, MemberFactory(name="王芳"))
    RegistrationFactory(session=removed, resident=ResidentFactory(name="房三妹"), registered_by=None, source="staff")
    RegistrationFactory(session=removed, state=Registration.State.CANCELLED)

    effects = effects_of(publication_of(version), at=NOON)

    assert names_told(effects.called_off) == (["茶园讲座"], ["王芳"], ["房三妹"])
    assert names_told(effects.moved) == ([moved.activity.title], ["李嘉明"], [])


def test_effects_of_a_version_are_told_without_reading_who_is_in(desks: Desks) -> None:  # noqa: F811 - the fixture
    """Publishing reads that under its locks, for what it asks and does; only the page before it tells the numbers."""
    version = with_one_session_less(desks)

    with CaptureQueriesContext(connection) as found:
        effects_of(publication_of(version), at=NOON)

    assert not [query["sql"] for query in found if '"participation_ledgerentry"' in query["sql"]]


def test_session_that_has_begun_stays_as_it_was_when_the_plan_has_it_no_longer(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = with_one_session_less(desks)
    begun = Session.objects.get(activity__title="茶园讲座")
    sign_up(begun, MemberFactory(name="王芳"))
    effects = effects_of(publication_of(version), at=begun.starts_at)

    publish_plan(version, by=desks.bureau_person, at=begun.starts_at)
    keep_queues(at=begun.starts_at)

    begun.refresh_from_db()
    assert (begun.state, begun.activity.state) == ("planned", "published")
    assert Registration.objects.filter(session=begun, state="confirmed").count() == 1
    assert not Notification.objects.filter(kind__contains="off").exists()
    assert effects.staying == [begun]


def test_effects_leave_out_what_was_held_or_was_moved_by_hand_to_the_same_time(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = with_one_session_less(desks)
    moved, removed = Session.objects.order_by("pk")
    Session.objects.filter(pk=removed.pk).update(state=Session.State.HELD)
    Session.objects.filter(pk=moved.pk).update(starts_at=NOON + 2 * DAY, ends_at=NOON + 2.125 * DAY)

    effects = effects_of(publication_of(version), at=NOON)

    assert (names_told(effects.called_off), names_told(effects.moved)) == (([], [], []), ([], [], []))
    assert effects.staying == [removed]


def test_version_that_calls_sessions_off_needs_a_reason_which_everybody_reads(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = with_one_session_less(desks)
    session = Session.objects.get(activity__title="茶园讲座")
    member = MemberFactory(name="王芳")
    sign_up(session, member)

    with pytest.raises(Refused) as refused:
        publish_plan(version, by=desks.bureau_person, at=NOON)
    before = desks.version.state
    publish_plan(version, reason="场地停电。", by=desks.bureau_person, at=NOON)
    keep_queues(at=NOON)

    assert (refused.value.code, refused.value.lines, before) == (
        "reason_missing",
        ("茶园讲座 11月5日（周四）12:00",),
        "approved",
    )
    assert refused.value.params == {"sessions": 1, "people": 1, "unreached": 0}
    assert CallingOff.objects.get().session == session
    notice = Notification.objects.get(user=member.user, kind__startswith="registration_called_off")
    assert "原因：场地停电。" in text_of(notice.kind, notice.params)


def test_publishing_again_keeps_the_first_reason(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = with_one_session_less(desks)

    for reason in ("场地停电。", "别的原因。"):
        publish_plan(version, reason=reason, by=desks.bureau_person, at=NOON)

    assert CallingOff.objects.get().reason == "场地停电。"


def test_plan_that_moves_a_session_before_its_draw_is_refused_by_the_name_of_the_session(desks: Desks) -> None:  # noqa: F811 - the fixture
    PlanLine.objects.update(title="茶园讲座", seat_count=20, starts_at=NOON + 2 * DAY, ends_at=NOON + 2.125 * DAY)
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    session = Session.objects.get()
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=NOON + 1.5 * DAY)
    amend_plan(desks.version, by=desks.county_person, at=NOON)
    PlanLine.objects.filter(version=desks.version).update(starts_at=NOON + DAY, ends_at=NOON + 1.125 * DAY)

    with pytest.raises(Refused, match="茶园讲座 11月5日（周四）12:00") as refused:
        publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)

    assert refused.value.code == "draw_after_the_start"
    assert Session.objects.get().starts_at == NOON + 2 * DAY


def test_publication_reads_the_plan_once(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = desks.approved()

    with CaptureQueriesContext(connection) as found:
        publish_plan(version, by=desks.bureau_person, at=NOON)

    assert sum('FROM "programme_planline"' in query["sql"] for query in found) == 1
