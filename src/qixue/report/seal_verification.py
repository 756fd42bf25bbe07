"""Does an issued summary still stand? Its list, its text and the records are compared, in that order."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from qixue.participation.queries.ledger_heads import LedgerHead, lost_heads
from qixue.report.altered_places import altered_notes, altered_words
from qixue.report.difference_words import RecordNames, name_for_reader, same_number_sentence
from qixue.report.differences import FigureDifference, differences_since
from qixue.report.models import Seal
from qixue.report.printed_numbers import altered_in_cells, altered_in_text, has_sealed_words
from qixue.report.reading import SummaryFile
from qixue.report.seal_format import Envelope, SealedFigure
from qixue.report.seal_on_record import FoundSeal, issued_docx, issued_file
from qixue.report.verdicts import (
    ALTERED,
    CHANGED,
    LIST_ALTERED,
    MOST_ALTERATIONS,
    NOT_COMPARED,
    STANDS,
    Alteration,
    Finding,
    SealFacts,
    Verdict,
    Verification,
)


def verify_sealed(file: SummaryFile, found: FoundSeal, *, for_public: bool) -> Verification:
    """Who sealed what, whether it is still what was sealed, and how each figure stands in the records today.

    The public is not shown issued words that it cannot read: those of annexes and of former issues.
    """
    envelope = found.envelope
    if envelope is None:  # an altered list, and no seal on record to compare it with
        return unknown_list(found)
    altered = None if is_other_file(file, found.recorded, "pdf") else altered_numbers(file, envelope, found.recorded)
    changed = changed_since(found.recorded)
    names = RecordNames(found.recorded.programme, changed.values(), for_public=for_public) if found.recorded else None
    carried = found.carried.figures if found.carried and not found.is_signed else envelope.figures
    verdicts = [
        list_verdict(figure, carried.get(code))
        or text_verdict(figure, altered)
        or record_verdict(figure, changed.get(code), names)
        for code, figure in envelope.figures.items()
    ]
    verdicts += [added_verdict(carried[code]) for code in carried if code not in envelope.figures]
    altered_places = alterations(file, found.recorded, envelope, for_public=for_public)
    named = tuple(islice(altered_places, MOST_ALTERATIONS))
    has_more = next(altered_places, None) is not None
    return Verification(
        seal=facts_of(envelope),
        findings=tuple(findings(file, found, envelope, named)),
        figures=tuple(verdicts),
        alterations=named,
        has_more_alterations=has_more,
        changes=tuple(names.changes(*changed.values())) if names else (),
        is_issued_file=is_issued_file(file, found.recorded),
    )


def unknown_list(found: FoundSeal) -> Verification:
    carried = found.carried.figures if found.carried else {}
    return Verification(
        facts_of(found.carried) if found.carried else None,
        (signature_finding(found), Finding("seal_unknown", _("No seal of this name is on record here."), False)),
        tuple(added_verdict(figure) for figure in carried.values()),
    )


def facts_of(envelope: Envelope) -> SealFacts:
    content = envelope.payload
    return SealFacts(
        programme=str(content["programme"].get("name", "")),
        title=str(content.get("title", "")),
        number=envelope.number,
        sealed_at=datetime.datetime.fromisoformat(content["sealed_at"]),
        asked_by=str(content.get("asked_by", "")),
        issued_by=str(content.get("issued_by", "")),
        kid=envelope.kid,
        digest=envelope.digest,
    )


def is_other_file(file: SummaryFile, recorded: Seal | None, kind: str) -> bool:
    """Whether it is of this kind and not to the byte what was issued. The words of such a PDF are not read at all."""
    return file.kind == kind and not is_issued_file(file, recorded)


def is_issued_file(file: SummaryFile, recorded: Seal | None) -> bool:
    """Whether it is to the byte one that was issued."""
    return recorded is not None and recorded.files.filter(digest=file.digest).exists()


def alterations(
    file: SummaryFile, recorded: Seal | None, envelope: Envelope, *, for_public: bool
) -> Iterator[Alteration]:
    """Where a .docx has other words than the one that was issued, or an annex other notes; none without a seal on
    record, and none for a PDF.
    """
    if recorded and file.kind == "docx" and not has_sealed_words(file, envelope):
        shows_issued = not for_public or later_issue(recorded) is None
        return altered_words(file, issued_docx(recorded), shows_issued=shows_issued)
    if recorded and is_other_file(file, recorded, "xlsx"):
        return altered_notes(file, issued_file(recorded, "xlsx"), shows_issued=not for_public)
    return iter(())


def later_issue(seal: Seal) -> Seal | None:
    """The latest one, where it is not this."""
    return seal.programme.seals.filter(number__gt=seal.number).order_by("-number").first()


def altered_numbers(file: SummaryFile, envelope: Envelope, recorded: Seal | None) -> dict[str, str]:
    if file.kind == "pdf":
        return {}
    if file.kind == "xlsx":
        return altered_in_cells(file, envelope.figures)
    if has_sealed_words(file, envelope):
        return {}
    return altered_in_text(file, envelope, issued_docx(recorded) if recorded else None)


def changed_since(recorded: Seal | None) -> dict[str, FigureDifference]:
    """By code the figures that the records give in another way today; none where the seal is not on record."""
    if recorded is None:
        return {}
    return {each.figure.code: each for each in differences_since(recorded)}


def list_verdict(figure: SealedFigure, carried: SealedFigure | None) -> Verdict | None:
    """None where the list in the file says of the figure what was sealed."""
    if carried == figure:
        return None
    said = carried.text if carried else _("nothing")
    sentence = _("the list in the file was altered: it says %(said)s; sealed was %(sealed)s")
    words = {"said": said, "sealed": figure.text}
    return Verdict(figure.code, said, LIST_ALTERED, sentence % words, name=name_for_reader(figure))


def added_verdict(figure: SealedFigure) -> Verdict:
    sentence = _("the list in the file was altered, and nothing of it can be relied on")
    return Verdict(figure.code, figure.text, LIST_ALTERED, sentence, name=figure.name)


def text_verdict(figure: SealedFigure, altered: Mapping[str, str] | None) -> Verdict | None:
    """None where the file prints the number that was sealed. Without `altered` the text could not be read."""
    if altered is None:
        sentence = _("sealed was %(sealed)s; whether this file prints it cannot be told, as it is not the issued one")
        return Verdict(
            figure.code, figure.text, NOT_COMPARED, sentence % {"sealed": figure.text}, name=name_for_reader(figure)
        )
    if figure.code not in altered:
        return None
    said, words = altered[figure.code], {"said": altered[figure.code], "sealed": figure.text}
    sentence = _("the text was altered: it says %(said)s; sealed was %(sealed)s")
    if not said:
        sentence = _("the text was altered: %(sealed)s, which was sealed, is no longer where it stood")
    return Verdict(figure.code, said, ALTERED, sentence % words, name=name_for_reader(figure))


def record_verdict(figure: SealedFigure, difference: FigureDifference | None, names: RecordNames | None) -> Verdict:
    if difference is None or names is None:
        return Verdict(figure.code, figure.text, STANDS, _("stands"), name=name_for_reader(figure))
    return Verdict(
        figure.code,
        figure.text,
        CHANGED,
        difference_sentence(difference),
        records=tuple(each.sentence for each in names.changes(difference)),
        name=name_for_reader(figure),
    )


def difference_sentence(difference: FigureDifference) -> str:
    """What the records say now, against what was sealed."""
    if same := same_number_sentence(difference):
        return same
    old = difference.old.text if difference.old else ""
    new = difference.new.text if difference.new else ""
    return _("changed since: %(old)s was sealed, the records now say %(new)s") % {
        "old": old,
        "new": new or _("no data"),
    }


def findings(
    file: SummaryFile, found: FoundSeal, envelope: Envelope, altered_places: Sequence[Alteration]
) -> list[Finding]:
    recorded = found.recorded
    said = [signature_finding(found)]
    if recorded is None:
        said.append(Finding("seal_unknown", _("No seal of this name is on record here."), False))
    if file.kind == "docx" and not has_sealed_words(file, envelope):
        said.append(Finding("words_altered", _("The words of the file are not those that were sealed."), False))
    if is_other_file(file, recorded, "xlsx"):
        said += annex_findings(altered_places)
    if is_other_file(file, recorded, "pdf"):
        sentence = _(
            "This PDF is not the one that was issued. Please compare it with the issued one, or check the .docx."
        )
        said.append(Finding("file_differs", sentence, False))
    heads = [LedgerHead(**head) for head in envelope.payload["ledgers"]]
    if recorded and (lost := lost_heads(heads)):
        codes = ", ".join(head.organisation for head in lost)
        sentence = _("The ledger no longer holds what stood in it when this was sealed: %(codes)s.")
        said.append(Finding("ledger_rewritten", sentence % {"codes": codes}, False))
    if waived := waived_sentence(envelope):
        said.append(Finding("waived", waived, None))
    if recorded and (later := later_issue(recorded)):
        sentence = _("A later issue stands beside this one: number %(number)d.")
        said.append(Finding("later_issue", sentence % {"number": later.number}, None))
    return said


def waived_sentence(envelope: Envelope) -> str:
    """Who says why it was issued although it should have waited; empty where nothing stood in the way."""
    waivers = envelope.payload["waivers"]
    sentence = _("It was issued although it should have waited; %(by)s says why: %(reason)s")
    return sentence % waivers[0] if waivers else ""


def annex_findings(altered_rows: Sequence[Alteration]) -> Iterator[Finding]:
    """Of an annex that is not the issued one to the byte: what was compared, and what was not."""
    if altered_rows:
        yield Finding("notes_altered", _("The notes in the annex are not those that were issued."), False)
    sentence = _(
        "This annex is not the issued one to the byte:"
        " its numbers and notes were compared, the single records were not."
    )
    yield Finding("annex_in_part", sentence, None)


def signature_finding(found: FoundSeal) -> Finding:
    if found.carried is None:
        sentence = _("The file has lost its seal; it was compared with the one on record.")
        return Finding("seal_lost", sentence, None)
    if found.is_signed:
        return Finding("signature_holds", _("The signature holds: the list is what was sealed."), True)
    sentence = _("The signature does not hold: the list in the file was altered.")
    return Finding("signature_fails", sentence, False)
