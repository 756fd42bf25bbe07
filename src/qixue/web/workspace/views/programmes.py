import datetime
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import local_day, now
from qixue.core.figures import Scope
from qixue.core.long_work import Busy, one_at_a_time
from qixue.core.outages import Outage
from qixue.figures.queries import (
    Figure,
    common_unit,
    figure_in,
    figure_of,
    figure_of_part,
    figures_of,
    figures_of_part,
    kinds_of_records,
    recounted,
    unnamed_figures_on_record,
)
from qixue.participation.queries import coverage_of, late_sessions
from qixue.people.rules import Action, may, may_anywhere, reach
from qixue.programme.models import Programme, Session
from qixue.report.files import CONTENT_TYPES, FILES
from qixue.report.issuing import edits_since, open_request, waits_for
from qixue.report.section_text import SectionText
from qixue.report.summary import SummaryDraft, draft_summary
from qixue.report.versions import open_comments, unsaved_texts
from qixue.web import parts, table_files
from qixue.web.files import attached
from qixue.web.table_files import PageTable
from qixue.web.tables.figures import coverage_table, entries_table, evidence_table, figures_table
from qixue.web.views.errors import outage_page
from qixue.web.workspace.access import (
    needs,
    programme_or_404,
    programmes_in_reach,
    programmes_to_set_up,
    whole_programme_or_404,
)
from qixue.web.workspace.part_page import organisation_of, part_page
from qixue.web.workspace.preview import Line, preview_lines
from qixue.web.workspace.tables.sessions import late_table

PER_PAGE = 50
PATIENCE, MOST_IN_LINE = 10.0, 3  # seconds for which so many wait until a summary is made; the others ask again


@needs(Action.SEE_REPORT)
def programmes(request: HttpRequest) -> HttpResponse:
    found = programmes_in_reach(request.user, Action.SEE_REPORT)
    may_set_up = may_anywhere(request.user, Action.SET_UP_PROGRAMME)
    context = {"programmes": found, "set_up": programmes_to_set_up(request.user), "may_set_up": may_set_up}
    return render(request, "workspace/programmes/list.html", context)


@needs(Action.SEE_REPORT)
def figures(request: HttpRequest, code: str) -> HttpResponseBase:
    """The figures of the viewer's part; on request counted from the records and compared."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if part:
        found = figures_of_part(programme, part)
    else:
        found = [*figures_of(programme, with_internal=True), *unnamed_figures_on_record(programme)]
    rows = [(figure, recounted(figure) if request.method == "POST" else None) for figure in found]
    context = {
        "rows": rows,
        "is_recounted": request.method == "POST",
        "different": [figure for figure, again in rows if again and again.quantity != figure.quantity],
    }
    table = PageTable("figures", lambda: figures_table(found))
    title = pgettext("navigation", "Figures")
    return part_page(request, "figures", title, programme, part, table, **context)


def figure_context(request: HttpRequest, code: str, figure_code: str) -> dict[str, Any]:
    """The figure as the viewer's reach gives it: of the whole programme, or of their part of the tree only."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if part:
        found = figure_of_part(programme, figure_code, part)
    else:
        found = figure_of(programme, figure_code, with_internal=True)
    found = found or figure_in(Scope(code, organisation=part or None), figure_code, with_internal=True)
    if found is None:
        raise Http404
    return {"programme": programme, "figure": found, "part": organisation_of(part)}


@needs(Action.SEE_REPORT)
def figure(request: HttpRequest, code: str, figure_code: str) -> HttpResponseBase:
    """One figure with its rule and the records behind it, in the viewer's part."""
    context = figure_context(request, code, figure_code)
    rows = context["figure"].evidence_for_reading()
    page = parts.paginate(request, rows, PER_PAGE)
    context |= {"page": page, "rows_unit": common_unit(rows), "as_of": now()}
    table = PageTable("evidence", lambda: evidence_table(context["figure"], rows))
    return table_files.page(request, "workspace/programmes/figure.html", context, table)


