"""The seats of a session and its queue, under the lock of the session's row."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.notice_kinds import IN_PERSON, TOO_LARGE
from qixue.participation.notices import (
    about_party,
    about_people_in_person,
    about_too_large_party,
    too_large_key,
)
from qixue.participation.offers import end_of_offer
from qixue.participation.queries.queue import fitting, too_large
from qixue.participation.queries.registered import Reach, reach_of
from qixue.people.models import User
from qixue.people.notices import Notice
from qixue.people.operations.locks import changed_meanwhile, held_people
from qixue.people.operations.notifications import notify, notify_each
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
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


def held_holders(rows: QuerySet[Registration]) -> set[int]:
    """Keys of the people of the rows, who are held: nobody is let in, forgotten or merged until the transaction ends.

    To be done before the session is locked, by whatever takes a seat from somebody: whoever is in keeps theirs.
    """
    return held_people(set(rows.order_by().values_list("resident_id", flat=True)))


def must_be_held(rows: Iterable[Registration], held: set[int]) -> None:
    """Whether the rows, as they are under the lock of their session, are of people who are held. Refused:
    changed_meanwhile.
    """
    if not {row.resident_id for row in rows} <= held:
        raise changed_meanwhile()


def promote(session: Session, terms: RegistrationTerms, *, at: datetime.datetime) -> list[Registration]:
    """Give free seats to whoever waits, in strict order and a whole party at a time. Returns who moved up.

    With offer hours the seat is held until they answer, otherwise it is theirs at once; where no notice of it reaches
    somebody, who runs the session is told. A party of more people than the session has seats is told so and
    keeps its place; the queue steps past it until it fits.
    """
    if session.state != Session.State.PLANNED or (session.starts_at and session.starts_at <= at):
        return []
    moved: list[Registration] = []
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
        moved += party
    tell_in_charge(moved, at=at)
    if session.waiting_count:
        tell_too_large(session, at=at)
    return moved


def tell_in_charge(rows: Iterable[Registration], *, at: datetime.datetime, key: str = "") -> None:
    """Tell who runs the session which of these people no notice reaches, though a seat is offered to them or theirs by
    now: once for all of one round, and under a `key` once more where their time has changed.
    """
    unreached = reach_of(rows).unreached
    for state in IN_PERSON:
        if found := [row for row in unreached if row.state == state]:
            in_charge = people_in_charge(found[0].session.activity.organisation, Action.EDIT_ACTIVITY)
            notify(in_charge, about_people_in_person(found, key), at=at)


def next_party(session: Session) -> list[Registration]:
    """The first in the queue who signed up together and are not more than the session has seats; empty without any."""
    first = fitting(session).first()
    if first is None:
        return []
    queue = Registration.objects.waiting().filter(session=session, party=first.party)
    return with_session(session, queue.with_accounts())


def tell_too_large(session: Session, *, at: datetime.datetime) -> None:
    """Tell each party that cannot fit, and who runs the session: again only when its people or the seats changed."""
    rows = with_session(session, too_large(session))
    if not rows:
        return
    seats = session.seat_count or 0
    in_charge = people_in_charge(session.activity.organisation, Action.EDIT_ACTIVITY)
    for key, party in by_party(rows).items():
        about = too_large_key(key, len(party), seats)
        tell_party(party, TOO_LARGE, at=at, key=about, people=str(len(party)), seats=str(seats))
        notify(in_charge, about_too_large_party(party, seats), at=at)


def by_party(rows: Iterable[Registration]) -> dict[uuid.UUID, list[Registration]]:
    """Those who signed up together, in the order in which the rows come."""
    parties: dict[uuid.UUID, list[Registration]] = defaultdict(list)
    for row in rows:
        parties[row.party].append(row)
    return parties


def with_session(session: Session, rows: Iterable[Registration]) -> list[Registration]:
    """The rows with the session as it is held, which is not read again for each."""
    found = list(rows)
    for row in found:
        row.session = session
    return found


def offered_until(session: Session, terms: RegistrationTerms, *, at: datetime.datetime) -> datetime.datetime | None:
    """When an offer made now ends; None where whoever is next has the seat at once."""
    return end_of_offer(at, terms.offer_hours, session.starts_at) if terms.offer_hours else None


def tell_party(party: Sequence[Registration], kind: str, *, at: datetime.datetime, key: str = "", **more: str) -> Reach:
    """Tell everybody of the party, each through their contact: see `addressed`. Returns whom it reached."""
    reach = reach_of(party)
    notify_each(addressed(reach, kind, key=key, **more), at=at)
    return reach


def addressed(reach: Reach, kind: str, *, key: str = "", **more: str) -> list[tuple[list[User], Notice]]:
    """What happened to people, for each account through which somebody of them is told, about its own people.

    That is what `contact_of` says, whoever signed them up: a child that has another guardian by now, or a villager who
    has an account by now, is told there.
    """
    return [([user], about_party(kind, reach.people[pk], key=key, **more)) for pk, user in reach.users.items()]
