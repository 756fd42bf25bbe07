"""A ticket is good in one spelling and no other. Every bit of it is tried."""

import base64
import datetime
import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.factories import NOON

from qixue.participation.tickets import CONTENT, CONTEXT, BadTicket, Ticket, decode, encode, text_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
END = (NOON + datetime.timedelta(hours=12)).astimezone(datetime.UTC)
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = PRIVATE_KEY.public_key().public_bytes_raw()
KID = hashlib.sha256(PUBLIC_KEY).digest()[:4].hex()
KEYS = {KID: PUBLIC_KEY}
TICKET = Ticket(KID, programme=2, session=345, registration=67890, not_after=END)
TEXT = encode(TICKET, PRIVATE_KEY.sign)


def refusal(text: str, keys: dict[str, bytes] = KEYS, at: datetime.datetime = NOON) -> str:
    with pytest.raises(BadTicket) as refused:
        decode(text, keys, at=at)
    return refused.value.code


def raw(text: str) -> bytes:
    body = text.removeprefix("QX1")
    return base64.b32decode(body + "=" * (-len(body) % 8))


def test_ticket_reads_back():
    assert decode(TEXT, KEYS, at=NOON) == TICKET
    assert len(TEXT) == 154
    assert len(raw(TEXT)) == 94


def test_every_change_of_one_bit_of_the_bytes_is_refused():
    content = raw(TEXT)
    accepted = []
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        if refusal(text_of(bytes(changed))) not in {"unknown_version", "unknown_key", "bad_signature"}:
            accepted.append(bit)

    assert accepted == []


def test_every_change_of_one_bit_of_the_text_is_refused():
    letters = TEXT.encode()
    for bit in range(len(letters) * 8):
        changed = bytearray(letters)
        changed[bit // 8] ^= 1 << bit % 8
        assert refusal(changed.decode("latin-1"))


def test_every_other_letter_at_every_place_is_refused():
    for place in range(len(TEXT)):
        for letter in ALPHABET:
            if letter != TEXT[place]:
                assert refusal(TEXT[:place] + letter + TEXT[place + 1 :])


@pytest.mark.parametrize(
    "spelling",
    [
        TEXT.lower(),
        TEXT + "=",
        TEXT + "=" * 5,
        TEXT[:-1],
        TEXT + "A",
        f" {TEXT}",
        f"{TEXT}\n",
        TEXT.replace("QX1", "QX2", 1),
        TEXT.replace("O", "0", 1),
        TEXT.translate(str.maketrans("ABCDE", "ＡＢＣＤＥ")),
        "",
    ],
)
def test_other_spellings_are_refused(spelling):
    assert refusal(spelling) == "not_a_ticket"


def test_last_letter_has_one_spelling():
    """94 bytes leave three bits of the last letter unused; seven other letters would give the same bytes."""
    first = ALPHABET.index(TEXT[-1])
    twins = [letter for letter in ALPHABET if ALPHABET.index(letter) // 8 == first // 8 and letter != TEXT[-1]]

    assert len(twins) == 7
    assert {raw(TEXT[:-1] + letter) for letter in twins} == {raw(TEXT)}
    assert {refusal(TEXT[:-1] + letter) for letter in twins} == {"not_a_ticket"}


def test_other_key_under_the_same_name_is_refused():
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    assert refusal(TEXT, {KID: other}) == "bad_signature"
    assert refusal(TEXT, {}) == "unknown_key"


def test_ticket_ends():
    assert decode(TEXT, KEYS, at=END) == TICKET
    assert refusal(TEXT, at=END + datetime.timedelta(seconds=1)) == "expired"


def test_unknown_version_is_refused_although_signed():
    content = bytes([2]) + TICKET.content()[1:]

    assert refusal(text_of(content + PRIVATE_KEY.sign(CONTEXT + content))) == "unknown_version"


def test_signature_made_for_something_else_is_refused():
    content = TICKET.content()
    bare, other = PRIVATE_KEY.sign(content), PRIVATE_KEY.sign(b"qixue-credential\0" + content)

    assert {refusal(text_of(content + signature)) for signature in (bare, other)} == {"bad_signature"}


def test_retired_key_goes_on_checking():
    newer = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    assert decode(TEXT, {"00000000": newer, **KEYS}, at=NOON) == TICKET


def test_content_is_in_the_documented_places():
    assert CONTENT.size == 30
    assert TICKET.content().hex() == (
        f"01{KID}" + "00000002" + "0000000000000159" + "0000000000010932" + "01" + f"{int(END.timestamp()):08x}"
    )


def test_vector_in_the_reference_is_what_the_code_writes():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "tickets.md").read_text(encoding="utf-8")
    vector = dict(re.findall(r"^\| (\w[\w ]+) \| `([^`]+)` \|$", page.split("## Test vector")[1], re.M))

    content = raw(TEXT)[: CONTENT.size]
    assert vector == {
        "Public key": base64.urlsafe_b64encode(PUBLIC_KEY).decode().rstrip("="),
        "Content": content.hex(),
        "Signature": PRIVATE_KEY.sign(CONTEXT + content).hex(),
        "Text": TEXT,
    }
    assert page.count(f'"kid": "{KID}"') == 1
