"""Handing somebody on to another guardian by a code."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, ResidentFactory

from qixue.core.refusal import Refused
from qixue.people.models import GuardianChange, Merge, Notification, Resident
from qixue.people.operations.guardians import LASTS, claim_record, offer_dependent, take_over
from qixue.people.operations.residents import MOST_DEPENDENTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def elder() -> Resident:
    return ResidentFactory(guardian=MemberFactory(), birth_year=1948)


def taken(code: str, *, at: datetime.datetime = NOON, guardian: Resident | None = None) -> Resident:
    guardian = guardian or MemberFactory()
    return take_over(code, guardian=guardian, has_consent=False, by=guardian.user, at=at)


def refusal_of(code: str, **changes: object) -> str:
    with pytest.raises(Refused) as refused:
        taken(code, **changes)
    return refused.value.code


def test_code_works_once(elder):
    code = offer_dependent(elder, by=elder.guardian.user, at=NOON)

    assert taken(code).pk == elder.pk
    assert refusal_of(code) == "change_over"


def test_code_is_kept_as_a_digest_only_and_runs_out(elder):
    code = offer_dependent(elder, by=elder.guardian.user, at=NOON)

    assert code.replace("-", "") not in str(GuardianChange.objects.values().get())
    assert refusal_of(code, at=NOON + LASTS) == "change_over"


def test_new_code_ends_the_former_one(elder):
    first, second = (offer_dependent(elder, by=elder.guardian.user, at=NOON) for _time in range(2))

    assert refusal_of(first) == "change_over"
    assert taken(second).pk == elder.pk


def test_only_the_guardian_hands_on(elder):
    with pytest.raises(Refused) as refused:
        offer_dependent(elder, by=MemberFactory().user, at=NOON)

    assert refused.value.code == "not_yours"


def test_full_household_takes_nobody(elder):
    code = offer_dependent(elder, by=elder.guardian.user, at=NOON)
    guardian = MemberFactory()
    ResidentFactory.create_batch(MOST_DEPENDENTS, guardian=guardian)

    assert refusal_of(code, guardian=guardian) == "household_full"


def test_child_needs_the_consent_of_the_new_guardian():
    child = ResidentFactory(guardian=MemberFactory(), birth_year=2019)
    code = offer_dependent(child, by=child.guardian.user, at=NOON)

    assert refusal_of(code) == "consent_needed"


def test_whoever_was_handed_on_becomes_part_of_their_own_record_and_the_guardian_is_told(elder):
    person, guardian = MemberFactory(), elder.guardian
    code = offer_dependent(elder, by=guardian.user, at=NOON)

    kept = claim_record(code, person=person, by=person.user, at=NOON)

    assert (kept, kept.birth_year, kept.guardian) == (person, 1948, None)
    assert Merge.objects.get().ground == "proved"
    assert list(Notification.objects.values_list("user", "kind")) == [(guardian.user.pk, "record_claimed")]
    assert refusal_of(code) == "change_over"


def test_record_of_a_child_is_claimed_by_nobody(elder):
    Resident.objects.filter(pk=elder.pk).update(birth_year=NOON.year - 10)
    person = MemberFactory()

    with pytest.raises(Refused) as refused:
        claim_record(offer_dependent(elder, by=elder.guardian.user, at=NOON), person=person, by=person.user, at=NOON)

    assert (refused.value.code, Merge.objects.count()) == ("still_a_child", 0)


def test_code_that_was_used_by_another_guardian_claims_nothing(elder):
    person = MemberFactory()
    code = offer_dependent(elder, by=elder.guardian.user, at=NOON)
    taken(code)

    with pytest.raises(Refused) as refused:
        claim_record(code, person=person, by=person.user, at=NOON)

    assert refused.value.code == "change_over"
