"""Head counts in the door app: whom they count, when they wait for a person, and what the phone says of both."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Reader
from tests.browser.door import HOUR, add_walk_in, choose_name, enter_code, expect_unsent, open_way, registered
from tests.factories import DoorDeviceFactory, OpenSessionFactory
from tests.factories_afterwards import organiser_of
from tests.participation.test_head_counts import report

from qixue.core.clock import now
from qixue.participation.models import DoorDevice, LedgerEntry, Scan
from qixue.participation.operations.head_counts import report_head_count
from qixue.participation.operations.scan_decisions import accept_scan, reject_scan
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db(transaction=True)

OpenPhone = Callable[..., Reader]
JUST = 3000  # ms in which an empty field asks nothing anew (app.js)


def save_count(page: Page, number: str, verdict: str) -> None:
    open_way(page, "head_count")
    page.fill("#heads", number)
    page.check("[value=exact]")
    page.fill("#remark", "签到表共2页")
    page.click("[data-form=head_count] .btn")
    page.wait_for_selector(f"#result[data-verdict={verdict}]")


def test_photo_that_cannot_be_read_is_taken_off_and_the_rest_stays(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    page = open_phone().page
    open_way(page, "head_count")
    page.fill("#heads", "34")
    page.check("[value=exact]")
    page.fill("#remark", "签到表共2页")
    page.set_input_files("#sheet", {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})

    page.click("[data-form=head_count] .btn")
    expect(page.locator("#trouble")).to_have_text("这张照片读不出来，已移除。请另选一张，或者不附照片，再保存一次。")
    left = [page.input_value(field) for field in ("#sheet", "#heads", "#remark")]
    page.click("[data-form=head_count] .btn")
    page.wait_for_selector("#result[data-verdict=counted]")

    assert left == ["", "34", "签到表共2页"]


@pytest.mark.parametrize(
    ("rule", "label", "whom"),
    [
        (Session.CountingRule.LIST_AND_OTHERS, "另有多少人", "只清点没有逐人计入的人，两个数字相加。"),
        (Session.CountingRule.HEAD_COUNT, "多少人", "清点全部到场的人，已逐人计入的也算在内；以较大的数字为准。"),
    ],
)
def test_head_count_says_whom_it_counts_and_how_many_are_counted(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice, rule: str, label: str, whom: str
) -> None:
    Session.objects.filter(pk=door_session.pk).update(counting_rule=rule)
    registered(door_session, "张桂兰")
    phone = open_phone()
    choose_name(phone.page, "桂兰", "in")
    open_way(phone.page, "walk_in")
    phone.page.click("[data-form=walk_in] button")
    phone.page.wait_for_selector("#result[data-verdict=walked_in]")

    open_way(phone.page, "head_count")

    expect(phone.page.locator("#heads-label")).to_have_text(label)
    expect(phone.page.locator("#whom")).to_contain_text(whom)
    expect(phone.page.locator("#counted-already")).to_have_text("本机所知已逐人计入：已报名的1人，本机临时到场1人。")
    expect(phone.page.locator("label[for=sheet]")).to_have_text("签到表照片（两项任填一项）")
    assert phone.overflow() == 0


def test_head_count_before_the_start_waits_and_says_so(open_phone: OpenPhone) -> None:
    session = OpenSessionFactory(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    device = DoorDeviceFactory(sessions=[session], valid_until=now() + 4 * HOUR)
    phone = open_phone()

    save_count(phone.page, "40", "count_waits")

    expect(phone.page.locator("#result")).to_have_class("result mind")
    expect(phone.page.locator("#result")).to_contain_text("40人。现在还没有开始")
    expect_unsent(phone.page, 0)
    scan = Scan.objects.get()
    assert (scan.verdict, scan.reason) == ("review", "session_not_started")
    phone.page.click("[data-act=back]")
    expect(phone.page.locator("#set-aside")).to_contain_text("1条")
    phone.page.click("#set-aside button")
    expect(phone.page.locator("#recent")).to_contain_text("已上传，待人工核对")

    Session.objects.filter(pk=session.pk).update(starts_at=now() - HOUR / 2)
    session.refresh_from_db()
    accept_scan(scan, session=session, reason="老师清点", by=device.made_by, at=now())
    phone.page.click("[data-act=sync]")

    expect(phone.page.locator("#recent")).to_contain_text("已上传，承办单位已计入")
    expect(phone.page.locator("#set-aside-count")).to_contain_text("0条")
    assert LedgerEntry.objects.get(session=session).count == 40


def test_empty_field_does_not_leave_the_last_welcome_on_the_screen(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    elder = registered(door_session, "张桂兰")
    phone = open_phone()
    enter_code(phone.page, elder.door_code, "in")
    phone.page.wait_for_timeout(JUST)

    phone.page.click("[data-form=code] button")

    expect(phone.page.locator("#result")).to_be_empty()
    expect(phone.page.locator("#trouble")).to_contain_text("6位数字")
    open_way(phone.page, "scan")
    phone.page.click("[data-form=ticket] button")
    expect(phone.page.locator("#trouble")).to_have_text("请扫描入场码，或按姓名查找。")


def test_code_takes_six_digits_and_nothing_else(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    code = registered(door_session, "张桂兰").door_code
    phone = open_phone()
    open_way(phone.page, "code")

    for nonsense in (f"{code[:5]}😀{code[5]}", f"{code}0", "张桂兰", f"{code}a"):
        phone.page.fill("#digits", nonsense)
        phone.page.click("[data-form=code] button")
        expect(phone.page.locator("#trouble")).to_have_text("请只输入票上的6位数字，例如 048 213。")
        expect(phone.page.locator("#digits")).to_have_value(nonsense)
    full_width = code.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    phone.page.fill("#digits", f"{full_width[:3]}　{full_width[3:]}")

    phone.page.wait_for_selector("#result[data-verdict=in]")
    expect(phone.page.locator("#recent")).to_have_attribute("data-count", "1")


def test_last_welcome_goes_once_the_next_person_is_typed(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    code = registered(door_session, "张桂兰").door_code
    phone = open_phone()
    enter_code(phone.page, code, "in")

    phone.page.locator("#digits").press_sequentially("1")

    expect(phone.page.locator("#result")).to_be_empty()
    choose_name(phone.page, "桂兰", "already")
    phone.page.locator("#search").press_sequentially("孙")
    expect(phone.page.locator("#result")).to_be_empty()


def test_second_count_of_a_phone_waits_and_says_so(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_phone()
    save_count(phone.page, "12", "counted")

    save_count(phone.page, "15", "count_waits")

    expect(phone.page.locator("#result")).to_contain_text("这一场已经清点过一次人数")
    expect_unsent(phone.page, 0)
    assert Scan.objects.get(sequence=2).reason == "head_count_exists"


def test_only_what_stands_is_named_as_counted(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    registered(door_session, "张桂兰")
    phone = open_phone()
    phone.context.set_offline(True)
    choose_name(phone.page, "桂兰", "in")
    for name in ("陈阿婆", "赵六"):
        add_walk_in(phone.page, name)
    open_way(phone.page, "head_count")
    expect(phone.page.locator("#counted-already")).to_contain_text("已报名的1人，本机临时到场2人")

    Session.objects.filter(pk=door_session.pk).update(state=Session.State.POSTPONED)
    phone.context.set_offline(False)

    expect_unsent(phone.page, 0)
    expect(phone.page.locator("#counted-already")).to_contain_text("已报名的0人，本机临时到场0人")

    Session.objects.filter(pk=door_session.pk).update(state=door_session.state)
    elder, kept, left = Scan.objects.order_by("sequence")
    by = door_device.made_by
    for scan in (elder, kept):
        accept_scan(scan, session=door_session, reason="在场", by=by, at=now())
    reject_scan(left, session=door_session, reason="不在场", by=by, at=now())
    phone.page.click("[data-act=device]")
    phone.page.click("[data-act=sync]")

    expect(phone.page.locator("#counted-already")).to_contain_text("已报名的1人，本机临时到场1人")


def test_button_that_is_tapped_twice_counts_once(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    registered(door_session, "张桂兰")
    phone = open_phone()
    open_way(phone.page, "name")
    phone.page.fill("#search", "桂兰")
    phone.page.dblclick("#people button")
    phone.page.wait_for_selector("#result[data-verdict=in]")
    open_way(phone.page, "walk_in")
    phone.page.fill("#walk-in-name", "蓝小妹")
    phone.page.dblclick("[data-form=walk_in] button")
    phone.page.wait_for_selector("#result[data-verdict=walked_in]")
    phone.page.wait_for_timeout(1100)
    for _person in range(2):
        phone.page.click("[data-form=walk_in] button")  # two without a name
    open_way(phone.page, "head_count")
    phone.page.fill("#heads", "6")
    phone.page.check("[value=exact]")
    phone.page.fill("#remark", "后排")
    phone.page.dblclick("[data-form=head_count] .btn")

    phone.page.wait_for_selector("#result[data-verdict=counted]")
    expect_unsent(phone.page, 0)
    kinds = list(Scan.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["name", "walk_in", "walk_in", "walk_in", "head_count"]


def test_count_after_one_of_ours_that_was_put_aside_says_that_it_waits(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    phone = open_phone()
    phone.context.set_offline(True)
    save_count(phone.page, "6", "counted")
    report_head_count(door_session, report(), by=organiser_of(door_session.activity), at=now())
    phone.context.set_offline(False)
    expect_unsent(phone.page, 0)
    assert Scan.objects.get().reason == "head_count_exists"

    save_count(phone.page, "7", "count_waits")


def test_count_after_one_of_somebody_else_says_that_it_waits(
    open_phone: OpenPhone, door_session: Session, door_device: DoorDevice
) -> None:
    report_head_count(door_session, report(), by=organiser_of(door_session.activity), at=now())
    phone = open_phone()

    save_count(phone.page, "9", "count_waits")

    expect(phone.page.locator("#result")).to_contain_text("这一场已经清点过一次人数")
    expect_unsent(phone.page, 0)
    assert Scan.objects.get().reason == "head_count_exists"
