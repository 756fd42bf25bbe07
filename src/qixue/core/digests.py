"""Digests that an outsider can recompute: SHA-256 over canonical JSON (RFC 8785, whole numbers only)."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

EMPTY = hashlib.sha256(b"").hexdigest()
WHOLE = frozenset({str, int, bool, type(None)})
TEXT = frozenset({str})


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces.

    Raises TypeError for floats, whose text form is not portable, and for what JSON does not know, also as a key; and
    ValueError for what is nested more than 254 deep or holds half a surrogate pair.
    """
    return to_json(ordered(value))


def ordered(value: Any) -> Any:
    """The value with its keys in order. Raises TypeError as above."""
    if isinstance(value, dict):
        if not TEXT.issuperset(map(type, value)):  # None would be written "None", a tuple as its parts
            raise TypeError("Keys in a digest are texts.")
        return {key: child if type(child := value[key]) in WHOLE else ordered(child) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [child if type(child) in WHOLE else ordered(child) for child in value]
    if isinstance(value, (str, int)) or value is None:  # members of enumerations, too
        return value
    raise TypeError(f"{type(value).__name__} has no place in a digest; use whole numbers or text.")


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
