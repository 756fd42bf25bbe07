"""What was counted, each tally with everything by which a scope narrows: to see which sums it is a part of.

Sessions are many, and somebody comes to one of them every minute. Where and when they are is known until the records
change, and what is merged until the cells do; the numbers of the tallies are laid over it, column by column.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from django.db.models import Count

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.figures import Scope, shared
from qixue.core.kept import kept
from qixue.core.lasting import Lasting
from qixue.core.quantity import Qualifier
from qixue.participation.learning_hours import minutes_between
from qixue.participation.models import Certificate
from qixue.participation.queries.cells import Place, Placed, Sums
from qixue.places.models import TOWN, Region
from qixue.programme.models import Activity, Session

Column = np.ndarray
OF_ACTIVITY = ("activity__brand__code", "activity__series__code", "activity__kind", "activity__organisation__path")
OF_SESSION = ("pk", "activity_id", "starts_at", "ends_at", "venue__region__urban_rural_class", "venue__region__path")
HEDGES = tuple(Qualifier)  # a column has their places in here
TALLIES = """
SELECT t.activity_id, COALESCE(t.session_id, 0), t.attendance_count, t.named_count, t.attendance_qualifier
FROM participation_tally t
WHERE {which} AND t.activity_id IN (SELECT a.id FROM programme_activity a
    JOIN programme_programme p ON p.id = a.programme_id WHERE p.code = %(programme)s AND a.state <> 'draft')
"""


@dataclass(frozen=True)
class Sessions:
    """All announced sessions of a programme in the order of their keys, column by column."""

    keys: Column
    activities: Column
    days: Column  # on which each starts, counted as by `date.toordinal`; 0 where that is not known
    minutes: Column  # how long it lasts; 0 where that is not known
    is_training: Column  # 1 or 0, as those below
    is_town: Column  # its place is town; neither where it has none
    is_country: Column
    placed: Placed[int]  # their positions in the columns
    found: dict[Scope, Column] = field(default_factory=dict)  # what `within` gave before

    def within(self, scope: Scope) -> Column:
        """The positions of the sessions in the scope."""
        if scope not in self.found:
            self.found[scope] = column(self.placed.within(scope))
        return self.found[scope]

    @cached_property
    def by_day(self) -> dict[datetime.date, Column]:
        """The positions of the sessions that start on each day, in the order of the days."""
        return {datetime.date.fromordinal(day): rows for day, rows in rows_by_number(self.days).items() if day}

    @cached_property
    def by_month(self) -> dict[datetime.date, Column]:
        """The same by the first days of the months."""
        months: dict[datetime.date, list[Column]] = defaultdict(list)
        for day, rows in self.by_day.items():
            months[day.replace(day=1)].append(rows)
        return {month: np.concatenate(rows) for month, rows in months.items()}

    def at(self, keys: Column) -> Column:
        """The positions of the sessions with these keys; -1 for those that are not here."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[found] == keys, found, -1)


class Places(NamedTuple):
    """Where the sessions of a programme stand, and its activities, by key."""

    sessions: Sessions
    activities: dict[int, Place]


@kept(Subject.RECORDS)
def places_of(programme_code: str) -> Places:
    """Of all that is announced. What is the same for all sessions of an activity is read once."""
    announced = Activity.objects.filter(programme__code=programme_code).exclude(state=Activity.State.DRAFT)
    columns = ("pk", "brand__code", "series__code", "kind", "organisation__path", "region__path")
    activities = {pk: Place._make(place) for pk, *place in announced.order_by("pk").values_list(*columns)}
    place_at = cache(lambda at_venue, place: place._replace(region=at_venue) if at_venue else place)
    day_of = cache(lambda start: local_day(start).toordinal() if start else 0)  # many sessions start at one time
    sessions = Session.objects.filter(activity__programme__code=programme_code).order_by("pk")
    rows = [
        (pk, activity, day_of(start), minutes_between(start, end) or 0, sort, place_at(path, activities[activity]))
        for pk, activity, start, end, sort, path in sessions.values_list(*OF_SESSION)
        if activity in activities
    ]
    keys, of_activities, days, minutes, sorts, places = zip(*rows, strict=True) if rows else ((),) * 6
    return Places(
        Sessions(
            keys=column(keys),
            activities=column(of_activities),
            days=column(days),
            minutes=column(minutes),
            is_training=column(place.kind == Activity.Kind.TRAINING for place in places),
            is_town=column(sort in TOWN for sort in sorts),
            is_country=column(sort == Region.UrbanRural.RURAL for sort in sorts),
            placed=Placed((place, position) for position, place in enumerate(places)),
        ),
        activities,
    )


def column(numbers: Iterable[int]) -> Column:
    return np.array(list(numbers), dtype=np.int64)


def rows_by_number(numbers: Column) -> dict[int, Column]:
    """For each number of a column, in their order, the rows in which it stands."""
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    return dict(zip(found.tolist(), np.split(order, starts[1:]), strict=True)) if len(found) else {}


