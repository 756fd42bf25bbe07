"""What stays on a phone and for how long: numbers of a second store, devices that are over or called back, the link."""

import datetime
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.door import HOUR, KEPT, SECOND_TOKEN, expect_unsent, open_way, registered, scan_ticket
from tests.door import DEVICE_TOKEN, ticket_of
from tests.factories import DoorDeviceFactory, UserFactory

from qixue.core.clock import now
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.operations.door_devices import revoke_device
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
TIDY = """async () => {
  const [{ openStore }, { Sync }] = [await import("/static/door/store.js"), await import("/static/door/sync.js")];
  await new Sync(await openStore(), {}, () => {}).tidy();
}"""
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value) {
  if (value.name === "token" && value.value) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, arguments);
};
"""


def add_walk_in(page: Page, name: str) -> None:
    open_way(page, "walk_in")
    page.fill("#walk-in-name", name)
    page.click("[data-form=walk_in] button")
    page.wait_for_selector("#result[data-verdict=walked_in]")


def second_device(first: DoorDevice, session: Session) -> DoorDevice:
    values = {"organisation": first.organisation, "valid_until": first.valid_until}
    return DoorDeviceFactory(sessions=[session], name="西门", digest=DoorDevice.digest_of(SECOND_TOKEN), **values)


def open_link(phone: Reader, token: str, name: str) -> None:
    phone.page.goto(f"{phone.site}/door/#{token}")
    expect(phone.page.locator("#device-name")).to_contain_text(name)


def test_numbers_go_on_in_a_second_store(open_phone: OpenPhone, door_session: Session, door_device: DoorDevice) -> None:
    first = open_phone()
    add_walk_in(first.page, "")
    expect_unsent(first.page, 0)

    second = open_phone()
    add_walk_in(second.page, "")
    expect_unsent(second.page, 0)

    assert sorted(Scan.objects.values_list("sequence", flat=True)) == [1, 2]


def test_names_go_at_the_end_of_hours_for_every_device_on_the_phone(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """Without a network, too; what is not sent yet keeps its name until it is."""
    registered(door_session, "张桂兰")
    second_device(door_device, door_session)
    phone = open_phone()
    add_walk_in(phone.page, "王大山")
    expect_unsent(phone.page, 0)
    open_link(phone, SECOND_TOKEN, "西门")
    phone.context.set_offline(True)
    add_walk_in(phone.page, "李秀英")

    phone.page.clock.install(time=now() + 4 * HOUR)
    phone.page.reload()

    phone.page.wait_for_selector("#over:visible")
    devices, scans, _photos = json.loads(phone.page.evaluate(KEPT))
    assert [device["state"] for device in devices] == ["over", "over"]
    kept = json.dumps([devices, scans], ensure_ascii=False)
    assert ("张桂兰" in kept, "王大山" in kept, "李秀英" in kept) == (False, False, True)
    assert [scan["body"]["shown"] for scan in scans if scan["isSent"]] == ["name_gone"]


def test_photo_stays_until_it_is_sent(open_phone: OpenPhone, door_session: Session, door_device: DoorDevice) -> None:
    phone = open_phone()
    phone.context.set_offline(True)
    add = """async () => {
      const { openStore } = await import("/static/door/store.js");
      const store = await openStore();
      const [device] = await store.devices();
      const body = { kind: "head_count", session: device.bundle.sessions[0].id, count: 3, qualifier: "exact" };
      const add = () => store.add(device.id, body, { code: "counted" }, "aGk=");
      const sent = await add(), held = await add();
      await store.answer([{ uuid: sent.uuid, verdict: "counted" }]);
      await store.forgetNames(device.id, "over");
      return held.uuid;
    }"""

    held = phone.page.evaluate(add)

    _devices, scans, photos = json.loads(phone.page.evaluate(KEPT))
    assert [photo["uuid"] for photo in photos] == [held]
    assert [(scan["isSent"], scan["hasPhoto"]) for scan in sorted(scans, key=lambda scan: scan["sequence"])] == [
        (1, False),
        (0, True),
    ]


def test_device_that_was_called_back_is_saved_and_removed_beside_another(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    elder = registered(door_session, "张桂兰")
    second_device(door_device, door_session)
    phone = open_phone()
    phone.context.set_offline(True)
    scan_ticket(phone.page, ticket_of(elder), "in")
    revoke_device(door_device, by=UserFactory(), at=now())
    phone.context.set_offline(False)
    phone.page.wait_for_selector("#revoked:visible")
    open_link(phone, SECOND_TOKEN, "西门")

    expect(phone.page.locator("#revoked")).to_contain_text("东门1号")
    expect(phone.page.locator("[data-act=erase-revoked]")).to_have_count(0)
    with phone.page.expect_download():
        phone.page.click("#revoked [data-act=export]")
    phone.page.click("[data-act=erase-revoked]")
    phone.page.click("[data-act=erase-revoked-now]")

    expect(phone.page.locator("#revoked")).to_be_hidden()
    devices, scans, _photos = json.loads(phone.page.evaluate(KEPT))
    assert ([device["name"] for device in devices], scans) == (["西门"], [])
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()


def test_what_was_saved_and_never_sent_goes_by_a_person_alone(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """The download may have been cancelled: no week that passes removes what exists on the phone alone."""
    phone = open_phone()
    phone.context.set_offline(True)
    add_walk_in(phone.page, "王大山")
    revoke_device(door_device, by=UserFactory(), at=now())
    phone.context.set_offline(False)
    phone.page.wait_for_selector("#revoked:visible")
    with phone.page.expect_download():
        phone.page.click("#revoked [data-act=export]")

    phone.page.clock.install(time=now() + datetime.timedelta(days=9))
    phone.page.reload()
    phone.page.wait_for_selector("#revoked:visible")
    phone.page.evaluate(TIDY)

    devices, scans, _photos = json.loads(phone.page.evaluate(KEPT))
    assert ([device["state"] for device in devices], [scan["isSent"] for scan in scans]) == (["revoked"], [0])
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()


def test_link_that_cannot_be_kept_stays_in_the_address(
    open_browser: Callable[..., Reader], door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_browser(size=PHONE)
    phone.page.add_init_script(FULL)

    page = phone.visit(f"/door/#{DEVICE_TOKEN}")

    expect(page.locator("#trouble")).to_be_visible()
    assert page.url.endswith(f"#{DEVICE_TOKEN}")
    phone.console.clear()  # that the browser has no room is noted there
