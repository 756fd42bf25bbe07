"""Deciding about a scan while its person is forgotten, or turns out to have another record."""

import datetime
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from tests.at_once import LONG_ENOUGH, outcome, while_it_lasts
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    MemberFactory,
    OpenSessionFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)

from qixue.participation.holdings.door import move_scans
from qixue.participation.models import LedgerChain, LedgerEntry, Registration, Scan
from qixue.participation.operations.merged_people import move_registrations
from qixue.participation.operations.scan_decisions import accept_scan, decide_together
from qixue.people.models import Role, User
from qixue.people.operations.erasure import erase
from qixue.people.operations.locks import locked_people
from qixue.people.personal_data import Pair, Subject
from qixue.programme.models import Session

HOUR = datetime.timedelta(hours=1)
WAYS = {
    "alone": lambda session, scan, said: accept_scan(scan, session=session, **said),
    "together": lambda session, scan, said: decide_together(
        session, keys=[scan.pk], decision=Scan.Decision.ACCEPTED, **said
    ),
}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.parametrize("way", WAYS)]


@pytest.fixture
def session() -> Session:
    session = OpenSessionFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR)
    LedgerChain.objects.create(organisation=session.activity.organisation)
    return session


@pytest.fixture
def organiser(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user


def waiting(row: Registration) -> Scan:
    return Scan.objects.create(
        device=DoorDeviceFactory(sessions=[row.session]),
        uuid=key(),
        digest="0" * 64,
        kind=Scan.Kind.NAME,
        session=row.session,
        registration=row,
        resident=row.resident,
        sent={"registration": row.pk},
        **dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON),
        verdict=Scan.Verdict.REVIEW,
        reason="too_fast",
    )


def test_merge_that_holds_the_chain_comes_to_the_scans(session: Session, organiser: User, way: str) -> None:
    pair = Pair.of(MemberFactory(name="陈秀兰"), ResidentFactory(name="陈秀兰"))
    scan = waiting(RegistrationFactory(session=session, resident=pair.gone))
    said = {"reason": "在场", "by": organiser, "at": NOON}

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        locked_people([pair.kept.pk, pair.gone.pk])
        move_registrations(pair, by=organiser, at=NOON)
        deciding = threads.submit(outcome, lambda: WAYS[way](session, scan, said))
        wait([deciding], LONG_ENOUGH)
        move_scans(pair)

    assert (deciding.result(), LedgerEntry.objects.count()) == ("done", 1)
    assert Scan.objects.get().resident == pair.kept


def test_scan_of_whoever_is_being_forgotten_counts_for_nobody(session: Session, organiser: User, way: str) -> None:
    row = RegistrationFactory(session=session)
    scan = waiting(row)
    said = {"reason": "在场", "by": organiser, "at": NOON}

    became = while_it_lasts(lambda: erase(Subject((row.resident,)), at=NOON), lambda: WAYS[way](session, scan, said))

    # SQLite's writers come one after the other: the second finds a scan that leads to nobody.
    found = {"alone": "person_missing", "together": "judged_otherwise"}[way]
    assert became == (found if connection.vendor == "sqlite" else "changed_meanwhile")
    assert LedgerEntry.objects.count() == 0
