"""The door of a session: who is expected and who is in, checking in by hand, and the phones that stand there."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Doubt, Refused
from qixue.participation.models import Registration
from qixue.participation.operations.check_ins import check_in, obstacle_at_door
from qixue.participation.operations.door_devices import revoke_device, set_up_device
from qixue.participation.operations.door_page import count_walk_in, take_back_own
from qixue.participation.queries.door import scans_at
from qixue.participation.queries.door_state import (
    can_have_device,
    devices_of,
    door_figures,
    expected_people,
    held_scans,
    own_entries,
    seats_twice,
    sessions_for_a_device,
)
from qixue.participation.queries.walk_ins import Namesake, namesakes_at, walk_ins_at
from qixue.participation.rules import may_correct_attendance
from qixue.people.namesakes import told_apart
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.qr_pictures import qr_picture
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.act import Act, act_page, page_of_act, sent
from qixue.web.workspace.forms.door import CheckInForm, DeviceForm, WalkInForm
from qixue.web.workspace.namesakes import expected_or_in, who_came
from qixue.web.workspace.reach.door import check_in_at, device_or_404, registration_at


@needs(Action.RECORD_ATTENDANCE)
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one door on a page that works on a phone without script."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    search = request.GET.get("q", "").strip()
    people = expected_people(session)
    walk_ins = walk_ins_at(session, people)
    at = now()
    devices = devices_of(session, at=at)
    context = {
        **around(session),
        "people": expected_people(session, search=search) if search else people,
        "apart": told_apart(expected_or_in((person.registration for person in people), walk_ins)),
        "search": search,
        "walk_ins": walk_ins,
        "inside": {person.registration.pk for person in people if person.is_in},
        "own": own_entries(session, staff(request), at=at),
        "figures": door_figures(session, people, scans_at(session).undecided().count()),
        "seats_twice": seats_twice(session),
        "devices": devices,
        "held": held_scans(devices),
        "form": WalkInForm(),
        "obstacle": obstacle_at_door(session, at=at),
        "may_set_up": can_have_device(session, at=at),
        "may_correct": may_correct_attendance(staff(request), session),
    }
    return render(request, "workspace/door/door.html", context)


def around(session: Session) -> dict[str, Any]:
    return {"session": session, "programme": session.activity.programme}


@needs(Action.RECORD_ATTENDANCE)
@require_POST
def check_in_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One of those who are signed up is here."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    back = reverse("workspace:door", args=[pk])
    form = CheckInForm(request.POST)
    try:
        registration = registration_at(session, request.POST.get("registration"))
        confirmed_name = form.confirmed_name if form.is_valid() else ""
        # Pressing twice is harmless: whoever is in stays in as they came.
        check_in(
            session,
            registration=registration,
            confirmed_name=confirmed_name,
            by=staff(request),
            at=now(),
            client_uuid=uuid.uuid4(),
        )
    except Doubt as doubt:
        form.refuse(doubt)
        return page_of_act(request, form, check_in_act(session, registration, back=back))
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=back)
    named = {"name": registration.resident.name, "code": registration.door_code}  # two people may have one name
    messages.success(request, _("%(name)s (%(code)s) is checked in.") % named)
    return redirect(back)


def check_in_act(session: Session, registration: Registration, *, back: str) -> Act:
    """The page that asks whether a walk-in of the same name is the same person."""
    return Act(
        title=pgettext("question", "Is it the same person?"),
        about=f"{registration.resident.name} {registration.door_code}",
        lead=_("To have them in by their registration, take the walk-in back first; then check them in."),
        button=_("Check in somebody else of this name"),
        back=back,
        trail="workspace/crumbs.html",
        context=around(session),
    )


@needs(Action.RECORD_ATTENDANCE)
@require_POST
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who is not signed up is here, with a name or without."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    form, at = WalkInForm(request.POST), now()
    namesakes: list[Namesake] = []
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            count_walk_in(
                session,
                name=name,
                confirmed_name=form.confirmed_name,
                by=staff(request),
                at=at,
                client_uuid=form.cleaned_data["client_uuid"],
            )
        except Refused as refusal:
            form.refuse(refusal)
            namesakes = namesakes_at(session, name, expected_people(session)) if name else []
        else:
            messages.success(request, _("The walk-in is counted."))
            return redirect("workspace:door", pk)
    context = {**around(session), "namesakes": namesakes, "obstacle": obstacle_at_door(session, at=at)}
    return parts.form_page(request, "workspace/door/walk_in.html", form, **context)


@needs(Action.RECORD_ATTENDANCE)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody was let in by mistake a moment ago."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    key = request.POST.get("entry")
    return parts.pressed(
        request,
        lambda: take_back_own(check_in_at(session, key), by=staff(request), at=now()),
        back=reverse("workspace:door", args=[pk]),
        done=lambda void: _("%(person)s is taken back and not counted any more.") % {"person": who_came(void.target)},
    )


@needs(Action.RECORD_ATTENDANCE)
def new_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up a phone; its link is on the answer and nowhere else."""
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    sessions = sessions_for_a_device(session, at=now())
    if not sessions:
        refusal = Refused("session_over", _("A device can be set up for a session that has a time and is not over."))
        return parts.refusal_page(request, refusal, back=reverse("workspace:door", args=[pk]))
    form = DeviceForm(request.POST or None, sessions=sessions, initial={"sessions": [str(pk)]})
    if form.is_valid():
        answers = form.cleaned_data
        try:
            device, token = set_up_device(
                form.chosen(),
                name=answers["name"],
                by=staff(request),
                at=now(),
                client_uuid=answers["client_uuid"],
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if not token:
                return redirect("workspace:door", pk)
            link = link_of(token)
            context = {**around(session), "device": device, "link": link, "picture": qr_picture(link)}
            return render(request, "workspace/door/device_link.html", context)
    return parts.form_page(request, "workspace/door/new_device.html", form, **around(session))


def link_of(token: str) -> str:
    """The token stands behind the #, which a browser sends to no server."""
    return f"{settings.QIXUE['BASE_URL']}{reverse('door:shell')}#{token}"


@needs(Action.RECORD_ATTENDANCE)
def revoke(request: HttpRequest, pk: int, device_pk: int) -> HttpResponse:
    session = session_or_404(request.user, pk, Action.RECORD_ATTENDANCE)
    device = device_or_404(request.user, session, device_pk)
    act = Act(
        title=_("Revoke this device"),
        about=device.name,
        lead=_("It reads and sends nothing more from now on. What it still holds can be saved on it as a file only."),
        button=pgettext("a device", "Revoke"),
        back=reverse("workspace:door", args=[pk]),
        trail="workspace/crumbs.html",
        done=_("The device is revoked."),
        context=around(session),
    )
    form = sent(request, Form)
    return act_page(request, form, act, lambda: revoke_device(device, by=staff(request), at=now()))
