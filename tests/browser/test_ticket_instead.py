"""A page that does not come gives way to the ticket that is kept, also where there is a network of sorts."""

from threading import Event

import pytest
from tests.browser.conftest import PATIENCE, PHONE
from tests.browser.test_kept_tickets import OpenBrowser, address_of, open_ticket, seat_of
from tests.browser.test_workspace import sign_in
from tests.factories import MemberFactory

from qixue.web.me.views import registrations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("path", "asked"), [("/me/", "parties_of"), ("", "registered_among")])
@pytest.mark.parametrize("seconds", [0, PATIENCE / 1000])
def test_page_that_breaks_or_does_not_come_gives_way_to_the_ticket(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch, path: str, asked: str, seconds: float
) -> None:
    mother = MemberFactory(name="王秀英")
    row, phone, answer = seat_of(mother), open_browser(size=PHONE), Event()
    sign_in(phone, mother.user)
    page = open_ticket(phone, row)
    monkeypatch.setattr(
        registrations, asked, lambda *_args, **_more: answer.wait(seconds)
    )  # which the page can not use

    page.goto(f"{phone.site}{path or f'/me/registrations/{row.party}/'}")

    assert page.url == f"{phone.site}{address_of(row)}"
    answer.set()
    phone.console.clear()
