"""A round as the matching core reads it: things and people by key, no names; see docs/reference/swap.md."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from qixue.swap.matching.writing import round_json
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.queries.want_lists import DUMMY, TABLE, entries_of

LONGEST_WAIT = 1000  # days; more does not count


def candidates(round_: SwapRound) -> QuerySet[Listing]:
    """The things that can be matched: in the round, their owners come, and not in an exchange that stands.

    While things are handed over, only those whose owners were told to come; what lies on the table is there anyway.
    """
    coming = RoundEntry.objects.filter(
        round=round_, listing=OuterRef("pk"), state=RoundEntry.State.IN, answer=RoundEntry.Answer.YES
    )
    handovers = Handover.objects.filter(round=round_, listing=OuterRef("pk"))
    found = Listing.objects.open().filter(Exists(coming))
    found = found.exclude(Exists(handovers.filter(state__in=Handover.STANDING_STATES)))
    if not round_.has_gifts:
        found = found.exclude(is_gift=True)
    if round_.state == SwapRound.State.HANDING_OVER:
        found = found.filter(Exists(handovers)) | found.filter(state=Listing.State.ON_TABLE)
    return found.order_by("listed_at", "pk")


def instance_of(things: QuerySet[Listing], *, at: datetime.datetime) -> str:
    """JSON that `matching.load` reads: the things in the order of their keys, with the days for which they have waited
    and their people by number, then what means "one of these, no more" and is not served yet.
    """
    listed = {str(thing.pk): thing for thing in things.select_related("place__parent")}
    served = {f"{DUMMY}{pk}" for pk in served_one_ofs(things)}
    entries = [entry for entry in entries_of(listed.values()) if entry.id not in served]
    numbers: dict[str, str] = {}
    for entry in entries:
        if entry.user != TABLE:  # a number of this instance only, which says nothing once the things have no owner
            entry.user = numbers.setdefault(entry.user, f"P{len(numbers) + 1}")
        entry.wants = [wanted for wanted in entry.wants if wanted not in served]
        if thing := listed.get(entry.id):
            entry.waiting = min(LONGEST_WAIT, max(0, (at - thing.listed_at).days))
    return round_json(entries)


def served_one_ofs(things: QuerySet[Listing]) -> QuerySet[Handover, int]:
    """Keys of those of the same owners for which an exchange stands."""
    standing = Handover.objects.filter(state__in=Handover.STANDING_STATES, one_of__isnull=False)
    return standing.filter(receiver__in=things.order_by().values("owner")).values_list("one_of", flat=True)
