"""People come to the door while their session is moved away, each in a transaction of their own."""

import dataclasses
import datetime

import pytest
from tests.at_once import while_it_lasts
from tests.door import ticket_of
from tests.factories import NOON, DoorDeviceFactory, OpenSessionFactory, RegistrationFactory, RoleAssignmentFactory, key

from qixue.participation.models import LedgerEntry, Scan
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.session_changes import change_session
from qixue.people.models import User
from qixue.programme.models import Session
from qixue.programme.operations.sessions import SessionDetails

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)


@pytest.fixture
def clerk(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation).user


def move_away(session: Session, by: User) -> None:
    names = [field.name for field in dataclasses.fields(SessionDetails)]
    details = SessionDetails(**{name: getattr(session, name) for name in names})
    later = dataclasses.replace(details, starts_at=NOON + WEEK, ends_at=NOON + WEEK + HOUR)
    change_session(session, details=later, version=session.version, by=by, at=NOON, confirmed=True)


def test_check_in_by_hand_while_the_session_is_moved_away_is_refused(session: Session, clerk: User) -> None:
    row = RegistrationFactory(session=session)

    became = while_it_lasts(
        lambda: move_away(session, clerk),
        lambda: check_in(session, registration=row, by=clerk, at=NOON, client_uuid=key()),
    )

    assert (became, LedgerEntry.objects.count()) == ("session_not_open", 0)


def test_scan_that_arrives_while_the_session_is_moved_away_does_not_count(session: Session, clerk: User) -> None:
    device, row = DoorDeviceFactory(sessions=[session]), RegistrationFactory(session=session)
    facts = {"ticket": ticket_of(row)}
    scan = SentScan(key(), 1, Scan.Kind.TICKET, session.pk, NOON, f"{1:064}", facts)

    became = while_it_lasts(
        lambda: move_away(session, clerk),
        lambda: receive_scans(device, Delivery(NOON, 1, [scan]), at=NOON),
    )

    assert (became, LedgerEntry.objects.count()) == ("done", 0)
