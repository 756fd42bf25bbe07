from dataclasses import replace
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qixue.core.clock import now
from qixue.figures.queries import Figure, figures_of, recounted
from qixue.participation.queries import coverage_of
from qixue.people.models import Organisation
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.report.annex import annex_bytes
from qixue.report.files import docx_bytes, pdf_bytes
from qixue.report.summary import draft_summary
from qixue.web.workspace.access import needs, programme_or_404, programmes_in_reach
from qixue.web.workspace.preview import preview_lines

FILES = {
    "docx": (docx_bytes, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf_bytes, "application/pdf"),
    "xlsx": (annex_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@needs(Action.SEE_REPORT)
def programmes(request: HttpRequest) -> HttpResponse:
    found = programmes_in_reach(request.user, Action.SEE_REPORT)
    return render(request, "workspace/programmes/list.html", {"programmes": found})


def narrowed(figures: list[Figure], part: str) -> list[Figure]:
    """The figures of the viewer's part of the tree: those of the whole programme, computed for that part."""
    divisible = [figure for figure in figures if "organisation" in figure.definition.dimensions]
    whole = [figure for figure in divisible if not figure.scope.dimensions()]
    scoped = [replace(figure, scope=replace(figure.scope, organisation=part)) for figure in whole]
    return [replace(figure, value=figure.definition.value(figure.scope)) for figure in scoped]


@needs(Action.SEE_REPORT)
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of the viewer's part; on request counted from the records and compared."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    found = figures_of(programme)
    if part:
        found = narrowed(found, part)
    rows = [(figure, recounted(figure) if request.method == "POST" else None) for figure in found]
    context = {
        "programme": programme,
        "rows": rows,
        "is_recounted": request.method == "POST",
        "different": [figure for figure, again in rows if again and again.quantity != figure.quantity],
        "part": Organisation.objects.filter(code=part).first() if part else None,
    }
    return render(request, "workspace/programmes/figures.html", context)


@needs(Action.SEE_REPORT)
def coverage(request: HttpRequest, code: str) -> HttpResponse:
    """Who has recorded what: sessions over, counted and still missing, by organisation."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    rows = coverage_of(programme, part, now())
    return render(request, "workspace/programmes/coverage.html", {"programme": programme, "rows": rows})


def whole_programme_or_404(request: HttpRequest, code: str) -> Programme:
    """The summary speaks for the whole programme, so only who reaches all of it may read it before it is issued."""
    programme, part = programme_or_404(request.user, code, Action.SEE_REPORT)
    if part:
        raise Http404
    return programme


@needs(Action.SEE_REPORT)
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """The drafted work summary with everything its editor should look at before issuing it."""
    draft = draft_summary(whole_programme_or_404(request, code), at=now())
    context = {"programme": draft.programme, "draft": draft, "lines": preview_lines(draft.manuscript)}
    return render(request, "workspace/programmes/summary.html", context)


@needs(Action.SEE_REPORT)
def summary_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    if kind not in FILES:
        raise Http404
    draft = draft_summary(whole_programme_or_404(request, code), at=now())
    make, content_type = FILES[kind]
    response = HttpResponse(make(draft), content_type=content_type)
    name = quote(f"{draft.document.title}.{kind}")
    response.headers["Content-Disposition"] = f"attachment; filename=\"summary.{kind}\"; filename*=UTF-8''{name}"
    return response
