"""A chart as data: one definition for a page, a print and a document. Pure, no Django.

A chart is a table whose rows also have a bar, so that whoever cannot see it reads the same numbers in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qixue.core.quantity import Quantity, Unit


@dataclass(frozen=True)
class Bar:
    """One row: what it is about, its number (None where there is no record), and where it leads."""

    label: str
    quantity: Quantity | None
    url: str = ""
    is_withheld: bool = False  # there is a number, which not everybody may know


@dataclass(frozen=True)
class Chart:
    """Bars of one unit under a title, in the order in which they are read. Two more titles head labels and numbers."""

    title: str
    label_title: str
    number_title: str
    bars: tuple[Bar, ...]

    @property
    def rows(self) -> Sequence[tuple[Bar, Decimal]]:
        """Each bar with its length, in per cent of the longest; nothing is shorter than nothing."""
        longest = max((Decimal(bar.quantity.value) for bar in self.bars if bar.quantity), default=Decimal(0))
        return [(bar, length_of(bar, longest)) for bar in self.bars]

    @property
    def unit(self) -> Unit | None:
        """Of all bars; None where no number is known."""
        return next((bar.quantity.unit for bar in self.bars if bar.quantity), None)

    @property
    def has_withheld(self) -> bool:
        return any(bar.is_withheld for bar in self.bars)

    @property
    def is_worth_drawing(self) -> bool:
        """One bar alone, or only empty ones, compare nothing."""
        return sum(1 for _bar, length in self.rows if length) > 1


def length_of(bar: Bar, longest: Decimal) -> Decimal:
    if bar.quantity is None or not longest:
        return Decimal(0)
    return (100 * Decimal(bar.quantity.value) / longest).quantize(Decimal("0.1"))
