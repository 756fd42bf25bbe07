"""A ticket: 94 bytes that say who comes to which session, signed with Ed25519, as text for a QR code.

The format is described in docs/reference/tickets.md, so that anybody can check a ticket with the published keys and
without a network. This file knows neither Django nor a clock.
"""

import base64
import binascii
import datetime
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERSION = 1
PREFIX = "QX1"
CONTEXT = b"qixue-ticket\0"  # signed before the content: a signature made for something else is no ticket
CONTENT = struct.Struct(">B4sIQQBI")  # version, kid, programme, session, registration, places, not valid after
SIGNATURE_BYTES = 64
TICKET_BYTES = CONTENT.size + SIGNATURE_BYTES  # 94
TEXT_LENGTH = len(PREFIX) + (TICKET_BYTES * 8 + 4) // 5  # 154


class BadTicket(Exception):
    """Why a text is no valid ticket. `code`: not_a_ticket, unknown_version, unknown_key, bad_signature, expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Ticket:
    """What a ticket says. `kid` names the key (8 hex digits), the others are primary keys and counts."""

    kid: str
    programme: int
    session: int
    registration: int
    not_after: datetime.datetime  # whole seconds
    places: int = 1

    def content(self) -> bytes:
        """The 30 bytes that are signed. Raises struct.error for a number that does not fit its field."""
        seconds = int(self.not_after.timestamp())
        kid = bytes.fromhex(self.kid)
        return CONTENT.pack(VERSION, kid, self.programme, self.session, self.registration, self.places, seconds)


def encode(ticket: Ticket, sign: Callable[[bytes], bytes]) -> str:
    """The text of the ticket: 154 characters. `sign` signs with the key that the ticket names."""
    content = ticket.content()
    return text_of(content + sign(CONTEXT + content))


def decode(text: str, keys: Mapping[str, bytes], *, at: datetime.datetime) -> Ticket:
    """The ticket that the text is, checked with the raw public keys by their kid.

    Only the one spelling that `encode` writes is a ticket: upper case, no spaces, no padding, unused bits zero.
    Raises BadTicket.
    """
    raw = bytes_of(text)
    content, signature = raw[: CONTENT.size], raw[CONTENT.size :]
    version, kid, programme, session, registration, places, seconds = CONTENT.unpack(content)
    if version != VERSION:
        raise BadTicket("unknown_version")
    if kid.hex() not in keys:
        raise BadTicket("unknown_key")
    try:
        Ed25519PublicKey.from_public_bytes(keys[kid.hex()]).verify(signature, CONTEXT + content)
    except InvalidSignature as error:
        raise BadTicket("bad_signature") from error
    not_after = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    if at > not_after:
        raise BadTicket("expired")
    return Ticket(kid.hex(), programme, session, registration, not_after, places)


def text_of(raw: bytes) -> str:
    return PREFIX + base64.b32encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Raises BadTicket for everything that is not exactly how `text_of` writes these bytes."""
    if len(text) != TEXT_LENGTH or not text.startswith(PREFIX) or not text.isascii():
        raise BadTicket("not_a_ticket")
    body = text[len(PREFIX) :]
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
    except binascii.Error as error:
        raise BadTicket("not_a_ticket") from error
    if text_of(raw) != text:
        raise BadTicket("not_a_ticket")
    return raw
