"""Does every number in a draft still stand? Its text, the list inside it and the records are compared."""

from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml import etree

from qixue.core.figures import shared_reads
from qixue.core.refusal import Refused
from qixue.figures.queries import Figure, figure_digest, figures_named
from qixue.programme.models import Programme
from qixue.report.docx_writer import LIST_FORMAT
from qixue.report.verdicts import ALTERED, CHANGED, STANDS, UNKNOWN, Verdict


def draft_verdicts(listed: etree._Element, printed: list[tuple[str, str]]) -> list[Verdict]:
    """A verdict for each number in the document's text, in reading order. Refused: unknown_programme."""
    programme = Programme.objects.filter(code=listed.get("programme", "")).first()
    if programme is None:
        raise Refused("unknown_programme", _("The programme of this document is not on record here."))
    claims = {item.get("code", ""): item for item in listed}
    figures = {figure.code: figure for figure in figures_named(programme, [code for code, _text in printed])}
    digest_of = folded_digest if listed.get("format") == LIST_FORMAT else single_digest
    with override("zh-hans"), shared_reads():
        digests = {code: digest_of(figure) for code, figure in figures.items() if code in claims}
    return [verdict(code, text, claims.get(code), figures.get(code), digests.get(code)) for code, text in printed]


def verdict(
    code: str, text: str, claim: etree._Element | None, figure: Figure | None, current_digest: str | None
) -> Verdict:
    """The records decide: a text and a list that were changed together do not agree with them."""
    if claim is None or figure is None:
        return Verdict(code, text, UNKNOWN, _("no figure of this name is on record"))
    said, now = claim.get("text", ""), current_texts(figure)
    if text not in {said, said_without_unit(claim)}:
        sentence = _("the text was altered; the document was written with %(said)s") % {"said": said}
        return Verdict(code, text, ALTERED, sentence, name=figure.name)
    if text not in now:
        return Verdict(code, text, CHANGED, _("the records now say %(now)s") % {"now": now[0]}, name=figure.name)
    if claim.get("digest") != current_digest:
        sentence = _("the number is the same, but records behind it have changed")
        return Verdict(code, text, CHANGED, sentence, name=figure.name)
    return Verdict(code, text, STANDS, _("stands"), name=figure.name)


def said_without_unit(claim: etree._Element) -> str:
    """How a table prints the number, whose unit stands in the header."""
    return claim.get("number", "")


def current_texts(figure: Figure) -> list[str]:
    """How the figure would be printed today: in a sentence, and in a table."""
    if figure.quantity is None:
        return [_("no data")]
    return [figure.quantity.text("zh"), figure.quantity.number_text("zh")]


def folded_digest(figure: Figure) -> str:
    return figure_digest(figure, figure.folded_records().root)


def single_digest(figure: Figure) -> str:
    """As drafts of former versions carry it."""
    return figure_digest(figure, figure.single_records().root)
