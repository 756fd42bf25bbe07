"""The phone in a volunteer's hand: the language to which it is set, and what its camera sees or may not see."""

import json
from collections.abc import Callable

import pytest
import segno
from playwright.sync_api import expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.door import TAKEN_OVER, number_of_scans, open_way, registered
from tests.door import DEVICE_TOKEN, ticket_of
from tests.factories import RegistrationFactory

from qixue.participation.models import DoorDevice
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenBrowser = Callable[..., Reader]
OpenPhone = Callable[..., Reader]

CAMERA = """
(pictures) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 720;
  const context = canvas.getContext("2d");
  window.shown = 0; // which of the pictures is in front of the camera; none after the last
  window.asked = 0;
  setInterval(() => {
    context.fillStyle = "white";
    context.fillRect(0, 0, 720, 720);
    context.fillStyle = "black";
    const rows = pictures[window.shown] || [];
    const size = 600 / (rows.length || 1);
    rows.forEach((row, y) => [...row].forEach((bit, x) => {
      if (bit === "1") context.fillRect(60 + x * size, 60 + y * size, size + 0.5, size + 0.5);
    }));
  }, 40);
  navigator.mediaDevices.getUserMedia = async () => {
    window.asked += 1;
    return (window.stream = canvas.captureStream(25));
  };
}
"""
REFUSED = "(name) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)); }"
SEVERAL = """
() => {
  window.inView = [];
  window.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
    detect() { return Promise.resolve(window.inView.map((rawValue) => ({ rawValue }))); }
  };
}
"""


def picture_of(text: str) -> list[str]:
    return ["".join(str(int(bit)) for bit in row) for row in segno.make(text, error="m").matrix]


@pytest.mark.parametrize(("language", "title", "other"), [("en", "Scan", "中文"), ("zh-hans", "扫码", "English")])
def test_app_speaks_the_language_of_the_phone_and_the_other_one_without_a_network(
    open_browser: OpenBrowser, door_session: Session, door_device: DoorDevice, language: str, title: str, other: str
) -> None:
    phone = open_browser(size=PHONE, language=language)
    phone.context.clear_cookies()  # nobody chose a language on our pages

    phone.visit(f"/door/#{DEVICE_TOKEN}").wait_for_selector("[data-way]:visible")
    phone.page.evaluate(TAKEN_OVER)

    expect(phone.page.locator("[data-way=scan]")).to_have_text(title)
    phone.context.set_offline(True)
    phone.page.get_by_role("button", name=other).click()
    expect(phone.page.locator("[data-way=scan]")).not_to_have_text(title)
    phone.page.reload()  # it was chosen, and stays so
    phone.page.wait_for_selector("[data-way]:visible")
    expect(phone.page.locator("[data-way=scan]")).not_to_have_text(title)
    open_way(phone.page, "scan")
    expect(phone.page.locator("[data-act=language]")).to_be_hidden()


def test_search_by_name_tells_people_of_one_name_apart(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    rows = [
        RegistrationFactory(session=door_session, resident__name=name, resident__birth_year=year)
        for name, year in (("李嘉明", 1958), ("李嘉明", 2016), ("李嘉欣", 1990))
    ]
    phone = open_phone()

    open_way(phone.page, "name")
    phone.page.fill("#search", "嘉")

    states = phone.page.locator("#people .choice-state")
    codes = [row.door_code for row in rows]
    expect(states).to_have_text([f"1958 · {codes[0]}", f"2016 · {codes[1]}", codes[2]])


@pytest.mark.parametrize(("name", "words"), [("NotAllowedError", "不能使用镜头"), ("NotFoundError", "没有镜头")])
def test_camera_that_cannot_be_used_says_why(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, name: str, words: str
) -> None:
    phone = open_phone()
    phone.page.evaluate(REFUSED, name)

    open_way(phone.page, "scan")

    expect(phone.page.locator("#scan-help")).to_contain_text(words)
    expect(phone.page.locator("[data-act=camera]")).to_have_text("打开镜头")
    expect(phone.page.locator("#trouble")).to_be_hidden()


def test_code_that_stays_in_view_is_one_entry_and_a_camera_out_of_view_is_off(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    first, second = registered(door_session, "张桂兰"), registered(door_session, "陈雅文")
    phone = open_phone()
    phone.page.evaluate(CAMERA, [picture_of(ticket_of(first)), picture_of(ticket_of(second))])

    open_way(phone.page, "scan")
    expect(phone.page.locator("#result")).to_contain_text("张桂兰")
    phone.page.wait_for_timeout(4_000)  # longer than a code counts as the same one
    assert number_of_scans(phone.page) == 1
    phone.page.evaluate("window.shown = 1")
    expect(phone.page.locator("#result")).to_contain_text("陈雅文")
    phone.page.evaluate("window.shown = 0")  # back at once, as with two of them in view
    phone.page.wait_for_timeout(1_500)
    expect(phone.page.locator("#result")).to_contain_text("陈雅文")
    phone.page.click("[data-act=device]")

    assert number_of_scans(phone.page) == 2
    assert phone.page.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]


def test_of_several_codes_in_view_none_is_checked(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    tickets = [ticket_of(registered(door_session, name)) for name in ("张桂兰", "陈雅文")]
    phone = open_phone()
    phone.page.evaluate(SEVERAL)
    phone.page.evaluate(CAMERA, [])
    open_way(phone.page, "scan")

    phone.page.evaluate(f"window.inView = {json.dumps(tickets)}")

    expect(phone.page.locator("#scan-help")).to_contain_text("一次只出示一个")
    phone.page.wait_for_timeout(500)
    assert number_of_scans(phone.page) == 0
    phone.page.evaluate("window.inView.pop()")
    expect(phone.page.locator("#result")).to_contain_text("张桂兰")
    expect(phone.page.locator("#scan-help")).not_to_contain_text("一次只出示一个")
    expect(phone.page.locator("#recent")).to_have_attribute("data-count", "1")


def test_camera_that_stops_by_itself_says_so(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_phone()
    phone.page.evaluate(CAMERA, [])
    open_way(phone.page, "scan")
    expect(phone.page.locator("[data-act=camera]")).to_have_text("关闭镜头")

    phone.page.evaluate("window.stream.getTracks()[0].dispatchEvent(new Event('ended'))")

    expect(phone.page.locator("#scan-help")).to_contain_text("镜头已停")
    expect(phone.page.locator("[data-act=camera]")).to_have_text("打开镜头")
