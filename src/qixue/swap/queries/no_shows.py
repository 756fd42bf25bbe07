"""Who was said at the desk not to have come, what ends with it, and what taking that back brings about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.queries.desk import people_of, standing

State = Handover.State
RELIED_ON = (  # somebody has agreed to it, come for it or received something
    Q(state=State.DONE)
    | Q(giver__isnull=False, agreed_at__isnull=False)
    | Q(giver_confirmed_at__gt=F("planned_at"))  # who was there before it was found, is there for any
)


@dataclass(frozen=True)
class Ending:
    """What ends when somebody is said not to come: numbers of exchanges, and how many people are in them. `here_in` are
    the exchanges in which the same person was said to be here.
    """

    exchanges: Sequence[int]
    people: int
    here_in: Sequence[int]


def waiting_for_giver(handover: Handover) -> list[int]:
    """The numbers of the exchanges that wait for the giver of this hand-over."""
    waiting = handover.round.handovers.filter(giver=handover.giver, state=State.PLANNED, giver_confirmed_at=None)
    return sorted(set(waiting.values_list("exchange", flat=True)))


def ending_without(handover: Handover) -> Ending:
    """Of the giver, as `mark_missing` does it."""
    rows, numbers = standing(handover.round), waiting_for_giver(handover)
    here = rows.filter(giver=handover.giver, giver__isnull=False, giver_confirmed_at__isnull=False)
    here_in = sorted(set(here.values_list("exchange", flat=True)))
    return Ending(numbers, people_of(rows.filter(exchange__in=numbers)).count(), here_in)


def no_shows(round_: SwapRound) -> QuerySet[Handover]:
    """The hand-overs at which somebody was said not to have come, the latest first."""
    missed = RoundEntry.objects.filter(missed_with=OuterRef("pk"))
    rows = round_.handovers.filter(Exists(missed), giver__isnull=False)
    return rows.select_related("giver", "listing").order_by("-void_at", "-pk")


@dataclass(frozen=True)
class Return:
    """What it brings about that somebody who was said not to come is counted on again, by numbers of exchanges."""

    handover: Handover
    again: Sequence[int] = ()  # as they were
    instead: Sequence[int] = ()  # found since for the people of these, and off
    lost: Sequence[int] = ()  # that stay off: something of them is relied on elsewhere, or gone
    made: Sequence[int] = ()  # found for all who are free then
    people: int = 0  # in those found since that are off


def return_of(handover: Handover) -> Return:
    """As `take_back_missing` does it, unless wishes have changed."""
    things: dict[int, set[int]] = defaultdict(set)
    for number, thing in handover.ended.order_by("exchange").values_list("exchange", "listing"):
        things[number].add(thing)
    rows = standing(handover.round)
    held = dict(rows.filter(listing__in=handover.ended.values("listing")).values_list("listing", "exchange"))
    relied_on = set(rows.filter(RELIED_ON, exchange__in=held.values()).values_list("exchange", flat=True))
    there = handover.round.entries.filter(state=RoundEntry.State.IN).values_list("listing", flat=True)
    can_be = {*there, *(entry.listing_id for entry in entries_coming_back(handover))}
    again, instead, lost = [], set(), []
    for number, needed in things.items():
        holders = {held[thing] for thing in needed if thing in held}
        if needed <= can_be and not holders & relied_on and all(holder > number for holder in holders):
            again.append(number)
            instead |= holders
        else:
            lost.append(number)
    return Return(handover, again, sorted(instead), lost, people=people_in(handover.round, instead))


def people_in(round_: SwapRound, exchanges: Collection[int]) -> int:
    """How many give or get something in these exchanges, whether they stand or are off."""
    return people_of(round_.handovers.filter(exchange__in=exchanges)).count()


def entries_coming_back(handover: Handover) -> list[RoundEntry]:
    """The giver's things that were left out with the hand-over and are still on offer, and in no other round."""
    elsewhere = RoundEntry.objects.filter(listing=OuterRef("listing"), state=RoundEntry.State.IN)
    missed = handover.missed.filter(listing__state=Listing.State.LISTED, listing__hidden_at=None)
    return list(missed.exclude(Exists(elsewhere)).order_by("pk"))
