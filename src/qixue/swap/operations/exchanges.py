"""Exchanges as they are planned and taken back, under the lock of the round's row. Other operations stand on these."""

import datetime
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from qixue.core.logs import get_logger
from qixue.core.refusal import Refused
from qixue.swap.matching import BadRound, NoAssignment, load, solve
from qixue.swap.matching.exchange import followed
from qixue.swap.matching.round import RuleValues
from qixue.swap.models import Handover, Listing, RoundPlan, SwapRound
from qixue.swap.operations.locks import lock_things
from qixue.swap.queries.instances import candidates, instance_of
from qixue.swap.queries.want_lists import DUMMY

log = get_logger("qixue.swap")

REMATCH_SECONDS = 0.5  # a search beside the desk takes the best it has by then; rings of any length need none
BATCH = 500
NOT_TO_BE_MATCHED = _("This round cannot be matched as things stand now.")
State = Handover.State


@dataclass(frozen=True)
class Exchange:
    """Keys of things, each followed by what its owner receives; dummies ("%D7") in between. As in `Plan.cycles` and
    `Plan.chains`.
    """

    nodes: tuple[str, ...]
    is_chain: bool

    @classmethod
    def of(cls, rows: Sequence[Handover]) -> "Exchange":
        """From its hand-overs in their order."""
        steps = [row for row in rows if row.in_return_for_id]
        nodes = [
            node
            for row in steps
            for node in (str(row.in_return_for_id), f"{DUMMY}{row.one_of_id}" if row.one_of_id else "")
            if node
        ]
        is_chain = len(steps) < len(rows)
        return cls((*nodes, str(steps[-1].listing_id)) if is_chain else tuple(nodes), is_chain)

    def steps(self) -> list[tuple[int, int, int | None]]:
        """(thing, what its owner receives for it, the `OneOf` that this serves)"""
        items: list[tuple[int, int | None]] = []
        for node in self.nodes:
            if node.startswith(DUMMY):
                items[-1] = (items[-1][0], int(node.removeprefix(DUMMY)))
            else:
                items.append((int(node), None))
        pairs = followed(items, is_chain=self.is_chain)
        return [(thing, received, one_of) for (thing, one_of), (received, _one_of) in pairs]


def exchanges_of(cycles: Iterable[Sequence[str]], chains: Iterable[Sequence[str]]) -> list[Exchange]:
    return [Exchange(tuple(nodes), is_chain=False) for nodes in cycles] + [
        Exchange(tuple(nodes), is_chain=True) for nodes in chains
    ]


def plan_exchanges(round_: SwapRound, exchanges: Sequence[Exchange], *, at: datetime.datetime) -> list[Handover]:
    """A hand-over for each thing; those that belong to somebody are from now on spoken for. Who was there with a thing
    for an exchange that is off, is there.
    """
    keys = {int(node) for exchange in exchanges for node in exchange.nodes if not node.startswith(DUMMY)}
    things = {thing.pk: thing for thing in Listing.objects.filter(pk__in=keys)}
    last = round_.handovers.order_by("-exchange").values_list("exchange", flat=True).first() or 0
    made = [
        handover
        for number, exchange in enumerate(exchanges, start=last + 1)
        for handover in handovers_of(round_, exchange, number, things, at=at)
    ]
    here = said_to_be_here(round_, keys)
    for handover in made:
        handover.giver_confirmed_at = handover.giver_confirmed_at or here.get(handover.listing_id)
    Handover.objects.bulk_create(made, batch_size=BATCH)
    Listing.objects.filter(pk__in=keys, state=Listing.State.LISTED).update(state=Listing.State.IN_EXCHANGE)
    return made


def said_to_be_here(round_: SwapRound, things: Collection[int]) -> dict[int, datetime.datetime | None]:
    """Of each of these things that is in no exchange now, since when it is there, as its last exchange said."""
    before = round_.handovers.filter(listing__in=things).exclude(way=Handover.Way.FROM_TABLE)
    return dict(before.order_by("void_at", "pk").values_list("listing", "giver_confirmed_at"))


def handovers_of(
    round_: SwapRound, exchange: Exchange, number: int, things: dict[int, Listing], *, at: datetime.datetime
) -> list[Handover]:
    """Not saved. The first thing of a chain goes to the common table."""
    steps = exchange.steps()
    found = [
        planned(round_, things[received], position, number, things[thing], one_of, at=at)
        for position, (thing, received, one_of) in enumerate(steps)
    ]
    if exchange.is_chain:
        found.append(planned(round_, things[steps[0][0]], len(steps), number, None, None, at=at))
    return found


