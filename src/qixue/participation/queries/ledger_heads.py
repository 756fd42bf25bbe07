"""How far the ledgers of a programme's organisations have come, for whoever anchors them elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from qixue.participation.evidence_ids import ENTRY, entry_id, place_in
from qixue.participation.models import LedgerChain, LedgerEntry
from qixue.programme.models import Activity, Programme, Session


@dataclass(frozen=True)
class LedgerHead:
    """The last entry of an organisation's chain: who keeps it can tell later whether something before was rewritten."""

    organisation: str
    length: int
    hash: str


def ledger_heads(programme: Programme) -> list[LedgerHead]:
    """Of the organisations that have entries in the programme, by their code.

    Who keeps an activity has its entries: one of them is looked up for each activity, in a ledger of millions.
    """
    entries = LedgerEntry.objects.filter(activity=OuterRef("pk"))
    counted = Activity.objects.filter(Exists(entries), programme=programme)
    chains = LedgerChain.objects.filter(organisation__in=counted.values("organisation")).order_by("organisation__code")
    return [LedgerHead(*row) for row in chains.values_list("organisation__code", "length", "head_hash")]


def lost_heads(heads: Iterable[LedgerHead]) -> list[LedgerHead]:
    """Those that are no longer in the ledger: it was rewritten, or restored from an older copy."""
    expected = {(head.organisation, head.length): head for head in heads}
    entries = LedgerEntry.objects.filter(
        organisation__code__in={code for code, _length in expected},
        sequence__in={length for _code, length in expected},
    )
    found = set(entries.values_list("organisation__code", "sequence", "hash"))
    return [head for head in expected.values() if (head.organisation, head.length, head.hash) not in found]


@dataclass(frozen=True)
class LedgerLine:
    """An entry as far as it may be told to anybody: what it is about, and what replaced it. Nobody is named."""

    kind: str
    activity: Activity
    session: Session | None
    successor: str  # the evidence id of the entry that corrected or voided it, or empty
    is_voided: bool


def lines_named(ids: Iterable[str]) -> dict[str, LedgerLine]:
    """Entries by their evidence id (`ledger:CODE/12`); other ids are passed over."""
    places = [place_in(key) for key in ids if key.startswith(ENTRY)]
    entries = LedgerEntry.objects.filter(
        organisation__code__in={code for code, _sequence in places},
        sequence__in={int(sequence) for _code, sequence in places},
    ).select_related("organisation", "activity", "session__activity", "successor__organisation")
    return {id_of(entry): line_of(entry) for entry in entries}


def line_of(entry: LedgerEntry) -> LedgerLine:
    successor = getattr(entry, "successor", None)
    return LedgerLine(
        kind=entry.kind,
        activity=entry.activity,
        session=entry.session,
        successor=id_of(successor) if successor else "",
        is_voided=successor is not None and successor.kind == LedgerEntry.Kind.VOID,
    )


def id_of(entry: LedgerEntry) -> str:
    return entry_id(entry.organisation.code, entry.sequence)
