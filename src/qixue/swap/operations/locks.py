"""The one order in which swaps take their locks, so that no two acts ever wait for one another:

1. people (`people.operations.locks`), by key: who acts, and whose things are touched;
2. rounds, by key: each guards its entries, hand-overs and plans;
3. things, by key: all that an act may touch at once, and of a round all that are in it, since whatever leaves an
   exchange has the rest of the round matched anew;
4. wishes, then what stands in searches, by key, then searches: before they go.

An act takes what it needs from the top down and never goes back up. Taking a lock once more that it has costs nothing
and changes no order, so what is called by others may take its own.
"""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from qixue.people.operations.locks import locked_people
from qixue.swap.models import Listing, OneOfThing, RoundEntry, SwapRound, Wish


def locked_round(round_: SwapRound) -> SwapRound:
    """The round as it is now; nobody else changes it, its entries or its hand-overs until the transaction ends."""
    rows = SwapRound.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("programme", "organisation", "venue").get(pk=round_.pk)


def lock_things(*, rounds: Iterable[SwapRound] = (), and_also: Collection[int] = ()) -> None:
    """Nobody takes one of these things back, wishes for it or for something on its behalf until the transaction ends.

    The rounds are locked already.
    """
    there = RoundEntry.objects.filter(listing=OuterRef("pk"), round__in=list(rounds), state=RoundEntry.State.IN)
    things = Listing.objects.filter(Exists(there) | Q(pk__in=and_also))
    list(things.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def locked_listing(listing: Listing) -> Listing:
    related = ("programme__region", "owner")
    return Listing.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=listing.pk)


def locked_rounds(rounds: QuerySet[SwapRound]) -> list[SwapRound]:
    """Several of them, in the order of their keys."""
    return [locked_round(each) for each in rounds.order_by("pk")]


def lock_owner(listing: Listing) -> None:
    locked_people([listing.owner_id] if listing.owner_id else [])


def entry_held(listing: Listing) -> RoundEntry | None:
    """That of a thing which is in a round, under the locks of its owner, who alone puts it into one, and of the round.
    The thing itself is locked next.
    """
    lock_owner(listing)
    entry = RoundEntry.objects.filter(listing=listing, state=RoundEntry.State.IN).select_related("round").first()
    if entry:
        entry.round = locked_round(entry.round)
        entry.refresh_from_db(fields=["state"])
    return entry if entry and entry.state == RoundEntry.State.IN else None


def delete_in_order(rows: QuerySet[Wish] | QuerySet[OneOfThing]) -> None:
    """Two who drop wishes between their things hold one thing each."""
    list(rows.order_by("pk").select_for_update().values_list("pk"))
    rows.delete()
