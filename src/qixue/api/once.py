"""Writes that a program may send again: the same request under the same key acts once and is answered alike."""

import hashlib
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from ninja import Status
from pydantic import BaseModel

from qixue.api.auth import staff
from qixue.api.schemas.keys import Keyed, key_of
from qixue.core.clock import now
from qixue.core.kept_answers import answer_once


def answered_once(
    request: HttpRequest, body: Keyed, header: uuid.UUID | None, act: Callable[[], BaseModel]
) -> Status[dict[str, object]]:
    """201 with what `act` answers. Whether the person may do this was looked at before.

    Refused: key_missing, key_differs, key_reused, and what `act` refuses.
    """
    key = key_of(body, header)
    answer = answer_once(
        key,
        digest_of(request, body),
        lambda: act().model_dump(mode="json"),
        by=staff(request),
        at=now(),
    )
    return Status(201, answer)


def digest_of(request: HttpRequest, body: Keyed) -> str:
    """What makes two requests the same: address, content, and the version that was read."""
    parts = (
        request.method,
        request.path,
        request.headers.get("If-Match"),
        body.model_dump_json(exclude={"client_uuid"}),
    )
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
