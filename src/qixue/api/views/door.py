"""The door: what a device works with when there is no network, and what it delivers when there is one again."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Router

from qixue.api.auth import DOOR_DEVICES_ONLY, FOR_DOOR_DEVICES, device_asking
from qixue.api.errors import NotAllowed
from qixue.api.schemas.door import (
    BundleOut,
    DeliveryIn,
    DeviceOut,
    DoorSessionOut,
    KeyOut,
    PersonOut,
    ReceiptOut,
    ResultOut,
)
from qixue.api.schemas.parts import Error
from qixue.core.clock import now
from qixue.core.models import SigningKey
from qixue.core.signing_keys import public_keys, published, signing_key
from qixue.participation.models import Registration
from qixue.participation.operations.door_devices import note_fetch
from qixue.participation.operations.door_sync import receive_scans
from qixue.participation.operations.quick_scan import receive_alone
from qixue.participation.queries import with_head_count
from qixue.participation.queries.attendances import CameIn, came_in
from qixue.participation.queries.door import cancelled_keys, decisions_about, expected_at, sessions_of
from qixue.people.namesakes import told_apart_in_each
from qixue.programme.models import Session

router = Router(auth=DOOR_DEVICES_ONLY, tags=["door"])
MOST_GAPS = 100  # told in one answer


@router.get(
    "/door/bundle",
    response={200: BundleOut, 401: Error, 403: Error, 422: Error},
    openapi_extra=FOR_DOOR_DEVICES,
)
def read_bundle(request: HttpRequest) -> BundleOut:
    """Who is expected at the device's sessions, with the keys that check tickets, for work without a network.

    After the device's hours the answer is 403: what it still holds it can deliver, names it reads no more.
    """
    device, at = device_asking(request), now()
    if not device.may_read_at(at):
        raise NotAllowed
    note_fetch(device, at=at)  # before the list is read: what is cancelled from now on it may not know
    sessions = sessions_of(device)
    signing_key(SigningKey.Purpose.TICKET)  # made now where no ticket exists yet
    return BundleOut(
        device=DeviceOut(
            id=device.pk,
            name=device.name,
            sessions_until=device.valid_until,
            highest_sequence=device.highest_sequence,
        ),
        server_time=at,
        keys=[KeyOut.model_validate(published(key)) for key in public_keys(SigningKey.Purpose.TICKET)],
        revoked=cancelled_keys(sessions),
        decided=decisions_about(device),
        sessions=sessions_with_people(sessions),
    )


def sessions_with_people(sessions: list[Session]) -> list[DoorSessionOut]:
    counted = with_head_count(sessions)
    there, expected = came_in(sessions), {session.pk: list[Registration]() for session in sessions}
    for row in expected_at(session for session in sessions if session.state not in Session.OFF_STATES):
        expected[row.session_id].append(row)
    apart = told_apart_in_each([row.resident for row in rows] for rows in expected.values())
    return [
        DoorSessionOut(
            **facts_of(session),
            has_head_count=session.pk in counted,
            people=[
                PersonOut.of(row, since_when(row, there, session), particulars.get(row.resident_id, ""))
                for row in expected[session.pk]
            ],
        )
        for session, particulars in zip(sessions, apart, strict=True)
    ]


def since_when(
    row: Registration, there: Mapping[tuple[int, int], CameIn], session: Session
) -> datetime.datetime | None:
    """When somebody came; of whoever is forgotten that is not kept with their seat."""
    inside = there.get((row.session_id, row.resident_id))
    return inside.at if inside else session.starts_at if row.was_there else None


def facts_of(session: Session) -> dict[str, Any]:
    return {
        "id": session.pk,
        "title": session.activity.local_title,
        "topic": session.local_topic,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "venue": session.venue.local_name if session.venue else "",
        "seat_count": session.seat_count,
        "counting_rule": session.counting_rule,
        "is_off": session.state in Session.OFF_STATES,
    }


@router.post(
    "/door/scans",
    response={200: ReceiptOut, 400: Error, 401: Error, 413: Error, 422: Error},
    openapi_extra=FOR_DOOR_DEVICES,
)
def deliver_scans(request: HttpRequest, body: DeliveryIn) -> ReceiptOut:
    """Store and judge up to 500 scans. The same scan again gives the same answer, in any order and however often.

    A scan whose uuid came before with another content is answered as refused with the reason conflict; the first
    stays.
    """
    at = now()
    device, delivery = device_asking(request), body.delivery()
    receipt = receive_alone(device, delivery, at=at) or receive_scans(device, delivery, at=at)
    pairs = zip(body.scans, receipt.answers, strict=True)
    return ReceiptOut(
        results=[ResultOut.of(sent.uuid, answer) for sent, answer in pairs],
        missing=[[first, last] for first, last in receipt.gaps[:MOST_GAPS]],
        server_time=at,
    )
