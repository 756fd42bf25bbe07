"""Whoever was let in before a session that is called off, or moved away, is not in any more: the ledger says why."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qixue.core.models import AuditEntry, audit_entry
from qixue.core.refusal import Doubt
from qixue.participation.models import DoorDevice, LedgerEntry
from qixue.participation.notices import about_people_in
from qixue.participation.operations.ledger import append_entries, lock_chain, taking_back
from qixue.participation.queries.attendances import people_in
from qixue.participation.queries.unregistered import NOBODY, Unregistered, unregistered_at
from qixue.people.models import Organisation, User
from qixue.people.operations.notifications import notify_each
from qixue.programme.models import Session


def hold_doors(organisation: Organisation, sessions: Iterable[Session]) -> None:
    """Let nobody in at the sessions, which are the organisation's, until the transaction ends.

    Before the sessions are locked, and in the order in which a door does it: devices, then the chain.
    """
    devices = DoorDevice.objects.filter(pk__in=DoorDevice.objects.filter(sessions__in=sessions).values("pk"))
    list(devices.select_for_update(of=("self",), no_key=True).order_by("pk"))
    lock_chain(organisation)


def doubts_about_inside(sessions: Iterable[Session]) -> Iterator[Doubt]:
    """Their doors are held. Doubt: people_are_in."""
    if count := people_in(sessions).count():
        sentence = _("Checked in by now: %(people)s. Their check-ins are taken back and do not count.")
        yield Doubt("people_are_in", sentence, people=count)


def take_back_inside(
    sessions: Iterable[Session], reason: str, *, by: User | None, at: datetime
) -> Sequence[LedgerEntry]:
    """Take back whoever is in at sessions of one organisation, whose doors are held. Returns by what they were in."""
    inside = list(people_in(sessions))
    if not inside:
        return []
    drafts = [taking_back(entry, reason, by=by, at=at, client_uuid=uuid.uuid4()) for entry in inside]
    voids = append_entries(inside[0].activity.organisation, drafts)
    AuditEntry.objects.bulk_create(
        audit_entry("ledger.voided", void, by=by, at=at, details={"count": entry.count})
        for void, entry in zip(voids, inside, strict=True)
    )
    return inside


def tell_unregistered(
    kind: str, session: Session, taken_back: Sequence[LedgerEntry], *, at: datetime, **more: str
) -> Unregistered:
    """Tell those whom nobody tells as people who are signed up. Returns who that is, and of how many no account is
    known; `more`: further words of the kind.
    """
    if not any(entry.session_id == session.pk for entry in taken_back):
        return NOBODY
    told = unregistered_at(session, taken_back)
    notices = [([user], about_people_in(kind, session, told.people[pk], **more)) for pk, user in told.users.items()]
    notify_each(notices, at=at)
    return told
