"""What changed between two versions of a plan: told apart by the keys of the lines, not by their order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qixue.programme.models import PlanLine

NOT_SAID = {"id", "version", "key", "position", "edit_count"}
FIELDS = tuple(field.name for field in PlanLine._meta.concrete_fields if field.name not in NOT_SAID)


@dataclass(frozen=True)
class FieldChange:
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LineChange:
    before: PlanLine
    after: PlanLine
    fields: tuple[FieldChange, ...]

    @property
    def names(self) -> set[str]:
        return {change.name for change in self.fields}


@dataclass(frozen=True)
class Difference:
    added: tuple[PlanLine, ...]
    removed: tuple[PlanLine, ...]
    changed: tuple[LineChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def difference(before: Iterable[PlanLine], after: Iterable[PlanLine]) -> Difference:
    """Lines by key, each group in the order in which its version has them."""
    former = {line.key: line for line in before}
    present = {line.key: line for line in after}
    pairs = [(former[key], line) for key, line in present.items() if key in former]
    changes = [LineChange(old, new, field_changes(old, new)) for old, new in pairs]
    return Difference(
        added=tuple(line for key, line in present.items() if key not in former),
        removed=tuple(line for key, line in former.items() if key not in present),
        changed=tuple(change for change in changes if change.fields),
    )


def field_changes(before: PlanLine, after: PlanLine) -> tuple[FieldChange, ...]:
    values = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return tuple(FieldChange(name, old, new) for name, old, new in values if old != new)
