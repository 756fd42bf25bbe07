"""A session that is moved after people were let in: whoever is in now was not there for what is held another time."""

import dataclasses
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, DoorDeviceFactory, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.participation.letting_in import came_by_the_wall, let_in
from tests.participation.signing_up import refusal, sign_up
from tests.programme.operations.conftest import Desks, desks  # noqa: F401 - a fixture

from qixue.core.clock import local_day
from qixue.core.refusal import Doubt
from qixue.participation.models import Attendance, LedgerEntry, Registration, Tally
from qixue.participation.operations.check_ins import check_in, hold_attended
from qixue.participation.operations.door_page import take_back_own
from qixue.participation.operations.published_plans import publish_plan
from qixue.participation.operations.session_changes import Changed, change_session
from qixue.participation.queries.plan_effects import effects_of, people_inside
from qixue.people.models import Notification, User
from qixue.people.notices import short_of, text_of
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import PlanLine, PlanVersion, Programme, Session
from qixue.programme.operations.plans import amend_plan
from qixue.programme.operations.sessions import SessionDetails
from qixue.programme.queries.publications import publication_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def session() -> Session:
    """It begins in an hour: people can be checked in."""
    found: Session = OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    return found


def moved(session: Session, by: User, *, start: datetime.datetime, **said: object) -> Changed:
    session.refresh_from_db()
    names = [field.name for field in dataclasses.fields(SessionDetails)]
    now = {name: getattr(session, name) for name in names}
    details = SessionDetails(**now | {"starts_at": start, "ends_at": start + HOUR})
    return change_session(session, details=details, version=session.version, by=by, **{"at": NOON, **said})


def test_whoever_is_in_is_taken_back_and_the_session_is_not_held_for_them(session: Session, organiser: User) -> None:
    entries = let_in(session, organiser)

    with pytest.raises(Doubt) as caught:
        moved(session, organiser, start=NOON + WEEK)
    before = list(LedgerEntry.objects.effective().order_by("pk"))
    changed = moved(session, organiser, start=NOON + WEEK, confirmed=True)
    hold_attended(at=NOON + WEEK)

    assert (caught.value.code, caught.value.params["people"], before) == ("people_are_in", 2, entries)
    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID).order_by("sequence")
    assert [(each.target, each.reason) for each in voids] == [(entry, "这一场改了时间。") for entry in entries]
    assert (changed.taken_back, Attendance.objects.count(), Tally.objects.count()) == (2, 0, 0)
    session.refresh_from_db()
    assert session.state == Session.State.PLANNED


def test_one_tick_answers_all_that_was_asked_and_nothing_else(session: Session, organiser: User) -> None:
    days = {"starts_on": local_day(NOON), "ends_on": local_day(NOON)}
    Programme.objects.filter(pk=session.activity.programme_id).update(**days)
    let_in(session, organiser)

    with pytest.raises(Doubt) as caught:
        moved(session, organiser, start=NOON + WEEK)

    assert (caught.value.code, [line.code for line in caught.value.lines]) == (
        "day_outside_programme",
        ["people_are_in"],
    )
    assert "目前已签到2人。确认后，这些签到会撤销" in str(caught.value)


def test_whoever_is_not_signed_up_is_told_of_the_new_time(session: Session, organiser: User) -> None:
    row, walked_in = sign_up(session, MemberFactory())[0], MemberFactory(name="王芳")
    came_by_the_wall(session, row.resident, walked_in)

    changed = moved(session, organiser, start=NOON + WEEK, confirmed=True)

    notice = Notification.objects.get(kind="check_in_moved")
    assert (changed.taken_back, changed.unregistered.reached_count, notice.user) == (2, 1, walked_in.user)
    assert text_of(notice.kind, notice.params) == (
        "王芳：现在是11月11日（周三）12:00-13:00，地点待定。原来是11月4日（周三）13:00-14:00，地点待定。您这次的签到不计入；到时来了请重新签到。"
    )
    assert Notification.objects.filter(user=row.registered_by, kind="registration_changed_checked_in").count() == 1


