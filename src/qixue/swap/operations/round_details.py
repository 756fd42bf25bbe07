"""What the organiser says of a round: checked when it is opened, and changed until it is matched."""

import datetime
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import day_clock_lazy
from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused
from qixue.people.models import User
from qixue.places.models import Venue
from qixue.swap.models import RoundEntry, SwapRound
from qixue.swap.operations.entries import enter_table
from qixue.swap.operations.in_charge import must_run
from qixue.swap.operations.locks import locked_round
from qixue.swap.operations.notices import tell_of_change

MOST_TABLES = 99
OUT_OF_ORDER = _("Please put this moment after the one before it: entries, answers, beginning, end.")
# Who has entered something is told when one of these changes.
CONCERNING_OWNERS = {"title", "kind", "venue", "answers_until", "starts_at", "ends_at", "opening_hours"}
ANSWERED_ANEW = CONCERNING_OWNERS - {"title"}  # and may say that they do not come then


@dataclass(frozen=True)
class RoundDetails:
    """See SwapRound."""

    title: str
    kind: str
    venue: Venue
    entries_close_at: datetime.datetime
    answers_until: datetime.datetime
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    opening_hours: str = ""
    table_count: int = 1
    max_items: int | None = None
    has_gifts: bool = False

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def check_details(details: RoundDetails) -> None:
    """Refused: moments_out_of_order, opening_hours_missing, opening_hours_at_fair, tables_out_of_range."""
    for earlier, later in pairwise(("entries_close_at", "answers_until", "starts_at", "ends_at")):
        if getattr(details, later) < getattr(details, earlier):
            raise Refused("moments_out_of_order", OUT_OF_ORDER, field=later)
    if details.ends_at == details.starts_at:
        raise Refused("moments_out_of_order", OUT_OF_ORDER, field="ends_at")
    is_at_point = details.kind == SwapRound.Kind.POINT
    if is_at_point and not details.opening_hours:
        sentence = _("Please say when the community point is open, for example: Tuesday to Sunday, 9:00 to 17:00.")
        raise Refused("opening_hours_missing", sentence, field="opening_hours")
    if details.opening_hours and not is_at_point:
        sentence = _("A fair has its beginning and its end. Please leave the opening times empty.")
        raise Refused("opening_hours_at_fair", sentence, field="opening_hours")
    if not 1 <= details.table_count <= MOST_TABLES:
        raise Refused("tables_out_of_range", _("Please give 1 to 99 tables."), field="table_count")


def must_be_to_come(moment: datetime.datetime, *, at: datetime.datetime) -> None:
    """Until when things can be entered. Refused: entries_close_in_the_past."""
    if moment <= at:
        sentence = _("Please let people enter things for a while: choose a moment to come.")
        raise Refused("entries_close_in_the_past", sentence, field="entries_close_at")


def must_be_time(moment: datetime.datetime, sentence: Any, *, at: datetime.datetime, confirmed: bool) -> None:
    """`moment` is what was announced, `until` in the sentence. Doubt: earlier_than_announced."""
    if at < moment and not confirmed:
        raise Doubt("earlier_than_announced", sentence, until=day_clock_lazy(moment))


@transaction.atomic
def edit_round(
    round_: SwapRound, *, details: RoundDetails, edit_count: int, by: User, at: datetime.datetime
) -> SwapRound:
    """Change what was said of a round of which no plan is chosen yet; whom it concerns is told, and what was matched is
    matched again later. The same again: no change.

    Refused: not_in_charge, round_matched, changed_meanwhile, entries_closed, answers_end_in_the_past,
    ends_in_the_past, gifts_are_in, entries_close_in_the_past and those of `check_details`.
    """
    must_run(by, round_)
    round_ = locked_round(round_)
    changed = [name for name, value in details.values().items() if getattr(round_, name) != value]
    if not changed:
        return round_
    if not round_.can_be_edited:
        raise Refused("round_matched", _("This round was matched, or it is over: it cannot be changed any more."))
    if edit_count != round_.edit_count:
        sentence = _("Somebody else has changed this in the meantime; please compare both texts.")
        raise Refused("changed_meanwhile", sentence)
    check_details(details)
    check_change(round_, details, changed, at=at)
    for name in changed:
        setattr(round_, name, getattr(details, name))
    round_.edit_count += 1
    if round_.state == SwapRound.State.MATCHING:
        round_.plans.all().delete()
        round_.state = SwapRound.State.ANSWERING
    round_.save(update_fields=[*changed, "edit_count", "state"])
    enter_table(round_, at=at)
    if not round_.has_gifts:  # what lies on the table is free for others
        round_.entries.filter(state=RoundEntry.State.IN, is_from_table=True).delete()
    if CONCERNING_OWNERS & set(changed) and at < round_.answers_until:
        tell_of_change(round_, at=at)
    record_audit("swap.edited", round_, by=by, at=at, details={"changed": changed})
    return round_


def check_change(round_: SwapRound, details: RoundDetails, changed: list[str], *, at: datetime.datetime) -> None:
    """What moves has to move to a moment to come, and what people have done already has to stand."""
    if "entries_close_at" in changed:
        if round_.state != SwapRound.State.OPEN:
            raise Refused("entries_closed", _("This round takes in nothing more."), field="entries_close_at")
        must_be_to_come(details.entries_close_at, at=at)
    if ANSWERED_ANEW & set(changed) and details.answers_until <= at:
        sentence = _("Please give people time to answer: choose a moment to come.")
        raise Refused("answers_end_in_the_past", sentence, field="answers_until")
    if details.ends_at <= at:
        sentence = _("Please choose hours to come for the hand-over.")
        raise Refused("ends_in_the_past", sentence, field="ends_at")
    there = round_.entries.filter(state=RoundEntry.State.IN, is_from_table=False, listing__is_gift=True)
    if "has_gifts" in changed and not details.has_gifts and there.exists():
        sentence = _("Gifts have been entered already. Please leave the round with gifts.")
        raise Refused("gifts_are_in", sentence, field="has_gifts")
