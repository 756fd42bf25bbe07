"""Signing in with WeChat: to WeChat, back with a code, and the first time on to the phone number."""

import datetime
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.core.sealed import seal, unseal
from qixue.people import wechat
from qixue.people.operations.wechat import PURPOSE, account_behind, unlink_wechat
from qixue.web import parts
from qixue.web.account_access import wanted
from qixue.web.me.access import for_residents, known, with_next
from qixue.web.me.arrival import FOR_GOOD, arrive, turned_away

ASKED, IDENTITY = "wechat_asked", "wechat_identity"
PATIENCE = datetime.timedelta(minutes=10)


@for_everybody
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """To WeChat, with a word that only this browser can bring back. A link: WeChat's page is no target of our forms."""
    if not wechat.is_offered():
        return redirect("me:sign_in")
    state = secrets.token_urlsafe(24)
    request.session[ASKED] = {"state": state, "next": wanted(request), "at": now().isoformat()}
    back = request.build_absolute_uri(reverse("me:wechat_back"))
    return redirect(wechat.address_to_ask(back=back, state=state))


@for_everybody
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """WeChat sends the browser here; without a code when the person said no."""
    if not wechat.is_offered():
        return redirect("me:sign_in")
    asked = request.session.pop(ASKED, None)
    try:
        identity = wechat.identity_behind(code_of(request, asked))
        user = account_behind(identity)
    except Refused as refusal:
        if refusal.code in FOR_GOOD and asked:
            return turned_away(request, refusal, target=asked["next"])
        return parts.refusal_page(request, refusal, back=reverse("me:sign_in"))
    if user is None:
        request.session[IDENTITY] = {"sealed": seal(identity.as_text(), PURPOSE), "at": now().isoformat()}
        return redirect(with_next(reverse("me:sign_in"), asked["next"]) if asked["next"] else reverse("me:sign_in"))
    return arrive(request, user, way="wechat", target=asked["next"], at=now())


def code_of(request: HttpRequest, asked: dict[str, Any] | None) -> str:
    """The code, if this browser has asked for it just now. Refused: wechat_over, wechat_declined."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    is_asked = asked is not None and constant_time_compare(asked["state"], state) and is_fresh(asked["at"])
    if not is_asked:
        raise Refused("wechat_over", _("This WeChat sign-in is over. Please begin again."))
    if not code:
        raise Refused(
            "wechat_declined", _("Nothing was shared by WeChat. You can sign in with your mobile number as well.")
        )
    return code


def is_fresh(at: str) -> bool:
    return now() <= datetime.datetime.fromisoformat(at) + PATIENCE


def pending_identity(request: HttpRequest) -> wechat.WeChatIdentity | None:
    """The WeChat that waits for its phone number in this browser; none after ten minutes."""
    kept = request.session.get(IDENTITY)
    text = unseal(kept["sealed"], PURPOSE) if kept and is_fresh(kept["at"]) else None
    return wechat.identity_from(text) if text else None


def is_in_wechat(request: HttpRequest) -> bool:
    return wechat.is_offered() and wechat.USER_AGENT in request.headers.get("User-Agent", "")


@for_everybody
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Sign in by phone alone: somebody else's number is typed into this WeChat."""
    request.session.pop(IDENTITY, None)
    return redirect("me:sign_in")


@require_POST
@for_residents
def unlink(request: HttpRequest) -> HttpResponse:
    user, _resident = known(request)
    unlink_wechat(user, by=user, at=now())
    return redirect("me:data")
