"""How people found an activity, for those who run it: numbers and words, never who."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.figures import FEWEST
from qixue.participation.queries.feedback import session_rows, summary_of_activity
from qixue.people.rules import Action
from qixue.web.workspace.access import activity_or_404, needs


@needs(Action.SEE_RECORDS)
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request.user, pk, Action.SEE_RECORDS)
    context = {
        "activity": activity,
        "programme": activity.programme,
        "summary": summary_of_activity(activity),
        "sessions": session_rows(activity),
        "fewest": FEWEST,
    }
    return render(request, "workspace/feedback/activity.html", context)
