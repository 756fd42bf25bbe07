"""Devices and scans of a session that the viewer reaches; those of others look like they did not exist."""

import re
from typing import Any

from django.shortcuts import get_object_or_404

from qixue.core.refusal import Refused
from qixue.participation.door_words import sentence_of
from qixue.participation.models import DoorDevice, LedgerEntry, Registration, Scan
from qixue.participation.operations.door_page import NOT_OWN
from qixue.participation.queries import ledger_entries
from qixue.participation.queries.door import scans_at
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Session


def device_or_404(user: Any, session: Session, pk: int) -> DoorDevice:
    within = path_filter(reach(user, Action.RECORD_ATTENDANCE), "organisation__path")
    return get_object_or_404(DoorDevice.objects.filter(within, sessions=session), pk=pk)


def scan_or_404(session: Session, pk: int) -> Scan:
    related = ("device", "session", "registration__resident", "registration__session__activity", "resident")
    return get_object_or_404(scans_at(session).select_related(*related, "evidence", "decided_by"), pk=pk)


def registration_at(session: Session, pk: Any) -> Registration:
    """The registration that a button names. Refused: unknown_person."""
    rows = Registration.objects.filter(session=session).select_related("resident")
    found = rows.filter(pk=pk).first() if re.fullmatch(r"[0-9]{1,18}", str(pk)) else None
    if found is None:
        raise Refused("unknown_person", sentence_of("unknown_person"))
    return found


def check_in_at(session: Session, pk: Any) -> LedgerEntry:
    """The entry by which somebody came in, which a button names. Refused: not_own_entry."""
    rows = ledger_entries().one_by_one().filter(session=session)
    found = rows.filter(pk=pk).first() if re.fullmatch(r"[0-9]{1,18}", str(pk)) else None
    if found is None:
        raise Refused("not_own_entry", NOT_OWN)
    return found
