"""Who signed up for what: 8,000 registrations, seats first, then the queue in the order of time."""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qixue.demo.city.activities import Planned
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.residents import GUARDIAN_BELOW, Inhabitant, by_county
from qixue.demo.city.week import Week
from qixue.participation.models import Registration
from qixue.participation.models.registrations import DOOR_CODES
from qixue.programme.models import Activity, Session

COUNT = 8000
CANCELLED_SHARE = 0.06
SHARE_FROM_TOWN = 0.6
# How lively the counties are in the synthetic city: some are quieter, and the countryside signs up less than the town.
LIVELINESS = {
    "441802": 1.25,
    "441803": 0.95,
    "441821": 0.85,
    "441823": 0.5,
    "441825": 0.55,
    "441826": 0.9,
    "441881": 0.9,
    "441882": 0.75,
}
RURAL_SHARE = 0.55
# Sessions that the two residents among the personas have signed up for.
FAVOURITES = {
    "resident": {("hall-history", "city-library"), ("first-aid", "city-health")},
    "elder": {("fraud", "city-antifraud"), ("phone-basics", "qc-fengcheng"), ("blood-pressure", "city-health")},
}


def suits(person: Inhabitant, audience: str) -> bool:
    """Whether the activity is made for people like this one."""
    if audience == Activity.Audience.OLDER:
        return person.age >= 55
    if audience == Activity.Audience.FARMERS:
        return person.is_rural and 22 <= person.age <= 68
    if audience == Activity.Audience.FAMILIES:
        return person.age < GUARDIAN_BELOW or 26 <= person.age <= 48
    if audience == Activity.Audience.WORKERS:
        return 20 <= person.age <= 56
    return person.age >= GUARDIAN_BELOW


