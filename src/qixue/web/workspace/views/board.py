"""The coordination board of a programme: items by state, who waits for whom, how long steps take."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from qixue.core.clock import local_day, now
from qixue.people.models import Organisation
from qixue.people.rules import Action, may_anywhere
from qixue.programme.models import FollowUp, Plan
from qixue.programme.queries.follow_ups import Counts, counts_of, follow_ups_for, in_state
from qixue.programme.queries.waits import TO_CLOSE, TO_DO, Pair, Wait, pairs_of, waits_in
from qixue.report.tables import Table
from qixue.web import parts, table_files
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, programme_or_404
from qixue.web.workspace.follow_up_words import WAITED_FOR, item_of
from qixue.web.workspace.forms.follow_ups import BoardFilterForm
from qixue.web.workspace.tables.coordination import follow_ups_table, pairs_table, reasons_table

State = FollowUp.State
SHOWN, SHOWN_OF_DONE = 12, 5  # of each state; the rest is one step away
PER_PAGE = 50


@needs(Action.SEE_FOLLOW_UPS)
def board(request: HttpRequest, code: str) -> HttpResponseBase:
    """The items of the viewer's part of the tree by state, or all of one state page by page."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_FOLLOW_UPS)
    form = BoardFilterForm(request.GET or None, programme=programme)
    today = local_day(now())
    reached = follow_ups_for(request.user).filter(programme=programme)
    items = reached.filter(form.narrowing().condition(request.user, today)) if form.is_bound else reached
    counts = counts_of(items, today)
    wanted = request.GET.get("state", "")
    context: dict[str, Any] = {
        "programme": programme,
        "form": form,
        "counts": counts,
        "wanted": wanted,
        "states": [(state, label, counts.by_state[state]) for state, label in State.choices],
        "has_any": bool(counts.total) or reached.exists(),
        "may_assign": may_anywhere(request.user, Action.ASSIGN_FOLLOW_UP),
    }
    if wanted in State.values:
        page = parts.paginate(request, in_state(items, wanted), PER_PAGE)
        context |= {"page": page, "rows": [item_of(each, today) for each in page]}
    else:
        context["groups"] = groups_of(items, counts, today)
    chosen = in_state(items, wanted) if wanted in State.values else items.order_by("state", "due_on", "pk")
    return table_files.page(
        request, "workspace/board/board.html", context, PageTable("items", lambda: follow_ups_table(chosen))
    )


def groups_of(items: Any, counts: Counts, today: datetime.date) -> list[dict[str, Any]]:
    """The first items of each state that has any; what is open stands side by side, what is over below."""
    return [
        {
            "state": state,
            "label": label,
            "count": counts.by_state[state],
            "is_open": state in FollowUp.OPEN_STATES,
            "rows": [item_of(each, today) for each in in_state(items, state)[: shown_of(state)]],
        }
        for state, label in State.choices
        if counts.by_state[state] or state in FollowUp.OPEN_STATES
    ]


def shown_of(state: str) -> int:
    return SHOWN if state in FollowUp.OPEN_STATES else SHOWN_OF_DONE


@needs(Action.SEE_FOLLOW_UPS)
def waits(request: HttpRequest, code: str) -> HttpResponseBase:
    """Which organisation waits for which, how often and since when; of one pair, for what."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_FOLLOW_UPS)
    found, at = waits_in(programme, request.user), now()
    waiter, awaited = (organisation_named(request, name) for name in ("waiter", "awaited"))
    context: dict[str, Any] = {"programme": programme, "waiter": waiter, "awaited": awaited}
    if waiter and awaited:
        of_pair = sorted(
            (wait for wait in found if (wait.waiter, wait.awaited) == (waiter.pk, awaited.pk)),
            key=lambda wait: (wait.since, wait.record),
        )
        page = parts.paginate(request, of_pair, PER_PAGE)
        table = PageTable("waits", lambda: reasons_table(reasons(of_pair, at)))
        context |= {"page": page, "rows": reasons(list(page.object_list), at)}
    else:
        pairs = pairs_of(found)
        page = parts.paginate(request, pairs, PER_PAGE)
        table = PageTable("waits", lambda: table_of_pairs(pairs, at))
        names = names_in(page)
        rows = [(names[pair.waiter], names[pair.awaited], pair.count, pair.since, pair.days(at)) for pair in page]
        context |= {"page": page, "rows": rows}
    return table_files.page(request, "workspace/board/waits.html", context, table)


def names_in(pairs: Iterable[Pair]) -> dict[int, Organisation]:
    return Organisation.objects.in_bulk({key for pair in pairs for key in (pair.waiter, pair.awaited)})


def table_of_pairs(pairs: list[Pair], at: datetime.datetime) -> Table:
    return pairs_table(pairs, names_in(pairs), at)


def organisation_named(request: HttpRequest, name: str) -> Organisation | None:
    """The organisation whose code the address gives; 404 for a code that nobody has."""
    code = request.GET.get(name, "")
    if not code:
        return None
    organisation = Organisation.objects.filter(code=code).first() if code.isascii() else None
    if organisation is None:
        raise Http404
    return organisation


def reasons(found: list[Wait], at: datetime.datetime) -> list[dict[str, Any]]:
    """Each wait with the record behind it and the words for what is waited for."""
    items = FollowUp.objects.in_bulk([wait.record for wait in found if wait.act in {TO_DO, TO_CLOSE}])
    plans = Plan.objects.select_related("organisation").in_bulk(
        [wait.record for wait in found if wait.act not in {TO_DO, TO_CLOSE}]
    )
    return [
        {
            "wait": wait,
            "follow_up": items.get(wait.record) if wait.act in {TO_DO, TO_CLOSE} else None,
            "plan": plans.get(wait.record) if wait.act not in {TO_DO, TO_CLOSE} else None,
            "act": WAITED_FOR[wait.act],
            "days": (at - wait.since).days,
        }
        for wait in found
    ]
