"""The signed credential to the bit: what is taken, and that nothing changed ever is. No database."""

import base64
import datetime
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from tests.factories import NOON

from qixue.participation.credentials import (
    LARGEST,
    LIST_SIZE,
    BadCredential,
    Facts,
    base64url,
    credential,
    encoded_list,
    identity_hash,
    key_url,
    part,
    read_credential,
    signed,
)
from qixue.participation.learning_hours import learning_hours, minutes_between
from qixue.participation.serials import ALPHABET, new_serial, printed, read_serial

BASE = "https://qixue.example.cn"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEYS = {"0a1b2c3d": KEY.public_key().public_bytes_raw()}
FACTS = Facts(
    base_url=BASE,
    serial="K7M29FQX3T8HVB4C",
    issuer_code="library",
    issuer_name="市图书馆",
    activity="week/A1",
    kind="CertificateOfCompletion",
    title="手机使用入门",
    criteria="在全部3场活动中实到不少于2场。",
    learning_hours="5.3",
    started_on=datetime.date(2026, 11, 1),
    ended_on=datetime.date(2026, 11, 3),
    issued_at=NOON,
    salt="ab" * 16,
    learner_hash=identity_hash("0123456789ABCDEF", "ab" * 16),
    status_list=1,
    status_index=77,
)


def token() -> str:
    return signed(credential(FACTS), kid=key_url(BASE, "0a1b2c3d"), sign=KEY.sign, at=NOON)


def refused(text: str, keys: dict[str, bytes] = KEYS) -> str:
    with pytest.raises(BadCredential) as bad:
        read_credential(text, keys)
    return str(bad.value)


def test_what_was_signed_is_read_again():
    payload = read_credential(token(), KEYS)

    assert {name: payload[name] for name in ("iss", "jti", "nbf")} == {
        "iss": f"{BASE}/credentials/issuers/library/",
        "jti": f"{BASE}/verify/K7M2-9FQX-3T8H-VB4C/",
        "nbf": int(NOON.timestamp()),
    }
    assert {name: payload[name] for name in credential(FACTS)} == credential(FACTS)


def test_every_single_bit_change_is_refused():
    text = token()
    original = text.encode()
    taken = []
    for place in range(len(original)):
        for bit in range(8):
            changed = bytearray(original)
            changed[place] ^= 1 << bit
            try:
                read_credential(changed.decode("latin-1"), KEYS)
            except BadCredential:
                continue
            taken.append((place, bit))

    assert (len(original) > 2000, taken) == (True, [])


def test_every_single_bit_change_of_what_the_text_means_is_refused():
    header, payload, signature = token().split(".")
    bits = bytearray(base64.urlsafe_b64decode(signature + "=="))
    taken = []
    for place in range(len(bits) * 8):
        changed = bytearray(bits)
        changed[place // 8] ^= 1 << place % 8
        try:
            read_credential(f"{header}.{payload}.{base64url(bytes(changed))}", KEYS)
        except BadCredential:
            continue
        taken.append(place)

    assert (len(bits), taken) == (64, [])


def test_the_unused_bits_at_the_end_are_no_second_way_to_write_it():
    """86 characters hold 516 bits, the signature has 512."""
    text, last = token()[:-1], token()[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    answers = {refused(text + letter) for letter in alphabet if letter != last}

    assert "not canonical base64url" in answers


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}, {"alg": "EdDSA", "kid": "x"}])
def test_header_cannot_choose_how_it_is_checked(header):
    _old, payload, signature = token().split(".")

    assert refused(f"{part(header)}.{payload}.{signature}") == "not signed with a key of this platform"


def test_a_key_that_comes_along_is_not_trusted():
    stranger = Ed25519PrivateKey.generate()
    own = signed(credential(FACTS), kid=key_url(BASE, "0a1b2c3d"), sign=stranger.sign, at=NOON)

    assert refused(own) == "the signature does not fit"


@given(st.text(max_size=200))
def test_any_text_is_refused_and_nothing_else_happens(text):
    refused(text)


@pytest.mark.parametrize("text", ["", "..", "a.b", "[].[].x", "1" * (LARGEST + 1), f"{part([])}.{part([])}.AA"])
def test_what_is_no_credential_is_refused(text):
    refused(text)


def test_deeply_nested_text_is_refused():
    deep = base64url(b"[" * 9000)

    refused(f"{deep}.{deep}.AA")


def test_text_of_the_credential_is_json_that_a_person_can_read():
    payload = base64.urlsafe_b64decode(token().split(".")[1] + "==").decode()

    assert "手机使用入门" in payload
    assert json.loads(payload)["credentialSubject"]["result"][0]["value"] == "5.3"


def test_hours_are_left_out_where_they_are_not_known():
    unknown = credential(Facts(**{**vars(FACTS), "learning_hours": ""}))

    assert "result" not in unknown["credentialSubject"]


@given(st.sets(st.integers(0, LIST_SIZE - 1), max_size=20))
def test_list_of_revoked_ones_is_read_by_the_independent_library(places):
    assert set(set_indices(decode_encoded_list(encoded_list(places)))) == places


def test_list_says_the_same_with_the_same_bytes():
    assert encoded_list([5, 9]) == encoded_list([9, 5])


@given(st.text(alphabet=ALPHABET, min_size=16, max_size=16))
def test_serial_is_read_as_it_is_printed(serial):
    assert read_serial(printed(serial)) == serial


@pytest.mark.parametrize("text", ["", "K7M2-9FQX-3T8H", "K7M2-9FQX-3T8H-VB4CC", "K7M2-9FQX-3T8H-VB4U", "证书编号"])
def test_what_is_no_serial_gives_nothing(text):
    assert read_serial(text) == ""


def test_serials_are_of_the_alphabet_and_differ():
    made = {new_serial() for _number in range(200)}

    assert (len(made), all(read_serial(serial) == serial for serial in made)) == (200, True)


@pytest.mark.parametrize(("minutes", "hours"), [(0, "0.0"), (45, "1.0"), (120, "2.7"), (90, "2.0"), (110, "2.4")])
def test_learning_hour_has_45_minutes(minutes, hours):
    assert str(learning_hours(minutes)) == hours


def test_minutes_are_unknown_without_times():
    assert (minutes_between(NOON, None), minutes_between(NOON, NOON + datetime.timedelta(hours=2))) == (None, 120)
