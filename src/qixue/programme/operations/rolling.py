"""The next instalments of a series as drafts: number, weekday, hour, place and seats follow from the last one."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Activity, Instalment, Programme, Series, Session
from qixue.programme.operations.listings import keep_listings
from qixue.programme.operations.programmes import lock_programme
from qixue.programme.queries.rolling import MOST_INSTALMENTS, MOST_WEEKS, Rhythm, Roll, last_number, roll_of

KEPT = ("audience", "brand", "description", "description_en", "kind", "organisation", "region", "title", "title_en")


@transaction.atomic
def roll_forward(
    programme: Programme,
    *,
    rhythm: Rhythm,
    after: Sequence[tuple[Series, int]],
    by: User,
    at: datetime.datetime,
) -> list[Activity]:
    """Plan the next instalments of series, all or none. `after` names each with the last number that was read.

    The same again changes nothing and returns the first drafts.
    Refused: rhythm_out_of_range, nothing_to_roll, and those of `roll_series` and `lock_programme`.
    """
    if not (1 <= rhythm.count <= MOST_INSTALMENTS and 1 <= rhythm.every_weeks <= MOST_WEEKS):
        raise Refused("rhythm_out_of_range", _("Please plan 1 to 52 instalments, one every 1 to 26 weeks."))
    if not after:
        raise Refused("nothing_to_roll", _("No series has an instalment from which the next could be planned."))
    programme = lock_programme(programme, None, by=by)
    return [roll_series(programme, series, number, rhythm, by=by, at=at) for series, number in after]


def roll_series(
    programme: Programme, series: Series, after: int, rhythm: Rhythm, *, by: User, at: datetime.datetime
) -> Activity:
    """Refused: no_pattern, rolled_meanwhile, organisation_outside_programme."""
    series = Series.objects.select_for_update().get(pk=series.pk)
    code = f"roll-{series.pk}-{after + 1}"
    if existing := programme.activities.filter(code=code).first():
        return existing
    if last_number(series) != after:
        sentence = _("Somebody else has planned instalments of “%(series)s” meanwhile; please open the page again.")
        raise Refused("rolled_meanwhile", sentence, series=series.local_name)
    roll = roll_of(series, rhythm)
    if roll.pattern is None:
        sentence = _("“%(series)s” has no instalment with a day yet, so there is nothing to follow.")
        raise Refused("no_pattern", sentence, series=series.local_name)
    former = roll.pattern.activity
    if not former.organisation.path.startswith(programme.organisation.path):
        raise Refused("organisation_outside_programme", _("This organisation does not take part in the programme."))
    kept = {name: getattr(former, name) for name in KEPT}
    activity = Activity.objects.create(programme=programme, code=code, series=series, **kept)
    write_instalments(roll, activity)
    keep_listings(activity.sessions.all())
    details = {"programme": programme.code, "after": after, "count": len(roll.following)}
    record_audit("series.rolled_forward", series, by=by, at=at, details=details)
    return activity


def write_instalments(roll: Roll, activity: Activity) -> None:
    """One instalment with one session each, like the pattern but for topic and speaker."""
    if roll.pattern is None:
        return
    kept = {name: getattr(roll.pattern, name) for name in ("venue", "is_online", "seat_count", "counting_rule")}
    for number, following in enumerate(roll.following, start=1):
        instalment = Instalment.objects.create(
            series=roll.series, programme=activity.programme, number=following.number
        )
        Session.objects.create(
            activity=activity,
            instalment=instalment,
            number=number,
            starts_at=following.starts_at,
            ends_at=following.ends_at,
            **kept,
        )
