"""A ticket that was opened once is shown without a network, to nobody after its owner signed out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.door import HOUR
from tests.browser.test_workspace import sign_in
from tests.factories import MemberFactory, OpenSessionFactory, key

from qixue.core.clock import now
from qixue.participation.models import Registration
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)

OpenBrowser = Callable[..., Reader]
IS_KEPT = """async (path) => Boolean(await (await caches.open("qixue-tickets")).match(path))"""
READY = "() => navigator.serviceWorker.ready.then(() => true)"


def seat_of(resident: Resident) -> Registration:
    session = OpenSessionFactory(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    [row] = register(session, people=[resident], party=key(), by=resident.user, at=now())
    return row


def address_of(row: Registration) -> str:
    return f"/me/registrations/{row.party}/tickets/"


def open_ticket(reader: Reader, row: Registration) -> Page:
    page = reader.visit(address_of(row))
    page.wait_for_function(IS_KEPT, arg=address_of(row))
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

    expect(page.locator("h2")).to_have_text("王秀英")
    expect(page.locator(".qr svg")).to_be_visible()
    expect(page.locator("#kept-ticket")).to_contain_text("现在没有网络")
    assert page.locator(".digits").evaluate("(each) => getComputedStyle(each).fontSize") == size
    assert phone.overflow() == 0
    page.goto("about:blank")
    page.goto(f"{phone.site}{address_of(row)}")  # out of the bookmarks
    expect(page.locator("h2")).to_have_text("王秀英")
    phone.context.set_offline(False)
    page.reload()
    expect(page.locator("#kept-ticket")).to_be_hidden()


def test_nothing_is_shown_after_signing_out(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    open_ticket(phone, row)

    phone.visit("/sign-out/").click("main .btn")
    phone.page.wait_for_url(f"{phone.site}/")

    assert not phone.page.evaluate("caches.has('qixue-tickets')")
    phone.context.set_offline(True)
    with pytest.raises(Error, match="net::ERR"):
        phone.page.goto(f"{phone.site}{address_of(row)}")


def test_ticket_of_somebody_else_takes_the_place_of_the_first(open_browser: OpenBrowser) -> None:
    mother, neighbour = MemberFactory(name="王秀英"), MemberFactory(name="孙大山")
    first, second = seat_of(mother), seat_of(neighbour)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    open_ticket(phone, first)
    phone.context.clear_cookies()
    sign_in(phone, neighbour.user)

    open_ticket(phone, second)

    assert not phone.page.evaluate(IS_KEPT, address_of(first))


def test_ticket_goes_a_day_after_its_session(open_browser: OpenBrowser) -> None:
    mother = MemberFactory(name="王秀英")
    row = seat_of(mother)
    phone = open_browser(size=PHONE)
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    page.evaluate(
        """async (path) => {
      const headers = { Expires: new Date(Date.now() - 1000).toISOString(), "X-Owner": "1" };
      await (await caches.open("qixue-tickets")).put(path, new Response("old", { headers }));
    }""",
        address_of(row),
    )

    phone.visit("/me/")

    page.wait_for_function(f"async (path) => !(await ({IS_KEPT})(path))", arg=address_of(row))
