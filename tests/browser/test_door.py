"""The door app in a real browser: a day without a network, two devices, and not one entry lost or doubled."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.door import DEVICE_TOKEN, ticket_of
from tests.factories import DoorDeviceFactory, OpenSessionFactory, RegistrationFactory, ResidentFactory, UserFactory

from qixue.cli import main
from qixue.core.clock import now
from qixue.core.signing_keys import public_keys, published
from qixue.participation.models import Attendance, DoorDevice, Evidence, LedgerEntry, Registration, Scan
from qixue.participation.operations.door_devices import revoke_device
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = datetime.timedelta(hours=1)
SECOND_TOKEN = f"{DoorDevice.PREFIX}of-the-other-gate"
OpenPhone = Callable[..., Reader]


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(
        starts_at=now() - HOUR / 2,
        ends_at=now() + HOUR,
        seat_count=40,
        counting_rule=Session.CountingRule.LIST_AND_OTHERS,
    )


@pytest.fixture
def device(session: Session) -> DoorDevice:
    return DoorDeviceFactory(sessions=[session], valid_until=now() + 3 * HOUR)


@pytest.fixture
def open_phone(open_browser: Callable[..., Reader]) -> OpenPhone:
    """A phone that has opened the link of a device and can do without the network from now on."""

    def open_one(token: str = DEVICE_TOKEN, *, language: str = "zh-hans") -> Reader:
        phone = open_browser(size=PHONE, language=language)
        phone.visit(f"/door/#{token}").wait_for_selector("[data-way]:visible")
        phone.page.evaluate(TAKEN_OVER)
        return phone

    return open_one


TAKEN_OVER = """
() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
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


def enter_code(page: Page, code: str, verdict: str) -> None:
    open_way(page, "code")
    page.locator("#digits").press_sequentially(code)
    page.wait_for_selector(f"#result[data-verdict={verdict}]")


def choose_name(page: Page, typed: str, verdict: str) -> None:
    open_way(page, "name")
    page.fill("#search", typed)
    page.click("#people button")
    page.wait_for_selector(f"#result[data-verdict={verdict}]")


def expect_unsent(page: Page, count: int) -> None:
    expect(page.locator("#unsent")).to_have_attribute("data-count", str(count))


def inside(session: Session) -> list[str]:
    """Who is in, by name; a walk-in without a name as an empty one."""
    scans = Scan.objects.filter(session=session, verdict=Scan.Verdict.COUNTED).select_related("resident")
    assert scans.count() == Attendance.objects.filter(session=session).count()
    return sorted(scan.resident.name if scan.resident else "" for scan in scans)


def test_two_devices_without_network_end_in_the_exact_union(
    open_phone: OpenPhone, session: Session, device: DoorDevice
) -> None:
    DoorDeviceFactory(
        sessions=[session],
        valid_until=now() + 3 * HOUR,
        organisation=device.organisation,
        name="西门",
        digest=DoorDevice.digest_of(SECOND_TOKEN),
    )
    elder, teacher = registered(session, "张桂兰"), registered(session, "陈雅文")
    father = registered(session, "李嘉明")
    registered(session, "李小宝", party=father.party)
    registered(session, "孙大山")
    east, west = open_phone(), open_phone(SECOND_TOKEN)
    for phone in (east, west):
        phone.context.set_offline(True)

    scan_ticket(east.page, ticket_of(elder), "in")
    scan_ticket(east.page, ticket_of(elder), "already")
    enter_code(east.page, teacher.door_code, "in")
    choose_name(east.page, "嘉明", "in")
    east.page.click("[data-all]")
    expect(east.page.locator("#companions")).to_be_hidden()
    scan_ticket(west.page, ticket_of(elder), "in")  # the same person, by another door
    choose_name(west.page, "大山", "in")
    open_way(west.page, "walk_in")
    west.page.click("[data-form=walk_in] button")
    west.page.wait_for_selector("#result[data-verdict=walked_in]")
    for phone, count in ((east, 5), (west, 3)):
        phone.page.reload()
        phone.page.wait_for_selector("[data-way]:visible")
        expect_unsent(phone.page, count)
        expect(phone.page.locator("#network")).to_have_text("没有网络")
    assert Scan.objects.count() == 0

    for phone in (east, west):
        phone.context.set_offline(False)
        expect_unsent(phone.page, 0)

    assert inside(session) == ["", "孙大山", "张桂兰", "李嘉明", "李小宝", "陈雅文"]
    rows = Scan.objects.order_by("device", "sequence").values_list("device__name", "sequence", "verdict")
    assert [row[:2] for row in rows] == [("东门1号", n) for n in range(1, 6)] + [("西门", n) for n in range(1, 4)]
    assert sorted(scan.verdict for scan in Scan.objects.filter(registration=elder)) == [
        "already_in",
        "already_in",
        "counted",
    ]
    east.page.reload()  # the list that came with the last round knows whom the other door let in
    open_way(east.page, "name")
    east.page.fill("#search", "大山")
    expect(east.page.locator("#people")).to_contain_text("已在场")


