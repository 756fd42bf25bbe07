"""Scans that were put aside: one or several of them are decided, exactly once, and never for nobody."""

import datetime

import pytest
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)
from tests.participation.signing_up import refusal

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.models import DoorDevice, LedgerEntry, Registration, Scan, Tally
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.scan_decisions import accept_scan, decide_together, reject_scan, replace_count
from qixue.people.models import Role, User
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
Decision, Kind = Scan.Decision, Scan.Kind


@pytest.fixture
def session() -> Session:
    return SessionFactory()


@pytest.fixture
def organiser(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user


@pytest.fixture
def device(session: Session) -> DoorDevice:
    return DoorDeviceFactory(sessions=[session])


@pytest.fixture
def scan(session: Session, device: DoorDevice):
    """Makes scans that wait; walk-ins who came too fast one after the other where nothing else is said."""

    def make(**changes: object) -> Scan:
        moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
        facts = {"kind": Kind.WALK_IN, "verdict": "review", "reason": "too_fast", "digest": "0" * 64, "pace": 61}
        return Scan.objects.create(
            **{"device": device, "session": session, "uuid": key(), **moments, **facts, **changes}
        )

    return make


@pytest.fixture
def decide(session: Session, organiser: User):
    def together(scans: list[Scan], decision: str = Decision.ACCEPTED, reason: str = "都在场") -> list[Scan]:
        keys = [scan.pk for scan in scans]
        return decide_together(session, keys=keys, decision=decision, reason=reason, by=organiser, at=NOON)

    return together


def decisions() -> list[str]:
    return list(Scan.objects.order_by("pk").values_list("decision", flat=True))


def test_several_are_counted_at_once_and_once(scan, decide):
    scans = [scan(sent={"name": "王芳"}), scan(), scan()]

    made = [len(decide(scans)) for _pressed_twice in range(2)]

    assert made == [3, 0]
    assert decisions() == ["accepted"] * 3
    assert (Tally.objects.get().attendance_count, AuditEntry.objects.filter(action="scan.accepted").count()) == (3, 3)
    assert list(Scan.objects.values_list("sent", flat=True)) == [{}, {}, {}]  # the name stands with the resident


def test_two_scans_of_one_person_count_once(session, scan, decide):
    row = RegistrationFactory(session=session)
    person = {"kind": Kind.NAME, "registration": row, "resident": row.resident, "sent": {"registration": row.pk}}

    decide([scan(**person), scan(**person)])

    assert LedgerEntry.objects.count() == 1
    assert set(Scan.objects.values_list("entry", flat=True)) == {LedgerEntry.objects.get().pk}


def test_scan_of_somebody_who_walked_in_under_the_same_name_asks_first(session, organiser, scan, decide):
    accept_scan(scan(sent={"name": "房 小妹"}), session=session, reason="在场", by=organiser, at=NOON)
    row = RegistrationFactory(session=session, resident__name="房小妹")
    person = {"kind": Kind.NAME, "registration": row, "resident": row.resident, "sent": {"registration": row.pk}}
    waiting, chosen, other = scan(**person, reason="waiting"), scan(kind=Kind.CODE, sent={"code": "123456"}), scan()
    said = {"session": session, "reason": "她确实在场", "by": organiser, "at": NOON}

    assert refusal(accept_scan, waiting, **said) == "namesake_walked_in"
    assert refusal(accept_scan, chosen, registration=row, **said) == "namesake_walked_in"
    assert refusal(decide, [waiting]) == "judged_otherwise"
    decide([other])  # of nobody

    accept_scan(waiting, confirmed_name="房小妹", **said)
    accept_scan(chosen, registration=row, **said)  # who is in already is not counted again, and not asked about

    assert Tally.objects.get().attendance_count == 3


def test_several_that_are_sent_again_after_the_session_was_called_off_stay_decided(session, organiser, scan, decide):
    coming = {"starts_at": NOON + datetime.timedelta(hours=1), "ends_at": None, "state": Session.State.PLANNED}
    Session.objects.filter(pk=session.pk).update(**coming)
    session.refresh_from_db()
    scans = [scan(), scan()]

    decide(scans)
    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)

    assert decide(scans) == []


