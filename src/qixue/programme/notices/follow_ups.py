"""What people are told about follow-ups."""

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.programme.models import FollowUp, FollowUpStep

FOLLOW_UPS = NotificationPreference.Topic.FOLLOW_UPS

register(
    NoticeKind(
        "follow_up_assigned",
        FOLLOW_UPS,
        _("To be done by %(owner)s: %(title)s"),
        _("Assigned by %(assigner)s. Please acknowledge it and report by %(due_on)s."),
    ),
    NoticeKind(
        "follow_up_reminded",
        FOLLOW_UPS,
        _("Due on %(due_on)s: %(title)s"),
        _("%(owner)s has not reported it done yet. Please report, or ask %(assigner)s for another day."),
    ),
    NoticeKind(
        "follow_up_overdue",
        FOLLOW_UPS,
        _("Overdue since %(due_on)s: %(title)s"),
        _("%(owner)s has not reported it done. Please report, or ask %(assigner)s for another day."),
    ),
    NoticeKind(
        "follow_up_escalated",
        FOLLOW_UPS,
        _("Overdue at %(owner)s since %(due_on)s: %(title)s"),
        _("It has gone up to %(above)s. Please see to it that it is done. Assigned by %(assigner)s."),
    ),
    NoticeKind(
        "follow_up_reported",
        FOLLOW_UPS,
        _("%(owner)s reports done: %(title)s"),
        _("Please look at the evidence, then close the item or send it back."),
    ),
    NoticeKind(
        "follow_up_unanswered",
        FOLLOW_UPS,
        _("Still waits for you to close it: %(title)s"),
        _("%(owner)s has reported it done. Please close the item or send it back."),
    ),
    NoticeKind(
        "follow_up_closed",
        FOLLOW_UPS,
        _("Closed: %(title)s"),
        _("%(assigner)s has closed the item; nothing more is to be done."),
    ),
    NoticeKind(
        "follow_up_sent_back",
        FOLLOW_UPS,
        _("Sent back: %(title)s"),
        _("%(assigner)s asks for more; the reason stands on the page of the item. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "follow_up_withdrawn",
        FOLLOW_UPS,
        _("Withdrawn: %(title)s"),
        _("%(assigner)s has withdrawn the item; nothing more is to be done."),
    ),
    NoticeKind(
        "follow_up_deadline_moved",
        FOLLOW_UPS,
        _("Another last day, %(due_on)s: %(title)s"),
        _("%(assigner)s has moved the deadline; the reason stands on the page of the item."),
    ),
    NoticeKind(
        "follow_up_passed_on",
        FOLLOW_UPS,
        _("Handed over to %(owner)s: %(title)s"),
        _("The reason stands on the page of the item. Last day: %(due_on)s."),
    ),
)


LONGEST_TITLE = 50  # characters: with the names of two bodies it still fits the subject of a mail


def about(kind: str, step: FollowUpStep) -> Notice:
    """What a step means for those who hear of it; of one step everybody hears once."""
    follow_up = step.follow_up
    params: dict[str, str | int] = {
        "title": Truncator(follow_up.title).chars(LONGEST_TITLE),
        **names_of(owner=follow_up.owner, assigner=follow_up.assigner, above=step.organisation),
        "due_on": follow_up.due_on.isoformat(),
    }
    return Notice(kind, f"{kind}:{step.pk}", link_to(follow_up), params)


def link_to(follow_up: FollowUp) -> str:
    return f"/workspace/follow-ups/{follow_up.pk}/"
