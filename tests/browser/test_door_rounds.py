"""What happens while a round of sending runs is not left until the next one of the clock, half a minute later."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Reader
from tests.browser.door import SECOND_TOKEN, add_walk_in, expect_unsent

from qixue.participation.models import DoorDevice, Scan

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
SOON = 20_000  # milliseconds: well before the next round of the clock
AT_ONCE = 4_000  # milliseconds: before what failed once is due again (sync.js)
HOLD = """([needle]) => {
  const own = window.fetch;
  let hold;
  window.held = new Promise((resolve) => { hold = resolve; });
  const until = new Promise((resolve) => { window.release = resolve; });
  window.fetch = async (address, options) => {
    if (options?.body?.includes(needle)) {
      hold();
      await until;
    }
    return own(address, options);
  };
}"""
FAULTY_LINK = """async (token) => {
  const { openStore } = await import("/static/door/store.js");
  await (await openStore()).addLink(token);
  const own = window.fetch;
  window.tries = 0;
  window.fetch = (address, options) => {
    if (!options?.headers?.Authorization?.endsWith(token)) return own(address, options);
    window.tries += 1;
    return Promise.resolve(new Response("", { status: 500 }));
  };
}"""
HOLD_AND_FAIL = """(needle) => {
  const own = window.fetch;
  const until = new Promise((resolve) => { window.release = resolve; });
  window.tries = 0;
  window.fetch = async (address, options) => {
    if (!options?.body?.includes(needle)) return own(address, options);
    window.tries += 1;
    await until;
    throw new TypeError("Failed to fetch");
  };
}"""
HOLD_AND_FAIL_TWICE = """() => {  // the entry, and whether anything can be sent at all
  const own = window.fetch;
  const until = new Promise((resolve) => { window.release = resolve; });
  window.tries = 0;
  window.fetch = async (address, options) => {
    if (!options?.body || window.tries > 1) return own(address, options);
    window.tries += 1;
    await until;
    throw new TypeError("Failed to fetch");
  };
}"""
ROUND = "() => document.dispatchEvent(new Event('visibilitychange'))"
NOT_DUE = """
() => new Promise((resolve) => {
  const request = indexedDB.open("qixue-door");
  request.onsuccess = () => {
    const transaction = request.result.transaction("scans", "readwrite");
    const scans = transaction.objectStore("scans");
    scans.getAll().onsuccess = ({ target }) => {
      const [scan] = target.result;
      scans.put({ ...scan, trouble: { message: "", isSlow: true, at: Date.now(), times: 9 } });
    };
    transaction.oncomplete = () => resolve();
  };
})
"""


def test_entry_made_while_a_round_runs_is_sent_right_behind_it(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    phone = open_phone()
    phone.page.evaluate(HOLD, ["张一"])
    add_walk_in(phone.page, "张一")
    phone.page.evaluate("window.held")

    add_walk_in(phone.page, "李二")
    phone.page.evaluate("window.release()")

    expect(phone.page.locator("#unsent")).to_have_attribute("data-count", "0", timeout=SOON)
    assert Scan.objects.count() == 2


def test_who_asks_while_a_round_runs_gets_what_failed_sent_again(
    open_phone: OpenPhone, door_device: DoorDevice
) -> None:
    """Coming back to the app in the meantime begins no round that takes the wish away."""
    phone = open_phone()
    phone.context.set_offline(True)
    add_walk_in(phone.page, "王坏")
    phone.page.evaluate(NOT_DUE)
    phone.page.evaluate(HOLD, ["张一"])
    add_walk_in(phone.page, "张一")
    phone.context.set_offline(False)
    phone.page.evaluate("window.held")

    phone.page.click("[data-act=device]")
    phone.page.click("[data-act=sync]")
    phone.page.evaluate(ROUND)
    phone.page.evaluate("window.release()")

    expect(phone.page.locator("#unsent")).to_have_attribute("data-count", "0", timeout=SOON)
    assert Scan.objects.count() == 2


def test_who_asks_once_gets_one_round_also_at_a_busy_door(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    phone = open_phone()
    phone.context.set_offline(True)
    add_walk_in(phone.page, "王坏")
    phone.page.evaluate(NOT_DUE)
    phone.page.evaluate(HOLD_AND_FAIL, "王坏")
    phone.context.set_offline(False)
    phone.page.click("[data-act=device]")

    phone.page.click("[data-act=sync]")
    phone.page.wait_for_function("() => window.tries === 1")
    phone.page.click("[data-act=back]")
    phone.page.wait_for_selector("[data-view=walk_in]:visible")
    for name in ("张一", "李二"):
        add_walk_in(phone.page, name)
        phone.page.evaluate("window.release()")
        expect(phone.page.locator("#unsent")).to_have_attribute("data-count", "1", timeout=SOON)
    phone.page.wait_for_timeout(3000)  # twice what one waits after an entry

    assert phone.page.evaluate("window.tries") == 1


def test_phone_that_nobody_uses_sends_once_and_waits(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    phone = open_phone()
    rounds: list[str] = []
    add_walk_in(phone.page, "张一")
    expect_unsent(phone.page, 0)
    phone.page.wait_for_timeout(3000)  # twice what one waits after an entry
    phone.page.on("request", lambda request: rounds.append(request.url))

    phone.page.wait_for_timeout(4000)

    assert rounds == []


def test_link_that_fails_each_time_holds_up_no_entry(open_phone: OpenPhone, door_device: DoorDevice) -> None:
    phone = open_phone()
    phone.page.evaluate(FAULTY_LINK, SECOND_TOKEN)
    for tries in range(1, 7):  # after the sixth the link waits 160 seconds
        phone.page.evaluate(ROUND)
        phone.page.wait_for_function("(tries) => window.tries >= tries", arg=tries)
        phone.page.wait_for_timeout(500)  # the round ends

    add_walk_in(phone.page, "张一")

    expect(phone.page.locator("#unsent")).to_have_attribute("data-count", "0", timeout=SOON)
    expect(phone.page.locator("#network")).to_have_text("有网络")
    expect(phone.page.locator("#link-state")).to_be_visible()
    assert phone.page.evaluate("window.tries") == 6


def test_network_that_comes_back_while_a_request_hangs_is_tried_at_once(
    open_phone: OpenPhone, door_device: DoorDevice
) -> None:
    phone = open_phone()
    phone.page.evaluate(HOLD_AND_FAIL_TWICE)
    add_walk_in(phone.page, "张一")
    phone.page.wait_for_function("() => window.tries === 1")

    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.page.evaluate("window.release()")

    expect(phone.page.locator("#unsent")).to_have_attribute("data-count", "0", timeout=AT_ONCE)
