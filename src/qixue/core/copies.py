"""What a process keeps in memory because making it again costs more: bounded, the things used last.

Threads that want the same thing at the same time never make it side by side: one makes it, the others have use of it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Kept = TypeVar("Kept")
Made = TypeVar("Made")


def never(_kept: object) -> bool:
    return False


class Copies(OrderedDict[Hashable, Kept]):
    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.lock = most, threading.RLock()
        # For as long as somebody has or awaits one: who comes later stands behind those who wait already.
        self.turns: WeakValueDictionary[Hashable, threading.Lock] = WeakValueDictionary()

    def have(
        self,
        key: Hashable,
        make: Callable[[], Kept],
        *,
        meanwhile: Kept | None = None,
        is_old: Callable[[Kept], bool] = never,
        turn_at: Hashable = None,
    ) -> Kept:
        """The copy under the key, made now where there is none, or only an old one.

        Threads that ask while it is being made get `meanwhile`, or wait where that is None. Of the keys that name the
        same `turn_at` one is made at a time.
        """
        kept = self.used(key)
        if kept is not None and not is_old(kept):
            return kept
        with self.lock:
            turn = self.turns.setdefault(key if turn_at is None else turn_at, threading.Lock())
        if not turn.acquire(blocking=meanwhile is None) and meanwhile is not None:
            return meanwhile
        try:
            kept = self.used(key)  # somebody else may have made it
            return self.keep(key, make()) if kept is None or is_old(kept) else kept
        finally:
            turn.release()

    def used(self, key: Hashable) -> Kept | None:
        with self.lock:
            if key in self:
                self.move_to_end(key)
            return self.get(key)

    def keep(self, key: Hashable, made: Kept) -> Kept:
        with self.lock:
            self[key] = made
            self.move_to_end(key)
            while len(self) > self.most:
                self.popitem(last=False)
        return made


class Brief(Generic[Kept]):
    """Copies that are used for less than a second: names that hardly ever change, on pages that many ask for."""

    seconds = 0.8

    def __init__(self, most: int) -> None:
        self.copies: Copies[tuple[float, Kept]] = Copies(most)

    def have(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The copy under the key; who asks while it is being made waits for it.

        What began after somebody asked is as fresh as an own one, however long it took.
        """
        asked = time.monotonic()
        return self.copies.have(key, lambda: (time.monotonic(), make()), is_old=lambda kept: self.is_old(kept, asked))[
            1
        ]

    def is_old(self, kept: tuple[float, Kept], asked: float) -> bool:
        began, _made = kept
        return began < asked and time.monotonic() - began >= self.seconds


class Flight(Generic[Made]):
    """Something that one thread makes while others wait for it."""

    def __init__(self) -> None:
        self.has_landed = threading.Event()
        self.made: Made | None = None  # None, too, where there is nothing to share


class Flights(Generic[Made]):
    """The things that are being made, by key."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.under_way: dict[Hashable, Flight[Made]] = {}

    def board(self, key: Hashable) -> tuple[Flight[Made], bool]:
        """The flight of this key, and whether it is ours: then it must be landed, whatever happens."""
        with self.lock:
            is_ours = key not in self.under_way
            return self.under_way.setdefault(key, Flight()), is_ours

    def land(self, key: Hashable, made: Made | None) -> None:
        with self.lock:
            flight = self.under_way.pop(key)
        flight.made = made
        flight.has_landed.set()
