"""The database itself notes every change on which a figure stands, whoever makes it (core/changes.py).

All tables that a figure reads are watched, but for those of the ledger that never change without a tally or a cell: its
entries, its attendances and the sums of cells. `tests/figures/test_changes.py` reads every figure and refuses a table
that is in neither list.

SQLite loses the triggers of a table that a migration makes anew. So they are away while the database migrates, and
no state is known meanwhile: nothing is kept. Each table loses and gets its own in a transaction of its own, so that
nobody waits for all of them.

The name of a trigger ends in a digest of what it does: one of an earlier version is as good as none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from qixue.core.changes import SIZES, UNWATCHED, Subject
from qixue.core.digests import digest
from qixue.core.models import Change

TABLE = Change._meta.db_table
OF_A_SESSION = (
    "activity_id",
    "instalment_id",
    "venue_id",
    "plan_line_key",
    "number",
    "speaker",
    "starts_at",
    "ends_at",
    "is_online",
    "counting_rule",
    "state",
)  # not the counters of seats, which move with every sign-up
# By table what its rows are about, and the columns that matter; none named means all of them.
WATCHED: dict[str, tuple[Subject, tuple[str, ...]]] = {
    "places_region": (Subject.RECORDS, ()),
    "places_population": (Subject.RECORDS, ()),
    "places_venue": (Subject.RECORDS, ()),
    "people_organisation": (Subject.RECORDS, ()),
    "programme_programme": (Subject.RECORDS, ()),
    "programme_brand_programmes": (Subject.RECORDS, ()),
    "programme_brand": (Subject.RECORDS, ()),
    "programme_series": (Subject.RECORDS, ()),
    "programme_instalment": (Subject.RECORDS, ()),
    "programme_award": (Subject.RECORDS, ()),
    "programme_activity": (Subject.RECORDS, ()),
    "programme_session": (Subject.RECORDS, OF_A_SESSION),
    "programme_involvement": (Subject.RECORDS, ()),
    "programme_sourcedocument": (Subject.RECORDS, ()),
    "programme_reportedcount": (Subject.RECORDS, ()),
    "programme_nomination": (Subject.RECORDS, ()),
    "programme_recognitioncall": (Subject.RECORDS, ()),
    "programme_returncall": (Subject.RECORDS, ()),
    "programme_returnsubmission": (Subject.RECORDS, ()),
    "programme_returnstep": (Subject.RECORDS, ()),
    "programme_returnstep_covered": (Subject.RECORDS, ()),
    "programme_plan": (Subject.RECORDS, ()),
    "programme_planversion": (Subject.RECORDS, ()),
    "programme_planstep": (Subject.RECORDS, ()),
    "programme_countersignature": (Subject.RECORDS, ()),
    "programme_followup": (Subject.RECORDS, ()),
    "programme_followupstep": (Subject.RECORDS, ()),
    "figures_namedfigure": (Subject.RECORDS, ()),
    "participation_tally": (
        Subject.COUNTS,
        (
            "activity_id",
            "session_id",
            "named_count",
            "unnamed_count",
            "head_count",
            "attendance_count",
            "attendance_qualifier",
        ),
    ),
    "participation_cell": (Subject.CELLS, ()),
    "participation_registration": (Subject.SIGN_UPS, ("session_id", "state")),
    "participation_certificate": (Subject.AFTERWARDS, ()),
    "participation_feedback": (Subject.AFTERWARDS, ()),
    "participation_participant": (Subject.PEOPLE, ()),
    "participation_evidence": (Subject.COUNTS, ()),
    "people_resident": (Subject.PEOPLE, ("birth_year", "home_region_id")),
    "swap_listing": (Subject.SWAPS, ()),
    "swap_swapround": (Subject.SWAPS, ()),
    "swap_handover": (Subject.SWAPS, ()),
}
# With the SQL after AFTER. PostgreSQL tells once of all rows that come in one statement: a batch brings hundreds.
EVENTS = {
    "sqlite": {"insert": "INSERT", "update": "UPDATE", "delete": "DELETE"},
    "postgresql": {"insert": "INSERT", "change": "UPDATE OR DELETE"},
}
SIZE = {"sqlite": f"random() & {SIZES - 1}", "postgresql": f"floor(random() * {SIZES})::bigint"}
FUNCTION = (
    "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN IF TG_OP = 'UPDATE' THEN IF NOT ({differs}) THEN RETURN NULL; END IF; END IF; {note}; RETURN NULL; END $$"
)
PRESENT = {  # table and name of each, and whether it acts
    "sqlite": "SELECT tbl_name, name, 1 FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT relname, tgname, tgenabled <> 'D' FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal",
}


@dataclass(frozen=True)
class Watch:
    """The triggers of one table, by their names and the statements that set them."""

    table: str
    subject: Subject
    columns: tuple[str, ...]

    def triggers(self, vendor: str) -> dict[str, str]:
        unnamed = {f"{self.table}_{event}_noted": self.trigger(vendor, event) for event in EVENTS[vendor]}
        named = {f"{name}_{digest([sql, self.function()])[:8]}": sql for name, sql in unnamed.items()}
        return {name: sql.format(name=name) for name, sql in named.items()}

    def trigger(self, vendor: str, event: str) -> str:
        head = f"CREATE TRIGGER {{name}} AFTER {EVENTS[vendor][event]} ON {self.table}"
        if vendor == "postgresql":
            each = "STATEMENT" if event == "insert" else "ROW"
            return f"{head} FOR EACH {each} EXECUTE FUNCTION {self.table}_noted()"
        when = f"WHEN {self.differs('IS NOT')}" if event == "update" and self.columns else ""
        return f"{head} {when} BEGIN {noting(vendor, self.subject)}; END"

    def differs(self, operator: str) -> str:
        old, new = (", ".join(f"{row}.{column}" for column in self.columns) for row in ("OLD", "NEW"))
        return f"({old}) {operator} ({new})"

    def function(self) -> str:
        """Of PostgreSQL. It compares within: a WHEN would forbid migrations to change the type of a column."""
        differs = self.differs("IS DISTINCT FROM") if self.columns else "TRUE"
        return FUNCTION.format(name=f"{self.table}_noted", differs=differs, note=noting("postgresql", self.subject))


def noting(vendor: str, subject: str) -> str:
    return f"INSERT INTO {TABLE} (subject, size) VALUES ('{subject}', {SIZE[vendor]})"  # noqa: S608 - SQL of our own


def watches(connection: BaseDatabaseWrapper) -> Iterator[Watch]:
    """All tables that are there: an older state of the database lacks some."""
    present = set(connection.introspection.table_names())
    for table, (subject, columns) in WATCHED.items():
        if table in present:
            yield Watch(table, subject, columns)


def before_migration(using: str, plan: Sequence[Any], **_more: Any) -> None:
    """From here on nothing is kept."""
    connection = connections[using]
    if plan and has_changes(connection):
        remove(connection)


def after_migration(using: str, plan: Sequence[Any] = (), **_more: Any) -> None:
    """An older state of the database notes no changes. One that was emptied lacks the states as well."""
    connection = connections[using]
    if not has_changes(connection):
        return
    if plan or missing(connection):
        install(connection)
    elif not Change.objects.using(using).exists():
        begin_states(connection)


def has_changes(connection: BaseDatabaseWrapper) -> bool:
    return TABLE in connection.introspection.table_names()


def present(connection: BaseDatabaseWrapper) -> list[tuple[str, str, bool]]:
    """Table and name of each trigger that notes changes, also of earlier versions, and whether it acts."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor])
        rows = cursor.fetchall()
    return [(table, name, acts) for table, name, acts in rows if name.startswith(table) and "_noted" in name]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there as they should be. Without one of them figures go stale."""
    names = {name for _table, name, acts in present(connection) if acts}
    return [name for watch in watches(connection) for name in watch.triggers(connection.vendor) if name not in names]


def install(connection: BaseDatabaseWrapper) -> None:
    """Set all triggers anew, and begin new states: nobody knows what changed before."""
    remove(connection)
    for watch in watches(connection):
        with transaction.atomic(using=connection.alias):
            if connection.vendor == "postgresql":
                run(connection, watch.function())
            for statement in watch.triggers(connection.vendor).values():
                run(connection, statement)
    begin_states(connection)


def begin_states(connection: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias):
        run(connection, f"DELETE FROM {TABLE}")  # noqa: S608 - a name of our own
        for subject in Subject:
            run(connection, noting(connection.vendor, subject))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, table by table; before the first is gone everybody is told that no state is known."""
    run(connection, noting(connection.vendor, UNWATCHED))
    for table, name, _acts in present(connection):
        run(connection, f"DROP TRIGGER {name}{f' ON {table}' if connection.vendor == 'postgresql' else ''}")


def run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
