"""Holding people: whoever is forgotten, or turns out to be somebody with another record, is so before an act that
counts on them, or afterwards. They are held before chains of the ledger, and these before sessions.

Whoever lets somebody in holds them, and so does whoever takes a seat from somebody: of the two the second looks again.
Signing up by oneself, the quick way, takes a seat from nobody and holds nobody.
"""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.people.models import Resident


def locked_people(keys: Collection[int]) -> dict[int, Resident]:
    """Those that are still there, by key, locked in the order of their keys: two acts never block each other."""
    return {person.pk: person for person in locked(keys)}


def held_people(keys: Collection[int]) -> set[int]:
    """The same for who needs no more than to know that they are still there."""
    return set(locked(keys).values_list("pk", flat=True))


def hold_or_refuse(keys: Collection[int]) -> None:
    """The same where nothing can be done for somebody who is gone. Refused: changed_meanwhile."""
    if held_people(keys) != set(keys):
        raise changed_meanwhile()


def changed_meanwhile() -> Refused:
    sentence = _("Somebody here was erased just now, or turned out to have another record. Please look again.")
    return Refused("changed_meanwhile", sentence)


def locked(keys: Collection[int]) -> QuerySet[Resident]:
    return Resident.objects.select_for_update(no_key=True).filter(pk__among=keys).order_by("pk")
