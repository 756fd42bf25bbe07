"""A text while it is being written: how it will read, and what a proof-reader would mark in each paragraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from qixue.report.drafting.known_figures import known_figures
from qixue.report.manuscript_text import Mistake
from qixue.report.models import SummarySection
from qixue.report.official_document import Block, OfficialDocument, plain_text, shown_codes
from qixue.report.proofreader import Remark, place_of, proofread
from qixue.report.section_text import Catalogue, with_heading
from qixue.report.summary import organ_names
from qixue.report.text_remarks import small_number_remarks


@dataclass(frozen=True)
class CheckedText:
    """The blocks of a section with its heading, the remarks on each, and the marks that stand for nothing."""

    blocks: Sequence[Block]
    remarks: Sequence[Sequence[Remark]]
    mistakes: Sequence[Mistake]


def checked(section: SummarySection, text: str, catalogue: Catalogue) -> CheckedText:
    """Nothing is saved, and nothing refused."""
    with override("zh-hans"):
        body, mistakes = catalogue.blocks(text)
        blocks = with_heading(section, body)
        figures = catalogue.material.figures
        found = proofread(OfficialDocument((), tuple(blocks)), organ_names(), figures=known_figures(figures))
        codes = shown_codes(blocks)
        small = list(small_number_remarks([figure for figure in figures if figure.code in codes]))
    by_block = zip(blocks, remarks_by_block(blocks, found), strict=True)
    return CheckedText(blocks, [[*remarks, *of_block(block, small)] for block, remarks in by_block], mistakes)


def of_block(block: Block, remarks: Sequence[Remark]) -> Iterator[Remark]:
    """The remarks on figures that the block shows; their place is the code of the figure."""
    codes = shown_codes([block])
    return (remark for remark in remarks if remark.place in codes)


def remarks_by_block(blocks: Sequence[Block], remarks: Sequence[Remark]) -> Iterator[list[Remark]]:
    """A remark says the number of its line; a table has several lines."""
    at = 0
    for block in blocks:
        lines = [line for line in plain_text(OfficialDocument((), (block,))).splitlines() if line.strip()]
        places = {place_of(at + line) for line in range(1, len(lines) + 1)}
        yield [remark for remark in remarks if remark.place in places]
        at += len(lines)