class Stated(NamedTuple):
    """What documents state of an activity, without a session: a number that is public already."""

    activity: int
    place: Place
    attendance: int


@dataclass(frozen=True)
class Tallies:
    """Of sessions of a programme, column by column; `at` are the positions of the sessions.

    The sessions may have been read before: `newcomers` are the keys of those that came between, which have no row.
    """

    programme_code: str
    sessions: Sessions
    at: Column
    attendance: Column
    named: Column
    hedges: Column
    stated: tuple[Stated, ...] = ()
    newcomers: frozenset[int] = frozenset()

    def within(self, scope: Scope) -> "Tallies":
        """Those in the scope."""
        is_in = np.zeros(len(self.sessions.keys), dtype=bool)
        is_in[self.sessions.within(scope)] = True
        rows = is_in[self.at]
        columns = {name: getattr(self, name)[rows] for name in ("at", "attendance", "named", "hedges")}
        stated = tuple(Placed((each.place, each) for each in self.stated).within(scope))
        return replace(self, **columns, stated=stated, newcomers=frozenset())

    def sums_by(self, numbers: Column) -> Iterator[tuple[int, Qualifier, Sums]]:
        """For each number of a column and each hedge apart how many tallies there are, and 人次."""
        groups, group_of = np.unique(numbers * len(HEDGES) + self.hedges, return_inverse=True)
        attendance = np.zeros(len(groups), dtype=np.int64)
        np.add.at(attendance, group_of, self.attendance)
        for group, count, came in zip(groups, np.bincount(group_of), attendance, strict=True):
            number, hedge = divmod(int(group), len(HEDGES))
            yield number, HEDGES[hedge], Sums(int(count), int(came))

    def given(self, by_session: Mapping[int, int]) -> Column:
        """A column of numbers by key of the session; 0 for those that have none."""
        numbers = np.zeros(len(self.sessions.keys) + 1, dtype=np.int64)  # the last is of sessions that are not here
        numbers[self.sessions.at(column(by_session))] = column(by_session.values())
        return numbers[self.at]


class Counted(NamedTuple):
    """Tallies as columns, one row for each session; and what documents state of activities."""

    keys: Column
    attendance: Column
    named: Column
    hedges: Column
    stated: dict[int, int]

    @classmethod
    def from_rows(cls, rows: list[tuple]) -> "Counted":
        of_sessions = [row for row in rows if row[1]]
        _activities, keys, attendance, named, hedges = zip(*of_sessions, strict=True) if of_sessions else ((),) * 5
        place_of = {hedge.value: place for place, hedge in enumerate(HEDGES)}
        return cls(
            column(keys),
            column(attendance),
            column(named),
            column(map(place_of.__getitem__, hedges)),
            {activity: came for activity, session, came, *_more in rows if not session},
        )

    def with_later(self, later: "Counted") -> "Counted":
        """Those of them that are not among the later ones, and these."""
        stays = ~np.isin(self.keys, later.keys)
        return Counted(
            np.concatenate([self.keys[stays], later.keys]),
            np.concatenate([self.attendance[stays], later.attendance]),
            np.concatenate([self.named[stays], later.named]),
            np.concatenate([self.hedges[stays], later.hedges]),
            {**self.stated, **later.stated},
        )


# A tally that is merged has not changed since; whatever takes it away spoils its cell.
TALLIES_READ = Lasting(
    (Subject.CELLS, Subject.RECORDS),
    5,
    TALLIES.format(which="t.is_merged"),
    TALLIES.format(which="NOT t.is_merged"),
    Counted.from_rows,
)


@shared
def tallies_of(programme_code: str) -> Tallies:
    """All tallies of what is announced in a programme."""
    sessions, activities = places_of(programme_code)
    merged, rows = TALLIES_READ.read(programme_code)
    counted = merged.with_later(Counted.from_rows(rows))
    at = sessions.at(counted.keys)
    is_known = at >= 0
    return Tallies(
        programme_code,
        sessions,
        at[is_known],
        counted.attendance[is_known],
        counted.named[is_known],
        counted.hedges[is_known],
        tuple(Stated(each, activities[each], came) for each, came in counted.stated.items() if each in activities),
        frozenset(counted.keys[~is_known].tolist()),
    )


@kept(Subject.RECORDS, Subject.AFTERWARDS)
def certificates_placed(programme_code: str, kind: str = "") -> Placed[int]:
    """How many are in force, of one kind or of all, by where their activities stand."""
    given = Certificate.objects.in_force().filter(activity__programme__code=programme_code)
    given = given.filter(kind=kind) if kind else given
    rows = (
        given.exclude(activity__state=Activity.State.DRAFT)
        .order_by()
        .values_list(*OF_ACTIVITY, "activity__region__path")
    )
    return Placed((Place(*place), count) for *place, count in rows.annotate(Count("pk")))
