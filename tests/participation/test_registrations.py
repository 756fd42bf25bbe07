"""Seats and queue: what each way to sign up or leave does, and each way to be refused."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegionFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    UserFactory,
    key,
)
from tests.participation.signing_up import counters, refusal, sign_up

from qixue.core.models import OutboxMessage
from qixue.core.refusal import Refused
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations import door_codes
from qixue.participation.operations.offers import accept_offer
from qixue.participation.operations.organiser import take_out
from qixue.participation.operations.registrations import (
    cancel_registrations,
    keep_queues,
    register,
)
from qixue.people.models import Notification, Resident, Role, User
from qixue.programme.models import Session
from qixue.programme.operations.sessions import SessionDetails, cancel_session, edit_session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def coordinator(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user


def relative_of(member: Resident, **values: Any) -> Resident:
    return ResidentFactory(guardian=member, **values)


def leave(registration: Registration, *, by: User | None = None, at: datetime.datetime = NOON) -> None:
    person = by or registration.registered_by
    cancel_registrations(registration.session, keys=[registration.pk], by=person, at=at)


def states(session: Session) -> list[str]:
    return list(Registration.objects.filter(session=session).order_by("pk").values_list("state", flat=True))


def test_registering_takes_a_seat_and_says_so(session):
    member = MemberFactory()

    (registration,) = sign_up(session, member)

    assert (registration.state, counters(session)) == (State.CONFIRMED, (1, 0))
    assert Notification.objects.get(user=member.user).kind == "registration_confirmed"


def test_registering_when_full_gives_the_next_number(session):
    for _number in range(2):
        sign_up(session, MemberFactory())

    numbers = [sign_up(session, MemberFactory())[0].waiting_number for _number in range(2)]

    assert (numbers, counters(session)) == ([1, 2], (2, 2))


def test_the_same_form_twice_registers_once(session):
    member, party = MemberFactory(), key()

    first, second = (register(session, people=[member], party=party, by=member.user, at=NOON) for _try in range(2))

    assert (first, counters(session)) == (second, (1, 0))


def test_a_form_used_for_somebody_else_is_refused(session):
    member, party = MemberFactory(), key()
    register(session, people=[member], party=party, by=member.user, at=NOON)
    child = relative_of(member)

    assert refusal(register, session, people=[child], party=party, by=member.user, at=NOON) == "key_reused"


def test_signing_up_again_with_a_new_form_is_refused_and_names_the_person(session):
    member = MemberFactory(name="王芳")
    sign_up(session, member)

    with pytest.raises(Refused, match="王芳") as refused:
        sign_up(session, member)

    assert (refused.value.code, counters(session)) == ("already_registered", (1, 0))


def test_a_family_waits_together_rather_than_be_split(session):
    sign_up(session, MemberFactory())
    parent = MemberFactory()

    family = sign_up(session, parent, relative_of(parent))

    assert [(row.state, row.waiting_number) for row in family] == [(State.WAITING, 1), (State.WAITING, 2)]


def test_nobody_overtakes_a_family_that_waits(session):
    first = sign_up(session, MemberFactory())[0]
    parent = MemberFactory()
    sign_up(session, parent, relative_of(parent))

    later = sign_up(session, MemberFactory())[0]

    assert (later.state, counters(session)) == (State.WAITING, (1, 3))
    leave(first)
    assert (states(session), counters(session)) == (["cancelled", "confirmed", "confirmed", "waiting"], (2, 1))


def test_leaving_lets_the_first_in_the_queue_move_up(session):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(4)]

    leave(rows[0])

    assert (states(session), counters(session)) == (["cancelled", "confirmed", "confirmed", "waiting"], (2, 1))
    assert Notification.objects.filter(user=rows[2].registered_by, kind="registration_moved_up").count() == 1


def test_leaving_twice_changes_nothing_more(session):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(4)]

    for _time in range(2):
        leave(rows[0])

    assert counters(session) == (2, 1)


def test_one_of_a_waiting_family_leaves_and_the_other_moves_up(session):
    sign_up(session, MemberFactory())
    parent = MemberFactory()
    family = sign_up(session, parent, relative_of(parent))

    leave(family[1])

    assert (states(session), counters(session)) == (["confirmed", "confirmed", "cancelled"], (2, 0))


def test_a_seat_that_became_free_is_offered_for_a_time(session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]

    leave(rows[0])

    offered = Registration.objects.get(pk=rows[2].pk)
    assert (offered.state, offered.offered_until, counters(session)) == (State.OFFERED, NOON + 6 * HOUR, (2, 0))


def test_an_offer_that_is_accepted_is_a_seat(session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    leave(rows[0])

    accepted = [
        accept_offer(session, party=rows[2].party, by=rows[2].registered_by, at=NOON + 5 * HOUR)[0].state
        for _time in range(2)
    ]

    assert (accepted, counters(session)) == ([State.CONFIRMED, State.CONFIRMED], (2, 0))


def test_offer_to_a_party_of_two_households_is_accepted_by_either(session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    mother, father, stranger = MemberFactory.create_batch(3)
    child = ResidentFactory(guardian=mother)
    leaving = [sign_up(session, MemberFactory())[0] for _number in range(2)]
    rows = sign_up(session, mother, child)
    Resident.objects.filter(pk=child.pk).update(guardian=father)
    for row in leaving:
        leave(row)

    refused = refusal(accept_offer, session, party=rows[0].party, by=stranger.user, at=NOON + HOUR)
    accepted = accept_offer(session, party=rows[0].party, by=father.user, at=NOON + HOUR)

    assert (refused, [row.state for row in accepted]) == ("not_yours", [State.CONFIRMED] * 2)


def test_an_offer_that_ran_out_goes_to_the_next(session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(4)]
    leave(rows[0])
    late = NOON + 6 * HOUR

    over = refusal(accept_offer, session, party=rows[2].party, by=rows[2].registered_by, at=late)
    done = [keep_queues(at=late) for _time in range(2)]

    assert (over, done, states(session)) == ("offer_over", [1, 0], ["cancelled", "confirmed", "cancelled", "offered"])
    assert refusal(accept_offer, session, party=rows[2].party, by=rows[2].registered_by, at=late) == "offer_over"
    assert Registration.objects.get(pk=rows[2].pk).cancel_reason == Registration.CancelReason.OFFER_EXPIRED


def test_more_seats_let_the_queue_move_up(session, coordinator):
    for _number in range(4):
        sign_up(session, MemberFactory())
    session.refresh_from_db()

    edit_session(session, details=details_of(session, 3), version=session.version, by=coordinator, at=NOON)
    keep_queues(at=NOON)

    assert counters(session) == (3, 1)


def test_a_party_without_room_at_the_head_of_the_queue_is_left_alone(session, django_assert_num_queries):
    first, _second = (sign_up(session, MemberFactory())[0] for _number in range(2))
    member = MemberFactory()
    sign_up(session, member, ResidentFactory(guardian=member))
    sign_up(session, MemberFactory())
    leave(first)

    with django_assert_num_queries(5):  # what it looks for, and no session locked
        done = keep_queues(at=NOON)

    assert (done, counters(session)) == (0, (1, 3))


def test_fewer_seats_than_people_are_refused(session, coordinator):
    for _number in range(2):
        sign_up(session, MemberFactory())

    code = refusal(edit_session, session, details=details_of(session, 1), version=1, by=coordinator, at=NOON)

    assert code == "seats_below_taken"


def details_of(session: Session, seats: int) -> SessionDetails:
    return SessionDetails(session.starts_at, session.ends_at, session.counting_rule, seat_count=seats)


def test_a_session_called_off_lets_everybody_go_and_tells_them(session, coordinator):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]

    cancel_session(session, by=coordinator, at=NOON)
    done = [keep_queues(at=NOON) for _time in range(2)]

    assert (done, states(session), counters(session)) == ([1, 0], ["cancelled"] * 3, (0, 0))
    told = Notification.objects.filter(kind="registration_session_off").values_list("user_id", flat=True)
    assert set(told) == {row.registered_by_id for row in rows}


def test_a_stranger_is_signed_up_by_the_cadre_only(session):
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    villager = ResidentFactory()

    assert refusal(register, session, people=[villager], party=key(), by=UserFactory(), at=NOON) == "not_yours"
    (row,) = register(session, people=[villager], party=key(), by=cadre, at=NOON, source="cadre")
    assert (row.state, row.source) == (State.CONFIRMED, "cadre")
    assert refusal(leave, row, by=UserFactory()) == "not_yours"


@pytest.mark.parametrize(
    ("values", "at", "code"),
    [
        ({"seat_count": None}, NOON, "no_registration"),
        ({"activity__state": "draft"}, NOON, "no_registration"),
        ({"state": "cancelled"}, NOON, "no_registration"),
        ({}, NOON + datetime.timedelta(days=2), "registration_closed"),
        ({"state": "held"}, NOON, "registration_closed"),
    ],
)
def test_a_session_that_takes_nobody_refuses(values, at, code):
    session = OpenSessionFactory(**values)

    assert refusal(sign_up, session, MemberFactory(), at=at) == code


@pytest.mark.parametrize(
    ("terms", "person", "code"),
    [
        ({"opens_at": NOON + HOUR}, {}, "registration_not_open"),
        ({"closes_at": NOON}, {}, "registration_closed"),
        ({"min_age": 55}, {"birth_year": 1990}, "too_young"),
        ({"max_age": 12}, {"birth_year": 1990}, "too_old"),
        ({"max_age": 12}, {}, "age_unknown"),
        ({}, {"birth_year": 2020}, "guardian_needed"),
    ],
)
def test_terms_that_somebody_does_not_meet_refuse_by_name(session, terms, person, code):
    RegistrationTerms.objects.create(session=session, **terms)

    assert refusal(sign_up, session, MemberFactory(**person)) == code


def test_a_session_for_the_residents_of_a_town_refuses_others(session):
    city = RegionFactory(code="441881", name="英德市", name_en="Yingde", level="county", unit_type="county_level_city")
    town = RegionFactory(code="441881114", name="大湾镇", level="township", unit_type="town", parent=city)
    RegistrationTerms.objects.create(session=session, region=town)

    with pytest.raises(Refused) as refused:
        sign_up(session, MemberFactory(name="李嘉明", home_region=city))
    assert (refused.value.code, refused.value.sentence) == (
        "other_region",
        "本场面向英德市大湾镇居民，李嘉明登记的居住地不在此。",
    )
    assert sign_up(session, MemberFactory(home_region=town))[0].state == State.CONFIRMED


def test_an_account_holds_as_many_seats_as_the_terms_allow(session):
    RegistrationTerms.objects.create(session=session, place_limit=1)
    member = MemberFactory()
    sign_up(session, member)

    code = refusal(register, session, people=[relative_of(member)], party=key(), by=member.user, at=NOON)

    assert code == "too_many_places"


def test_a_party_larger_than_the_room_is_refused_at_once(session):
    member = MemberFactory()

    assert refusal(sign_up, session, member, relative_of(member), relative_of(member)) == "too_many_places"


def test_a_seat_cannot_be_given_up_after_the_last_moment_but_waiting_can_end(session, coordinator):
    RegistrationTerms.objects.create(session=session, cancel_until=NOON + HOUR)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    late = NOON + 2 * HOUR

    assert refusal(leave, rows[0], at=late) == "cancel_too_late"
    leave(rows[2], at=late)
    take_out(rows[0], note="打过电话", by=coordinator, at=late)
    assert states(session) == ["cancelled", "confirmed", "cancelled"]


def test_the_account_hears_by_sms_when_it_wants(session):
    member = MemberFactory(user__mobile="13900000000")
    member.user.notification_preferences.create(topic="registrations", by_sms=True)

    sign_up(session, member)

    assert OutboxMessage.objects.get().recipient == "13900000000"


def test_message_says_the_topic_that_the_session_has_of_its_own(session):
    Session.objects.filter(pk=session.pk).update(topic="识破骗局")
    session.refresh_from_db()

    sign_up(session, MemberFactory())

    assert Notification.objects.get().params["title"] == f"{session.activity.title}：识破骗局"


def test_everybody_who_comes_or_waits_has_a_door_code_of_their_own(session):
    member = MemberFactory()

    made = sign_up(session, member, relative_of(member)) + sign_up(session, MemberFactory())

    codes = [row.door_code for row in made]
    assert len(set(codes)) == 3
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_door_code_is_found_although_nearly_all_are_taken(session, monkeypatch):
    (first,) = sign_up(session, MemberFactory())
    monkeypatch.setattr(door_codes, "DOOR_CODES", 4)
    monkeypatch.setattr(door_codes, "random_door_code", lambda: first.door_code)
    Registration.objects.update(door_code="000002")
    first.door_code = "000002"

    assert sorted(door_codes.free_door_codes(session, 3)) == ["000000", "000001", "000003"]
    with pytest.raises(ValueError, match=r"[Ss]ample"):
        door_codes.free_door_codes(session, 4)


def test_database_refuses_one_door_code_for_two_people(session):
    first, second = (sign_up(session, MemberFactory())[0] for _number in range(2))

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(door_code=first.door_code)
    leave(first)
    Registration.objects.filter(pk=second.pk).update(door_code=first.door_code)


IMPOSSIBLE = {
    "a seat with a number of the queue": {"waiting_number": 1},
    "waiting without a number": {"state": "waiting"},
    "cancelled, nobody knows when": {"state": "cancelled", "cancel_reason": "withdrawn"},
    "cancelled, nobody knows why": {"state": "cancelled", "cancelled_at": NOON},
    "a seat that was cancelled": {"cancelled_at": NOON, "cancel_reason": "withdrawn"},
}


@pytest.mark.parametrize("values", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_database_refuses_a_state_that_cannot_be(session, values):
    (row,) = sign_up(session, MemberFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(**values)
