"""Records of an office that may be of one person: proposed, and never merged by themselves."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from qixue.core.names import by_name
from qixue.core.refusal import Refused
from qixue.core.typed import folded
from qixue.participation.queries.without_account import (
    obstacle_to_speaking_for,
    people_known_to,
    people_without_account,
)
from qixue.people.models import DifferentPeople, Resident, User
from qixue.people.operations.merging import both_sign_in
from qixue.people.personal_data import Pair

MOST_PAIRS = 10_000  # that are looked at, to show some


@dataclass(frozen=True)
class Likeness:
    """Two records of one name, and what else they have in common, as words."""

    pair: Pair
    same: tuple[Any, ...]


def likely_duplicates(user: User, *, most: int) -> list[Likeness]:
    """Those that have a name and at least one more thing in common, and nothing that says otherwise.

    The most alike come first, then in the order of a Chinese list. Whom somebody has told apart is left out.
    """
    pairs = alike(people_known_to(user).values_list("pk", "name", "birth_year", "home_region_id", "guardian_id"))
    keys = set(itertools.chain(*pairs))
    rows = {row.pk: row for row in people_known_to(user).filter(pk__among=keys).select_related("guardian__user")}
    without = set(people_without_account(user).filter(pk__among=keys).values_list("pk", flat=True))
    different = told_apart(keys)
    found = [
        likeness
        for one, other in sorted(pairs)
        if (one, other) not in different
        and (likeness := likeness_of(rows[one], rows[other])).same
        and likeness.pair.gone.pk in without
    ]
    ordered = by_name(found, lambda likeness: likeness.pair.kept.name)
    return sorted(ordered, key=lambda likeness: -len(likeness.same))[:most]


def alike(told: Iterable[tuple[Any, ...]]) -> set[tuple[int, int]]:
    """The keys of pairs that have their name and one more thing in common, of people as (key, name, things).

    At most MOST_PAIRS, of the smallest groups first: of a hundred with one name and one town hardly two are one person.
    """
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for key, name, *things in told:
        for number, thing in enumerate(things):
            if thing is not None:
                groups[plain_name(name), number, thing].append(key)
    by_size = sorted(groups.values(), key=len)
    pairs = itertools.chain.from_iterable(itertools.combinations(sorted(group), 2) for group in by_size)
    return set(itertools.islice(pairs, MOST_PAIRS))


def likeness_of(one: Resident, other: Resident) -> Likeness:
    """What they have in common besides the name; nothing where years of birth differ or both sign in."""
    pair = Pair.of(one, other)
    years = {one.birth_year, other.birth_year} - {None}
    is_related = one.pk == other.guardian_id or other.pk == one.guardian_id
    if len(years) > 1 or is_related or pair.gone.user_id:
        return Likeness(pair, ())
    alike = (
        (one.birth_year and one.birth_year == other.birth_year, _("Year of birth")),
        (one.home_region_id and one.home_region_id == other.home_region_id, _("Home town or subdistrict")),
        (one.guardian_id and one.guardian_id == other.guardian_id, _("Relative who takes care")),
    )
    return Likeness(pair, tuple(words for is_same, words in alike if is_same))


def told_apart(keys: Collection[int]) -> dict[tuple[int, int], datetime.datetime]:
    """When somebody has said of two of these that they are two people, by their keys, the lower one first."""
    said = DifferentPeople.objects.filter(first__pk__among=keys, second__pk__among=keys).order_by("pk")
    return {(first, second): at for first, second, at in said.values_list("first_id", "second_id", "said_at")}


def told_apart_at(pair: Pair) -> datetime.datetime | None:
    """When somebody has said that they are two people, of whichever office."""
    return next(iter(told_apart((pair.kept.pk, pair.gone.pk)).values()), None)


def same_named(person: Resident, user: User) -> list[Resident]:
    """Others of the same name whom the user's office knows as well; also those who are not much alike otherwise."""
    named = people_known_to(user).exclude(pk=person.pk).values_list("pk", "name")
    keys = [key for key, name in named if plain_name(name) == plain_name(person.name)]
    return list(people_known_to(user).filter(pk__in=keys))


def obstacle_to_merging(pair: Pair, user: User) -> Refused | None:
    """Why the user's office must not bring the two together, nor see what they have in common.

    None where nobody signs in for the record that goes, and all that is kept with it is in reach.
    """
    if pair.gone.user_id:
        return both_sign_in()
    if not people_without_account(user).filter(pk=pair.gone.pk).exists():
        sentence = _(
            "A relative takes care of this record with an account of their own. They can hand it on to the person"
            " under “Mine”, “My household”."
        )
        return Refused("guardian_signs_in", sentence)
    return obstacle_to_speaking_for(pair.gone, user)


def plain_name(name: str) -> str:
    """For comparing: whatever the spaces and the width of its letters."""
    return "".join(folded(name).split())
