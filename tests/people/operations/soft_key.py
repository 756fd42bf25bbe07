"""A passkey made of software: answers the questions of the server as a phone would, and can be told to cheat."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from qixue.people.operations.passkeys import Question, Site

SITE = Site(host="testserver", name="齐学", origin="http://testserver")
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    is_verified: bool = True  # finger, face or PIN was checked
    origin: str = SITE.origin
    host: str = SITE.host
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, question: Question) -> dict[str, Any]:
        key = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, ES256.from_cryptography_key(self.private.public_key())
        )
        data = AuthenticatorData.create(self.host_hash, self.flags | HAS_KEY, self.counter, key)
        attestation = AttestationObject.create("none", data, {})
        client = self.client_data("webauthn.create", question)
        return self.answer({"clientDataJSON": client, "attestationObject": bytes(attestation)})

    def get(self, question: Question) -> dict[str, Any]:
        client = self.client_data("webauthn.get", question)
        data = bytes(AuthenticatorData.create(self.host_hash, self.flags, self.counter))
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self.answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    @property
    def flags(self) -> int:
        return PRESENT | (VERIFIED if self.is_verified else 0)

    @property
    def host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def client_data(self, kind: str, question: Question) -> bytes:
        challenge = question.options["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        identity = websafe_encode(self.credential_id)
        written = {name: websafe_encode(value) for name, value in response.items()}
        return {"id": identity, "rawId": identity, "type": "public-key", "response": written}
