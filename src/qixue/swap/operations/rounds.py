"""A round from its opening to its end, but for the matching (`plans`) and the desk (`handovers`)."""

import datetime
import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.duties import for_each
from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.rules import Action, may
from qixue.programme.models import Programme
from qixue.swap.models import Handover, RoundEntry, SwapRound
from qixue.swap.operations.entries import enter_table
from qixue.swap.operations.exchanges import void_exchanges
from qixue.swap.operations.handovers import take_back_paid
from qixue.swap.operations.in_charge import must_run
from qixue.swap.operations.locks import lock_things, locked_round
from qixue.swap.operations.notices import (
    ask_for_answers,
    tell_of_cancellation,
    tell_of_closing,
    tell_of_end,
    tell_of_exchanges,
    tell_of_nothing_found,
)
from qixue.swap.operations.round_details import RoundDetails, check_details, must_be_time, must_be_to_come
from qixue.swap.queries.rounds import has_handed_over, received_for

State = SwapRound.State
FORGOTTEN_AFTER = datetime.timedelta(days=7)  # from the end of its hours; until then its things are in no other round
NAMED_AT_ONCE = 5  # exchanges in a sentence
TOLD_AT_ONCE = 200  # so that no transaction gets long
ENTERED_UNTIL = _("It was announced that things can be entered until %(until)s. Who comes later is turned away.")
COMING_UNTIL = _("It was announced that people can come until %(until)s. Some have not been here yet.")
HALF_HANDED_OVER = _(
    "Some have given and not received yet. Please have these exchanges finished first, by their numbers: %(numbers)s."
)


@transaction.atomic
def open_round(
    programme: Programme,
    organisation: Organisation,
    *,
    details: RoundDetails,
    key: uuid.UUID,
    by: User,
    at: datetime.datetime,
) -> SwapRound:
    """Begin to take in things. `key` is made by the form: asked again with it, the first answer is given.

    Refused: not_in_charge, key_reused, programme_closed, entries_close_in_the_past and those of `check_details`.
    """
    if not may(by, Action.RUN_SWAP_ROUND, organisation):
        raise Refused("not_in_charge", _("Only the organisation that runs the round, or one above it, can do this."))
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)  # two forms at once
    if earlier := SwapRound.objects.filter(client_uuid=key).first():
        if (earlier.programme_id, earlier.organisation_id) != (programme.pk, organisation.pk):
            raise key_reused()
        return earlier
    if programme.state != Programme.State.PUBLISHED:
        raise Refused("programme_closed", _("This programme is closed: nothing can be listed in it any more."))
    check_details(details)
    must_be_to_come(details.entries_close_at, at=at)
    round_ = SwapRound.objects.create(
        programme=programme, organisation=organisation, client_uuid=key, opened_at=at, **details.values()
    )
    enter_table(round_, at=at)
    record_audit("swap.opened", round_, by=by, at=at)
    return round_


def keep_rounds(*, at: datetime.datetime) -> int:
    """The worker's duty: close entries whose time has come, tell people how it stands with them, and end what was
    forgotten.
    """
    due = SwapRound.objects.filter(state=State.OPEN, entries_close_at__lte=at).order_by("pk")
    untold = Q(Exists(untold_handovers(OuterRef("pk"), at=at))) | Q(Exists(untold_entries(OuterRef("pk"))))
    telling = SwapRound.objects.filter(untold, state__in=SwapRound.EXCHANGING_STATES).order_by("pk")
    forgotten = SwapRound.objects.exclude(state__in=SwapRound.OVER_STATES).filter(ends_at__lte=at - FORGOTTEN_AFTER)
    ended_now = for_each("swap_rounds", list(forgotten.order_by("pk")), partial(end_forgotten, at=at))
    closed = ended_now + for_each("swap_rounds", list(due), partial(close_entries_of, at=at))
    return closed + for_each("swap_rounds", list(telling), partial(tell_of_round, at=at))


@transaction.atomic
def close_entries(round_: SwapRound, *, by: User, at: datetime.datetime, confirmed: bool = False) -> SwapRound:
    """Take in nothing more. Refused: not_in_charge, round_not_open; unless confirmed, earlier_than_announced."""
    must_run(by, round_)
    round_ = locked_round(round_)
    if round_.state != State.OPEN:
        raise Refused("round_not_open", _("This round takes in nothing more."))
    must_be_time(round_.entries_close_at, ENTERED_UNTIL, at=at, confirmed=confirmed)
    take_in_no_more(round_, at=at)
    record_audit("swap.entries_closed", round_, by=by, at=at)
    return round_


def close_entries_of(round_: SwapRound, *, at: datetime.datetime) -> int:
    round_ = locked_round(round_)
    if round_.state != State.OPEN:
        return 0
    take_in_no_more(round_, at=at)
    return 1


def take_in_no_more(round_: SwapRound, *, at: datetime.datetime) -> None:
    """Of a round that is open and locked. Closed early, `entries_close_at` says when: in whole minutes, as the form
    gives it back.
    """
    enter_table(round_, at=at)
    round_.state = State.ANSWERING
    round_.entries_close_at = min(round_.entries_close_at, at.replace(second=0, microsecond=0))
    round_.save(update_fields=["state", "entries_close_at"])
    ask_for_answers(round_, at=at)


