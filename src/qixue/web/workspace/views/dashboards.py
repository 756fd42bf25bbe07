from functools import partial

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from qixue.core.figures import Scope
from qixue.figures.charts import Audience
from qixue.figures.dashboards import OVERVIEW
from qixue.figures.queries import figure_in
from qixue.participation.queries.quality import CHECKS
from qixue.people.rules import Action
from qixue.web import parts, table_files
from qixue.web.dashboards import dashboard_context
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import charts_table, checks_table, findings_table
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.views.programmes import organisation_of

PER_PAGE = 50
STAFF = Audience(figure=partial(figure_in, with_internal=True), address=lambda scope: "")


@needs(Action.SEE_REPORT)
def dashboard(request: HttpRequest, code: str) -> HttpResponseBase:
    """The viewer's part of the programme on one page, with what is for staff alone."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    scope = Scope(code, organisation=part or None)
    frame = dashboard_context(
        OVERVIEW, scope, STAFF, lambda figure: reverse("workspace:figure", args=[code, figure.code])
    )
    context = {"programme": programme, "part": organisation_of(part), **frame}
    table = PageTable("charts", lambda: charts_table(programme.local_name, frame["charts"]))
    return table_files.page(request, "workspace/programmes/dashboard.html", context, table)


@needs(Action.SEE_REPORT)
def quality(request: HttpRequest, code: str) -> HttpResponseBase:
    """How often each check found something odd in the viewer's part."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    scope = Scope(code, organisation=part or None)
    rows = [(check, check.run(scope)) for check in CHECKS.values()]
    context = {"programme": programme, "part": organisation_of(part), "rows": rows}
    return table_files.page(
        request, "workspace/programmes/quality.html", context, PageTable("checks", lambda: checks_table(rows))
    )


@needs(Action.SEE_REPORT)
def quality_check(request: HttpRequest, code: str, check: str) -> HttpResponseBase:
    """What one check found, session by session; each opens to its records."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if check not in CHECKS:
        raise Http404
    found = CHECKS[check].run(Scope(code, organisation=part or None))
    page = parts.paginate(request, found.findings, PER_PAGE)
    about = {"programme": programme, "part": organisation_of(part), "check": CHECKS[check]}
    table = PageTable("findings", lambda: findings_table(CHECKS[check], found.findings))
    context = {**about, "page": page, "found": found}
    return table_files.page(request, "workspace/programmes/quality_check.html", context, table)
