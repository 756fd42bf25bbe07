"""What has changed in the figures of a seal since it was set, and between two seals. A seal itself never changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qixue.figures.queries import figures_named
from qixue.programme.models import Programme
from qixue.report.models import Seal, SealedFile
from qixue.report.seal_format import SealedFigure, read_figure
from qixue.report.sealed_evidence import RecordChanges, changes, unpacked
from qixue.report.sealing import State, state_of


@dataclass(frozen=True)
class FigureDifference:
    """A figure that is not what it was: `new` is None where there is none any more, `old` where there was none.

    `records` is None where the digests of the single records are not on file.
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


def sealed_figures(seal: Seal) -> dict[str, SealedFigure]:
    return {figure.code: figure for figure in map(read_figure, seal.content["figures"])}


def sealed_states(seal: Seal) -> dict[str, State]:
    """The figures of a seal with the records that stood behind them."""
    file = SealedFile.objects.get(seal=seal, kind=SealedFile.Kind.EVIDENCE)
    leaves = unpacked(bytes(file.content))
    return {code: State(figure, leaves.get(code, [])) for code, figure in sealed_figures(seal).items()}


def states_now(programme: Programme, codes: Iterable[str]) -> dict[str, State]:
    """The same figures as the records give them now; those that the programme no longer names are left out."""
    return {figure.code: state_of(figure) for figure in figures_named(programme, list(codes))}


def differences(before: Mapping[str, State], after: Mapping[str, State]) -> list[FigureDifference]:
    """In the order of the figures; those that are the same, down to each record, are not among them."""
    pairs = [(before.get(code), after.get(code)) for code in dict.fromkeys([*before, *after])]
    return [
        difference(old, new) for old, new in pairs if not old or not new or old.figure.measured != new.figure.measured
    ]


def difference(old: State | None, new: State | None) -> FigureDifference:
    before, after = old.leaves if old else [], new.leaves if new else []
    records = None if before is None or after is None else changes(before, after)
    return FigureDifference(old.figure if old else None, new.figure if new else None, records)


def differences_since(seal: Seal) -> list[FigureDifference]:
    """What the records say today in another way than the seal."""
    sealed = sealed_states(seal)
    return differences(sealed, states_now(seal.programme, sealed))


def differences_between(earlier: Seal, later: Seal) -> list[FigureDifference]:
    return differences(sealed_states(earlier), sealed_states(later))
