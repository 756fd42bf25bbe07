"""Things go into a round, their owners say whether they come, and may leave again."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.exchanges import match_anew, void_exchanges
from qixue.swap.operations.in_charge import must_be_listed, must_be_own
from qixue.swap.operations.locks import lock_owner, locked_listing, locked_round
from qixue.swap.operations.notices import DOES_NOT_COME, tell_of_lost_exchange, tell_to_fetch

Answer, State = RoundEntry.Answer, RoundEntry.State
BEGUN = _("Things of this exchange have been handed over: nobody can leave it any more.")


@transaction.atomic
def enter_thing(
    round_: SwapRound, *, listing: Listing, comes: bool | None = None, by: User, at: datetime.datetime
) -> RoundEntry:
    """Put a thing into a round; again changes nothing, and one that was taken out comes back. Who knows already whether
    they come says so at once and is not asked again.

    Refused: not_yours, entries_closed, listing_not_open, listing_hidden, other_programme, no_gifts, in_another_round.
    """
    must_be_own(by, listing.owner)
    lock_owner(listing)
    round_ = locked_round(round_)
    listing = locked_listing(listing)
    must_be_own(by, listing.owner)
    entry = RoundEntry.objects.filter(round=round_, listing=listing).first()
    if entry and entry.state == State.IN:
        return entry
    if round_.state != SwapRound.State.OPEN or at >= round_.entries_close_at:
        raise Refused("entries_closed", _("This round takes in nothing more."))
    check_listing(round_, listing)
    answer = Answer.NONE if comes is None else Answer.YES if comes else Answer.NO
    said = {"answer": answer, "entered_at": at, "answered_at": at if answer else None}
    if entry is None:
        entry = RoundEntry.objects.create(round=round_, listing=listing, **said)
    else:
        entry.state = State.IN
        for name, value in said.items():
            setattr(entry, name, value)
        entry.save(update_fields=["state", *said])
    record_audit("swap.entered", entry, by=by, at=at)
    return entry


def check_listing(round_: SwapRound, listing: Listing) -> None:
    must_be_listed(listing)
    if listing.hidden_at:
        sentence = _("The organiser took this off the pages after a report. Please call if that is wrong.")
        raise Refused("listing_hidden", sentence)
    if listing.programme_id != round_.programme_id:
        raise Refused("other_programme", _("This thing is listed in another programme."))
    if listing.is_gift and not round_.has_gifts:
        raise Refused("no_gifts", _("This round takes no gifts."))
    if RoundEntry.objects.filter(listing=listing, state=State.IN).exists():
        raise Refused("in_another_round", _("This thing is in another round already."))


def enter_table(round_: SwapRound, *, at: datetime.datetime) -> None:
    """What lies on the common table takes part in a round with gifts."""
    if not round_.has_gifts:
        return
    there = RoundEntry.objects.filter(listing=OuterRef("pk"), state=State.IN)
    on_table = Listing.objects.open().filter(programme=round_.programme, state=Listing.State.ON_TABLE)
    entries = [
        RoundEntry(round=round_, listing=thing, is_from_table=True, entered_at=at, answer=Answer.YES, answered_at=at)
        for thing in on_table.exclude(Exists(there)).exclude(round_entries__round=round_).order_by("pk")
    ]
    RoundEntry.objects.bulk_create(entries, ignore_conflicts=True)  # another round that opens just now may have them


@transaction.atomic
def answer_for(entry: RoundEntry, *, comes: bool, by: User, at: datetime.datetime) -> RoundEntry:
    """Say whether one comes with the thing; it can be said again until the answers close. Who has not answered is
    never matched.

    Refused: not_yours, not_in_round, answers_closed.
    """
    round_ = locked_round(entry.round)
    entry = own_entry(entry, by)
    if round_.state not in {SwapRound.State.OPEN, SwapRound.State.ANSWERING} or at >= round_.answers_until:
        raise Refused("answers_closed", _("The time to answer is over."))
    if entry.state != State.IN:
        raise Refused("not_in_round", _("This thing is not in the round any more."))
    entry.answer, entry.answered_at = Answer.YES if comes else Answer.NO, at
    entry.save(update_fields=["answer", "answered_at"])
    record_audit("swap.answered", entry, by=by, at=at, details={"comes": comes})
    return entry


def own_entry(entry: RoundEntry, by: User) -> RoundEntry:
    """The entry as it is now, under the lock of its round. Refused: not_yours."""
    entry = RoundEntry.objects.select_related("listing__owner", "round").get(pk=entry.pk)
    must_be_own(by, None if entry.is_from_table else entry.listing.owner)
    return entry


@transaction.atomic
def leave_round(entry: RoundEntry, *, by: User, at: datetime.datetime) -> RoundEntry:
    """Take a thing out. An exchange that it was in is off, and those that are left are matched anew; again: no change.

    Refused: not_yours, handed_over, round_over.
    """
    round_ = locked_round(entry.round)
    entry = own_entry(entry, by)
    if entry.state == State.LEFT:
        return entry
    if round_.is_over or entry.state != State.IN:
        raise Refused("round_over", _("This round is over."))
    if not take_out(round_, entry, at=at):
        raise Refused("handed_over", BEGUN)
    record_audit("swap.left", entry, by=by, at=at)
    return entry


def take_out(round_: SwapRound, entry: RoundEntry, *, at: datetime.datetime) -> bool:
    """Out of a round that is locked, with the exchange that is planned with it. False, and nothing is changed, where
    things of that exchange have been handed over.
    """
    handover = round_.handovers.filter(listing=entry.listing, state__in=Handover.STANDING_STATES).first()
    if handover and has_begun(handover):
        return False
    entry.state = State.LEFT
    entry.save(update_fields=["state"])
    if handover:
        drop_and_rematch(round_, [handover.exchange], at=at)
    return True


def has_begun(handover: Handover) -> bool:
    """Whether something of its exchange was received."""
    same = Handover.objects.filter(round=handover.round_id, exchange=handover.exchange)
    return same.filter(state=Handover.State.DONE).exists()


def drop_and_rematch(
    round_: SwapRound, exchanges: list[int], *, why: str = DOES_NOT_COME, at: datetime.datetime
) -> list[Handover]:
    """Exactly these exchanges are off, and `why` is what their people are told; what is left is matched anew. Returns
    the new hand-overs.
    """
    gone = void_exchanges(round_, exchanges, at=at)
    made = match_anew(round_, at=at)
    tell_of_lost_exchange(round_, gone, made, why=why, at=at)
    tell_to_fetch(round_, {handover.exchange for handover in made}, at=at)
    return made