def test_registration_that_is_chosen_is_looked_at_once_more(session, organiser, scan):
    unknown = scan(kind=Kind.CODE, sent={"code": "123456"}, reason="unknown_code")
    elsewhere, left, gone = RegistrationFactory(), *RegistrationFactory.create_batch(2, session=session)
    said = {"session": session, "reason": "在场", "by": organiser, "at": NOON}

    Registration.objects.filter(pk=left.pk).update(state="cancelled", cancelled_at=NOON, cancel_reason="withdrawn")
    erase(Subject((gone.resident,)), at=NOON)

    codes = [refusal(accept_scan, unknown, registration=chosen, **said) for chosen in (elsewhere, left, gone)]
    assert codes == ["wrong_session", "registration_cancelled", "changed_meanwhile"]
    assert LedgerEntry.objects.count() == 0


def test_nothing_counts_before_the_session_has_opened(session, organiser, scan, decide):
    tomorrow = {"starts_at": NOON + datetime.timedelta(days=1), "ends_at": None, "state": Session.State.PLANNED}
    Session.objects.filter(pk=session.pk).update(**tomorrow)
    session.refresh_from_db()
    early = {"session": session, "reason": "她在场", "by": organiser, "at": NOON}
    first, second = scan(), scan(sent={"name": "王芳"})

    codes = [refusal(accept_scan, first, **early), refusal(decide, [first, second])]
    reject_scan(second, **early)

    assert (codes, LedgerEntry.objects.count()) == (["session_not_open"] * 2, 0)
    assert decisions() == ["", "rejected"]  # that nobody was there can be said at any time


def test_several_are_set_aside_at_once_without_their_names(scan, decide):
    scans = [scan(sent={"name": "王芳"}), scan()]

    decide(scans, Decision.REJECTED, "试机")

    assert decisions() == ["rejected"] * 2
    assert (LedgerEntry.objects.count(), Scan.objects.filter(sent__has_key="name").count()) == (0, 0)
    assert list(Scan.objects.order_by("pk").values_list("digest", flat=True)) == ["", "0" * 64]


def test_one_that_was_decided_otherwise_meanwhile_stops_all(session, organiser, scan, decide):
    first, second = scan(), scan()
    reject_scan(second, session=session, reason="试机", by=organiser, at=NOON)

    assert refusal(decide, [first, second]) == "already_decided"
    assert (decisions(), LedgerEntry.objects.count()) == (["", "rejected"], 0)


def test_one_against_which_something_else_speaks_by_now_stops_all(session, scan, decide):
    row = RegistrationFactory(session=session)
    shown = scan(kind=Kind.NAME, registration=row, resident=row.resident, sent={"registration": row.pk})
    Registration.objects.filter(pk=row.pk).update(state="waiting", waiting_number=1)

    assert refusal(decide, [scan(kind=Kind.NAME, resident=ResidentFactory()), shown]) == "judged_otherwise"
    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize("names", [["王芳"], ["李明", "李 明"]])
def test_name_that_is_there_already_stops_all_and_is_asked_about_by_itself(session, organiser, scan, decide, names):
    RegistrationFactory(session=session, resident__name="王芳")
    scans = [scan(sent={"name": name}) for name in names]
    last = {"session": session, "reason": "在场", "by": organiser, "at": NOON}

    assert refusal(decide, scans) == "judged_otherwise"
    for each in scans[:-1]:
        accept_scan(each, **last)
    assert refusal(accept_scan, scans[-1], **last).startswith("namesake_")
    accept_scan(scans[-1], confirmed_name=names[-1], **last)

    assert LedgerEntry.objects.count() == len(scans)


def test_name_that_is_none_is_refused(session, organiser, scan):
    unknown = scan(kind=Kind.CODE, sent={"code": "123456"}, reason="unknown_code")
    values = {"session": session, "reason": "在场", "by": organiser, "at": NOON}

    assert refusal(accept_scan, unknown, name="李😀明", **values) == "name_mistaken"


def test_kinds_are_decided_apart(scan, decide):
    assert refusal(decide, [scan(), scan(kind=Kind.TICKET)]) == "several_kinds"


