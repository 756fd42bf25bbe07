"""Handing somebody on to another guardian, or to the person: a code, taken to the other by hand, makes the change."""

import datetime
import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.account_notices import record_claimed
from qixue.people.models import GuardianChange, Merge, Resident, User
from qixue.people.operations.locks import locked_people
from qixue.people.operations.merging import merge_people
from qixue.people.operations.notifications import notify
from qixue.people.operations.residents import (
    MOST_DEPENDENTS,
    ResidentDetails,
    check_consent,
    guardian_of,
    household_full,
    is_child_in,
    keep_consent,
    withdraw_consent,
)
from qixue.people.queries import account_for

LASTS = datetime.timedelta(days=7)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another when read out
LENGTH = 12  # 60 bits: nobody finds one by trying


def digest_of(code: str) -> str:
    return salted_hmac("qixue.guardian_change", plain(code), algorithm="sha256").hexdigest()


def plain(code: str) -> str:
    """As it is written: capital letters without spaces and dashes."""
    return "".join(code.split()).replace("-", "").upper()


@transaction.atomic
def offer_dependent(dependent: Resident, *, by: User, at: datetime.datetime) -> str:
    """A code with which another guardian takes over within seven days; a former one is good no more.

    Only its digest is kept: it is shown once. Refused: not_yours.
    """
    guardian_of(dependent, by)
    code = "".join(secrets.choice(LETTERS) for _position in range(LENGTH))
    values = {"digest": digest_of(code), "offered_at": at, "expires_at": at + LASTS}
    GuardianChange.objects.update_or_create(resident=dependent, defaults=values)
    record_audit("resident.dependent_offered", dependent, by=by, at=at)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def changes_with(code: str, *, at: datetime.datetime) -> QuerySet[GuardianChange]:
    """The one for which the code is, while it is good."""
    return GuardianChange.objects.filter(digest=digest_of(code), expires_at__gt=at)


def change_over() -> Refused:
    sentence = _("This code is not good, or no longer. Please ask the other guardian for a new one.")
    return Refused("change_over", sentence, field="code")


def offered_person(code: str, *, at: datetime.datetime) -> Resident:
    """Whom whoever has the code can take. Refused: change_over."""
    change = changes_with(code, at=at).select_related("resident__home_region", "resident__guardian__user").first()
    if change is None:
        raise change_over()
    return change.resident


@transaction.atomic
def claim_record(code: str, *, person: Resident, by: User, at: datetime.datetime) -> Resident:
    """Be the person whom the code hands on: their record becomes part of one's own. The former guardian is told.

    Refused: change_over, still_a_child, and as `merge_people` refuses.
    """
    locked_people([*changes_with(code, at=at).values_list("resident", flat=True), person.pk])
    offered = offered_person(code, at=at)
    if is_child_in(local_day(at).year, offered.birth_year):
        sentence = _("This is the record of a child under 14, who takes part through a parent or guardian.")
        raise Refused("still_a_child", sentence, field="code")
    guardian = account_for(offered)
    kept = merge_people(offered, person, ground=Merge.Ground.PROVED, by=by, at=at)
    if guardian and guardian.pk != by.pk:
        notify([guardian], record_claimed(offered), at=at)
    return kept


@transaction.atomic
def take_over(code: str, *, guardian: Resident, has_consent: bool, by: User, at: datetime.datetime) -> Resident:
    """Become the guardian of whoever the code is for. A child's former consent ends, and a new one is needed.

    Refused: change_over, household_full, consent_needed.
    """
    changes = changes_with(code, at=at)
    people = locked_people([*changes.values_list("resident", flat=True), guardian.pk])  # one at a time into a household
    change = changes.first()
    if change is None:
        raise change_over()
    dependent = people[change.resident_id]
    if Resident.objects.filter(guardian=guardian).exclude(pk=dependent.pk).count() >= MOST_DEPENDENTS:
        raise household_full()
    details = ResidentDetails(dependent.name, dependent.birth_year, has_consent=has_consent)
    check_consent(details, at=at)
    withdraw_consent(dependent, by=by, at=at)
    dependent.guardian = guardian
    dependent.save(update_fields=["guardian"])
    keep_consent(dependent, details, by=by, at=at)
    change.delete()
    record_audit("resident.guardian_changed", dependent, by=by, at=at)
    return dependent
