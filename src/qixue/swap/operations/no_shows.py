"""Somebody does not come to the hand-over: what waits for them is off, and stands again where that was a mistake."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.locks import changed_meanwhile, locked_people
from qixue.swap.models import Handover, RoundEntry, SwapRound
from qixue.swap.operations.entries import drop_and_rematch
from qixue.swap.operations.exchanges import Exchange, let_stand_again, match_anew, still_wanted, void_exchanges
from qixue.swap.operations.handovers import locked_handover, must_be_handing_over
from qixue.swap.operations.in_charge import must_stand_at_desk
from qixue.swap.operations.locks import lock_things
from qixue.swap.operations.notices import (
    CALLED_OFF,
    tell_of_lost_exchange,
    tell_of_missing,
    tell_of_standing_again,
    tell_to_fetch,
)
from qixue.swap.queries.instances import candidates, instance_of
from qixue.swap.queries.no_shows import Return, entries_coming_back, people_in, return_of, waiting_for_giver

State = Handover.State


@transaction.atomic
def mark_missing(handover: Handover, *, by: User, at: datetime.datetime) -> list[Handover]:
    """Say at the desk that the giver did not come: exactly the exchanges of theirs that wait for them are off, and what
    others have left is matched anew. The giver is told. Returns the new hand-overs; again: none.

    Refused: not_in_charge, not_handing_over, is_here.
    """
    must_stand_at_desk(by, handover.round)
    handover = locked_handover(handover)
    must_be_handing_over(handover.round)
    if handover.state == State.VOID:
        return []
    if handover.giver_confirmed_at:
        raise Refused("is_here", _("This person is here with the thing."))
    exchanges = waiting_for_giver(handover)
    not_brought(handover).update(state=RoundEntry.State.MISSED, missed_with=handover)
    record_audit("swap.missing", handover, by=by, at=at, details={"exchanges": exchanges})
    planned = handover.round.handovers.filter(exchange__in=exchanges, state=State.PLANNED)
    ended = list(planned.values_list("pk", flat=True))
    made = drop_and_rematch(handover.round, exchanges, at=at)
    handover.round.handovers.filter(pk__in=ended).update(off_with=handover)
    tell_of_missing(handover, at=at)
    return made


def not_brought(handover: Handover) -> QuerySet[RoundEntry]:
    """All of the giver's that is in the round, also what waits for an exchange, but for what they are here with."""
    standing = handover.round.handovers.filter(state__in=Handover.STANDING_STATES)
    here = standing.filter(listing=OuterRef("listing"), giver_confirmed_at__isnull=False)
    own = handover.round.entries.filter(state=RoundEntry.State.IN, listing__owner=handover.giver, is_from_table=False)
    return own.exclude(Exists(here))


@transaction.atomic
def take_back_missing(handover: Handover, *, by: User, at: datetime.datetime) -> Return:
    """Say at the desk that `mark_missing` was a mistake: the giver's things are in the round again, and the exchanges
    that ended with it stand as they did, in place of those found since, as long as nobody relies on these. Where
    somebody does, theirs stands and the giver is matched anew with all else that is free. Again: no change.

    Refused: not_in_charge, not_handing_over, nothing_comes_back, not_to_be_matched, changed_meanwhile.
    """
    must_stand_at_desk(by, handover.round)
    held = locked_people([handover.giver_id] if handover.giver_id else [])  # who alone puts things into other rounds
    handover = locked_handover(handover)
    round_ = handover.round
    must_be_handing_over(round_)
    if not handover.missed.exists():
        return Return(handover)
    if handover.giver_id and handover.giver_id not in held:
        raise changed_meanwhile()
    lock_things(rounds=[round_], and_also=handover.missed.values_list("listing", flat=True))
    entries = entries_coming_back(handover)
    if not entries:
        raise Refused("nothing_comes_back", _("Their things were taken back, or are in another round by now."))
    found = return_of(handover)
    gone = void_exchanges(round_, found.instead, at=at)
    coming_back = handover.missed.filter(pk__in=[entry.pk for entry in entries])
    coming_back.update(state=RoundEntry.State.IN, missed_with=None)
    handover.missed.update(missed_with=None)  # of things that are gone
    rows = standing_again(round_, handover.ended.filter(exchange__in=found.again), at=at)
    handover.ended.update(off_with=None)
    gone = not_needed_any_more(round_, gone, rows, at=at)
    made = match_anew(round_, at=at)
    tell_of_standing_again([row for row in rows if row.told_at], at=at)
    tell_of_lost_exchange(round_, gone, [*rows, *made], why=CALLED_OFF, at=at)
    tell_to_fetch(round_, {row.exchange for row in made}, at=at)
    again, instead = numbers_of(rows), numbers_of(gone)
    off = sorted({*found.again, *found.lost} - set(again))
    record_audit("swap.missing_taken_back", handover, by=by, at=at, details={"again": again, "instead": instead})
    people = found.people if instead == found.instead else people_in(round_, instead)
    return replace(found, again=again, instead=instead, people=people, lost=off, made=numbers_of(made))


def numbers_of(rows: Sequence[Handover]) -> list[int]:
    return sorted({row.exchange for row in rows})


def not_needed_any_more(
    round_: SwapRound, gone: Sequence[Handover], rows: Sequence[Handover], *, at: datetime.datetime
) -> list[Handover]:
    """Of what was found instead and is off, that of which something is in what stands again. All else stands on: nobody
    loses it for an exchange that somebody does not want any more.
    """
    taken = {row.listing_id for row in rows}
    in_the_way = {row.exchange for row in gone if row.listing_id in taken}
    spared = [row.pk for row in gone if row.exchange not in in_the_way]
    kept = {row.pk for row in standing_again(round_, round_.handovers.filter(pk__in=spared), at=at)}
    return [row for row in gone if row.pk not in kept]


def standing_again(round_: SwapRound, off: QuerySet[Handover], *, at: datetime.datetime) -> list[Handover]:
    """The hand-overs of those exchanges of which everybody still wants what they get; wishes may have changed since."""
    rows: dict[int, list[Handover]] = defaultdict(list)
    for row in off.select_related("listing", "in_return_for", "giver__user").order_by("exchange", "position"):
        row.round = round_
        rows[row.exchange].append(row)
    if not rows:
        return []
    exchanges = {number: Exchange.of(each) for number, each in rows.items()}
    wanted = still_wanted(list(exchanges.values()), instance_of(candidates(round_), at=at))
    kept = [row for number, each in rows.items() if exchanges[number] in wanted for row in each]
    let_stand_again(round_, kept)
    return kept
