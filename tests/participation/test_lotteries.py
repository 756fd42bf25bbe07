"""A session whose seats are given by lot, from the promise to the waiting list."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key

from qixue.core.refusal import Refused
from qixue.participation.lottery import commitment_of, entry_number, faults
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.operations.lotteries import check_allotment, close, draw, keep_lotteries
from qixue.participation.operations.organiser import move_registrations
from qixue.participation.operations.registrations import cancel_registrations, keep_queues, register
from qixue.participation.operations.terms import TermsDetails, save_terms
from qixue.participation.queries.lotteries import drawn_entries, drawn_of, published_lottery
from qixue.participation.queries.registrations import parties_of
from qixue.people.models import Notification, Resident, Role
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
CLOSES_AT = NOON + 6 * HOUR
State = Registration.State


@pytest.fixture
def session() -> Session:
    """Three seats; entering is possible from noon to six in the evening."""
    session = OpenSessionFactory(seat_count=3)
    RegistrationTerms.objects.create(
        session=session, allotment="lottery", opens_at=NOON, closes_at=CLOSES_AT, place_limit=4
    )
    keep_lotteries(at=NOON - HOUR)
    return session


def enter(session: Session, *, size: int = 1, at: datetime.datetime = NOON) -> list[Registration]:
    member = MemberFactory()
    people = [member, *ResidentFactory.create_batch(size - 1, guardian=member)]
    return register(session, people=people, party=key(), by=member.user, at=at)


def state_of(rows: list[Registration]) -> set[str]:
    return set(Registration.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True))


def counters(session: Session) -> tuple[int, int]:
    session.refresh_from_db()
    return session.taken_count, session.waiting_count


def refusal(session: Session, *, by_staff: bool = False, at: datetime.datetime = NOON) -> str:
    member = MemberFactory()
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user
    by, source = (staff, "staff") if by_staff else (member.user, "self")
    with pytest.raises(Refused) as refused:
        register(session, people=[member], party=key(), by=by, at=at, source=source)
    return refused.value.code


def test_promise_is_public_before_the_first_entry_and_stays(session):
    lottery = Lottery.objects.get()

    keep_lotteries(at=NOON)

    assert Lottery.objects.get().commitment == lottery.commitment
    document = published_lottery(lottery)
    assert (document["commitment"], document["seed"], document["entries"]) == (lottery.commitment, "", [])


def test_nobody_enters_before_the_promise():
    session = OpenSessionFactory()
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=CLOSES_AT)

    assert refusal(session) == "not_committed"


def test_entering_takes_no_seat_and_says_so(session):
    rows = enter(session, size=2)

    assert (state_of(rows), counters(session)) == ({State.ENTERED}, (0, 0))
    assert Notification.objects.get().kind == "registration_entered"


def test_one_person_enters_once(session):
    member = MemberFactory()
    register(session, people=[member], party=key(), by=member.user, at=NOON)

    with pytest.raises(Refused) as refused:
        register(session, people=[member], party=key(), by=member.user, at=NOON)

    assert refused.value.code == "already_registered"


def test_draw_gives_the_seats_as_the_published_document_says(session):
    parties = [enter(session, size=size) for size in (1, 2, 1, 2, 1)]

    keep_lotteries(at=CLOSES_AT)

    lottery = Lottery.objects.get()
    assert faults(published_lottery(lottery)) == []
    assert commitment_of(bytes.fromhex(lottery.seed)) == lottery.commitment
    by_entry = {drawn.entry: drawn for drawn in drawn_entries(lottery)}
    for rows in parties:
        seated = by_entry[entry_number(rows[0].party)].has_seats
        assert state_of(rows) == {State.CONFIRMED if seated else State.WAITING}
    waiting = [entry_number(row.party) for row in Registration.objects.waiting().filter(session=session)]
    drawn_waiting = [
        drawn.entry for drawn in drawn_entries(lottery) if not drawn.has_seats for _one in range(drawn.people)
    ]
    assert waiting == drawn_waiting
    assert counters(session) == (3, 4)


def test_everybody_is_told_once_how_it_went(session):
    for _number in range(4):
        enter(session)

    for _run in range(3):
        keep_lotteries(at=CLOSES_AT)

    kinds = list(Notification.objects.filter(kind__startswith="lottery").values_list("kind", flat=True))
    assert sorted(kinds) == ["lottery_seat"] * 3 + ["lottery_waiting"]


def test_list_closes_before_a_later_draw_and_leaving_between_changes_neither(session):
    RegistrationTerms.objects.update(draw_at=CLOSES_AT + 2 * HOUR)
    parties = [enter(session) for _number in range(5)]
    keep_lotteries(at=CLOSES_AT)
    closed = Lottery.objects.get()

    gone = parties[0]
    cancel_registrations(session, keys=[gone[0].pk], by=gone[0].registered_by, at=CLOSES_AT + HOUR)
    keep_lotteries(at=CLOSES_AT + 2 * HOUR)

    lottery = Lottery.objects.get()
    assert (closed.drawn_at, closed.entry_count, lottery.list_digest) == (None, 5, closed.list_digest)
    assert faults(published_lottery(lottery)) == []
    assert state_of(gone) == {State.CANCELLED}
    assert counters(session) == (3, 1)


@pytest.mark.parametrize("by_staff", [False, True])
def test_nobody_enters_between_closing_and_draw(session, by_staff):
    expected = "draw_pending" if by_staff else "registration_closed"

    assert refusal(session, by_staff=by_staff, at=CLOSES_AT) == expected

    keep_lotteries(at=CLOSES_AT - HOUR)
    with transaction.atomic():
        close(session.pk, at=CLOSES_AT)
    assert refusal(session, at=CLOSES_AT - HOUR) == "draw_pending"


def test_after_the_draw_the_queue_goes_on_as_anywhere(session):
    parties = [enter(session) for _number in range(4)]
    keep_lotteries(at=CLOSES_AT)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user
    at = CLOSES_AT + HOUR
    (late,) = register(session, people=[MemberFactory()], party=key(), by=staff, at=at, source="staff")
    seated = next(rows for rows in parties if state_of(rows) == {State.CONFIRMED})

    cancel_registrations(session, keys=[seated[0].pk], by=seated[0].registered_by, at=CLOSES_AT + HOUR)

    assert [state_of(rows) for rows in parties].count({State.CONFIRMED}) == 3
    assert (state_of([late]), counters(session)) == ({State.WAITING}, (3, 1))
    assert drawn_of(parties_of([late.resident])[0]) is None


def test_whoever_is_offered_a_seat_at_the_draw_is_not_told_that_they_have_it(session):
    RegistrationTerms.objects.update(offer_hours=2)
    entries = [enter(session) for _number in range(4)]
    keep_lotteries(at=CLOSES_AT)
    seated = next(rows for rows in entries if state_of(rows) == {State.CONFIRMED})
    (next_in_line,) = next(rows for rows in entries if state_of(rows) == {State.WAITING})
    Lottery.objects.update(told_count=0)
    Notification.objects.all().delete()
    cancel_registrations(session, keys=[seated[0].pk], by=seated[0].registered_by, at=CLOSES_AT)

    keep_lotteries(at=CLOSES_AT)

    told = Notification.objects.filter(user=next_in_line.registered_by).values_list("kind", flat=True)
    assert (state_of([next_in_line]), list(told)) == ({State.OFFERED}, ["registration_offered"])


def test_seats_are_those_at_the_draw_and_more_seats_go_to_the_queue(session):
    parties = [enter(session) for _number in range(4)]
    Session.objects.update(seat_count=2)
    keep_lotteries(at=CLOSES_AT)
    seats = Lottery.objects.get().seat_count

    Session.objects.update(seat_count=4)
    keep_queues(at=CLOSES_AT)

    assert (seats, counters(session)) == (2, (4, 0))
    assert all(state_of(rows) == {State.CONFIRMED} for rows in parties)


def test_leaving_before_closing_takes_the_entry_out(session):
    rows = enter(session, size=2)
    cancel_registrations(session, keys=[rows[1].pk], by=rows[0].registered_by, at=NOON)
    others = enter(session)
    cancel_registrations(session, keys=[others[0].pk], by=others[0].registered_by, at=NOON)

    keep_lotteries(at=CLOSES_AT)

    assert Lottery.objects.get().entries == [[entry_number(rows[0].party), 1]]
    assert counters(session) == (1, 0)


def test_session_called_off_is_never_drawn_and_everybody_told(session):
    rows = enter(session)
    Session.objects.update(state="cancelled")

    keep_queues(at=NOON)
    keep_lotteries(at=CLOSES_AT)

    assert (state_of(rows), Lottery.objects.get().closed_at) == ({State.CANCELLED}, None)
    assert Notification.objects.filter(kind="registration_session_off").count() == 1


def test_session_called_off_while_it_was_being_drawn_gives_no_seats(session):
    rows = enter(session)
    close(session.pk, at=CLOSES_AT)
    Session.objects.update(state="cancelled")

    assert draw(session.pk, at=CLOSES_AT) == 0
    assert (state_of(rows), Lottery.objects.get().drawn_at) == ({State.ENTERED}, None)


def test_steps_are_made_once(session):
    enter(session)
    keep_lotteries(at=CLOSES_AT)
    lottery = Lottery.objects.get()

    again = [step(session.pk, at=CLOSES_AT + HOUR) for step in (close, draw)]

    assert again == [0, 0]
    assert Lottery.objects.get().drawn_at == lottery.drawn_at


def test_lost_seed_draws_nothing(session, settings):
    rows = enter(session)
    settings.SECRET_KEY = "another-key" * 6

    keep_lotteries(at=CLOSES_AT)

    assert (state_of(rows), Lottery.objects.get().drawn_at) == ({State.ENTERED}, None)


def test_how_seats_are_given_is_fixed_with_the_first_entry(session):
    check_allotment(session, "first_come")
    enter(session)

    check_allotment(session, "lottery")
    with pytest.raises(Refused) as refused:
        check_allotment(session, "first_come")

    assert (refused.value.code, refused.value.field) == ("lottery_begun", "allotment")


@pytest.mark.parametrize(
    "values",
    [
        {"allotment": "lottery", "closes_at": None},
        {"allotment": "lottery", "draw_at": CLOSES_AT - HOUR},
        {"allotment": "first_come", "draw_at": CLOSES_AT},
    ],
)
def test_database_refuses_a_lottery_without_order_in_time(session, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationTerms.objects.update(**values)


@pytest.mark.parametrize("values", [{"seed": "00" * 32}, {"list_digest": "00" * 32}, {"drawn_at": NOON}])
def test_database_refuses_half_a_draw(session, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Lottery.objects.update(**values)


def test_entry_of_a_household_shows_its_place(session):
    rows = enter(session)
    keep_lotteries(at=CLOSES_AT)
    member: Resident = rows[0].resident

    drawn = drawn_of(parties_of([member])[0])

    assert drawn is not None
    assert (drawn.place, drawn.entry) == (1, entry_number(rows[0].party))


def test_person_moved_to_a_session_before_its_draw_enters(session):
    other = OpenSessionFactory(activity__programme=session.activity.programme)
    member = MemberFactory()
    (row,) = register(other, people=[member], party=key(), by=member.user, at=NOON)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user

    made = move_registrations(other, keys=[row.pk], to=session, by=staff, at=NOON).rows

    assert (state_of(made), counters(session)) == ({State.ENTERED}, (0, 0))
    assert Notification.objects.filter(kind="registration_entry_moved").exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"allotment": "lottery"}, "draw_needs_an_end"),
        ({"allotment": "lottery", "closes_at": CLOSES_AT, "draw_at": CLOSES_AT - HOUR}, "draw_before_the_end"),
        ({"draw_at": CLOSES_AT}, "no_draw_here"),
    ],
)
def test_terms_of_a_draw_that_do_not_fit_are_refused(session, values, code):
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user

    with pytest.raises(Refused) as refused:
        save_terms(session, details=TermsDetails(**values), by=staff, at=NOON)

    assert refused.value.code == code


def test_terms_say_by_lot_until_somebody_has_entered(session):
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user
    save_terms(session, details=TermsDetails(allotment="lottery", closes_at=CLOSES_AT), by=staff, at=NOON)
    enter(session)

    with pytest.raises(Refused) as refused:
        save_terms(session, details=TermsDetails(), by=staff, at=NOON)

    assert (refused.value.code, RegistrationTerms.objects.get().allotment) == ("lottery_begun", "lottery")