def planned(  # each of these is a column of the row
    round_: SwapRound,
    thing: Listing,
    position: int,
    exchange: int,
    in_return_for: Listing | None,
    one_of: int | None,
    *,
    at: datetime.datetime,
) -> Handover:
    """What lies on the table is there, and nobody has to agree to giving it."""
    lies_on_table = thing.state == Listing.State.ON_TABLE
    ways = Handover.Way
    return Handover(
        round=round_,
        exchange=exchange,
        position=position,
        way=ways.FROM_TABLE if lies_on_table else ways.BETWEEN if in_return_for else ways.TO_TABLE,
        listing=thing,
        in_return_for=in_return_for,
        one_of_id=one_of,
        giver_id=None if lies_on_table else thing.owner_id,
        receiver_id=in_return_for.owner_id if in_return_for else None,
        code=f"{secrets.randbelow(1_000_000):06}",
        agreed_at=at if lies_on_table else None,
        giver_confirmed_at=at if lies_on_table else None,
        planned_at=at,
    )


def void_exchanges(round_: SwapRound, numbers: Collection[int], *, at: datetime.datetime) -> list[Handover]:
    """Take back whole exchanges of which nothing was handed over: their things are on offer again."""
    gone = list(round_.handovers.filter(exchange__in=numbers, state=State.PLANNED).order_by("pk"))
    keys = [handover.pk for handover in gone]
    lock_things(rounds=[round_], and_also={handover.listing_id for handover in gone})
    Handover.objects.filter(pk__in=keys).update(state=State.VOID, void_at=at)
    things = Listing.objects.filter(Exists(Handover.objects.filter(pk__in=keys, listing=OuterRef("pk"))))
    things.filter(state=Listing.State.IN_EXCHANGE).update(state=Listing.State.LISTED)
    return gone


def let_stand_again(round_: SwapRound, rows: Sequence[Handover]) -> None:
    """An exchange that was off is planned again with its number, its codes and what was agreed to. Its things are free.
    Whoever had not heard of it yet is told by the worker.
    """
    keys = [row.listing_id for row in rows]
    here = said_to_be_here(round_, keys)
    for row in rows:
        row.state, row.void_at, row.off_with = State.PLANNED, None, None
        row.giver_confirmed_at = here.get(row.listing_id, row.giver_confirmed_at)
    Handover.objects.bulk_update(rows, ["state", "void_at", "off_with", "giver_confirmed_at"])
    Listing.objects.filter(pk__in=keys, state=Listing.State.LISTED).update(state=Listing.State.IN_EXCHANGE)


def match_anew(round_: SwapRound, *, at: datetime.datetime) -> list[Handover]:
    """What `matching.repair` does: exchanges that stand stay as they are, all else that is there is matched anew.

    What cannot be matched is left as it is, so that leaving does not fail with it.
    """
    objective = round_.plans.values_list("objective", flat=True).get(chosen_at__isnull=False)
    lock_things(rounds=[round_])
    instance = instance_of(candidates(round_), at=at)
    try:
        plan = solve(load(instance.encode()), **rules_of(round_, objective, seconds=REMATCH_SECONDS))
    except (BadRound, NoAssignment):  # more wishes by now than a round may have, or a search that found no plan
        log.exception("swap_rematch_failed", round=round_.pk)
        return []
    return plan_exchanges(round_, exchanges_of(plan.cycles, plan.chains), at=at)


def rules_of(round_: SwapRound, objective: str, *, seconds: float) -> RuleValues:
    """The keywords of `matching.solve` for a round."""
    return {
        "objective": "people" if objective == RoundPlan.Objective.PEOPLE else "people_at_max",
        "max_items": round_.max_items,
        "gifts": round_.has_gifts,
        "time_limit": seconds,
    }


def still_wanted(exchanges: list[Exchange], instance: str) -> list[Exchange]:
    """Those of which all things are still there and wanted for what they were wanted for, and what starts a chain is a
    gift still.

    Refused: not_to_be_matched, where there are more wishes by now than a round may have.
    """
    try:
        loaded = load(instance.encode())
    except BadRound as fault:
        raise Refused("not_to_be_matched", NOT_TO_BE_MATCHED) from fault
    wants = {loaded.ids[node]: {loaded.ids[wanted] for wanted in found} for node, found in enumerate(loaded.wants)}
    gifts = {name for name, is_gift in zip(loaded.ids, loaded.is_gift, strict=True) if is_gift}

    def holds(exchange: Exchange) -> bool:
        pairs = followed(exchange.nodes, is_chain=exchange.is_chain)
        begins_with_a_gift = not exchange.is_chain or exchange.nodes[-1] in gifts
        return begins_with_a_gift and all(after in wants.get(node, ()) for node, after in pairs)

    return [exchange for exchange in exchanges if holds(exchange)]
