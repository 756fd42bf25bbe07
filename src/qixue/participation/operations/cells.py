"""Merging tallies into cells: what figures over millions of entries read instead of every session.

The ledger says in its own transaction which tallies are no longer merged as they stand; the worker merges them some
seconds later. Until then they are read beside their cell, so that a figure is exact at any time. Whoever writes to the
ledger never waits for long: merging leaves alone what somebody holds, and comes back to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from django.db import connection, transaction
from django.db.models import Count, Sum
from pyroaring import BitMap

from qixue.core.duties import for_each
from qixue.participation import cell_triggers
from qixue.participation.models import Cell, CellCount, Tally
from qixue.programme.models import Activity

AT_ONCE = 200  # tallies in one transaction
NUMBER = """
INSERT INTO participation_countedperson (token)
SELECT DISTINCT person_token FROM participation_attendance a WHERE session_id IN ({holes}) AND NOT EXISTS
    (SELECT 1 FROM participation_countedperson WHERE token = a.person_token)
ON CONFLICT DO NOTHING
"""
NUMBERS = """
SELECT counted.id FROM participation_attendance a
JOIN participation_countedperson counted ON counted.token = a.person_token
WHERE a.session_id IN ({holes})
"""


@dataclass(frozen=True)
class CellPlace:
    """What the tallies of a cell have in common, by keys of rows."""

    programme_id: int
    organisation_id: int
    brand_id: int | None
    series_id: int | None
    region_id: int | None
    kind: str

    @property
    def key(self) -> str:
        return "/".join(str(getattr(self, item.name) or "-") for item in fields(self))


def keep_cells() -> int:
    """The worker's duty. Returns how many tallies were merged: none while there are no triggers to watch over cells."""
    if cell_triggers.missing(connection):
        return 0
    for_each("cells", Cell.objects.filter(people=None), dissolve)
    waiting = Tally.objects.filter(is_merged=False).exclude(activity__state=Activity.State.DRAFT)
    keys = list(waiting.order_by("activity_id", "pk").values_list("pk", flat=True))
    return for_each("cells", in_parts(keys, AT_ONCE), merge)


def in_parts(keys: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def spoil(cells: Iterable[int]) -> None:
    """Somebody is gone from the cells, or a tally: they are to be made anew."""
    Cell.objects.filter(pk__in=cells).update(people=None)


@transaction.atomic
def dissolve(cell: Cell) -> int:
    """Take a cell apart; its tallies stand for themselves until they are merged again. Returns how many they are."""
    tallies = Tally.objects.filter(cell=cell)
    free = list(tallies.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if len(free) < tallies.count() or not held(cell.key):
        return 0
    tallies.update(cell=None, is_merged=False)
    cell.delete()
    return len(free)


def held(key: str) -> Cell | None:
    """The cell, locked until the transaction ends; None where somebody else holds it or there is none."""
    return Cell.objects.select_for_update(skip_locked=True).filter(key=key).first()


@transaction.atomic
def merge(keys: Sequence[int]) -> int:
    """Bring the cells of these tallies up to date. Returns how many tallies could be merged.

    Where they belong is read after they are locked: what moves them needs the same lock.
    """
    free = Tally.objects.select_for_update(skip_locked=True).filter(pk__in=keys, is_merged=False)
    locked = list(free.values_list("pk", flat=True))
    groups: dict[CellPlace, list[Tally]] = defaultdict(list)
    for tally in Tally.objects.filter(pk__in=locked).select_related("activity", "session__venue"):
        groups[place_of(tally)].append(tally)
    return sum(merge_into(place, tallies) for place, tallies in groups.items())


def place_of(tally: Tally) -> CellPlace:
    """In which cell the tally belongs today."""
    activity, venue = tally.activity, tally.session.venue if tally.session else None
    return CellPlace(
        programme_id=activity.programme_id,
        organisation_id=activity.organisation_id,
        brand_id=activity.brand_id,
        series_id=activity.series_id,
        region_id=(venue.region_id if venue else None) or activity.region_id,
        kind=activity.kind,
    )


def merge_into(place: CellPlace, tallies: Sequence[Tally]) -> int:
    """Tallies that are still in another cell wait until that is taken apart."""
    Cell.objects.bulk_create([Cell(key=place.key, people=BitMap().serialize(), **vars(place))], ignore_conflicts=True)
    cell = held(place.key)
    if cell is None or cell.people is None:
        return 0
    merged = [tally for tally in tallies if tally.cell_id in (None, cell.pk)]
    people = BitMap.deserialize(bytes(cell.people)) | numbers_of([row.session_id for row in merged if row.session_id])
    cell.people = people.serialize()
    cell.save(update_fields=["people"])
    Tally.objects.filter(pk__in=[row.pk for row in merged]).update(cell=cell, is_merged=True)
    count_anew(cell)
    return len(merged)


def numbers_of(sessions: Sequence[int]) -> BitMap:
    """Who is in at the sessions by name; whoever has no number yet gets one."""
    if not sessions:
        return BitMap()
    holes = ", ".join(["%s"] * len(sessions))
    with connection.cursor() as cursor:
        cursor.execute(NUMBER.format(holes=holes), sessions)
        cursor.execute(NUMBERS.format(holes=holes), sessions)
        return BitMap(number for (number,) in cursor.fetchall())


def count_anew(cell: Cell) -> None:
    """The sums over all tallies of the cell; while one of them waits to be merged nobody reads them."""
    cell.counts.all().delete()
    sums = cell.tallies.order_by().values_list("attendance_qualifier")
    rows = sums.annotate(Count("pk"), Sum("attendance_count"), Sum("named_count"))
    CellCount.objects.bulk_create(
        CellCount(cell=cell, qualifier=hedge, tally_count=tallies, attendance_count=came, named_count=named)
        for hedge, tallies, came, named in rows
    )
