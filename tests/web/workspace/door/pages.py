"""What tests of the door in the workspace share: its address, the text of a page, a scan that waits."""

import datetime
from typing import Any

from lxml import html
from tests.factories import DoorDeviceFactory, key

from qixue.core.clock import now
from qixue.participation.models import Scan
from qixue.programme.models import Session

HOUR = datetime.timedelta(hours=1)


def at_the_door(session: Session) -> str:
    return f"/workspace/sessions/{session.pk}/door/"


def text_of(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).xpath("//main")[0].text_content().split())


def asked_name(answer: Any) -> str:
    """Of which the form asks whether this is somebody else."""
    (name,) = html.fromstring(answer.content.decode()).xpath("//main//input[@name='asked_name']/@value")
    return str(name)


def waiting_scan(place: Session, **changes: Any) -> Scan:
    values: dict[str, Any] = {
        "device": DoorDeviceFactory(sessions=[place], digest=key().hex * 2),
        "uuid": key(),
        "digest": "0" * 64,
        "kind": Scan.Kind.CODE,
        "session": place,
        "sent": {"code": "123456", "session": place.pk},
        "occurred_at": now() - HOUR / 2,
        "corrected_at": now() - HOUR / 2,
        "received_at": now(),
        "verdict": Scan.Verdict.REVIEW,
        "reason": "unknown_code",
    }
    return Scan.objects.create(**{**values, **changes})