@pytest.mark.parametrize(
    ("reason", "chosen", "code"), [(" ", True, "reason_missing"), ("在场", False, "nothing_chosen")]
)
def test_a_choice_and_a_reason_are_needed(scan, decide, reason, chosen, code):
    assert refusal(decide, [scan()] if chosen else [], reason=reason) == code


def test_code_that_leads_to_nobody_counts_for_nobody(session, organiser, scan, decide):
    unknown = scan(kind=Kind.CODE, sent={"code": "123456"}, reason="unknown_code")
    values = {"session": session, "reason": "在场", "by": organiser, "at": NOON}

    assert refusal(accept_scan, unknown, **values) == "person_missing"
    assert refusal(decide, [unknown]) == "person_missing"
    assert LedgerEntry.objects.count() == 0


def test_refusal_of_several_names_the_scan_that_it_is_about(scan, decide):
    known, unknown = (scan(kind=Kind.CODE, sent={"code": code}, reason="unknown_code") for code in ("111111", "222222"))
    known.resident = ResidentFactory(name="王芳")
    known.save()

    with pytest.raises(Refused) as missing:
        decide([known, unknown])
    decide([known], Decision.REJECTED)
    with pytest.raises(Refused) as decided:
        decide([known, unknown])

    assert str(missing.value).startswith("11月4日（周三）12:00 222222")
    assert str(decided.value).startswith("11月4日（周三）12:00 王芳")


def test_code_that_leads_to_nobody_counts_for_a_walk_in_by_name(session, organiser, scan):
    unknown = scan(kind=Kind.CODE, sent={"code": "123456"}, reason="unknown_code")

    done = accept_scan(unknown, session=session, name="王芳", reason="在场", by=organiser, at=NOON)

    assert (done.resident.name, done.entry) == ("王芳", LedgerEntry.objects.get())


def test_somebody_of_another_office_decides_nothing(session, scan):
    waiting, stranger = scan(), RoleAssignmentFactory(role=Role.ORGANISER).user
    values = {"reason": "在场", "by": stranger, "at": NOON}

    codes = [
        refusal(accept_scan, waiting, session=session, **values),
        refusal(reject_scan, waiting, session=session, **values),
        refusal(decide_together, session, keys=[waiting.pk], decision=Decision.ACCEPTED, **values),
    ]

    assert (codes, decisions()) == (["not_in_charge"] * 3, [""])


def test_scan_of_another_session_is_a_mistake_of_the_caller(scan, decide):
    with pytest.raises(ValueError, match="not all scans of this session"):
        decide([scan(session=SessionFactory(), device=DoorDeviceFactory(digest="1" * 64))])


def test_head_count_replaces_another_only_once_the_session_has_begun_and_nothing_else_does(session, organiser, scan):
    said = {"reason": "数过", "by": organiser}
    standing = accept_scan(
        scan(kind=Kind.HEAD_COUNT, sent={"count": 40, "qualifier": "exact"}), session=session, at=NOON, **said
    ).entry
    Session.objects.filter(pk=session.pk).update(
        starts_at=NOON + datetime.timedelta(hours=1), ends_at=NOON + datetime.timedelta(hours=3)
    )
    waiting = scan(kind=Kind.HEAD_COUNT, sent={"count": 41, "qualifier": "exact"}, reason="head_count_exists")

    assert refusal(replace_count, waiting, standing=standing, at=NOON, **said) == "session_not_started"
    with pytest.raises(ValueError, match="no head count"):
        replace_count(scan(sent={"name": "王芳"}), standing=standing, at=NOON, **said)


def test_head_count_is_accepted_only_once_the_session_has_begun(session, organiser, scan):
    waiting = scan(kind=Kind.HEAD_COUNT, sent={"count": 40, "qualifier": "exact"}, reason="session_not_started")
    values = {"session": session, "reason": "数过", "by": organiser}

    with pytest.raises(Refused) as refused:
        accept_scan(waiting, at=session.starts_at - datetime.timedelta(minutes=5), **values)
    accept_scan(waiting, at=session.starts_at, **values)

    assert refused.value.code == "session_not_started"
    assert str(refused.value).endswith("这一场开始之后才能计入这次清点的人数，请届时再来核对。")
    assert LedgerEntry.objects.get().count == 40
