"""Where the city requires a second step, nobody on the staff opens the workspace before they have set one up."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from qixue.people.factors import has_second_factor, must_have_second_factor
from qixue.people.models import User


class SecondFactorFirst:
    """Programs with an API token are not asked: they have no phone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("workspace/") or not isinstance(request.user, User):
            return None
        if not must_have_second_factor(request.user) or has_second_factor(request.user):
            return None
        return redirect(f"{reverse('account:second_factor')}?{urlencode({'next': request.get_full_path()})}")