def test_text_message_says_as_well_that_the_check_in_does_not_count(session: Session, organiser: User) -> None:
    row, walked_in = sign_up(session, MemberFactory())[0], MemberFactory(name="王芳")
    came_by_the_wall(session, row.resident, walked_in)

    moved(session, organiser, start=NOON + WEEK, confirmed=True)

    said = Notification.objects.get(user=walked_in.user, kind="check_in_moved")
    assert "签到不计入" in short_of(said.kind, said.params)


def test_whoever_is_signed_up_and_in_is_told_that_the_check_in_does_not_count(
    session: Session, organiser: User
) -> None:
    """The others of the household read that their place stays, and nothing of check-ins."""
    mother = MemberFactory(name="王芳")
    rows = sign_up(session, mother, ResidentFactory(guardian=mother, name="李一诺"))
    check_in(session, registration=rows[1], by=organiser, at=NOON, client_uuid=key())

    changed = moved(session, organiser, start=NOON + WEEK, confirmed=True)

    told = {notice.kind: text_of(notice.kind, notice.params) for notice in mother.user.notifications.order_by("pk")}
    assert changed.told.reached_count == 2
    assert told["registration_changed"].endswith("您的报名或候补不变；来不了请取消。")
    assert told["registration_changed_checked_in"] == (
        "李一诺：现在是11月11日（周三）12:00-13:00，地点待定。原来是11月4日（周三）13:00-14:00，地点待定。"
        "您的报名或候补不变，但这次的签到不计入；到时来了请重新签到，来不了请取消。"
    )
    erase(Subject((rows[1].resident,)), at=NOON)
    assert not mother.user.notifications.filter(kind="registration_changed_checked_in").exists()


@pytest.mark.parametrize("start", [NOON + HOUR + 10 * MINUTE, NOON + WEEK])
def test_whose_check_in_was_a_slip_reads_of_a_move_as_ever(
    session: Session, organiser: User, start: datetime.datetime
) -> None:
    entry = let_in(session, organiser)[0]
    take_back_own(entry, by=organiser, at=NOON)

    moved(session, organiser, start=start, confirmed=True)

    assert kinds_of_change() == ["registration_changed"]


def test_whoever_was_taken_back_with_a_move_reads_of_the_next_one_as_ever(session: Session, organiser: User) -> None:
    let_in(session, organiser)

    for weeks in (1, 2):
        moved(session, organiser, start=NOON + weeks * WEEK, confirmed=True)

    assert kinds_of_change() == ["registration_changed_checked_in", "registration_changed"]


def test_whoever_is_in_with_an_offered_seat_reads_of_both(session: Session, organiser: User) -> None:
    row = sign_up(session, MemberFactory(name="王芳"))[0]
    offer = {"state": Registration.State.OFFERED, "offered_until": NOON + HOUR}
    Registration.objects.filter(pk=row.pk).update(**offer)
    row.refresh_from_db()
    check_in(session, registration=row, by=organiser, at=NOON, client_uuid=key())

    changed = moved(session, organiser, start=NOON + WEEK, confirmed=True)

    notice = row.registered_by.notifications.get(kind__contains="changed")
    assert (changed.taken_back, notice.kind) == (1, "registration_changed_offer_checked_in")
    assert "您这次的签到不计入；到时来了请重新签到。留给您的名额请在" in text_of(notice.kind, notice.params)


def test_seat_of_somebody_who_was_in_and_is_forgotten_goes_to_the_next(session: Session, organiser: User) -> None:
    """On another day nobody comes to it any more."""
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    (row,), (waiting,) = sign_up(session, MemberFactory()), sign_up(session, MemberFactory())
    check_in(session, registration=row, by=organiser, at=NOON, client_uuid=key())
    erase(Subject((row.resident,), row.registered_by), at=NOON)

    moved(session, organiser, start=NOON + WEEK, confirmed=True)

    for each in (row, waiting):
        each.refresh_from_db()
    assert (row.state, waiting.state) == (Registration.State.CANCELLED, Registration.State.CONFIRMED)


