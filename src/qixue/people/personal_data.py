"""Who keeps what about residents: each app registers its records here, for the copy that people can have of everything
kept about them, for the day on which they leave, and for the day on which two records turn out to be of one person. A
test fails where a record about people is not registered.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qixue.people.models import ConfirmedMobile, Resident, User


@dataclass(frozen=True)
class Subject:
    """The people who are meant; with their account, when it is the whole of it and not only a dependent."""

    people: tuple[Resident, ...]
    user: User | None = None

    def addresses(self) -> set[str]:
        """The numbers and mail addresses of the account; empty without one."""
        if self.user is None:
            return set()
        confirmed = ConfirmedMobile.objects.filter(user=self.user).values_list("mobile", flat=True)
        return {self.user.mobile, self.user.email, *confirmed} - {""}


@dataclass(frozen=True)
class Pair:
    """Two records of one person: one stays, and what is kept with the other moves to it before the other goes."""

    kept: Resident
    gone: Resident

    @classmethod
    def of(cls, one: Resident, other: Resident, *, by: User | None = None) -> "Pair":
        """Whoever signs in is kept, of two the one who asks; then whose guardian signs in; then who came first."""
        kept, gone = sorted((one, other), key=lambda person: standing(person, by))
        return cls(kept, gone)

    @property
    def keys(self) -> str:
        """As an address names both."""
        return f"{self.kept.pk}-{self.gone.pk}"


def standing(person: Resident, by: User | None) -> tuple[bool, bool, bool, int]:
    has_guardian = person.guardian is not None and person.guardian.user_id is not None
    return person.user_id is None, by is None or person.user_id != by.pk, not has_guardian, person.pk


@dataclass(frozen=True)
class Section:
    """One table of the copy: a heading, the columns, and a row of texts for each record."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def labelled(self) -> list[list[tuple[str, Any]]]:
        """Each value with its column: on a phone they stand below each other."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Left:
    """What stays behind an erasure, as a count and a sentence that says so."""

    count: int
    sentence: str


def goes_with_its_owner(subject: Subject, **_when: Any) -> None:
    """For what the database deletes with the resident or the account."""


def moves_with_its_owner(pair: Pair, **_act: Any) -> None:
    """For what hangs on other records that move, or on no person."""


def nothing_stays(subject: Subject, **_when: Any) -> list[Left]:
    return []


@dataclass(frozen=True)
class Holding:
    """What an app keeps. `models` are their labels; `erase(subject, at=)` deletes or empties all of it,
    and `stays(subject, at=)` says what is left behind then. `move(pair, by=, at=)` gives all of it to the record of the
    same person that is kept.

    `erase` runs inside the transaction of the erasure, those of the upper apps first. Rows of the residents themselves
    and of their account go last, and the database refuses that while another row still points at them. `move` runs
    inside the transaction of the merge, those of the lower apps first, as locks are taken.
    """

    code: str
    models: tuple[str, ...]
    copy: Callable[[Subject], Section]
    erase: Callable[..., None]
    stays: Callable[..., list[Left]] = nothing_stays
    move: Callable[..., None] = moves_with_its_owner


@dataclass
class Holdings:
    """All of them, in the order of the apps."""

    holdings: list[Holding] = field(default_factory=list)

    def register(self, *holdings: Holding) -> None:
        """Raises ValueError for a code that is there already."""
        for holding in holdings:
            if any(known.code == holding.code for known in self.holdings):
                raise ValueError(f"The holding {holding.code} is registered twice.")
            self.holdings.append(holding)

    def copy(self, subject: Subject) -> list[Section]:
        """Everything that is kept about the people, by subject; sections without a row are left out."""
        sections = [holding.copy(subject) for holding in self.holdings]
        return [section for section in sections if section.rows]

    def stays(self, subject: Subject, *, at: datetime.datetime) -> list[Left]:
        """What an erasure would leave behind."""
        return [left for holding in self.holdings for left in holding.stays(subject, at=at) if left.count]


holdings = Holdings()
