"""The two ways of signing up. Whatever holds for one must hold for any mixture of them."""

import datetime
import uuid
from collections.abc import Sequence

from qixue.participation.models import Registration
from qixue.participation.operations.quick_registration import register_alone
from qixue.participation.operations.registrations import register
from qixue.people.callers import Caller
from qixue.people.models import Resident, RoleAssignment, User
from qixue.people.operations.notifications import wishes_of
from qixue.programme.models import Session


def caller(user: User) -> Caller:
    """As the token of the user leads to."""
    resident = Resident.objects.filter(user=user).first()
    wishes = wishes_of({user.pk: user}, "registrations")[user.pk]
    return Caller(user, resident, wishes, RoleAssignment.objects.filter(user=user).exists())


def by_any_way(
    session: Session,
    *,
    people: Sequence[Resident],
    party: uuid.UUID,
    by: User,
    at: datetime.datetime,
    source: str = Registration.Source.SELF,
) -> list[Registration]:
    """As the API does it: the quick way where it is right, else the ordinary one."""
    is_alone = [person.user_id for person in people] == [by.pk]
    if is_alone and (made := register_alone(session.pk, party=party, by=caller(by), at=at)):
        return [made]
    return register(session, people=people, party=party, by=by, at=at, source=source)
