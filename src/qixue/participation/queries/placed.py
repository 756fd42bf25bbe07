"""What was counted, each tally with everything by which a scope narrows: to see which sums it is a part of."""

import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Count

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.figures import shared
from qixue.core.kept import kept
from qixue.participation.models import Certificate, Tally
from qixue.participation.queries.cells import Place, Placed
from qixue.programme.models import Activity, Session

NOWHERE = (None, None)  # of a draft
OF_ACTIVITY = ("activity__brand__code", "activity__series__code", "activity__kind", "activity__organisation__path")


class PlacedTally(NamedTuple):
    """`session_id` is None for what documents state, which is public already."""

    programme_code: str
    place: Place
    session_id: int | None
    starts_on: datetime.date | None
    attendance: int
    named: int


class Places(NamedTuple):
    """Where the sessions of a programme stand, with the day on which each starts, and its activities without one."""

    sessions: dict[int, tuple[Place, datetime.date | None]]
    activities: dict[int, Place]


@kept(Subject.RECORDS)
def places_of(programme_code: str) -> Places:
    """Of all that is announced. What is the same for all sessions of an activity is read once."""
    announced = Activity.objects.filter(programme__code=programme_code).exclude(state=Activity.State.DRAFT)
    columns = ("pk", "brand__code", "series__code", "kind", "organisation__path", "region__path")
    activities = {pk: Place._make(place) for pk, *place in announced.order_by("pk").values_list(*columns)}
    sessions = Session.objects.filter(activity__programme__code=programme_code).order_by("pk")
    place_at = cache(lambda at_venue, place: place._replace(region=at_venue) if at_venue else place)
    day_of = cache(local_day)  # many sessions start at one time
    rows = sessions.values_list("pk", "activity_id", "venue__region__path", "starts_at")
    return Places(
        {
            pk: (place_at(at_venue, activities[activity]), day_of(start) if start else None)
            for pk, activity, at_venue, start in rows
            if activity in activities
        },
        activities,
    )


@shared
def placed_tallies(programme_code: str) -> list[PlacedTally]:
    """All tallies of a programme."""
    sessions, activities = places_of(programme_code)
    rows = Tally.objects.filter(activity__programme__code=programme_code).order_by()
    found = []
    for activity, session, came, named in rows.values_list(
        "activity_id", "session_id", "attendance_count", "named_count"
    ):
        place, day = sessions.get(session, NOWHERE) if session else (activities.get(activity), None)
        if place:
            found.append(PlacedTally(programme_code, place, session, day, came, named))
    return found


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
