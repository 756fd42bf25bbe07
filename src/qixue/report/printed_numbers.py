"""Does a file print the numbers that were sealed? Compared by words, by content controls, or by paragraphs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from qixue.report.reading import SummaryFile
from qixue.report.seal_format import Envelope, SealedFigure, text_digest
from qixue.report.sequence_changes import changes

Pair = tuple[str, str]  # code of a figure, printed text


def has_sealed_words(file: SummaryFile, envelope: Envelope) -> bool:
    return text_digest(file.words) == envelope.text_digest


def altered_in_text(file: SummaryFile, envelope: Envelope, issued: SummaryFile | None) -> dict[str, str]:
    """By code of a figure what a .docx with other words prints in place of the sealed number; "" where it is gone.

    Word keeps the tags of content controls, LibreOffice only their order; where neither is left, the paragraphs of
    `issued`, the file as it was issued, show what was changed.
    """
    if pairs := tagged_or_in_order(file, envelope.printed):
        return altered_in_controls(pairs, envelope)
    return altered_in_lines(file.lines, issued) if issued else dict.fromkeys(envelope.printed, "")


def tagged_or_in_order(file: SummaryFile, printed: Sequence[str]) -> list[Pair]:
    """The numbers of the text with their figures, in reading order; none where the content controls were lost."""
    tagged = [pair for pair in file.controls if pair[0]]
    if tagged or len(file.controls) != len(printed):
        return tagged
    return [(code, text) for code, (_lost, text) in zip(printed, file.controls, strict=True)]


def altered_in_controls(pairs: Sequence[Pair], envelope: Envelope) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code, text in pairs:
        found.setdefault(code, []).append(text)
    altered = {}
    for code, times in Counter(envelope.printed).items():
        texts = found.get(code, [])
        wrong = [text for text in texts if text not in envelope.figures[code].prints]
        if wrong or len(texts) < times:
            altered[code] = wrong[0] if wrong else ""
    return altered


def altered_in_lines(lines: Sequence[str], issued: SummaryFile) -> dict[str, str]:
    """The figures whose number is no longer in the paragraph, or in what stands in the place of the paragraph."""
    altered: dict[str, str] = {}
    for kind, start, end, new_start, new_end in changes(issued.lines, lines):
        if kind in {"replace", "delete"}:
            numbers = [pair for pairs in issued.controls_by_line[start:end] for pair in pairs]
            altered |= dict.fromkeys(missing_codes(numbers, "\n".join(lines[new_start:new_end])), "")
    return altered


def missing_codes(numbers: Iterable[Pair], words: str) -> list[str]:
    """A number counts only where no other digit stands beside it: 500 is not in 3500."""
    return [
        code
        for (code, text), times in Counter(numbers).items()
        if len(re.findall(rf"(?<![\d.]){re.escape(text)}(?![\d.])", words)) < times
    ]


def altered_in_cells(file: SummaryFile, figures: Mapping[str, SealedFigure]) -> dict[str, str]:
    """By code of a figure what the annex says in place of the sealed number; "" where its row is gone."""
    rows = {code: (text, value) for code, text, value in file.cells}
    altered = {}
    for code, figure in figures.items():
        text, value = rows.get(code, ("", ""))
        if (text, value) != (figure.text, figure.value):
            altered[code] = text if text != figure.text else value
    return altered
