"""Not wanting to swap with somebody, without knowing more of them than their things."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.people.operations.locks import locked_people
from qixue.swap.models import Block, Handover, Listing, OneOfThing, SwapRound, Wish
from qixue.swap.operations.entries import drop_and_rematch
from qixue.swap.operations.locks import delete_in_order, lock_things, locked_rounds
from qixue.swap.operations.notices import CALLED_OFF


@transaction.atomic
def block_owner(listing: Listing, *, person: Resident, by: User, at: datetime.datetime) -> Block:
    """Keep the owner of a thing apart from somebody: neither sees the things of the other, wishes between them go.

    Exchanges in which one would get something from the other are off, unless things of them have been handed over. The
    owner is not told. Again: the first answer. Refused: not_yours, no_owner, own_thing.
    """
    if person.user_id != by.pk:
        raise Refused("not_yours", _("You can do this for yourself only."))
    if listing.owner_id is None:
        raise Refused("no_owner", _("This thing is on the common table: it belongs to nobody any more."))
    if listing.owner_id == person.pk:
        raise Refused("own_thing", _("This is a thing of your own."))
    locked_people([person.pk, listing.owner_id])
    block, is_new = Block.objects.get_or_create(owner=person, blocked_id=listing.owner_id, defaults={"blocked_at": at})
    if is_new:
        drop_exchanges_between(person.pk, listing.owner_id, at=at)
        drop_wishes_between(person.pk, listing.owner_id)
        record_audit("swap.blocked", person, by=by, at=at)  # whom, only the two rows say
    return block


@transaction.atomic
def lift_block(block: Block, *, by: User, at: datetime.datetime) -> None:
    """Let both see each other's things again. Refused: not_yours."""
    if block.owner.user_id != by.pk:
        raise Refused("not_yours", _("You can do this for yourself only."))
    record_audit("swap.unblocked", block.owner, by=by, at=at)
    block.delete()


def drop_wishes_between(one: int, other: int) -> None:
    """Keys of the two people. A search that is left without a choice stays, for its owner to mend."""
    either_way = Q(wisher=one, owner=other) | Q(wisher=other, owner=one)
    delete_in_order(Wish.objects.filter(either_way))
    delete_in_order(OneOfThing.objects.filter(either_way, is_wanted=True))


def drop_exchanges_between(one: int, other: int, *, at: datetime.datetime) -> None:
    """Keys of the two people. What is matched anew must not stand on wishes between them: it asks who is apart."""
    either_way = Q(giver=one, receiver=other) | Q(giver=other, receiver=one)
    planned = Handover.objects.filter(either_way, state=Handover.State.PLANNED)
    rounds = locked_rounds(SwapRound.objects.filter(Exists(planned.filter(round=OuterRef("pk")))))
    own = Listing.objects.filter(owner__in=(one, other))
    lock_things(rounds=rounds, and_also=own.values_list("pk", flat=True))
    for round_ in rounds:
        begun = round_.handovers.filter(state=Handover.State.DONE).values("exchange")
        waiting = planned.filter(round=round_).exclude(exchange__in=begun)
        if numbers := sorted(set(waiting.values_list("exchange", flat=True))):
            drop_and_rematch(round_, numbers, why=CALLED_OFF, at=at)
