"""Sessions that were called off while people were in, as was done before these were taken back with it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from qixue.participation.models import LedgerEntry, Tally
from qixue.programme.models import Programme, Session


def left_in_before_start() -> QuerySet[Session]:
    """Those at which everybody was let in before the start: nobody was there."""
    return with_people_left_in().filter(~Exists(came_late()))


def left_in_after_start(condition: Q) -> QuerySet[Session]:
    """Those to which people came after the start, the latest first: a person has to decide whether it took place.
    `condition` is one of sessions.
    """
    found = with_people_left_in().filter(condition, Exists(came_late()))
    return found.select_related("activity__organisation", "venue").order_by("-starts_at", "-pk")


def with_people_left_in() -> QuerySet[Session]:
    """Not in programmes that are closed, for these are reported already."""
    came = Tally.objects.filter(session=OuterRef("pk")).filter(Q(named_count__gt=0) | Q(unnamed_count__gt=0))
    off = Session.objects.filter(Exists(came), state=Session.State.CANCELLED)
    return off.exclude(activity__programme__state=Programme.State.CLOSED)


def came_late() -> QuerySet[LedgerEntry]:
    inside = LedgerEntry.objects.effective().one_by_one().filter(session=OuterRef("pk"))
    return inside.filter(recorded_at__gte=OuterRef("starts_at"))
