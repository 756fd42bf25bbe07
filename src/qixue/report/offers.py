"""What can be put into a section: figures by what they count, charts, tables and photos, each with its mark."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from qixue.report.drafting.charts import DOCUMENT_CHARTS
from qixue.report.drafting.programme_facts import FACTS
from qixue.report.manuscript_text import Kind, Placed
from qixue.report.section_text import TABLES, Catalogue
from qixue.report.small_numbers import small_numbers


@dataclass(frozen=True)
class Offer:
    """Something to insert: its mark, its name, the value that it has now, and whether public pages withhold that."""

    mark: str
    name: str
    value: str = ""
    is_small: bool = False


def figure_groups(catalogue: Catalogue, others: str) -> dict[str, list[Offer]]:
    """Figures that have a value, in the programme's order, by the name of what they count.

    What is counted in one way only stands together under `others`, which comes first.
    """
    groups: dict[str, list[Offer]] = {}
    small = {figure.code for figure in small_numbers(catalogue.material.figures)}
    for figure in catalogue.material.figures:
        if figure.quantity:
            mark, value = f"{{{{{figure.code}}}}}", figure.quantity.text("zh")
            offer = Offer(mark, figure.name, value, is_small=figure.code in small)
            groups.setdefault(str(figure.definition.name), []).append(offer)
    single = [offers[0] for offers in groups.values() if len(offers) == 1]
    several = {name: offers for name, offers in groups.items() if len(offers) > 1}
    return {others: single, **several} if single else several


def fact_offers(catalogue: Catalogue) -> list[Offer]:
    """Facts of the programme that are on record: its name, its days, the moment of the numbers."""
    texts = catalogue.names.facts
    return [Offer(f"{{{{{name}}}}}", str(FACTS[name].title), words) for name, words in texts.items()]


def placed_offers(catalogue: Catalogue) -> Iterator[Offer]:
    """Charts, tables and photos; there is one table, of the counties."""
    for chart in DOCUMENT_CHARTS.values():
        yield Offer(Placed(Kind.CHART, chart.code).mark, str(chart.name))
    for code in TABLES:
        yield Offer(Placed(Kind.TABLE, code).mark, _("Table of the counties"))
    for number, photo in catalogue.photos.items():
        yield Offer(Placed(Kind.PHOTO, number).mark, photo.caption)