def test_every_verdict_says_what_it_is_and_is_stored(
    open_phone: OpenPhone, session: Session, device: DoorDevice
) -> None:
    other = registered(OpenSessionFactory(starts_at=now(), ends_at=now() + HOUR), "王秀英")
    gone = registered(session, "刘洋", state=Registration.State.CANCELLED)
    waiting = registered(session, "赵敏", waiting_number=1)
    phone = open_phone()
    phone.context.set_offline(True)

    scan_ticket(phone.page, ticket_of(other), "wrong_session")
    scan_ticket(phone.page, ticket_of(gone), "cancelled")
    scan_ticket(phone.page, ticket_of(waiting), "waiting")
    scan_ticket(phone.page, ticket_of(waiting)[:-1] + "A", "forged")
    scan_ticket(phone.page, "https://example.org/menu", "forged")
    enter_code(phone.page, "000000", "unknown_code")
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    assert Scan.objects.count() == 6
    assert inside(session) == []


def test_every_changed_bit_of_a_ticket_is_refused(open_phone: OpenPhone, session: Session, device: DoorDevice) -> None:
    """By both ways of checking; a changed key id is tried with a key that claims this id, too."""
    ticket = ticket_of(registered(session, "张桂兰"))
    keys = [published(key) for key in public_keys("ticket")]
    phone = open_phone()

    outcome = phone.page.evaluate(CHANGE_EVERY_BIT, [ticket, keys])

    assert outcome == {
        "byBrowser": {"whole": True, "tried": 752, "passed": []},
        "byScript": {"whole": True, "tried": 752, "passed": []},
        "letters": {"tried": 154 * 7, "passed": []},
        "browserKnows": True,
    }


CHANGE_EVERY_BIT = """
async ([text, keys]) => {
  const tickets = await import("/static/door/tickets.js");
  const { message, signature } = tickets.decode(text);
  const bytes = new Uint8Array([...message, ...signature]);
  const isTaken = (changed, verify) => {
    const kid = /^QX1[A-Z2-7]{151}$/.test(changed) ? claimed(changed) : keys[0].kid;
    return tickets.verified(changed, [...keys, { ...keys[0], kid }], verify).then(() => true, () => false);
  };
  const claimed = (changed) => {
    try { return tickets.decode(changed).kid; } catch { return keys[0].kid; }
  };
  const everyBit = async (verify) => {
    const passed = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      if (await isTaken(tickets.textOf(changed), verify)) passed.push(bit);
    }
    return { whole: await isTaken(text, verify), tried: bytes.length * 8, passed };
  };
  const letters = { tried: 0, passed: [] };
  for (let at = 0; at < text.length; at++) {
    for (let bit = 0; bit < 7; bit++, letters.tried++) {
      const letter = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
      if (await isTaken(text.slice(0, at) + letter + text.slice(at + 1), null)) letters.passed.push([at, bit]);
    }
  }
  return {
    byBrowser: await everyBit(tickets.verifyByBrowser),
    byScript: await everyBit(tickets.verifyByScript),
    letters,
    browserKnows: await tickets.browserKnowsEd25519(),
  };
}
"""


def test_revoked_device_keeps_its_entries_and_says_so(
    open_phone: OpenPhone, session: Session, device: DoorDevice, tmp_path: Path
) -> None:
    elder = registered(session, "张桂兰")
    phone = open_phone()
    phone.context.set_offline(True)
    scan_ticket(phone.page, ticket_of(elder), "in")
    revoke_device(device, by=UserFactory(), at=now())

    phone.context.set_offline(False)

    phone.page.wait_for_selector("#revoked:visible")
    expect_unsent(phone.page, 1)
    assert "张桂兰" not in phone.page.evaluate(BUNDLES)  # a phone that was lost shows no names any more
    with phone.page.expect_download() as download:
        phone.page.click("#revoked [data-act=export]")
    download.value.save_as(tmp_path / "saved.json")
    assert DEVICE_TOKEN not in (tmp_path / "saved.json").read_text()
    assert main(["door", "import", str(tmp_path / "saved.json")]) == 0
    assert inside(session) == ["张桂兰"]
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()  # that the browser notes the refusal is expected here


