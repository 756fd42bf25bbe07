"""The words in which pages speak of follow-ups: what somebody can do next, how late an item is, who waits why."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qixue.people.models import User
from qixue.people.rules import Action, may, reach
from qixue.programme.models import FollowUp
from qixue.programme.queries import waits
from qixue.programme.rules import may_answer_follow_up, may_decide_follow_up
from qixue.web.workspace.plan_words import Act

# What one organisation waits for from another -> the words for it.
WAITED_FOR: dict[str, Any] = {
    waits.TO_DO: gettext_lazy("to do an item"),
    waits.TO_CLOSE: gettext_lazy("to close an item that was reported done"),
    waits.TO_FILE: gettext_lazy("to file its plan"),
    waits.TO_DECIDE: gettext_lazy("to decide about a plan"),
    waits.TO_PUBLISH: gettext_lazy("to publish a plan"),
    waits.TO_COUNTERSIGN: gettext_lazy("to countersign a plan"),
}


@dataclass(frozen=True)
class Item:
    """A follow-up as a list shows it. `late` is a sentence, empty while it is in time or no longer the owner's turn."""

    follow_up: FollowUp
    late: str

    @property
    def is_owners_turn(self) -> bool:
        return self.follow_up.state in FollowUp.OWNERS_TURN


def item_of(follow_up: FollowUp, today: datetime.date) -> Item:
    days = (today - follow_up.due_on).days
    if follow_up.state not in FollowUp.OWNERS_TURN or days <= 0:
        return Item(follow_up, "")
    return Item(follow_up, ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {"days": days})


def acts_open_to(user: User, follow_up: FollowUp) -> list[Act]:
    """What the viewer can do with the item now, the next step first. Acknowledging is a button of its own."""
    is_owner, is_assigner = may_answer_follow_up(user, follow_up), may_decide_follow_up(user, follow_up)
    acts: list[tuple[str, str]] = []
    if is_assigner and follow_up.state == FollowUp.State.REPORTED:
        acts.append((_("Close or send back"), "decide_follow_up"))
    if is_own_turn(user, follow_up):
        acts.append((_("Report done"), "report_follow_up"))
    if follow_up.state in FollowUp.OWNERS_TURN and may(user, Action.ASSIGN_FOLLOW_UP, follow_up.owner):
        acts.append((_("Hand over"), "hand_over_follow_up"))
    if is_assigner and follow_up.state in FollowUp.OWNERS_TURN:
        acts.append((_("Move the deadline"), "move_follow_up_deadline"))
    if is_assigner and follow_up.state in FollowUp.OPEN_STATES:
        acts.append((_("Withdraw"), "withdraw_follow_up"))
    if is_owner and follow_up.state in FollowUp.OWNERS_TURN and not is_own_turn(user, follow_up):
        text = _("Report done for %(organisation)s") % {"organisation": follow_up.owner.local_name}
        acts.append((text, "report_follow_up"))
    return [Act(text, reverse(f"workspace:{route}", args=[follow_up.pk])) for text, route in acts]


def is_own_turn(user: User, follow_up: FollowUp) -> bool:
    """Whether an organisation in which the viewer works has to do it, and not one below theirs."""
    return follow_up.state in FollowUp.OWNERS_TURN and follow_up.owner.path in reach(user, Action.ANSWER_FOLLOW_UP)


def may_acknowledge(user: User, follow_up: FollowUp) -> bool:
    """Whether the page offers it: on behalf of another office one reports, but says nothing about what it has read."""
    return follow_up.state == FollowUp.State.ASSIGNED and is_own_turn(user, follow_up)
