"""Whether anything has changed on which figures stand: what was counted can be used until it has.

Triggers of the database write a row for each change (figures/change_triggers.py). The row belongs to the transaction
of the change, so that whoever sees the one sees the other, and nobody waits for anybody. Its size is a random number:
the state is the sum of all sizes, which every change moves, in whatever order transactions end, and which no other
history of the same database has. Adding rows up into one leaves the sum as it is.
"""

import datetime
import secrets
from enum import StrEnum

from django.db import connection, transaction

from qixue.core.models import Change

SIZES = 2**40  # all sums are taken modulo this, or they would outgrow the column
ENOUGH = 100  # rows that are worth adding up
MOST = 10_000  # of them in one transaction: each is a value in a statement
UNWATCHED = "unwatched"  # in the place of a subject: the triggers are away
STATES = "SELECT subject, SUM(size) FROM core_change GROUP BY subject"

State = int


class Subject(StrEnum):
    """What changes, apart as far as it changes apart: who comes moves every minute what few figures stand on."""

    RECORDS = "records"  # what was planned and held, and where
    COUNTS = "counts"  # who came
    CELLS = "cells"  # what is merged, and stands for nothing new
    SIGN_UPS = "sign_ups"
    AFTERWARDS = "afterwards"  # certificates, and how people found it
    PEOPLE = "people"  # what is known of those who came
    SWAPS = "swaps"


WHO_CAME = (Subject.RECORDS, Subject.COUNTS)


def states() -> dict[Subject, State]:
    """The state of each subject. One that is missing is not watched, and nothing that stands on it may be kept.

    Subjects of another version of the program are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATES)
        totals = dict(cursor.fetchall())
    if UNWATCHED in totals:
        return {}
    return {subject: int(totals[subject]) % SIZES for subject in Subject if subject in totals}


def state_of(*subjects: Subject) -> str:
    """SQL for the state of several subjects together, as of the moment of the statement in which it stands as a value.

    NULL while one of them is not watched.
    """
    named = ", ".join(f"'{subject}'" for subject in subjects)
    return (
        f"SELECT CAST(SUM(size) %% {SIZES} AS bigint) FROM {Change._meta.db_table} WHERE subject IN ({named})"  # noqa: S608 - names of our own
        f" AND NOT EXISTS (SELECT 1 FROM {Change._meta.db_table} WHERE subject = '{UNWATCHED}')"
        f" HAVING COUNT(DISTINCT subject) = {len(subjects)}"
    )


def note(subject: Subject) -> None:
    """That something has changed without a trigger: rows that are made anew, and what only the ledger holds."""
    Change.objects.create(subject=subject, size=secrets.randbelow(SIZES))


def add_up(*, at: datetime.datetime) -> int:
    """The worker's duty: make the rows of each subject one, or all who ask for the state read them. Returns how many
    are gone.
    """
    gone = 0
    while some := add_some_up():
        gone += some
    return gone


@transaction.atomic
def add_some_up() -> int:
    found = Change.objects.select_for_update(skip_locked=True).order_by("pk")[:MOST]
    rows = list(found.values_list("pk", "subject", "size"))
    if len(rows) < ENOUGH:
        return 0
    Change.objects.filter(pk__in=[pk for pk, _subject, _size in rows]).delete()
    subjects = {subject for _pk, subject, _size in rows}
    Change.objects.bulk_create(
        Change(subject=name, size=sum(size for _pk, subject, size in rows if subject == name) % SIZES)
        for name in sorted(subjects)
    )
    return len(rows) - len(subjects)
