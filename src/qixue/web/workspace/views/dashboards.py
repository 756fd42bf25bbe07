from functools import partial

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.figures import Scope
from qixue.figures.charts import Audience
from qixue.figures.dashboards import OVERVIEW, PART_WITHIN_A_COUNTY, SUMMARY_OF_A_PLACE
from qixue.figures.queries import figure_in
from qixue.participation.queries.quality import CHECKS, findings_of
from qixue.people.models import Organisation
from qixue.people.rules import Action
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.web import parts
from qixue.web.dashboards import EVERYBODY, dashboard_context, figure_url
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import checks_table, dashboard_table, findings_table
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.part_page import organisation_of, part_page

PER_PAGE = 50
STAFF = Audience(figure=partial(figure_in, with_internal=True), address=lambda scope: "")


@needs(Action.SEE_REPORT)
def dashboard(request: HttpRequest, code: str) -> HttpResponseBase:
    """The viewer's part of the programme on one page, with what is for staff alone."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    scope = Scope(code, organisation=part or None)
    own = organisation_of(part)
    is_citywide = own is None or own.region_id in (None, programme.region_id)
    frame = dashboard_context(
        OVERVIEW if is_citywide else PART_WITHIN_A_COUNTY,
        scope,
        STAFF,
        lambda figure: reverse("workspace:figure", args=[code, figure.code]),
    )
    county = county_of(programme, own)
    in_county = Scope(code, region=county.code) if county else None
    of_county = dashboard_context(SUMMARY_OF_A_PLACE, in_county, EVERYBODY, figure_url) if in_county else None
    about = {"county": county, "of_county": of_county}
    shown = [(own.local_name if own else programme.local_name, frame)]
    shown += [(county.local_name, of_county)] if county and of_county else []
    table = PageTable("charts", lambda: dashboard_table(programme.local_name, shown))
    return part_page(request, "dashboard", _("Dashboard"), programme, part, table, **frame, **about)


def county_of(programme: Programme, office: Organisation | None) -> Region | None:
    """The county whose office the viewer's part is: of the place it may say no more than everybody may read."""
    region = office.region if office else None
    return region if region and region.parent_id == programme.region_id else None


@needs(Action.SEE_REPORT)
def quality(request: HttpRequest, code: str) -> HttpResponseBase:
    """How often each check found something odd in the viewer's part."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    scope = Scope(code, organisation=part or None)
    rows = [(check, check.run(scope)) for check in CHECKS.values()]
    table = PageTable("checks", lambda: checks_table(rows))
    return part_page(request, "quality", _("Data quality"), programme, part, table, rows=rows)


@needs(Action.SEE_REPORT)
def quality_check(request: HttpRequest, code: str, check: str) -> HttpResponseBase:
    """What one check found, session by session; each opens to its records."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if check not in CHECKS:
        raise Http404
    asked = CHECKS[check]
    found = asked.run(Scope(code, organisation=part or None))
    page = parts.paginate(request, list(found.texts.items()), PER_PAGE)
    context = {"check": asked, "found": found, "page": page, "findings": findings_of(page.object_list)}
    table = PageTable("findings", lambda: findings_table(asked, findings_of(found.texts.items())))
    return part_page(request, "quality_check", asked.title, programme, part, table, **context)
