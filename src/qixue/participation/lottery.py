"""A draw that anybody can check: seats by lot, from a seed that was promised before the first entry.

Before sign-up opens, SHA-256 of a secret seed is published. When it closes, the list of entries is. The order of the
draw is the order of SHA-256(seed, public number, digest of the list, entry). The public number is named with the
promise, and nobody knows it before the list is closed; a draw of the first version has none.
docs/reference/lottery.md says it for everybody; this file knows neither Django nor a clock.
"""

import datetime
import hashlib
import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

FORMAT = "qixue-lottery-1"
FORMAT_WITH_NUMBER = "qixue-lottery-2"  # a public number goes into the draw
SEED_BYTES = 32
ENTRY_LENGTH = 16  # hexadecimal digits

PUBLIC_VALUE = re.compile(r"([0-9]{1,80})(?:\.([0-9]{1,18}))?")  # digits, and one decimal point between digits
NAMED_DAY = re.compile(r"(?:(\d{4})(?:年|-))?(\d{1,2})(?:月|-)(\d{1,2})(?!\d)")

Entry = tuple[str, int]  # the number of the entry, and how many people come with it


class Drawn(NamedTuple):
    """One entry after the draw; `place` counts from 1."""

    place: int
    entry: str
    people: int
    has_seats: bool


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def commitment_of(seed: bytes, public_number: str = "") -> str:
    """SHA-256 of the seed and of the words that name the public number in advance; its value comes later."""
    return hashlib.sha256(seed + public_number.encode()).hexdigest()


def canonical_value(text: str) -> str:
    """The one spelling of a public number that goes into the draw: whoever enters it must not choose among several.

    Half-width digits; zeros at the front and at the end after the point go. Raises ValueError for anything else.
    """
    match = PUBLIC_VALUE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError("A public number is digits with at most one decimal point.")
    whole, fraction = match.group(1).lstrip("0") or "0", (match.group(2) or "").rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def day_named(public_number: str, *, closed_on: datetime.date) -> datetime.date | None:
    """The last day in the words that name a public number, written 2026年11月25日, 11月25日 or 2026-11-25; None where
    none is. One without a year is the first such day from the one on which the list was closed.
    """
    days = []
    for year, month, day in NAMED_DAY.findall(unicodedata.normalize("NFKC", public_number)):
        try:
            named = datetime.date(int(year or closed_on.year), int(month), int(day))
            is_next_year = not year and named < closed_on
            days.append(named.replace(year=named.year + 1) if is_next_year else named)
        except ValueError:
            continue  # 13月40日, or the 29th of February of another year
    return max(days, default=None)


def entry_number(party: uuid.UUID) -> str:
    """The public number of those who entered together; it does not lead back to them."""
    return hashlib.sha256(b"qixue-entry\0" + party.bytes).hexdigest()[:ENTRY_LENGTH]


def canonical(entries: Iterable[Entry]) -> list[Entry]:
    """The list as it is published: by number. Raises ValueError for a number that is there twice."""
    found = sorted(entries)
    if len({number for number, _people in found}) != len(found):
        raise ValueError("An entry is in the list twice.")
    return found


def list_digest(entries: Iterable[Entry]) -> bytes:
    """SHA-256 of the list, one line for each entry: number, space, people, line feed."""
    lines = "".join(f"{number} {people}\n" for number, people in canonical(entries))
    return hashlib.sha256(lines.encode()).digest()


def draw(seed: bytes, entries: Sequence[Entry], seats: int, *, public_value: str = "") -> list[Drawn]:
    """The entries in the order of the draw, and who has seats.

    One after the other: who comes together gets seats together if as many are left, else waits; whoever waits does so
    in the order of the draw.
    """
    start = hashlib.sha256(seed + public_value.encode() + list_digest(entries))
    drawn = []
    for place, (number, people) in enumerate(sorted(entries, key=lambda entry: key_of(start, entry[0])), start=1):
        has_seats = people <= seats
        seats -= people if has_seats else 0
        drawn.append(Drawn(place, number, people, has_seats))
    return drawn


def key_of(start: "hashlib._Hash", number: str) -> bytes:
    """SHA-256(seed, public value, digest of the list, number); what all have in front is hashed once."""
    hashed = start.copy()
    hashed.update(number.encode())
    return hashed.digest()


class Unreadable(Exception):
    """The document is no lottery that was drawn."""


def faults(document: Mapping[str, Any]) -> list[str]:
    """What does not hold in a published draw: commitment, entries, list_digest, order. Raises Unreadable."""
    try:
        number, value = number_in(document)
        if not document["seed"]:
            raise Unreadable
        seed = bytes.fromhex(document["seed"])
        entries = [(str(number), int(people)) for number, people in document["entries"]]
        promised, digest, seats = str(document["commitment"]), str(document["list_digest"]), int(document["seats"])
        claimed = [(row["entry"], row["people"], row["seats"]) for row in document["order"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable from error
    if len({number for number, _people in entries}) != len(entries) or any(people < 1 for _number, people in entries):
        return ["entries"]
    computed = [(row.entry, row.people, row.has_seats) for row in draw(seed, entries, seats, public_value=value)]
    checks = {
        "commitment": commitment_of(seed, number) == promised,
        "list_digest": list_digest(entries).hex() == digest,
        "order": computed == claimed,
    }
    return [name for name, holds in checks.items() if not holds]


def number_in(document: Mapping[str, Any]) -> tuple[str, str]:
    """What the public number is called, and its value; empty in the first version. Raises Unreadable."""
    if document["format"] == FORMAT:
        return "", ""
    number, value = str(document["public_number"]), str(document["public_value"])
    if document["format"] != FORMAT_WITH_NUMBER or not number or not value:
        raise Unreadable
    return number, value