BUNDLES = """
() => new Promise((resolve) => {
  const request = indexedDB.open("qixue-door");
  request.onsuccess = () => {
    const all = request.result.transaction("devices").objectStore("devices").getAll();
    all.onsuccess = () => resolve(JSON.stringify(all.result));
  };
})
"""


def test_two_tabs_share_one_row_of_numbers(open_phone: OpenPhone, session: Session, device: DoorDevice) -> None:
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
    assert len(inside(session)) == 24


def test_photo_of_a_ticket_is_read(open_phone: OpenPhone, session: Session, device: DoorDevice, tmp_path: Path) -> None:
    registration = registered(session, "张桂兰")
    segno.make(ticket_of(registration), error="m").save(str(tmp_path / "code.png"), scale=6)
    phone = open_phone()
    phone.context.set_offline(True)
    open_way(phone.page, "scan")

    phone.page.set_input_files("#code-photo", tmp_path / "code.png")

    phone.page.wait_for_selector("#result[data-verdict=in]")
    expect(phone.page.locator("#result")).to_contain_text("张桂兰")


def test_head_count_brings_a_small_photo_of_the_sheet(
    open_phone: OpenPhone, session: Session, device: DoorDevice, tmp_path: Path
) -> None:
    segno.make("签到表", error="h").save(str(tmp_path / "sheet.png"), scale=100)  # 3300 pixels wide
    phone = open_phone()
    open_way(phone.page, "head_count")
    phone.page.fill("#heads", "３７")
    phone.page.check("[value=about]")
    phone.page.click("[data-form=head_count] .btn")
    expect(phone.page.locator("#trouble")).to_contain_text("签到表照片")  # a count stands on something

    phone.page.set_input_files("#sheet", tmp_path / "sheet.png")
    phone.page.click("[data-form=head_count] .btn")

    phone.page.wait_for_selector("#result[data-verdict=counted]")
    expect_unsent(phone.page, 0)
    entry = LedgerEntry.objects.get(session=session)
    assert (entry.count, entry.qualifier) == (37, "about")
    assert Evidence.objects.get(pk=entry.evidence_id).file


def test_new_version_is_offered_and_waits(
    open_phone: OpenPhone, session: Session, device: DoorDevice, settings: pytest.FixtureRequest
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


def test_device_is_cleared_once_everything_is_sent(open_phone: OpenPhone, session: Session, device: DoorDevice) -> None:
    elder = registered(session, "张桂兰")
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
    assert phone.page.evaluate(BUNDLES) == "[]"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_view_breaks_a_rule_of_access(
    open_phone: OpenPhone,
    session: Session,
    device: DoorDevice,
    language: str,
    axe_violations: Callable[[Page], list[str]],
) -> None:
    registered(session, "张桂兰")
    phone = open_phone(language=language)
    found = {"door": axe_violations(phone.page)}

    for way in ("scan", "code", "name", "walk_in", "head_count"):
        open_way(phone.page, way)
        if way == "name":
            phone.page.fill("#search", "张")
            phone.page.click("#people button")
            phone.page.wait_for_selector("#result[data-verdict=in]")
        found[way] = axe_violations(phone.page)
        assert phone.overflow() == 0
    phone.page.click("[data-act=device]")
    found["device"] = axe_violations(phone.page)
    buttons = phone.page.eval_on_selector_all(
        "button, .btn", "all => all.filter(b => b.offsetParent).map(b => b.offsetHeight)"
    )

    assert {view: broken for view, broken in found.items() if broken} == {}
    assert min(buttons) >= 60


def test_device_link_leaves_no_token_in_the_address(
    open_phone: OpenPhone, session: Session, device: DoorDevice
) -> None:
    phone = open_phone()

    assert phone.page.evaluate("location.href") == f"{phone.site}/door/"
    phone.page.reload()
    phone.page.wait_for_selector("[data-way]:visible")


def test_link_that_is_not_known_is_refused_kindly(open_browser: Callable[..., Reader]) -> None:
    phone = open_browser(size=PHONE)

    page = phone.visit(f"/door/#{DEVICE_TOKEN}")

    page.wait_for_selector("[data-view=setup]:visible")
    expect(page.locator("#link-state")).to_contain_text("请向主办方要一个新的")
    assert [text for text in phone.console if "401" not in text] == []
    phone.console.clear()


def test_browser_that_keeps_nothing_is_sent_to_another(open_browser: Callable[..., Reader]) -> None:
    phone = open_browser(size=PHONE)
    phone.page.add_init_script("delete Navigator.prototype.serviceWorker;")

    page = phone.visit("/door/")

    page.wait_for_selector("[data-view=unsupported]:visible")
