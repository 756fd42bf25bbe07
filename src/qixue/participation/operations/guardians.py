"""Seats go with the person: a new guardian hears of them and looks after them."""

import datetime

from django.db import transaction

from qixue.participation.models import Registration
from qixue.people.models import Resident, User
from qixue.people.operations import guardians


@transaction.atomic
def take_over_dependent(
    code: str, *, guardian: Resident, has_consent: bool, by: User, at: datetime.datetime
) -> Resident:
    """Take over somebody with the seats they have. Refused as `guardians.take_over` refuses."""
    dependent = guardians.take_over(code, guardian=guardian, has_consent=has_consent, by=by, at=at)
    Registration.objects.active().filter(resident=dependent, source=Registration.Source.FAMILY).update(registered_by=by)
    return dependent
