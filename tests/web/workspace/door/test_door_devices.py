"""Phones at the door of a session, in the workspace: setting them up, calling them back, what they still hold."""

import pytest
from django.test import Client
from lxml import html
from tests.factories import DoorDeviceFactory, key
from tests.web.workspace.door.pages import HOUR, at_the_door, text_of, waiting_scan

from qixue.core.clock import now
from qixue.participation.models import DoorDevice
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_device_is_set_up_and_its_link_shown_once(session: Session, page: Client) -> None:
    form = {"name": "东门1号", "sessions": [session.pk], "client_uuid": str(key())}

    shown = page.post(f"{at_the_door(session)}devices/new/", form)
    again = page.post(f"{at_the_door(session)}devices/new/", form)

    device = DoorDevice.objects.get()
    link = html.fromstring(shown.content.decode()).xpath("//code")[0].text_content()
    assert (device.name, list(device.sessions.all())) == ("东门1号", [session])
    assert device.valid_until == session.ends_at + 2 * HOUR
    assert DoorDevice.digest_of(link.partition("#")[2]) == device.digest
    assert link.startswith("http://127.0.0.1:8000/door/#qx_door_")
    assert again.status_code == 302


def test_other_device_under_the_key_of_a_form_that_was_used_is_refused(session: Session, page: Client) -> None:
    form = {"name": "东门1号", "sessions": [session.pk], "client_uuid": str(key())}
    page.post(f"{at_the_door(session)}devices/new/", form)

    answer = page.post(f"{at_the_door(session)}devices/new/", {**form, "name": "西门"})

    assert "请重新打开" in text_of(answer)
    assert [device.name for device in DoorDevice.objects.all()] == ["东门1号"]


def test_device_for_a_session_that_is_over_is_refused(session: Session, page: Client) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=now() - 9 * HOUR, ends_at=now() - 8 * HOUR)

    answer = page.post(
        f"{at_the_door(session)}devices/new/", {"name": "东门", "sessions": [session.pk], "client_uuid": str(key())}
    )

    assert answer.status_code == 409
    assert not DoorDevice.objects.exists()
    assert "devices/new/" not in page.get(at_the_door(session)).content.decode()


def test_revoked_device_is_shown_as_such(session: Session, page: Client) -> None:
    device = DoorDeviceFactory(sessions=[session], valid_until=now() + HOUR)

    page.post(f"{at_the_door(session)}devices/{device.pk}/revoke/")

    device.refresh_from_db()
    assert device.revoked_at is not None
    assert not device.may_deliver_at(now())


def test_scans_that_a_device_still_holds_are_shown(session: Session, page: Client) -> None:
    device = DoorDeviceFactory(sessions=[session], highest_sequence=5, last_seen_at=now())
    waiting_scan(session, device=device, sequence=2)

    pages = [text_of(page.get(at_the_door(session))), text_of(page.get(f"/workspace/sessions/{session.pk}/"))]

    assert all("4" in text for text in pages)
    assert "1, 3–5" in pages[0]
    assert device.name in pages[1]
