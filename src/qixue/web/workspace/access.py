"""Who reaches which page, and the records behind it. Out of reach and missing look the same: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from qixue.participation.models import Evidence, LedgerEntry
from qixue.participation.queries import ledger_entries
from qixue.participation.queries.queue import seats_left_there
from qixue.people.models import User
from qixue.people.queries import path_filter
from qixue.people.rules import Action, may_anywhere, reach
from qixue.programme.models import Activity, Programme, Session
from qixue.web import unfinished_forms

View = Callable[..., HttpResponseBase]


def needs(action: Action, *, keeps: unfinished_forms.Keeping | None = None) -> Callable[[View], View]:
    """The action that a page is for. Visitors are asked to sign in; people without any such role get 403.

    Whoever was signed out meanwhile finds again what they had sent, as far as the page `keeps` it.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(unfinished_forms.address_after_sign_in(request, keeps, kwargs))
            if not may_anywhere(request.user, action):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.action = action  # type: ignore[attr-defined]  # read by the test that walks all routes
        return guarded

    return declare


def staff(request: HttpRequest) -> User:
    """The signed-in person of a page that asks for one. Raises PermissionDenied for anybody else."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def activity_or_404(user: Any, pk: int, action: Action) -> Activity:
    within = path_filter(reach(user, action), "organisation__path")
    related = ("programme__organisation", "organisation", "brand", "region")
    return get_object_or_404(Activity.objects.filter(within).select_related(*related), pk=pk)


def session_or_404(user: Any, pk: int, action: Action) -> Session:
    within = path_filter(reach(user, action), "activity__organisation__path")
    related = ("activity__programme__organisation", "activity__organisation", "venue__region", "instalment__series")
    sessions = Session.objects.filter(within).select_related(*related).annotate(seats_left=seats_left_there())
    return get_object_or_404(sessions, pk=pk)


def entry_or_404(user: Any, pk: int, action: Action) -> LedgerEntry:
    """An entry of a session, also one that was replaced.

    What documents state of whole activities is not mended by hand.
    """
    within = path_filter(reach(user, action), "organisation__path")
    said = ledger_entries().exclude(kind=LedgerEntry.Kind.VOID).filter(within, session__isnull=False)
    return get_object_or_404(said, pk=pk)


def evidence_or_404(user: Any, pk: int) -> Evidence:
    """The file behind an entry, or behind a head count of a door device that waits for a person."""
    paths = reach(user, Action.SEE_EVIDENCE)
    entered = path_filter(paths, "ledger_entries__organisation__path")
    sent = path_filter(paths, "scans__device__organisation__path")
    evidence = Evidence.objects.filter(entered | sent).exclude(file="").distinct()
    return get_object_or_404(evidence, pk=pk)


def programmes_in_reach(user: Any, action: Action) -> list[tuple[Programme, str]]:
    """Programmes with the part of the tree that the user sees: "" for the whole, else an organisation's code."""
    found = []
    for programme in Programme.objects.select_related("organisation", "region").order_by("-year", "code", "pk"):
        part = part_in_reach(user, programme, action)
        if part is not None:
            found.append((programme, part))
    return found


def programmes_with_reports(user: Any) -> list[tuple[Programme, str | None]]:
    """Programmes whose plans or report the user sees, with the part that is reported to them; None: no report."""
    reports = {programme.pk: part for programme, part in programmes_in_reach(user, Action.SEE_REPORT)}
    return [(programme, reports.get(programme.pk)) for programme, _part in programmes_in_reach(user, Action.SEE_PLANS)]


def programmes_to_set_up(user: Any) -> set[int]:
    """Keys of the programmes that the user may set up."""
    return {programme.pk for programme, part in programmes_in_reach(user, Action.SET_UP_PROGRAMME) if not part}


def part_in_reach(user: Any, programme: Programme, action: Action) -> str | None:
    """ "" when the user reaches the whole programme, the code of the highest part that they reach, else None."""
    top = programme.organisation.path
    paths = reach(user, action)
    if any(top.startswith(path) for path in paths):
        return ""
    below = sorted((path for path in paths if path.startswith(top)), key=len)
    return below[0].rstrip("/").split("/")[-1] if below else None


def whole_programme_or_404(user: Any, code: str, action: Action) -> Programme:
    """The summary speaks for the whole programme, so only who reaches all of it may read it before it is issued."""
    programme, part = programme_or_404(user, code, action)
    if part:
        raise Http404
    return programme


def programme_or_404(user: Any, code: str, action: Action) -> tuple[Programme, str]:
    programme = get_object_or_404(Programme.objects.select_related("organisation", "region"), code=code)
    part = part_in_reach(user, programme, action)
    if part is None:
        raise Http404
    return programme, part
