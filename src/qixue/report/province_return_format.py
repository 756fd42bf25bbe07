"""A province return (上报): what a city sealed, signed once more with the city that it speaks for.

Described in docs/reference/province-returns.md. Pure, no Django. The seal inside is carried as it is: its figures are
not written a second time.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from qixue.core.digests import canonical_json
from qixue.core.quantity import UNITS, Qualifier, Quantity
from qixue.report.seal_format import LARGEST, BadSeal, Envelope, SealedFigure, Sign, base64url, holds, read_envelope

FORMAT = "qixue-province-return/1"
MEMBERS = {"format": str, "city": dict, "programme": dict, "seal": dict}


NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


class BadReturn(ValueError):
    """The text is no province return in the form of this platform."""


@dataclass(frozen=True)
class SignedReturn:
    """What a city sends: its payload with signature, and the public key (raw) by which it says it can be checked."""

    payload: dict[str, Any]
    kid: str
    signature: bytes
    public_key: bytes

    @cached_property
    def message(self) -> bytes:
        """The bytes that were signed."""
        return canonical_json(self.payload)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.message).hexdigest()

    @cached_property
    def seal(self) -> Envelope:
        return read_envelope(canonical_json(self.payload["seal"]).decode())

    @property
    def city_code(self) -> str:
        return str(self.payload["city"]["code"])

    @property
    def city_name(self) -> str:
        return str(self.payload["city"]["name"])

    @property
    def is_synthetic(self) -> bool:
        return bool(self.payload["programme"].get("is_synthetic"))

    @property
    def year(self) -> Any:
        """The year of the programme as it was sent; None where the file does not say it."""
        return self.payload["programme"].get("year")

    def is_signed_by(self, keys: Mapping[str, bytes]) -> bool:
        """Whether one key of these (raw, by kid) signed the return, and one of them the seal in it."""
        return holds(self, keys) and holds(self.seal, keys)

    def text(self) -> str:
        """What is written into the file."""
        members = {
            "alg": "Ed25519",
            "kid": self.kid,
            "public_key": base64url(self.public_key),
            "payload": self.payload,
            "signature": base64url(self.signature),
        }
        return canonical_json(members).decode()


def signed(payload: dict[str, Any], sign: Sign, public_keys: Mapping[str, bytes]) -> SignedReturn:
    kid, signature = sign(canonical_json(payload))
    return SignedReturn(payload, kid, signature, public_keys[kid])


def read_return(text: str) -> SignedReturn:
    """The return in a file, whoever wrote it: whether the signatures hold is another question. Raises BadReturn."""
    if len(text) > 2 * LARGEST:
        raise BadReturn("This is longer than any province return.")
    try:
        members = json.loads(text)
        found = SignedReturn(
            dict(members["payload"]),
            str(members["kid"]),
            base64.urlsafe_b64decode(members["signature"] + "=="),
            base64.urlsafe_b64decode(members["public_key"] + "=="),
        )
        is_whole = all(isinstance(found.payload[name], kind) for name, kind in MEMBERS.items())
        is_readable = (
            is_whole
            and found.payload["format"] == FORMAT
            and found.city_code.isdecimal()
            and found.city_name.isprintable()
            and found.payload["programme"]["code"] == found.seal.programme
            and bool(found.message)
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error, BadSeal) as error:
        raise BadReturn("This cannot be read as a province return.") from error
    if not is_readable:
        raise BadReturn("This is no province return of this format.")
    return found


def quantity_sent(figure: SealedFigure) -> Quantity | None:
    """The number of a figure as a city wrote it; None where it has none. Raises ValueError where it is no number."""
    if not figure.value:
        return None
    if not NUMBER.fullmatch(figure.value) or figure.unit not in UNITS:
        raise ValueError("This is no number that can be counted with.")
    value = int(figure.value) if "." not in figure.value else Decimal(figure.value)
    stated = Quantity(value, UNITS[figure.unit], Qualifier(figure.qualifier))
    summed = replace(stated, is_sum=True)  # which the city has printed with fewer digits
    return summed if summed.text("zh") == figure.text != stated.text("zh") else stated
