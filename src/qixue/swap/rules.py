from typing import Any

from qixue.people.rules import Action, may
from qixue.programme.models import Programme


def may_manage_swaps(user: Any, programme: Programme) -> bool:
    """Whether the user decides about reported things and carries want lists in and out: in the office that keeps the
    programme, or above it.
    """
    return may(user, Action.MANAGE_SWAPS, programme.organisation)
