"""Who may act in a round: owners for their things while these are on offer, the organiser for the round, the desk for
what is handed over.
"""

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.people.rules import Action, may
from qixue.swap.models import Listing, SwapRound


def is_own(by: User, person: Resident | None) -> bool:
    return person is not None and person.user_id == by.pk


def must_be_own(by: User, person: Resident | None) -> None:
    """Refused: not_yours."""
    if not is_own(by, person):
        raise Refused("not_yours", _("This is not a thing of yours."))


def must_be_listed(listing: Listing) -> None:
    """Refused: listing_not_open."""
    if listing.state != Listing.State.LISTED:
        raise Refused("listing_not_open", _("This thing is being handed over or is gone: it cannot be changed."))


def must_run(by: User, round_: SwapRound) -> None:
    """Refused: not_in_charge."""
    if not may(by, Action.RUN_SWAP_ROUND, round_.organisation):
        raise Refused("not_in_charge", _("Only the organisation that runs the round, or one above it, can do this."))


def stands_at_desk(by: User, round_: SwapRound) -> bool:
    return may(by, Action.HAND_OVER_SWAPS, round_.organisation)


def must_stand_at_desk(by: User, round_: SwapRound) -> None:
    """Refused: not_in_charge."""
    if not stands_at_desk(by, round_):
        raise Refused("not_in_charge", _("Only the organisation that runs the round, or one above it, can do this."))
