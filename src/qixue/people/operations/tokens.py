"""Keys for programs that act as a person: made and revoked by that person, shown once."""

import datetime
import secrets
import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import ApiToken, User

LONGEST = datetime.timedelta(days=366)
MOST_AT_ONCE = 20


@transaction.atomic
def make_token(
    user: User, *, name: str, lasts: datetime.timedelta, at: datetime.datetime, client_uuid: uuid.UUID
) -> tuple[ApiToken, str]:
    """A new key of one's own: the record and the key itself, which is kept nowhere.

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
    return token, key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime.datetime) -> ApiToken:
    """The key is refused from now on; again changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at:
        return token
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record_audit("token.revoked", token, by=by, at=at, details={"name": token.name})
    return token
