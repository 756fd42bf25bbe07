"""The tickets of a party: what its people show at the door."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.report.installed import installed_fonts
from qixue.report.ticket_pdf import write_ticket_pdf
from qixue.web import parts
from qixue.web.kept_tickets import KEPT_FOR, ticket_owner
from qixue.web.me.access import for_residents, known, names_at_home, party_or_404
from qixue.web.me.ticket_cards import cards_of, printed


@for_residents
def tickets(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """One big code per person, and six digits for whoever has no phone. `?copy` is what their browser keeps of it."""
    user, resident = known(request)
    found, at = party_or_404(resident, party), now()
    try:
        cards = cards_of(found)
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=reverse("me:registration", args=[party]))
    names = names_at_home(resident)
    context = {"party": found, "session": found.session, "cards": cards, "names": names, "opened_at": at}
    if "copy" not in request.GET:
        return render(request, "me/registrations/tickets.html", context)
    response = render(request, "me/registrations/ticket_copy.html", context)
    response.headers["Ticket-Owner"] = ticket_owner(user)
    response.headers["Ticket-Until"] = ((found.session.ends_at or found.session.starts_at or at) + KEPT_FOR).isoformat()
    return response


@for_residents
def tickets_pdf(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """To print: a page for each person."""
    _user, resident = known(request)
    names = names_at_home(resident)
    try:
        pages = [printed(card, names) for card in cards_of(party_or_404(resident, party))]
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=reverse("me:registration", args=[party]))
    headers = {"Content-Disposition": 'inline; filename="tickets.pdf"'}
    return HttpResponse(write_ticket_pdf(pages, installed_fonts()), content_type="application/pdf", headers=headers)
