"""What the week offers: activities, their sessions with place and hour, and the instalments of series."""

import datetime
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from qixue.demo.city.catalogue import ONLINE, Offer, offers
from qixue.demo.city.chance import stream
from qixue.demo.city.names import person_name
from qixue.demo.city.week import DAYS, Week
from qixue.people.models import Organisation
from qixue.places.models import Venue
from qixue.programme.models import Activity, Brand, Instalment, Programme, Series, Session

DAY_WEIGHTS = (34, 37, 36, 28, 22, 27, 18)
STARTS = {"m": ((9, 0), (9, 30)), "a": ((14, 30), (15, 0)), "e": ((19, 0), (19, 30))}
FIRST_INSTALMENT = {
    "demo-reading-group": 13,
    "demo-reading-community": 9,
    "demo-reading-village": 5,
    "demo-field-tea": 3,
    "demo-field-fish": 2,
}
CALLED_OFF = ((Session.State.CANCELLED, 0.02), (Session.State.POSTPONED, 0.015))


@dataclass
class Planned:
    """A session with what the rest of the city needs to know about it."""

    session: Session
    offer: Offer
    organisation: Organisation
    venue: Venue | None
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    day: int
    part: str


@dataclass
class Timetable:
    """Who and which room is taken in which part of which day: nobody is double-booked in the synthetic city."""

    taken: set[tuple[int, str, str]] = field(default_factory=set)

    def take(self, chance: random.Random, offer: Offer, *, keys: list[str], number: int) -> tuple[int, str]:
        """A day and a part of it that is free for all the keys. Raises ValueError when the week is full."""
        wished = drawn_days(chance)
        if offer.days:
            wished.insert(0, offer.days[number % len(offer.days)])
        slots = [(day, part) for day in wished for part in shuffled(chance, offer.parts)]
        slots += [(day, part) for day in wished for part in STARTS if part not in offer.parts]
        for day, part in slots:
            wanted = {(day, part, key) for key in keys}
            if not wanted & self.taken:
                self.taken |= wanted
                return day, part
        raise ValueError(f"No room is left in the week for {offer.slug}: {keys}.")


def drawn_days(chance: random.Random) -> list[int]:
    """All days of the week in a drawn order, busy ones more likely first."""
    return sorted(range(1, DAYS + 1), key=lambda day: chance.random() ** (1 / DAY_WEIGHTS[day - 1]), reverse=True)


def shuffled(chance: random.Random, parts: tuple[str, ...]) -> list[str]:
    return chance.sample(parts, len(parts))


@dataclass(frozen=True)
class Ground:
    """What activities stand on."""

    seed: int
    week: Week
    programme: Programme
    organisations: dict[str, Organisation]
    venues: dict[str, Venue]
    brands: dict[str, Brand]
    series: dict[str, Series]


def create_activities(ground: Ground) -> list[Planned]:
    """All activities and sessions, in the order of the catalogue."""
    runs = [(offer, code) for offer in offers() for code in offer.by]
    activities = Activity.objects.bulk_create(activity_of(ground, offer, code) for offer, code in runs)
    chance = stream(ground.seed, "timetable")
    timetable = Timetable()
    rows: dict[str, list[Planned]] = {}
    # Those that need a certain day choose first.
    for (offer, _code), activity in sorted(zip(runs, activities, strict=True), key=lambda run: not run[0][0].days):
        rows[activity.code] = sessions_of(ground, chance, timetable, offer=offer, activity=activity)
    planned = [row for activity in activities for row in rows[activity.code]]
    set_states(ground, planned)
    set_instalments(ground, planned)
    Session.objects.bulk_create(row.session for row in planned)
    return planned


def activity_of(ground: Ground, offer: Offer, organisation_code: str) -> Activity:
    organisation = ground.organisations[organisation_code]
    return Activity(
        programme=ground.programme,
        organisation=organisation,
        brand=ground.brands.get(offer.brand),
        series=ground.series.get(offer.series),
        region=organisation.region,
        code=f"{offer.slug}-{organisation_code}",
        title=offer.title,
        title_en=offer.title_en,
        kind=offer.kind,
        audience=offer.audience,
        description=offer.text,
        description_en=offer.text_en,
        state=Activity.State.DRAFT if offer.is_draft else Activity.State.PUBLISHED,
    )


