"""Whoever was let in before the start sits in their seat: it is neither given up nor handed over to somebody else."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.refusal import Refused
from qixue.participation.models import Attendance, LedgerEntry, Registration, RegistrationTerms
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.ledger import void_entry
from qixue.participation.operations.offers import accept_offer, decline_offer
from qixue.participation.operations.organiser import move_registrations, take_out
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.participation.operations.transfers import hand_over_place
from qixue.participation.queries.attendances import those_in_seats
from qixue.participation.queries.registrations import seats_to_lose
from qixue.people.models import Resident, Role, User
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)
Act = Callable[[Registration, User], object]


@pytest.fixture
def session() -> Session:
    """One seat; people can come in, and it has not begun."""
    return OpenSessionFactory(starts_at=NOON + 2 * HOUR, ends_at=NOON + 4 * HOUR, seat_count=1)


def let_in(row: Registration, by: User) -> LedgerEntry:
    return check_in(row.session, registration=row, by=by, at=NOON, client_uuid=key())


def give_up(row: Registration, _organiser: User) -> object:
    return cancel_registrations(row.session, keys=[row.pk], by=row.registered_by, at=NOON)


def hand_over(row: Registration, _organiser: User) -> object:
    return hand_over_place(row, to=ResidentFactory(guardian=row.resident), by=row.registered_by, at=NOON)


def be_taken_out(row: Registration, organiser: User) -> object:
    return take_out(row, note="重复", by=organiser, at=NOON)


def be_moved(row: Registration, organiser: User) -> object:
    return move_registrations(row.session, keys=[row.pk], to=another(row.session), by=organiser, at=NOON)


def decline(row: Registration, organiser: User) -> object:
    return decline_offer(row.session, party=row.party, by=organiser, at=NOON)


def with_an_offer(session: Session, member: Resident) -> list[list[Registration]]:
    """To the member, for the only seat, within the hour; and whoever is behind them in line."""
    RegistrationTerms.objects.create(session=session, offer_hours=1)
    (first,), *others = [sign_up(session, each) for each in (MemberFactory(), member, MemberFactory())]
    give_up(first, first.registered_by)
    return others


def with_an_offer_for_two(session: Session, member: Resident) -> list[Registration]:
    """To the member and a child of the household, for both seats, within the hour."""
    Session.objects.filter(pk=session.pk).update(seat_count=2)
    RegistrationTerms.objects.create(session=session, offer_hours=1)
    earlier = [sign_up(session, MemberFactory())[0] for _seat in range(2)]
    rows = sign_up(session, member, ResidentFactory(guardian=member))
    for each in earlier:
        give_up(each, each.registered_by)
    return rows


EACH_WAY = pytest.mark.parametrize("act", [give_up, hand_over, be_taken_out, be_moved])


@EACH_WAY
def test_seat_of_somebody_who_is_in_goes_to_nobody_else(act: Act, session, member, organiser):
    (row,), (waiting,) = sign_up(session, member), sign_up(session, MemberFactory())
    let_in(row, organiser)

    assert refusal(act, row, organiser) == "is_in_already"

    waiting.refresh_from_db()
    assert (waiting.state, counters(session), Attendance.objects.count()) == (State.WAITING, (1, 1), 1)


@EACH_WAY
def test_once_the_check_in_is_taken_back_the_seat_is_free_to_go(act: Act, session, member, organiser):
    (row,) = sign_up(session, member)
    void_entry(let_in(row, organiser), reason="扫错了人", by=organiser, at=NOON, client_uuid=key())

    act(row, organiser)

    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_refusal_names_who_is_in_and_says_what_to_do_first(session, member, organiser):
    (row,) = sign_up(session, member)
    let_in(row, organiser)
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user

    said = []
    for act, by in ((be_taken_out, organiser), (be_taken_out, cadre), (be_moved, cadre), (give_up, organiser)):
        with pytest.raises(Refused) as refused:
            act(row, by)
        said.append(refused.value.sentence)

    assert said == [
        "陈秀兰已经签到，请先撤销签到。",
        "陈秀兰已经签到，请先撤销签到：刚才自己签的，在现场签到页上撤销；其他的请找承办单位。",
        "陈秀兰已经签到，请先撤销签到：刚才自己签的，在现场签到页上撤销；其他的请找承办单位。",
        "陈秀兰已经签到，名额不能再取消或转给家人。如果弄错了，请找承办单位说明。",
    ]


def test_offered_seat_of_somebody_who_is_in_is_not_declined(session, member, organiser):
    (row,), _waiting = with_an_offer(session, member)
    let_in(row, organiser)

    assert refusal(decline, row, organiser) == "is_in_already"


def test_offered_seat_of_somebody_who_is_in_is_theirs_when_the_time_to_accept_is_up(session, member, organiser):
    (row,), (waiting,) = with_an_offer(session, member)
    let_in(row, organiser)

    assert keep_queues(at=NOON + HOUR) == 1

    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, row.offered_until, waiting.state) == (State.CONFIRMED, None, State.WAITING)
    assert counters(session) == (1, 1)
    assert keep_queues(at=NOON + HOUR) == 0
    assert member.user.notifications.filter(kind="registration_confirmed").count() == 1


def test_offered_seat_of_somebody_who_is_in_is_accepted_after_its_time_too(session, member, organiser):
    """Until the worker has seen it."""
    (row,), _waiting = with_an_offer(session, member)
    let_in(row, organiser)

    accept_offer(session, party=row.party, by=member.user, at=NOON + HOUR)

    row.refresh_from_db()
    assert (row.state, row.offered_until) == (State.CONFIRMED, None)


def test_offered_seats_of_a_party_of_whom_one_is_in_are_not_accepted_after_their_time(session, member, organiser):
    row, _sister = with_an_offer_for_two(session, member)
    let_in(row, organiser)

    assert refusal(accept_offer, session, party=row.party, by=member.user, at=NOON + HOUR) == "offer_over"


def test_offered_seat_goes_to_the_next_once_the_check_in_is_taken_back(session, member, organiser):
    (row,), (waiting,) = with_an_offer(session, member)
    void_entry(let_in(row, organiser), reason="扫错了人", by=organiser, at=NOON, client_uuid=key())

    keep_queues(at=NOON + HOUR)

    waiting.refresh_from_db()
    assert waiting.state == State.OFFERED


def test_of_a_party_those_who_are_not_in_lose_their_offered_seats(session, member, organiser):
    row, sister = with_an_offer_for_two(session, member)
    let_in(row, organiser)

    keep_queues(at=NOON + HOUR)

    assert dict(Registration.objects.filter(party=row.party).values_list("pk", "state")) == {
        row.pk: State.CONFIRMED,
        sister.pk: State.CANCELLED,
    }


@EACH_WAY
def test_somebody_on_the_waiting_list_who_was_let_in_can_leave_it(act: Act, session, member, organiser):
    _seated, (row,) = sign_up(session, MemberFactory()), sign_up(session, member)
    let_in(row, organiser)

    act(row, organiser)

    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_seat_that_is_offered_to_somebody_who_was_let_in_before_is_theirs(session, member, organiser):
    RegistrationTerms.objects.create(session=session, offer_hours=1)
    (first,), (row,) = sign_up(session, MemberFactory()), sign_up(session, member)
    let_in(row, organiser)
    give_up(first, organiser)

    keep_queues(at=NOON + HOUR)

    row.refresh_from_db()
    assert row.state == State.CONFIRMED


def test_others_of_the_party_can_still_give_up_theirs(session, member, organiser):
    Session.objects.filter(pk=session.pk).update(seat_count=2)
    row, sister = sign_up(session, member, ResidentFactory(guardian=member))
    let_in(row, organiser)

    give_up(sister, organiser)

    assert counters(session) == (1, 0)


def test_somebody_who_is_in_elsewhere_gives_up_this_seat(session, member, organiser):
    (row,), (elsewhere,) = sign_up(session, member), sign_up(another(session, starts_at=session.starts_at), member)
    let_in(elsewhere, organiser)

    give_up(row, organiser)

    assert counters(session) == (0, 0)


def test_calling_off_takes_the_seat_of_somebody_who_is_in(session, member, organiser):
    (row,) = sign_up(session, member)
    let_in(row, organiser)

    call_off(session, reason="停电", by=organiser, at=NOON, confirmed=True)
    keep_queues(at=NOON)

    row.refresh_from_db()
    assert (row.state, row.cancel_reason, counters(session)) == (State.CANCELLED, "session_off", (0, 0))


def test_seat_of_somebody_who_is_in_and_is_forgotten_goes_to_nobody_else(session, member, organiser):
    """They sit in it, without a name."""
    (row,), (waiting,) = sign_up(session, member), sign_up(session, MemberFactory())
    let_in(row, organiser)

    assert not seats_to_lose([member], at=NOON).exists()
    erase(Subject((member,), member.user), at=NOON)
    keep_queues(at=NOON)

    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, row.was_there, row.resident.name) == (State.CONFIRMED, True, Resident.NOBODY)
    assert (waiting.state, counters(session)) == (State.WAITING, (1, 1))


@pytest.mark.parametrize("act", [be_taken_out, be_moved])
def test_nobody_gives_the_seat_of_somebody_who_is_in_and_is_forgotten_away(act: Act, session, member, organiser):
    (row,) = sign_up(session, member)
    entry = let_in(row, organiser)
    erase(Subject((member,), member.user), at=NOON)
    row.refresh_from_db()

    assert refusal(act, row, organiser) == "is_in_already"

    void_entry(entry, reason="扫错了人", by=organiser, at=NOON, client_uuid=key())
    act(row, organiser)
    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_offered_seat_of_somebody_who_is_in_and_is_forgotten_goes_to_nobody_else(session, member, organiser):
    (row,), (waiting,) = with_an_offer(session, member)
    let_in(row, organiser)

    erase(Subject((member,), member.user), at=NOON)
    keep_queues(at=NOON + HOUR)

    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, waiting.state, counters(session)) == (State.CONFIRMED, State.WAITING, (1, 1))


def test_of_two_who_are_forgotten_the_seat_of_the_one_who_is_taken_back_is_given_away_once(session, member, organiser):
    """Nobody can say whose entry is left: one seat is kept for it, whoever asks."""
    Session.objects.filter(pk=session.pk).update(seat_count=2)
    kept, given = [sign_up(session, each)[0] for each in (member, MemberFactory())]
    entries = [let_in(row, organiser) for row in (kept, given)]
    for row in (kept, given):
        erase(Subject((row.resident,), row.resident.user), at=NOON)
        row.refresh_from_db()
    void_entry(entries[0], reason="扫错了人", by=organiser, at=NOON, client_uuid=key())

    assert those_in_seats(session, [given]) == []
    assert refusal(be_taken_out, kept, organiser) == "is_in_already"
    be_taken_out(given, organiser)
    assert refusal(be_taken_out, kept, organiser) == "is_in_already"


def test_as_much_is_asked_for_one_as_for_three(session, member):
    Session.objects.filter(pk=session.pk).update(seat_count=4)
    counts = []
    for people in (1, 3):
        rows = sign_up(session, member, *(ResidentFactory(guardian=member) for _child in range(people - 1)))
        with CaptureQueriesContext(connection) as queries:
            cancel_registrations(session, keys=[row.pk for row in rows], by=member.user, at=NOON)
        counts.append(len(queries))

    assert counts[0] == counts[1]
