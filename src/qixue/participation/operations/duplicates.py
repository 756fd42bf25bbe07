"""Bringing two records of one person together, by the office that entered them, and saying that they are two people."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.queries.duplicates import obstacle_to_merging
from qixue.participation.queries.without_account import people_known_to
from qixue.people.account_notices import records_merged
from qixue.people.models import DifferentPeople, Merge, Resident, User
from qixue.people.operations.locks import changed_meanwhile, locked_people
from qixue.people.operations.merging import merge_people
from qixue.people.operations.notifications import notify
from qixue.people.personal_data import Pair
from qixue.people.queries import account_for


@transaction.atomic
def merge_known_people(
    one: Resident, other: Resident, *, ground: Merge.Ground, by: User, at: datetime.datetime
) -> Resident:
    """Make one record of two that the user's office knows; whoever signs in for it is told. Returns the one kept.

    The record that goes is one without an account, and everything that is kept with it is in reach of the office.
    Refused: not_in_charge, both_sign_in, guardian_signs_in, out_of_reach, and as `merge_people` refuses.
    """
    people = locked_people([one.pk, other.pk])  # first: what is entered meanwhile may be out of reach
    if len(people) < 2:
        raise changed_meanwhile()
    pair = Pair.of(*people.values())
    must_know(pair.kept, pair.gone, by)
    if obstacle := obstacle_to_merging(pair, by):
        raise obstacle
    kept = merge_people(pair.kept, pair.gone, ground=ground, by=by, at=at)
    if user := account_for(kept):
        notify([user], records_merged(pair), at=at)
    return kept


@transaction.atomic
def tell_apart(one: Resident, other: Resident, *, by: User, at: datetime.datetime) -> None:
    """Say that two records are of two people: nobody asks again. Again nothing changes. Refused: not_in_charge."""
    must_know(one, other, by)
    first, second = sorted((one.pk, other.pk))
    _row, is_new = DifferentPeople.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_by": by, "said_at": at}
    )
    if is_new:
        record_audit("resident.told_apart", Resident(pk=first), by=by, at=at, details={"other": second})


def must_know(one: Resident, other: Resident, by: User) -> None:
    if people_known_to(by).filter(pk__in=(one.pk, other.pk)).count() < len({one.pk, other.pk}):
        raise Refused("not_in_charge", _("Only an office that knows both records can do this."))
