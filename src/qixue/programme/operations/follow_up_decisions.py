"""What the assigner decides about a follow-up: closed (销号), sent back, withdrawn, another deadline."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import FollowUp, FollowUpStep
from qixue.programme.operations.follow_ups import (
    LONGEST_NOTE,
    back_to_the_ground,
    lock_follow_up,
    move_on,
    reason_given,
    take_step,
    tell_owner,
)
from qixue.programme.operations.plans import refuse_past
from qixue.programme.rules import may_close_follow_up, may_decide_follow_up

State = FollowUp.State
Kind = FollowUpStep.Kind


def refuse_others(follow_up: FollowUp, by: User) -> None:
    """Refused: not_assigner."""
    if not may_decide_follow_up(by, follow_up):
        raise Refused("not_assigner", _("Only the organisation that assigned the item decides about it."))


@transaction.atomic
def close_follow_up(
    follow_up: FollowUp, *, note: str = "", edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Accept what was reported; the item is done with (销号).

    Refused: not_assigner, closes_own, changed_meanwhile, not_now.
    """
    follow_up, is_due = lock_follow_up(follow_up, Kind.CLOSED, starts={State.REPORTED}, edit_count=edit_count, by=by)
    refuse_others(follow_up, by)
    if not is_due:
        return follow_up
    if not may_close_follow_up(by, follow_up):
        sentence = _("Nobody closes what their own office had to do or what they reported themselves.")
        raise Refused("closes_own", sentence)
    note = note.strip()[:LONGEST_NOTE]
    step = take_step(follow_up, Kind.CLOSED, organisation=follow_up.assigner, note=note, by=by, at=at)
    move_on(follow_up, State.CLOSED, at=at)
    tell_owner("follow_up_closed", step, at=at)
    return follow_up


# What is done with a reason -> the states in which it can be, the state after it, and the notice to the owner.
REASONED: dict[Kind, tuple[Collection[str], State, str]] = {
    Kind.SENT_BACK: ({State.REPORTED}, State.ACKNOWLEDGED, "follow_up_sent_back"),
    Kind.WITHDRAWN: (FollowUp.OPEN_STATES, State.WITHDRAWN, "follow_up_withdrawn"),
}


def send_back_follow_up(
    follow_up: FollowUp, *, reason: str, edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Ask for more than was reported; it is the owner's turn again. Refused: see `decide_with_reason`."""
    return decide_with_reason(follow_up, Kind.SENT_BACK, reason=reason, edit_count=edit_count, by=by, at=at)


def withdraw_follow_up(
    follow_up: FollowUp, *, reason: str, edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Nobody has to do it any more. Refused: see `decide_with_reason`."""
    return decide_with_reason(follow_up, Kind.WITHDRAWN, reason=reason, edit_count=edit_count, by=by, at=at)


@transaction.atomic
def decide_with_reason(
    follow_up: FollowUp, kind: Kind, *, reason: str, edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Refused: not_assigner, reason_missing, changed_meanwhile, not_now."""
    starts, state, notice = REASONED[kind]
    follow_up, is_due = lock_follow_up(follow_up, kind, starts=starts, edit_count=edit_count, by=by)
    refuse_others(follow_up, by)
    if is_due:
        step = take_step(follow_up, kind, organisation=follow_up.assigner, note=reason_given(reason), by=by, at=at)
        move_on(follow_up, state, at=at)
        tell_owner(notice, step, at=at)
    return follow_up


@transaction.atomic
def move_deadline(
    follow_up: FollowUp, *, due_on: datetime.date, reason: str, edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Another last day; reminders and escalation begin anew from it.

    Refused: not_assigner, same_day, due_in_past, reason_missing, changed_meanwhile, not_now.
    """
    follow_up, is_due = lock_follow_up(
        follow_up, Kind.DEADLINE_MOVED, starts=FollowUp.OWNERS_TURN, edit_count=edit_count, by=by
    )
    refuse_others(follow_up, by)
    if not is_due:
        return follow_up
    if due_on == follow_up.due_on:
        raise Refused("same_day", _("This is the deadline already; please give another day."), field="due_on")
    refuse_past(due_on, at)
    note = reason_given(reason)
    follow_up.due_on, follow_up.told_on = due_on, local_day(at)
    follow_up.edit_count += 1
    follow_up.save(update_fields=["due_on", "told_on", "edit_count"])
    step = take_step(
        follow_up, Kind.DEADLINE_MOVED, organisation=follow_up.assigner, note=note, due_on=due_on, by=by, at=at
    )
    back_to_the_ground(follow_up)
    tell_owner("follow_up_deadline_moved", step, at=at)
    return follow_up
