"""What became of a thing, as its owner reads it."""

from dataclasses import dataclass

from django.db.models import Q

from qixue.swap.models import Handover, Listing, RoundEntry


@dataclass(frozen=True)
class Fate:
    """`given` is where the thing went from its owner, `taken` where it went from the common table, `received` what came
    for it. Each was handed over, or is None.
    """

    given: Handover | None
    taken: Handover | None
    received: Handover | None
    entries: list[RoundEntry]  # of the rounds in which it was, the latest first


def fate_of(listing: Listing) -> Fate:
    about = Q(listing=listing) | Q(in_return_for=listing)
    done = Handover.objects.filter(about, state=Handover.State.DONE).select_related("listing", "round", "receiver")
    given = taken = received = None
    for row in done.order_by("pk"):
        if row.listing_id != listing.pk:
            received = row
        elif row.way == Handover.Way.FROM_TABLE:
            taken = row
        else:
            given = row
    entries = listing.round_entries.filter(is_from_table=False).select_related("round__venue").order_by("-pk")
    return Fate(given, taken, received, list(entries))
