"""The protocol by which apps offer figures.

An app's `figures.py` registers definitions here, so that the figures app reads every app and no app imports it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from qixue.core.changes import Subject
from qixue.core.quantity import Qualifier, Quantity, Unit, total


@dataclass(frozen=True)
class Scope:
    """What a figure is about, by codes; None means "not narrowed by this dimension". `programme` is always given."""

    programme: str
    brand: str | None = None
    series: str | None = None
    organisation: str | None = None
    region: str | None = None
    kind: str | None = None

    def dimensions(self) -> dict[str, str]:
        """The narrowing dimensions that are set, without the programme."""
        return {name: code for name, code in vars(self).items() if code is not None and name != "programme"}


@dataclass(frozen=True)
class Period:
    """Days or reduced-precision dates ("2016", "2016-11") as the source gives them; empty means not stated."""

    start: str = ""
    end: str = ""
    quote: str = ""


NO_PERIOD = Period()


@dataclass(frozen=True)
class FigureValue:
    """The value of a figure in a scope. `quantity` is None where there is no record: missing is not zero."""

    quantity: Quantity | None
    period: Period = NO_PERIOD
    is_reported: bool = False  # stated by a document, as of a day that the document may not say
    quotes: tuple[str, ...] = ()
    notes: tuple[Any, ...] = ()  # translatable sentences that must stand beside the number
    left_out: tuple[str, ...] = ()  # evidence ids of records that contradict themselves and stay out of the sum


def combined(parts: Sequence[tuple[str, Quantity]], unit: Unit) -> tuple[Quantity | None, tuple[str, ...]]:
    """The sum of (evidence id, quantity) pairs, and the ids that could not enter it.

    One part stands as it is. Of several, those that contradict themselves stay out; people never add up, so several
    numbers of people give no sum at all.
    """
    if len(parts) <= 1:
        return (parts[0][1] if parts else None), ()
    if not unit.is_additive:
        return None, tuple(key for key, _ in parts)
    sound = [(key, quantity) for key, quantity in parts if quantity.qualifier is not Qualifier.CONTRADICTORY]
    left_out = tuple(key for key, quantity in parts if quantity.qualifier is Qualifier.CONTRADICTORY)
    return (total([quantity for _, quantity in sound], unit) if sound else None), left_out


@dataclass(frozen=True)
class EvidenceRow:
    """One record behind a figure, or one session with all its records, as far as the viewer may see it."""

    id: str  # "ledger:12", "reported_count:F2", "session:7"
    title: str
    quantity: Quantity | None
    occurred_on: str = ""
    place: str = ""
    source: str = ""  # a translatable word: who or what the record comes from
    quote: str = ""
    digest: str = ""
    session_id: int | None = None
    organisation: str = ""  # who keeps the record
    kind: str = ""  # a translatable word: what sort of record, where a figure stands on several
    record_count: int = 1  # how many records of a session the row stands for; 0 where that is not told
    is_withheld: bool = False  # there is a number, which not everybody may know


LedgerLengths = tuple[tuple[str, int], ...]  # how many entries each ledger has, by the code of its organisation


@dataclass(frozen=True)
class SessionRecords:
    """The single records of sessions on which a figure stands: folded to a row for each session, and opened again.

    The digest of a folded row is the root over the records of its session, `record_count` how many they are. Records
    that belong to no session stand beside these rows one by one.
    """

    folded: Callable[[Scope], Sequence[EvidenceRow]]
    of_session: Callable[[Scope, int], Sequence[EvidenceRow]]  # the single ones of a session, by its key
    # Of a programme, by id of a folded row: ids of the records that counted when the ledgers were so long; None: now.
    standing: Callable[[str, tuple[str, ...], LedgerLengths | None], Mapping[str, Sequence[str]]]

    def narrowed(self, narrow: Callable[[Scope], Scope]) -> "SessionRecords":
        """Those of a part of each scope."""
        return replace(
            self,
            folded=lambda scope: self.folded(narrow(scope)),
            of_session=lambda scope, session: self.of_session(narrow(scope), session),
        )


class Theme(StrEnum):
    """Under which heading readers look for a figure."""

    ACTIVITY = "activity"
    PEOPLE = "people"
    REACH = "reach"
    REGULARITY = "regularity"


FEWEST = 5  # people of whom a number is told: of fewer one could guess who they are


@dataclass(frozen=True)
class CountingNote:
    """A note that says of how many people something is known: `groups` are the sizes of all that it sets apart."""

    text: Any  # translatable
    groups: tuple[int, ...]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def is_of_few(self) -> bool:
        return any(0 < size < FEWEST for size in self.groups)


@dataclass(frozen=True)
class People:
    """Whom figures count: how many they are in a scope, and in each tally of its sessions, as a column."""

    within: Callable[[Scope], int]
    at: Callable[[Any], Any]
    has_stated: bool = False  # what documents state, without a session, is among them


@dataclass(frozen=True)
class FigureDefinition:
    """A named figure: what is counted, in which unit, by which rule, from which records."""

    code: str
    name: Any  # translatable
    unit: Unit
    rule: Any  # translatable: the counting rule in words
    dimensions: tuple[str, ...]
    value: Callable[[Scope], FigureValue]
    recount: Callable[[Scope], FigureValue]
    evidence: Callable[[Scope], Sequence[EvidenceRow]]
    by_session: Callable[[Scope], Sequence[EvidenceRow]] | None = None  # the same, one row per session, for reading
    session_records: SessionRecords | None = None  # where the evidence of a session is many single records
    theme: Theme = Theme.ACTIVITY
    rule_version: int = 1
    is_internal: bool = False  # about how offices work with one another: for staff, never on public pages
    people: People | None = None  # of whom it tells: too few are not told in public
    fewest: Callable[[Scope], int] | None = None  # the smallest group of them that it sets against others
    is_of_people_on_record: bool = False  # an erasure changes it: no document states it
    has_public_rows: bool = True  # False where its rows beside those of another figure tell of few people
    stands_on: tuple[Subject, ...] = (Subject.RECORDS, Subject.COUNTS)  # its value stays until these change


@dataclass
class Registry:
    """All definitions by code. Registering a code twice is a programmer's mistake (ValueError)."""

    definitions: dict[str, FigureDefinition] = field(default_factory=dict)

    def register(self, definition: FigureDefinition) -> FigureDefinition:
        if definition.code in self.definitions:
            raise ValueError(f"The figure {definition.code} is registered twice.")
        self.definitions[definition.code] = definition
        return definition

    def get(self, code: str) -> FigureDefinition | None:
        return self.definitions.get(code)

    def all(self) -> list[FigureDefinition]:
        return list(self.definitions.values())


