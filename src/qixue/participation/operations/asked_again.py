"""A sign-up that comes again under its key: whether it is the same one, and with which places it was answered.

Nothing is kept for that: what was asked first is read from the first rows of the party, which stay, whatever became of
the places since.
"""

from collections.abc import Collection, Sequence

from qixue.participation.models import Registration
from qixue.participation.sources import FROM_HOME
from qixue.people.models import User
from qixue.programme.models import Session


def first_rows(rows: Sequence[Registration]) -> list[Registration]:
    """Of all rows of a party, in the order of their keys, those with which it began: they were made at one moment.

    Whoever took a place over stands in a later one, or in none any more, where they were erased.
    """
    return [row for row in rows if row.registered_at == rows[0].registered_at]


def is_same_request(
    first: Sequence[Registration], session: Session, people: Collection[int], *, by: User, source: str
) -> bool:
    """Whether the first rows are of these people, keys of residents, at this session, asked for by the same account in
    the same way: from home, or by which of the staff. What was answered to questions is compared by
    `answers.are_as_first`.
    """
    asked = {(session.pk, person, by.pk, way_of(source)) for person in people}
    return {(row.session_id, row.resident_id, row.registered_by_id, way_of(row.source)) for row in first} == asked


def way_of(source: str) -> str:
    return "home" if source in FROM_HOME else source
