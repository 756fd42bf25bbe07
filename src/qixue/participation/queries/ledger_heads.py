"""How far the ledgers of a programme's organisations have come, for whoever anchors them elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from qixue.participation.models import LedgerChain, LedgerEntry
from qixue.programme.models import Activity, Programme


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


def successors_of(ids: Iterable[str]) -> dict[str, str]:
    """For entries by their evidence id (`ledger:CODE/12`) the entry that corrected each, where one did."""
    places = [key.removeprefix("ledger:").rpartition("/") for key in ids if key.startswith("ledger:")]
    corrected = LedgerEntry.objects.filter(
        organisation__code__in={code for code, _slash, _sequence in places},
        sequence__in={int(sequence) for _code, _slash, sequence in places},
        successor__isnull=False,
    )
    rows = corrected.values_list(
        "organisation__code", "sequence", "successor__organisation__code", "successor__sequence"
    )
    return {f"ledger:{code}/{number}": f"ledger:{new_code}/{new_number}" for code, number, new_code, new_number in rows}