def sessions_of(
    ground: Ground, chance: random.Random, timetable: Timetable, *, offer: Offer, activity: Activity
) -> list[Planned]:
    """The sessions of one activity in the order of time, numbered from 1."""
    code = activity.organisation.code
    county = (activity.region.code if activity.region else "")[:6]
    name = person_name(chance, birth_year=chance.randint(1960, 1995), county=county)
    speaker = f"{name}（{offer.speaker}）" if offer.speaker else ""
    places = [place for place, count in offer.by[code].items() for _ in range(count)]
    slots = []
    for number, place in enumerate(places):
        keys = [code if place == ONLINE else place, speaker or code]
        day, part = timetable.take(chance, offer, keys=keys, number=number)
        hour, minute = chance.choice(STARTS[part])
        slots.append((ground.week.moment(day, hour, minute), place, day, part))
    slots.sort()
    rows = []
    for number, (starts_at, place, day, part) in enumerate(slots, start=1):
        venue = ground.venues.get(place)
        session = session_of(offer, activity, venue, number=number, starts_at=starts_at)
        session.speaker = speaker
        ends_at = session.ends_at = starts_at + datetime.timedelta(minutes=offer.minutes)
        rows.append(Planned(session, offer, activity.organisation, venue, starts_at, ends_at, day, part))
    return rows


def session_of(
    offer: Offer, activity: Activity, venue: Venue | None, *, number: int, starts_at: datetime.datetime
) -> Session:
    topic, _, topic_en = (offer.topics[(number - 1) % len(offer.topics)] if offer.topics else "").partition(" | ")
    capacity = venue.capacity if venue and venue.capacity else None
    return Session(
        activity=activity,
        venue=venue,
        number=number,
        topic=topic,
        topic_en=topic_en,
        starts_at=starts_at,
        is_online=venue is None,
        seat_count=min(offer.seats, capacity or offer.seats) if offer.seats else None,
        counting_rule=offer.rule,
    )


def set_states(ground: Ground, planned: list[Planned]) -> None:
    """Sessions behind us were held, save those called off and those that nobody has reported yet."""
    chance = stream(ground.seed, "states")
    for row in planned:
        row.session.state = drawn_state(chance, row, ground.week)
    for offer in offers():
        for code in offer.awaiting:
            mine = [row for row in planned if row.offer.slug == offer.slug and row.organisation.code == code]
            [row for row in mine if is_past(row, ground.week)][-1].session.state = Session.State.PLANNED


def is_past(row: Planned, week: Week) -> bool:
    return row.starts_at < week.known_until


def drawn_state(chance: random.Random, row: Planned, week: Week) -> str:
    draw = chance.random()
    is_fixed = bool(row.offer.days) or row.offer.is_draft
    for state, share in CALLED_OFF:
        if draw < share and not is_fixed:
            return state
        draw -= share
    return Session.State.HELD if is_past(row, week) else Session.State.PLANNED


def set_instalments(ground: Ground, planned: list[Planned]) -> None:
    """Each session of a series is an instalment, numbered on from the earlier ones of the year."""
    in_series: dict[str, list[Planned]] = defaultdict(list)
    for row in planned:
        if row.offer.series:
            in_series[row.offer.series].append(row)
    counter = Counter(FIRST_INSTALMENT)
    made: list[tuple[Planned, Instalment]] = []
    for code, rows in in_series.items():
        for row in sorted(rows, key=lambda row: (row.starts_at, row.organisation.code, row.session.number)):
            series = ground.series[code]
            number, title = counter[code], row.session.topic
            made.append((row, Instalment(series=series, programme=ground.programme, number=number, title=title)))
            counter[code] += 1
    Instalment.objects.bulk_create(instalment for _row, instalment in made)
    for row, instalment in made:
        row.session.instalment = instalment
