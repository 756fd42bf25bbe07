"""Django's SQLite backend on a current SQLite, with settings under which an acknowledged write is on the disk.

The system's SQLite may carry the WAL-reset bug (3.7.0 to 3.51.2; fixed in 3.51.3, 3.50.7 and 3.44.6, see
https://sqlite.org/wal.html#walresetbug). The wheel `pysqlite3` brings a fixed one; without it we fall back to the
rollback journal with `synchronous=EXTRA`.
"""

import sys
from functools import lru_cache
from typing import Any

from qixue.core.sqlite.turns import Turns, turns_at

try:
    import pysqlite3 as driver
except ImportError:
    import sqlite3 as driver

_system = {name: sys.modules.get(name) for name in ("sqlite3", "sqlite3.dbapi2")}
sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = driver, driver.dbapi2
from django.db.backends.sqlite3 import base  # noqa: E402 - must bind to the driver chosen above

for _name, _module in _system.items():
    if _module is None:
        del sys.modules[_name]
    else:
        sys.modules[_name] = _module


def is_wal_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


DURABLE_PRAGMAS = (
    ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"]
    if is_wal_safe(driver.sqlite_version_info)
    else ["PRAGMA journal_mode=DELETE", "PRAGMA synchronous=EXTRA"]
)
PRAGMAS = (
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten
    # 8 MB for each connection. In the 2 MB that the wheel has, a batch of scans reads what it has just written, and
    # writes it twice.
    "PRAGMA cache_size=-8000",
)

# For a value whose type has no adapter the driver looks in several places, which takes it as long as a short row.
driver.register_adapter(type(None), lambda nothing: nothing)


@lru_cache(maxsize=200)
def with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")  # as Django does


class CursorWrapper(base.SQLiteCursorWrapper):
    """Django puts SQLite's placeholders into the text of a statement each time; the same texts come again and again."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None:
            return with_question_marks(query)
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction waits for its turn before it begins, and hands it on when it ends; see `turns`."""

    turn: Turns | None = None  # while this connection has it

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self.init_commands: list[str] = [*DURABLE_PRAGMAS, *PRAGMAS]
        return params

    def create_cursor(self, name: str | None = None) -> CursorWrapper:
        return self.connection.cursor(factory=CursorWrapper)

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            self.turn = turns_at(str(self.settings_dict["NAME"]))
            self.turn.take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self.hand_on()
            raise

    def hand_on(self) -> None:
        if turn := self.turn:
            self.turn = None
            turn.give()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self.hand_on()  # not when the commit failed: a rollback follows

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.hand_on()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self.hand_on()
