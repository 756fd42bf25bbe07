"""Pages of one's own account: for whoever is signed in, kept by no cache; some need a person who was just confirmed."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from qixue.core.audience import Audience, declared
from qixue.core.clock import now
from qixue.people.models import User
from qixue.web.preferences import own_path
from qixue.web.sign_in import was_confirmed

View = Callable[..., HttpResponse]


def own_account(view: View) -> Callable[..., Any]:
    """Hands the signed-in person to the view as its second argument."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        return view(request, request.user, *args, **kwargs)

    return declared(guarded, Audience.SIGNED_IN)


def confirmed_account(view: View) -> View:
    """As own_account, for pages that change how somebody signs in: the password or a passkey within ten minutes."""

    @own_account
    @wraps(view)
    def guarded(request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> HttpResponse:
        if not was_confirmed(request, at=now()):
            return redirect(way_to_confirm(request))
        return view(request, user, *args, **kwargs)

    return guarded


def way_to_confirm(request: HttpRequest) -> str:
    """The page on which one shows once more who one is, and which leads back here."""
    return f"{reverse('account:confirm')}?{urlencode({'next': request.get_full_path()})}"


def wanted(request: HttpRequest) -> str:
    """Where to go afterwards, if the address or the form says so and it is on this site; else empty."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    return own_path(request, path) if path else ""


def onwards(request: HttpRequest, route: str) -> HttpResponse:
    """To the next page of a set-up, which still knows where to go afterwards."""
    after = wanted(request)
    return redirect(f"{reverse(route)}?{urlencode({'next': after})}" if after else reverse(route))
