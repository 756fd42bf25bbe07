"""Bodies that take no unknown field, and the key that makes a request safe to repeat."""

import uuid
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja import Header
from pydantic import BaseModel, ConfigDict

from qixue.core.refusal import Refused

Key = Annotated[uuid.UUID | None, Header(alias="Idempotency-Key")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Keyed(Body):
    """`client_uuid` makes a request safe to repeat; the Idempotency-Key header may carry it instead."""

    client_uuid: uuid.UUID | None = None


def key_of(body: Keyed, header: uuid.UUID | None) -> uuid.UUID:
    """Refused: key_missing, key_differs."""
    keys = {key for key in (body.client_uuid, header) if key}
    if len(keys) > 1:
        raise Refused("key_differs", _("Please send one key: client_uuid and Idempotency-Key are not the same."))
    if not keys:
        raise Refused("key_missing", _("Please send a UUID as client_uuid or in the header Idempotency-Key."))
    return keys.pop()
