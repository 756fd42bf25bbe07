"""Merging tallies into cells: what figures over millions of entries read instead of every session.

The ledger says in its own transaction which tallies are no longer merged as they stand; the worker merges them some
seconds later. Until then they are read beside their cell, so that a figure is exact at any time. Whoever writes to the
ledger never waits for long: merging leaves alone what somebody holds, and comes back to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.models import Count, Sum
from pyroaring import BitMap

from qixue.core.duties import for_each
from qixue.participation import cell_triggers
from qixue.participation.models import Cell, CellCount, Tally
from qixue.participation.models.cells import NOBODY
from qixue.participation.queries.cell_places import CellPlace, placed
from qixue.participation.queries.session_roots import NO_ROOTS, roots_of
from qixue.programme.models import Session

AT_ONCE = 20  # tallies in one transaction, for doors wait until it ends
NUMBER = """
INSERT INTO participation_countedperson (token)
SELECT DISTINCT a.person_token FROM participation_attendance a JOIN participation_tally t ON t.session_id = a.session_id
WHERE t.id IN ({holes}) AND a.id > t.merged_to AND NOT EXISTS
    (SELECT 1 FROM participation_countedperson WHERE token = a.person_token)
ORDER BY a.person_token
ON CONFLICT DO NOTHING
"""
NEWCOMERS = """
SELECT t.id, a.id, counted.id
FROM participation_attendance a JOIN participation_tally t ON t.session_id = a.session_id
LEFT JOIN participation_countedperson counted ON counted.token = a.person_token
WHERE t.id IN ({holes}) AND a.id > t.merged_to
"""
MERGED = """
UPDATE participation_tally SET cell_id = %s, is_merged = TRUE, merged_to = %s, entries_root = %s, names_root = %s
WHERE id = %s
"""
KEEP_STILL = "SELECT id FROM {table} WHERE id IN ({holes}) FOR SHARE SKIP LOCKED"


def keep_cells() -> int:
    """The worker's duty. Returns how many tallies were merged: none while there are no triggers to watch over cells."""
    if cell_triggers.missing(connection):
        return 0
    for_each("cells", Cell.objects.filter(people=None), dissolve)
    by_place: dict[CellPlace, list[int]] = defaultdict(list)
    for key, place in placed(Tally.objects.filter(is_merged=False).order_by("pk")).items():
        by_place[place].append(key)
    return for_each("cells", in_parts(by_place, AT_ONCE), merge)


def in_parts(by_place: dict[CellPlace, list[int]], size: int) -> Iterator[tuple[CellPlace, list[int]]]:
    for place, keys in by_place.items():
        for start in range(0, len(keys), size):
            yield place, keys[start : start + size]


def spoil(cells: Iterable[int]) -> None:
    """Somebody is gone from the cells, or a tally: they are to be made anew."""
    Cell.objects.filter(pk__in=cells).update(people=None)


def dissolve(cell: Cell) -> int:
    """Take a cell apart; its tallies stand for themselves until they are merged again. Returns how many they are."""
    tallies = Tally.objects.filter(cell=cell)
    free = list(tallies.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True))
    if len(free) < tallies.count() or not held(cell.key):
        return 0
    tallies.update(cell=None, is_merged=False, merged_to=0)
    cell.delete()
    return len(free)


def held(key: str) -> Cell | None:
    """The cell, locked until the transaction ends; None where somebody else holds it or there is none."""
    return Cell.objects.select_for_update(skip_locked=True).filter(key=key).first()


def merge(part: tuple[CellPlace, Sequence[int]]) -> int:
    """Bring the cell of these tallies up to date. Returns how many of them could be merged.

    What may take long or wait comes before the locks. Tallies that do not belong here any more wait for the next run.
    """
    place, keys = part
    Cell.objects.bulk_create([Cell(key=place.key, people=NOBODY, again=NOBODY, **vars(place))], ignore_conflicts=True)
    number_people(keys)
    cell = held(place.key)
    if cell is None or cell.people is None:
        return 0
    tallies = Tally.objects.filter(pk__in=kept_still(keys))
    at_home = {key for key, today in placed(tallies).items() if today == place}
    return merge_into(cell, [tally for tally in tallies if tally.pk in at_home])


