"""The code on the wall, for the screen or tablet of the organiser."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.qr_codes import qr_file
from qixue.core.refusal import Refused
from qixue.participation.models import WallCode
from qixue.participation.operations.walls import close_wall, show_wall
from qixue.participation.queries.wall import open_wall, secret_of
from qixue.participation.wall_code import STEP_SECONDS, code_of, step_at
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.views.door import around


@needs(Action.RECORD_ATTENDANCE)
def wall(request: HttpRequest, pk: int) -> HttpResponse:
    """What the wall shows now. The page gets the next code by itself; without script it loads anew."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    if request.method == "POST":
        try:
            show_wall(session, by=staff(request), at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=reverse("workspace:door", args=[pk]))
        return redirect("workspace:wall", pk)
    shown = open_wall(session)
    context = {"is_open": shown is not None, "step_seconds": STEP_SECONDS, **around(session)}
    return render(request, "workspace/door/wall.html", context)


@needs(Action.RECORD_ATTENDANCE)
def wall_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The present code as a picture; 404 where the wall shows none."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    shown = open_wall(session)
    if shown is None:
        raise Http404
    address = f"{settings.QIXUE['BASE_URL']}{address_of(session, shown)}"
    return HttpResponse(qr_file(address), content_type="image/svg+xml")


def address_of(session: Session, shown: WallCode) -> str:
    code = code_of(secret_of(shown), session.pk, step_at(now()))
    return reverse("me:wall_code", args=[session.pk, code])


@needs(Action.RECORD_ATTENDANCE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    close_wall(session, by=staff(request), at=now())
    messages.success(request, _("The wall shows no code any more."))
    return redirect("workspace:door", pk)
