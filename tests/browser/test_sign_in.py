"""Signing in with a phone: a passkey in Chromium's virtual authenticator, and an app that shows six digits."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE, Reader
from tests.factories import RoleAssignmentFactory

from qixue.core.clock import now
from qixue.people.factors import factors_of
from qixue.people.models import User
from qixue.people.one_time_codes import code_of, step_at
from qixue.people.operations.second_step import make_recovery_codes

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "vK9-ruzt-Ohm7-lip"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(transactional_db: None) -> User:
    user: User = RoleAssignmentFactory(user__username="library").user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def give_password(reader: Reader) -> Page:
    page = reader.visit("/sign-in/")
    page.fill("[name=username]", "library")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    return page


def add_authenticator(reader: Reader) -> Any:
    """A phone that has a fingerprint reader, as far as Chromium can tell."""
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools


def test_passkey_is_added_and_signs_in_alone(
    person: User, open_browser: Callable[..., Reader], axe_violations: Callable[[Page], list[str]]
) -> None:
    reader = open_browser(size=PHONE)
    add_authenticator(reader)
    page = give_password(reader)
    page.wait_for_url("**/workspace/")
    page = reader.visit("/account/passkeys/new/")
    faults = axe_violations(page)

    page.fill("[name=name]", "我的手机")
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/account/recovery-codes/")
    page.get_by_role("button", name="已妥善保管").click()
    page.wait_for_url("**/account/")
    listed = page.inner_text("main")
    reader.context.clear_cookies(name="sessionid")
    page = reader.visit("/sign-in/?next=/account/")
    page.get_by_role("button", name="使用通行密钥").click()
    page.get_by_role("heading", name="我的账号").wait_for()

    assert faults == []
    assert "我的手机" in listed
    assert factors_of(person).passkeys[0].last_used_at is not None


def test_passkey_is_the_second_step_after_the_password(person: User, open_browser: Callable[..., Reader]) -> None:
    reader = open_browser(size=PHONE)
    add_authenticator(reader)
    give_password(reader).wait_for_url("**/workspace/")
    page = reader.visit("/account/passkeys/new/")
    page.fill("[name=name]", "手机")
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/account/recovery-codes/")
    reader.context.clear_cookies(name="sessionid")

    page = give_password(reader)
    page.wait_for_url("**/sign-in/second-step/")
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/workspace/")

    expect(page.locator("h1")).to_have_text("工作台")


def test_device_without_a_passkey_says_so_in_words(person: User, open_browser: Callable[..., Reader]) -> None:
    reader = open_browser(size=PHONE)
    page = reader.visit("/sign-in/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')); }")

    page.get_by_role("button", name="使用通行密钥").click()

    page.get_by_text("未能完成").wait_for()
    expect(page).to_have_url(f"{reader.site}/sign-in/")


def test_app_is_set_up_and_asked_for_at_the_next_sign_in(
    person: User, open_browser: Callable[..., Reader], axe_violations: Callable[[Page], list[str]], language: str
) -> None:
    reader = open_browser(size=DESKTOP, language=language)
    give_password(reader).wait_for_url("**/workspace/")
    page = reader.visit("/account/app/")
    faults = axe_violations(page)
    key = re.sub(r"\s", "", page.inner_text("code.secret"))

    page.fill("[name=code]", code_of(key, step_at(now())))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/account/recovery-codes/")
    faults += axe_violations(page)
    codes = page.locator("code.secret").all_inner_texts()
    reader.visit("/account/")
    faults += axe_violations(page)
    reader.context.clear_cookies(name="sessionid")
    page = give_password(reader)
    page.wait_for_url("**/sign-in/second-step/")
    faults += axe_violations(page)
    page.fill("[name=code]", codes[0])
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/workspace/")

    assert (len(codes), faults) == (10, [])
    assert factors_of(person).codes_left == 9


@pytest.mark.parametrize("path", ["/account/", "/account/app/", "/account/password/", "/account/recovery-codes/"])
def test_pages_of_the_account_fit_a_phone_in_elder_mode(
    person: User, open_browser: Callable[..., Reader], axe_violations: Callable[[Page], list[str]], path: str
) -> None:
    reader = open_browser(size=PHONE, elder=True)
    give_password(reader).wait_for_url("**/workspace/")

    page = reader.visit(path)

    assert (reader.overflow(), axe_violations(page)) == (0, [])


def test_signing_in_with_two_steps_needs_no_script(person: User, chromium: Any, live_server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/?next=/account/app/")
    page.fill("[name=username]", "library")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/account/app/")
    key = re.sub(r"\s", "", page.inner_text("code.secret"))
    page.fill("[name=code]", code_of(key, step_at(now())))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/account/recovery-codes/")
    code = make_recovery_codes(person, by=person, at=now())[0]
    context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in/?next=/account/")
    page.fill("[name=username]", "library")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/sign-in/second-step/**")
    page.fill("[name=code]", code)
    page.press("[name=code]", "Enter")

    expect(page).to_have_url(f"{live_server.url}/account/")
    expect(page.get_by_role("button", name="使用通行密钥")).to_have_count(0)
    context.close()