def kinds_of_change() -> list[str]:
    return list(Notification.objects.filter(kind__contains="changed").order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("start", [NOON + HOUR + 10 * MINUTE, NOON + 2 * HOUR, NOON - 10 * MINUTE])
def test_whoever_is_in_stays_in_while_the_door_is_open_for_the_new_start(
    session: Session, organiser: User, start: datetime.datetime
) -> None:
    entries = let_in(session, organiser)

    changed = moved(session, organiser, start=start, confirmed=True)

    assert (changed.taken_back, list(LedgerEntry.objects.effective().order_by("pk"))) == (0, entries)


def test_whoever_is_in_stays_in_where_the_start_stays(session: Session, organiser: User) -> None:
    """Also where they were let in at a door that was not open, as for a session moved before this was asked."""
    let_in(session, organiser)
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + WEEK, ends_at=NOON + WEEK + 2 * HOUR)

    assert moved(session, organiser, start=NOON + WEEK, confirmed=True).taken_back == 0


def test_what_has_begun_with_people_in_it_is_not_moved_away(session: Session, organiser: User) -> None:
    """Also where the worker has not marked it yet."""
    let_in(session, organiser)
    later = {"start": NOON + WEEK, "at": NOON + HOUR, "confirmed": True}

    assert refusal(moved, session, organiser, **later) == "held_session_in_future"
    assert LedgerEntry.objects.effective().count() == 2


def moved_by_a_week(desks: Desks) -> PlanVersion:  # noqa: F811 - the fixture
    """Approved; in force is one session that begins in an hour."""
    PlanLine.objects.update(seat_count=20, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    amend_plan(desks.version, by=desks.county_person, at=NOON)
    PlanLine.objects.filter(version=desks.version).update(starts_at=NOON + WEEK, ends_at=NOON + WEEK + HOUR)
    return desks.approved()


def test_plan_does_not_move_what_has_begun_with_people_in_it(desks: Desks) -> None:  # noqa: F811 - the fixture
    """Also where the worker has not marked it yet."""
    version = moved_by_a_week(desks)
    session = Session.objects.select_related("activity__organisation").get()
    entries = let_in(session, desks.county_person)

    publish_plan(version, by=desks.bureau_person, at=NOON + HOUR)

    session.refresh_from_db()
    assert (session.state, session.starts_at) == (Session.State.HELD, NOON + HOUR)
    assert list(LedgerEntry.objects.effective().order_by("pk")) == entries


@pytest.mark.parametrize("is_moved", [True, False])
def test_plan_holds_the_doors_only_where_it_moves_a_session(
    desks: Desks,  # noqa: F811 - the fixture
    is_moved: bool,
) -> None:
    version = moved_by_a_week(desks)
    if not is_moved:
        lines = PlanLine.objects.filter(version=version)
        lines.update(speaker="房老师", starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)

    with CaptureQueriesContext(connection) as found:
        publish_plan(version, by=desks.bureau_person, at=NOON)

    assert any('FROM "participation_ledgerchain"' in query["sql"] for query in found) == is_moved


def test_plan_holds_nothing_for_whoever_may_not_publish_it(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = moved_by_a_week(desks)

    with CaptureQueriesContext(connection) as found:
        code = refusal(publish_plan, version, by=desks.county_person, at=NOON)

    tables = ("participation_doordevice", "participation_ledgerchain", "programme_planversion", "programme_session")
    assert code == "not_approver"
    assert not [query["sql"] for query in found if any(f'FROM "{table}"' in query["sql"] for table in tables)]


def test_plan_that_moves_a_session_takes_back_who_is_in(desks: Desks) -> None:  # noqa: F811 - the fixture
    version = moved_by_a_week(desks)
    session = Session.objects.select_related("activity__organisation").get()
    DoorDeviceFactory(sessions=[session])
    let_in(session, desks.county_person)

    foretold = people_inside(effects_of(publication_of(version), at=NOON))
    asked = refusal(publish_plan, version, by=desks.bureau_person, at=NOON)
    publish_plan(version, by=desks.bureau_person, at=NOON, confirmed=True)

    assert (foretold.taken_back, foretold.sent_away, foretold.untold_of_moving, asked) == (0, 2, 1, "people_are_in")
    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID)
    assert set(voids.values_list("reason", flat=True)) == {"这一场改了时间。"}
    assert not LedgerEntry.objects.effective().exists()
