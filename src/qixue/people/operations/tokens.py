"""Keys for programs that act as a person: made and revoked by that person, shown once."""

import datetime
import secrets
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import ApiToken, User
from qixue.people.notices import Notice
from qixue.people.operations.notifications import notify

LONGEST = datetime.timedelta(days=366)
MOST_AT_ONCE = 20
KEYS_PAGE = "/workspace/tokens/"


@transaction.atomic
def make_token(
    user: User, *, name: str, lasts: datetime.timedelta, at: datetime.datetime, client_uuid: uuid.UUID
) -> tuple[ApiToken, str]:
    """A new key of one's own: the record and the key itself, which is kept nowhere. Its owner is told.

    The same form again returns the record without the key. Refused: lasts_too_long, too_many_tokens.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if existing := ApiToken.objects.filter(user=user, client_uuid=client_uuid).first():
        return existing, ""
    if not datetime.timedelta(0) < lasts <= LONGEST:
        raise Refused("lasts_too_long", _("Please choose a time of at most one year."), field="days")
    if ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=at).count() >= MOST_AT_ONCE:
        raise Refused("too_many_tokens", _("You have twenty keys. Please revoke those that nothing uses any more."))
    key = f"{ApiToken.PREFIX}{secrets.token_hex(20)}"
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=ApiToken.digest_of(key),
        created_at=at,
        expires_at=at + lasts,
        client_uuid=client_uuid,
    )
    record_audit("token.made", token, by=user, at=at, details={"name": name})
    notify([user], Notice("account_token_made", f"account_token_made:{token.pk}", KEYS_PAGE, {"name": name}), at=at)
    return token, key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Any, at: datetime.datetime) -> ApiToken:
    """The key is refused from now on; again changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at:
        return token
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record_audit("token.revoked", token, by=by, at=at, details={"name": token.name})
    return token


def revoke_all(user: User, *, by: Any, at: datetime.datetime) -> None:
    """No key of somebody works any more; `by` is None for the operator at the command line."""
    for token in ApiToken.objects.filter(user=user, revoked_at=None).order_by("pk"):
        revoke_token(token, by=by, at=at)
