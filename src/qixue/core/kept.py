"""What a process has counted, for as long as nothing has changed on which it stands (core/changes.py)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import connection

from qixue.core import changes
from qixue.core.changes import SIZES, State, Subject
from qixue.core.copies import Copies
from qixue.core.figures import remembered

Read = TypeVar("Read", bound=Callable[..., Any])
Given = TypeVar("Given")
KEPT = "kept"


class KeptReads(dict[Any, Any]):
    """The reads that went into what is kept, with the states before the first of them.

    `seen_at` is when these were known, in seconds; None within a transaction, which sees what others do not see.
    """

    def __init__(self) -> None:
        super().__init__()
        self.states = changes.states()
        self.seen_at = None if connection.in_atomic_block else time.monotonic()

    def state_of(self, subjects: tuple[Subject, ...]) -> tuple[State, ...] | None:
        """None where one of them is not watched."""
        return tuple(self.states[each] for each in subjects) if self.states.keys() >= set(subjects) else None


def state_seen(subjects: tuple[Subject, ...]) -> State | None:
    """The state of the subjects together that was known before the reads of this block; None where nobody has asked,
    or one of them is not watched.
    """
    reads = remembered.get()
    states = reads.state_of(subjects) if isinstance(reads, KeptReads) else None
    return sum(states) % SIZES if states else None


@dataclass(frozen=True)
class Copy:
    """What was read after a state was seen."""

    state: tuple[State, ...] | None
    seen_at: float | None
    given: Any
    made_at: float = field(default_factory=time.monotonic)

    def is_as_new_as(self, state: tuple[State, ...], reads: KeptReads) -> bool:
        """Of the same state, or of one that was seen later."""
        return self.state == state or (
            self.seen_at is not None and reads.seen_at is not None and self.seen_at >= reads.seen_at
        )


COPIES: Copies[Copy] = Copies(most=10_000)


@contextmanager
def reads_for_keeping(subjects: tuple[Subject, ...]) -> Iterator[tuple[KeptReads, tuple[State, ...] | None]]:
    """Reads apart from the others of a block of `shared_reads`: these may be older than the states. And the state."""
    memory = remembered.get()
    if isinstance(memory, KeptReads):
        yield memory, memory.state_of(subjects)
        return
    if memory is None:
        reads = KeptReads()
    else:
        if KEPT not in memory:
            memory[KEPT] = KeptReads()
        reads = memory[KEPT]
    with reading_into(reads):
        yield reads, reads.state_of(subjects)


@contextmanager
def reading_into(reads: KeptReads) -> Iterator[None]:
    token = remembered.set(reads)
    try:
        yield
    finally:
        remembered.reset(token)


def unchanged(subjects: tuple[Subject, ...], read: Callable[..., Given], *arguments: Any) -> Given:
    """What `read` gives for the arguments, as it stands now: anew only once one of the subjects has changed.

    The arguments are hashable. It reads nothing that is not watched, depends neither on the time nor on the language,
    and nobody changes what it gives. The states are older than all that it reads: a change that comes between leaves a
    copy that nobody uses. A block gets the same for the same arguments.
    """
    with reads_for_keeping(subjects) as (reads, state):
        if (read, arguments) not in reads:
            given = read(*arguments) if state is None else from_copies(subjects, read, arguments, reads, state)
            reads[read, arguments] = given
        return cast(Given, reads[read, arguments])


def from_copies(
    subjects: tuple[Subject, ...],
    read: Callable[..., Any],
    arguments: tuple[Any, ...],
    reads: KeptReads,
    state: tuple[State, ...],
) -> Any:
    """The copy of this state or a later one."""
    key = read, arguments

    def make() -> Copy:
        """Who has waited for another's copy looks at the state again: those who wait behind can use what follows."""
        last = COPIES.used(key)
        if reads.seen_at is None or last is None or last.made_at < reads.seen_at:
            return Copy(state, reads.seen_at, read(*arguments))
        newer = KeptReads()
        with reading_into(newer):
            return Copy(newer.state_of(subjects), newer.seen_at, read(*arguments))

    return COPIES.have(key, make, is_old=lambda copy: not copy.is_as_new_as(state, reads)).given


def kept(*subjects: Subject) -> Callable[[Read], Read]:
    """`unchanged` as a decorator."""

    def keeping(read: Read) -> Read:
        @wraps(read)
        def once(*arguments: Any) -> Any:
            return unchanged(subjects, read, *arguments)

        return cast(Read, once)

    return keeping
