"""What was counted, each tally with everything by which a scope narrows: to see which sums it is a part of."""

import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Count

from qixue.core.clock import local_day
from qixue.core.figures import shared
from qixue.participation.models import Certificate, Tally
from qixue.participation.queries.cells import Place, Placed
from qixue.programme.models import Activity

OF_ACTIVITY = ("activity__brand__code", "activity__series__code", "activity__kind", "activity__organisation__path")


class PlacedTally(NamedTuple):
    """`session_id` is None for what documents state, which is public already."""

    programme_code: str
    place: Place
    session_id: int | None
    starts_on: datetime.date | None
    attendance: int
    named: int


@shared
def placed_tallies(programme_code: str) -> list[PlacedTally]:
    """All tallies of a programme. What is the same for all sessions of an activity is read once, after them."""
    rows = list(
        Tally.objects.filter(activity__programme__code=programme_code)
        .exclude(activity__state=Activity.State.DRAFT)
        .order_by()
        .values_list(
            "activity_id",
            "session__venue__region__path",
            "session_id",
            "session__starts_at",
            "attendance_count",
            "named_count",
        )
    )
    activities = Activity.objects.filter(programme__code=programme_code).values_list(
        "pk", "brand__code", "series__code", "kind", "organisation__path", "region__path"
    )
    known = {pk: (tuple(narrowing), region) for pk, *narrowing, region in activities}
    place_at = cache(lambda activity, at_venue: Place._make((*known[activity][0], at_venue or known[activity][1])))
    day_of = cache(local_day)  # many sessions start at one time
    return [
        PlacedTally(
            programme_code,
            place_at(activity, at_venue),
            session,
            day_of(start) if start else None,
            attendance,
            named,
        )
        for activity, at_venue, session, start, attendance, named in rows
        if activity in known
    ]


@shared
def certificates_placed(programme_code: str, kind: str = "") -> Placed[int]:
    """How many are in force, of one kind or of all, by where their activities stand."""
    given = Certificate.objects.in_force().filter(activity__programme__code=programme_code)
    given = given.filter(kind=kind) if kind else given
    rows = (
        given.exclude(activity__state=Activity.State.DRAFT)
        .order_by()
        .values_list(*OF_ACTIVITY, "activity__region__path")
    )
    return Placed((Place(*place), count) for *place, count in rows.annotate(Count("pk")))
