"""Agreeing to an exchange, being there with the thing, handing it over, breaking off. Who does not come: `no_shows`."""

import datetime
import hmac

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.swap.models import Handover, Listing, OneOfThing, RoundEntry, SwapRound
from qixue.swap.operations.entries import BEGUN, drop_and_rematch, has_begun
from qixue.swap.operations.in_charge import is_own, must_be_own, must_run, must_stand_at_desk, stands_at_desk
from qixue.swap.operations.listings import drop_all_wishes, drop_wishes_of
from qixue.swap.operations.locks import delete_in_order, lock_things, locked_listing, locked_round
from qixue.swap.operations.notices import CALLED_OFF, NOT_AGREED, tell_to_fetch
from qixue.swap.operations.round_details import must_be_time
from qixue.swap.queries.desk import left_over_gifts

MOST_TRIES = 10  # wrong codes for one thing: with six digits one in 100,000 guesses right by then
BEGINS_AT = _("It was announced that the hand-over begins on %(until)s. Who has not agreed by now is left out.")
AT_THE_DESK = _("At a community point things are brought to the desk and fetched there: the desk notes it.")
State, Way = Handover.State, Handover.Way


class Reason(TextChoices):
    """Why a thing is not handed over although its giver was here."""

    LEFT = "left", pgettext_lazy("hand-over", "Somebody has gone home")
    THING = "thing", pgettext_lazy("hand-over", "The thing is not as it was described")
    UNWILLING = "unwilling", pgettext_lazy("hand-over", "Somebody does not want to any more")


def locked_handover(handover: Handover) -> Handover:
    """The hand-over as it is now, under the lock of its round."""
    round_ = locked_round(handover.round)
    found = Handover.objects.select_related("listing", "in_return_for", "giver", "receiver", "one_of").get(
        pk=handover.pk
    )
    found.round = round_
    return found


def must_be_planned(handover: Handover) -> None:
    """Refused: exchange_off."""
    if handover.state != State.PLANNED:
        raise Refused("exchange_off", _("This exchange is off, or it is done."))


@transaction.atomic
def agree(handover: Handover, *, by: User, at: datetime.datetime) -> Handover:
    """Agree to give the thing for what one gets; again: no change.

    Refused: not_yours, exchange_off, hours_over.
    """
    handover = locked_handover(handover)
    must_be_own(by, handover.giver)
    if handover.agreed_at:
        return handover
    must_be_planned(handover)
    if at >= handover.round.ends_at:
        raise Refused("hours_over", _("The hours of this round are over: nothing is to be agreed to any more."))
    handover.agreed_at = at
    handover.save(update_fields=["agreed_at"])
    record_audit("swap.agreed", handover, by=by, at=at)
    return handover


@transaction.atomic
def begin_handover(round_: SwapRound, *, by: User, at: datetime.datetime, confirmed: bool = False) -> SwapRound:
    """Open the desk. Who has not agreed does not come: their exchanges are off and the others are matched anew.

    Again: no change. Refused: not_in_charge, nothing_to_hand_over; unless confirmed, earlier_than_announced.
    """
    must_run(by, round_)
    round_ = locked_round(round_)
    if round_.state == SwapRound.State.HANDING_OVER:
        return round_
    if round_.state != SwapRound.State.PROPOSED:
        raise Refused("nothing_to_hand_over", _("No exchanges are agreed upon in this round."))
    must_be_time(round_.starts_at, BEGINS_AT, at=at, confirmed=confirmed)
    silent = round_.handovers.filter(state=State.PLANNED, agreed_at=None)
    exchanges = sorted(set(silent.values_list("exchange", flat=True)))
    missed = round_.entries.filter(state=RoundEntry.State.IN, listing__in=silent.values("listing"))
    missed.update(state=RoundEntry.State.MISSED)
    round_.state = SwapRound.State.HANDING_OVER
    round_.save(update_fields=["state"])
    if exchanges:
        drop_and_rematch(round_, exchanges, why=NOT_AGREED, at=at)
    record_audit("swap.handover_begun", round_, by=by, at=at, details={"off": len(exchanges)})
    return round_


