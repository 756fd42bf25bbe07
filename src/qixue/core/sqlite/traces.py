"""What SQLite leaves on the disk after a deletion, beyond `secure_delete`: the log of former pages."""

import datetime

from django.db import connection


def wipe_log(*, at: datetime.datetime | None = None) -> int:
    """Write the log into the database and cut it to nothing. Returns 1 when that could be done, and was needed.

    While somebody reads an older state it cannot be done; the worker tries again. Other databases look after their own
    log, and take it away by vacuum and archive.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return 0
    with connection.cursor() as cursor:
        is_busy, pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return int(not is_busy and pages > 0)
