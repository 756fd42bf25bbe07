"""Django's SQLite backend on a current SQLite, with settings under which an acknowledged write is on the disk.

The system's SQLite may carry the WAL-reset bug (3.7.0 to 3.51.2; fixed in 3.51.3, 3.50.7 and 3.44.6, see
https://sqlite.org/wal.html#walresetbug). The wheel `pysqlite3` brings a fixed one; without it we fall back to the
rollback journal with `synchronous=EXTRA`.
"""

import sys
from typing import Any

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


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self.init_commands: list[str] = [*DURABLE_PRAGMAS, "PRAGMA secure_delete=ON"]  # what is deleted is overwritten
        return params
