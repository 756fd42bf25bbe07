"""The digests of the records behind sealed figures, kept beside a seal, and what became of them. Pure, no Django."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qixue.core.digests import canonical_json
from qixue.participation.evidence_ids import SESSION

MOST_OPENED = 20  # of such rows behind one figure: as many records are named, and each row has at least one
Standing = Mapping[str, Sequence[str]]  # by id of the row of a session, the ids of its records that count
Leaves = Sequence[tuple[str, str]]  # id and digest of each record, or of the row that stands for those of a session


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


def to_open(records: RecordChanges) -> tuple[str, ...]:
    """The first rows of sessions among them."""
    rows = (*records.changed, *records.gone, *records.added)
    return tuple(key for key in rows if key.startswith(SESSION))[:MOST_OPENED]


def opened(records: RecordChanges, before: Standing, after: Standing) -> RecordChanges:
    """The same with single records in the place of the rows of sessions that were opened: those that counted before
    and those that count after.

    A session that moved into the figure or out of it as a whole stays one row.
    """
    arrived = {key for key in records.added if after.get(key) and not before.get(key)}
    emptied = {key for key in records.gone if before.get(key) and not after.get(key)}
    moved = {key for key in records.changed if set(before.get(key, ())) != set(after.get(key, ()))}
    taken = [key for key in (*records.changed, *records.gone, *records.added) if key in arrived | emptied | moved]
    old, new = ({one for key in taken for one in rows.get(key, ())} for rows in (before, after))
    return RecordChanges(
        added=(*(one for key in taken for one in after.get(key, ()) if one not in old), *rest(records.added, arrived)),
        gone=(*(one for key in taken for one in before.get(key, ()) if one not in new), *rest(records.gone, emptied)),
        changed=rest(records.changed, moved),
    )


def rest(keys: Sequence[str], taken: set[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in taken)
