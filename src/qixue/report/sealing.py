"""From a drafted summary to what is sealed: the statement of each figure, the payload, and the files as issued."""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import override

from qixue.core.figures import shared_reads
from qixue.core.models import SigningKey
from qixue.core.signing_keys import sign
from qixue.figures.queries import Figure
from qixue.figures.records import SingleRecords
from qixue.participation.queries.ledger_heads import LedgerHead
from qixue.report.files import FILES
from qixue.report.hindrances import Hindrance
from qixue.report.models import IssueRequest, SealedFile
from qixue.report.official_document import printed_codes, printed_lines
from qixue.report.seal_format import FIRST_FORMAT, FORMAT, Envelope, SealedFigure, figure_json, sealed, text_digest
from qixue.report.sealed_evidence import Leaves, packed
from qixue.report.summary import SummaryDraft

Kind = SealedFile.Kind


@dataclass(frozen=True)
class State:
    """A figure as it can be sealed, with the digests of the records behind it."""

    figure: SealedFigure
    leaves: Leaves


def state_of(figure: Figure, records: SingleRecords) -> State:
    """The figure as it is now, on these records."""
    with override("zh-hans"):
        name, quantity = figure.name, figure.quantity
    statement = SealedFigure(
        code=figure.code,
        name=name,
        definition=figure.definition.code,
        rule_version=figure.definition.rule_version,
        dimensions=figure.scope.dimensions(),
        value=str(quantity.value) if quantity else "",
        qualifier=quantity.qualifier.value if quantity else "",
        unit=figure.definition.unit.code,
        text=quantity.text("zh") if quantity else "",
        number=quantity.number_text("zh") if quantity else "",
        record_count=records.count,
        evidence_root=records.root,
    )
    return State(statement, records.leaves)


def states_in(seal_format: str, figures: Iterable[Figure]) -> dict[str, State]:
    """The figures as they are now, by code, as seals of this format say it."""
    read = Figure.single_records if seal_format == FIRST_FORMAT else Figure.folded_records
    with override("zh-hans"), shared_reads():
        return {figure.code: state_of(figure, read(figure)) for figure in figures}


def states_of(draft: SummaryDraft) -> dict[str, State]:
    """Of every figure that the draft prints, by its code."""
    return {figure.code: state_of(figure, draft.records[figure.code]) for figure in draft.figures}


@dataclass(frozen=True)
class Issue:
    """All that goes into one seal beside the draft: the request, its place among the seals, and what was waived."""

    request: IssueRequest
    number: int
    previous: str | None  # digest of the seal before
    heads: Sequence[LedgerHead]
    hindrances: Sequence[Hindrance]
    waiver_reason: str
    other_records: list[str]  # codes of figures on other records than when it was asked for, though the same numbers


def sealed_summary(draft: SummaryDraft, states: dict[str, State], issue: Issue, *, by: Any, at: Any) -> Envelope:
    """The signed list of the draft. Refused: signing_key_sealed."""
    return sealed(payload(draft, states, issue, by=by, at=at), lambda message: sign(SigningKey.Purpose.REPORT, message))


def payload(draft: SummaryDraft, states: dict[str, State], issue: Issue, *, by: Any, at: Any) -> dict[str, Any]:
    """What is signed. Described in docs/reference/seals.md: a member that changes its meaning needs a new FORMAT."""
    waivers = [{**each.as_json(), "by": by.display_name, "reason": issue.waiver_reason} for each in issue.hindrances]
    return {
        "format": FORMAT,
        "programme": {"code": draft.programme.code, "name": draft.programme.name},
        "number": issue.number,
        "title": draft.manuscript.title,
        "drafted_at": utc_text(issue.request.asked_at),
        "sealed_at": utc_text(at),
        "asked_by": issue.request.asker_name,
        "issued_by": by.display_name,
        "text_sha256": text_digest("".join(printed_lines(draft.manuscript))),
        "figures": [figure_json(state.figure) for state in states.values()],
        "printed": printed_codes(draft.manuscript),
        "ledgers": [asdict(head) for head in issue.heads],
        "waivers": waivers,
        "previous": issue.previous,
    }


def utc_text(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def issued_files(draft: SummaryDraft, states: dict[str, State], envelope: Envelope) -> list[SealedFile]:
    """The files of the issue, and the digests of the evidence beside them; not saved, and without their seal."""
    issued = draft.sealed(envelope.text())
    contents = {kind: make(issued) for kind, make in FILES.items()}
    contents[Kind.EVIDENCE] = packed({code: state.leaves for code, state in states.items()})
    return [
        SealedFile(kind=kind, content=content, digest=hashlib.sha256(content).hexdigest())
        for kind, content in contents.items()
    ]
