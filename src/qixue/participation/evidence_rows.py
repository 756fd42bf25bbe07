"""The entries of the ledger as the rows of evidence behind a figure."""

from typing import Any

from qixue.core.clock import local_day
from qixue.core.figures import EvidenceRow, rows_once, shared
from qixue.core.language import in_language, is_chinese
from qixue.core.quantity import ATTENDANCE, Qualifier, Quantity
from qixue.participation.evidence_ids import entry_id
from qixue.participation.models import LedgerEntry, LedgerEntryQuerySet

# Read as plain values: a page or a report reads thousands of entries, and whole objects would cost five times as much.
EVIDENCE_FIELDS = (
    "organisation__code",
    "sequence",
    "activity__title",
    "activity__title_en",
    "organisation__name",
    "organisation__name_en",
    "kind",
    "count",
    "qualifier",
    "occurred_at",
    "period_from",
    "source",
    "session_id",
    "session__venue__name",
    "session__venue__name_en",
    "evidence__text",
    "hash",
)


def evidence_rows(entries: LedgerEntryQuerySet) -> list[EvidenceRow]:
    """A row for each entry, read once for all figures of a summary."""
    ordered = entries.order_by("organisation_id", "sequence")

    def read() -> dict[int, EvidenceRow]:
        words = {str(choice): str(choice.label) for choice in (*LedgerEntry.Source, *LedgerEntry.Kind)}
        return {entry["pk"]: entry_row(entry, words) for entry in ordered.values("pk", *EVIDENCE_FIELDS)}

    return rows_once(rows_read(is_chinese()), lambda: list(ordered.values_list("pk", flat=True)), read)


@shared
def rows_read(_is_chinese: bool) -> dict[int, EvidenceRow]:
    """By entry, in one language."""
    return {}


def entry_row(entry: dict[str, Any], words: dict[str, str]) -> EvidenceRow:
    """`words` gives each source and each kind of entry in the viewer's language."""
    occurred = entry["occurred_at"]
    return EvidenceRow(
        id=entry_id(entry["organisation__code"], entry["sequence"]),
        title=in_language(entry["activity__title"], entry["activity__title_en"]),
        quantity=Quantity(entry["count"], ATTENDANCE, Qualifier(entry["qualifier"])),
        occurred_on=local_day(occurred).isoformat() if occurred else entry["period_from"],
        place=in_language(entry["session__venue__name"] or "", entry["session__venue__name_en"] or ""),
        source=words[entry["source"]],
        quote=entry["evidence__text"] or "",
        digest=entry["hash"],
        session_id=entry["session_id"],
        organisation=in_language(entry["organisation__name"], entry["organisation__name_en"]),
        kind=words[entry["kind"]],
    )
