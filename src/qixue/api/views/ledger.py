"""Writes to the attendance ledger. Each names a key, and sending it again answers with the first entry."""

from collections.abc import Callable
from functools import partial

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.reach import entry_for, session_for
from qixue.api.schemas.keys import Key, key_of
from qixue.api.schemas.ledger import CorrectionIn, EntryOut, HeadCountIn, VoidIn
from qixue.api.schemas.parts import Error, Id, Page, PageQuery, page_of
from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.head_counts import (
    CountReport,
    correct_head_count,
    report_head_count,
    reported_before,
)
from qixue.participation.operations.ledger import entered_before, lock_chain, void_entry
from qixue.participation.queries import entries_of_session
from qixue.people.models import Organisation
from qixue.people.rules import Action

router = Router(auth=STAFF_ONLY, tags=["ledger"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 409: Error, 413: Error, 422: Error}
REPLACED = _("What was entered under this key was corrected or taken back since, and is not entered again.")


def entered_once(
    organisation: Organisation, before: Callable[..., LedgerEntry | None], enter: Callable[[], LedgerEntry]
) -> LedgerEntry:
    """The entry that the request asks for, made now unless it is there.

    `before` finds the one that the same request has made. Refused: what the two refuse.
    """
    before = partial(before, replaced=REPLACED)
    try:
        with transaction.atomic():
            lock_chain(organisation)  # before looking: two requests at once must not both keep a note
            return before() or enter()
    except IntegrityError:  # the key went into another organisation's chain at the same moment
        if (first := before()) is None:
            raise
        return first


@router.get(
    "/sessions/{session_id}/ledger-entries",
    response={200: Page[EntryOut], 401: Error, 403: Error, 404: Error, 422: Error},
    openapi_extra=for_action(Action.SEE_RECORDS),
)
def list_entries(request: HttpRequest, session_id: Id, filters: Query[PageQuery]) -> dict:
    """The session's whole history, replaced entries included, oldest first."""
    session = session_for(staff(request), session_id, Action.SEE_RECORDS)
    return page_of(entries_of_session(session), filters, EntryOut.of)


@router.post(
    "/sessions/{session_id}/head-counts",
    response={201: EntryOut, **ERRORS},
    openapi_extra=for_action(Action.RECORD_ATTENDANCE),
)
def create_head_count(
    request: HttpRequest, session_id: Id, body: HeadCountIn, idempotency_key: Key = None
) -> Status[EntryOut]:
    """Enter how many people were at a session, with a note that says how they were counted.

    Until `confirmed` is true, 0 and a number far above the seats are answered with 409: count_is_zero, count_far_above.
    """
    session, at = session_for(staff(request), session_id, Action.RECORD_ATTENDANCE), now()
    key, user = key_of(body, idempotency_key), staff(request)
    report = CountReport(body.count, Qualifier(body.qualifier), key, note=body.note, confirmed=body.confirmed)
    before = partial(reported_before, report, kind=LedgerEntry.Kind.HEAD_COUNT, session=session, actor_id=user.pk)
    enter = partial(report_head_count, session, report, by=user, at=at)
    return Status(201, EntryOut.of(entered_once(session.activity.organisation, before, enter)))


@router.post(
    "/ledger-entries/{entry_id}/corrections",
    response={201: EntryOut, **ERRORS},
    openapi_extra=for_action(Action.CORRECT_ATTENDANCE),
)
def create_correction(
    request: HttpRequest, entry_id: Id, body: CorrectionIn, idempotency_key: Key = None
) -> Status[EntryOut]:
    """Replace a head count by a new entry; the old one stays readable."""
    target, at = entry_for(staff(request), entry_id, Action.CORRECT_ATTENDANCE), now()
    key, user = key_of(body, idempotency_key), staff(request)

    report = CountReport(body.count, Qualifier(body.qualifier), key, confirmed=body.confirmed)
    same = {"kind": LedgerEntry.Kind.CORRECTION, "target": target, "reason": body.reason, "actor_id": user.pk}
    before = partial(reported_before, report, **same)
    enter = partial(correct_head_count, target, report, reason=body.reason, by=user, at=at)
    return Status(201, EntryOut.of(entered_once(target.organisation, before, enter)))


@router.post(
    "/ledger-entries/{entry_id}/voids",
    response={201: EntryOut, **ERRORS},
    openapi_extra=for_action(Action.CORRECT_ATTENDANCE),
)
def create_void(request: HttpRequest, entry_id: Id, body: VoidIn, idempotency_key: Key = None) -> Status[EntryOut]:
    """Take an entry back by a new one; what it said stays readable."""
    target, at = entry_for(staff(request), entry_id, Action.CORRECT_ATTENDANCE), now()
    key, user = key_of(body, idempotency_key), staff(request)

    same = {"kind": LedgerEntry.Kind.VOID, "target": target, "reason": body.reason, "actor_id": user.pk}
    before = partial(entered_before, key, **same)
    enter = partial(void_entry, target, reason=body.reason, by=user, at=at, client_uuid=key)
    return Status(201, EntryOut.of(entered_once(target.organisation, before, enter)))
