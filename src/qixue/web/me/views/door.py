"""The code on the wall, scanned by residents: who of the household is here, and in they are."""

import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.merge import is_before_door
from qixue.participation.operations.eligibility import children_without_consent
from qixue.participation.operations.walls import LANDING_LASTS, Landing, check_in_by_wall, code_over
from qixue.participation.queries import listed
from qixue.participation.queries.door import window_of
from qixue.participation.queries.wall import AtTheWall, household_at, open_wall, places_for_walk_ins, secret_of
from qixue.participation.wall_code import is_good_at, step_of
from qixue.people.namesakes import named_apart
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.me.access import for_residents, household_of, known
from qixue.web.me.forms.door import HereForm

COOKIE, SALT = "qixue_wall", "wall-landing"


@for_everybody
@never_cache
def wall_code(request: HttpRequest, pk: int, shown: str) -> HttpResponse:
    """Where a scan lands. That the code was good now is kept, signed, in this browser: signing in may take a while."""
    session = public_session(pk)
    at, wall = now(), open_wall(session)
    step = step_of(shown, secret_of(wall), session.pk) if wall else None
    if step is None or not is_good_at(step, at):
        context = {**around(session, at=at), "is_shown": wall is not None, "is_ours": step is not None}
        return render(request, "me/door/over.html", context, status=410)
    response = redirect("me:here", pk)
    landing = signing.dumps({"session": session.pk, "step": step, "at": at.isoformat()}, salt=SALT)
    response.set_cookie(
        COOKIE,
        landing,
        max_age=int(LANDING_LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


def around(session: Session, *, at: datetime.datetime) -> dict[str, Any]:
    """Of a session: whether anybody can be checked in by themselves, as far as the time decides."""
    is_early, is_off = is_before_door(session.starts_at, at), session.state in Session.OFF_STATES
    return {
        "session": session,
        "programme": session.activity.programme,
        "is_early": is_early,
        "is_off": is_off,
        "is_past": is_off or not (is_early or window_of(session).is_open_at(at)),
    }


def public_session(pk: int) -> Session:
    return get_object_or_404(listed(Session.objects.public()), pk=pk)


def landing_of(request: HttpRequest, session: Session) -> Landing | None:
    """With which code this browser came to the session; None where it did not, or where somebody changed the note."""
    try:
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return None
    if kept["session"] != session.pk:
        return None
    return Landing(kept["step"], datetime.datetime.fromisoformat(kept["at"]))


@for_residents
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of the household is here; the same page says who is in, and can be come back to."""
    user, resident = known(request)
    session, at = public_session(pk), now()
    landing = landing_of(request, session)
    people = household_of(resident)
    household, names = household_at(session, people), named_apart(people)
    takes_more = places_for_walk_ins(session) != 0
    offered = offered_to(household, takes_more=takes_more)
    walk_ins = [each.resident for each in offered if not each.is_expected]
    unagreed = children_without_consent(walk_ins, session, at=at)
    offered = [each for each in offered if each.resident not in unagreed]
    form = HereForm(request.POST or None, session=session, found=offered, names=names)
    if request.method == "POST" and form.is_valid():
        try:
            if landing is None:  # a browser forgets it by itself
                raise code_over()
            check_in_by_wall(session, **form.answers(), landing=landing, late_limit=late_limit(), by=user, at=at)
            return redirect("me:here", pk)
        except Refused as refusal:
            form.refuse(refusal)
    context = around(session, at=at)
    is_time = not context["is_early"] and not context["is_off"]
    context |= {
        "household": household,
        "names": names,
        "unagreed": unagreed,
        "may_enter": bool(offered) and landing is not None and landing.is_good_at(at) and is_time,
        "is_full": not takes_more and not offered and any(each.is_absent for each in household),
    }
    return parts.form_page(request, "me/door/here.html", form, **context)


def offered_to(household: list[AtTheWall], *, takes_more: bool) -> list[AtTheWall]:
    """Who can be ticked: those expected, and the others while the session takes people who are not signed up."""
    return [each for each in household if each.is_absent and (each.is_expected or takes_more)]


def late_limit() -> int:
    return int(settings.QIXUE["WALL_LATE_LIMIT"])
