"""My account: password, language, where I am signed in, and showing once more who I am."""

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.directory import tokens_of
from qixue.people.factors import factors_of, has_second_factor, must_have_second_factor
from qixue.people.models import User
from qixue.people.operations.accounts import (
    change_password,
    choose_language,
    end_other_sessions,
    end_session,
    sessions_of,
)
from qixue.people.operations.passkeys import use_passkey
from qixue.people.operations.second_step import confirm_code
from qixue.web import parts
from qixue.web.account_access import own_account, wanted
from qixue.web.account_forms import AnswerForm, LanguageForm, NewPasswordForm, PasswordAndCodeForm, PasswordForm
from qixue.web.devices import device_words
from qixue.web.preferences import remember_language
from qixue.web.sign_in import confirm, passkey_site, take_question, takes_passkeys


@own_account
def account(request: HttpRequest, user: User) -> HttpResponse:
    sessions = [
        (session, device_words(session.user_agent), session.session_key == request.session.session_key)
        for session in sessions_of(user, at=now())
    ]
    context = {
        "factors": factors_of(user),
        "has_password": user.has_usable_password(),
        "is_required": must_have_second_factor(user),
        "sessions": sorted(sessions, key=lambda row: not row[2]),  # this one first
        "takes_passkeys": takes_passkeys(request),
        "form": LanguageForm(initial={"language": user.language}),
    }
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters("password", "code")
@own_account
def confirm_person(request: HttpRequest, user: User) -> HttpResponse:
    """As at sign-in: by password and second step, or by a passkey where the script has put its answer into the form."""
    at, target = now(), wanted(request) or reverse("account:home")
    kind = PasswordAndCodeForm if has_second_factor(user) else PasswordForm
    form = kind(None if request.POST.get("answer") else request.POST or None)
    if form.is_valid() and not is_password(request, user, form.cleaned_data["password"]):
        form.add_error("password", _("Please check the password; it is not right."))
    if form.is_valid() and "code" in form.fields:
        try:
            confirm_code(user, code=form.cleaned_data["code"], at=at)
        except Refused as refusal:
            form.refuse(refusal)
    if (form.is_bound and form.is_valid()) or has_answered(request, user):
        confirm(request, at=at)
        return redirect(target)
    factors = factors_of(user)
    context = {"next": target, "takes_passkeys": factors.passkeys and takes_passkeys(request)}
    context["has_password"] = user.has_usable_password()
    context["is_refused"] = bool(request.POST.get("answer"))
    return parts.form_page(request, "accounts/confirm.html", form, **context)


def is_password(request: HttpRequest, user: User, password: str) -> bool:
    """Through the same door as signing in, so that wrong ones are counted."""
    return authenticate(request, username=user.username, password=password) is not None


def has_answered(request: HttpRequest, user: User) -> bool:
    """Whether a passkey of this very person answered the question."""
    form = AnswerForm(request.POST)
    if not request.POST.get("answer") or not form.is_valid():
        return False
    try:
        owner = use_passkey(
            form.cleaned_data["answer"], state=take_question(request), site=passkey_site(request), at=now()
        )
    except Refused:
        return False
    return owner == user


@sensitive_post_parameters("current", "password", "again")
@own_account
def password(request: HttpRequest, user: User) -> HttpResponse:
    if not user.has_usable_password():  # signs in with a code: there is none that could be changed
        return redirect("account:home")
    form = NewPasswordForm(request.POST or None)
    has_keys = tokens_of(user).filter(revoked_at=None, expires_at__gt=now()).exists()
    if form.is_valid() and not is_password(request, user, form.cleaned_data["current"]):
        form.add_error("current", _("Please check the present password; it is not right."))
    if form.is_valid():
        keep = request.session.session_key or ""
        try:
            change_password(user, password=form.cleaned_data["password"], keep=keep, by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            user.refresh_from_db()
            update_session_auth_hash(request, user)
            messages.success(request, _("The new password is in force; all other sessions have ended."))
            if has_keys:
                messages.info(request, _("Your keys for programs no longer work; please make new ones."))
            return redirect("account:home")
    return parts.form_page(request, "accounts/password.html", form, has_keys=has_keys)


@require_POST
@own_account
def language(request: HttpRequest, user: User) -> HttpResponse:
    """Of messages and of the pages in this browser."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("account:home")
    chosen = form.cleaned_data["language"]
    choose_language(user, language=chosen, by=user, at=now())
    with override(chosen):
        messages.success(request, _("Saved."))
    return remember_language(redirect("account:home"), chosen)


@require_POST
@own_account
def end_one(request: HttpRequest, user: User) -> HttpResponse:
    end_session(user, mark=request.POST.get("session", ""), by=user, at=now())
    messages.success(request, _("The session has ended."))
    return redirect("account:home")


@require_POST
@own_account
def end_others(request: HttpRequest, user: User) -> HttpResponse:
    end_other_sessions(user, keep=request.session.session_key or "", by=user, at=now())
    messages.success(request, _("All other sessions have ended."))
    return redirect("account:home")
