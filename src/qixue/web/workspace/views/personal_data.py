"""What is kept about people who have no account: a copy for them, and being forgotten, when they ask the office."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.participation.operations.without_account import erase_person, forget_typed_name, note_copy
from qixue.participation.queries.duplicates import same_named, told_apart
from qixue.participation.queries.registrations import seats_to_lose
from qixue.participation.queries.without_account import (
    household_of,
    obstacle_to_speaking_for,
    people_called,
    scans_called,
)
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.people.personal_data import Pair, holdings
from qixue.people.rules import Action
from qixue.web import parts, unfinished_forms
from qixue.web.files import own_file
from qixue.web.personal_copy import zipped
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.personal_data import ErasePersonForm, ForgetNameForm, PersonForm
from qixue.web.workspace.reach.personal_data import person_or_404, undecided_scan_or_404

SHOWN = 50
ERASED = "erased_person"  # in the session: the number of the last one


@needs(Action.MANAGE_REGISTRATIONS)
def find(request: HttpRequest) -> HttpResponse:
    """Somebody by name. It is looked for by POST, because a name belongs into no address, and shown by GET."""
    form, context = PersonForm(unfinished_forms.answers(request)), {}
    if request.method == "GET" and form.is_valid():
        user, name = staff(request), form.cleaned_data["name"]
        people, scans = people_called(user, name, most=SHOWN), scans_called(user, name, most=SHOWN)
        context = {"people": people, "scans": scans, "most": SHOWN}
    return unfinished_forms.form_page(request, "workspace/personal_data/find.html", form, **context)


def about_a_person(view: Callable[[HttpRequest, Resident], HttpResponse]) -> Callable[[HttpRequest, int], HttpResponse]:
    """Shows an office that did not enter the whole household whom to ask instead."""

    @wraps(view)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        found = person_or_404(staff(request), pk)
        if obstacle := obstacle_to_speaking_for(found, staff(request)):
            return parts.refusal_page(request, obstacle, back=reverse("workspace:personal_data"))
        return view(request, found)

    return answer


@needs(Action.MANAGE_REGISTRATIONS)
@about_a_person
def person(request: HttpRequest, found: Resident) -> HttpResponse:
    others = same_named(found, staff(request))
    said = told_apart({found.pk, *(other.pk for other in others)})
    namesakes = [
        (other, Pair.of(found, other).keys, said.get((min(found.pk, other.pk), max(found.pk, other.pk))))
        for other in others
    ]
    context = {"person": found, "sections": holdings.copy(household_of(found)), "namesakes": namesakes}
    return render(request, "workspace/personal_data/person.html", context)


@require_POST
@needs(Action.MANAGE_REGISTRATIONS)
@about_a_person
def copy(request: HttpRequest, found: Resident) -> HttpResponse:
    """Everything that is kept about the person and their dependents, as one file to hand over."""
    at = now()
    note_copy(found, by=staff(request), at=at)
    day = local_day(at).isoformat()
    return own_file(zipped(holdings.copy(household_of(found)), day=day), "application/zip", f"qixue-{day}.zip")


@needs(Action.MANAGE_REGISTRATIONS)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """A second press on the button is answered like the first."""
    is_pressed_twice = "confirmed" in request.POST and request.session.get(ERASED) == pk
    return erased(request, pk) if is_pressed_twice else erasing(request, pk)


@about_a_person
def erasing(request: HttpRequest, found: Resident) -> HttpResponse:
    """What goes and what stays; then once more who it is; then it is done."""
    form, subject, key = ErasePersonForm(unfinished_forms.answers(request)), household_of(found), found.pk
    context = {"person": found, "subject": subject, "names": named_apart(subject.people)}
    if form.is_valid() and "confirmed" in request.POST:
        try:
            erase_person(found, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return erased(request, key)
    elif unfinished_forms.is_to_check(request, form):
        return parts.form_page(request, "workspace/personal_data/check.html", form, **context)
    coming = seats_to_lose(subject.people, at=now())
    context |= {"coming": coming, "stays": holdings.stays(subject, at=now())}
    return unfinished_forms.form_page(request, "workspace/personal_data/erase.html", form, **context)


def erased(request: HttpRequest, pk: int) -> HttpResponse:
    request.session[ERASED] = pk
    messages.success(request, _("Erased. Figures stay as they were."))
    return redirect("workspace:personal_data")


@needs(Action.MANAGE_REGISTRATIONS)
def forget_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then take the name out of a scan that waits. Pressed twice it leads to the same place."""
    scan = undecided_scan_or_404(staff(request), pk)
    act = Act(
        title=_("Take the name out of the scan"),
        about=scan.sent.get("name", ""),
        lead=_("The scan still waits for a decision; it can count as somebody without a name."),
        button=_("Take the name out"),
        back=reverse("workspace:personal_data"),
        crumbs=((_("Data of people without an account"), reverse("workspace:personal_data")),),
        done=_("The name is gone."),
    )
    by, at = staff(request), now()
    return act_page(request, sent(request, ForgetNameForm), act, lambda: forget_typed_name(scan, by=by, at=at))
