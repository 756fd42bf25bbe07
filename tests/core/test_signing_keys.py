"""The keys that sign: one current key per purpose, made once, changed without losing what it signed."""

import datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from tests.at_once import at_once
from tests.factories import NOON

from qixue.core.models import AuditEntry, SigningKey
from qixue.core.refusal import Refused
from qixue.core.signing_keys import (
    kid_of,
    new_key,
    public_keys,
    published,
    raw_public_key,
    rotate_key,
    sign,
    signing_key,
    verification_keys,
)

pytestmark = pytest.mark.django_db


def test_first_call_makes_the_key_and_the_second_finds_it():
    key = signing_key("ticket")

    assert signing_key("ticket") == key
    assert signing_key("credential") != key
    assert key.kid == kid_of(raw_public_key(key))


def test_signature_is_checked_with_the_published_key_of_its_purpose():
    kid, signature = sign("ticket", b"content")

    raw = verification_keys("ticket")[kid]
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"content")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, b"Content")
    assert kid not in verification_keys("credential")


def test_rotating_keeps_the_retired_key_for_checking():
    first = signing_key("ticket")

    second = rotate_key("ticket", by=None, at=NOON)

    first.refresh_from_db()
    assert (first.retired_at, signing_key("ticket")) == (NOON, second)
    assert public_keys("ticket") == [second, first]
    assert [published(key)["retired_at"] for key in public_keys("ticket")] == [
        None,
        NOON.astimezone(datetime.UTC).isoformat(),
    ]
    assert AuditEntry.objects.get(action="signing_key.rotated").details == {"purpose": "ticket", "kid": second.kid}


def test_unknown_purpose_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="no purpose letters"):
        rotate_key("letters", by=None, at=NOON)


def test_database_refuses_a_second_current_key():
    signing_key("ticket")

    with pytest.raises(IntegrityError), transaction.atomic():
        new_key("ticket", at=NOON).save()


def test_private_key_is_sealed_and_lost_with_the_secret_key(settings):
    key = signing_key("ticket")
    settings.SECRET_KEY = "another-key" * 6

    with pytest.raises(Refused) as refused:
        sign("ticket", b"content")

    assert refused.value.code == "signing_key_sealed"
    assert key.kid in refused.value.sentence


@pytest.mark.django_db(transaction=True)
def test_first_calls_at_once_agree_on_one_key():
    kids = []

    assert at_once(*[lambda: kids.append(signing_key("ticket").kid)] * 4) == ["done"] * 4

    assert len(set(kids)) == 1
    assert SigningKey.objects.count() == 1
