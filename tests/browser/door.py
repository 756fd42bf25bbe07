"""What tests of the door app share: a volunteer's hands on a phone, and what the server has in the end."""

import datetime

from playwright.sync_api import Page, expect
from tests.factories import RegistrationFactory, ResidentFactory

from qixue.participation.models import DoorDevice, LedgerEntry, Registration, Scan
from qixue.programme.models import Session

HOUR = datetime.timedelta(hours=1)
SECOND_TOKEN = f"{DoorDevice.PREFIX}of-the-other-gate"
THIRD_TOKEN = f"{DoorDevice.PREFIX}of-the-third-gate"
TAKEN_OVER = """
() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
})
"""
KEPT = """
() => new Promise((resolve) => {
  const request = indexedDB.open("qixue-door");
  request.onsuccess = () => {
    const names = ["devices", "scans", "photos"];
    const transaction = request.result.transaction(names);
    const all = names.map((name) => transaction.objectStore(name).getAll());
    transaction.oncomplete = () => resolve(JSON.stringify(all.map((each) => each.result)));
  };
})
"""


def registered(session: Session, name: str, **values: object) -> Registration:
    return RegistrationFactory(session=session, resident=ResidentFactory(name=name), **values)


def open_way(page: Page, way: str) -> None:
    if page.locator("[data-act=back]").is_visible():
        page.click("[data-act=back]")
    page.click(f"[data-way={way}]")
    page.wait_for_selector(f"[data-view={way}]:visible")


def scan_ticket(page: Page, text: str, verdict: str) -> None:
    """As a hand scanner types it."""
    if not page.locator("#ticket").is_visible():
        open_way(page, "scan")
    before = number_of_scans(page)
    page.fill("#ticket", text)
    page.press("#ticket", "Enter")
    expect(page.locator("#recent")).to_have_attribute("data-count", str(before + 1))
    expect(page.locator("#result")).to_have_attribute("data-verdict", verdict)


def number_of_scans(page: Page) -> int:
    return int(page.get_attribute("#recent", "data-count") or 0)


def press_check_again(page: Page) -> None:
    """The code went by itself at its sixth digit; many press the button all the same."""
    page.locator("form[data-form=code] button[type=submit]").click()


def enter_code(page: Page, code: str, verdict: str) -> None:
    open_way(page, "code")
    page.locator("#digits").press_sequentially(code)
    page.wait_for_selector(f"#result[data-verdict={verdict}]")


def choose_name(page: Page, typed: str, verdict: str) -> None:
    open_way(page, "name")
    page.fill("#search", typed)
    page.click("#people button")
    page.wait_for_selector(f"#result[data-verdict={verdict}]")


def add_walk_in(page: Page, name: str) -> None:
    open_way(page, "walk_in")
    before = number_of_scans(page)
    page.fill("#walk-in-name", name)
    page.click("[data-form=walk_in] button")
    expect(page.locator("#recent")).to_have_attribute("data-count", str(before + 1))


def expect_unsent(page: Page, count: int) -> None:
    expect(page.locator("#unsent")).to_have_attribute("data-count", str(count))


def inside(session: Session) -> list[str]:
    """Who is in, by name; a walk-in without a name as an empty one."""
    scans = Scan.objects.filter(session=session, verdict=Scan.Verdict.COUNTED).select_related("resident")
    assert scans.count() == LedgerEntry.objects.effective().one_by_one().filter(session=session).count()
    return sorted(scan.resident.name if scan.resident else "" for scan in scans)
