"""Answers to requests that carry a key: found again when the request is repeated, forgotten after a month."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from qixue.core.form_keys import key_reused
from qixue.core.models import KeptAnswer

KEPT_FOR = datetime.timedelta(days=30)


@transaction.atomic
def answer_once(
    key: uuid.UUID, digest: str, act: Callable[[], dict[str, Any]], *, by: Any, at: datetime.datetime
) -> dict[str, Any]:
    """What `act` answers, done now unless the same request was answered before. What is refused is not kept.

    The row of the key is written first: a second request that comes at the same moment waits for it.
    Refused: key_reused, and what `act` refuses.
    """
    kept, is_new = KeptAnswer.objects.get_or_create(actor_id=by.pk, key=key, defaults={"digest": digest, "at": at})
    if kept.digest != digest:
        raise key_reused()
    if is_new:
        kept.body = act()
        kept.save(update_fields=["body"])
    return kept.body


def forget_answers(*, at: datetime.datetime) -> int:
    return KeptAnswer.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