def tell_of_round(round_: SwapRound, *, at: datetime.datetime) -> int:
    """The next who have not heard yet of their exchange, or that there is none."""
    round_ = locked_round(round_)
    with_words = ("round__venue", "listing__owner__user")
    handovers = list(untold_handovers(round_, at=at).select_related(*with_words).order_by("pk")[:TOLD_AT_ONCE])
    tell_of_exchanges(handovers, received_for(handovers), at=at)
    Handover.objects.filter(pk__in=[row.pk for row in handovers]).update(told_at=at)
    entries = list(untold_entries(round_).select_related(*with_words).order_by("pk")[:TOLD_AT_ONCE])
    tell_of_nothing_found(entries, at=at)
    RoundEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(told_at=at)
    return len(handovers) + len(entries)


def untold_handovers(round_: Any, *, at: datetime.datetime) -> QuerySet[Handover]:
    """Of those whose thing it is; once the hours are over nobody is asked any more, unless the desk goes on."""
    untold = Handover.objects.filter(round=round_, state=Handover.State.PLANNED, told_at=None, giver__isnull=False)
    return untold.filter(Q(round__ends_at__gt=at) | Q(round__state=State.HANDING_OVER))


def untold_entries(round_: Any) -> QuerySet[RoundEntry]:
    """Things that were matched, and in no exchange so far."""
    exchanged = Handover.objects.filter(round=OuterRef("round"), listing=OuterRef("listing"))
    entries = RoundEntry.objects.filter(round=round_, state=RoundEntry.State.IN, answer=RoundEntry.Answer.YES)
    return entries.filter(~Exists(exchanged), told_at=None)


@transaction.atomic
def cancel_round(round_: SwapRound, *, by: User, at: datetime.datetime) -> SwapRound:
    """Call a round off before anything was handed over; all things are free again and their owners are told. Again: no
    change.

    Refused: not_in_charge, handed_over, round_over.
    """
    must_run(by, round_)
    round_ = locked_round(round_)
    if round_.state == State.CANCELLED:
        return round_
    if round_.state == State.CLOSED:
        raise Refused("round_over", _("This round is over."))
    if has_handed_over(round_):
        raise Refused("handed_over", _("Things have been handed over already. The round can only be closed."))
    tell_of_cancellation(round_, at=at)
    return ended(round_, State.CANCELLED, by=by, at=at)


@transaction.atomic
def close_round(round_: SwapRound, *, by: User, at: datetime.datetime, confirmed: bool = False) -> SwapRound:
    """End the hand-over: exchanges of which nothing was received are off, and their people are told. Again: no change.

    Refused: not_in_charge, not_handing_over, half_handed_over; unless confirmed, earlier_than_announced where
    somebody may still come.
    """
    must_run(by, round_)
    round_ = locked_round(round_)
    if round_.state == State.CLOSED:
        return round_
    if round_.state != State.HANDING_OVER:
        raise Refused("not_handing_over", _("The hand-over of this round has not begun."))
    begun = round_.handovers.filter(state=Handover.State.DONE).values("exchange")
    planned = round_.handovers.filter(state=Handover.State.PLANNED)
    half_done = planned.filter(exchange__in=begun).order_by("exchange").values_list("exchange", flat=True).distinct()
    if numbers := ", ".join(str(number) for number in half_done[:NAMED_AT_ONCE]):
        raise Refused("half_handed_over", HALF_HANDED_OVER, numbers=numbers)
    if planned.exists():
        must_be_time(round_.ends_at, COMING_UNTIL, at=at, confirmed=confirmed)
        tell_of_closing(round_, at=at)
    return ended(round_, State.CLOSED, by=by, at=at)


@transaction.atomic
def end_forgotten(round_: SwapRound, *, at: datetime.datetime) -> int:
    """End a round that nobody closed and free its things, also of exchanges that were left half done; their owners are
    told.
    """
    round_ = locked_round(round_)
    if round_.is_over:
        return 0
    lock_things(rounds=[round_])
    begun = round_.handovers.filter(state=Handover.State.DONE)
    for exchange in sorted(set(begun.values_list("exchange", flat=True))):
        take_back_paid(round_, exchange)
    tell_of_end(round_, at=at)
    ended(round_, State.CLOSED if round_.state == State.HANDING_OVER else State.CANCELLED, by=None, at=at)
    return 1


def ended(round_: SwapRound, state: str, *, by: User | None, at: datetime.datetime) -> SwapRound:
    planned = round_.handovers.filter(state=Handover.State.PLANNED)
    void_exchanges(round_, set(planned.values_list("exchange", flat=True)), at=at)
    round_.entries.filter(state=RoundEntry.State.IN).update(state=RoundEntry.State.OVER)
    round_.state, round_.ended_at = state, at
    round_.save(update_fields=["state", "ended_at"])
    record_audit(f"swap.{state}", round_, by=by, at=at)
    return round_
