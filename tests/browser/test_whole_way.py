"""The whole way of a session in real browsers, twice: with a network at the door, and with the network cut there.

A family finds a session and signs up, the child stays at home, a neighbour moves up from the waiting list. All of them
are checked in, say how it was, and one of them shows a certificate to a stranger. Pages only, as everybody has them.
"""

import base64
import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import DESKTOP, PHONE, Reader
from tests.browser.door import TAKEN_OVER, choose_name, enter_code, expect_unsent, number_of_scans, open_way
from tests.browser.scene import PASSWORD, person
from tests.factories import ActivityFactory, MemberFactory, OpenSessionFactory, ProgrammeFactory, VenueFactory, key

from qixue.core.clock import local_day, now
from qixue.core.models import OutboxMessage
from qixue.participation.models import LedgerEntry, Participant, RegistrationTerms, Scan
from qixue.participation.operations.registrations import register
from qixue.people.models import Role
from qixue.programme.models import Session
from qixue.programme.operations.listings import keep_listings

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = datetime.timedelta(minutes=1)
TITLE = "高山茶叶种植"
MOTHER, CHILD, NEIGHBOUR, TEACHER = "王秀英", "李小宝", "孙大山", "陈雅文"
MOBILES = {MOTHER: "13900000001", NEIGHBOUR: "13900000002"}
COUNT_TAPS = """
addEventListener("pointerdown", () => { sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; }, true);
"""
READ_CODE = """
async (png) => {
  const { readPhoto } = await import("/static/door/scanner.js");
  return readPhoto(new Blob([Uint8Array.from(atob(png), (sign) => sign.charCodeAt(0))], { type: "image/png" }));
}
"""

OpenBrowser = Callable[..., Reader]


@dataclass(frozen=True)
class Way:
    """What is different the second time."""

    has_network: bool
    typed: str  # into the search
    is_elder: bool
    offer_hours: int | None

    @property
    def came(self) -> list[str]:
        return sorted([MOTHER, NEIGHBOUR] if self.has_network else [MOTHER, NEIGHBOUR, TEACHER])


ONLINE = Way(has_network=True, typed="chaye", is_elder=True, offer_hours=None)
CUT = Way(has_network=False, typed="茶叶", is_elder=False, offer_hours=24)


@pytest.fixture
def session() -> Session:
    """Begins soon; one of three seats is taken. Another activity stands beside it in the list."""
    at = now()
    today = local_day(at)
    week = ProgrammeFactory(code="week", starts_on=today, ends_on=today + datetime.timedelta(days=6), year=today.year)
    soon = {"starts_at": at + 40 * MINUTE, "ends_at": at + 130 * MINUTE, "venue": VenueFactory(name="凤城街道文化站")}
    OpenSessionFactory(activity__programme=week, activity__title="瑶绣入门", **soon)
    session: Session = OpenSessionFactory(
        activity=ActivityFactory(programme=week, title=TITLE),
        seat_count=3,
        counting_rule=Session.CountingRule.LIST,
        **soon,
    )
    person("organiser", "梁静宜", week.organisation, Role.ORGANISER)
    keep_listings(Session.objects.all())  # the factories write beside the operations
    teacher = MemberFactory(name=TEACHER)
    register(session, people=[teacher], party=key(), by=teacher.user, at=at)
    return session


@pytest.fixture
def later() -> Iterator[Callable[[datetime.datetime], None]]:
    """`later(moment)`: for the server it is that moment, and goes on from there."""
    travels: list[time_machine.travel] = []

    def go(moment: datetime.datetime) -> None:
        travel = time_machine.travel(moment, tick=True)
        travel.start()
        travels.append(travel)

    yield go
    for travel in reversed(travels):
        travel.stop()


@pytest.mark.parametrize("way", [ONLINE, CUT], ids=["online", "network-cut"])
def test_whole_way_from_finding_to_a_certificate(
    way: Way, session: Session, open_browser: OpenBrowser, later: Callable[[datetime.datetime], None]
) -> None:
    if way.offer_hours:
        RegistrationTerms.objects.create(session=session, offer_hours=way.offer_hours)
    mother, neighbour = (open_browser(size=PHONE, elder=way.is_elder) for _person in range(2))
    organiser = open_browser(size=DESKTOP)

    find(mother, way.typed)
    sign_up_with_child(mother)
    join_the_line(neighbour, session)
    leave_the_child_at_home(mother)
    move_up(neighbour, has_offer=bool(way.offer_hours))
    sign_in_as_staff(organiser)
    check_in = check_in_with_network if way.has_network else check_in_without_network
    check_in(open_browser, organiser, mother, neighbour, session)
    assert who_came(session) == way.came
    expect(organiser.visit(f"/workspace/sessions/{session.pk}/door/").locator(".lead").first).to_contain_text(
        f"已到场{len(way.came)}人"
    )

    later(session.ends_at + 10 * MINUTE)
    say_how_it_was(neighbour, session)
    sign_in_as_staff(organiser)
    issue_a_certificate(organiser, session, of=NEIGHBOUR)
    number = certificate_in_record(neighbour)
    verify(open_browser(size=PHONE), number, name=NEIGHBOUR)


