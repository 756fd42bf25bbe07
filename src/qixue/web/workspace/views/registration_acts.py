"""What an organiser does with one person's registration, and the message to all of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations import organiser
from qixue.participation.operations.messages import as_text_message, write_to_registrants
from qixue.participation.queries.registered import reach_of, sessions_to_move_to, state_counts, with_states
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Session
from qixue.web import parts, unfinished_forms
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.act import Act, act_page
from qixue.web.workspace.forms.registrations import MessageForm, MoveForm, TakeOutForm
from qixue.web.workspace.namesakes import names_of
from qixue.web.workspace.reach.registrations import registration_or_404
from qixue.web.workspace.registration_words import in_one, moved, taken_out, to_tell, untold, who_is_told


@needs(Action.MANAGE_REGISTRATIONS)
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, which the person reads, then give the place to the next in line."""
    found = registration_or_404(request.user, pk)
    form = TakeOutForm(request.POST or None)
    lead = _("The place becomes free: whoever is next in line moves up, or is offered it.")
    note = to_tell(found, staff(request))
    act = Act(
        title=_("Take out of the session"),
        about=names_of(found.session, [found]),
        lead=lead if note else f"{lead} {who_is_told(found, is_done=False)}",
        button=_("Take out"),
        back=reverse("workspace:registrations", args=[found.session_id]),
        fits=found.state != Registration.State.CANCELLED,
        why_not=_("This person is not signed up here any more."),
        note=note,
        context=around(found),
    )

    def do() -> HttpResponse:
        by = staff(request)
        rows = organiser.take_out(found, note=form.cleaned_data["note"], by=by, at=now())
        messages.success(request, in_one(taken_out(found, rows, by=by)))
        return redirect(act.back)

    return act_page(request, form, act, do)


@needs(Action.MANAGE_REGISTRATIONS)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another session of the same programme: a seat there, or a place at the end of its queue."""
    found = registration_or_404(request.user, pk)
    within = path_filter(reach(request.user, Action.MANAGE_REGISTRATIONS), "activity__organisation__path")
    active = Registration.objects.active().filter(session=found.session, party=found.party)
    party = list(active.with_accounts().order_by("waiting_number", "pk"))
    sessions = sessions_to_move_to(found.session, at=now()).filter(within)
    form = MoveForm(request.POST or None, sessions=sessions, one=found, party=party)
    act = act_of_moving(found, party, has_choices=bool(form.choices))

    def do() -> HttpResponse:
        by, to = staff(request), form.target()
        done = organiser.move_registrations(found.session, keys=form.keys(), to=to, by=by, at=now())
        messages.success(request, in_one(moved(found.session, done)))
        return redirect(act.back)

    return act_page(request, form, act, do)


def act_of_moving(found: Registration, party: list[Registration], *, has_choices: bool) -> Act:
    is_in = found.state != Registration.State.CANCELLED
    alone = _("The place here becomes free. There it is a seat, or the last place in line.")
    together = _(
        "The places here become free. Those who move together each have a seat there; where fewer are left than they "
        "are people, all of them wait together at the end of the line."
    )
    return Act(
        title=_("Move to another session"),
        about=names_of(found.session, [found]),
        lead=together if len(party) > 1 else alone,
        button=_("Move"),
        back=reverse("workspace:registrations", args=[found.session_id]),
        fits=is_in and has_choices,
        why_not=_("There is no other session of this programme to come to which people can be moved.")
        if is_in
        else _("This person is not signed up here any more."),
        note=untold(found.session, party),
        context=around(found),
    )


def around(registration: Registration) -> dict[str, object]:
    return {"session": registration.session, "programme": registration.session.activity.programme}


@needs(Action.MANAGE_REGISTRATIONS)
@require_POST
def excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: the person had a reason not to come."""
    found = registration_or_404(request.user, pk)
    back = reverse("workspace:registrations", args=[found.session_id])
    return parts.pressed(
        request,
        lambda: organiser.excuse(found, by=staff(request), at=now()),
        back=back,
        done=_("Excused: this session does not count as missed."),
    )


@needs(Action.MANAGE_REGISTRATIONS)
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Write, look at whom it reaches and whom not, send."""
    found = session_or_404(request.user, pk, Action.MANAGE_REGISTRATIONS)
    form = MessageForm(
        unfinished_forms.answers(request), counts=state_counts(found), initial={"client_uuid": uuid.uuid4()}
    )
    context: dict[str, Any] = {"session": found, "programme": found.activity.programme}
    if "confirmed" in request.POST and form.is_valid():
        try:
            sent = write_to_registrants(found, **form.cleaned_data, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent: it reaches %(count)s people.") % {"count": sent.reached_count})
            return redirect("workspace:registrations", pk)
    if unfinished_forms.is_to_check(request, form):
        return check_page(request, form, **context)
    everybody = reach_of(list(with_states(found, form.offered)))
    return unfinished_forms.form_page(request, "workspace/registrations/message.html", form, reach=everybody, **context)


def check_page(request: HttpRequest, form: MessageForm, *, session: Session, **context: object) -> HttpResponse:
    answers = form.cleaned_data
    reached = reach_of(list(with_states(session, answers["states"])))
    sms = as_text_message(session, text=answers["text"])
    shown = {
        "session": session,
        "reach": reached,
        "text": answers["text"],
        "states": form.state_names(),
        "sms": sms,
        "is_cut": answers["text"] not in sms.words,
    }
    return parts.form_page(request, "workspace/registrations/message_check.html", form, **shown, **context)
