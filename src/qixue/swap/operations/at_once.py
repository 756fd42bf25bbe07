"""What the desk notes of one person at one press: all that they brought, all that is theirs to take along."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.swap.models import Handover, SwapRound
from qixue.swap.operations.handovers import confirm_here, confirm_received
from qixue.swap.operations.in_charge import is_own, must_stand_at_desk
from qixue.swap.operations.locks import locked_round
from qixue.swap.queries.desk import still_to_bring, still_to_get


@transaction.atomic
def confirm_all_here(handover: Handover, *, by: User, at: datetime.datetime) -> list[Handover]:
    """Say at the desk that the giver of a thing is there with all they give in the round. Returns what is new; again:
    nothing.

    Refused: not_in_charge and those of `confirm_here`.
    """
    must_stand_at_desk(by, handover.round)
    round_ = locked_round(handover.round)
    if handover.giver is None:
        return []
    return [confirm_here(row, by=by, at=at) for row in still_to_bring(round_, handover.giver)]


@transaction.atomic
def confirm_all_received(handover: Handover, *, by: User, at: datetime.datetime) -> list[Handover]:
    """Say at the desk that the receiver of a thing has all that can be handed to them in the round. Returns what is
    new; again: nothing. What the desk's own people give or receive needs the code, thing by thing, and is left out.

    Refused: not_in_charge, nothing_without_code and those of `hand_over`.
    """
    must_stand_at_desk(by, handover.round)
    round_ = locked_round(handover.round)
    if handover.receiver is None:
        return []
    others = ready_without_code(round_, handover.receiver, by=by)
    if not others and still_to_get(round_, handover.receiver):
        sentence = _("You give or receive these things yourself: each needs the number on the other person's phone.")
        raise Refused("nothing_without_code", sentence)
    return [confirm_received(row, by=by, at=at) for row in others]


def ready_without_code(round_: SwapRound, person: Resident, *, by: User) -> list[Handover]:
    """What can be handed to somebody and is not of the desk's own people."""
    ready = still_to_get(round_, person)
    return [row for row in ready if not (is_own(by, row.giver) or is_own(by, row.receiver))]
