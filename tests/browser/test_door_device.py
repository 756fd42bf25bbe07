"""The device behind the door app: its link, its storage, its versions, and what happens when it is called back."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.door import KEPT, expect_unsent, inside, registered, scan_ticket
from tests.door import DEVICE_TOKEN, ticket_of

from qixue.cli import main
from qixue.core.clock import SHANGHAI, now
from qixue.participation.models import DoorDevice, Scan
from qixue.participation.operations.door_devices import revoke_device
from qixue.programme.models import Session
from qixue.web.door import views
from qixue.web.door.shell import shell_html, worker_script

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
UPDATED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return new Promise((resolve) => {
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker.addEventListener("statechange", () => resolve(worker.state));
    });
    registration.update().catch(() => undefined);
  });
}"""


def test_revoked_device_keeps_its_entries_and_says_so(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, tmp_path: Path
) -> None:
    elder, other = registered(door_session, "张桂兰"), registered(door_session, "王大山")
    phone = open_phone()
    scan_ticket(phone.page, ticket_of(other), "in")
    expect_unsent(phone.page, 0)
    phone.context.set_offline(True)
    scan_ticket(phone.page, ticket_of(elder), "in")
    revoke_device(door_device, by=door_device.made_by, at=now())

    phone.context.set_offline(False)

    phone.page.wait_for_selector("#revoked:visible")
    expect_unsent(phone.page, 1)
    kept = phone.page.evaluate(KEPT)
    assert ("张桂兰" in kept, "王大山" in kept) == (False, False)  # a phone that was lost shows no names any more
    with phone.page.expect_download() as download:
        phone.page.click("#revoked [data-act=export]")
    download.value.save_as(tmp_path / "saved.json")
    named = download.value.suggested_filename.removeprefix("qixue-door-").removesuffix(".json")
    age = now() - datetime.datetime.strptime(named, "%Y%m%d%H%M").replace(tzinfo=SHANGHAI)  # as clocks on the wall say
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=5)
    buttons = phone.page.locator("#revoked-devices .btn")
    expect(buttons).to_have_count(2)  # drawn once more when the file is saved, with "remove"
    first, second = (buttons.nth(at).bounding_box() for at in (0, 1))
    assert second["y"] - first["y"] - first["height"] >= 8
    assert DEVICE_TOKEN not in (tmp_path / "saved.json").read_text()
    assert main(["door", "import", str(tmp_path / "saved.json")]) == 0
    assert inside(door_session) == ["张桂兰", "王大山"]
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()  # that the browser notes the refusal is expected here


def test_two_tabs_share_one_row_of_numbers(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_phone()
    other = phone.context.new_page()
    other.goto(phone.page.url)
    other.wait_for_selector("[data-way]:visible")
    hurry = "() => { for (let n = 0; n < 12; n++) document.querySelector('[data-form=walk_in]').requestSubmit(); }"

    for page in (phone.page, other):
        page.evaluate(hurry)
    for page in (phone.page, other):
        expect(page.locator("#recent")).to_have_attribute("data-count", "24")
        expect_unsent(page, 0)

    assert sorted(Scan.objects.values_list("sequence", flat=True)) == list(range(1, 25))
    assert len(inside(door_session)) == 24


def test_new_version_is_offered_and_waits(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, settings: pytest.FixtureRequest
) -> None:
    phone = open_phone()
    caches = phone.page.evaluate("caches.keys()")
    settings.QIXUE = {**settings.QIXUE, "SITE_NAME": "新名字"}

    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
    phone.page.wait_for_selector("#update:visible")
    phone.page.reload()
    assert "新名字" not in phone.page.title()
    phone.page.wait_for_selector("#update:visible")
    phone.page.click("[data-act=update]")

    expect(phone.page).to_have_title("签到台 · 新名字")
    assert len(caches) == 1
    assert [name for name in phone.page.evaluate("caches.keys()") if name in caches] == []


def test_new_version_is_not_installed_with_the_page_of_another(
    open_phone: OpenPhone, door_device: DoorDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a deployment goes on, the worker may come from a new server and the page from an old one."""
    phone = open_phone()
    monkeypatch.setattr(
        views, "shell_html", lambda language: shell_html(language).replace("data-around", "data-before")
    )
    monkeypatch.setattr(views, "worker_script", lambda: worker_script().replace('"version": "', '"version": "another-'))

    state = phone.page.evaluate(UPDATED)

    assert state == "redundant"


def test_device_is_cleared_once_everything_is_sent(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    elder = registered(door_session, "张桂兰")
    phone = open_phone()
    phone.context.set_offline(True)
    scan_ticket(phone.page, ticket_of(elder), "in")
    phone.page.click("[data-act=device]")
    expect(phone.page.locator("[data-act=erase]")).to_be_disabled()
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    phone.page.click("[data-act=erase]")
    phone.page.click("[data-act=erase-now]")

    phone.page.wait_for_selector("[data-view=setup]:visible")
    phone.page.evaluate("new Promise((resolve) => setTimeout(resolve, 2500))")  # a round of sending may be under way
    assert phone.page.evaluate(KEPT) == "[[],[],[]]"


def test_device_link_leaves_no_token_in_the_address(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_phone()

    assert phone.page.evaluate("location.href") == f"{phone.site}/door/"
    phone.page.reload()
    phone.page.wait_for_selector("[data-way]:visible")


def test_link_that_is_not_known_is_refused_kindly(open_browser: Callable[..., Reader]) -> None:
    phone = open_browser(size=PHONE)

    page = phone.visit(f"/door/#{DEVICE_TOKEN}")

    page.wait_for_selector("[data-view=setup]:visible")
    expect(page.locator("#link-state")).to_contain_text("请向承办单位要一个新的")
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()


def test_browser_that_keeps_nothing_is_sent_to_another(open_browser: Callable[..., Reader]) -> None:
    phone = open_browser(size=PHONE)
    phone.page.add_init_script("delete Navigator.prototype.serviceWorker;")

    page = phone.visit(f"/door/#{DEVICE_TOKEN}")

    page.wait_for_selector("[data-view=unsupported]:visible")
    assert page.url.endswith(f"#{DEVICE_TOKEN}")  # to be opened or copied from there
    page.evaluate("delete Navigator.prototype.clipboard; document.execCommand = () => false")
    page.click("#copy-link")
    expect(page.locator("#link-marked")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == page.url
    page.evaluate("document.execCommand = () => true")
    page.click("#copy-link")
    expect(page.locator("#link-copied")).to_be_visible()
    expect(page.locator("#link-marked")).to_be_hidden()
