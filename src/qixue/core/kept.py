"""What a process has counted, for as long as nothing has changed on which it stands (core/changes.py)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from qixue.core import changes
from qixue.core.changes import State, Subject
from qixue.core.copies import Copies
from qixue.core.figures import remembered

Read = TypeVar("Read", bound=Callable[..., Any])
Given = TypeVar("Given")
COPIES: Copies[tuple[tuple[State, ...], Any]] = Copies(most=10_000)
KEPT = "kept"


class KeptReads(dict[Any, Any]):
    """The `shared` reads that went into what is kept, with the states before the first of them."""

    def __init__(self) -> None:
        super().__init__()
        self.states = changes.states()


@contextmanager
def reads_for_keeping() -> Iterator[KeptReads]:
    """Reads apart from the others of a block of `shared_reads`: these may be older than the states."""
    memory = remembered.get()
    if isinstance(memory, KeptReads):
        yield memory
        return
    if memory is None:
        reads = KeptReads()
    else:
        if KEPT not in memory:
            memory[KEPT] = KeptReads()
        reads = memory[KEPT]
    token = remembered.set(reads)
    try:
        yield reads
    finally:
        remembered.reset(token)


def unchanged(subjects: tuple[Subject, ...], read: Callable[..., Given], *arguments: Any) -> Given:
    """What `read` gives for the arguments, as it stands now: anew only once one of the subjects has changed.

    The arguments are hashable. It reads nothing that is not watched, depends neither on the time nor on the language,
    and nobody changes what it gives. The states are older than all that it reads: a change that comes between leaves a
    copy that nobody uses.
    """
    with reads_for_keeping() as reads:
        if not reads.states.keys() >= set(subjects):
            return read(*arguments)
        state = tuple(reads.states[subject] for subject in subjects)
        _state, given = COPIES.have(
            (read, arguments), lambda: (state, read(*arguments)), is_old=lambda copy: copy[0] != state
        )
        return cast(Given, given)


def kept(*subjects: Subject) -> Callable[[Read], Read]:
    """`unchanged` as a decorator."""

    def keeping(read: Read) -> Read:
        @wraps(read)
        def once(*arguments: Any) -> Any:
            return unchanged(subjects, read, *arguments)

        return cast(Read, once)

    return keeping
