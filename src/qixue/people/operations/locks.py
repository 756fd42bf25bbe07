"""Holding people: whoever is forgotten is so before an act that counts on them, or afterwards."""

from collections.abc import Collection

from django.db.models import QuerySet

from qixue.people.models import Resident


def locked_people(keys: Collection[int]) -> dict[int, Resident]:
    """Those that are still there, by key, locked in the order of their keys: two acts never block each other."""
    return {person.pk: person for person in locked(keys)}


def held_people(keys: Collection[int]) -> set[int]:
    """The same for who needs no more than to know that they are still there."""
    return set(locked(keys).values_list("pk", flat=True))


def locked(keys: Collection[int]) -> QuerySet[Resident]:
    return Resident.objects.select_for_update(no_key=True).filter(pk__among=keys).order_by("pk")
