"""My second step: the app that shows six digits, and recovery codes on paper."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.core.sealed import seal, unseal
from qixue.people.factors import factors_of, must_have_second_factor
from qixue.people.models import User
from qixue.people.operations.second_step import make_recovery_codes, remove_app, set_up_app
from qixue.web import parts
from qixue.web.account_access import confirmed_account, onwards, own_account, wanted
from qixue.web.account_forms import AppForm
from qixue.web.qr_pictures import qr_picture
from qixue.web.sign_in import confirm, takes_passkeys

SHOWN_CODES = "recovery_codes"  # sealed in the session, until the person has kept them


@own_account
def second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """Which kind of second step? Here arrives whoever must have one and does not."""
    context = {
        "is_required": must_have_second_factor(user) and not factors_of(user),
        "next": wanted(request),
        "takes_passkeys": takes_passkeys(request),
    }
    return render(request, "accounts/second_factor.html", context)


@sensitive_post_parameters("code", "key")
@confirmed_account
def app(request: HttpRequest, user: User) -> HttpResponse:
    form = AppForm(request.POST or None, user=user)
    if form.is_valid():
        keep, at = request.session.session_key or "", now()
        try:
            set_up_app(user, key=form.secret, code=form.cleaned_data["code"], keep=keep, by=user, at=at)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The app is set up. From now on it is asked for at every sign-in."))
            return after_set_up(request, user)
    context = {"key": form.secret, "picture": picture_of(user, form.secret), "next": wanted(request)}
    return parts.form_page(request, "accounts/app.html", form, **context)


def after_set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Whoever has no recovery codes yet gets them now; else on to where they wanted to go."""
    confirm(request, at=now())
    if not factors_of(user).codes_left:
        show_new_codes(request, user)
        return onwards(request, "account:recovery_codes")
    return redirect(wanted(request) or "account:home")


def picture_of(user: User, key: str) -> str:
    """The key as a QR code that an app scans, drawn by us: it goes to no other site."""
    issuer = parts.site_name()
    label = quote(f"{issuer}:{user.username}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer}, quote_via=quote)}"
    return qr_picture(address)


@confirmed_account
def app_removal(request: HttpRequest, user: User) -> HttpResponse:
    if request.method == "POST":
        remove_app(user, by=user, at=now())
        confirm(request, at=now())
        messages.success(request, _("The app was removed."))
        return redirect("account:home")
    return removal_page(request, user, what=_("Remove the authenticator app"))


def removal_page(request: HttpRequest, user: User, *, what: str, **context: Any) -> HttpResponse:
    factors = factors_of(user)
    is_last = bool(factors.app) + len(factors.passkeys) == 1
    context |= {"what": what, "is_last": is_last, "is_required": must_have_second_factor(user)}
    return render(request, "accounts/remove_factor.html", context)


@confirmed_account
def recovery_codes(request: HttpRequest, user: User) -> HttpResponse:
    """New codes are shown until the person says that they are kept; afterwards nobody can read them again."""
    if request.method == "POST":
        if "kept" in request.POST:
            request.session.pop(SHOWN_CODES, None)
            return redirect(wanted(request) or "account:home")
        try:
            show_new_codes(request, user)
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back="/account/")
        return onwards(request, "account:recovery_codes")
    kept = unseal(request.session.get(SHOWN_CODES, ""), SHOWN_CODES)
    context = {"codes": json.loads(kept) if kept else [], "factors": factors_of(user), "next": wanted(request)}
    return render(request, "accounts/recovery_codes.html", context)


def show_new_codes(request: HttpRequest, user: User) -> None:
    codes = make_recovery_codes(user, by=user, at=now())
    request.session[SHOWN_CODES] = seal(json.dumps(codes), SHOWN_CODES)
