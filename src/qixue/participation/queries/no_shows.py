"""Who missed sessions without giving the seat up. It counts only where the organiser said so beforehand."""

import datetime
from collections.abc import Sequence

from qixue.participation.models import Registration
from qixue.participation.queries.registered import missed
from qixue.people.models import Resident
from qixue.programme.models import Session

HOURS_BEFORE = datetime.timedelta(hours=24)  # from then on a seat that is left is for everybody


def missed_counts(session: Session, people: Sequence[Resident], *, at: datetime.datetime) -> dict[int, int]:
    """By key of the person: sessions of the same organiser in the same programme that were missed and not excused.

    Only sessions whose terms had the rule count: nobody is measured by what they were not told.
    """
    rows = Registration.objects.filter(
        resident__in=people,
        session__activity__organisation=session.activity.organisation,
        session__activity__programme=session.activity.programme,
        session__registration_terms__no_show_limit__isnull=False,
        session__ends_at__lte=at,
        excused_at=None,
    )
    found: dict[int, int] = {}
    for resident in missed(rows).values_list("resident_id", flat=True):
        found[resident] = found.get(resident, 0) + 1
    return found
