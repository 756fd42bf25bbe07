"""An entry or a photo that cannot be sent holds up nothing else, says why, and is in the file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import expect
from tests.browser.conftest import Reader
from tests.browser.door import add_walk_in, choose_name, expect_unsent, open_way, registered

from qixue.participation.models import DoorDevice, Scan
from qixue.participation.queries.door import gaps_of
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
BREAK = """([needle, answer]) => {
  const own = window.fetch;
  window.mend = () => { window.fetch = own; };
  window.fetch = (address, options) => {
    if (!options?.body?.includes(needle)) return own(address, options);
    if (answer) return Promise.resolve(new Response("<h1>no</h1>", { status: answer }));
    return Promise.reject(new TypeError("Failed to fetch"));
  };
}"""


@pytest.mark.parametrize("answer", [500, 413, 0])
def test_entry_that_fails_each_time_holds_up_no_other(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, answer: int
) -> None:
    phone = open_phone()
    phone.page.evaluate(BREAK, ["王坏", answer])
    phone.context.set_offline(True)
    for name in ("张一", "王坏", "李三"):
        add_walk_in(phone.page, name)

    phone.context.set_offline(False)
    expect_unsent(phone.page, 1)
    add_walk_in(phone.page, "赵四")
    expect(phone.page.locator("#recent li").first).to_contain_text("已上传")

    expect_unsent(phone.page, 1)
    expect(phone.page.locator("#network")).to_have_text("有网络")
    door_device.refresh_from_db()
    assert gaps_of(door_device) == [(2, 2)]
    phone.page.click("[data-act=device]")
    expect(phone.page.locator("#sync-trouble")).to_contain_text("有1条没能上传，其他记录不受影响")
    expect(phone.page.locator("#recent li:has-text('王坏')")).to_contain_text("服务器没能收下这条记录")
    with phone.page.expect_download() as download:
        phone.page.click("[data-act=export]")
    [device] = json.loads(Path(download.value.path()).read_text())["devices"]
    assert "王坏" in [scan.get("name") for scan in device["scans"]]

    phone.page.evaluate("window.mend()")
    phone.page.click("[data-act=sync]")
    expect_unsent(phone.page, 0)
    assert list(Scan.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4]
    expect(phone.page.locator("#sync-trouble")).to_be_hidden()


def test_photo_that_fails_each_time_holds_up_neither_people_nor_the_list(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.png"
    segno.make("签到表").save(str(file), scale=6)
    phone = open_phone()
    phone.page.evaluate(BREAK, ['"photo"', 0])
    open_way(phone.page, "head_count")
    phone.page.fill("#heads", "37")
    phone.page.check("[value=exact]")
    phone.page.set_input_files("#sheet", file)
    phone.page.click("[data-form=head_count] .btn")
    phone.page.wait_for_selector("#result[data-verdict=counted]")
    expect(phone.page.locator("#recent")).to_contain_text("服务器没能收下这条记录")

    registered(door_session, "张桂兰")
    phone.page.click("[data-act=device]")
    phone.page.click("[data-act=sync]")
    phone.page.click("[data-act=back]")
    choose_name(phone.page, "桂兰", "in")

    expect(phone.page.locator("#recent li").first).to_contain_text("已上传")
    expect_unsent(phone.page, 1)
    assert Scan.objects.get().sequence == 2
