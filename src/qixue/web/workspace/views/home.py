from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.clock import now
from qixue.participation.queries import sessions_awaiting_count
from qixue.people.queries import path_filter
from qixue.people.rules import Action, may_anywhere, reach
from qixue.programme.models import Activity, Session
from qixue.web.workspace.access import programmes_in_reach, staff

SHOWN = 8


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing now, in the viewer's part of the tree; a kind word for somebody without a role."""
    user, at = staff(request), now()
    within = path_filter(reach(user, Action.SEE_RECORDS), "organisation__path")
    sessions = path_filter(reach(user, Action.RECORD_ATTENDANCE), "activity__organisation__path")
    planned = Session.objects.filter(sessions, state=Session.State.PLANNED, starts_at__gte=at)
    drafts = Activity.objects.filter(within, state=Activity.State.DRAFT).select_related("organisation")
    waiting = sessions_awaiting_count(sessions, at)
    context = {
        "awaiting": waiting[:SHOWN],
        "awaiting_count": waiting.count(),
        "upcoming": planned.select_related("activity", "venue").order_by("starts_at", "pk")[:SHOWN],
        "drafts": drafts.order_by("-pk")[:SHOWN],
        "assignments": user.role_assignments.filter(ended_at=None).select_related("organisation").order_by("pk"),
        "may_see_records": may_anywhere(user, Action.SEE_RECORDS),
        "may_edit": may_anywhere(user, Action.EDIT_ACTIVITY),
        "programmes": programmes_in_reach(user, Action.SEE_REPORT),
    }
    return render(request, "workspace/home.html", context)
