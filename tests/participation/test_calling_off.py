"""Whoever was let in before a session that is called off does not count any more, and the ledger says why."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, DoorDeviceFactory, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.participation.letting_in import came_by_the_wall, let_in
from tests.participation.signing_up import counters, refusal, sign_up
from tests.programme.operations.conftest import Desks, desks  # noqa: F401 - a fixture
from tests.web.workspace.door.pages import waiting_scan

from qixue.core.duties import duties
from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.refusal import Doubt
from qixue.participation.models import Attendance, CallingOff, LedgerEntry, Scan, Tally
from qixue.participation.operations import registrations
from qixue.participation.operations.calling_off import call_off, take_back_left_inside
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.door_page import take_back_own
from qixue.participation.operations.published_plans import publish_plan
from qixue.participation.operations.registrations import keep_queues
from qixue.participation.operations.scan_decisions import accept_scan, decide_together, reject_scan
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults
from qixue.participation.queries.plan_effects import effects_of, people_inside
from qixue.people.models import Notification, NotificationPreference, Resident, User
from qixue.people.notices import text_of
from qixue.people.operations.erasure import erase
from qixue.people.operations.notifications import choose_sms
from qixue.people.personal_data import Subject
from qixue.programme.models import PlanLine, Programme, Session
from qixue.programme.operations.plans import amend_plan
from qixue.programme.queries.publications import publication_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    """It begins in an hour: people can be checked in."""
    found: Session = OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    return found


def test_whoever_is_in_is_taken_back_with_the_reason_once(session: Session, organiser: User) -> None:
    entries = let_in(session, organiser)
    elsewhere = OpenSessionFactory(activity=session.activity, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    kept = check_in(elsewhere, by=organiser, at=NOON, client_uuid=key())

    for reason in ("停电", "别的原因"):
        call_off(session, reason=reason, by=organiser, at=NOON, confirmed=True)

    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID).order_by("sequence")
    assert [(each.target, each.reason, each.actor_id) for each in voids] == [
        (entry, "停电", organiser.pk) for entry in entries
    ]
    assert list(LedgerEntry.objects.effective()) == [kept]
    assert not Tally.objects.filter(session=session).exists()
    assert not Attendance.objects.filter(session=session).exists()
    assert list(chain_faults()) == list(attendance_faults()) == []
    audited = AuditEntry.objects.filter(action="ledger.voided").order_by("pk")
    assert [(each.subject_type, each.subject_id) for each in audited] == [
        ("participation.ledgerentry", str(void.pk)) for void in voids
    ]


@pytest.mark.parametrize("reason", ["", " "])
def test_it_needs_a_reason(session: Session, organiser: User, reason: str) -> None:
    let_in(session, organiser)

    assert refusal(call_off, session, reason=reason, by=organiser, at=NOON, confirmed=True) == "reason_missing"
    assert LedgerEntry.objects.effective().count() == 2


def test_it_asks_once_more_where_people_are_in(session: Session, organiser: User) -> None:
    let_in(session, organiser)

    with pytest.raises(Doubt) as caught:
        call_off(session, reason="停电", by=organiser, at=NOON)

    assert (caught.value.code, caught.value.params["people"]) == ("people_are_in", 2)
    session.refresh_from_db()
    assert session.state == Session.State.PLANNED


def test_whoever_is_not_signed_up_is_told_with_the_reason(session: Session, organiser: User) -> None:
    """By the code on the wall, after giving the place up, or as a child of the household; each account once."""
    signed_up, mother = sign_up(session, MemberFactory(name="李嘉明"))[0], MemberFactory(name="王芳")
    child = ResidentFactory(guardian=mother, name="李一诺")
    people = [signed_up.resident, mother, child, ResidentFactory(name="房三妹")]
    came_by_the_wall(session, *people)

    called = call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)

    notice = Notification.objects.get(kind="check_in_called_off")
    assert (called.taken_back, called.unregistered.reached_count, notice.user) == (4, 2, mother.user)
    assert called.unregistered.unreached_count == 1
    assert text_of(notice.kind, notice.params) == (
        "王芳、李一诺：11月4日（周三）的场次已取消，您的签到不计入。其他场次请看活动页面。原因：停电"
    )


def test_whoever_is_signed_up_and_in_is_told_that_the_check_in_does_not_count(
    session: Session, organiser: User
) -> None:
    """The others of the household are told as ever."""
    mother = MemberFactory(name="王芳")
    rows = sign_up(session, mother, ResidentFactory(guardian=mother, name="李一诺"))
    check_in(session, registration=rows[1], by=organiser, at=NOON, client_uuid=key())
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)

    keep_queues(at=NOON)

    told = [text_of(notice.kind, notice.params) for notice in mother.user.notifications.order_by("kind")]
    assert [words for words in told if "取消" in words] == [
        "李一诺：11月4日（周三）的场次已取消，您的签到不计入。其他场次请看活动页面。原因：停电",
        "王芳：11月4日（周三）的场次已取消。其他场次请看活动页面。原因：停电",
    ]


def test_whose_check_in_was_a_slip_is_told_as_ever(session: Session, organiser: User) -> None:
    take_back_own(let_in(session, organiser)[0], by=organiser, at=NOON)
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)

    keep_queues(at=NOON)

    assert Notification.objects.get(kind__contains="called_off").kind == "registration_called_off"


def test_namesakes_of_whoever_is_forgotten_keep_what_they_were_told(session: Session, organiser: User) -> None:
    """Of another household, and of the same."""
    mother, namesake = MemberFactory(), MemberFactory(name="王芳")
    forgotten, staying = (ResidentFactory(guardian=mother, name="王芳") for _twice in range(2))
    came_by_the_wall(session, forgotten, staying, namesake)
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)

    erase(Subject((forgotten,)), at=NOON)

    params = [member.user.notifications.get(kind="check_in_called_off").params for member in (mother, namesake)]
    kept = [(each["names"], each["people"]) for each in params]
    assert kept == [("王芳", str(staying.key)), ("王芳", str(namesake.key))]


def test_whoever_is_forgotten_is_gone_from_what_was_told_before_keys_were_kept(
    session: Session, organiser: User
) -> None:
    child = ResidentFactory(guardian=MemberFactory(name="王芳"), name="李一诺")
    came_by_the_wall(session, child)
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)
    notice = Notification.objects.get(kind="check_in_called_off")
    del notice.params["people"]
    notice.save(update_fields=["params"])

    erase(Subject((child,)), at=NOON)

    assert not Notification.objects.filter(pk=notice.pk).exists()


def test_whoever_is_forgotten_is_gone_from_what_their_guardian_was_told(session: Session, organiser: User) -> None:
    """Also where others take care of the child by now; the text message does not go out any more."""
    mother = MemberFactory(name="王芳", user__mobile="13900000000")
    choose_sms(mother.user, NotificationPreference.Topic.REGISTRATIONS, is_wanted=True, at=NOON)
    child, handed_on = (ResidentFactory(guardian=mother, name=name) for name in ("李一诺", "李小宝"))
    came_by_the_wall(session, mother, child, handed_on)
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)
    Resident.objects.filter(pk=handed_on.pk).update(guardian=MemberFactory())
    handed_on.refresh_from_db()

    sent = OutboxMessage.objects.count()
    for forgotten in (child, handed_on):
        erase(Subject((forgotten,)), at=NOON)

    assert Notification.objects.get(user=mother.user, kind="check_in_called_off").params["names"] == "王芳"
    assert (sent, OutboxMessage.objects.count()) == (1, 0)


@pytest.mark.parametrize("kept", ["停电", ""])
def test_whoever_was_left_in_where_it_was_called_off_before_is_taken_back_once(
    session: Session, organiser: User, kept: str
) -> None:
    let_in(session, organiser)
    Session.objects.filter(pk=session.pk).update(state=Session.State.CANCELLED)
    if kept:
        CallingOff.objects.create(session=session, reason=kept)

    assert [take_back_left_inside(at=NOON + HOUR) for _run in range(2)] == [1, 0]

    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID)
    assert list(voids.values_list("reason", "actor_name")) == [(kept or "这一场已取消。", "system")] * 2
    assert not LedgerEntry.objects.effective().exists()


def test_worker_looks_for_those_left_in_once_a_day_and_asks_once_where_nobody_is(
    session: Session, organiser: User
) -> None:
    for _session in range(3):
        off = OpenSessionFactory(activity=session.activity)
        call_off(off, reason="停电", by=organiser, at=NOON)

    with CaptureQueriesContext(connection) as asked:
        take_back_left_inside(at=NOON + HOUR)

    assert duties.named("called off").every == datetime.timedelta(days=1)
    assert len(asked) == 1


@pytest.mark.parametrize("is_closed", [True, False])
def test_whoever_came_to_a_closed_programme_or_after_the_start_stays_in(
    session: Session, organiser: User, is_closed: bool
) -> None:
    let_in(session, organiser)
    start = NOON + HOUR if is_closed else NOON
    Session.objects.filter(pk=session.pk).update(state=Session.State.CANCELLED, starts_at=start)
    if is_closed:
        Programme.objects.update(state=Programme.State.CLOSED)

    assert take_back_left_inside(at=NOON + HOUR) == 0
    assert LedgerEntry.objects.effective().count() == 2


def test_what_has_begun_with_people_in_it_is_held(session: Session, organiser: User) -> None:
    """Also where the worker has not marked it yet."""
    let_in(session, organiser)

    assert refusal(call_off, session, reason="停电", by=organiser, at=NOON + HOUR, confirmed=True) == "session_held"
    assert LedgerEntry.objects.effective().count() == 2


def test_what_has_begun_without_anybody_is_called_off(session: Session, organiser: User) -> None:
    assert call_off(session, reason="没有人来", by=organiser, at=NOON + HOUR).session.state == Session.State.CANCELLED


def test_scan_does_not_count_at_a_session_that_was_called_off(session: Session, organiser: User) -> None:
    scan = waiting_scan(session, reason="too_fast", sent={"name": "李嘉珍"}, kind=Scan.Kind.WALK_IN)
    call_off(Session.objects.get(pk=session.pk), reason="停电", by=organiser, at=NOON)

    assert refusal(accept_scan, scan, session=session, reason="我在场", by=organiser, at=NOON) == "session_off"
    together = {"keys": [scan.pk], "decision": Scan.Decision.ACCEPTED, "reason": "我在场"}
    assert refusal(decide_together, session, **together, by=organiser, at=NOON) == "session_off"
    assert reject_scan(scan, session=session, reason="没有举行", by=organiser, at=NOON).decision == "rejected"


def test_nobody_is_let_in_on_a_page_from_before(session: Session, organiser: User) -> None:
    call_off(Session.objects.get(pk=session.pk), reason="停电", by=organiser, at=NOON)

    assert refusal(check_in, session, by=organiser, at=NOON, client_uuid=key()) == "session_off"


def test_plan_that_has_a_session_no_longer_takes_back_who_is_in(desks: Desks) -> None:  # noqa: F811 - the fixture
    PlanLine.objects.update(seat_count=20, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    session = Session.objects.select_related("activity__organisation").get()
    DoorDeviceFactory(sessions=[session])
    let_in(session, desks.county_person)
    came_by_the_wall(session, MemberFactory())
    amend_plan(desks.version, by=desks.county_person, at=NOON)
    PlanLine.objects.filter(version=desks.version).update(title="茶园讲座", key=key())
    version = desks.approved()

    foretold = people_inside(effects_of(publication_of(version), at=NOON))
    with pytest.raises(Doubt):
        publish_plan(version, reason="老师生病", by=desks.bureau_person, at=NOON)
    publish_plan(version, reason="老师生病", by=desks.bureau_person, at=NOON, confirmed=True)

    assert (foretold.taken_back, foretold.untold_of_calling_off) == (3, 1)
    assert (foretold.sent_away, Notification.objects.filter(kind="check_in_called_off").count()) == (0, 1)
    assert set(LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID).values_list("reason", flat=True)) == {"老师生病"}
    assert not LedgerEntry.objects.effective().exists()


def test_many_are_told_some_parties_with_each_run_and_each_party_once(
    session: Session, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registrations, "PARTIES_AT_ONCE", 2)
    Session.objects.filter(pk=session.pk).update(seat_count=20)
    parents = [MemberFactory(name=f"家长{number}") for number in range(5)]
    for parent in parents:
        sign_up(session, parent, ResidentFactory(guardian=parent, name="李一诺"))
    call_off(session, reason="老师生病。", by=organiser, at=NOON)

    assert [keep_queues(at=NOON) for _run in range(4)] == [1, 1, 1, 0]
    assert counters(session) == (0, 0)
    assert AuditEntry.objects.filter(action="registration.session_off").count() == 3
    notices = Notification.objects.filter(kind="registration_called_off").order_by("params__names")
    assert [notice.params["names"] for notice in notices] == [f"{parent.name}、李一诺" for parent in parents]
