"""How people found an activity, for those who run it: numbers and words, never who."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from qixue.core.figures import FEWEST
from qixue.participation.queries.feedback import session_rows, summary_of_activity
from qixue.people.rules import Action
from qixue.web import table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import activity_or_404, needs
from qixue.web.workspace.tables.sessions import feedback_table


@needs(Action.SEE_RECORDS)
def feedback(request: HttpRequest, pk: int) -> HttpResponseBase:
    activity = activity_or_404(request.user, pk, Action.SEE_RECORDS)
    rows = session_rows(activity)
    context = {
        "activity": activity,
        "programme": activity.programme,
        "summary": summary_of_activity(activity),
        "sessions": rows,
        "fewest": FEWEST,
    }
    table = PageTable("sessions", lambda: feedback_table(activity, rows))
    return table_files.page(request, "workspace/feedback/activity.html", context, table)
