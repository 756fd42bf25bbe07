"""Who lives here: names, birth years and homes, spread over the towns as the census spreads people."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.names import person_name
from qixue.demo.city.week import Week
from qixue.people.models import GuardianConsent, Resident, User
from qixue.people.operations.residents import CONSENT_TEXT
from qixue.places.models import Population, Region

COUNT = 5000
CHILD_SHARE = 0.14
GUARDIAN_BELOW = 14
URBAN_UNITS = 3.0  # a neighbourhood is larger than a village, by rough usage of the census tables
AGES = ((5, 13, 0), (14, 24, 12), (25, 39, 24), (40, 54, 24), (55, 64, 17), (65, 74, 15), (75, 88, 8))


@dataclass(frozen=True)
class Inhabitant:
    """A resident with what the rest of the city asks about them."""

    resident: Resident
    age: int
    town: Region

    @property
    def county_code(self) -> str:
        return self.town.code[:6]

    @property
    def is_rural(self) -> bool:
        return self.town.urban_rural_class == Region.UrbanRural.RURAL


def create_residents(seed: int, week: Week, city: Region, users: dict[str, User]) -> list[Inhabitant]:
    chance = stream(seed, "residents")
    towns, weights = weighted_towns(city)
    adults = [
        drawn_adult(chance, week, town)
        for town in chance.choices(towns, weights, k=COUNT - round(COUNT * CHILD_SHARE) - 2)
    ]
    adults += personas(week, {town.code: town for town in towns}, users)
    keys = stream(seed, "keys of residents")
    Resident.objects.bulk_create(with_keys(adults, keys), batch_size=900)
    guardians = [adult for adult in adults if 26 <= adult.age <= 48]
    children = [*household(week, adults)]
    children += [
        drawn_child(chance, week, chance.choice(guardians)) for _ in range(COUNT - len(adults) - len(children))
    ]
    Resident.objects.bulk_create(with_keys(children, keys), batch_size=900)
    GuardianConsent.objects.bulk_create(
        (consent(week, child.resident) for child in children if child.age < GUARDIAN_BELOW), batch_size=900
    )
    return adults + children


def with_keys(inhabitants: Sequence[Inhabitant], chance: random.Random) -> list[Resident]:
    """The same key for the same person whenever the city is built."""
    for person in inhabitants:
        person.resident.key = drawn_uuid(chance)
    return [person.resident for person in inhabitants]


def household(week: Week, adults: Sequence[Inhabitant]) -> Iterator[Inhabitant]:
    """The child and the mother of the resident among the personas, who signs them up."""
    guardian = next(adult for adult in adults if adult.resident.user and adult.resident.user.username == "resident")
    for name, age in (("李一诺", 9), ("王秀珍", 68)):
        resident = Resident(
            name=name,
            birth_year=week.today.year - age,
            home_region=guardian.town,
            guardian=guardian.resident,
        )
        yield Inhabitant(resident, age, guardian.town)


def consent(week: Week, child: Resident) -> GuardianConsent:
    user = child.guardian.user if child.guardian else None
    return GuardianConsent(resident=child, text_version=CONSENT_TEXT, given_by=user, given_at=week.prepared_at)


def weighted_towns(city: Region) -> tuple[list[Region], list[float]]:
    """Towns with shares of their county's census population, by the number of their committees."""
    latest = Population.objects.filter(
        indicator="resident_population", reference_on="2020-11-01", region__parent=city
    ).order_by("region__code")
    towns, weights = [], []
    for population in latest.select_related("region"):
        children = list(
            Region.objects.filter(parent=population.region, level=Region.Level.TOWNSHIP)
            .exclude(unit_type=Region.UnitType.SPECIAL)
            .order_by("code")
        )
        units = [committees(town) for town in children]
        towns += children
        weights += [float(population.value) * unit / sum(units) for unit in units]
    return towns, weights


def committees(town: Region) -> float:
    return (town.residents_committee_count or 0) * URBAN_UNITS + (town.village_committee_count or 0)


def drawn_adult(chance: random.Random, week: Week, town: Region) -> Inhabitant:
    low, high, _weight = chance.choices(AGES, [weight for *_ages, weight in AGES])[0]
    return inhabitant(chance, week, town, chance.randint(low, high))


def drawn_child(chance: random.Random, week: Week, guardian: Inhabitant) -> Inhabitant:
    """A child under 14 in the guardian's home, under the guardian's surname."""
    age = chance.randint(5, GUARDIAN_BELOW - 1)
    child = inhabitant(chance, week, guardian.town, age)
    child.resident.name = guardian.resident.name[0] + child.resident.name[1:]
    child.resident.guardian = guardian.resident
    return child


def inhabitant(chance: random.Random, week: Week, town: Region, age: int) -> Inhabitant:
    birth_year = week.today.year - age
    name = person_name(chance, birth_year=birth_year, county=town.code[:6])
    return Inhabitant(Resident(name=name, birth_year=birth_year, home_region=town), age, town)


def personas(week: Week, towns: dict[str, Region], users: dict[str, User]) -> Iterator[Inhabitant]:
    """The two residents who can sign in: one of working age in the city, one of 75 years."""
    for username, age, code in (("resident", 34, "441802006"), ("elder", 75, "441802007")):
        user, town = users[username], towns[code]
        resident = Resident(name=user.display_name, birth_year=week.today.year - age, home_region=town, user=user)
        yield Inhabitant(resident, age, town)


def by_county(inhabitants: Sequence[Inhabitant]) -> dict[str, list[Inhabitant]]:
    grouped: dict[str, list[Inhabitant]] = {}
    for person in inhabitants:
        grouped.setdefault(person.county_code, []).append(person)
    return grouped