def kept_still(keys: Sequence[int]) -> list[int]:
    """Those of the waiting tallies that nobody changes or moves until the transaction ends.

    What moves a tally cannot see it before it is committed, nor can we see the move: so all that may move is locked.
    """
    free = Tally.objects.select_for_update(skip_locked=True).filter(pk__in=keys, is_merged=False).order_by("pk")
    rows = list(free.values_list("pk", "activity_id", "session_id"))
    activities = shared("programme_activity", {activity for _key, activity, _session in rows})
    sessions = shared("programme_session", {session for _key, _activity, session in rows if session})
    venue_of = dict(Session.objects.filter(pk__in=sessions).values_list("pk", "venue_id"))
    venues = {None} | shared("places_venue", {venue for venue in venue_of.values() if venue})
    return [
        key
        for key, activity, session in rows
        if activity in activities and (not session or (session in venue_of and venue_of[session] in venues))
    ]


def shared(table: str, keys: set[int]) -> set[int]:
    """Those of the rows that nobody is changing, locked against changes. SQLite lets nobody else write meanwhile."""
    if connection.vendor == "sqlite" or not keys:
        return keys
    return {key for (key,) in answer(KEEP_STILL.replace("{table}", table), list(keys))}


def merge_into(cell: Cell, tallies: Sequence[Tally]) -> int:
    """Left out are tallies that are still in another cell, and those of which somebody has no number yet."""
    at_home = [tally for tally in tallies if tally.cell_id in (None, cell.pk)]
    newcomers = newcomers_of([tally.pk for tally in at_home])
    merged = [tally for tally in at_home if None not in newcomers[tally.pk].values()]
    people, again = (BitMap.deserialize(bytes(numbers or NOBODY)) for numbers in (cell.people, cell.again))
    for tally in merged:
        came = BitMap(filter(None, newcomers[tally.pk].values()))
        again |= people & came
        people |= came
    cell.people, cell.again = people.serialize(), again.serialize()
    cell.save(update_fields=["people", "again"])
    roots = roots_of([tally.session_id for tally in merged if tally.session_id])
    with connection.cursor() as cursor:
        for tally in merged:
            merged_to = max(newcomers[tally.pk], default=tally.merged_to)
            cursor.execute(MERGED, (cell.pk, merged_to, *roots.get(tally.session_id or 0, NO_ROOTS), tally.pk))
    count_anew(cell)
    return len(merged)


def number_people(tallies: Sequence[int]) -> None:
    """Whoever has come by name since the tallies were merged, and has no number yet, gets one."""
    if tallies:
        with connection.cursor() as cursor:
            cursor.execute(with_holes(NUMBER, tallies), tallies)


def newcomers_of(tallies: Sequence[int]) -> dict[int, dict[int, int | None]]:
    """By tally the attendances that are not merged yet, each with the number of its person.

    None where somebody has come since they were numbered.
    """
    found: dict[int, dict[int, int | None]] = {tally: {} for tally in tallies}
    for tally, attendance, number in answer(NEWCOMERS, tallies) if tallies else ():
        found[tally][attendance] = number
    return found


def answer(statement: str, keys: Sequence[int]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(with_holes(statement, keys), keys)
        return cursor.fetchall()


def with_holes(statement: str, keys: Sequence[int]) -> str:
    return statement.format(holes=", ".join(["%s"] * len(keys)))


def count_anew(cell: Cell) -> None:
    """The sums over all tallies of the cell; while one of them waits to be merged nobody reads them."""
    cell.counts.all().delete()
    sums = cell.tallies.order_by().values_list("attendance_qualifier")
    rows = sums.annotate(Count("pk"), Sum("attendance_count"), Sum("named_count"))
    CellCount.objects.bulk_create(
        CellCount(cell=cell, qualifier=hedge, tally_count=tallies, attendance_count=came, named_count=named)
        for hedge, tallies, came, named in rows
    )
