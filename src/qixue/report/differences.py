"""What has changed in the figures of a seal since it was set, and between two seals. A seal itself never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qixue.core.figures import LedgerLengths, registry, shared_reads
from qixue.figures.queries import figures_named
from qixue.programme.models import Programme
from qixue.report.models import Seal, SealedFile
from qixue.report.seal_format import FIRST_FORMAT, SealedFigure, read_figure
from qixue.report.sealed_evidence import RecordChanges, changes, opened, to_open, unpacked
from qixue.report.sealing import State, states_in


@dataclass(frozen=True)
class FigureDifference:
    """A figure that is not what it was: `new` is None where there is none any more, `old` where there was none.

    `records` is None between seals of different formats, of which the records cannot be compared.
    """

    old: SealedFigure | None
    new: SealedFigure | None
    records: RecordChanges | None

    @property
    def figure(self) -> SealedFigure:
        """For its code and name. Raises ValueError where there is neither."""
        found = self.old or self.new
        if found is None:
            raise ValueError("A difference has two sides, of which one can be missing.")
        return found

    @property
    def is_same_number(self) -> bool:
        """Only the records behind it, or the rule by which it is counted, have changed."""
        return self.old is not None and self.new is not None and self.old.text == self.new.text

    @property
    def has_another_rule(self) -> bool:
        return self.old is not None and self.new is not None and self.old.rule_version != self.new.rule_version


@dataclass(frozen=True)
class Stand:
    """Figures as a seal or the records of today give them; `lengths` of the ledgers then, None for now."""

    programme: str  # its code
    seal_format: str
    states: Mapping[str, State]
    lengths: LedgerLengths | None = None

    def standing(self, figure: SealedFigure, ids: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
        """The single records behind folded rows of a figure; none where it has no such rows."""
        definition = registry.get(figure.definition)
        records = definition.session_records if definition else None
        return records.standing(self.programme, ids, self.lengths) if records else {}


def sealed_figures(seal: Seal) -> dict[str, SealedFigure]:
    return {figure.code: figure for figure in map(read_figure, seal.content["figures"])}


def sealed_stand(seal: Seal) -> Stand:
    """The figures of a seal with the records that stood behind them."""
    file = SealedFile.objects.get(seal=seal, kind=SealedFile.Kind.EVIDENCE)
    leaves = unpacked(bytes(file.content))
    states = {code: State(figure, leaves.get(code, [])) for code, figure in sealed_figures(seal).items()}
    lengths = tuple((head["organisation"], head["length"]) for head in seal.content["ledgers"])
    return Stand(seal.programme.code, seal.content["format"], states, lengths)


def stand_now(programme: Programme, sealed: Stand) -> Stand:
    """The same figures as the records give them now; those that the programme no longer names are left out."""
    figures = figures_named(programme, list(sealed.states))
    return Stand(programme.code, sealed.seal_format, states_in(sealed.seal_format, figures))


def differences(before: Stand, after: Stand) -> list[FigureDifference]:
    """In the order of the figures; those that are the same, down to each record, are not among them.

    Roots of different formats cannot be compared: there a figure is the same when it is the same number of as many
    records.
    """
    is_alike = before.seal_format == after.seal_format
    said = attrgetter("measured" if is_alike else "counted")
    found = []
    with shared_reads():
        for code in dict.fromkeys([*before.states, *after.states]):
            old, new = before.states.get(code), after.states.get(code)
            if not old or not new or said(old.figure) != said(new.figure):
                records = record_changes(code, before, after) if is_alike else None
                found.append(FigureDifference(old.figure if old else None, new.figure if new else None, records))
    return found


def record_changes(code: str, before: Stand, after: Stand) -> RecordChanges:
    """What came to stand behind a figure or no longer does, down to the single records of its sessions."""
    old, new = before.states.get(code), after.states.get(code)
    changed = changes(old.leaves if old else [], new.leaves if new else [])
    if before.seal_format == FIRST_FORMAT or not old or not new:
        return changed
    ids = to_open(changed)
    return opened(changed, before.standing(old.figure, ids), after.standing(new.figure, ids))


def differences_since(seal: Seal) -> list[FigureDifference]:
    """What the records say today in another way than the seal."""
    sealed = sealed_stand(seal)
    return differences(sealed, stand_now(seal.programme, sealed))


def differences_between(earlier: Seal, later: Seal) -> list[FigureDifference]:
    return differences(sealed_stand(earlier), sealed_stand(later))
