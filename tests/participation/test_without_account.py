"""People who have no account: who finds them, what their copy holds, and what is left when they are forgotten."""

import datetime

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    ListedPersonFactory,
    MemberFactory,
    OpenSessionFactory,
    OrganisationFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.factories_afterwards import attend
from tests.participation.signing_up import refusal

from qixue.core.figures import Scope, registry
from qixue.core.models import AuditEntry
from qixue.participation.models import ListedPerson, Participant, Registration, Scan
from qixue.participation.operations.without_account import erase_person, forget_typed_name, note_copy
from qixue.participation.queries.without_account import (
    household_of,
    obstacle_to_speaking_for,
    people_without_account,
    typed_names,
)
from qixue.people.models import Erasure, Organisation, Resident, Role, User
from qixue.people.personal_data import holdings
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
NAME = "欧阳静秋"


@pytest.fixture
def village() -> Organisation:
    return OrganisationFactory(parent=OrganisationFactory())


@pytest.fixture
def cadre(village: Organisation) -> User:
    return RoleAssignmentFactory(organisation=village, role=Role.CADRE).user


@pytest.fixture
def session(village: Organisation) -> Session:
    return OpenSessionFactory(activity=ActivityFactory(organisation=village))


def scan_of(session: Session, name: str, **values: object) -> Scan:
    """Of a walk-in whose name was typed at the door; it waits for a decision."""
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
    facts = {"kind": "walk_in", "verdict": "review", "reason": "outside_hours", "digest": "0" * 64}
    return Scan.objects.create(session=session, uuid=key(), sent={"name": name}, **{**facts, **values}, **moments)


def found_by(user: User) -> set[str]:
    return set(people_without_account(user).values_list("name", flat=True))


def test_office_finds_whom_it_listed_signed_up_or_counted_and_their_guardians(village, cadre, session):
    ListedPersonFactory(organisation=village, resident__name="在册")
    guardian = ResidentFactory(name="监护人")
    RegistrationFactory(session=session, resident=ResidentFactory(name="报名", guardian=guardian), registered_by=cadre)
    attend(session, ResidentFactory(name="到场"))

    assert found_by(cadre) == {"在册", "报名", "到场", "监护人"}


def test_office_finds_nobody_with_an_account_nor_what_stays_of_the_erased(cadre, session):
    RegistrationFactory(session=session, resident=MemberFactory())
    RegistrationFactory(session=session, resident=ResidentFactory(guardian=MemberFactory()))
    RegistrationFactory(session=session, resident=ResidentFactory(name=Resident.NOBODY))

    assert found_by(cadre) == set()


def test_people_of_another_part_of_the_tree_are_out_of_reach(village, cadre):
    elsewhere = OpenSessionFactory()
    person = RegistrationFactory(session=elsewhere, resident=ResidentFactory()).resident
    ListedPersonFactory(organisation=OrganisationFactory(parent=village))  # a list is not read from above

    assert found_by(cadre) == set()
    assert refusal(erase_person, person, by=cadre, at=NOON) == "not_in_charge"


def test_office_above_finds_whom_one_below_signed_up(village, session):
    RegistrationFactory(session=session, resident=ResidentFactory(name=NAME))
    above = RoleAssignmentFactory(organisation=village.parent, role=Role.COORDINATOR).user

    assert found_by(above) == {NAME}


def test_nothing_of_the_person_stays_and_no_figure_changes(village, cadre, session):
    person = ListedPersonFactory(organisation=village, resident__name=NAME, resident__birth_year=None).resident
    RegistrationFactory(session=session, resident=person, registered_by=cadre)
    attend(session, person)
    session.taken_count = 1
    session.save(update_fields=["taken_count"])
    scope, later = Scope(session.activity.programme.code), session.starts_at + datetime.timedelta(days=1)
    before = {code: str(each.value(scope).quantity) for code, each in registry.definitions.items()}

    erase_person(person, by=cadre, at=later)

    assert {code: str(each.value(scope).quantity) for code, each in registry.definitions.items()} == before
    assert [model.objects.count() for model in (ListedPerson, Participant)] == [0, 0]
    assert Registration.objects.get().resident.name == Resident.NOBODY
    assert not Resident.objects.filter(name=NAME).exists()


