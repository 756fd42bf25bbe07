"""What an office is told of records that may be of one person, and what it does about them."""

import pytest
from tests.factories import (
    NOON,
    ListedPersonFactory,
    MemberFactory,
    OrganisationFactory,
    RegionFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
)

from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.duplicates import merge_known_people, tell_apart
from qixue.participation.queries import duplicates
from qixue.participation.queries.duplicates import likely_duplicates, same_named
from qixue.people.models import DifferentPeople, Merge, Notification, Organisation, Resident, Role, User

pytestmark = pytest.mark.django_db
NAME = "陈秀兰"
SAID_SO = Merge.Ground.SAID_SO


@pytest.fixture
def village() -> Organisation:
    organisation: Organisation = OrganisationFactory(parent=OrganisationFactory())
    return organisation


@pytest.fixture
def cadre(village: Organisation) -> User:
    user: User = RoleAssignmentFactory(organisation=village, role=Role.CADRE).user
    return user


def listed(village: Organisation, **about: object) -> Resident:
    person = ResidentFactory(**{"name": NAME, "birth_year": 1948, **about})
    return ListedPersonFactory(organisation=village, resident=person, added_at=NOON).resident


def signed_up(village: Organisation, **about: object) -> Resident:
    """Somebody who signs in, and was at something of the village."""
    person = MemberFactory(**{"name": NAME, "birth_year": 1948, **about})
    RegistrationFactory(resident=person, session__activity__organisation=village)
    return person


def pairs(user: User) -> list[tuple[int, int]]:
    return [(each.pair.kept.pk, each.pair.gone.pk) for each in likely_duplicates(user, most=10)]


def test_people_of_one_name_and_year_are_proposed(village: Organisation, cadre: User, in_english: None) -> None:
    first, member = listed(village), signed_up(village, name="陈 秀兰")
    listed(village, name="陈秀英")

    [found] = likely_duplicates(cadre, most=10)

    assert (found.pair.kept, found.pair.gone) == (member, first)
    assert [str(words) for words in found.same] == ["Year of birth"]


def test_most_alike_come_first_and_others_are_not_proposed(village: Organisation, cadre: User) -> None:
    home = RegionFactory()
    alike = [listed(village, name="李明", home_region=home) for _number in range(2)]
    first, second = listed(village), listed(village)
    listed(village, name="王芳", birth_year=1950)
    listed(village, name="王芳", birth_year=1980)
    listed(village, name="黄强", birth_year=None)
    listed(village, name="黄强", birth_year=None)

    assert pairs(cadre) == [(alike[0].pk, alike[1].pk), (first.pk, second.pk)]


def test_of_very_many_pairs_those_of_the_smallest_groups_are_looked_at(
    village: Organisation, cadre: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "MOST_PAIRS", 1)
    for _number in range(3):
        listed(village, name="李明")
    first, second = listed(village), listed(village)

    assert pairs(cadre) == [(first.pk, second.pk)]


def test_nobody_is_proposed_who_signs_in_twice_or_takes_care_of_the_other(village: Organisation, cadre: User) -> None:
    signed_up(village)
    signed_up(village)
    guardian = listed(village, name="李明")
    listed(village, name="李明", guardian=guardian)

    assert pairs(cadre) == []


def test_whoever_was_told_apart_is_proposed_no_more(village: Organisation, cadre: User) -> None:
    one, other = listed(village), listed(village)

    for _twice in range(2):
        tell_apart(other, one, by=cadre, at=NOON)

    assert pairs(cadre) == []
    row = DifferentPeople.objects.get()
    assert (row.first, row.second, row.said_by) == (one, other, cadre)
    assert same_named(one, cadre) == [other]


def test_what_was_told_apart_holds_for_the_record_that_is_kept(village: Organisation, cadre: User) -> None:
    member, gone, other = signed_up(village), listed(village), listed(village)
    tell_apart(gone, other, by=cadre, at=NOON)
    tell_apart(gone, member, by=cadre, at=NOON)

    merge_known_people(gone, member, ground=SAID_SO, by=cadre, at=NOON)

    assert list(DifferentPeople.objects.values_list("first", "second")) == [(member.pk, other.pk)]


def test_cadre_merges_and_the_person_is_told(village: Organisation, cadre: User) -> None:
    person, member = listed(village), signed_up(village)

    kept = merge_known_people(person, member, ground=SAID_SO, by=cadre, at=NOON)

    assert (kept, Merge.objects.get().actor_id) == (member, cadre.pk)
    notice = Notification.objects.get(user=member.user)
    assert (notice.kind, notice.params) == ("records_merged", {})
    assert pairs(cadre) == []


def test_office_that_knows_one_of_the_two_merges_nothing(village: Organisation, cadre: User) -> None:
    refused_with("not_in_charge", listed(village), listed(OrganisationFactory()), cadre)


def test_office_that_did_not_enter_all_of_the_record_that_goes_is_told_whom_to_ask(
    village: Organisation, cadre: User
) -> None:
    member, gone = signed_up(village), listed(village)
    RegistrationFactory(resident=gone, session__activity__organisation=OrganisationFactory(parent=village.parent))

    refused_with("out_of_reach", gone, member, cadre)


def test_record_of_whom_a_relative_takes_care_with_an_account_is_handed_on_by_them(
    village: Organisation, cadre: User
) -> None:
    member = signed_up(village)
    dependent = ResidentFactory(name=NAME, guardian=MemberFactory())
    RegistrationFactory(resident=dependent, session__activity__organisation=village)

    refused_with("guardian_signs_in", dependent, member, cadre)
    assert pairs(cadre) == []


def test_two_accounts_are_merged_by_no_office(village: Organisation, cadre: User) -> None:
    refused_with("both_sign_in", signed_up(village), signed_up(village), cadre)


def refused_with(code: str, one: Resident, other: Resident, by: User) -> None:
    before = Registration.objects.count()
    with pytest.raises(Refused) as refused:
        merge_known_people(one, other, ground=SAID_SO, by=by, at=NOON)
    assert (refused.value.code, Merge.objects.count(), Registration.objects.count()) == (code, 0, before)
