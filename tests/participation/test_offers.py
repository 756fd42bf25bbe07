"""Seats that became free, answered for by the household or, for people without a phone, by whoever runs the session."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.signing_up import counters, refusal, sign_up

from qixue.core.models import AuditEntry
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.participation.operations.offers import accept_offer, decline_offer
from qixue.participation.operations.organiser import take_out
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import Notification, Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    session: Session = OpenSessionFactory(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    return session


def leave(row: Registration) -> None:
    cancel_registrations(row.session, keys=[row.pk], by=row.registered_by, at=NOON)


def offered_to_a_villager(session: Session, cadre: User) -> Registration:
    """The seat of somebody who left is offered to a villager without a phone; a member waits behind her."""
    (row,) = sign_up(session, MemberFactory())
    (villager,) = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)
    sign_up(session, MemberFactory())
    leave(row)
    villager.refresh_from_db()
    assert villager.state == State.OFFERED
    return villager


def offered_to_a_member(session: Session) -> Registration:
    first, second = (sign_up(session, MemberFactory())[0] for _number in range(2))
    leave(first)
    second.refresh_from_db()
    return second


def offered_to_a_family(session: Session) -> tuple[Session, list[Registration]]:
    """Two seats, which somebody left, are offered to a mother and her child."""
    Session.objects.filter(pk=session.pk).update(seat_count=2)
    session.refresh_from_db()
    there = [sign_up(session, MemberFactory())[0] for _number in range(2)]
    mother = MemberFactory()
    family = sign_up(session, mother, ResidentFactory(guardian=mother))
    for row in there:
        leave(row)
    return session, list(Registration.objects.filter(party=family[0].party, state=State.OFFERED).order_by("pk"))


def kinds_told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_cadre_accepts_for_a_villager_and_the_record_says_so(session: Session, cadre: User) -> None:
    villager = offered_to_a_villager(session, cadre)

    for _time in range(2):
        (row,) = accept_offer(session, party=villager.party, by=cadre, at=NOON)

    entry = AuditEntry.objects.get(action="registration.offer_accepted")
    assert (row.state, counters(session)) == (State.CONFIRMED, (1, 1))
    assert (entry.actor_id, entry.details["for_others"]) == (cadre.pk, True)
    assert kinds_told(cadre) == ["registration_offered"]  # what one did oneself is no news


def test_member_hears_that_somebody_accepted_for_them(session: Session, cadre: User) -> None:
    row = offered_to_a_member(session)

    accept_offer(session, party=row.party, by=cadre, at=NOON)

    assert kinds_told(row.registered_by)[-2:] == ["registration_offered", "registration_confirmed"]


def test_what_a_household_accepts_is_no_news_to_it(session: Session) -> None:
    row = offered_to_a_member(session)

    accept_offer(session, party=row.party, by=row.registered_by, at=NOON)

    assert AuditEntry.objects.get(action="registration.offer_accepted").details["for_others"] is False
    assert kinds_told(row.registered_by)[-1] == "registration_offered"


def test_cadre_declines_and_the_next_in_line_is_offered_the_seat(session: Session, cadre: User) -> None:
    villager = offered_to_a_villager(session, cadre)

    for _time in range(2):
        (row,) = decline_offer(session, party=villager.party, by=cadre, at=NOON)

    assert (row.state, row.cancel_reason) == (State.CANCELLED, "withdrawn")
    assert (Registration.objects.get(state=State.OFFERED).pk > villager.pk, counters(session)) == (True, (1, 0))
    assert AuditEntry.objects.get(action="registration.offer_declined").actor_id == cadre.pk
    assert kinds_told(cadre) == ["registration_offered"]


def test_member_hears_that_somebody_declined_for_them(session: Session, cadre: User) -> None:
    row = offered_to_a_member(session)

    decline_offer(session, party=row.party, by=cadre, at=NOON)

    assert kinds_told(row.registered_by)[-1] == "registration_offer_declined"


def test_a_seat_that_was_accepted_is_not_declined(session: Session, cadre: User) -> None:
    row = offered_to_a_member(session)
    accept_offer(session, party=row.party, by=row.registered_by, at=NOON)

    assert refusal(decline_offer, session, party=row.party, by=cadre, at=NOON) == "offer_over"
    assert Registration.objects.get(pk=row.pk).state == State.CONFIRMED


def test_no_seat_is_confirmed_at_a_session_that_was_called_off(session: Session, cadre: User) -> None:
    row, organiser = offered_to_a_member(session), organiser_of(session.activity)
    elder = ResidentFactory(guardian=row.resident)
    call_off(session, reason="老师生病。", by=organiser, at=NOON)

    codes = [
        refusal(accept_offer, session, party=row.party, by=row.registered_by, at=NOON),
        refusal(accept_offer, session, party=row.party, by=cadre, at=NOON),
        refusal(hand_over_place, row, to=elder, by=row.registered_by, at=NOON),
    ]

    assert codes == ["session_off"] * 3
    assert keep_queues(at=NOON) == 1
    assert Registration.objects.get(pk=row.pk).cancel_reason == "session_off"


def test_who_accepted_before_it_was_called_off_gets_the_first_answer(session: Session) -> None:
    row = offered_to_a_member(session)
    answer = {"party": row.party, "by": row.registered_by, "at": NOON}
    accept_offer(session, **answer)
    call_off(session, reason="老师生病。", by=organiser_of(session.activity), at=NOON)

    assert [each.state for each in accept_offer(session, **answer)] == [State.CONFIRMED]


def test_declining_twice_is_the_same_also_where_one_of_the_party_was_taken_out_before(
    session: Session, cadre: User
) -> None:
    session, family = offered_to_a_family(session)
    take_out(family[1], note="太小了。", by=cadre, at=NOON)

    states = [{row.state for row in decline_offer(session, party=family[0].party, by=cadre, at=NOON)} for _ in "12"]

    assert (states, counters(session)) == ([{State.CANCELLED}] * 2, (0, 0))
    assert AuditEntry.objects.filter(action="registration.offer_declined").count() == 1


def test_what_ran_out_is_not_declined_though_one_of_the_party_had_given_up(session: Session, cadre: User) -> None:
    session, family = offered_to_a_family(session)
    leave(family[1])
    keep_queues(at=NOON + 3 * HOUR)

    assert refusal(decline_offer, session, party=family[0].party, by=cadre, at=NOON + 3 * HOUR) == "offer_over"


def test_household_gives_up_an_offer_also_when_seats_cannot_be_given_up_any_more(session: Session) -> None:
    row = offered_to_a_member(session)
    RegistrationTerms.objects.filter(session=session).update(cancel_until=NOON)

    leave(row)

    row.refresh_from_db()
    assert (row.state, row.cancel_reason, counters(session)) == (State.CANCELLED, "withdrawn", (0, 0))


def test_nothing_is_declined_where_nothing_was_offered(session: Session, cadre: User) -> None:
    assert refusal(decline_offer, session, party=key(), by=cadre, at=NOON) == "offer_over"


def test_whoever_has_no_role_there_answers_for_nobody(session: Session, cadre: User) -> None:
    villager, stranger = offered_to_a_villager(session, cadre), RoleAssignmentFactory(role=Role.CADRE).user

    codes = [refusal(act, session, party=villager.party, by=stranger, at=NOON) for act in (accept_offer, decline_offer)]

    assert codes == ["not_yours", "not_in_charge"]
    assert Registration.objects.get(pk=villager.pk).state == State.OFFERED


def test_a_cancelled_party_is_not_told_that_an_offer_ran_out(session):
    row = sign_up(session, MemberFactory())[0]
    leave(row)

    assert refusal(accept_offer, session, party=row.party, by=row.registered_by, at=NOON) == "no_offer"
