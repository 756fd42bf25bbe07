"""Passkeys (WebAuthn): the browser proves that it has the key; the server asks a question that is never asked twice."""

import datetime
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from qixue.core.refusal import Refused
from qixue.people.factors import has_second_factor
from qixue.people.models import Passkey, User
from qixue.people.operations.account_log import log_and_tell
from qixue.people.operations.accounts import end_sessions
from qixue.people.operations.second_step import drop_useless_codes

MOST_PASSKEYS = 20
LONGEST_ID = 1400  # of base64url; the standard allows 1,023 bytes
# What the parser of fido2 raises on an answer that no browser would give.
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, struct.error)


@dataclass(frozen=True)
class Site:
    """To whom a key belongs: the host without its port, the name that the browser shows, and scheme with host."""

    host: str
    name: str
    origin: str

    @property
    def server(self) -> Fido2Server:
        party = PublicKeyCredentialRpEntity(id=self.host, name=self.name)
        return Fido2Server(party, verify_origin=lambda origin: origin == self.origin)


@dataclass(frozen=True)
class Question:
    """What the browser is asked (`options`, for its script) and what must be kept to judge the answer (`state`)."""

    options: dict[str, Any]
    state: dict[str, Any]


def ask_for_new_passkey(user: User, *, site: Site) -> Question:
    """A key that is found without a user name and that checks finger, face or PIN, so that it replaces both steps."""
    person = PublicKeyCredentialUserEntity(
        id=f"qixue-{user.pk}".encode(), name=user.username, display_name=user.display_name
    )
    known = [credential_of(passkey) for passkey in Passkey.objects.filter(user=user)]
    options, state = site.server.register_begin(
        person,
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(dict(options), dict(state))


@transaction.atomic
def add_passkey(
    user: User,
    *,
    name: str,
    answer: Any,
    state: Mapping[str, Any] | None,
    site: Site,
    keep: str = "",
    by: Any,
    at: datetime.datetime,
) -> Passkey:
    """A first second step ends the other sessions. Refused: passkey_refused, passkey_name_taken, too_many_passkeys."""
    User.objects.select_for_update().get(pk=user.pk)  # two keys of one name at the same moment wait for each other
    names = set(Passkey.objects.filter(user=user).values_list("name", flat=True))
    if name in names:
        raise Refused("passkey_name_taken", _("You have a passkey of this name; please choose another."), field="name")
    if len(names) >= MOST_PASSKEYS:
        raise Refused("too_many_passkeys", _("Please remove a passkey that you no longer use first."))
    credential, sign_count = new_credential(answer, state, site)
    credential_id = websafe_encode(credential.credential_id)
    if len(credential_id) > LONGEST_ID or Passkey.objects.filter(credential_id=credential_id).exists():
        raise Refused("passkey_refused", _("This passkey is in use already."))
    if not has_second_factor(user):
        end_sessions(user, keep=keep)
    passkey = Passkey.objects.create(
        user=user,
        name=name,
        credential_id=credential_id,
        credential=bytes(credential),
        sign_count=sign_count,
        added_at=at,
    )
    log_and_tell("passkey_added", user, by=by, at=at, name=name)
    return passkey


def new_credential(answer: Any, state: Mapping[str, Any] | None, site: Site) -> tuple[AttestedCredentialData, int]:
    """Refused: passkey_refused."""
    try:
        found = site.server.register_complete(dict(state or {}), RegistrationResponse.from_dict(answer or {}))
    except MALFORMED as error:
        raise Refused("passkey_refused", _("The passkey was not added. Please try again.")) from error
    if found.credential_data is None:
        raise Refused("passkey_refused", _("The passkey was not added. Please try again."))
    return found.credential_data, found.counter


def ask_for_passkey(user: User | None = None, *, site: Site) -> Question:
    """Of one person, or of whoever is in front of the browser."""
    known = [credential_of(passkey) for passkey in Passkey.objects.filter(user=user)] if user else None
    options, state = site.server.authenticate_begin(known, user_verification=UserVerificationRequirement.REQUIRED)
    return Question(dict(options), dict(state))


@transaction.atomic
def use_passkey(answer: Any, *, state: Mapping[str, Any] | None, site: Site, at: datetime.datetime) -> User:
    """The person whose key answered the question. Refused: passkey_refused."""
    refusal = Refused("passkey_refused", _("This passkey is not known here. Please use your password."))
    try:
        response = AuthenticationResponse.from_dict(answer or {})
        credential_id = websafe_encode(response.raw_id)
    except MALFORMED as error:
        raise refusal from error
    passkeys = Passkey.objects.select_for_update().filter(credential_id=credential_id, user__is_active=True)
    passkey = passkeys.select_related("user").first()
    if passkey is None:
        raise refusal
    try:
        site.server.authenticate_complete(dict(state or {}), [credential_of(passkey)], response)
    except MALFORMED as error:
        raise refusal from error
    count = response.response.authenticator_data.counter
    if count <= passkey.sign_count and (count or passkey.sign_count):
        raise Refused("passkey_copied", _("This passkey may have been copied. Please remove it and add it again."))
    passkey.sign_count, passkey.last_used_at = count, at
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey.user


@transaction.atomic
def remove_passkey(passkey: Passkey, *, by: Any, at: datetime.datetime) -> None:
    """Removing it twice changes nothing more. Recovery codes go with the last second step."""
    if Passkey.objects.filter(pk=passkey.pk).delete()[0]:
        drop_useless_codes(passkey.user)
        log_and_tell("passkey_removed", passkey.user, by=by, at=at, name=passkey.name)


def credential_of(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))
