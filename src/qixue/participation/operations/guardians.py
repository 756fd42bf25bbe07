"""Seats go with the person: a new guardian hears of them and looks after them. Without consent a child gets none."""

import datetime

from django.db import transaction

from qixue.participation.models import Registration
from qixue.participation.operations.leaving import leave_all
from qixue.participation.queries.registrations import without_a_seat
from qixue.people.models import Resident, User
from qixue.people.operations import guardians, residents
from qixue.people.operations.locks import hold_or_refuse


@transaction.atomic
def take_over_dependent(
    code: str, *, guardian: Resident, has_consent: bool, by: User, at: datetime.datetime
) -> Resident:
    """Take over somebody with the seats they have. Refused as `guardians.take_over` refuses."""
    dependent = guardians.take_over(code, guardian=guardian, has_consent=has_consent, by=by, at=at)
    Registration.objects.active().filter(resident=dependent, source=Registration.Source.FAMILY).update(registered_by=by)
    return dependent


@transaction.atomic
def withdraw_consent(child: Resident, *, by: User, at: datetime.datetime) -> int:
    """Take back the consent for a child. Seats that it has stay; what would bring it a new one by itself is given up,
    and whoever waits behind it moves up. Returns how many that were; again: none.

    Refused: changed_meanwhile.
    """
    hold_or_refuse([child.pk])
    residents.withdraw_consent(child, by=by, at=at)
    return leave_all(without_a_seat([child], at=at), at=at)
