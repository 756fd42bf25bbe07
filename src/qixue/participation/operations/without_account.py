"""Forgetting people who have no account, at the request that they brought to the office which entered them."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Scan
from qixue.participation.queries.without_account import (
    household_of,
    obstacle_to_speaking_for,
    people_without_account,
    typed_names,
)
from qixue.people.models import Resident, User
from qixue.people.operations.erasure import erase
from qixue.people.personal_data import Subject

NOT_ENTERED = _("Only the office that entered somebody who has no account can do this.")


@transaction.atomic
def erase_person(person: Resident, *, by: User, at: datetime.datetime) -> Subject:
    """Forget somebody without an account with everybody of whom they take care. Returns who that was.

    Seats to come are given up first; no figure changes. Refused: not_in_charge, out_of_reach, changed_meanwhile.
    """
    must_have_entered(person, by)
    subject = household_of(person)
    erase(subject, by=by, at=at)
    return subject


@transaction.atomic
def note_copy(person: Resident, *, by: User, at: datetime.datetime) -> None:
    """It goes on record that somebody took along what is kept about a person.

    Refused: not_in_charge, out_of_reach.
    """
    must_have_entered(person, by)
    record_audit("resident.copy_taken", person, by=by, at=at)


def must_have_entered(person: Resident, by: User) -> None:
    """The person, and nobody else the household. Refused: not_in_charge, out_of_reach."""
    if not people_without_account(by).filter(pk=person.pk).exists():
        raise Refused("not_in_charge", NOT_ENTERED)
    if obstacle := obstacle_to_speaking_for(person, by):
        raise obstacle


@transaction.atomic
def forget_typed_name(scan: Scan, *, by: User, at: datetime.datetime) -> Scan:
    """Take the name out of a scan that waits for a decision; it stays, as of somebody without a name.

    Again changes nothing. Refused: not_in_charge.
    """
    scan = Scan.objects.select_for_update(of=("self",)).get(pk=scan.pk)
    if not scan.sent.get("name"):
        return scan
    if not typed_names(by).filter(pk=scan.pk).exists():
        raise Refused("not_in_charge", NOT_ENTERED)
    scan.sent.pop("name")
    scan.digest = ""
    scan.save(update_fields=["sent", "digest"])
    record_audit("scan.name_forgotten", scan, by=by, at=at)
    return scan
