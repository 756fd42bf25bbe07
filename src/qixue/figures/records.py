"""The records behind a figure with their digests: one by one, or folded to a row for each session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qixue.core.digests import digest, merkle_root, root_of_set
from qixue.core.figures import EvidenceRow, Scope, shared


def evidence_leaf(row: EvidenceRow) -> str:
    """The digest of one record: its own, where it has one, else over what the row says."""
    return row.digest or digest([row.id, str(row.quantity)])


@dataclass(frozen=True)
class SingleRecords:
    """What stands behind a figure, one record after the other: as the first format of seals has it."""

    rows: Sequence[EvidenceRow]

    @cached_property
    def leaves(self) -> list[tuple[str, str]]:
        """Id and digest of each row."""
        return [(row.id, evidence_leaf(row)) for row in self.rows]

    @cached_property
    def root(self) -> str:
        """A Merkle root over the digests, which changes when any of them does."""
        return merkle_root([leaf for _id, leaf in self.leaves])

    @cached_property
    def count(self) -> int:
        return len(self.rows)


class FoldedRecords(SingleRecords):
    """The same with a row for each session, which stands for all of its records, in whatever order the rows come."""

    @cached_property
    def root(self) -> str:
        return root_of_set(leaf for _id, leaf in self.leaves)

    @cached_property
    def count(self) -> int:
        """Of records. A row without a digest of its own is one, whatever it counts."""
        return sum(row.record_count if row.digest else 1 for row in self.rows)


@shared
def folded_by(read: Callable[[Scope], Sequence[EvidenceRow]], scope: Scope, _is_chinese: bool) -> FoldedRecords:
    """Figures of one scope mostly stand on the same records; their digests are joined once."""
    return FoldedRecords(read(scope))
