"""Signing up for a session, seeing where one stands and leaving again, for the program of a resident."""

import uuid

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from qixue.api.auth import FOR_RESIDENTS, SIGNED_IN, household, staff
from qixue.api.schemas.keys import Key, key_of
from qixue.api.schemas.parts import Error, Id, Page, PageQuery
from qixue.api.schemas.registrations import (
    CancellationIn,
    HouseholdOut,
    HouseholdPersonOut,
    PartyOut,
    RegistrationIn,
    SignedUpOut,
)
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.eligibility import NOT_YOURS
from qixue.participation.operations.offers import accept_offer
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.participation.queries.lotteries import entered_a_draw
from qixue.participation.queries.registrations import Party, parties_of
from qixue.people.models import Resident
from qixue.programme.models import Session

router = Router(auth=SIGNED_IN, tags=["registrations"])
READING = {401: Error, 403: Error, 422: Error}
WRITING = {400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 413: Error, 422: Error}
Source = Registration.Source


def people_among(members: list[Resident], keys: list[int] | None) -> list[Resident]:
    """The members with these ids, by default the first. Refused: not_yours."""
    if keys is None:
        return members[:1]
    known = {person.pk: person for person in members}
    if not set(keys) <= set(known):
        raise Refused("not_yours", NOT_YOURS, field="people")
    return [known[pk] for pk in dict.fromkeys(keys)]


def party_of(members: list[Resident], key: uuid.UUID) -> Party:
    """Raises Http404 for a party of others."""
    found = next((party for party in parties_of(members) if party.key == key), None)
    if found is None:
        raise Http404
    return found


def members_or_404(request: HttpRequest) -> list[Resident]:
    """For an address of one party: who is no resident has none."""
    members = household(staff(request))
    if not members:
        raise Http404
    return members


@router.get("/me", response={200: HouseholdOut, **READING}, openapi_extra=FOR_RESIDENTS)
def get_household(request: HttpRequest) -> HouseholdOut:
    """Whose token it is, and whom they can sign up."""
    me, *dependents = household(staff(request), is_needed=True)
    return HouseholdOut(
        me=HouseholdPersonOut.of(me), dependents=[HouseholdPersonOut.of(person) for person in dependents]
    )


@router.get("/me/registrations", response={200: Page[PartyOut], **READING}, openapi_extra=FOR_RESIDENTS)
def list_registrations(request: HttpRequest, filters: Query[PageQuery]) -> dict:
    """What the household is or was signed up for, by the start of the session."""
    parties = parties_of(household(staff(request), is_needed=True))
    items = [PartyOut.of(party) for party in parties[filters.span]]
    return {"items": items, "count": len(parties), "page": filters.page, "limit": filters.limit}


@router.post(
    "/sessions/{session_id}/registrations", response={201: SignedUpOut, **WRITING}, openapi_extra=FOR_RESIDENTS
)
def sign_up(
    request: HttpRequest, session_id: Id, body: RegistrationIn, idempotency_key: Key = None
) -> Status[SignedUpOut]:
    """Take seats, or the next places in the queue, for people of the household: all of them or none.

    The key becomes the party. The same request again is answered as the first time.
    """
    party, at = key_of(body, idempotency_key), now()
    session = Session.objects.public().filter(pk=session_id).first()
    if session is None:
        raise Http404
    members = household(staff(request), is_needed=True)
    people = people_among(members, body.people)
    rows = register(session, people=people, party=party, by=staff(request), at=at)
    return Status(201, SignedUpOut.of(rows, is_entered=entered_a_draw(rows[0])))


@router.post("/me/registrations/{party}/cancellation", response={200: PartyOut, **WRITING}, openapi_extra=FOR_RESIDENTS)
def cancel(request: HttpRequest, party: uuid.UUID, body: CancellationIn) -> PartyOut:
    """Give up seats or places in the queue, without `people` those of all; whoever waits moves up. Doing it again
    changes nothing.
    """
    members = members_or_404(request)
    found = party_of(members, party)
    there = [row.resident for row in found.rows]
    going = {person.pk for person in people_among(there, body.people)} if body.people else None
    keys = [row.pk for row in found.rows if going is None or row.resident_id in going]
    cancel_registrations(found.session, keys=keys, by=staff(request), at=now())
    return PartyOut.of(party_of(members, party))


@router.post("/me/registrations/{party}/acceptance", response={200: PartyOut, **WRITING}, openapi_extra=FOR_RESIDENTS)
def accept(request: HttpRequest, party: uuid.UUID) -> PartyOut:
    """Take seats that were offered. Doing it again changes nothing."""
    members = members_or_404(request)
    found = party_of(members, party)
    accept_offer(found.session, party=party, by=staff(request), at=now())
    return PartyOut.of(party_of(members, party))
