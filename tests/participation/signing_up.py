"""What tests of registrations do again and again."""

import datetime
from typing import Any

import pytest
from tests.factories import NOON, OpenSessionFactory, key

from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.programme.models import Session


def another(session: Session, **values: Any) -> Session:
    """A further session of the same activity."""
    return OpenSessionFactory(activity=session.activity, **values)


def sign_up(session: Session, member: Resident, *others: Resident, at: datetime.datetime = NOON) -> list[Registration]:
    return register(session, people=[member, *others], party=key(), by=member.user, at=at)


def counters(session: Session) -> tuple[int, int]:
    """Seats taken and people waiting, as the row of the session has them."""
    session.refresh_from_db()
    return session.taken_count, session.waiting_count


def refusal(act: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which something is refused, in a sentence without gaps."""
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    assert "%(" not in refused.value.sentence
    return refused.value.code
