"""Signing in and out with a password; failures are counted by account and address, and never say which was wrong."""

from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from qixue.core.audience import for_everybody
from qixue.web import parts
from qixue.web.forms import Worded
from qixue.web.preferences import own_path


class SignInForm(Worded, AuthenticationForm):
    error_messages = {
        "invalid_login": _("Please check user name and password; at least one of them is not right."),
        "inactive": _("Please ask your coordinator: this account is closed."),
    }
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


@for_everybody
@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next") or request.GET.get("next") or reverse("workspace:home")
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(own_path(request, target))
    return parts.form_page(request, "accounts/sign_in.html", form, next=target)


@for_everybody
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """A link leads to a question; only the answer, by POST, ends the session."""
    if request.method == "POST" or not request.user.is_authenticated:
        logout(request)
        return redirect("public:home")
    return render(request, "accounts/sign_out.html")


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
