"""What changed in a summary between the moment at which its issue was asked for and now."""

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from qixue.figures.queries import Figure, figures_named
from qixue.report.differences import sealed_figures
from qixue.report.models import IssueRequest, Seal
from qixue.report.official_document import OfficialDocument, Picture, printed_lines
from qixue.report.seal_format import FORMAT, SealedFigure
from qixue.report.sealing import State, states_in
from qixue.report.summary import SummaryDraft

MOST_LINES = 20  # of the text, that are shown


def kept_figures(states: dict[str, State]) -> dict[str, list[str]]:
    """What a request keeps of each figure: its text and the root of its evidence."""
    return {code: [state.figure.text, state.figure.evidence_root] for code, state in states.items()}


def kept_lines(document: OfficialDocument) -> list[str]:
    """What a request keeps of the text: its lines, and what no line of a file says of its pictures."""
    return [*printed_lines(document), *(picture_line(block) for block in document.blocks if isinstance(block, Picture))]


def picture_line(picture: Picture) -> str:
    """The words for people who cannot see it. A photo is known by its content; a chart by the figures that it shows,
    and may be drawn with other fonts.
    """
    content = "" if picture.photo is None else f" [{hashlib.sha256(picture.content).hexdigest()[:16]}]"
    return f"{picture.caption}: {picture.alt}{content}"


@dataclass(frozen=True)
class ChangesSinceAsked:
    """What is not as it was when the issue was asked for.

    `sentences` say what a reader of the summary would find changed: such a summary is not issued. `other_records` are
    the figures that are printed as they were, though on other records.
    """

    sentences: list[str]
    other_records: list[Figure]


def changes_since_asked(request: IssueRequest, draft: SummaryDraft, states: dict[str, State]) -> ChangesSinceAsked:
    """A sentence for each figure and each line of the text that is not as it was, and the figures on other records.

    `states` are those of the draft. What was asked for before an update is compared as seals were made then.
    """
    if request.seal_format != FORMAT:
        states = states_in(request.seal_format, draft.figures)
    before, after = request.figures, kept_figures(states)
    figures = figure_changes(before, after, names_of(request, draft))
    return ChangesSinceAsked(
        sentences=[*figures, *line_changes(request.lines, kept_lines(draft.manuscript))],
        other_records=[each for each in draft.figures if has_other_records(before.get(each.code), after[each.code])],
    )


def names_of(request: IssueRequest, draft: SummaryDraft) -> dict[str, str]:
    """The figures then and now by their code, as the reader knows them."""
    shown = {figure.code for figure in draft.figures}
    gone = figures_named(request.programme, [code for code in request.figures if code not in shown])
    return {figure.code: figure.name for figure in [*draft.figures, *gone]}


def figure_changes(before: dict[str, list[str]], after: dict[str, list[str]], names: dict[str, str]) -> Iterator[str]:
    nothing = ["", ""]
    for code in dict.fromkeys([*before, *after]):
        old, new = before.get(code, nothing)[0], after.get(code, nothing)[0]
        if old != new:
            words = {"name": names.get(code, code), "old": old or _("not printed"), "new": new or _("not printed")}
            yield _("%(name)s: %(old)s then, %(new)s now.") % words


def has_other_records(before: list[str] | None, after: list[str]) -> bool:
    return before is not None and before[0] == after[0] and before[1] != after[1]


def line_changes(before: Sequence[str], after: Sequence[str]) -> list[str]:
    differences = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    signs = {"-": _("Text then: %(line)s"), "+": _("Text now: %(line)s")}
    return [signs[line[0]] % {"line": line[2:]} for line in differences[:MOST_LINES]]


def sealed_on_other_records(seal: Seal) -> list[SealedFigure]:
    """The figures of an issue behind which records changed between the request and the issue; no number did.

    None of an issue that was asked for before an update to another format: their roots cannot be compared any more.
    """
    if seal.request.seal_format != seal.content["format"]:
        return []
    asked = seal.request.figures
    found = sealed_figures(seal).values()
    return [each for each in found if has_other_records(asked.get(each.code), [each.text, each.evidence_root])]
