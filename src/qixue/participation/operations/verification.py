"""What everybody may find out about a certificate, and how often: numbers are long, and nobody may try many of them."""

import datetime
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.refusal import Refused
from qixue.core.signing_keys import verification_keys
from qixue.participation.credentials import BadCredential, read_credential
from qixue.participation.models import Certificate, VerificationCount
from qixue.participation.operations.certificates import PURPOSE
from qixue.participation.queries.certificates import certificate_by_serial

MOST_UNKNOWN = 60  # numbers that nobody has, an hour, from one address: an office may share it
MOST_NAMES = 30  # wrong names, an hour, from one address
MOST_NAMES_FOR_ONE = 10  # wrong names, a day, for one certificate, wherever they come from
KEPT = datetime.timedelta(days=2)


@dataclass(frozen=True)
class Verified:
    """What a credential that somebody sent in was found to be. `certificate` is None where we keep no such row."""

    certificate: Certificate | None
    payload: dict[str, Any]


def look_up(serial: str, *, address: str, at: datetime.datetime) -> Certificate | None:
    """The certificate with the number. Refused: too_many_tries, when too many unknown ones came from the address."""
    key = f"unknown:{mark_of(address)}:{hour_of(at)}"
    sentence = _("Many numbers that do not exist were tried from here. Please try again in an hour.")
    refuse_many(key, MOST_UNKNOWN, sentence)
    found = certificate_by_serial(serial)
    if found is None:
        count_one(key, at=at)
    return found


def is_name(certificate: Certificate, typed: str, *, address: str, at: datetime.datetime) -> bool:
    """Whether that is the name on the certificate. Refused: too_many_tries, after many wrong ones."""
    day = f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
    limits = {
        f"name:{certificate.serial}:{day}": MOST_NAMES_FOR_ONE,
        f"names:{mark_of(address)}:{hour_of(at)}": MOST_NAMES,
    }
    sentence = _("Many wrong names were tried. Please try again tomorrow, or ask the issuer by phone.")
    for key, most in limits.items():
        refuse_many(key, most, sentence)
    if certificate.name and constant_time_compare(plain(typed), plain(certificate.name)):
        return True
    for key in limits:
        count_one(key, at=at)
    return False


def verify_credential(token: str) -> Verified:
    """Check the text of a credential to the bit. Refused: credential_bad."""
    try:
        payload = read_credential(token.strip(), verification_keys(PURPOSE))
    except BadCredential as error:
        sentence = _("This is no credential of this platform, or something in it was changed. Do not rely on it.")
        raise Refused("credential_bad", sentence) from error
    serial = str(payload.get("jti", "")).rstrip("/").rpartition("/")[2]
    return Verified(certificate_by_serial(serial), payload)


def masked(name: str) -> str:
    """A name of which only the first and the last character can be read: 李*明, 李*."""
    if len(name) <= 2:
        return f"{name[:1]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def plain(name: str) -> str:
    """A name without what people type in different ways: spaces, dots between parts, width, capitals."""
    return "".join(each for each in unicodedata.normalize("NFKC", name).casefold() if each.isalnum())


def mark_of(address: str) -> str:
    """Stands for a network address in the counters, which keep none."""
    return salted_hmac("verification", address, algorithm="sha256").hexdigest()[:32]


def hour_of(at: datetime.datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H}"


def refuse_many(key: str, most: int, sentence: Any) -> None:
    if VerificationCount.objects.filter(key=key, tried_count__gte=most).exists():
        raise Refused("too_many_tries", sentence)


@transaction.atomic
def count_one(key: str, *, at: datetime.datetime) -> None:
    VerificationCount.objects.bulk_create([VerificationCount(key=key, counted_at=at)], ignore_conflicts=True)
    VerificationCount.objects.filter(key=key).update(tried_count=F("tried_count") + 1)


def forget_tries(*, at: datetime.datetime) -> int:
    """The worker's duty."""
    return VerificationCount.objects.filter(counted_at__lt=at - KEPT).delete()[0]
