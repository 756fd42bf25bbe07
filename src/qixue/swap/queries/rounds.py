"""Rounds as their organisers and the owners of things read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qixue.core.quantity import KILOGRAM, Qualifier, Quantity
from qixue.people.models import Resident
from qixue.swap.kinds import TYPICAL_WEIGHTS
from qixue.swap.models import Handover, Listing, ListingQuerySet, RoundEntry, RoundPlan, SwapRound
from qixue.swap.models.listings import photos_in_order
from qixue.swap.queries.endings import WhyOff, never_agreed, why_off

ROUND_WITH = ("programme__region", "programme__organisation", "organisation", "venue__region")
HANDOVER_WITH = ("listing", "in_return_for", "giver", "receiver")


def received_for(handovers: Iterable[Handover]) -> dict[int, str]:
    """What the owner of each of these things gets for it, by the key of the thing; nothing for a gift."""
    keys = [handover.listing_id for handover in handovers]
    standing = Handover.objects.filter(in_return_for__in=keys, state__in=Handover.STANDING_STATES)
    return dict(standing.values_list("in_return_for", "listing__title"))


@dataclass(frozen=True)
class Counts:
    """Things of people in a round, with what their owners have said; with those from the common table nobody comes."""

    things: int
    from_table: int
    owners: int
    yes: int
    no: int
    unanswered: int


def counts_of(round_: SwapRound) -> Counts:
    """Of all that were not taken out, also when the round is over."""
    there = round_.entries.exclude(state=RoundEntry.State.LEFT)
    answers, is_own = RoundEntry.Answer, Q(is_from_table=False)
    found = there.aggregate(
        things=Count("pk", filter=is_own),
        from_table=Count("pk", filter=~is_own),
        owners=Count("listing__owner", distinct=True, filter=is_own),
        yes=Count("pk", filter=is_own & Q(answer=answers.YES)),
        no=Count("pk", filter=is_own & Q(answer=answers.NO)),
        unanswered=Count("pk", filter=is_own & Q(answer=answers.NONE)),
    )
    return Counts(**found)


@dataclass(frozen=True)
class Outcome:
    """What has come of a round so far: things that somebody received, and those that went to the common table.

    Kilograms are an estimate by kind, of what was received.
    """

    things: int
    to_table: int
    people: int
    kilograms: Decimal
    planned: int
    off: int

    @property
    def handed_over(self) -> int:
        """As the desk counts: all whose hand-over is done, to a person or to the table."""
        return self.things + self.to_table

    @property
    def weight(self) -> Quantity:
        return Quantity(self.kilograms, KILOGRAM, Qualifier.ABOUT, is_sum=True)


def outcome_of(round_: SwapRound) -> Outcome:
    all_done = round_.handovers.filter(state=Handover.State.DONE)
    done = all_done.exclude(way=Handover.Way.TO_TABLE)
    kinds = done.values_list("listing__kind").annotate(count=Count("pk"))
    return Outcome(
        things=done.count(),
        to_table=all_done.filter(way=Handover.Way.TO_TABLE).count(),
        people=done.exclude(receiver=None).values("receiver").distinct().count(),
        kilograms=sum((TYPICAL_WEIGHTS[kind] * count for kind, count in kinds.order_by()), Decimal(0)),
        planned=round_.handovers.filter(state=Handover.State.PLANNED).count(),
        off=round_.handovers.filter(state=Handover.State.VOID).values("exchange").distinct().count(),
    )


def has_handed_over(round_: SwapRound) -> bool:
    """Whether it is too late to call the round off."""
    return round_.handovers.filter(state=Handover.State.DONE).exists()


@dataclass(frozen=True)
class Agreement:
    """Of the things that are to be given in a round: their owners agreed to it, or have not said so yet."""

    agreed: int
    silent: int
    exchanges: int
    exchanges_off: int  # should those who are silent stay away


def agreement_in(round_: SwapRound) -> Agreement:
    planned = round_.handovers.filter(state=Handover.State.PLANNED)
    is_silent = Q(agreed_at=None)
    found = planned.aggregate(
        agreed=Count("pk", filter=~is_silent & Q(giver__isnull=False)),
        silent=Count("pk", filter=is_silent),
        exchanges=Count("exchange", distinct=True),
        exchanges_off=Count("exchange", distinct=True, filter=is_silent),
    )
    return Agreement(**found)


def plans_to_compare(round_: SwapRound) -> list[RoundPlan]:
    """The latest of each way, or the one that was chosen beside the other of that time."""
    plans = round_.plans.defer("instance", "reasons").order_by("objective", "-pk")
    latest: dict[str, RoundPlan] = {}
    for plan in plans:
        if plan.objective not in latest or plan.chosen_at:
            latest[plan.objective] = plan
    return sorted(latest.values(), key=lambda plan: plan.objective != RoundPlan.Objective.PEOPLE)


@dataclass(frozen=True)
class Comparison:
    """Both ways when both are ready: most people, and most things."""

    people: RoundPlan
    items: RoundPlan

    @property
    def is_same(self) -> bool:
        return (self.people.people, self.people.trades) == (self.items.people, self.items.trades)

    @property
    def more_things(self) -> int:
        return (self.items.trades or 0) - (self.people.trades or 0)


def comparison_of(plans: Sequence[RoundPlan]) -> Comparison | None:
    """`plans` as `plans_to_compare` gives them."""
    ready = {plan.objective: plan for plan in plans if plan.state == RoundPlan.State.DONE}
    people, items = ready.get(RoundPlan.Objective.PEOPLE), ready.get(RoundPlan.Objective.ITEMS)
    return Comparison(people, items) if people and items else None


@dataclass(frozen=True)
class OwnThing:
    """A thing of somebody's in a round: what becomes of it, and what they get for it."""

    entry: RoundEntry
    given: Handover | None
    received: Handover | None
    here_count: int
    exchange_size: int
    why_off: WhyOff | None  # of the last exchange that was planned with it
    reason: str
    never_agreed: bool  # it was left out for that

    @property
    def all_are_here(self) -> bool:
        return self.given is not None and self.here_count == self.exchange_size

    @property
    def is_under_way(self) -> bool:
        """Whether something of it is still to be given or got."""
        return any(row and row.state == Handover.State.PLANNED for row in (self.given, self.received))

    @property
    def can_leave(self) -> bool:
        """Before anything of its exchange can be handed over; afterwards there is nothing left to leave."""
        if self.entry.state != RoundEntry.State.IN:
            return False
        if self.given is None:
            return self.entry.round.state != SwapRound.State.HANDING_OVER
        return not self.all_are_here


