"""Whom a notice about a registration reaches: the person, whoever takes care of them, or their cadre; whoever signed
them up.
"""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.participation.signing_up import another, sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.guardians import take_over_dependent
from qixue.participation.operations.leaving import forget_names
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.organiser import move_registrations
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.participation.queries.registered import reach_of
from qixue.people.models import Merge, Notification, Resident, Role, User
from qixue.people.operations.guardians import offer_dependent
from qixue.people.operations.merging import merge_people
from qixue.programme.models import Session
from qixue.programme.operations.sessions import cancel_session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    session: Session = OpenSessionFactory(seat_count=2)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    return session


def told(user: User) -> list[tuple[str, str]]:
    """What an account was told of whom, the newest last; without that they are signed up or wait."""
    at_once = ["registration_confirmed", "registration_waiting", "registration_waiting_for_offer"]
    notices = Notification.objects.filter(user=user).exclude(kind__in=at_once)
    return list(notices.order_by("pk").values_list("kind", "params__names"))


def fill(session: Session) -> list[Registration]:
    return [sign_up(session, MemberFactory())[0] for _seat in range(session.seat_count or 0)]


def leave(*rows: Registration) -> None:
    for row in rows:
        cancel_registrations(row.session, keys=[row.pk], by=row.registered_by, at=NOON)


def family_of_two_households(session: Session) -> tuple[Resident, Resident]:
    """A mother signs up with her child, of which the father takes care from then on."""
    mother, father = MemberFactory(name="唐秀英"), MemberFactory(name="房大贵")
    child = ResidentFactory(guardian=mother, name="房小妹", birth_year=2010)
    sign_up(session, mother, child)
    code = offer_dependent(child, by=mother.user, at=NOON)
    take_over_dependent(code, guardian=father, has_consent=True, by=father.user, at=NOON)
    return mother, father


def test_each_household_of_a_party_hears_of_an_offer_and_of_its_end(session: Session) -> None:
    there = fill(session)
    mother, father = family_of_two_households(session)

    leave(*there)
    keep_queues(at=NOON + 3 * HOUR)

    kinds = ("registration_offered", "registration_offer_over")
    assert told(mother.user) == [(kind, "唐秀英") for kind in kinds]
    assert told(father.user) == [(kind, "房小妹") for kind in kinds]


def test_each_household_of_a_party_hears_that_the_session_is_off(session: Session) -> None:
    mother, father = family_of_two_households(session)
    coordinator = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.COORDINATOR).user

    cancel_session(session, by=coordinator, at=NOON)
    keep_queues(at=NOON)

    assert told(mother.user) == [("registration_session_off", "唐秀英")]
    assert told(father.user) == [("registration_session_off", "房小妹")]


def test_each_household_of_a_party_hears_that_it_was_moved(session: Session, organiser: User) -> None:
    mother, father = family_of_two_households(session)
    keys = list(Registration.objects.values_list("pk", flat=True))

    move_registrations(session, keys=keys, to=another(session), by=organiser, at=NOON)

    assert told(mother.user) == [("registration_seat_moved", "唐秀英")]
    assert told(father.user) == [("registration_seat_moved", "房小妹")]


def test_each_household_of_an_entry_hears_of_the_draw() -> None:
    session = OpenSessionFactory(seat_count=2)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=NOON + HOUR)
    keep_lotteries(at=NOON)
    mother, father = family_of_two_households(session)

    keep_lotteries(at=NOON + HOUR)

    assert told(mother.user)[-1] == ("lottery_seat", "唐秀英")
    assert told(father.user) == [("lottery_seat", "房小妹")]


def test_villager_who_has_an_account_by_now_hears_of_the_offer_there(session: Session, cadre: User) -> None:
    there = fill(session)
    (row,) = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("陈秀兰", 1948),)), by=cadre, at=NOON)
    member = MemberFactory(name="陈秀兰")
    merge_people(row.resident, member, ground=Merge.Ground.SAID_SO, by=cadre, at=NOON)

    leave(there[0])

    assert (told(member.user), told(cadre)) == ([("registration_offered", "陈秀兰")], [])
    assert Notification.objects.get(kind="registration_offered").link == f"/me/registrations/{row.party}/"


def test_villager_whose_daughter_has_an_account_hears_through_her(session: Session, cadre: User) -> None:
    there = fill(session)
    (row,) = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("陈秀兰", 1948),)), by=cadre, at=NOON)
    daughter = MemberFactory()
    Resident.objects.filter(pk=row.resident_id).update(guardian=daughter)

    leave(there[0])

    (offered,) = Registration.objects.filter(pk=row.pk).with_accounts()
    assert reach_of([offered]).through_cadre_count == 0
    assert told(daughter.user) == [("registration_offered", "陈秀兰")]
    assert Notification.objects.get(kind="registration_offered").link == f"/me/registrations/{row.party}/"


def test_account_of_the_organiser_is_nobodys_contact(session: Session, organiser: User) -> None:
    there = fill(session)
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("陈秀兰", 1948),)), by=organiser, at=NOON)

    leave(there[0])

    assert told(organiser) == [("registration_offered_in_person", "陈秀兰")]


def test_forgetting_one_household_puts_no_further_name_into_what_the_other_was_told(session: Session) -> None:
    there = fill(session)
    mother, father = family_of_two_households(session)
    child = father.dependents.get()
    leave(*there)
    party = Registration.objects.get(resident=child).party

    forget_names({party}, [child], None)

    assert (told(mother.user), told(father.user)) == ([("registration_offered", "唐秀英")], [])
