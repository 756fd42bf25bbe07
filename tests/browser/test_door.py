"""The door app in a real browser: a day without a network, two devices, and not one entry lost or doubled."""

from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Page, expect
from tests.browser.conftest import Reader
from tests.browser.door import (
    HOUR,
    SECOND_TOKEN,
    choose_name,
    enter_code,
    expect_unsent,
    inside,
    open_way,
    press_check_again,
    registered,
    scan_ticket,
)
from tests.door import ticket_of
from tests.factories import DoorDeviceFactory, OpenSessionFactory

from qixue.core.clock import now
from qixue.core.signing_keys import public_keys, published
from qixue.participation.models import DoorDevice, Evidence, LedgerEntry, Registration, Scan
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]


def work_alone(east: Page, west: Page, people: dict[str, Registration]) -> None:
    """What both doors do without a network: the elder comes to both of them."""
    scan_ticket(east, ticket_of(people["elder"]), "in")
    scan_ticket(east, ticket_of(people["elder"]), "already")
    enter_code(east, people["teacher"].door_code, "in")
    choose_name(east, "嘉明", "in")
    east.click("[data-all]")
    expect(east.locator("#companions")).to_be_hidden()
    scan_ticket(west, ticket_of(people["elder"]), "in")
    choose_name(west, "大山", "in")
    open_way(west, "walk_in")
    west.click("[data-form=walk_in] button")
    west.wait_for_selector("#result[data-verdict=walked_in]")


@pytest.fixture
def people(door_session: Session) -> dict[str, Registration]:
    father = registered(door_session, "李嘉明")
    return {
        "elder": registered(door_session, "张桂兰"),
        "teacher": registered(door_session, "陈雅文"),
        "father": father,
        "child": registered(door_session, "李小宝", party=father.party),
        "neighbour": registered(door_session, "孙大山"),
    }


def test_two_devices_without_network_end_in_the_exact_union(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, people: dict[str, Registration]
) -> None:
    digest = DoorDevice.digest_of(SECOND_TOKEN)
    values = {"organisation": door_device.organisation, "valid_until": door_device.valid_until}
    DoorDeviceFactory(sessions=[door_session], name="西门", digest=digest, **values)
    east, west = open_phone(), open_phone(SECOND_TOKEN)
    for phone in (east, west):
        phone.context.set_offline(True)

    work_alone(east.page, west.page, people)
    for phone, count in ((east, 5), (west, 3)):
        phone.page.reload()
        phone.page.wait_for_selector("[data-way]:visible")
        expect_unsent(phone.page, count)
        expect(phone.page.locator("#network")).to_have_text("没有网络")
    assert Scan.objects.count() == 0
    for phone in (east, west):
        phone.context.set_offline(False)
        expect_unsent(phone.page, 0)

    assert inside(door_session) == ["", "孙大山", "张桂兰", "李嘉明", "李小宝", "陈雅文"]
    rows = list(Scan.objects.order_by("device", "sequence").values_list("device__name", "sequence"))
    assert rows == [("东门1号", n) for n in range(1, 6)] + [("西门", n) for n in range(1, 4)]
    of_elder = Scan.objects.filter(registration=people["elder"]).values_list("verdict", flat=True)
    assert sorted(of_elder) == ["already_in", "already_in", "counted"]
    east.page.reload()  # the list that comes with the next round knows whom the other door let in
    open_way(east.page, "name")
    east.page.fill("#search", "大山")
    expect(east.page.locator("#people")).to_contain_text("已在场")


def test_every_verdict_says_what_it_is_and_is_stored(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    other = registered(OpenSessionFactory(starts_at=now(), ends_at=now() + HOUR), "王秀英")
    gone = registered(door_session, "刘洋", state=Registration.State.CANCELLED)
    waiting = registered(door_session, "赵敏", waiting_number=1)
    offered = registered(door_session, "陈静", state=Registration.State.OFFERED, offered_until=now() + HOUR)
    phone = open_phone()
    phone.context.set_offline(True)

    scan_ticket(phone.page, ticket_of(other), "wrong_session")
    scan_ticket(phone.page, ticket_of(gone), "cancelled")
    scan_ticket(phone.page, ticket_of(waiting), "waiting")
    scan_ticket(phone.page, ticket_of(offered), "in")
    scan_ticket(phone.page, changed(ticket_of(waiting)), "forged")
    scan_ticket(phone.page, "https://example.org/menu", "forged")
    enter_code(phone.page, "000000", "unknown_code")
    press_check_again(phone.page)
    expect(phone.page.locator("#result[data-verdict=unknown_code]")).to_be_visible()
    expect(phone.page.locator("#trouble")).to_be_hidden()
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    assert Scan.objects.count() == 7
    assert inside(door_session) == ["陈静"]
    phone.page.click("[data-act=back]")
    expect(phone.page.locator("#set-aside")).to_contain_text("6条")


def test_whoever_was_turned_away_is_not_counted_and_a_walk_in_counts_once(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """One gets a seat while the phone has no network; one signed up after it had its list."""
    waiting = registered(door_session, "赵敏", waiting_number=1)
    phone = open_phone()
    phone.context.set_offline(True)
    late = registered(door_session, "周航")

    scan_ticket(phone.page, ticket_of(waiting), "waiting")
    enter_code(phone.page, late.door_code, "unknown_code")
    open_way(phone.page, "walk_in")
    phone.page.click("[data-form=walk_in] button")
    phone.page.wait_for_selector("#result[data-verdict=walked_in]")
    Registration.objects.filter(pk=waiting.pk).update(state="confirmed", waiting_number=None)
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)

    assert inside(door_session) == [""]
    reasons = list(Scan.objects.order_by("sequence").values_list("reason", flat=True))
    assert reasons == ["turned_away", "turned_away", ""]


def changed(ticket: str) -> str:
    """Its last letter is one of four; with one of the others it is a well-formed ticket that nobody has signed."""
    return ticket[:-1] + ("Q" if ticket.endswith("A") else "A")


def test_every_changed_bit_of_a_ticket_is_refused(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    """By both ways of checking; a changed key id is tried with a key that claims this id, too."""
    ticket = ticket_of(registered(door_session, "张桂兰"))
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


def test_photo_of_a_ticket_is_read(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, tmp_path: Path
) -> None:
    registration = registered(door_session, "张桂兰")
    segno.make(ticket_of(registration), error="m").save(str(tmp_path / "code.png"), scale=6)
    phone = open_phone()
    phone.context.set_offline(True)
    open_way(phone.page, "scan")

    phone.page.set_input_files("#code-photo", tmp_path / "code.png")

    phone.page.wait_for_selector("#result[data-verdict=in]")
    expect(phone.page.locator("#result")).to_contain_text("张桂兰")


def test_head_count_brings_a_small_photo_of_the_sheet(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, tmp_path: Path
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
    entry = LedgerEntry.objects.get(session=door_session)
    assert (entry.count, entry.qualifier) == (37, "about")
    assert Evidence.objects.get(pk=entry.evidence_id).file


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_view_breaks_a_rule_of_access(
    open_phone: OpenPhone,
    door_session: Session,
    door_device: DoorDevice,
    language: str,
    axe_violations: Callable[[Page], list[str]],
) -> None:
    registered(door_session, "张桂兰")
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
