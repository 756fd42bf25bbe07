from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.queries import organisations_for, path_filter
from qixue.people.rules import Action, may, reach
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.operations.activities import create_activity, edit_activity, publish_activity
from qixue.programme.operations.sessions import doubts_about_time
from qixue.programme.queries import missing_for_publication
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import activity_or_404, needs, programmes_in_reach, staff
from qixue.web.workspace.forms.activities import ActivityForm, NewActivityForm, initial_of
from qixue.web.workspace.tables.sessions import activities_table, sessions_table

PER_PAGE = 30


@needs(Action.SEE_RECORDS)
def activities(request: HttpRequest) -> HttpResponseBase:
    """Every activity in the viewer's part of the tree, drafts first."""
    within = path_filter(reach(request.user, Action.SEE_RECORDS), "organisation__path")
    rows = Activity.objects.filter(within).select_related("organisation", "programme").order_by("state", "-pk")
    context = {"page": parts.paginate(request, rows, PER_PAGE)}
    table = PageTable("activities", lambda: activities_table(rows))
    return table_files.page(request, "workspace/activities/list.html", context, table)


@needs(Action.EDIT_ACTIVITY)
def new(request: HttpRequest) -> HttpResponse:
    organisations = organisations_for(request.user, Action.EDIT_ACTIVITY)
    found = programmes_in_reach(request.user, Action.EDIT_ACTIVITY)
    programmes = [programme for programme, _part in found if programme.state != Programme.State.CLOSED]
    form = NewActivityForm(request.POST or None, programmes=programmes, organisations=organisations)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            activity = create_activity(
                answers["programme"],
                organisation=answers["organisation"],
                details=form.details(),
                by=staff(request),
                at=now(),
                client_uuid=answers["client_uuid"],
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The draft is saved. Now add its sessions."))
            return redirect("workspace:activity", activity.pk)
    return parts.form_page(request, "workspace/activities/form.html", form)


@needs(Action.SEE_RECORDS)
def activity(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = activity_or_404(request.user, pk, Action.SEE_RECORDS)
    sessions = found.sessions.select_related("venue", "tally").order_by("starts_at", "pk")
    context = {
        "activity": found,
        "programme": found.programme,
        "sessions": sessions,
        "may_edit": may(request.user, Action.EDIT_ACTIVITY, found.organisation),
        "may_issue": may(request.user, Action.ISSUE_CERTIFICATES, found.organisation),
        "may_publish": may(request.user, Action.PUBLISH_ACTIVITY, found.organisation),
        "may_set_up": may(request.user, Action.SET_UP_PROGRAMME, found.programme.organisation),
    }
    table = PageTable("sessions", lambda: sessions_table(found, sessions))
    return table_files.page(request, "workspace/activities/detail.html", context, table)


@needs(Action.EDIT_ACTIVITY)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the text; when somebody else saved meanwhile both texts are shown and nothing is lost."""
    found = activity_or_404(request.user, pk, Action.EDIT_ACTIVITY)
    form = ActivityForm(request.POST or None, initial=initial_of(found), programmes=[found.programme])
    differences = None
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            edit_activity(found, details=form.details(), version=version, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of(found)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:activity", pk)
    context = {"activity": found, "programme": found.programme, "differences": differences}
    return parts.form_page(request, "workspace/activities/form.html", form, **context)


def doubts(sessions: list[Session], activity: Activity) -> list[str]:
    """What is odd about the times of sessions, said before they are shown to everybody."""
    at, programme = now(), activity.programme
    timed = [(session.starts_at, session.ends_at) for session in sessions if session.starts_at and session.ends_at]
    return [str(doubt) for times in timed for doubt in doubts_about_time(*times, programme, at=at)]


@needs(Action.PUBLISH_ACTIVITY)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Check everything once more, then show it to everybody."""
    found = activity_or_404(request.user, pk, Action.PUBLISH_ACTIVITY)
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: publish_activity(found, by=staff(request), at=now()),
            back=reverse("workspace:activity", args=[pk]),
            done=_("The activity is published."),
        )
    sessions = list(found.sessions.select_related("venue").order_by("starts_at", "pk"))
    context = {"activity": found, "programme": found.programme, "sessions": sessions, "doubts": doubts(sessions, found)}
    return render(request, "workspace/activities/publish.html", {**context, "missing": missing_for_publication(found)})