def find(reader: Reader, typed: str) -> None:
    """From the home page to the session, by its words or their pinyin."""
    page = reader.visit("/")
    page.locator("a[href='/programmes/week/sessions/']:visible").first.click()
    page.fill("[name=q]", typed)
    page.press("[name=q]", "Enter")
    page.wait_for_url("**q=**")
    assert page.locator("article.session h3").all_inner_texts() == [TITLE]
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_selector(f"h1:text-is('{TITLE}')")


def sign_in_by_phone(page: Page, name: str) -> None:
    """On the page that asks for the number; the six digits are read from the message that was sent."""
    page.fill("[name=mobile]", MOBILES[name])
    press(page, "获取验证码")
    page.wait_for_selector("[name=code]")
    message = OutboxMessage.objects.filter(recipient=MOBILES[name]).latest("pk")
    page.fill("[name=code]", re.findall(r"\d{6}", message.body)[0])
    with page.expect_navigation():
        press(page, "登录")


def introduce(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    press(page, "保存")


def sign_up_with_child(reader: Reader) -> None:
    """Signing in leads back to the session; a child under 14 is not kept without the guardian's word."""
    page = reader.page
    page.get_by_role("link", name="报名参加").click()
    sign_in_by_phone(page, MOTHER)
    introduce(page, MOTHER)
    page.get_by_role("link", name="还有孩子或老人？添加家人").click()
    page.fill("[name=name]", CHILD)
    page.fill("[name=birth_year]", str(local_day(now()).year - 8))
    press(page, "保存")
    assert "监护人" in page.inner_text(".error-summary")
    page.check("[name=has_consent]")
    press(page, "保存")
    for name in (MOTHER, CHILD):
        page.get_by_label(name, exact=True).check()
    press(page, "报名参加")
    expect(page.locator(".kicker")).to_contain_text("报名成功")
    expect(page.locator("dl.facts")).to_contain_text(CHILD)
    assert reader.overflow() == 0


def join_the_line(reader: Reader, session: Session) -> None:
    """A full session: the neighbour waits, and reads in which place."""
    page = reader.visit(f"/sessions/{session.pk}/")
    page.get_by_role("link", name="加入候补").click()
    sign_in_by_phone(page, NEIGHBOUR)
    introduce(page, NEIGHBOUR)
    page.get_by_label(NEIGHBOUR, exact=True).check()
    press(page, "加入候补")
    expect(page.locator(".kicker")).to_contain_text("候补中")
    expect(page.locator(".notice.ochre")).to_contain_text("第1位")


def leave_the_child_at_home(reader: Reader) -> None:
    page = reader.page
    page.get_by_role("link", name="不能来").click()
    page.get_by_label(CHILD, exact=True).check()
    press(page, "取消所选名额")
    expect(page.locator("dl.facts")).to_contain_text(f"{CHILD} ✕ 已取消")
    expect(page.locator(".kicker")).to_contain_text("报名成功")


def move_up(reader: Reader, *, has_offer: bool) -> None:
    """The seat is the neighbour's at once, or kept until the neighbour takes it."""
    page = reader.visit("/me/")
    expect(page.locator(".session .tags")).to_contain_text("有名额待确认" if has_offer else "报名成功")
    page.get_by_role("link", name=TITLE).click()
    if has_offer:
        press(page, "确认参加")
    expect(page.locator(".kicker")).to_contain_text("报名成功")
    assert reader.overflow() == 0


def sign_in_as_staff(reader: Reader) -> None:
    page = reader.visit("/sign-in/")
    page.fill("[name=username]", "organiser")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/workspace/")


def check_in_with_network(
    open_browser: OpenBrowser, organiser: Reader, mother: Reader, neighbour: Reader, session: Session
) -> None:
    """The volunteer scans the mother's ticket, twice; the neighbour scans the code on the wall."""
    gate = open_gate(open_browser, organiser, session, "东门")
    ticket = photo_of(ticket_page(mother).locator(".qr"))
    show_ticket(gate, ticket, "in")
    show_ticket(gate, ticket, "already")
    expect_unsent(gate.page, 0)

    page = organiser.visit(f"/workspace/sessions/{session.pk}/door/")
    page.get_by_role("link", name="显示现场码").click()
    press(page, "显示现场码")
    (scanned,) = page.evaluate(READ_CODE, base64.b64encode(photo_of(page.locator(".wall-code"))).decode())
    page = neighbour.visit(urlsplit(scanned).path)
    press(page, "签到")
    expect(page.locator(".notice.tea")).to_contain_text(NEIGHBOUR)


def check_in_without_network(
    open_browser: OpenBrowser, organiser: Reader, mother: Reader, neighbour: Reader, session: Session
) -> None:
    """Two devices, the network cut at both; the mother comes to both of them. Then they find the network again."""
    east, west = (open_gate(open_browser, organiser, session, name) for name in ("东门", "西门"))
    ticket = photo_of(ticket_page(mother).locator(".qr"))
    digits = "".join(ticket_page(neighbour).inner_text(".digits").split())
    for gate in (east, west):
        gate.context.set_offline(True)
        gate.page.reload()
        gate.page.wait_for_selector("[data-way]:visible")

    show_ticket(east, ticket, "in")
    choose_name(east.page, TEACHER[1:], "in")
    show_ticket(west, ticket, "in")
    enter_code(west.page, digits, "in")

    for gate in (east, west):
        expect_unsent(gate.page, 2)
    assert (Scan.objects.count(), who_came(session)) == (0, [])
    for gate in (east, west):
        gate.context.set_offline(False)
        expect_unsent(gate.page, 0)
    assert Scan.objects.count() == 4


def open_gate(open_browser: OpenBrowser, organiser: Reader, session: Session, name: str) -> Reader:
    """The organiser sets a device up, and a volunteer's phone opens its link, which is shown once."""
    page = organiser.visit(f"/workspace/sessions/{session.pk}/door/devices/new/")
    page.fill("[name=name]", name)
    page.check(f"[name=sessions][value='{session.pk}']")
    press(page, "设置")
    link = urlsplit(page.locator("code.breaks").inner_text())
    phone = open_browser(size=PHONE)
    phone.visit(f"{link.path}#{link.fragment}").wait_for_selector("[data-way]:visible")
    phone.page.evaluate(TAKEN_OVER)
    return phone


def ticket_page(reader: Reader) -> Page:
    page = reader.visit("/me/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="出示入场码").click()
    page.wait_for_selector(".qr")
    assert reader.overflow() == 0
    return page


def photo_of(shown: Locator) -> bytes:
    """What a camera sees of the screen."""
    return shown.screenshot(type="png", animations="disabled")


def show_ticket(gate: Reader, photo: bytes, verdict: str) -> None:
    page = gate.page
    if not page.locator("#code-photo").is_visible():
        open_way(page, "scan")
    before = number_of_scans(page)
    page.set_input_files("#code-photo", {"name": "code.png", "mimeType": "image/png", "buffer": photo})
    expect(page.locator("#recent")).to_have_attribute("data-count", str(before + 1))
    expect(page.locator("#result")).to_have_attribute("data-verdict", verdict)


def who_came(session: Session) -> list[str]:
    """By the ledger, one name for each entry that stands."""
    entries = LedgerEntry.objects.effective().filter(session=session)
    tokens = entries.values_list("person_token", flat=True)
    return sorted(Participant.objects.get(token=token).resident.name for token in tokens)


def say_how_it_was(reader: Reader, session: Session) -> None:
    """Three taps, counted from the page on which the question stands."""
    page = reader.visit("/me/")
    if page.locator("[name=mobile]").count():  # signed out by now
        sign_in_by_phone(page, NEIGHBOUR)
    reader.context.add_init_script(COUNT_TAPS)
    page = reader.visit("/me/")
    page.locator(".face-choice.good").click()
    page.locator(".chip-choice").first.click()
    press(page, "提交评价")
    page.wait_for_url("**/me/feedback/")
    assert page.evaluate("Number(sessionStorage.taps)") == 3
    assert [row.face for row in session.feedback.all()] == ["good"]


def issue_a_certificate(reader: Reader, session: Session, *, of: str) -> None:
    """What it says, who gets it, looked at once more, issued."""
    page = reader.visit(f"/workspace/activities/{session.activity_id}/")
    page.get_by_role("link", name="证书", exact=True).click()
    page.get_by_role("link", name="填写证书内容").click()
    page.check("[name=kind][value=CertificateOfCompletion]")
    page.fill("[name=title]", "高山茶叶种植技术")
    press(page, "保存")
    page.get_by_role("link", name="颁发证书").click()
    page.get_by_label(of).check()
    press(page, "下一步：核对")
    assert page.locator("tbody th").all_inner_texts() == [of]
    press(page, "颁发证书")
    expect(page.locator("tbody th")).to_have_text(of)


def certificate_in_record(reader: Reader) -> str:
    """The number of the one certificate in the resident's own record."""
    page = reader.visit("/me/")
    page.get_by_role("link", name="学习档案").click()
    card = page.locator("section", has=page.get_by_role("heading", name="证书")).locator(".card")
    expect(card.locator("h3")).to_have_text("高山茶叶种植技术")
    assert reader.overflow() == 0
    return card.locator(".mono").inner_text()


def verify(reader: Reader, number: str, *, name: str) -> None:
    """A stranger types the number, then compares the name on the paper."""
    page = reader.visit("/verify/")
    page.locator("main input[type=text]").first.fill(number)
    press(page, "查验")
    expect(page.locator("h1")).to_have_text("这份证书有效")
    assert name not in page.inner_text("main")
    page.fill("[name=name]", name)
    press(page, "比对姓名")
    expect(page.locator("main")).to_contain_text("姓名一致")


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()
