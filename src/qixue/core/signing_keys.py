"""The keys with which the platform signs tickets, certificates and work summaries: Ed25519 (RFC 8032).

There is one current key per purpose. The private half is sealed under the secret key of the installation. Retired keys
are kept and published, so that what they signed can still be checked.
"""

import base64
import datetime
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import now
from qixue.core.models import SigningKey, record_audit
from qixue.core.refusal import Refused
from qixue.core.sealed import seal, unseal

ALGORITHM = "Ed25519"
KID_BYTES = 4


def signing_key(purpose: str) -> SigningKey:
    """The current key of the purpose; the first call makes it, and two first calls at once agree on one."""
    if key := current_key(purpose):
        return key
    # The moment is that of the making, not of the act that happens to need the first key.
    SigningKey.objects.bulk_create([new_key(purpose, at=now())], ignore_conflicts=True)
    return SigningKey.objects.get(purpose=purpose, retired_at=None)


def public_keys(purpose: str | None = None) -> list[SigningKey]:
    """The keys of the purpose (of all without one), current ones first, then the retired ones from the latest on."""
    keys = SigningKey.objects.all() if purpose is None else SigningKey.objects.filter(purpose=purpose)
    return list(keys.order_by(F("retired_at").desc(nulls_first=True), "-made_at", "-pk"))


def verification_keys(purpose: str) -> dict[str, bytes]:
    """The raw public keys of the purpose by their kid, for whoever checks signatures."""
    return {key.kid: raw_public_key(key) for key in public_keys(purpose)}


def sign(purpose: str, message: bytes) -> tuple[str, bytes]:
    """The kid of the current key and its signature, 64 bytes. Refused: signing_key_sealed."""
    key = signing_key(purpose)
    return key.kid, sign_with(key, message)


def sign_with(key: SigningKey, message: bytes) -> bytes:
    """Refused: signing_key_sealed, when the secret key of the installation has changed since the key was made."""
    private_key = unseal(key.private_key, sealed_for(key.purpose))
    if private_key is None:
        sentence = _("The signing key %(kid)s cannot be opened. Please make a new one: qixue keys rotate %(purpose)s")
        raise Refused("signing_key_sealed", sentence, kid=key.kid, purpose=key.purpose)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_key)).sign(message)


@transaction.atomic
def rotate_key(purpose: str, *, by: Any, at: datetime.datetime) -> SigningKey:
    """Retire the current key of the purpose and make the next. What was signed before can be checked as before.

    Raises ValueError for an unknown purpose.
    """
    if purpose not in SigningKey.Purpose.values:
        raise ValueError(f"There is no purpose {purpose}.")
    SigningKey.objects.filter(purpose=purpose, retired_at=None).update(retired_at=at)
    key = new_key(purpose, at=at)
    key.save()
    record_audit("signing_key.rotated", key, by=by, at=at, details={"purpose": purpose, "kid": key.kid})
    return key


def current_key(purpose: str) -> SigningKey | None:
    return SigningKey.objects.filter(purpose=purpose, retired_at=None).first()


def new_key(purpose: str, *, at: datetime.datetime) -> SigningKey:
    private_key = Ed25519PrivateKey.generate()
    raw = private_key.public_key().public_bytes_raw()
    return SigningKey(
        kid=kid_of(raw),
        purpose=purpose,
        public_key=base64.urlsafe_b64encode(raw).decode().rstrip("="),
        private_key=seal(private_key.private_bytes_raw().hex(), sealed_for(purpose)),
        made_at=at,
    )


def kid_of(raw: bytes) -> str:
    """How a signature names its key: the first 4 bytes of SHA-256 of the raw public key, as hex."""
    return hashlib.sha256(raw).digest()[:KID_BYTES].hex()


def raw_public_key(key: SigningKey) -> bytes:
    return base64.urlsafe_b64decode(key.public_key + "=")


def published(key: SigningKey) -> dict[str, str | None]:
    """The key as `/.well-known/qixue-keys.json` lists it."""
    return {
        "kid": key.kid,
        "alg": ALGORITHM,
        "use": key.purpose,
        "public_key": key.public_key,
        "made_at": key.made_at.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
    }


def sealed_for(purpose: str) -> str:
    return f"signing-key:{purpose}"