def own_things_in(round_: SwapRound, owner: Resident) -> list[OwnThing]:
    """What is under way first, so that nobody looks for it; else in the order in which they were entered."""
    entries = RoundEntry.objects.of([owner]).filter(round=round_).select_related("listing", "round").order_by("pk")
    rows = round_.handovers.filter(Q(listing__owner=owner) | Q(in_return_for__owner=owner))
    rows = rows.select_related(*HANDOVER_WITH).prefetch_related(photos_in_order("listing__photos")).order_by("pk")
    standing = [row for row in rows if row.state in Handover.STANDING_STATES]
    given = {row.listing_id: row for row in standing}
    received = {row.in_return_for_id: row for row in standing}
    off = last_off(rows)
    why = why_off(round_, {row.exchange for row in off.values()}) if off else {}
    sizes = sizes_of(round_, {row.exchange for row in standing})
    reasons = round_.plans.filter(chosen_at__isnull=False).values_list("reasons", flat=True).first() or {}
    things = [
        OwnThing(
            entry,
            given.get(entry.listing_id),
            received.get(entry.listing_id),
            *sizes.get(exchange_of(given.get(entry.listing_id)), (0, 0)),
            why_off=why.get(exchange_of(off.get(entry.listing_id))),
            reason=reasons.get(str(entry.listing_id), ""),
            never_agreed=entry.listing_id in off and never_agreed(off[entry.listing_id], entry),
        )
        for entry in entries
    ]
    return sorted(things, key=lambda thing: not thing.is_under_way)


def last_off(rows: Iterable[Handover]) -> dict[int, Handover]:
    """By thing that hand-over of it which was the last to be off."""
    off = sorted((row.void_at, row.pk, row) for row in rows if row.void_at)
    return {row.listing_id: row for _at, _pk, row in off}


def exchange_of(handover: Handover | None) -> int:
    return handover.exchange if handover else 0


def sizes_of(round_: SwapRound, exchanges: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By number: of how many things those who give them are there, and of how many things it is."""
    rows = round_.handovers.filter(exchange__in=exchanges).values("exchange").order_by()
    counted = rows.annotate(here=Count("pk", filter=Q(giver_confirmed_at__isnull=False)), size=Count("pk"))
    return {row["exchange"]: (row["here"], row["size"]) for row in counted}


def things_of_partners(person: Resident) -> ListingQuerySet:
    """What somebody gets in an exchange that is planned, and what those bring to whom they give."""
    planned = Handover.State.PLANNED
    gets = Q(handovers__receiver=person, handovers__state=planned)
    return Listing.objects.filter(gets | Q(returns__giver=person, returns__state=planned)).distinct()


def things_received(person: Resident) -> ListingQuerySet:
    """What somebody was handed in an exchange."""
    done = Handover.objects.filter(listing=OuterRef("pk"), receiver=person, state=Handover.State.DONE)
    return Listing.objects.filter(Exists(done))


def rounds_for(owner: Resident, open_ones: QuerySet[SwapRound]) -> QuerySet[SwapRound]:
    """Those that take in things, and those in which somebody's things are or were; the next first."""
    own = RoundEntry.objects.of([owner]).filter(round=OuterRef("pk"))
    return (open_ones | SwapRound.objects.filter(Exists(own))).select_related(*ROUND_WITH).order_by("-starts_at", "-pk")


def in_other_rounds(round_: SwapRound, owner: Resident) -> QuerySet[RoundEntry]:
    """Things of somebody's that cannot go into the round, since they are in another one."""
    own = RoundEntry.objects.of([owner]).filter(state=RoundEntry.State.IN, listing__programme=round_.programme)
    return own.exclude(round=round_).select_related("listing", "round").order_by("pk")


def can_be_entered(round_: SwapRound, owner: Resident) -> ListingQuerySet:
    """Things of somebody's that can go into the round."""
    there = RoundEntry.objects.filter(listing=OuterRef("pk"), state=RoundEntry.State.IN)
    own = Listing.objects.open().filter(owner=owner, programme=round_.programme, state=Listing.State.LISTED)
    if not round_.has_gifts:
        own = own.exclude(is_gift=True)
    return own.exclude(Exists(there)).order_by("-listed_at", "-pk")
