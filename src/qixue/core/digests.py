"""Digests that an outsider can recompute: SHA-256 over canonical JSON (RFC 8785, whole numbers only)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

EMPTY = hashlib.sha256(b"").hexdigest()
WHOLE = frozenset({str, int, bool, type(None)})
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces. Raises TypeError for floats, whose text form is not portable."""
    refuse_floats(value)
    return ENCODER.encode(value).encode()


def refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("Floats have no place in a digest; use whole numbers or text.")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for child in children:
        if type(child) not in WHOLE:
            refuse_floats(child)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def chained_digest(previous: str, value: Any) -> str:
    """The digest of an entry that follows `previous` (hexadecimal) in a chain."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical_json(value)).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over hexadecimal leaf digests; an odd leaf moves up unchanged; no leaves give the digest of nothing."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256("".join(pair).encode()).hexdigest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


def root_of_set(leaves: Iterable[str]) -> str:
    """Merkle root over the digests in ascending order: the same in whatever order they come."""
    return merkle_root(sorted(leaves))
