"""What a process keeps in memory because making it again costs more: bounded, the things used last."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

Kept = TypeVar("Kept")


class Copies(OrderedDict[Hashable, Kept]):
    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.lock = most, threading.RLock()

    def have(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The copy under the key, made now where there is none; threads that ask meanwhile wait for it."""
        with self.lock:
            if key not in self:
                self.keep(key, make())
            self.move_to_end(key)
            return self[key]

    def keep(self, key: Hashable, made: Kept) -> Kept:
        with self.lock:
            self[key] = made
            self.move_to_end(key)
            while len(self) > self.most:
                self.popitem(last=False)
        return made
