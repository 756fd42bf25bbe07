"""Certificates as Open Badges 3.0: the credential, its signature as a compact JWS (VC-JWT), the list of revoked ones.

Described in docs/reference/credentials.md. Pure, no Django: whoever calls brings the keys and the facts.
"""

import base64
import binascii
import datetime
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from qixue.participation.serials import printed

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
CONTEXTS = (
    VC_CONTEXT,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
LARGEST = 20_000  # characters of a credential; ours have about 3,000
LIST_SIZE = 131_072  # places in a revocation list, the least that Bitstring Status List allows
HOURS = "urn:qixue:learning-hours"

Sign = Callable[[bytes], bytes]


class BadCredential(ValueError):
    """The text is no credential of this platform, or somebody changed it."""


@dataclass(frozen=True)
class Facts:
    """What a credential states. `learner_hash` is the salted hash of the account number, never a name."""

    base_url: str
    serial: str
    issuer_code: str
    issuer_name: str
    activity: str  # code of the programme and of the activity, with a slash between
    kind: str
    title: str
    criteria: str
    learning_hours: str  # decimal, of 45 minutes; empty when the sessions have no times
    started_on: datetime.date
    ended_on: datetime.date
    issued_at: datetime.datetime
    salt: str
    learner_hash: str
    status_list: int
    status_index: int


def identity_hash(learner_no: str, salt: str) -> str:
    """As Open Badges 3.0 writes a hashed identity: SHA-256 of the identifier followed by the salt."""
    return f"sha256${hashlib.sha256(f'{learner_no}{salt}'.encode()).hexdigest()}"


def issuer_url(base_url: str, code: str) -> str:
    return f"{base_url}/credentials/issuers/{code}/"


def status_url(base_url: str, code: str, number: int) -> str:
    return f"{base_url}/credentials/issuers/{code}/status/{number}/"


def achievement_url(base_url: str, activity: str) -> str:
    return f"{base_url}/credentials/achievements/{activity}/"


def key_url(base_url: str, kid: str) -> str:
    return f"{base_url}/credentials/keys/{kid}/"


def verify_url(base_url: str, serial: str) -> str:
    return f"{base_url}/verify/{printed(serial)}/"


def instant(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_start(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00+08:00"


def profile(base_url: str, code: str, name: str) -> dict[str, Any]:
    """The issuer, as it stands in each credential and at its own address."""
    return {
        "id": issuer_url(base_url, code),
        "type": ["Profile"],
        "name": name,
        "url": f"{base_url}/organisations/{code}/",
    }


def achievement(base_url: str, activity: str, *, kind: str, title: str, criteria: str) -> dict[str, Any]:
    return {
        "id": achievement_url(base_url, activity),
        "type": ["Achievement"],
        "achievementType": kind,
        "name": title,
        "description": title,
        "criteria": {"narrative": criteria},
        "inLanguage": "zh-Hans",
        "resultDescription": [
            {"id": HOURS, "type": ["ResultDescription"], "name": "学时（45分钟）", "resultType": "Result"}
        ],
    }


def credential(facts: Facts) -> dict[str, Any]:
    """The credential as a document of the Verifiable Credentials Data Model 2.0."""
    base = facts.base_url
    revocations = status_url(base, facts.issuer_code, facts.status_list)
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": facts.learner_hash,
                "identityType": "accountId",
                "salt": facts.salt,
            }
        ],
        "activityStartDate": day_start(facts.started_on),
        "activityEndDate": day_start(facts.ended_on),
        "achievement": achievement(base, facts.activity, kind=facts.kind, title=facts.title, criteria=facts.criteria),
    }
    if facts.learning_hours:
        subject["result"] = [{"type": ["Result"], "resultDescription": HOURS, "value": facts.learning_hours}]
    return {
        "@context": list(CONTEXTS),
        "id": verify_url(base, facts.serial),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": profile(base, facts.issuer_code, facts.issuer_name),
        "validFrom": instant(facts.issued_at),
        "credentialSubject": subject,
        "credentialStatus": {
            "id": f"{revocations}#{facts.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(facts.status_index),
            "statusListCredential": revocations,
        },
        "credentialSchema": [dict(SCHEMA)],
    }


def with_claims(document: Mapping[str, Any], *, at: datetime.datetime) -> dict[str, Any]:
    """The document with the registered claims that VC-JWT asks for: who, which, and from when on."""
    issuer = document["issuer"]
    return {
        **document,
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "nbf": int(at.timestamp()),
    }


def revocation_list(
    base_url: str, code: str, number: int, *, revoked: Iterable[int], at: datetime.datetime
) -> dict[str, Any]:
    """The issuer's list number `number` as a BitstringStatusListCredential, good for a day."""
    url = status_url(base_url, code, number)
    return {
        "@context": [VC_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_url(base_url, code),
        "validFrom": instant(at),
        "validUntil": instant(at + datetime.timedelta(days=1)),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list(revoked),
        },
    }


def encoded_list(places: Iterable[int]) -> str:
    """A bit per place, the first one highest, compressed: as Bitstring Status List 1.0 lays it down."""
    bits = bytearray(LIST_SIZE // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> (place % 8)
    return f"u{base64url(gzip.compress(bytes(bits), mtime=0))}"


def signed(document: Mapping[str, Any], *, kid: str, sign: Sign, at: datetime.datetime) -> str:
    """The document as a compact JWS; `kid` is the address of the public key."""
    header = {"alg": "EdDSA", "kid": kid, "typ": "JWT"}
    text = f"{part(header)}.{part(with_claims(document, at=at))}"
    return f"{text}.{base64url(sign(text.encode()))}"


def part(value: Any) -> str:
    return base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read_base64url(text: str) -> bytes:
    """Raises BadCredential for whatever `base64url` would have written in another way: one text, one meaning."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadCredential("not base64url") from error
    if base64url(data) != text:
        raise BadCredential("not canonical base64url")
    return data


def read_credential(token: str, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """What a compact JWS states, once its signature was checked with one of the raw public keys, named by kid.

    Raises BadCredential for anything that is not to the bit what was signed.
    """
    parts = token.split(".")
    if len(token) > LARGEST or not token.isascii() or len(parts) != 3:
        raise BadCredential("not a compact JWS")
    header, payload = (read_json(text) for text in parts[:2])
    key = keys.get(str(header.get("kid", "")).rstrip("/").rpartition("/")[2])
    if header.get("alg") != "EdDSA" or key is None:
        raise BadCredential("not signed with a key of this platform")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(read_base64url(parts[2]), f"{parts[0]}.{parts[1]}".encode())
    except InvalidSignature as error:
        raise BadCredential("the signature does not fit") from error
    return payload


def read_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(read_base64url(text))
    except (ValueError, RecursionError) as error:
        raise BadCredential("not JSON") from error
    if not isinstance(value, dict):
        raise BadCredential("not an object")
    return value
