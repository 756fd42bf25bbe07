"""What stays on a phone and for how long: numbers of a second store, devices that are over or called back, the link."""

import datetime
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.door import (
    HOUR,
    KEPT,
    SECOND_TOKEN,
    THIRD_TOKEN,
    add_walk_in,
    expect_unsent,
    registered,
    scan_ticket,
)
from tests.door import DEVICE_TOKEN, ticket_of
from tests.factories import DoorDeviceFactory

from qixue.core.clock import now
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.operations.door_devices import revoke_device
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
KEEP_AS_BEFORE = """async ([name, value]) => {
  const { openStore } = await import("/static/door/store.js");
  await (await openStore()).keep(name, value);
}"""
TIDY = """async () => {
  const [{ openStore }, { Sync }] = [await import("/static/door/store.js"), await import("/static/door/sync.js")];
  await new Sync(await openStore(), {}, () => {}).tidy();
}"""
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value) {
  if (value.name === "links") throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, arguments);
};
"""
HELD = """() => {
  const own = window.fetch;
  const isFree = new Promise((resolve) => { window.letGo = resolve; });
  window.isHeld = new Promise((resolve) => {
    window.fetch = async (...request) => {
      resolve();
      await isFree;
      return own(...request);
    };
  });
}"""

BUSY_ONCE = """(token) => {
  const own = window.fetch;
  window.fetch = (address, options) => {
    if (!options?.headers?.Authorization?.endsWith(token)) return own(address, options);
    window.fetch = own;
    return Promise.resolve(new Response("", { status: 503 }));
  };
}"""


def another_device(first: DoorDevice, *, name: str = "西门", token: str = SECOND_TOKEN) -> DoorDevice:
    values = {"organisation": first.organisation, "valid_until": first.valid_until}
    sessions = list(first.sessions.order_by("pk"))
    return DoorDeviceFactory(sessions=sessions, name=name, digest=DoorDevice.digest_of(token), **values)


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


@pytest.mark.parametrize(
    ("name", "value", "names"),
    [("token", SECOND_TOKEN, ["西门"]), ("links", [SECOND_TOKEN, THIRD_TOKEN], ["西门", "南门"])],
)
def test_links_that_an_earlier_app_has_kept_are_taken_over(
    open_phone: OpenPhone, door_device: DoorDevice, name: str, value: object, names: list[str]
) -> None:
    another_device(door_device)
    another_device(door_device, name="南门", token=THIRD_TOKEN)
    phone = open_phone()
    phone.page.evaluate(KEEP_AS_BEFORE, [name, value])

    phone.page.reload()

    expect(phone.page.locator("#device-name")).to_contain_text(names[-1])
    assert names_on(phone.page) == ["东门1号", *names]


def test_names_go_at_the_end_of_hours_for_every_device_on_the_phone(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """Without a network, too; what is not sent yet keeps its name until it is."""
    registered(door_session, "张桂兰")
    another_device(door_device)
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
    another_device(door_device)
    phone = open_phone()
    phone.context.set_offline(True)
    scan_ticket(phone.page, ticket_of(elder), "in")
    revoke_device(door_device, by=door_device.made_by, at=now())
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
    revoke_device(door_device, by=door_device.made_by, at=now())
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


def names_on(page: Page) -> list[str]:
    devices, _scans, _photos = json.loads(page.evaluate(KEPT))
    return [device["name"] for device in devices]


def test_links_opened_without_a_network_are_exchanged_one_after_the_other(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """One of them is not valid: the others come all the same, and the screen says so."""
    another_device(door_device)
    another_device(door_device, name="南门", token=THIRD_TOKEN)
    phone = open_phone()
    phone.context.set_offline(True)
    for token in (SECOND_TOKEN, f"{DoorDevice.PREFIX}of-nobody", THIRD_TOKEN):
        phone.page.goto(f"{phone.site}/door/#{token}")
        expect(phone.page).to_have_url(f"{phone.site}/door/")

    phone.context.set_offline(False)

    expect(phone.page.locator("#device-name")).to_contain_text("南门")
    expect(phone.page.locator("#link-state")).to_contain_text("已失效")
    assert names_on(phone.page) == ["东门1号", "西门", "南门"]
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()


def test_link_for_which_the_server_answers_late_does_not_take_over(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    another_device(door_device)
    another_device(door_device, name="南门", token=THIRD_TOKEN)
    phone = open_phone()
    phone.page.evaluate(BUSY_ONCE, SECOND_TOKEN)
    phone.context.set_offline(True)
    for token in (SECOND_TOKEN, THIRD_TOKEN):
        phone.page.goto(f"{phone.site}/door/#{token}")
        expect(phone.page).to_have_url(f"{phone.site}/door/")

    phone.context.set_offline(False)
    expect(phone.page.locator("#device-name")).to_contain_text("南门")
    expect(phone.page.locator("#link-state")).to_be_visible()
    expect(phone.page.locator("#link-state")).to_be_hidden()

    assert names_on(phone.page) == ["东门1号", "西门", "南门"]
    expect(phone.page.locator("#device-name")).to_contain_text("南门")
    open_link(phone, SECOND_TOKEN, "西门")  # opened once more, it is the last


def test_link_opened_while_another_is_exchanged_waits_its_turn(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    another_device(door_device)
    another_device(door_device, name="南门", token=THIRD_TOKEN)
    phone = open_phone()
    phone.page.evaluate(HELD)

    phone.page.goto(f"{phone.site}/door/#{SECOND_TOKEN}")
    phone.page.evaluate("window.isHeld")
    phone.page.goto(f"{phone.site}/door/#{THIRD_TOKEN}")
    expect(phone.page).to_have_url(f"{phone.site}/door/")
    phone.page.evaluate("window.letGo()")

    expect(phone.page.locator("#device-name")).to_contain_text("南门")
    assert names_on(phone.page) == ["东门1号", "西门", "南门"]


def test_link_that_cannot_be_kept_stays_in_the_address(
    open_browser: Callable[..., Reader], door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_browser(size=PHONE)
    phone.page.add_init_script(FULL)

    page = phone.visit(f"/door/#{DEVICE_TOKEN}")

    expect(page.locator("#trouble")).to_be_visible()
    assert page.url.endswith(f"#{DEVICE_TOKEN}")
    phone.console.clear()  # that the browser has no room is noted there
