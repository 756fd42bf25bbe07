"""Holding people: whoever is forgotten is so before an act that counts on them, or afterwards."""

from collections.abc import Collection

from qixue.people.models import Resident


def locked_people(keys: Collection[int]) -> dict[int, Resident]:
    """Those that are still there, by key, locked in the order of their keys: two acts never block each other."""
    people = Resident.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {person.pk: person for person in people}
