"""The two ways of signing up. Whatever holds for one must hold for any mixture of them."""

import datetime
import uuid
from collections.abc import Sequence

from qixue.participation.models import Registration
from qixue.participation.operations.quick_registration import register_alone
from qixue.participation.operations.registrations import register
from qixue.people.models import ApiToken, Resident, User
from qixue.programme.models import Session


def token_of(user: User) -> str:
    """One that leads to the user."""
    token, at = f"{ApiToken.PREFIX}{user.pk}", datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    known = {"user": user, "name": "way", "expires_at": at}
    ApiToken.objects.get_or_create(digest=ApiToken.digest_of(token), defaults=known)
    return token


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
    if is_alone and (made := register_alone(session.pk, party=party, token=token_of(by), at=at)):
        return [made]
    return register(session, people=people, party=party, by=by, at=at, source=source)
