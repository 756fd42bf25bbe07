"""The people who signed up together: a button that is tapped twice lets each of them in once."""

import pytest
from playwright.sync_api import expect
from tests.browser.door import HOUR, choose_name, expect_unsent, registered
from tests.browser.test_door import OpenPhone
from tests.factories import DoorDeviceFactory, OpenSessionFactory

from qixue.core.clock import now
from qixue.participation.models import Scan

pytestmark = pytest.mark.django_db(transaction=True)

TWICE = "(button) => { button.click(); button.click(); }"


@pytest.mark.parametrize("button", ["[data-all]", "#companions li button"])
def test_companion_is_let_in_once_however_often_the_button_is_tapped(open_phone: OpenPhone, button: str) -> None:
    start = now() + HOUR
    session = OpenSessionFactory(starts_at=start, ends_at=start + HOUR)
    DoorDeviceFactory(sessions=[session], valid_until=start + 3 * HOUR)
    father = registered(session, "李嘉明")
    registered(session, "李小宝", party=father.party)
    phone = open_phone()

    choose_name(phone.page, "嘉明", "in")
    phone.page.locator(button).evaluate(TWICE)
    expect(phone.page.locator("#recent")).to_have_attribute("data-count", "2")
    expect_unsent(phone.page, 0)

    assert Scan.objects.count() == 2
