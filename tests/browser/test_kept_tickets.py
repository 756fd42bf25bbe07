"""A ticket that was opened once is shown without a network, to nobody after its owner signed out."""

import datetime
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest
from playwright.sync_api import APIResponse, Error, Page, Route, expect
from tests.browser.conftest import PATIENCE, PHONE, Reader
from tests.browser.door import HOUR
from tests.browser.test_workspace import sign_in
from tests.factories import MemberFactory, OpenSessionFactory, key
from tests.people.operations.test_erasure import signed_up, with_child
from tests.people.operations.test_phone_codes import digits_in

from qixue.core.clock import now
from qixue.core.models import OutboxMessage
from qixue.participation.models import Registration
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.participation.queries.registrations import Party
from qixue.people.models import Resident
from qixue.web.kept_tickets import CACHE
from qixue.web.me.views import kept_tickets, tickets

pytestmark = pytest.mark.django_db(transaction=True)

OpenBrowser = Callable[..., Reader]
IS_KEPT = f"""async (path) => Boolean(await (await caches.open("{CACHE}")).match(path))"""
KEEP_AS_OVER = f"""async (path) => {{
  const headers = {{ "Ticket-Until": new Date(Date.now() - 1000).toISOString() }};
  await (await caches.open("{CACHE}")).put(path, new Response("old", {{ headers }}));
}}"""
# Playwright's `wait_for_function` takes the promise of an asynchronous function for its answer.
COMES_TO_BE = f"""async ([path, expected]) => {{
  for (let tries = 0; tries < 100; tries += 1) {{
    if ((await ({IS_KEPT})(path)) === expected) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }}
  return false;
}}"""
BROKEN_STORAGE = "caches.open = caches.match = () => Promise.reject(new Error('broken'));\n"
NOTICE = "main [role=status]"
GUARDS = ["content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy"]
READY = "() => navigator.serviceWorker.ready.then(() => true)"


def seat_of(resident: Resident, *, after: datetime.timedelta = HOUR) -> Registration:
    session = OpenSessionFactory(starts_at=now() + after, ends_at=now() + after + HOUR)
    [row] = register(session, people=[resident], party=key(), by=resident.user, at=now())
    return row


def address_of(row: Registration) -> str:
    return f"/me/registrations/{row.party}/tickets/"


def broken(_party: Party) -> NoReturn:
    raise RuntimeError("down")


def open_ticket(reader: Reader, row: Registration) -> Page:
    page = reader.visit(address_of(row))
    assert page.evaluate(COMES_TO_BE, [address_of(row), True])
    page.evaluate(READY)
    return page


@pytest.mark.parametrize("elder", ["", "2"])
def test_ticket_is_shown_again_without_a_network(open_browser: OpenBrowser, elder: str) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE, elder=elder)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    size = page.locator(".digits").evaluate("(each) => getComputedStyle(each).fontSize")
    phone.context.set_offline(True)

    page.reload()

    expect(page.locator(".ticket h2")).to_have_text("王秀英")
    expect(page.locator(".qr svg")).to_be_visible()
    expect(page.locator(NOTICE)).to_contain_text("存下的票")
    assert page.locator(".digits").evaluate("(each) => getComputedStyle(each).fontSize") == size
    assert phone.overflow() == 0
    page.goto("about:blank")
    response = page.goto(f"{phone.site}{address_of(row)}")  # out of the bookmarks
    expect(page.locator(".ticket h2")).to_have_text("王秀英")
    phone.context.set_offline(False)
    online = page.reload()
    expect(page.locator(NOTICE)).to_have_count(0)
    assert {name: response.headers.get(name) for name in GUARDS} == {name: online.headers[name] for name in GUARDS}


