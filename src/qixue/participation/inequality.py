"""How unevenly something is spread over areas of different size. Pure, no Django.

An area is a pair (residents, attendances); both measures weight it by its residents. Sources: C. Gini, Variabilità e
mutabilità, 1912, by the area under the Lorenz curve; H. Theil, Economics and Information Theory, 1967, whose index is
exactly the sum of a part between groups of areas and a part within them.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

Area = tuple[float, float]


def gini(areas: Sequence[Area]) -> float:
    """0 where all have as much per resident, towards 1 where one small area has all.

    Raises ValueError where nobody lives or nobody came: there is nothing to spread.
    """
    residents, attendances = spread(areas)
    ordered = sorted(areas, key=lambda area: area[1] / area[0])
    shares = [0.0, *accumulate(area[1] / attendances for area in ordered)]
    pairs = zip(ordered, pairwise(shares), strict=True)
    return 1 - sum(area[0] / residents * (before + after) for area, (before, after) in pairs)


def theil(areas: Sequence[Area]) -> float:
    """Theil's T, from 0 (even) to ln(all residents / those of the area that has all).

    Raises ValueError where nobody lives or nobody came.
    """
    residents, attendances = spread(areas)
    shares = [(people / residents, came / attendances) for people, came in areas]
    return sum(share * math.log(share / weight) for weight, share in shares if share)


def theil_between(groups: Sequence[Sequence[Area]]) -> float:
    """The part of Theil's T that is between the groups, each taken as one area; the rest is within them.

    Raises ValueError where nobody lives or nobody came.
    """
    return theil([summed(group) for group in groups])


def spread(areas: Sequence[Area]) -> Area:
    residents, attendances = summed(areas)
    if not (residents > 0 and attendances > 0):
        raise ValueError("An uneven spread needs residents and attendances.")
    return residents, attendances


def summed(areas: Sequence[Area]) -> Area:
    return sum(area[0] for area in areas), sum(area[1] for area in areas)
