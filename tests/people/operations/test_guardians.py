"""Handing somebody on to another guardian by a code."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, ResidentFactory

from qixue.core.refusal import Refused
from qixue.people.models import GuardianChange, Resident
from qixue.people.operations.guardians import LASTS, offer_dependent, take_over
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
