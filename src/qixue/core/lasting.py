"""A large part that changes seldom, beside a small one that changes every minute: both of one moment.

Each statement says the state of what the large part stands on (core/changes.py). Where it is that of the copy which the
process has, reading the small part was enough; otherwise one statement reads both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import connection

from qixue.core.changes import State, Subject, state_of
from qixue.core.copies import Copies
from qixue.core.kept import state_seen

Made = TypeVar("Made")
PROGRAMMES = 5  # of which a process has copies
SMALL, LARGE, STATE = range(3)


@dataclass(frozen=True)
class Lasting(Generic[Made]):
    """`large` and `small` are SELECTs of so many columns, with the value %(programme)s. `make` is given the rows of the
    large part; nobody changes what it gives.
    """

    stands_on: tuple[Subject, ...]
    columns: int
    large: str
    small: str
    make: Callable[[list[tuple]], Made]
    copies: Copies[tuple[State, Made]] = field(default_factory=lambda: Copies(most=PROGRAMMES))

    def read(self, programme_code: str) -> tuple[Made, list[tuple]]:
        """What was made of the large part, and the rows of the small one."""
        known, seen = self.copies.used(programme_code), state_seen(self.stands_on)
        if known and seen in (None, known[0]):  # else asking would be in vain
            state, _none, small = self.answer(programme_code, SMALL)
            if state == known[0]:
                return known[1], small
        state, large, small = self.answer(programme_code, LARGE, SMALL)
        made = self.make(large)
        if state is not None:
            self.copies.keep(programme_code, (state, made))
        return made, small

    def answer(self, programme_code: str, *parts: int) -> tuple[State | None, list[tuple], list[tuple]]:
        """The state, and the rows of the large and of the small part as far as they are asked for."""
        text = {LARGE: self.large, SMALL: self.small}
        selects = [f"SELECT {part} AS part, 0 AS state, read.* FROM ({text[part]}) AS read" for part in parts]  # noqa: S608 - SQL of our own
        selects.append(f"SELECT {STATE}, ({state_of(*self.stands_on)}){', NULL' * self.columns}")
        found: dict[int, list[tuple]] = {LARGE: [], SMALL: []}
        state = None
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(selects), {"programme": programme_code})
            for part, number, *row in cursor.fetchall():
                if part == STATE:
                    state = number
                else:
                    found[part].append(row)
        return state, found[LARGE], found[SMALL]