@dataclass
class Crowd:
    """The inhabitants as those who might come, and where each of them already is."""

    people: Sequence[Inhabitant]
    busy: set[tuple[int, int, str]] = field(default_factory=set)
    pools: dict[tuple[str, str], list[Inhabitant]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counties = by_county(self.people)
        users = ((person.resident.user, person) for person in self.people if person.resident.user_id)
        self.members = {user.username: person for user, person in users if user}

    def fans(self, row: Planned) -> list[Inhabitant]:
        """The residents among the personas who want to come to this session."""
        key = (row.offer.slug, row.organisation.code)
        return [self.members[username] for username, sessions in FAVOURITES.items() if key in sessions]

    def pool(self, row: Planned) -> list[Inhabitant]:
        """Whom the session is for, in its county; anybody in the city for a session online."""
        county = county_of(row)
        key = (county, row.offer.audience)
        if key not in self.pools:
            people = self.counties.get(county, self.people)
            self.pools[key] = [person for person in people if suits(person, row.offer.audience)]
        return self.pools[key]

    def take(self, person: Inhabitant, row: Planned) -> bool:
        """Book the person for the hour of the session, unless they are elsewhere then."""
        slot = (person.resident.pk, row.day, row.part)
        if slot in self.busy:
            return False
        self.busy.add(slot)
        return True

    def drawn(self, chance: random.Random, row: Planned) -> Iterator[Inhabitant]:
        """People for the session in a drawn order, those of the same town first more often."""
        pool = self.pool(row)
        town = row.venue.region_id if row.venue else None
        near = [person for person in pool if person.town.pk == town]
        far = [person for person in pool if person.town.pk != town]
        chance.shuffle(near)
        chance.shuffle(far)
        while near or far:
            from_near = near and (not far or chance.random() < SHARE_FROM_TOWN)
            yield (near if from_near else far).pop()


def county_of(row: Planned) -> str:
    return row.venue.region.code[:6] if row.venue and row.venue.region else ""


def appetite(row: Planned) -> float:
    """How much the place of a session lets people come, about 1."""
    region = row.venue.region if row.venue else None
    liveliness = LIVELINESS.get(county_of(row), 1.0)
    return liveliness * (RURAL_SHARE if region and region.urban_rural_class == "rural" else 1.0)


def create_registrations(
    seed: int, week: Week, planned: Sequence[Planned], crowd: Crowd
) -> dict[int, list[tuple[Inhabitant, Registration]]]:
    """The registrations of every session by its key, in the order in which they came in."""
    chance = stream(seed, "registrations")
    open_rows = [row for row in planned if row.session.seat_count and not row.offer.is_draft]
    numbers = allotted(chance, open_rows, crowd)
    parties, door_codes = stream(seed, "parties"), stream(seed, "door codes")
    created: dict[int, list[tuple[Inhabitant, Registration]]] = {}
    for row, number in zip(open_rows, numbers, strict=True):
        created[row.session.pk] = registrations_of(chance, week, row, crowd, number)
        codes = door_codes.sample(range(DOOR_CODES), len(created[row.session.pk]))
        for (_person, registration), code in zip(created[row.session.pk], codes, strict=True):
            registration.party, registration.door_code = drawn_uuid(parties), f"{code:06}"
    Registration.objects.bulk_create(
        (registration for rows in created.values() for _person, registration in rows), batch_size=900
    )
    Session.objects.bulk_update(
        (counted(row.session, created[row.session.pk]) for row in open_rows),
        ["taken_count", "waiting_count", "last_waiting_number"],
    )
    return created


def counted(session: Session, rows: Sequence[tuple[Inhabitant, Registration]]) -> Session:
    """The session with its seats and its queue counted, as registering one by one would have left it."""
    states = [registration.state for _person, registration in rows]
    session.taken_count = states.count(Registration.State.CONFIRMED)
    session.waiting_count = session.last_waiting_number = states.count(Registration.State.WAITING)
    return session


def allotted(chance: random.Random, rows: Sequence[Planned], crowd: Crowd) -> list[int]:
    """How many sign up for each session: 8,000 in all, more where it is lively, never more than might come."""
    wishes = [(row.session.seat_count or 0) * appetite(row) * chance.uniform(0.75, 1.5) for row in rows]
    limits = [min(round((row.session.seat_count or 0) * 1.6), len(crowd.pool(row)) * 2 // 5) for row in rows]
    numbers = [0] * len(rows)
    while (rest := COUNT - sum(numbers)) > 0:
        open_at = [at for at, number in enumerate(numbers) if number < limits[at]]
        if not open_at:
            raise ValueError(f"The week has room for {sum(numbers)} registrations, not for {COUNT}.")
        total = sum(wishes[at] for at in open_at)
        for at in open_at:
            more = max(1, int(rest * wishes[at] / total))
            numbers[at] = min(limits[at], numbers[at] + min(more, COUNT - sum(numbers)))
    return numbers


def registrations_of(
    chance: random.Random, week: Week, row: Planned, crowd: Crowd, number: int
) -> list[tuple[Inhabitant, Registration]]:
    people = [person for person in crowd.fans(row) if crowd.take(person, row)]
    for person in crowd.drawn(chance, row):
        if len(people) >= number:
            break
        if crowd.take(person, row):
            people.append(person)
    closes_at = min(row.starts_at - datetime.timedelta(hours=2), week.known_until)
    requests = sorted(
        ((drawn_moment(chance, week.prepared_at, closes_at), place, person) for place, person in enumerate(people)),
        key=lambda request: request[:2],
    )
    seats, queue, rows = row.session.seat_count or 0, 0, []
    for at, _place, person in requests:
        registration = Registration(
            session=row.session,
            resident=person.resident,
            source=drawn_source(chance, person),
            registered_at=at,
            registered_by=person.resident.user,
        )
        if chance.random() < CANCELLED_SHARE and person.resident.user_id is None:
            registration.state = Registration.State.CANCELLED
            registration.cancelled_at = drawn_moment(chance, at, closes_at)
            registration.cancel_reason = Registration.CancelReason.WITHDRAWN
        elif seats:
            registration.state, seats = Registration.State.CONFIRMED, seats - 1
        else:
            queue += 1
            registration.state, registration.waiting_number = Registration.State.WAITING, queue
        rows.append((person, registration))
    return rows


def drawn_moment(chance: random.Random, start: datetime.datetime, end: datetime.datetime) -> datetime.datetime:
    """A moment in whole seconds, more likely early than late."""
    seconds = int((end - start).total_seconds())
    return start + datetime.timedelta(seconds=int(seconds * chance.random() ** 1.6))


def drawn_source(chance: random.Random, person: Inhabitant) -> str:
    """Children are signed up by the family, many old people by the family or, in the villages, by the cadre."""
    if person.age < GUARDIAN_BELOW:
        return Registration.Source.FAMILY
    if person.resident.user_id is None and person.is_rural and chance.random() < (0.5 if person.age >= 55 else 0.15):
        return Registration.Source.CADRE
    return Registration.Source.FAMILY if person.age >= 70 and chance.random() < 0.35 else Registration.Source.SELF
