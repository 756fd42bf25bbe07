"""Does every number in a work summary still stand? Its text, the list inside it and the records are compared."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml import etree

from qixue.core.refusal import Refused
from qixue.figures.queries import Figure, figure_digest, figures_named
from qixue.programme.models import Programme
from qixue.report.docx_writer import FIGURES_NAMESPACE

LARGEST_FILE, LARGEST_PART = 20 * 2**20, 50 * 2**20  # bytes
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STANDS, ALTERED, CHANGED, UNKNOWN = "stands", "text_altered", "changed_since", "unknown_figure"


@dataclass(frozen=True)
class Verdict:
    """One printed number: the figure it names, what the document prints, and whether that still stands."""

    code: str
    text: str
    outcome: str
    sentence: str

    @property
    def stands(self) -> bool:
        return self.outcome == STANDS

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "outcome": self.outcome, "sentence": self.sentence}


def verify_docx(data: bytes) -> list[Verdict]:
    """A verdict for each number in the document's text, in reading order.

    Refused: not_a_summary for a file without a list of figures, unknown_programme.
    """
    body, listed = parts_of(data)
    programme = Programme.objects.filter(code=listed.get("programme", "")).first()
    if programme is None:
        raise Refused("unknown_programme", _("The programme of this document is not on record here."))
    claims = {item.get("code", ""): item for item in listed}
    printed = printed_numbers(body)
    figures = {figure.code: figure for figure in figures_named(programme, [code for code, _text in printed])}
    return [verdict(code, text, claims.get(code), figures.get(code)) for code, text in printed]


def parts_of(data: bytes) -> tuple[etree._Element, etree._Element]:
    """The document's body and its list of figures. Refused: not_a_summary."""
    refusal = Refused("not_a_summary", _("This file is no work summary with a list of its figures."))
    if len(data) > LARGEST_FILE:
        raise refusal
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(member.file_size > LARGEST_PART for member in archive.infolist()):
                raise refusal
            names = [name for name in archive.namelist() if name.startswith("customXml/item")]
            items = [parsed(archive.read(name)) for name in names]
            body = parsed(archive.read("word/document.xml"))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise refusal from error
    lists = [item for item in items if item.tag == f"{{{FIGURES_NAMESPACE}}}figures"]
    if not lists:
        raise refusal
    return body, lists[0]


def parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(data, parser)


def printed_numbers(body: etree._Element) -> list[tuple[str, str]]:
    """(figure code, printed text) of each content control that is bound to a figure."""
    found = []
    for control in body.iter(f"{WORD}sdt"):
        tag = control.find(f"{WORD}sdtPr/{WORD}tag")
        name = tag.get(f"{WORD}val", "") if tag is not None else ""
        if name.startswith("figure:"):
            text = "".join(node.text or "" for node in control.iter(f"{WORD}t"))
            found.append((name.removeprefix("figure:"), text))
    return found


def verdict(code: str, text: str, claim: etree._Element | None, figure: Figure | None) -> Verdict:
    """The records decide: a text and a list that were changed together do not agree with them."""
    if claim is None or figure is None:
        return Verdict(code, text, UNKNOWN, _("no figure of this name is on record"))
    said, now = claim.get("text", ""), current_texts(figure)
    if text not in {said, said_without_unit(claim)}:
        sentence = _("the text was altered; the document was written with %(said)s") % {"said": said}
        return Verdict(code, text, ALTERED, sentence)
    if text not in now:
        return Verdict(code, text, CHANGED, _("the records now say %(now)s") % {"now": now[0]})
    if claim.get("digest") != current_digest(figure):
        return Verdict(code, text, CHANGED, _("the number is the same, but records behind it have changed"))
    return Verdict(code, text, STANDS, _("stands"))


def said_without_unit(claim: etree._Element) -> str:
    """How a table prints the number, whose unit stands in the header."""
    return claim.get("number", "")


def current_texts(figure: Figure) -> list[str]:
    """How the figure would be printed today: in a sentence, and in a table."""
    if figure.quantity is None:
        return [_("no data")]
    return [figure.quantity.text("zh"), figure.quantity.number_text("zh")]


def current_digest(figure: Figure) -> str:
    with override("zh-hans"):
        return figure_digest(figure, figure.evidence())
