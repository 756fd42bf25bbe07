"""Residents sign in with the code that their phone receives: the number on one page, the code on the next."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.operations.phone_codes import enter_phone_code, send_phone_code
from qixue.people.operations.wechat import link_wechat
from qixue.web import unfinished_forms
from qixue.web.account_access import wanted
from qixue.web.me.access import with_next
from qixue.web.me.arrival import FOR_GOOD, OVER, arrive, turned_away
from qixue.web.me.forms.sign_in import NumberForm, PhoneCodeForm
from qixue.web.me.views.wechat import is_in_wechat, pending_identity

BROWSER, ASKED = "phone_code_browser", "phone_code_asked"


@for_everybody
@never_cache
def number(request: HttpRequest) -> HttpResponse:
    """Which phone. The answer is the same whether anybody has an account with it."""
    target = wanted(request)
    if request.user.is_authenticated:
        return redirect(target or reverse("me:home"))
    asked = request.session.get(ASKED, {})
    form = NumberForm(unfinished_forms.answers(request), initial={"mobile": asked.get("mobile", "")})
    is_same = form.is_valid() and form.cleaned_data["mobile"] == asked.get("mobile")
    has_code = is_same and "is_over" not in asked  # sent to this browser
    if request.method == "POST" and form.is_valid():
        mobile = form.cleaned_data["mobile"]
        try:
            send(request, mobile)
        except Refused as refusal:
            form.refuse(refusal)
            if has_code:
                request.session[ASKED] = {**asked, "next": target}
        else:
            request.session[ASKED] = {"mobile": mobile, "next": target}
            return redirect("me:sign_in_code")
    shown = {"in_wechat": is_in_wechat(request), "links_wechat": pending_identity(request) is not None}
    shown["is_typed_kept"] = unfinished_forms.waits_behind(request, target)
    context = {**shown, "next": target, "has_code": has_code}
    return unfinished_forms.form_page(request, "me/sign_in/number.html", form, **context)


def send(request: HttpRequest, mobile: str) -> None:
    """To this phone, for this browser. Refused as `send_phone_code` refuses."""
    send_phone_code(mobile, browser=browser_of(request), language=get_language() or "", at=now())


def browser_of(request: HttpRequest) -> str:
    """A secret of this browser: the code that it asks for is good here only."""
    browser: str = request.session.setdefault(BROWSER, secrets.token_urlsafe(24))
    return browser


@for_everybody
@require_POST
@never_cache
def again(request: HttpRequest) -> HttpResponse:
    """The message did not come, or the code is over."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("me:sign_in")
    try:
        send(request, asked["mobile"])
        asked.pop("is_over", None)
        request.session.modified = True
        messages.success(request, _("A new code was sent. Only this last one is good."))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("me:sign_in_code")


@for_everybody
@sensitive_post_parameters("code")
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    asked: dict[str, Any] = request.session.get(ASKED, {})
    if request.user.is_authenticated or not asked:
        return redirect("me:sign_in")
    form = PhoneCodeForm(unfinished_forms.answers(request))
    if request.method == "POST" and form.is_valid():
        try:
            return signed_in(request, asked, form.cleaned_data["code"])
        except Refused as refusal:
            if refusal.code in FOR_GOOD:
                del request.session[ASKED]  # the number is asked anew next time
                return turned_away(request, refusal, target=asked["next"])
            if refusal.code == OVER:
                request.session[ASKED] = {**asked, "is_over": True}
                messages.warning(request, refusal.sentence)
                return redirect(with_next(reverse("me:sign_in"), asked["next"]))
            form.refuse(refusal)
    mobile = asked["mobile"]
    shown = f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"
    links_wechat = pending_identity(request) is not None
    context = {"mobile": shown, "next": asked["next"], "links_wechat": links_wechat}
    return unfinished_forms.form_page(request, "me/sign_in/code.html", form, **context)


def signed_in(request: HttpRequest, asked: dict[str, Any], digits: str) -> HttpResponse:
    """Refused as `enter_phone_code` refuses."""
    at, language, browser = now(), get_language() or "", request.session.get(BROWSER, "")
    identity = pending_identity(request)
    user = enter_phone_code(asked["mobile"], browser=browser, digits=digits, language=language, at=at)
    if identity:
        link_wechat(user, identity, by=user, at=at)
    return arrive(request, user, way="phone_code", target=asked["next"], at=at)
