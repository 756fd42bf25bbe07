"""People who are in before the start, for tests of what becomes of their check-ins."""

from tests.factories import NOON, MemberFactory, key
from tests.participation.signing_up import sign_up

from qixue.participation.models import LedgerEntry
from qixue.participation.operations.check_ins import CheckIn, check_in, enter
from qixue.people.models import Resident, User
from qixue.programme.models import Session


def let_in(session: Session, by: User) -> list[LedgerEntry]:
    """Somebody who is signed up, and somebody without a name."""
    row = sign_up(session, MemberFactory())[0]
    return [
        check_in(session, registration=row, by=by, at=NOON, client_uuid=key()),
        check_in(session, by=by, at=NOON, client_uuid=key()),
    ]


def came_by_the_wall(session: Session, *people: Resident) -> None:
    check_ins = [CheckIn(session, LedgerEntry.Source.WALL, NOON, key(), person.pk) for person in people]
    enter(session.activity.organisation, check_ins, by=None, device_name="wall", at=NOON)
