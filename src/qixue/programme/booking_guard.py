"""The database itself refuses two bookings that meet in one room, whoever asks and however many ask at once.

PostgreSQL has exclusion constraints for this. SQLite has one writer at a time, so a trigger sees every booking.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "programme_roombooking"
MEETING = (
    "EXISTS (SELECT 1 FROM programme_roombooking AS other WHERE other.room_id = NEW.room_id AND other.id IS NOT NEW.id"
    " AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at)"
)
SQLITE_REFUSAL = f"WHEN {MEETING} BEGIN SELECT RAISE(ABORT, 'this room is already booked at that time'); END"
INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER booking_meets_on_insert BEFORE INSERT ON {TABLE} {SQLITE_REFUSAL}",
        f"CREATE TRIGGER booking_meets_on_update BEFORE UPDATE ON {TABLE} {SQLITE_REFUSAL}",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",  # trusted: the owner of the database may do it
        f"ALTER TABLE {TABLE} ADD CONSTRAINT room_booked_once EXCLUDE USING gist"
        " (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    ],
}
REMOVE = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS booking_meets_on_insert",
        "DROP TRIGGER IF EXISTS booking_meets_on_update",
    ],
    "postgresql": [f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS room_booked_once"],
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Set the guard, replacing one that is there. Raises KeyError for a database that Qixue does not support."""
    remove(connection)
    run(connection, INSTALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    run(connection, REMOVE)


def run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
