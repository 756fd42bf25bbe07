"""What residents enter into their learning record themselves, and the number of the record."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.learning_hours import MINUTES
from qixue.participation.models import LearningAccount, LearningEntry
from qixue.participation.operations.eligibility import must_act_for
from qixue.participation.serials import new_serial
from qixue.people.models import Resident, User
from qixue.people.operations.turns import take_turn

MOST_ENTRIES = 200  # in one record
MOST_HOURS = 9999
HOURS_OF_A_DAY = 24 * 60 // MINUTES


@dataclass(frozen=True)
class EntryDetails:
    """What somebody says about something that they learnt elsewhere; `learning_hours` are 学时 of 45 minutes."""

    outcome_type: str
    title: str
    ended_on: datetime.date
    issuer: str = ""
    started_on: datetime.date | None = None
    learning_hours: Decimal | None = None
    evidence: str = ""


def open_account(person: Resident, *, at: datetime.datetime) -> LearningAccount:
    """The account of the person's learning record; made when it is first needed."""
    return open_accounts([person], at=at)[person.pk]


def open_accounts(people: Sequence[Resident], *, at: datetime.datetime) -> dict[int, LearningAccount]:
    """The same for several, by key of the person. Where somebody else opens one at this moment theirs holds."""
    known = LearningAccount.objects.filter(resident__in=people)
    there = {account.resident_id: account for account in known}
    missing = [person for person in people if person.pk not in there]
    if not missing:
        return there
    rows = [LearningAccount(resident=person, learner_no=new_serial(), opened_at=at) for person in missing]
    LearningAccount.objects.bulk_create(rows, ignore_conflicts=True)
    return {account.resident_id: account for account in known.all()}


@transaction.atomic
def declare_learning(
    person: Resident, *, details: EntryDetails, client_uuid: uuid.UUID, by: User, at: datetime.datetime
) -> LearningEntry:
    """Enter something into the record; the same form sent twice enters it once.

    Refused: those of `check_entry`, record_full.
    """
    check_entry(person, details, by=by, at=at)
    take_turn(by)
    if earlier := LearningEntry.objects.filter(client_uuid=client_uuid, resident=person).first():
        return earlier
    if LearningEntry.objects.filter(resident=person).count() >= MOST_ENTRIES:
        raise Refused("record_full", _("The record has room for %(limit)s entries of one's own."), limit=MOST_ENTRIES)
    entry = LearningEntry.objects.create(
        resident=person, client_uuid=client_uuid, created_at=at, changed_at=at, **vars(details)
    )
    record_audit("learning.declared", entry, by=by, at=at)
    return entry


@transaction.atomic
def edit_declared(entry: LearningEntry, *, details: EntryDetails, by: User, at: datetime.datetime) -> LearningEntry:
    """Refused: those of `check_entry`."""
    check_entry(entry.resident, details, by=by, at=at)
    for name, value in vars(details).items():
        setattr(entry, name, value)
    entry.changed_at = at
    entry.save(update_fields=[*vars(details), "changed_at"])
    record_audit("learning.edited", entry, by=by, at=at)
    return entry


@transaction.atomic
def delete_declared(entry: LearningEntry, *, by: User, at: datetime.datetime) -> None:
    """Refused: not_yours."""
    must_act_for(by, [entry.resident], is_staff=False)
    record_audit("learning.deleted", entry, by=by, at=at)
    entry.delete()


def check_entry(person: Resident, details: EntryDetails, *, by: User, at: datetime.datetime) -> None:
    """Refused: not_yours, day_to_come, days_in_wrong_order, hours_out_of_range, more_hours_than_days."""
    must_act_for(by, [person], is_staff=False)
    if details.ended_on > local_day(at):
        raise Refused("day_to_come", _("Please enter it when it is over: this day is still to come."), field="ended_on")
    if details.started_on and details.started_on > details.ended_on:
        sentence = _("Please give a first day that is not after the last one.")
        raise Refused("days_in_wrong_order", sentence, field="started_on")
    hours = details.learning_hours
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        sentence = _("Please give learning hours from 0 to %(highest)s, for example 4 or 2.5.")
        raise Refused("hours_out_of_range", sentence, field="learning_hours", highest=MOST_HOURS)
    days = (details.ended_on - (details.started_on or details.ended_on)).days + 1
    if hours is not None and hours > days * HOURS_OF_A_DAY:
        sentence = _("A day has %(hours)s learning hours. Please check the number, or the first and the last day.")
        raise Refused("more_hours_than_days", sentence, field="learning_hours", hours=HOURS_OF_A_DAY)
