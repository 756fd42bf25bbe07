import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from qixue.core.audience import for_signed_in
from qixue.core.clock import local_day, now
from qixue.participation.queries import sessions_awaiting_count
from qixue.participation.queries.door_state import undecided_by_session
from qixue.participation.queries.lotteries import draws_awaiting_a_number
from qixue.people.directory import told_of
from qixue.people.models import RoleAssignment, User
from qixue.people.queries import inbox_of, path_filter
from qixue.people.rules import Action, may_anywhere, reach
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.queries.follow_ups import follow_ups_waiting
from qixue.programme.queries.plans import Waiting, waiting_for
from qixue.programme.queries.recognitions import calls_open_to, nominations_waiting
from qixue.report.issuing import requests_waiting_for
from qixue.swap.queries.reports import reported_to
from qixue.swap.rules import may_manage_swaps
from qixue.web import parts
from qixue.web.workspace.access import programmes_to_set_up, programmes_with_reports, staff
from qixue.web.workspace.follow_up_words import item_of
from qixue.web.workspace.return_words import return_tasks

SHOWN = 8
# What waits -> the words for it, and the page on which it is done.
ACTS = {
    "file": (gettext_lazy("File the plan"), "plan"),
    "revise": (gettext_lazy("Go on with the new version of the plan"), "plan"),
    "countersign": (gettext_lazy("Countersign"), "countersign"),
    "decide": (gettext_lazy("Approve or return the plan"), "decide_plan"),
    "publish": (gettext_lazy("Publish the plan"), "publish_plan"),
}


@dataclass(frozen=True)
class Task:
    """Something that waits for the viewer, and the words and the route of the page on which it is done."""

    waiting: Waiting
    act: tuple[Any, str]

    @property
    def url(self) -> str:
        asked = self.waiting.countersignature
        return reverse(f"workspace:{self.act[1]}", args=[asked.pk if asked else self.waiting.plan.pk])


@for_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing now, in the viewer's part of the tree; a kind word for somebody without a role."""
    user, at = staff(request), now()
    context = {
        **lists_for(user, at),
        "assignments": told_of(RoleAssignment.objects.current(at).filter(user=user)).order_by("pk"),
        "may_see_records": may_anywhere(user, Action.SEE_RECORDS),
        "may_edit": may_anywhere(user, Action.EDIT_ACTIVITY),
        "programmes": programmes_with_reports(user),
        "unread_count": inbox_of(user).filter(read_at=None).count(),
        "may_manage_people": may_anywhere(user, Action.MANAGE_PEOPLE),
        "may_see_deliveries": may_anywhere(user, Action.SEE_DELIVERIES),
        "may_register": may_anywhere(user, Action.MANAGE_REGISTRATIONS),
        "may_hand_over_swaps": may_anywhere(user, Action.HAND_OVER_SWAPS),
        "may_set_up": may_anywhere(user, Action.SET_UP_PROGRAMME),
        "set_up": programmes_to_set_up(user),
        "swaps_of": swaps_of(user),
    }
    return render(request, "workspace/home.html", context)


def swaps_of(user: User) -> Programme | None:
    """The current programme, where the user decides about its swaps."""
    programme = parts.current_programme()
    return programme if programme and may_manage_swaps(user, programme) else None


def lists_for(user: User, at: datetime.datetime) -> dict[str, Any]:
    """What waits for the user, then what comes next."""
    edited = path_filter(reach(user, Action.EDIT_ACTIVITY), "activity__organisation__path")
    attended = path_filter(reach(user, Action.RECORD_ATTENDANCE), "activity__organisation__path")
    corrected = path_filter(reach(user, Action.CORRECT_ATTENDANCE), "activity__organisation__path")
    read = path_filter(reach(user, Action.SEE_RECORDS), "organisation__path")
    awaiting, follow_ups = sessions_awaiting_count(attended, at), follow_ups_waiting(user)
    drafts = Activity.objects.filter(read, state=Activity.State.DRAFT).select_related("organisation")
    planned = Session.objects.filter(attended, state=Session.State.PLANNED, starts_at__gte=at)
    return {
        "plans_waiting": [Task(waiting, ACTS[waiting.act]) for waiting in waiting_for(user)],
        "issues_waiting": requests_waiting_for(user),
        "draws_waiting": draws_awaiting_a_number(edited)[:SHOWN],
        "scans_waiting": undecided_by_session(corrected)[:SHOWN],
        "follow_ups": [item_of(each, local_day(at)) for each in follow_ups[:SHOWN]],
        "follow_up_count": follow_ups.count(),
        "returns_waiting": return_tasks(user),
        "nominations_waiting": nominations_waiting(user)[:SHOWN],
        "open_calls": calls_open_to(user, local_day(at))[:SHOWN],
        "reported": reported_to(user)[:SHOWN],
        "awaiting": awaiting[:SHOWN],
        "awaiting_count": awaiting.count(),
        "drafts": drafts.order_by("-pk")[:SHOWN],
        "upcoming": planned.select_related("activity", "venue").order_by("starts_at", "pk")[:SHOWN],
    }
