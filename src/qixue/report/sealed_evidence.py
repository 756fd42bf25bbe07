"""The digests of the records behind sealed figures, kept beside a seal, and what became of them. Pure, no Django."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qixue.core.digests import canonical_json

Leaves = Sequence[tuple[str, str]]  # id and digest of each record, in the order of the Merkle tree


def packed(evidence: Mapping[str, Leaves]) -> bytes:
    """Compressed JSON: each record once, and for each figure the places of its records in that list."""
    places: dict[tuple[str, str], int] = {}
    figures = {code: [places.setdefault(leaf, len(places)) for leaf in leaves] for code, leaves in evidence.items()}
    return zlib.compress(canonical_json({"records": [list(leaf) for leaf in places], "figures": figures}), 9)


def unpacked(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """What `packed` was given."""
    content = json.loads(zlib.decompress(data))
    records = [(key, digest) for key, digest in content["records"]]
    return {code: [records[place] for place in places] for code, places in content["figures"].items()}


@dataclass(frozen=True)
class RecordChanges:
    """Ids of records that came to stand behind a figure, no longer do, or say something else."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.added) + len(self.gone) + len(self.changed)


def changes(before: Leaves, after: Leaves) -> RecordChanges:
    old, new = dict(before), dict(after)
    return RecordChanges(
        added=tuple(key for key in new if key not in old),
        gone=tuple(key for key in old if key not in new),
        changed=tuple(key for key in new if key in old and old[key] != new[key]),
    )
