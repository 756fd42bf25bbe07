"""The coverage board of a call, what all report together, the list of phone numbers, and the file of it all."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from qixue.core.clock import local_day, now
from qixue.figures.queries import Figure, figures_of_tree
from qixue.people.queries import staff_by_organisation
from qixue.people.rules import Action, may_anywhere, reach
from qixue.programme.models import ReturnCall, ReturnSubmission
from qixue.programme.queries.return_coverage import Board, County, Tile, board_of, state_of, state_words
from qixue.programme.queries.return_sums import fields_of, sums_of_call
from qixue.programme.rules import may_set_up_call, returns_accepted_by
from qixue.report.return_sheet import table_of
from qixue.web import table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs
from qixue.web.workspace.reach.returns import call_or_404, seen_in, whole_call_or_404
from qixue.web.workspace.return_words import rows_now
from qixue.web.workspace.tables.coordination import contacts_table

State = ReturnSubmission.State


@needs(Action.SEE_RETURNS)
def board(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Who has reported and who has not; a draft shows what it will ask."""
    call = call_or_404(request.user, code, number)
    sets_up = may_set_up_call(request.user, call)
    context: dict[str, Any] = {"programme": call.programme, "call": call, "sets_up": sets_up}
    if call.state == ReturnCall.State.DRAFT:
        asked = call.asked.select_related("region").order_by("path", "pk")
        return render(request, "workspace/returns/draft.html", {**context, "fields": fields_of(call), "asked": asked})
    seen = seen_in(request.user, call)
    found = board_of(call, at=now(), seen=seen)
    wanted = request.GET.get("state", "")
    county = request.GET.get("county", "")
    context |= {
        "board": found,
        "is_whole": seen is None,
        "may_call": may_anywhere(request.user, Action.ACCEPT_RETURN) and (sets_up or bool(found.counties)),
        "wanted": wanted if wanted in state_words() else "",
        "county": county,
        "states": [(key, label, count_in(found, key)) for key, label in state_words().items() if count_in(found, key)],
        "counties": narrowed(found, wanted, county),
        "others": [each for each in found.others if wanted in ("", each[1])],
        "own": own_returns(request.user, call),
    }
    counties = tuple(replace(each, towns=tuple(towns)) for each, towns in context["counties"])
    shown = Board(counties, tuple(context["others"]))
    table = PageTable("returns", lambda: table_of(call, shown))
    return table_files.page(request, "workspace/returns/board.html", context, table)


def own_returns(user: Any, call: ReturnCall) -> QuerySet[ReturnSubmission]:
    """What the viewer has to file, not what they might for somebody below."""
    own = ReturnSubmission.objects.filter(organisation__path__in=reach(user, Action.FILE_RETURN), call=call)
    editable = own.filter(state__in=ReturnSubmission.EDITABLE, call__state=ReturnCall.State.OPEN)
    return editable.select_related("organisation").order_by("organisation__path", "pk")


def every_tile(board: Board) -> list[Tile]:
    return [*board.county_tiles, *board.town_tiles]


def count_in(board: Board, state: str) -> int:
    return sum(tile.state == state for tile in every_tile(board)) + sum(each[1] == state for each in board.others)


def narrowed(board: Board, state: str, county: str) -> list[tuple[County, list[Tile]]]:
    """Counties with their towns in the state; a county without any is left out unless it is in the state itself."""
    chosen = [each for each in board.counties if county in ("", each.tile.region.code)]
    if not state:
        return [(each, list(each.towns)) for each in chosen]
    pairs = [(each, [town for town in each.towns if town.state == state]) for each in chosen]
    return [(each, towns) for each, towns in pairs if towns or each.tile.state == state]


@needs(Action.SEE_RETURNS)
def totals(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What was accepted, county by county, with the sum where one is allowed and what is not in it."""
    call = whole_call_or_404(request.user, code, number)
    at = now()
    rows = rows_now(sums_of_call(call), figures_of_call(call), at)
    context = {
        "programme": call.programme,
        "call": call,
        "rows": rows,
        "as_of": at,
        "board": board_of(call, at=at),
        "not_accepted": call.submissions.filter(parent=None)
        .exclude(state=State.ACCEPTED)
        .select_related("organisation")
        .order_by("organisation__path", "pk"),
    }
    return render(request, "workspace/returns/totals.html", context)


def figures_of_call(call: ReturnCall) -> dict[Any, Figure]:
    """Figures of the asking organisation's part as they are now: recomputed, not added."""
    asked = [field for field in fields_of(call) if field.is_figure]
    found = figures_of_tree(call.programme, [field.figure for field in asked], call.organisation)
    return {field: found[field.figure] for field in asked}


@dataclass(frozen=True)
class Contact:
    submission: ReturnSubmission
    state: str
    days_late: int
    people: list[Any]


@needs(Action.ACCEPT_RETURN)
def phones(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Whom to call: those below the viewer who have not reported, the latest first, with who files there."""
    call = call_or_404(request.user, code, number)
    if call.state == ReturnCall.State.DRAFT:
        raise Http404
    waiting = ReturnSubmission.objects.filter(returns_accepted_by(request.user), call=call)
    waiting = waiting.filter(state__in=ReturnSubmission.EDITABLE).select_related("call", "organisation", "sent_step")
    rows = list(waiting.order_by("organisation__path", "pk"))
    people = staff_by_organisation([row.organisation_id for row in rows], Action.FILE_RETURN)
    today = local_day(call.closed_at or now())
    contacts = [Contact(row, *state_of(row, today), people.get(row.organisation_id, [])) for row in rows]
    contacts.sort(key=lambda contact: -contact.days_late)
    context = {"programme": call.programme, "call": call, "contacts": contacts}
    table = PageTable("contacts", lambda: contacts_table(contacts), call)
    return table_files.page(request, "workspace/returns/phones.html", context, table)