registry = Registry()

Read = TypeVar("Read", bound=Callable[..., Any])
Row = TypeVar("Row")
remembered: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def shared_reads() -> Iterator[None]:
    """While it lasts, each `shared` read asks the database once for the same arguments. Write nothing meanwhile."""
    memory = remembered.get()
    token = remembered.set({} if memory is None else memory)
    try:
        yield
    finally:
        remembered.reset(token)


def shared(read: Read) -> Read:
    """A read that several figures need alike. Its arguments are hashable, and nobody changes what it gives."""

    @wraps(read)
    def once(*arguments: Any) -> Any:
        memory = remembered.get()
        if memory is None:
            return read(*arguments)
        if (read, arguments) not in memory:
            memory[read, arguments] = read(*arguments)
        return memory[read, arguments]

    return cast(Read, once)


def rows_once(known: dict[int, Row], keys: Callable[[], list[int]], read: Callable[[], dict[int, Row]]) -> list[Row]:
    """The rows of records in their order, of which those that another figure has read are not read again.

    `known` is a `shared` dictionary by key of a record, which this fills: the figures of a summary stand mostly on the
    same records, and the widest comes first.
    """
    found = list(dict.fromkeys(keys())) if known else []
    if not found or not known.keys() >= set(found):
        fresh = read()
        known.update(fresh)
        found = list(fresh)
    return [known[key] for key in found]
