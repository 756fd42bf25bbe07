"""Somebody is let in while their seat is taken from them: either they keep it, or nobody is in by it."""

import datetime
from collections.abc import Callable

import pytest
from tests.at_once import while_it_lasts
from tests.door import ticket_of
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    MemberFactory,
    OpenSessionFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.participation.signing_up import another, sign_up

from qixue.participation.models import Attendance, Registration, RegistrationTerms, Scan
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.offers import decline_offer
from qixue.participation.operations.organiser import move_registrations, take_out
from qixue.participation.operations.quick_scan import receive_alone
from qixue.participation.operations.registrations import cancel_registrations, keep_queue
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

State = Registration.State
HOUR = datetime.timedelta(hours=1)
Act = Callable[[Registration, User], object]


@pytest.fixture
def session() -> Session:
    """One seat; people can come in, and it has not begun."""
    return OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR, seat_count=1)


@pytest.fixture
def organiser(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation).user


@pytest.fixture
def seated(session: Session) -> Registration:
    return sign_up(session, MemberFactory())[0]


@pytest.fixture
def offered(session: Session, seated: Registration) -> Registration:
    """The seat of somebody who gave it up; the offer ends as the session starts."""
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    (row,) = sign_up(session, MemberFactory())
    give_up(seated, seated.registered_by)
    row.refresh_from_db()
    return row


def at_the_desk(row: Registration, by: User) -> object:
    return check_in(row.session, registration=row, by=by, at=NOON, client_uuid=key())


def delivered(row: Registration) -> Delivery:
    facts = {"ticket": ticket_of(row)}
    return Delivery(NOON, 1, [SentScan(key(), 1, Scan.Kind.TICKET, row.session_id, NOON, f"{1:064}", facts)])


def by_a_phone(row: Registration, _by: User) -> object:
    return receive_scans(DoorDeviceFactory(sessions=[row.session]), delivered(row), at=NOON)


def by_a_phone_with_a_network(row: Registration, _by: User) -> object:
    device, delivery = DoorDeviceFactory(sessions=[row.session]), delivered(row)
    return receive_alone(device, delivery, at=NOON) or receive_scans(device, delivery, at=NOON)


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


def run_out(row: Registration, _organiser: User) -> object:
    return keep_queue(row.session_id, at=NOON + HOUR)


def became_of(row: Registration) -> tuple[str, int]:
    row.refresh_from_db()
    return row.state, Attendance.objects.count()


EACH_WAY = pytest.mark.parametrize("act", [give_up, hand_over, be_taken_out, be_moved])
EACH_PHONE = pytest.mark.parametrize("phone", [by_a_phone, by_a_phone_with_a_network])


@EACH_WAY
def test_whoever_is_being_let_in_keeps_the_seat(act: Act, seated: Registration, organiser: User) -> None:
    became = while_it_lasts(lambda: at_the_desk(seated, organiser), lambda: act(seated, organiser))

    assert (became, *became_of(seated)) == ("is_in_already", State.CONFIRMED, 1)


@EACH_WAY
def test_nobody_is_let_in_by_a_seat_that_is_just_taken_from_them(
    act: Act, seated: Registration, organiser: User
) -> None:
    became = while_it_lasts(lambda: act(seated, organiser), lambda: at_the_desk(seated, organiser))

    assert (became, *became_of(seated)) == ("registration_cancelled", State.CANCELLED, 0)


@EACH_PHONE
def test_whoever_is_let_in_by_a_phone_keeps_the_seat(phone: Act, seated: Registration, organiser: User) -> None:
    became = while_it_lasts(lambda: phone(seated, organiser), lambda: be_moved(seated, organiser))

    assert (became, *became_of(seated)) == ("is_in_already", State.CONFIRMED, 1)


@EACH_PHONE
def test_scan_of_the_very_moment_at_which_its_seat_is_taken_waits_for_a_person(
    phone: Act, seated: Registration, organiser: User
) -> None:
    became = while_it_lasts(lambda: be_moved(seated, organiser), lambda: phone(seated, organiser))

    assert (became, *became_of(seated)) == ("done", State.CANCELLED, 0)
    assert list(Scan.objects.values_list("verdict", "reason")) == [("review", "cancelled")]


@pytest.mark.parametrize(("end", "answer"), [(decline, "is_in_already"), (run_out, "done")])
def test_whoever_is_being_let_in_keeps_an_offered_seat(
    end: Act, answer: str, offered: Registration, organiser: User
) -> None:
    became = while_it_lasts(lambda: at_the_desk(offered, organiser), lambda: end(offered, organiser))

    state, inside = became_of(offered)
    assert (became, state in Registration.SEATED_STATES, inside) == (answer, True, 1)


@pytest.mark.parametrize("end", [decline, run_out])
def test_nobody_is_let_in_by_an_offer_that_just_ends(end: Act, offered: Registration, organiser: User) -> None:
    became = while_it_lasts(lambda: end(offered, organiser), lambda: at_the_desk(offered, organiser))

    assert (became, *became_of(offered)) == ("registration_cancelled", State.CANCELLED, 0)
