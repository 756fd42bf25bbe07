"""People who have set up a second step, and the codes that their phone would show."""

import datetime

from tests.factories import NOON, UserFactory

from qixue.people.models import User
from qixue.people.one_time_codes import code_of, step_at
from qixue.people.operations.second_step import make_recovery_codes, set_up_app

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SET_UP_AT = NOON - datetime.timedelta(days=1)


def code_at(moment: datetime.datetime, *, drift: int = 0) -> str:
    return code_of(KEY, step_at(moment) + drift)


def person_with_app(**fields: object) -> User:
    """With an app that has the key above, and ten recovery codes, which `recovery_codes_of` replaces by known ones."""
    user: User = UserFactory(**fields)
    set_up_app(user, key=KEY, code=code_at(SET_UP_AT), by=user, at=SET_UP_AT)
    make_recovery_codes(user, by=user, at=SET_UP_AT)
    return user


def recovery_codes_of(user: User) -> list[str]:
    return make_recovery_codes(user, by=user, at=SET_UP_AT)
