"""The seal of a work summary: a list of its figures as canonical JSON, signed with Ed25519.

What is in it and how an outsider checks it is described in docs/reference/seals.md. Pure, no Django: whoever calls
brings keys and facts.
"""

import base64
import binascii
import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from qixue.core.digests import canonical_json

FIRST_FORMAT = "qixue-seal/1"  # a figure stands on single records
FORMAT = "qixue-seal/2"  # of what is sealed today: a figure stands on sessions
FORMATS = (FIRST_FORMAT, FORMAT)
HIGHEST_NUMBER = 1_000_000
UNFINISHED = "week_not_over"  # the kind of waiver that makes an issue an interim one
LARGEST = 2 * 2**20  # characters of an envelope; one of a hundred figures has about 60,000

Sign = Callable[[bytes], tuple[str, bytes]]  # gives the name of the key and the signature


class BadSeal(ValueError):
    """The text is no seal in the form of this platform."""


@dataclass(frozen=True)
class SealedFigure:
    """One figure as it was sealed. `value` is decimal text and empty where there is none, as `qualifier` is then."""

    code: str
    name: str
    definition: str
    rule_version: int
    dimensions: dict[str, str]
    value: str
    qualifier: str
    unit: str
    text: str  # as a sentence prints it
    number: str  # as a table prints it, below a header with the unit
    record_count: int
    evidence_root: str

    @property
    def measured(self) -> tuple[str | int, ...]:
        """What must be the same for the figure to stand: number, rule and every record behind it."""
        return self.value, self.qualifier, self.unit, self.rule_version, self.evidence_root

    @property
    def counted(self) -> tuple[str | int, ...]:
        """What seals of different formats say alike; their roots differ also over the same records."""
        return self.value, self.qualifier, self.unit, self.rule_version, self.record_count

    @property
    def prints(self) -> set[str]:
        return {self.text, self.number}


TYPES: dict[str, type] = {"rule_version": int, "record_count": int, "dimensions": dict}


def read_figure(item: Any) -> SealedFigure:
    """Raises BadSeal where a member is missing, unknown or of another type."""
    names = {field.name for field in fields(SealedFigure)}
    if not isinstance(item, dict) or set(item) != names:
        raise BadSeal("A figure of the list is not complete.")
    if any(not isinstance(item[name], TYPES.get(name, str)) for name in names):
        raise BadSeal("A figure of the list has a member of another type.")
    return SealedFigure(**item)


@dataclass(frozen=True)
class Envelope:
    """The payload with its signature, as it travels inside the files."""

    payload: dict[str, Any]
    kid: str
    signature: bytes

    @cached_property
    def message(self) -> bytes:
        """The bytes that were signed."""
        return canonical_json(self.payload)

    @cached_property
    def digest(self) -> str:
        """By which the next seal names this one."""
        return hashlib.sha256(self.message).hexdigest()

    @cached_property
    def figures(self) -> dict[str, SealedFigure]:
        return {figure.code: figure for figure in map(read_figure, self.payload["figures"])}

    @property
    def format(self) -> str:
        return str(self.payload["format"])

    @property
    def programme(self) -> str:
        return str(self.payload["programme"]["code"])

    @property
    def number(self) -> int:
        return int(self.payload["number"])

    @property
    def printed(self) -> list[str]:
        """Codes of the figures in the order in which the text prints them."""
        return [str(code) for code in self.payload["printed"]]

    @property
    def waived(self) -> list[str]:
        """Kinds of what stood in the way of the issue and was waived for a reason; none where it lists nothing."""
        return [str(waiver["kind"]) for waiver in self.payload.get("waivers", [])]

    @property
    def is_interim(self) -> bool:
        """Whether it was issued before the week was over."""
        return UNFINISHED in self.waived

    @property
    def text_digest(self) -> str:
        return str(self.payload["text_sha256"])

    def text(self) -> str:
        """What is put into the files."""
        members = {
            "alg": "Ed25519",
            "kid": self.kid,
            "payload": self.payload,
            "signature": base64url(self.signature),
        }
        return canonical_json(members).decode()


def sealed(payload: dict[str, Any], sign: Sign) -> Envelope:
    """Raises TypeError for a payload with floats, whose text is not portable."""
    kid, signature = sign(canonical_json(payload))
    return Envelope(payload, kid, signature)


def read_envelope(text: str) -> Envelope:
    """The envelope in a file, whoever wrote it: whether the signature holds is another question. Raises BadSeal."""
    if len(text) > LARGEST:
        raise BadSeal("This is longer than any seal.")
    try:
        members = json.loads(text)
        signature = base64.urlsafe_b64decode(members["signature"] + "==")
        envelope = Envelope(dict(members["payload"]), str(members["kid"]), signature)
        datetime.datetime.fromisoformat(envelope.payload["sealed_at"])
        is_readable = (
            envelope.format in FORMATS
            and envelope.programme.isprintable()
            and 0 < envelope.number < HIGHEST_NUMBER
            and len(envelope.figures) == len(envelope.payload["figures"])
            and bool(envelope.message and envelope.programme and envelope.text_digest)
            and set(envelope.printed) <= set(envelope.figures)
            and all(map(str.isprintable, envelope.waived))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise BadSeal("This cannot be read as a seal.") from error
    if not is_readable:
        raise BadSeal("This is no seal of this format.")
    return envelope


class Signed(Protocol):
    @property
    def kid(self) -> str: ...
    @property
    def signature(self) -> bytes: ...
    @property
    def message(self) -> bytes: ...


def holds(envelope: Signed, keys: Mapping[str, bytes]) -> bool:
    """Whether one of the published keys (raw, by kid) signed exactly this."""
    raw = keys.get(envelope.kid)
    if raw is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(envelope.signature, envelope.message)
    except InvalidSignature:
        return False
    return True


def figure_json(figure: SealedFigure) -> dict[str, Any]:
    return asdict(figure)


def without_spaces(text: str) -> str:
    """The characters that can be seen: word processors set spaces and line ends as they like."""
    return "".join(text.split())


def text_digest(text: str) -> str:
    """SHA-256 of the visible characters, in hexadecimal."""
    return hashlib.sha256(without_spaces(text).encode()).hexdigest()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
