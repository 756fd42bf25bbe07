"""Many people at the same moment, each in a transaction of their own: no seat and no number goes to two of them."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import (
    NOON,
    ListedPersonFactory,
    MemberFactory,
    OpenSessionFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.participation.ways import by_any_way

from qixue.core.names import by_name
from qixue.core.refusal import Refused
from qixue.participation.models import ListedPerson, Registration, RegistrationTerms
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.participation.operations.offers import accept_offer, decline_offer
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Notification, Resident, Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def closing(act: Callable[[], str]) -> str:
    try:
        return act()
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(closing, acts))


def numbers_waiting(session: Session) -> list[int]:
    return list(Registration.objects.waiting().filter(session=session).values_list("waiting_number", flat=True))


def test_many_people_at_once_never_share_a_seat_or_a_number() -> None:
    session = OpenSessionFactory(seat_count=5)
    parties = [(member, key()) for member in MemberFactory.create_batch(20)]

    def sign_up(member: Resident, party: object) -> Callable[[], str]:
        return lambda: by_any_way(session, people=[member], party=party, by=member.user, at=NOON)[0].state

    answers = at_once([sign_up(*party) for party in parties for _sent_twice in range(2)])

    session.refresh_from_db()
    assert Counter(answers) == {"confirmed": 10, "waiting": 30}
    assert answers[::2] == answers[1::2]
    assert (session.taken_count, numbers_waiting(session)) == (5, list(range(1, 16)))


def test_leaving_and_joining_at_once_keeps_the_order() -> None:
    session = OpenSessionFactory(seat_count=10)
    rows = [
        register(session, people=[member], party=key(), by=member.user, at=NOON)[0]
        for member in MemberFactory.create_batch(22)
    ]
    newcomers = MemberFactory.create_batch(10)

    def leave(row: Registration) -> Callable[[], str]:
        return lambda: str(len(cancel_registrations(session, keys=[row.pk], by=row.registered_by, at=NOON)))

    def join(member: Resident) -> Callable[[], str]:
        return lambda: by_any_way(session, people=[member], party=key(), by=member.user, at=NOON)[0].state

    at_once([act for row, member in zip(rows[:10], newcomers, strict=True) for act in (leave(row), join(member))])

    seated = Registration.objects.filter(session=session, state="confirmed").order_by("pk").values_list("pk", flat=True)
    assert list(seated) == [row.pk for row in rows[10:20]]
    assert numbers_waiting(session) == [11, 12, *range(13, 23)]
    moved_up = Notification.objects.filter(kind="registration_moved_up").order_by("user").values_list("user", flat=True)
    assert list(moved_up) == [row.registered_by_id for row in rows[10:20]]


def test_lists_of_two_cadres_with_the_same_people_are_signed_up_one_after_the_other() -> None:
    activity = OpenSessionFactory().activity
    organisation = activity.organisation
    people = [ResidentFactory(name=f"{sign}某") for sign in "甲乙丙丁戊己庚辛壬癸"]
    for person in people:
        ListedPerson.objects.create(organisation=organisation, resident=person, added_at=NOON)
    cadres = [RoleAssignmentFactory(organisation=organisation, role=Role.CADRE).user for _number in range(2)]
    keys = [person.pk for person in by_name(people, lambda person: person.name)]

    def sign_up(session: Session, cadre: User, chosen: list[int]) -> Callable[[], str]:
        wanted = SignUp(key(), listed=tuple(chosen))
        return lambda: str(len(sign_up_people(session, wanted=wanted, by=cadre, at=NOON)))

    for _time in range(8):  # they miss each other in the first ones, until all is warm
        session = OpenSessionFactory(activity=activity, seat_count=50)
        answers = at_once([sign_up(session, cadres[0], keys[:9]), sign_up(session, cadres[1], keys[1:])])
        assert sorted(answers) == ["9", "already_registered"]


def test_lists_of_two_cadres_with_the_same_people_without_a_year_are_written_one_after_the_other() -> None:
    activity = OpenSessionFactory().activity
    cadres = [RoleAssignmentFactory(organisation=activity.organisation, role=Role.CADRE).user for _number in range(2)]

    def sign_up(session: Session, cadre: User, new: list[NewPerson]) -> Callable[[], str]:
        wanted = SignUp(key(), new=tuple(new))
        return lambda: str(len(sign_up_people(session, wanted=wanted, by=cadre, at=NOON)))

    for time in range(8):  # they miss each other in the first ones, until all is warm
        sheet = [NewPerson(f"{sign}某{time}", 1950) for sign in "甲乙丙丁戊己庚辛壬癸"]
        for person in sheet:
            ListedPersonFactory(
                organisation=activity.organisation, resident__name=person.name, resident__birth_year=None
            )
        session = OpenSessionFactory(activity=activity, seat_count=50)
        answers = at_once([sign_up(session, cadres[0], sheet), sign_up(session, cadres[1], sheet[::-1])])
        assert sorted(answers) == ["10", "already_registered"]


def test_a_sheet_with_new_people_that_is_sent_twice_at_once_has_one_answer() -> None:
    activity = OpenSessionFactory().activity
    cadre = RoleAssignmentFactory(organisation=activity.organisation, role=Role.CADRE).user

    for time in range(4):  # they miss each other in the first ones, until all is warm
        session = OpenSessionFactory(activity=activity, seat_count=50)
        people = [NewPerson(f"{sign}某{time}", 1948) for sign in "甲乙丙"]
        wanted = SignUp(key(), new=tuple(people))

        def sign_up(session: Session = session, wanted: SignUp = wanted) -> str:
            made = sign_up_people(session, wanted=wanted, by=cadre, at=NOON)
            return " ".join(str(row.pk) for row in made)

        answers = at_once([sign_up] * 4)

        made = Registration.objects.filter(session=session).order_by("pk").values_list("pk", flat=True)
        assert answers == [" ".join(map(str, made))] * 4
        assert (len(made), ListedPerson.objects.count(), Resident.objects.count()) == (
            3,
            3 * (time + 1),
            3 * (time + 1),
        )


def test_the_database_refuses_one_seat_too_many() -> None:
    session = OpenSessionFactory(seat_count=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(taken_count=3)


def test_an_offer_that_is_accepted_and_declined_at_once_has_one_answer() -> None:
    session = OpenSessionFactory(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    members = MemberFactory.create_batch(8)
    rows = [register(session, people=[one], party=key(), by=one.user, at=NOON)[0] for one in members]
    cancel_registrations(session, keys=[rows[0].pk], by=rows[0].registered_by, at=NOON)

    for row in rows[1:-1]:
        values = {"party": row.party, "at": NOON}
        answers = at_once(
            [
                lambda row=row, values=values: accept_offer(session, by=row.registered_by, **values)[0].state,
                lambda values=values: decline_offer(session, by=cadre, **values)[0].state,
            ]
        )
        assert sorted(answers) in (["confirmed", "offer_over"], ["cancelled", "no_offer"])
        session.refresh_from_db()
        row.refresh_from_db()
        assert (row.state in answers, session.taken_count) == (True, 1)
        if row.state == "confirmed":
            cancel_registrations(session, keys=[row.pk], by=row.registered_by, at=NOON)

    assert Registration.objects.get(session=session, state="offered").pk == rows[-1].pk


def test_many_who_come_at_once_past_a_party_larger_than_the_room_share_no_seat() -> None:
    session = OpenSessionFactory(seat_count=3)
    first = MemberFactory()
    register(session, people=[first], party=key(), by=first.user, at=NOON)
    mother = MemberFactory()
    family = [mother, *ResidentFactory.create_batch(2, guardian=mother)]
    register(session, people=family, party=key(), by=mother.user, at=NOON)
    Session.objects.filter(pk=session.pk).update(seat_count=2)
    members = MemberFactory.create_batch(12)

    def join(member: Resident) -> Callable[[], str]:
        return lambda: by_any_way(session, people=[member], party=key(), by=member.user, at=NOON)[0].state

    answers = at_once([join(member) for member in members])

    session.refresh_from_db()
    assert Counter(answers) == {"confirmed": 1, "waiting": 11}
    assert (session.taken_count, numbers_waiting(session)) == (2, list(range(1, 15)))
