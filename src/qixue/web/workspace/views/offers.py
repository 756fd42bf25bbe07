"""Answering for people to whom a seat is offered, when they have no phone or call: accept it for them, or decline."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.participation.models import Registration
from qixue.participation.operations.offers import accept_offer, decline_offer
from qixue.people.rules import Action
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.reach.registrations import registration_or_404


@needs(Action.MANAGE_REGISTRATIONS)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """One press, for everybody who signed up together."""
    found = registration_or_404(request.user, pk)
    names = names_offered(found)
    return parts.pressed(
        request,
        lambda: accept_offer(found.session, party=found.party, by=staff(request), at=now()),
        back=reverse("workspace:registrations", args=[found.session_id]),
        done=_("Accepted for them, they have a seat: %(names)s.") % {"names": names} if names else "",
    )


@needs(Action.MANAGE_REGISTRATIONS)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, because somebody else can have the seat at once."""
    found = registration_or_404(request.user, pk)
    names = names_offered(found)
    act = Act(
        title=_("Decline the offered seat for them"),
        about=names or found.resident.name,
        lead=_("They do not come: the seat is free for others at once. Whoever has an account is told."),
        button=_("Decline for them"),
        back=reverse("workspace:registrations", args=[found.session_id]),
        fits=bool(names),
        done=_("Declined: the seat is free for others."),
        context={"session": found.session, "programme": found.session.activity.programme},
    )
    return act_page(
        request,
        sent(request, Form),
        act,
        lambda: decline_offer(found.session, party=found.party, by=staff(request), at=now()),
    )


def names_offered(found: Registration) -> str:
    """Those of the party to whom a seat is offered now; empty when none is."""
    rows = Registration.objects.filter(session=found.session, party=found.party, state=Registration.State.OFFERED)
    return enumeration(rows.order_by("pk").values_list("resident__name", flat=True))
