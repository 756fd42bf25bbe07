"""Pages of a resident: for whoever signed in and said who they are. What is of others looks like a missing page."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from qixue.core.audience import Audience, declared
from qixue.participation.queries.registrations import Party, parties_of
from qixue.people.models import Resident, User
from qixue.people.namesakes import named_apart
from qixue.people.queries import household_of
from qixue.web.unfinished_forms import Keeping, address_after_sign_in

View = Callable[..., HttpResponseBase]


def for_residents(view: View) -> View:
    """Visitors are asked to sign in, and people of whom nothing is known yet are asked for their name."""
    return guarded_for_residents(view, None)


def for_residents_who_type(view: View) -> View:
    """The same for forms bound to `unfinished_forms.answers`: whoever was signed out meanwhile finds what they sent."""
    return guarded_for_residents(view, Keeping())


def guarded_for_residents(view: View, keeping: Keeping | None) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(with_next(reverse("me:sign_in"), address_after_sign_in(request, keeping, kwargs)))
        if resident_of(request) is None and view.__name__ != "profile":
            return redirect(with_next(reverse("me:profile"), address_after_sign_in(request, None, kwargs)))
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return declared(guarded, Audience.RESIDENTS)


def with_next(url: str, target: str) -> str:
    """The address of a step, which says where to go afterwards."""
    return f"{url}?{urlencode({'next': target}, safe='/')}"


def resident_of(request: HttpRequest) -> Resident | None:
    if not request.user.is_authenticated:  # people without an account have none either
        return None
    return Resident.objects.filter(user=request.user).select_related("home_region").first()


def own_household(request: HttpRequest) -> list[Resident]:
    """Of the reader, on pages for everybody; nobody where they have said nothing about themselves."""
    resident = resident_of(request)
    return household_of(resident) if resident else []


def known(request: HttpRequest) -> tuple[User, Resident]:
    """The signed-in person and the resident that they are, on a page that asked for both."""
    resident = resident_of(request)
    if resident is None or not isinstance(request.user, User):
        raise Http404
    return request.user, resident


def names_at_home(resident: Resident) -> dict[int, str]:
    """By key: the name of each of the household, namesakes told apart."""
    return named_apart(household_of(resident))


def dependent_or_404(resident: Resident, pk: int) -> Resident:
    dependent = Resident.objects.filter(guardian=resident, pk=pk).select_related("home_region").first()
    if dependent is None:
        raise Http404
    return dependent


def party_or_404(resident: Resident, key: uuid.UUID) -> Party:
    """A party as far as it is of this household."""
    found = next((party for party in parties_of(household_of(resident)) if party.key == key), None)
    if found is None:
        raise Http404
    return found