def test_copy_says_that_it_is_one_also_where_the_phone_believes_in_a_network(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    monkeypatch.setattr(tickets, "cards_of", broken)

    for _time in range(2):  # the copy is not kept as the ticket
        page.goto(f"{phone.site}{address_of(row)}")
        expect(page.locator(NOTICE)).to_contain_text("存下的票")

    expect(page.locator(".ticket h2")).to_have_text("王秀英")


def test_copy_of_a_ticket_that_ended_goes_once_the_answer_comes_however_late(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    cancel_registrations(row.session, keys=[row.pk], by=mother.user, at=now())
    answer = Event()
    own = tickets.cards_of
    monkeypatch.setattr(tickets, "cards_of", lambda party: answer.wait(PATIENCE / 1000) and own(party))

    page.goto(f"{phone.site}{address_of(row)}")

    expect(page.locator(NOTICE)).to_contain_text("以门口核对为准")
    answer.set()
    assert page.evaluate(COMES_TO_BE, [address_of(row), False])


@pytest.mark.parametrize("ending", ["given up", "of another household"])
def test_ticket_that_the_server_does_not_show_any_more_is_not_kept(open_browser: OpenBrowser, ending: str) -> None:
    mother, neighbour = MemberFactory(name="王秀英"), MemberFactory(name="孙大山")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    if ending == "given up":
        cancel_registrations(row.session, keys=[row.pk], by=mother.user, at=now())
    else:
        Registration.objects.filter(pk=row.pk).update(resident=neighbour)

    page.goto(f"{phone.site}{address_of(row)}")

    assert page.evaluate(COMES_TO_BE, [address_of(row), False])


def test_ticket_stays_where_only_the_session_has_ended(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    phone.context.clear_cookies()

    page.goto(f"{phone.site}{address_of(row)}")
    expect(page.locator(NOTICE)).to_have_count(0)  # it asks for signing in
    phone.context.set_offline(True)
    page.goto(f"{phone.site}{address_of(row)}")

    expect(page.locator(".ticket h2")).to_have_text("王秀英")


@pytest.mark.parametrize("has_expired", [False, True])
def test_nothing_is_shown_after_signing_out(open_browser: OpenBrowser, has_expired: bool) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    open_ticket(phone, row)
    if has_expired:
        phone.context.clear_cookies()

    page = phone.visit("/sign-out/")
    if not has_expired:
        page.click("main .btn")

    expect(page.locator("h1")).to_have_text("已退出登录")
    assert page.evaluate(COMES_TO_BE, [address_of(row), False])
    phone.context.set_offline(True)
    with pytest.raises(Error, match="net::ERR"):
        page.goto(f"{phone.site}{address_of(row)}")


def test_copy_that_comes_after_signing_out_in_another_tab_is_not_kept(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    answers: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            answers.append((route, route.fetch()))
        else:
            route.continue_()

    phone.page.route("**/tickets/?copy", hold)
    page = phone.visit(address_of(row))
    page.wait_for_timeout(1000)
    [(route, answer)] = answers
    other = phone.context.new_page()
    other.goto(f"{phone.site}/sign-out/")
    other.click("main .btn")
    expect(other.locator("h1")).to_have_text("已退出登录")
    assert other.evaluate(COMES_TO_BE, [address_of(row), False])

    route.fulfill(response=answer)

    page.wait_for_timeout(2000)
    assert not page.evaluate(IS_KEPT, address_of(row))


def test_signing_out_is_asked_first_and_takes_nothing_before(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    open_ticket(phone, row)

    page = phone.visit("/sign-out/")
    page.wait_for_load_state("networkidle")

    assert page.evaluate(IS_KEPT, address_of(row))


@pytest.mark.parametrize("path", ["/me/", "/account/"])
def test_ticket_goes_when_somebody_else_is_signed_in(open_browser: OpenBrowser, path: str) -> None:
    mother, neighbour = MemberFactory(name="王秀英"), MemberFactory(name="孙大山")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    open_ticket(phone, row)
    page = phone.visit(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(IS_KEPT, address_of(row))
    sign_in(phone, neighbour.user)

    phone.visit(path)

    assert page.evaluate(COMES_TO_BE, [address_of(row), False])


def test_ticket_of_a_child_goes_when_the_child_is_erased(open_browser: OpenBrowser) -> None:
    mother = signed_up(at=now() - HOUR)
    child = with_child(mother)
    session = OpenSessionFactory(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    [row] = register(session, people=[child], party=key(), by=mother.user, at=now())
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)

    phone.visit(f"/me/household/{child.pk}/erase/")
    page.check("[name=is_sure]")
    page.click("main form [type=submit]")
    page.fill("[name=code]", digits_in(OutboxMessage.objects.latest("pk").body))
    page.click("main form [type=submit]")

    expect(page.locator("h1")).to_have_text("信息已经删除")
    assert page.evaluate(COMES_TO_BE, [address_of(row), False])


def test_network_shows_the_ticket_where_the_storage_of_the_phone_fails(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worker = tmp_path / "service_worker.js"
    worker.write_text(BROKEN_STORAGE + kept_tickets.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(kept_tickets, "SOURCE", worker)
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)

    page.goto(f"{phone.site}{address_of(row)}")

    expect(page.locator(".ticket h2")).to_have_text("王秀英")


def test_ticket_goes_a_day_after_its_session(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    page.evaluate(KEEP_AS_OVER, address_of(row))

    phone.visit("/me/")

    assert page.evaluate(COMES_TO_BE, [address_of(row), False])


def test_own_page_without_a_network_leads_to_the_next_ticket_and_on_to_the_others(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    later, sooner = seat_of(mother, after=3 * HOUR), seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    for row in (later, sooner):
        open_ticket(phone, row)
    page = phone.visit("/me/")
    phone.context.set_offline(True)

    page.goto(f"{phone.site}/me/")
    expect(page.locator(".ticket h2")).to_have_text("王秀英")
    assert page.url == f"{phone.site}{address_of(sooner)}"
    assert phone.overflow() == 0
    [other] = page.locator("#kept-tickets a").all()
    expect(other).to_contain_text(f"王秀英：{later.session.local_full_title}")
    other.click()

    expect(page.locator(NOTICE)).to_contain_text("存下的票")
    assert page.url == f"{phone.site}{address_of(later)}"


def test_page_of_a_place_without_a_network_leads_to_its_ticket(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row, without_ticket = seat_of(mother), seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    phone.context.set_offline(True)

    page.goto(f"{phone.site}/me/registrations/{row.party}/")

    expect(page.locator(NOTICE)).to_contain_text("存下的票")
    assert page.url == f"{phone.site}{address_of(row)}"
    with pytest.raises(Error, match="net::ERR"):
        page.goto(f"{phone.site}/me/registrations/{without_ticket.party}/")


def test_own_page_without_a_network_leads_nowhere_once_the_last_ticket_is_gone(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    page.evaluate(KEEP_AS_OVER, address_of(row))
    phone.context.set_offline(True)

    with pytest.raises(Error, match="net::ERR"):
        page.goto(f"{phone.site}/me/")

    phone.context.set_offline(False)
    page = phone.visit("/me/")
    assert page.evaluate("caches.keys()") == []


def test_files_that_no_ticket_needs_any_more_go(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    former = f"{phone.site}/static/css/of-a-former-version.css"
    page.evaluate(f"caches.open('{CACHE}').then((cache) => cache.put('{former}', new Response('old')))")

    page.reload()

    assert page.evaluate(COMES_TO_BE, [former, False])
    assert page.evaluate(IS_KEPT, address_of(row))


def test_ticket_that_is_kept_stays_where_the_network_fails_while_it_is_opened_again(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    asked: list[Route] = []

    def cut(route: Route) -> None:
        if route.request.method == "HEAD":
            asked.append(route)
            route.abort()
        else:
            route.continue_()

    page.route("**/tickets/?copy", cut)
    with page.expect_event("requestfailed"):
        page.reload()
    page.wait_for_timeout(500)

    assert len(asked) == 1
    assert page.evaluate(IS_KEPT, address_of(row))
    phone.console.clear()  # the browser notes the failure
