"""People of one name, told apart by what the organiser knows of them: for a household, its organiser and its door."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from qixue.core.typed import folded
from qixue.people.models import Resident

SHOWN_DIGITS = 4


def name_to_compare(name: str) -> str:
    """The name as two of one name share it, however it was typed."""
    return "".join(folded(name).split())


def told_apart(people: Iterable[Resident]) -> dict[int, str]:
    """By key, for names that several of the people have: year of birth and the end of the phone number, as known."""
    return told_apart_in_each([people])[0]


def told_apart_in_each(groups: Iterable[Iterable[Resident]]) -> list[dict[int, str]]:
    """The same for several groups of people, whose names are compared within each; asked at once."""
    found = [namesakes_among(people) for people in groups]
    prefetch_related_objects([person for namesakes in found for person in namesakes], "user")
    return [particulars_of(namesakes) for namesakes in found]


def years_apart(people: Iterable[Resident]) -> dict[int, str]:
    """By key, for names that several have: the year of birth alone, where everybody can read it."""
    return {person.pk: str(person.birth_year or "") for person in namesakes_among(people)}


def named_apart(people: Iterable[Resident]) -> dict[int, str]:
    """By key: the name of each, with the particulars behind it where several have it."""
    residents = list(people)
    apart = told_apart(residents)
    return {person.pk: with_particulars(person.name, apart.get(person.pk, "")) for person in residents}


def with_particulars(name: str, known: str) -> str:
    return _("%(name)s (%(particulars)s)") % {"name": name, "particulars": known} if known else name


def namesakes_among(people: Iterable[Resident]) -> Sequence[Resident]:
    residents = list({person.pk: person for person in people}.values())
    names = Counter(name_to_compare(person.name) for person in residents)
    return [person for person in residents if names[name_to_compare(person.name)] > 1]


def particulars_of(namesakes: Sequence[Resident]) -> dict[int, str]:
    """The home town is said, too, where the rest is the same."""
    known = {person.pk: particulars(person) for person in namesakes}
    called = {person.pk: (name_to_compare(person.name), known[person.pk]) for person in namesakes}
    times = Counter(called.values())
    alike = [person for person in namesakes if times[called[person.pk]] > 1]
    prefetch_related_objects(alike, "home_region")
    towns = {person.pk: person.home_region.local_name for person in alike if person.home_region}
    return {pk: " · ".join(part for part in (said, towns.get(pk, "")) if part) for pk, said in known.items()}


def particulars(person: Resident) -> str:
    digits = person.user.mobile[-SHOWN_DIGITS:] if person.user else ""
    phone = _("phone ending in %(digits)s") % {"digits": digits} if digits else ""
    return " · ".join(part for part in (str(person.birth_year or ""), phone) if part)
