"""A text while it is being written: how it will read, and what a proof-reader would mark in each paragraph."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import override

from qixue.report.manuscript_text import Mistake
from qixue.report.models import SummarySection
from qixue.report.official_document import Block, block_lines
from qixue.report.proofreader import Remark, place_of, proofread
from qixue.report.section_text import Catalogue, with_heading
from qixue.report.summary import organ_names

NOTHING = "—"  # stands for a block without words, so that paragraphs keep their numbers


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
        lines = [" ".join(block_lines((block,))) or NOTHING for block in blocks]
        found = proofread("\n".join(lines), organ_names())
    return CheckedText(blocks, [remarks_at(found, at) for at in range(1, len(blocks) + 1)], mistakes)


def remarks_at(remarks: Sequence[Remark], at: int) -> list[Remark]:
    return [remark for remark in remarks if remark.place == place_of(at)]
