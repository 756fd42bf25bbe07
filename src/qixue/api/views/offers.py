"""Seats that became free and are offered to somebody: whoever manages the registrations answers for people who have no
phone, or who call.
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.reach import session_for
from qixue.api.schemas.parts import Error, Id, Page, PageQuery
from qixue.api.schemas.registrations import PartyOut
from qixue.core.clock import now
from qixue.participation.operations.offers import accept_offer, decline_offer
from qixue.participation.queries.registrations import Party, offered_parties, party_at
from qixue.people.rules import Action
from qixue.programme.models import Session

router = Router(auth=STAFF_ONLY, tags=["registrations"])
READING = {401: Error, 403: Error, 404: Error, 422: Error}
WRITING = {400: Error, **READING, 409: Error, 413: Error}
MANAGE = for_action(Action.MANAGE_REGISTRATIONS)


def party_or_404(session: Session, key: uuid.UUID) -> Party:
    if found := party_at(session, key):
        return found
    raise Http404


@router.get("/sessions/{session_id}/offers", response={200: Page[PartyOut], **READING}, openapi_extra=MANAGE)
def list_offers(request: HttpRequest, session_id: Id, filters: Query[PageQuery]) -> dict[str, Any]:
    """Those to whom seats are offered now, in the order in which they signed up."""
    parties = offered_parties(session_for(staff(request), session_id, Action.MANAGE_REGISTRATIONS))
    items = [PartyOut.of(party) for party in parties[filters.span]]
    return {"items": items, "count": len(parties), "page": filters.page, "limit": filters.limit}


@router.post(
    "/sessions/{session_id}/offers/{party}/acceptance", response={200: PartyOut, **WRITING}, openapi_extra=MANAGE
)
def accept(request: HttpRequest, session_id: Id, party: uuid.UUID) -> PartyOut:
    """Take the seats for them; it goes on record who did. Doing it again changes nothing."""
    session = session_for(staff(request), session_id, Action.MANAGE_REGISTRATIONS)
    party_or_404(session, party)
    accept_offer(session, party=party, by=staff(request), at=now())
    return PartyOut.of(party_or_404(session, party))


@router.post("/sessions/{session_id}/offers/{party}/refusal", response={200: PartyOut, **WRITING}, openapi_extra=MANAGE)
def decline(request: HttpRequest, session_id: Id, party: uuid.UUID) -> PartyOut:
    """They do not come: the seats go to the next in line at once. Doing it again changes nothing."""
    session = session_for(staff(request), session_id, Action.MANAGE_REGISTRATIONS)
    party_or_404(session, party)
    decline_offer(session, party=party, by=staff(request), at=now())
    return PartyOut.of(party_or_404(session, party))
