"""What looks odd in the records of the week, so that the checks of data quality have something to find."""

import random
from collections.abc import Mapping, Sequence
from itertools import islice, permutations

from qixue.core.quantity import Qualifier
from qixue.demo.city.activities import Planned
from qixue.demo.city.arrivals import Arrival, minutes_after
from qixue.demo.city.registrations import Crowd, county_of
from qixue.participation.models import LedgerEntry
from qixue.participation.queries.quality import LEAST_TO_BE_ROUND, ROUND
from qixue.programme.models import Session

COUNTY = "441826"  # whose coordinator is among the personas
PEOPLE_AT_ONCE = 2
MORE_THAN_THE_OTHERS = 5
ROUNDED = 4
TOO_MANY = 23  # above what the venue holds
Counted = tuple[int, Qualifier]
Arrivals = Mapping[int, Sequence[Arrival]]  # by the key of the session


def odd_arrivals(
    chance: random.Random, crowd: Crowd, held: Sequence[Planned], arrivals: Arrivals
) -> list[tuple[Planned, Arrival]]:
    """Who else is entered: two people at a session while they were at another, and names of a cadre at a third."""
    with_names = sorted((row for row in held if arrivals[row.session.pk]), key=lambda row: county_of(row) != COUNTY)
    return [*twice_at_once(with_names, arrivals), *entered_for_others(chance, crowd, with_names, arrivals)]


def odd_counts(held: Sequence[Planned], counts: Mapping[int, Counted], arrivals: Arrivals) -> dict[int, Counted]:
    """Head counts instead of those drawn: at one session more people than there is room for, and a few round ones."""
    near = sorted(held, key=lambda row: county_of(row) != COUNTY)
    heads = [row for row in near if row.session.counting_rule == Session.CountingRule.HEAD_COUNT]
    many = [row for row in heads if counts[row.session.pk][0] >= LEAST_TO_BE_ROUND]
    rounded = {row.session.pk: (counts[row.session.pk][0] // ROUND * ROUND, Qualifier.EXACT) for row in many[:ROUNDED]}
    seated = [row.session for row in near if row.session.seat_count]
    crowded = next(each for each in seated if each.counting_rule == Session.CountingRule.LIST_AND_OTHERS)
    room = max(crowded.seat_count or 0, (crowded.venue.capacity if crowded.venue else None) or 0)
    others = max(0, room - len(arrivals[crowded.pk])) + TOO_MANY
    return {crowded.pk: (others, Qualifier.EXACT), **rounded}


def twice_at_once(rows: Sequence[Planned], arrivals: Arrivals) -> list[tuple[Planned, Arrival]]:
    for there, here in permutations(rows, 2):
        overlap = there.starts_at < here.ends_at and here.starts_at < there.ends_at
        known = {item.person.resident.pk for item in arrivals[here.session.pk]}
        people = [
            item.person
            for item in arrivals[there.session.pk]
            if item.person.resident.pk not in known and item.person.resident.user_id is None
        ]
        if overlap and there.venue != here.venue and len(people) >= PEOPLE_AT_ONCE:
            at = minutes_after(here.starts_at, 10)
            source = LedgerEntry.Source.WALK_IN
            return [(here, Arrival(person, source, at, at)) for person in people[:PEOPLE_AT_ONCE]]
    return []


def entered_for_others(
    chance: random.Random, crowd: Crowd, rows: Sequence[Planned], arrivals: Arrivals
) -> list[tuple[Planned, Arrival]]:
    """The session of the county with the fewest names."""
    row = min(rows, key=lambda each: (county_of(each) != COUNTY, len(arrivals[each.session.pk]), each.session.pk))
    wanted = len(arrivals[row.session.pk]) + MORE_THAN_THE_OTHERS
    known = {item.person.resident.pk for item in arrivals[row.session.pk]}
    people = (person for person in crowd.drawn(chance, row) if person.resident.pk not in known)
    free = islice((person for person in people if crowd.take(person, row)), wanted)
    late = minutes_after(row.ends_at, 40)
    return [(row, Arrival(person, LedgerEntry.Source.CADRE, row.starts_at, late)) for person in free]
