"""What changed in a summary between the moment at which its issue was asked for and now."""

import difflib
import hashlib
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from qixue.report.models import IssueRequest
from qixue.report.official_document import OfficialDocument, Picture, printed_lines
from qixue.report.seal_format import FORMAT
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


def changes_since_asked(request: IssueRequest, draft: SummaryDraft, states: dict[str, State]) -> list[str]:
    """A sentence for each figure and each line of the text that is not as it was; empty when all is.

    `states` are those of the draft. What was asked for before an update is compared as seals were made then.
    """
    if request.seal_format != FORMAT:
        states = states_in(request.seal_format, draft.figures)
    figures = figure_changes(request.figures, kept_figures(states))
    return [*figures, *line_changes(request.lines, kept_lines(draft.manuscript))]


def figure_changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[str]:
    nothing = ["", ""]
    for code in dict.fromkeys([*before, *after]):
        (old, old_root), (new, new_root) = before.get(code, nothing), after.get(code, nothing)
        if old != new:
            words = {"code": code, "old": old or _("not printed"), "new": new or _("not printed")}
            yield _("%(code)s: %(old)s then, %(new)s now.") % words
        elif old_root != new_root:
            yield _("%(code)s: the number is the same, but records behind it have changed.") % {"code": code}


def line_changes(before: Sequence[str], after: Sequence[str]) -> list[str]:
    differences = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    signs = {"-": _("Text then: %(line)s"), "+": _("Text now: %(line)s")}
    return [signs[line[0]] % {"line": line[2:]} for line in differences[:MOST_LINES]]
