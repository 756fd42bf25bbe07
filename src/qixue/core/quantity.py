"""Numbers as the real world reports them: "3500多人次" is not 3500.

A quantity keeps its value, its unit and its qualifier together through every sum, page and document.
Rules follow the habits of Chinese official writing (GB/T 15835-2011 for numerals) and the general rules of the
statistics this product keeps: 人次 add up over disjoint sessions, 人数 never add up, contradictions are never resolved.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Qualifier(StrEnum):
    """What a printed number says about the true one."""

    EXACT = "exact"  # printed without a hedge
    AT_LEAST = "at_least"  # "3500多": strictly more than the value
    NEARLY = "nearly"  # "近4000": slightly less than the value
    ABOUT = "about"  # "约400": an estimate, either side
    CONTRADICTORY = "contradictory"  # "近4000多": both hedges on one number; bounds are unknown


class UnitMismatch(ValueError):
    """Two quantities of different units were added, or a unit that never adds up."""


class ContradictoryQuantity(ValueError):
    """A contradictory quantity was put into a sum; only a person can clarify it first."""


@dataclass(frozen=True)
class Unit:
    """A counting unit with its measure word. `is_additive` is False where parts do not add up to the whole."""

    code: str
    zh: str
    en: str
    en_plural: str
    is_additive: bool = True


ATTENDANCE = Unit("attendance", "人次", "attendance", "attendances")
PERSON = Unit("person", "人", "person", "people", is_additive=False)
SESSION = Unit("session", "场", "session", "sessions")
INSTALMENT = Unit("instalment", "期", "instalment", "instalments")
ACTIVITY = Unit("activity", "项", "activity", "activities")
PIECE = Unit("piece", "个", "", "")
THING = Unit("thing", "件", "thing", "things")  # that people own, as in a swap
KILOGRAM = Unit("kilogram", "千克", "kg", "kg")
AWARD = Unit("award", "项", "award", "awards")
DAY = Unit("day", "天", "day", "days", is_additive=False)  # of a duration: two of them never add up to a third
WEEK = Unit("week", "周", "week", "weeks", is_additive=False)
MONTH = Unit("month", "个月", "month", "months", is_additive=False)
CLASS = Unit("class", "班次", "class", "classes")
PER_THOUSAND = Unit("per_thousand", "人次/千人", "per 1,000 residents", "per 1,000 residents", is_additive=False)
PERCENT = Unit("percent", "%", "%", "%", is_additive=False)
RATIO = Unit("ratio", "倍", "times", "times", is_additive=False)
REPORT = Unit("report", "篇", "report", "reports")
ITEM = Unit("item", "份", "item", "items")
HOUR = Unit("hour", "小时", "hour", "hours")
LEARNING_HOUR = Unit("learning_hour", "学时", "learning hour", "learning hours")  # of 45 minutes
INDEX = Unit("index", "", "", "", is_additive=False)  # of inequality: 0 where all are alike
YUAN = Unit("yuan", "元", "yuan", "yuan")
REACH = Unit("reach", "人（受众）", "person reached", "people reached", is_additive=False)  # always an estimate
UNITS = {
    unit.code: unit
    for unit in (
        ATTENDANCE,
        PERSON,
        SESSION,
        INSTALMENT,
        ACTIVITY,
        PIECE,
        THING,
        KILOGRAM,
        AWARD,
        DAY,
        WEEK,
        MONTH,
        CLASS,
        PER_THOUSAND,
        PERCENT,
        RATIO,
        REPORT,
        ITEM,
        HOUR,
        LEARNING_HOUR,
        INDEX,
        YUAN,
        REACH,
    )
}

HEDGES_ZH = {
    Qualifier.EXACT: "{}",
    Qualifier.AT_LEAST: "{}多",
    Qualifier.NEARLY: "近{}",
    Qualifier.ABOUT: "约{}",
    Qualifier.CONTRADICTORY: "近{}多",
}
HEDGES_EN = {
    Qualifier.EXACT: "{}",
    Qualifier.AT_LEAST: "more than {}",
    Qualifier.NEARLY: "nearly {}",
    Qualifier.ABOUT: "about {}",
    Qualifier.CONTRADICTORY: "“nearly {} and more”",
}


@dataclass(frozen=True)
class Quantity:
    """A number with its unit and qualifier.

    `is_sum` marks a computed total. One of rough parts says no more than they do and is printed to two significant
    digits, a lower bound floored ("3512 and more" prints as "3500多"), an estimate rounded (69982 prints as "约70000"),
    while a number that a source states prints as the source has it.
    """

    value: int | Decimal
    unit: Unit
    qualifier: Qualifier = Qualifier.EXACT
    is_sum: bool = field(default=False, compare=False)

    @property
    def lower_exclusive(self) -> int | Decimal | None:
        """The bound that the true number exceeds, or None where the qualifier gives none."""
        return self.value if self.qualifier is Qualifier.AT_LEAST else None

    @property
    def upper_exclusive_by_usage(self) -> int | None:
        """Where "多" stops by usage: 3500多 stays under 3600, 80多 under 90, 1000多 under 1100; None when irregular."""
        if self.qualifier is not Qualifier.AT_LEAST or self.is_sum or self.value <= 0 or self.value % 10:
            return None
        digits = str(int(self.value))
        zeros = len(digits) - len(digits.rstrip("0"))
        return int(self.value) + 10 ** max(1, min(zeros, len(digits) - 2))

    def number_text(self, language: str) -> str:
        """The hedged number without its unit; Chinese documents print no thousands separators."""
        value = self.value
        if self.is_sum and self.qualifier in PRINTED_SUMS:
            value = PRINTED_SUMS[self.qualifier](value)
        if language.startswith("zh"):
            return HEDGES_ZH[self.qualifier].format(value)
        return HEDGES_EN[self.qualifier].format(f"{value:,}")

    def text(self, language: str) -> str:
        """As a sentence prints it: "3500多人次", "more than 3,500 attendances"."""
        number = self.number_text(language)
        if language.startswith("zh"):
            return number + self.unit.zh
        if self.unit is PERCENT:
            return number + "%"
        return f"{number} {self.unit.en if self.value == 1 else self.unit.en_plural}".rstrip()


def floor_to_two_digits(value: int | Decimal) -> int:
    """3512 -> 3500; of one or two digits all stay."""
    whole = int(value)
    step = step_of_two_digits(whole)
    return whole // step * step


def round_to_two_digits(value: int | Decimal) -> int | Decimal:
    """69982 -> 70000, 3550 -> 3600, 12.6 -> 13; below ten the decimals stay."""
    if -10 < value < 10:
        return value
    whole = int(rounded(Decimal(value), 0))
    step = step_of_two_digits(whole)
    return int(rounded(Decimal(whole) / step, 0)) * step


def step_of_two_digits(value: int) -> int:
    return int(10 ** max(0, len(str(abs(value))) - 2))


PRINTED_SUMS: dict[Qualifier, Callable[[int | Decimal], int | Decimal]] = {
    Qualifier.AT_LEAST: floor_to_two_digits,
    Qualifier.ABOUT: round_to_two_digits,
}


def combined_qualifier(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """The qualifier of a sum. Raises ContradictoryQuantity when a part contradicts itself."""
    hedges = set(qualifiers) - {Qualifier.EXACT}
    if Qualifier.CONTRADICTORY in hedges:
        raise ContradictoryQuantity("A contradictory number cannot enter a sum.")
    if not hedges:
        return Qualifier.EXACT
    return hedges.pop() if len(hedges) == 1 else Qualifier.ABOUT


def total(parts: Iterable[Quantity], unit: Unit) -> Quantity:
    """The sum of disjoint parts.

    Raises UnitMismatch when a part has another unit or the unit does not add up (people), ContradictoryQuantity when
    a part contradicts itself. One part alone is returned as it is, so that a stated number keeps its wording.
    """
    parts = list(parts)
    if any(part.unit != unit for part in parts):
        raise UnitMismatch(f"Only quantities in {unit.code} can enter this sum.")
    if len(parts) == 1:
        return parts[0]
    if parts and not unit.is_additive:
        raise UnitMismatch(f"Numbers in {unit.code} do not add up; count the union instead.")
    qualifier = combined_qualifier(part.qualifier for part in parts)
    return Quantity(sum(part.value for part in parts), unit, qualifier, is_sum=True)


def rounded(value: Decimal, places: int = 1) -> Decimal:
    """As prints have it: 2.5 becomes 3, not 2."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def hedge_of_rate(whole: Quantity) -> Qualifier:
    """A rate of an exact number is exact, of a hedged one about right: a hedge does not survive a division."""
    return Qualifier.EXACT if whole.qualifier is Qualifier.EXACT else Qualifier.ABOUT


def share_of(part: int, whole: int, qualifier: Qualifier = Qualifier.EXACT) -> Quantity:
    """Per cent, to one decimal. Raises decimal.DivisionByZero for a share of nothing."""
    return Quantity(rounded(Decimal(100 * part) / whole), PERCENT, qualifier)
