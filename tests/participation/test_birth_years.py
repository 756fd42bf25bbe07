"""Whom others sign up is asked for the year of birth: an unknown age would be a way around a guardian's consent."""

import pytest
from tests.factories import (
    NOON,
    ListedPersonFactory,
    MemberFactory,
    ResidentFactory,
    key,
)
from tests.participation.signing_up import refusal, sign_up

from qixue.core.refusal import Refused
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.people.models import Resident
from qixue.people.operations.listed_residents import add_birth_year

pytestmark = pytest.mark.django_db


def test_nobody_is_written_down_without_a_year_of_birth(session, cadre):
    with pytest.raises(Refused) as refused:
        sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("盘小明"),)), by=cadre, at=NOON)

    assert (refused.value.code, refused.value.field) == ("birth_year_needed", "birth_year_1")
    assert Resident.objects.count() == 0


def test_grown_up_who_is_listed_without_a_year_gets_the_one_that_is_written(session, cadre):
    listed = ListedPersonFactory(
        organisation=session.activity.organisation, resident__name="李桂芳", resident__birth_year=None
    )
    wanted = SignUp(key(), listed=(listed.resident_id,))
    assert refusal(sign_up_people, session, wanted=wanted, by=cadre, at=NOON) == "age_unknown"

    [row] = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)

    assert (row.resident, row.resident.birth_year, Resident.objects.count()) == (listed.resident, 1948, 1)


def test_two_of_one_name_are_two_people_where_one_is_listed_without_a_year(session, cadre):
    listed = ListedPersonFactory(
        organisation=session.activity.organisation, resident__name="李桂芳", resident__birth_year=None
    )
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948), NewPerson("李桂芳", 1971), NewPerson("李桂芳", 1948)))

    rows = sign_up_people(session, wanted=wanted, by=cadre, at=NOON)

    assert [(row.resident.pk == listed.resident_id, row.resident.birth_year) for row in rows] == [
        (True, 1948),
        (False, 1971),
    ]


def test_profile_of_somebody_with_an_account_is_not_written_by_others(session, cadre):
    member = MemberFactory(name="李桂芳", birth_year=None)
    ListedPersonFactory(organisation=session.activity.organisation, resident=member)

    [row] = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)

    member.refresh_from_db()
    assert (member.birth_year, row.resident == member, row.resident.birth_year) == (None, False, 1948)


def test_year_is_added_to_nobody_who_is_gone_or_has_one(cadre):
    gone, known = ResidentFactory(birth_year=None), ResidentFactory(birth_year=None)
    Resident.objects.filter(pk=gone.pk).delete()
    Resident.objects.filter(pk=known.pk).update(birth_year=1950)

    codes = [refusal(add_birth_year, person, birth_year=1948, by=cadre, at=NOON) for person in (gone, known)]

    assert codes == ["changed_meanwhile"] * 2
    assert Resident.objects.get(pk=known.pk).birth_year == 1950


def test_child_is_not_taken_for_a_grown_up_of_the_same_name_without_a_year(session, cadre):
    ListedPersonFactory(organisation=session.activity.organisation, resident__name="李明", resident__birth_year=None)

    wanted = SignUp(key(), new=(NewPerson("李明", 2018),))

    assert refusal(sign_up_people, session, wanted=wanted, by=cadre, at=NOON) == "paper_consent_needed"


def test_who_was_added_without_a_year_of_birth_has_no_seat_before_it_is_known(session):
    member = MemberFactory()
    earlier = ResidentFactory(guardian=member, birth_year=None)

    assert refusal(sign_up, session, member, earlier) == "age_unknown"