def test_audit_says_who_did_it_and_not_about_whom(village, cadre):
    person = ListedPersonFactory(organisation=village, resident__name=NAME).resident

    erase_person(person, by=cadre, at=NOON)

    entry = AuditEntry.objects.get(action="resident.erased")
    assert (entry.actor_id, entry.details, Erasure.objects.get().has_account) == (cadre.pk, {}, False)


def test_children_go_with_their_guardian(village, cadre):
    guardian = ListedPersonFactory(organisation=village).resident
    child = ListedPersonFactory(organisation=village, resident__guardian=guardian).resident

    assert household_of(guardian).people == (guardian, child)
    erase_person(guardian, by=cadre, at=NOON)

    assert not Resident.objects.exists()


def test_office_that_entered_only_some_of_a_household_is_told_whom_to_ask(village, cadre, session, in_english):
    guardian = ResidentFactory()
    child, sibling = (ResidentFactory(guardian=guardian) for _child in range(2))
    RegistrationFactory(session=session, resident=child, registered_by=cadre)
    next_village = OrganisationFactory(parent=village.parent)
    attend(OpenSessionFactory(activity=ActivityFactory(organisation=next_village)), sibling)
    above = RoleAssignmentFactory(organisation=village.parent, role=Role.COORDINATOR).user

    obstacle = obstacle_to_speaking_for(guardian, cadre)

    assert obstacle.params == {"office": village.parent.local_name}
    for act in (erase_person, note_copy):
        assert refusal(act, guardian, by=cadre, at=NOON) == "out_of_reach"
    assert obstacle_to_speaking_for(child, cadre) is None
    note_copy(guardian, by=above, at=NOON)
    assert AuditEntry.objects.filter(action="resident.copy_taken").count() == 1


def test_a_list_elsewhere_counts_even_where_nobody_is_above_both(cadre, session):
    person = RegistrationFactory(session=session, resident=ResidentFactory(), registered_by=cadre).resident
    ListedPersonFactory(organisation=OrganisationFactory(), resident=person)

    assert obstacle_to_speaking_for(person, cadre).params == {}


def test_a_name_that_waits_in_quarantine_goes_with_the_person(cadre, session):
    person = RegistrationFactory(session=session, resident=ResidentFactory(name=NAME), registered_by=cadre).resident
    here, elsewhere = scan_of(session, NAME), scan_of(OpenSessionFactory(), NAME)

    erase_person(person, by=cadre, at=session.starts_at + datetime.timedelta(days=1))

    assert [Scan.objects.get(pk=scan.pk).sent for scan in (here, elsewhere)] == [{}, {"name": NAME}]
    assert [Scan.objects.get(pk=scan.pk).digest for scan in (here, elsewhere)] == ["", "0" * 64]


def test_a_name_that_waits_in_quarantine_is_in_the_copy(cadre, session, in_english):
    person = RegistrationFactory(session=session, resident=ResidentFactory(name=NAME), registered_by=cadre).resident
    scan_of(session, NAME)

    sections = {section.title: len(section.rows) for section in holdings.copy(household_of(person))}

    assert sections["At the door"] == 1


def test_typed_name_is_taken_out_and_the_scan_goes_on_waiting(cadre, session):
    scan = scan_of(session, NAME)

    forget_typed_name(scan, by=cadre, at=NOON)
    forget_typed_name(scan, by=cadre, at=NOON)

    scan.refresh_from_db()
    assert (scan.sent, scan.digest, scan.decision, list(typed_names(cadre))) == ({}, "", "", [])
    assert AuditEntry.objects.filter(action="scan.name_forgotten").count() == 1


def test_typed_name_of_another_part_of_the_tree_is_out_of_reach(cadre):
    scan = scan_of(OpenSessionFactory(), NAME)

    assert refusal(forget_typed_name, scan, by=cadre, at=NOON) == "not_in_charge"