@transaction.atomic
def confirm_here(handover: Handover, *, by: User, at: datetime.datetime) -> Handover:
    """Say that the giver is there with the thing, oneself or at the desk; again: no change. At a community point the
    desk has it then, and once it has all things of the exchange they can be fetched.

    Refused: not_yours, at_the_desk, exchange_off, not_handing_over.
    """
    handover = locked_handover(handover)
    if not stands_at_desk(by, handover.round):
        must_be_own(by, handover.giver)
        must_not_be_at_point(handover.round)
    if handover.giver_confirmed_at:
        return handover
    must_be_planned(handover)
    must_be_handing_over(handover.round)
    handover.giver_confirmed_at = at
    handover.save(update_fields=["giver_confirmed_at"])
    tell_to_fetch(handover.round, [handover.exchange], at=at)
    record_audit("swap.here", handover, by=by, at=at)
    return handover


@transaction.atomic
def take_back_here(handover: Handover, *, by: User, at: datetime.datetime) -> Handover:
    """Say at the desk that the giver is not here after all, as long as nothing of the exchange was received. Again, and
    for what lies on the common table: no change.

    Refused: not_in_charge, exchange_off, not_handing_over, handed_over.
    """
    must_stand_at_desk(by, handover.round)
    handover = locked_handover(handover)
    if handover.giver_confirmed_at is None or handover.way == Way.FROM_TABLE:
        return handover
    must_be_planned(handover)
    must_be_handing_over(handover.round)
    if has_begun(handover):
        raise Refused("handed_over", BEGUN)
    handover.giver_confirmed_at = None
    handover.save(update_fields=["giver_confirmed_at"])
    record_audit("swap.not_here", handover, by=by, at=at)
    return handover


def must_not_be_at_point(round_: SwapRound) -> None:
    """Refused: at_the_desk."""
    if round_.is_at_point:
        raise Refused("at_the_desk", AT_THE_DESK)


def must_be_handing_over(round_: SwapRound) -> None:
    if round_.state != SwapRound.State.HANDING_OVER:
        raise Refused("not_handing_over", _("The hand-over of this round has not begun."))


def confirm_received(handover: Handover, *, code: str = "", by: User, at: datetime.datetime) -> Handover:
    """Hand a thing over: the giver types or scans the code on the receiver's phone, so both were there. The desk needs
    no code, but for things that its people give or receive themselves. Only when everybody of the exchange is there
    with their thing, so that nobody gives without receiving.

    Again: no change. Refused: not_yours, at_the_desk, too_many_tries, wrong_code and those of `hand_over`.
    """
    handover = Handover.objects.select_related("round__organisation", "giver", "receiver").get(pk=handover.pk)
    is_party = is_own(by, handover.giver) or is_own(by, handover.receiver)
    is_at_desk = stands_at_desk(by, handover.round)
    if not is_at_desk:
        must_not_be_at_point(handover.round)
    if (is_party or not is_at_desk) and not try_code(handover, code, by=by):
        sentence = _("This is not the number on the other person's phone. Please look again.")
        raise Refused("wrong_code", sentence, field="code")
    return hand_over(handover, by=by, at=at)


@transaction.atomic
def try_code(handover: Handover, code: str, *, by: User) -> bool:
    """Whether it is the receiver's. A wrong one is counted, in a transaction of its own so that it stays so.

    Refused: not_yours, too_many_tries.
    """
    handover = locked_handover(handover)
    must_be_own(by, handover.giver)
    if handover.wrong_count >= MOST_TRIES:
        raise Refused("too_many_tries", _("Too many wrong numbers were typed. Please go to the desk."), field="code")
    if hmac.compare_digest(code.encode(), handover.code.encode()):
        return True
    handover.wrong_count += 1
    handover.save(update_fields=["wrong_count"])
    return False


@transaction.atomic
def hand_over(handover: Handover, *, by: User, at: datetime.datetime) -> Handover:
    """Note that a thing was received. Again: no change.

    Refused: exchange_off, not_handing_over, somebody_is_missing.
    """
    handover = locked_handover(handover)
    if handover.state == State.DONE:
        return handover
    must_be_planned(handover)
    must_be_handing_over(handover.round)
    missing = handover.round.handovers.filter(exchange=handover.exchange, giver_confirmed_at=None)
    if missing.exists():
        sentence = _("Somebody of this exchange is not here yet. Please wait until all are.")
        raise Refused("somebody_is_missing", sentence)
    receive(handover, at=at)
    record_audit("swap.received", handover, by=by, at=at)
    return handover


