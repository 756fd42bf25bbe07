"""The six digits of an authenticator app: RFC 6238 with its defaults (SHA-1, 30 seconds), which every app speaks."""

import base64
import datetime
import hashlib
import hmac
import secrets

KEY_BYTES = 20  # as long as the digest, as RFC 4226 recommends
DIGITS = 6
PERIOD = 30  # seconds
DRIFT = 1  # steps that the clock of a phone may be off, either way


def new_key() -> str:
    """A key in the letters that people can type into an app."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_at(moment: datetime.datetime) -> int:
    return int(moment.timestamp()) // PERIOD


def code_of(key: str, step: int) -> str:
    digest = hmac.new(base64.b32decode(key), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(key: str, code: str, moment: datetime.datetime) -> int | None:
    """The step whose code this is, within the drift; every step is looked at, so that time tells nothing."""
    here = step_at(moment)
    steps = range(here - DRIFT, here + DRIFT + 1)
    matches = [step for step in steps if hmac.compare_digest(code_of(key, step).encode(), code.encode())]
    return max(matches, default=None)