@needs(Action.SEE_REPORT)
def figure_session(request: HttpRequest, code: str, figure_code: str, session_pk: int) -> HttpResponseBase:
    """What one session brings to a figure, entry by entry."""
    context = figure_context(request, code, figure_code)
    found: Figure = context["figure"]
    rows = found.evidence_of_session(session_pk)
    if not rows:
        raise Http404
    context |= {
        "session": Session.objects.select_related("activity__organisation", "venue").get(pk=session_pk),
        "whole": next((row for row in found.evidence_for_reading() if row.session_id == session_pk), None),
        "kinds": kinds_of_records(rows),
        "page": parts.paginate(request, rows, PER_PAGE),
        "rows_unit": common_unit(rows),
    }
    table = PageTable("entries", lambda: entries_table(found, rows))
    return table_files.page(request, "workspace/programmes/figure_session.html", context, table)


@dataclass(frozen=True)
class Late:
    """A session that is over and was not counted: since how many days, and whether the viewer may enter the count."""

    session: Session
    days: int
    may_count: bool


def late(session: Session, paths: tuple[str, ...], at: datetime.datetime) -> Late:
    """`paths` are the parts of the tree in which the viewer records attendance."""
    may_count = session.counting_rule != Session.CountingRule.LIST and session.activity.organisation.path.startswith(
        paths
    )
    return Late(session, (local_day(at) - local_day(session.ends_at or at)).days, may_count)


@needs(Action.SEE_REPORT)
def coverage(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who has recorded what: sessions over, counted and still missing, by organisation, and the late ones by name."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    at, paths = now(), tuple(reach(request.user, Action.RECORD_ATTENDANCE))
    overdue = late_sessions(programme, part, at)
    page = parts.paginate(request, overdue, PER_PAGE)
    rows, late_ones = coverage_of(programme, part, at), [late(session, paths, at) for session in page]
    tables = (
        PageTable("late", lambda: late_table(late(session, paths, at) for session in overdue)),
        PageTable("organisations", lambda: coverage_table(rows)),
    )
    context = {"rows": rows, "page": page, "late": late_ones}
    return part_page(request, "coverage", _("Who has reported"), programme, part, *tables, **context)


@needs(Action.SEE_REPORT)
def summary(request: HttpRequest, code: str) -> HttpResponseBase:
    """The drafted work summary with everything its editor should look at before issuing it.

    Who answers for a part reads where the summary stands for them: what was issued, and the figures they bring to it.
    """
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if part:
        is_public = programme.state in Programme.PUBLIC_STATES
        issued = parts.issue_shown(programme) if is_public else {}
        return part_page(request, "summary_of_part", _("Work summary"), programme, part, **issued)
    draft, asked = draft_summary(programme, at=now()), open_request(programme)
    context = {
        "programme": programme,
        "draft": draft,
        "parts": parts_of(draft),
        "comments": open_comments(programme),
        "unsaved": unsaved_texts(programme),
        "may_write": may(request.user, Action.WRITE_REPORT, programme.organisation),
        "asked": asked,
        "waits_for": waits_for(asked) if asked else [],
        "edits": edits_since(asked) if asked else [],
        "seals": programme.seals.defer("payload").order_by("-number"),
        "may_issue": may(request.user, Action.ISSUE_REPORT, programme.organisation),
    }
    return render(request, "workspace/programmes/summary.html", context)


def parts_of(draft: SummaryDraft) -> list[tuple[SectionText, list[Line]]]:
    """Each section with its lines, numbered through the whole document."""
    lines = iter(preview_lines(draft.manuscript.blocks))
    return [(section, list(islice(lines, len(section.blocks)))) for section in draft.sections]


@needs(Action.SEE_REPORT)
def summary_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    if kind not in FILES:
        raise Http404
    programme = whole_programme_or_404(request.user, code, Action.SEE_REPORT)
    try:
        with one_at_a_time("summaries", patience=PATIENCE, line=MOST_IN_LINE):
            draft = draft_summary(programme, at=now())
            content = FILES[kind](draft)
    except Busy:
        return outage_page(request, Outage.BUSY)
    return attached(content, CONTENT_TYPES[kind], f"{draft.document.title}.{kind}")
