"""Signing in and out: password and second step, or a passkey. Failures are counted and never say what was wrong."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.factors import factors_of, has_second_factor
from qixue.people.models import Resident, User
from qixue.people.operations.passkeys import ask_for_passkey, use_passkey
from qixue.people.operations.second_step import confirm_code
from qixue.people.rules import Action, may_anywhere
from qixue.web import parts, unfinished_forms
from qixue.web.account_access import wanted
from qixue.web.account_forms import AnswerForm, CodeForm, SignInForm
from qixue.web.preferences import own_path
from qixue.web.sign_in import (
    begin_second_step,
    finish_sign_in,
    keep_question,
    passkey_site,
    pending,
    take_question,
    takes_passkeys,
)


@for_everybody
@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The password. Whoever has a second step is led to it; nobody is signed in before."""
    target, at = wanted(request), now()
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user: User = form.get_user()
        if has_second_factor(user):
            begin_second_step(request, user, target or start_of(user), at=at)
            return redirect("second_step")
        finish_sign_in(request, user, way="password", at=at)
        return redirect(target or start_of(user))
    return sign_in_page(request, form, target)


def start_of(user: User) -> str:
    """Where somebody begins who wanted to go nowhere in particular: residents without any role at their own page."""
    is_resident_only = Resident.objects.filter(user=user).exists() and not may_anywhere(user, Action.SEE_WORKSPACE)
    return reverse("me:home" if is_resident_only else "workspace:home")


def sign_in_page(request: HttpRequest, form: Any, target: str, **context: Any) -> HttpResponse:
    is_typed_kept = unfinished_forms.waits_behind(request, target)
    context |= {"next": target, "is_typed_kept": is_typed_kept, "takes_passkeys": takes_passkeys(request)}
    return parts.form_page(request, "accounts/sign_in.html", form, **context)


@for_everybody
@sensitive_post_parameters("code")
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    at = now()
    found = pending(request, at=at)
    if found is None:
        return redirect("sign_in")
    user, target = found
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            confirm_code(user, code=form.cleaned_data["code"], at=at)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            finish_sign_in(request, user, way="code", at=at)
            return redirect(own_path(request, target))
    factors = factors_of(user)
    context = {"factors": factors, "takes_passkeys": factors.passkeys and takes_passkeys(request)}
    return parts.form_page(request, "accounts/second_step.html", form, **context)


@for_everybody
@require_POST
@never_cache
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What the script asks the browser: for a key of the person who is known already, else for any."""
    found = pending(request, at=now())
    user = found[0] if found else request.user if isinstance(request.user, User) else None
    return JsonResponse(keep_question(request, ask_for_passkey(user, site=passkey_site(request))))


@for_everybody
@require_POST
@never_cache
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """The key checked finger, face or PIN, so it stands for both steps."""
    at, form = now(), AnswerForm(request.POST)
    found = pending(request, at=at)
    target = wanted(request) or (found[1] if found else "")
    answer = form.cleaned_data["answer"] if form.is_valid() else None
    try:
        user = use_passkey(answer, state=take_question(request), site=passkey_site(request), at=at)
    except Refused as refusal:
        return sign_in_page(request, SignInForm(request), target, refusal=refusal)
    finish_sign_in(request, user, way="passkey", at=at)
    return redirect(own_path(request, target or start_of(user)))


@for_everybody
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """A link leads to a question; only the answer, by POST, ends the session.

    Whoever is signed out, also since earlier, gets the page that takes tickets off their phone.
    """
    if request.method == "POST":
        logout(request)
        return redirect("sign_out")
    if not request.user.is_authenticated:
        logout(request)  # a sign-in that was begun ends, too
    return render(request, "accounts/sign_out.html", {"forgets_tickets": not request.user.is_authenticated})


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """The page after too many failures: says how long to wait."""
    context = {
        "code": 429,
        "title": _("Too many tries"),
        "text": _("Please wait ten minutes, then try again, or ask your coordinator for a new password."),
    }
    response = render(request, "errors/error.html", context, status=429)
    response.headers["Retry-After"] = "600"
    return response
