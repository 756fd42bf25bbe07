"""The code on the wall: new every 30 seconds, and only somebody who saw it knows it. No database and no clock here.

A code is 20 letters and digits: the number of its half minute (4 bytes) and 8 bytes of HMAC-SHA256 over session and
number, in base32. The number is not secret; it tells a code that is over from one that was never ours.
"""

import base64
import binascii
import datetime
import hashlib
import hmac
import struct

STEP_SECONDS = 30
TOLERANCE = 1  # steps before and after the present one: clocks differ, and a page takes a moment to load
MAC_BYTES = 8
CODE_LENGTH = 20  # (4 + 8) bytes as base32, without padding


def step_at(moment: datetime.datetime) -> int:
    """The number of the half minute, counted from 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, session: int, step: int) -> str:
    """The code of a session in a step; `secret` is 32 random bytes of that session."""
    return base64.b32encode(struct.pack(">I", step) + mac_of(secret, session, step)).decode().rstrip("=")


def mac_of(secret: bytes, session: int, step: int) -> bytes:
    message = b"qixue-wall\0" + struct.pack(">QI", session, step)
    return hmac.new(secret, message, hashlib.sha256).digest()[:MAC_BYTES]


def step_of(code: str, secret: bytes, session: int) -> int | None:
    """The step of a code that was ours at some time; None for anything else."""
    if len(code) != CODE_LENGTH or not code.isascii():
        return None
    try:
        raw = base64.b32decode(code + "=" * (-len(code) % 8))
    except binascii.Error:
        return None
    (step,) = struct.unpack(">I", raw[:4])
    return step if hmac.compare_digest(raw[4:], mac_of(secret, session, step)) else None


def is_good_at(step: int, moment: datetime.datetime) -> bool:
    return abs(step_at(moment) - step) <= TOLERANCE


def is_late_at(step: int, moment: datetime.datetime) -> bool:
    """Whether the wall shows the next code already: usual when somebody is slow, odd when many are."""
    return step_at(moment) > step
