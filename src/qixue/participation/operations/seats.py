"""The seats of a session and its queue, under the lock of the session's row."""

import datetime
from collections.abc import Sequence

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.notices import about_party
from qixue.participation.offers import end_of_offer
from qixue.people.operations.notifications import notify
from qixue.programme.models import Session

State = Registration.State


def locked_session(session: Session) -> Session:
    """The session as it is now; nobody else changes its seats until the transaction ends.

    Rows that only point at the session, those of the door, are written meanwhile: they wait for no seat.
    """
    rows = Session.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("activity__programme", "activity__organisation").get(pk=session.pk)


def locked_sessions(*sessions: Session) -> list[Session]:
    """Several sessions as they are now, in the order given; locked by key, so that two acts never block each other."""
    keys = sorted({session.pk for session in sessions})
    locked = {key: locked_session(Session(pk=key)) for key in keys}
    return [locked[session.pk] for session in sessions]


def promote(session: Session, terms: RegistrationTerms, *, at: datetime.datetime) -> int:
    """Give free seats to whoever waits, in strict order and a whole party at a time. Returns how many people moved up.

    With offer hours the seat is held until they answer, otherwise it is theirs at once.
    """
    if session.state != Session.State.PLANNED or (session.starts_at and session.starts_at <= at):
        return 0
    moved = 0
    while party := next_party(session):
        if session.seat_count is not None and len(party) > session.seat_count - session.taken_count:
            break
        until = offered_until(session, terms, at=at)
        for row in party:
            row.state, row.waiting_number, row.offered_until = State.OFFERED if until else State.CONFIRMED, None, until
        Registration.objects.bulk_update(party, ["state", "waiting_number", "offered_until"])
        session.taken_count += len(party)
        session.waiting_count -= len(party)
        session.save(update_fields=["taken_count", "waiting_count"])
        tell_party(party, "registration_offered" if until else "registration_moved_up", at=at)
        moved += len(party)
    return moved


def next_party(session: Session) -> list[Registration]:
    """The people at the head of the queue who signed up together; empty when nobody waits."""
    head = Registration.objects.waiting().filter(session=session).select_related("resident")
    first = head.first()
    return list(head.filter(party=first.party)) if first else []


def offered_until(session: Session, terms: RegistrationTerms, *, at: datetime.datetime) -> datetime.datetime | None:
    """When an offer made now ends; None where whoever is next has the seat at once."""
    return end_of_offer(at, terms.offer_hours, session.starts_at) if terms.offer_hours else None


def tell_party(party: Sequence[Registration], kind: str, *, at: datetime.datetime, **more: str) -> None:
    """Tell the account that signed the party up; people whom a cadre signed up are told by the cadre."""
    if user := party[0].registered_by:
        notify([user], about_party(kind, party, **more), at=at)
