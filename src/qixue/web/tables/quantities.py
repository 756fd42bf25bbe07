"""A hedged number as columns: the number, its unit, and the hedge in words, so that a spreadsheet can count with it."""

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.language import is_chinese
from qixue.core.quantity import Quantity, Unit
from qixue.programme.models.sources import QUALIFIER_CHOICES
from qixue.report.tables import Cell, Column

Thing = TypeVar("Thing")


def quantity_columns(
    title: str,
    quantity_of: Callable[[Thing], Quantity | None],
    *,
    unit: Unit | None = None,
    is_withheld: Callable[[Thing], bool] = lambda _thing: False,
) -> list[Column[Thing]]:
    """Without `unit` the rows differ in it, and it gets a column. A number that is withheld on the page is so here."""

    def number(thing: Thing) -> Cell:
        quantity = quantity_of(thing)
        if is_withheld(thing):
            return pgettext("a number", "withheld")
        return quantity.value if quantity else _("no data")

    def hedge(thing: Thing) -> Cell:
        quantity = None if is_withheld(thing) else quantity_of(thing)
        return str(QUALIFIER_CHOICES[quantity.qualifier]) if quantity else ""

    def unit_of(thing: Thing) -> Cell:
        quantity = quantity_of(thing)
        return unit_words(quantity.unit) if quantity else ""

    head = with_unit(title, unit) if unit else title
    units = [] if unit else [Column(_("Unit"), unit_of, 10)]
    return [Column(head, number, 14), *units, Column(with_topic(title, _("Hedge")), hedge, 18)]


def unit_words(unit: Unit) -> str:
    """个 is no word in English, and does not stand in for one."""
    return unit.zh if is_chinese() else unit.en_plural


def with_unit(title: str, unit: Unit) -> str:
    words = unit_words(unit)
    return with_remark(title, words) if words else title


def with_remark(text: str, remark: str) -> str:
    """With the remark in brackets, as the viewer's language writes them."""
    return f"{text}（{remark}）" if is_chinese() else f"{text} ({remark})"


def with_topic(title: str, topic: str) -> str:
    return f"{title}{pgettext('between title and topic', ': ')}{topic}"