def receive(handover: Handover, *, at: datetime.datetime) -> None:
    """The thing has a new owner, or lies on the common table and is a gift of the next round."""
    handover.state, handover.receiver_confirmed_at = State.DONE, at
    handover.save(update_fields=["state", "receiver_confirmed_at"])
    thing = handover.listing
    if handover.way == Way.TO_TABLE and thing.title:
        thing.state, thing.is_gift = Listing.State.ON_TABLE, True
    elif handover.way == Way.TO_TABLE:  # its owner was erased, and nobody could say any more what it is
        thing.state = Listing.State.WITHDRAWN
    else:
        thing.state = Listing.State.EXCHANGED
    thing.save(update_fields=["state", "is_gift"])
    drop_wishes_of(thing) if thing.state == Listing.State.ON_TABLE else drop_all_wishes(thing)
    if handover.one_of:  # it is served: changed into another search, its row would count as served for ever
        delete_in_order(OneOfThing.objects.filter(one_of=handover.one_of))
        handover.one_of.delete()
    entries = RoundEntry.objects.filter(round=handover.round, listing=thing, state=RoundEntry.State.IN)
    entries.update(state=RoundEntry.State.OVER)


@transaction.atomic
def break_off(handover: Handover, *, reason: str, by: User, at: datetime.datetime) -> list[Handover]:
    """Say at the desk that a thing is not handed over although its giver was here, and why: what is still to be handed
    over of its exchange is off. Of that, things for which something was received are taken back for good, others are
    matched anew. Returns the new hand-overs; again: none.

    Refused: not_in_charge, not_handing_over, exchange_off.
    """
    must_stand_at_desk(by, handover.round)
    handover = locked_handover(handover)
    must_be_handing_over(handover.round)
    if handover.state == State.VOID:
        return []
    must_be_planned(handover)
    lock_things(rounds=[handover.round])
    take_back_paid(handover.round, handover.exchange)
    entries = handover.round.entries.filter(state=RoundEntry.State.IN, listing=handover.listing)
    entries.update(state=RoundEntry.State.OVER)
    details = {"exchange": handover.exchange, "reason": Reason(reason).value}
    record_audit("swap.broken_off", handover, by=by, at=at, details=details)
    return drop_and_rematch(handover.round, [handover.exchange], why=CALLED_OFF, at=at)


def take_back_paid(round_: SwapRound, exchange: int) -> None:
    """Things that are not handed over, and for which their owners have received something: taken back for good."""
    rows = round_.handovers.filter(exchange=exchange)
    paid = rows.filter(state=State.DONE, in_return_for__isnull=False).values("in_return_for")
    planned = rows.filter(state=State.PLANNED, listing__in=paid).exclude(way=Way.FROM_TABLE)
    kept = list(planned.values_list("listing", flat=True))
    round_.entries.filter(state=RoundEntry.State.IN, listing__in=kept).update(state=RoundEntry.State.OVER)
    Listing.objects.filter(pk__in=kept).update(state=Listing.State.WITHDRAWN)
    for thing in Listing.objects.filter(pk__in=kept):
        drop_all_wishes(thing)


@transaction.atomic
def put_on_table(entry: RoundEntry, *, by: User, at: datetime.datetime) -> RoundEntry:
    """Leave a gift that nobody took on the common table, also once the round is closed: it is a gift of the next round.
    Again: no change.

    Refused: not_in_charge, not_handing_over, not_left_over.
    """
    round_ = locked_round(entry.round)
    must_stand_at_desk(by, round_)
    entry = RoundEntry.objects.select_related("listing").get(pk=entry.pk)
    thing = locked_listing(entry.listing)
    if thing.state == Listing.State.ON_TABLE:
        return entry
    if round_.state != SwapRound.State.CLOSED:
        must_be_handing_over(round_)
    if not left_over_gifts(round_).filter(pk=entry.pk).exists():
        raise Refused("not_left_over", _("Only a gift that nobody takes goes to the common table."))
    thing.state = Listing.State.ON_TABLE
    thing.save(update_fields=["state"])
    entry.state = RoundEntry.State.OVER
    entry.save(update_fields=["state"])
    record_audit("swap.on_table", entry, by=by, at=at)
    return entry
