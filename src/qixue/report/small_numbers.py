"""Numbers that tell of very few people: a summary that is issued is public, and public pages withhold them."""

from collections.abc import Sequence

from qixue.core.figures import shared_reads
from qixue.figures.for_everybody import told
from qixue.figures.queries import Figure


def small_numbers(figures: Sequence[Figure]) -> list[Figure]:
    """Those of fewer than five people, and those from which such numbers would follow."""
    with shared_reads():
        return [figure for figure in figures if told(figure).is_withheld]
