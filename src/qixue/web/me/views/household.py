"""Who I am, and who belongs to my household."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.participation.operations.guardians import withdraw_consent
from qixue.participation.queries.registrations import without_a_seat
from qixue.people.models import GuardianConsent, Resident, User
from qixue.people.operations import residents
from qixue.people.operations.residents import is_child_in
from qixue.people.queries import consents_in_force
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import (
    dependent_or_404,
    for_residents,
    for_residents_who_type,
    household_of,
    known,
    resident_of,
)
from qixue.web.me.forms.household import DependentForm, ProfileForm, initial_of
from qixue.web.preferences import own_path


@dataclass(frozen=True)
class Member:
    """Somebody of the household; of a child under 14 also whether the guardian agreed.

    A consent outlives a year of birth that was written wrongly at first: of whoever is no child nothing is said of it.
    """

    person: Resident
    consent: GuardianConsent | None
    is_child: bool


def members_of(people: list[Resident]) -> list[Member]:
    consents, year = consents_in_force(people), local_day(now()).year
    children = {person.pk: is_child_in(year, person.birth_year) for person in people}
    return [
        Member(person, consents.get(person.pk) if children[person.pk] else None, children[person.pk])
        for person in people
    ]


@for_residents_who_type
def profile(request: HttpRequest) -> HttpResponse:
    """Name, year of birth and home; nothing else is asked."""
    user, resident = request.user, resident_of(request)
    target = request.POST.get("next") or request.GET.get("next") or reverse("me:home")
    is_named = isinstance(user, User) and user.has_usable_password()  # an account made by phone has no name yet
    initial = initial_of(resident) if resident else {"name": str(user) if is_named else ""}
    form = ProfileForm(unfinished_forms.answers(request), initial=initial)
    if request.method == "POST" and isinstance(user, User) and form.is_valid():
        try:
            residents.save_profile(user, details=form.details(), at=now())
            messages.success(request, _("Saved."))
            return redirect(own_path(request, target))
        except Refused as refusal:
            form.refuse(refusal)
    return unfinished_forms.form_page(
        request, "me/household/profile.html", form, next=target, is_first=resident is None
    )


@for_residents
def household(request: HttpRequest) -> HttpResponse:
    """Everybody for whom this account can sign up."""
    _user, resident = known(request)
    return render(request, "me/household/list.html", {"members": members_of(household_of(resident))})


@for_residents_who_type
def new(request: HttpRequest) -> HttpResponse:
    """Somebody more; who came from the form of a session goes back to it."""
    user, resident = known(request)
    target = request.GET.get("next") or reverse("me:household")
    form = DependentForm(unfinished_forms.answers(request), initial={"home_region": resident.home_region_id})
    if request.method == "POST" and form.is_valid():
        try:
            person, is_new = residents.add_dependent(resident, details=form.details(), by=user, at=now())
            say_added(request, person, is_new=is_new)
            return redirect(own_path(request, target))
        except Refused as refusal:
            form.refuse(refusal)
    return unfinished_forms.form_page(request, "me/household/form.html", form, dependent=None)


def say_added(request: HttpRequest, person: Resident, *, is_new: bool) -> None:
    named = {"name": person.name}
    if is_new:
        messages.success(request, _("%(name)s now belongs to your household.") % named)
        return
    sentence = _(
        "%(name)s of the same year and town is in your household already and was not added once more. Is this "
        "somebody else? Then please write the name so that you can tell the two apart."
    )
    messages.info(request, sentence % named)


@for_residents_who_type
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, resident = known(request)
    dependent = dependent_or_404(resident, pk)
    target = request.GET.get("next") or reverse("me:household")
    initial = initial_of(dependent)
    form = DependentForm(unfinished_forms.answers(request), initial=initial, has_agreed=initial["has_consent"])
    if request.method == "POST" and form.is_valid():
        try:
            residents.edit_dependent(dependent, details=form.details(), by=user, at=now())
            messages.success(request, _("Saved."))
            return redirect(own_path(request, target))
        except Refused as refusal:
            form.refuse(refusal)
    (member,) = members_of([dependent])
    context = {"dependent": dependent, "consent": member.consent}
    return unfinished_forms.form_page(request, "me/household/form.html", form, **context)


@for_residents
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the consent for a child; asked once more before."""
    user, resident = known(request)
    dependent = dependent_or_404(resident, pk)
    if request.method == "POST":
        act = partial(withdraw_consent, dependent, by=user, at=now())
        return parts.pressed(request, act, back=reverse("me:household"))
    waiting = without_a_seat([dependent], at=now()).select_related("session__activity")
    return render(request, "me/household/consent.html", {"dependent": dependent, "waiting": waiting})
