"""What is found about a work summary that somebody hands in: about the file as a whole, and about each number."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

STANDS, ALTERED, CHANGED, UNKNOWN = "stands", "text_altered", "changed_since", "unknown_figure"
MOST_ALTERATIONS = 200  # that are named: a file may hold half a million paragraphs, and who checks it waits for others
LIST_ALTERED, NOT_COMPARED = "list_altered", "not_compared"
WORST_FIRST = (LIST_ALTERED, ALTERED, UNKNOWN, NOT_COMPARED, CHANGED, STANDS)
OF_RECORDS = {"ledger_rewritten"}  # what was found amiss outside of the file


@dataclass(frozen=True)
class NamedChange:
    """What happened to the records of one session or other thing, and the names of the figures that it touches."""

    sentence: str
    figures: tuple[str, ...] = ()
    session_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """One printed number: the figure it names, what the document prints, and whether that still stands.

    `records` name what came to stand behind the figure or no longer does, a sentence each.
    """

    code: str
    text: str
    outcome: str
    sentence: str
    records: tuple[str, ...] = ()
    name: str = ""

    @property
    def stands(self) -> bool:
        return self.outcome == STANDS

    def as_json(self) -> dict[str, Any]:
        found = {"code": self.code, "text": self.text, "outcome": self.outcome, "sentence": self.sentence}
        return {**found, "records": list(self.records)} if self.records else found


@dataclass(frozen=True)
class Finding:
    """Something about the whole file; `is_good` is None for what is neither good nor bad."""

    code: str
    sentence: str
    is_good: bool | None


@dataclass(frozen=True)
class Alteration:
    """Words that are not those that were issued: where, what stood there, and what stands there now. Either may be
    empty.
    """

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class SealFacts:
    """Who sealed what, when."""

    programme: str
    title: str
    number: int
    sealed_at: datetime.datetime
    asked_by: str
    issued_by: str
    kid: str
    digest: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sealed_at": self.sealed_at.isoformat()}


@dataclass(frozen=True)
class Verification:
    """`seal` is None for a draft, which nobody has issued. `has_more_alterations` where not all are named.

    `changes` tells once what the figures name each. `is_issued_file` where it is to the byte one that was issued.
    """

    seal: SealFacts | None
    findings: tuple[Finding, ...]
    figures: tuple[Verdict, ...]
    alterations: tuple[Alteration, ...] = ()
    has_more_alterations: bool = False
    changes: tuple[NamedChange, ...] = ()
    is_issued_file: bool = False

    @property
    def stands(self) -> bool:
        """Whether nothing was found that the reader should not rely on. A draft without a number proves nothing."""
        is_sound = all(finding.is_good is not False for finding in self.findings)
        return bool(self.figures or self.seal) and is_sound and all(verdict.stands for verdict in self.figures)

    @property
    def is_unaltered(self) -> bool:
        """Whether the file says what it said when it was made, whatever became of the records since."""
        is_sound = all(each.is_good is not False or each.code in OF_RECORDS for each in self.findings)
        is_as_written = all(verdict.outcome in {STANDS, CHANGED} for verdict in self.figures)
        return bool(self.figures or self.seal) and is_sound and is_as_written

    def by_outcome(self) -> dict[str, list[Verdict]]:
        """The figures of each outcome that there is, what is worst first."""
        groups = {outcome: [each for each in self.figures if each.outcome == outcome] for outcome in WORST_FIRST}
        return {outcome: verdicts for outcome, verdicts in groups.items() if verdicts}

    def as_json(self) -> Any:
        """A draft is its list of verdicts; an issued summary says more."""
        figures = [verdict.as_json() for verdict in self.figures]
        if self.seal is None:
            return figures
        findings = [asdict(finding) for finding in self.findings]
        whole = {"seal": self.seal.as_json(), "stands": self.stands, "unaltered": self.is_unaltered}
        said = {**whole, "findings": findings, "figures": figures}
        alterations = [asdict(each) for each in self.alterations]
        return {**said, "alterations": alterations, "has_more_alterations": self.has_more_alterations}
