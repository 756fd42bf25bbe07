"""A real browser for the pages: Debian's Chromium, driven by Playwright, that may reach nothing but the live server."""

import copy
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.signals import request_finished, request_started
from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer
from tests.browser.door import HOUR, TAKEN_OVER
from tests.browser.scene import Scene, make_scene
from tests.door import DEVICE_TOKEN
from tests.factories import DoorDeviceFactory, OpenSessionFactory

from qixue.core.clock import local_day, now
from qixue.core.sqlite.base import driver
from qixue.participation.models import DoorDevice
from qixue.programme.models import Session

# The shell without windows needs half the processor time for the same pages.
COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next((path for path in map(shutil.which, COMMANDS) if path), None)
NO_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium), so no page is looked at in a browser."
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds: how slow the machine is says nothing about the page
expect.set_options(timeout=PATIENCE)
CLICK_LOCATOR, CLICK_PAGE = Locator.click, Page.click
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is in order need not be written down
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def click_locator_and_wait(locator: Locator, **options: Any) -> None:
    CLICK_LOCATOR(locator, **options)
    locator.page.wait_for_load_state()


def click_page_and_wait(page: Page, selector: str, **options: Any) -> None:
    CLICK_PAGE(page, selector, **options)
    page.wait_for_load_state()


@pytest.fixture(scope="session", autouse=True)
def clicks_wait_for_next_page() -> Iterator[None]:
    """Playwright's click comes back as soon as the next page has begun; `count` and its like would see half of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", click_locator_and_wait)
        patch.setattr(Page, "click", click_page_and_wait)
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Reader:
    """Somebody in front of a screen: its size, the language, and whether the elder mode is on."""

    site: str
    context: BrowserContext
    page: Page
    elsewhere: list[str] = field(default_factory=list)  # requests to other hosts
    console: list[str] = field(default_factory=list)  # errors that the page reported

    def watch(self) -> None:
        host = urlsplit(self.site).netloc

        def note_request(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in {"data", "blob"} and parts.netloc != host:
                self.elsewhere.append(request.url)

        self.context.on("request", note_request)

        def note_message(message: ConsoleMessage) -> None:
            is_about_page_itself = message.location["url"] == self.page.url and "the server responded" in message.text
            is_cut = "ERR_INTERNET_DISCONNECTED" in message.text  # by the test itself, with a request under way
            if message.type == "error" and not is_about_page_itself and not is_cut:  # an error page is a page, too
                self.console.append(message.text)

        self.page.on("console", note_message)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))

    def visit(self, path: str, *, status: int = 200) -> Page:
        response = self.page.goto(f"{self.site}{path}")
        assert response is not None
        assert response.status == status, f"{path} answers {response.status}"
        return self.page

    def overflow(self) -> int:
        """How many pixels the page is wider than the screen: a phone would have to scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def answering() -> Iterator[set[int]]:
    """The threads of the site that are answering a request now."""
    threads: set[int] = set()

    def note_start(**_sent: Any) -> None:
        threads.add(threading.get_ident())

    def note_end(**_sent: Any) -> None:
        threads.discard(threading.get_ident())

    request_started.connect(note_start)
    request_finished.connect(note_end)
    yield threads
    request_started.disconnect(note_start)
    request_finished.disconnect(note_end)


def wait_until_answered(answering: set[int]) -> None:
    """A page asks for more behind its test's back (the copy of a ticket). What is still being answered when the
    settings and the database of the test are gone fails, and takes the next test with it.
    """
    latest = time.monotonic() + PATIENCE / 1000
    while answering and time.monotonic() < latest:
        time.sleep(0.01)


@pytest.fixture
def open_browser(chromium: Browser, live_server: LiveServer, answering: set[int]) -> Iterator[Callable[..., Reader]]:
    """`open_browser(language="en", elder=True, size=PHONE)`; fails the test if any page reached for another host."""
    readers: list[Reader] = []

    def open_one(*, language: str = "zh-hans", elder: bool | str = False, size: dict[str, int] = DESKTOP) -> Reader:
        context = chromium.new_context(viewport=size, locale=LOCALES[language], reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(2 * PATIENCE)  # the first page of a run waits for all to be loaded
        cookies = [{"name": "qixue_language", "value": language, "url": live_server.url}]
        if elder:
            cookies.append({"name": "qixue_elder", "value": "2" if elder == "2" else "1", "url": live_server.url})
        context.add_cookies(cookies)
        reader = Reader(live_server.url, context, context.new_page())
        reader.watch()
        readers.append(reader)
        return reader

    yield open_one
    for reader in readers:
        reader.context.close()
    wait_until_answered(answering)
    assert [url for reader in readers for url in reader.elsewhere] == []
    assert [text for reader in readers for text in reader.console] == []


@pytest.fixture(scope="session")
def copies() -> dict[str, Any]:
    """The scene and its whole database, once somebody has made it, and the day of both."""
    return {}


@pytest.fixture
def scene(transactional_db: None, copies: dict[str, Any]) -> Scene:
    """Made once; on SQLite the tests after the first begin with a copy of its database, which is there at once."""
    if connection.vendor != "sqlite":
        return make_scene()
    if copies.get("day") != local_day(now()):
        copies.update(day=local_day(now()), scene=make_scene(), database=driver.connect(":memory:"))
        connection.connection.backup(copies["database"])
    else:
        connection.ensure_connection()
        copies["database"].backup(connection.connection)
    return copy.deepcopy(copies["scene"])


@pytest.fixture
def door_session() -> Session:
    """It has begun by the clock of the machine, which is the browser's; names and a head count both say who came."""
    return OpenSessionFactory(
        starts_at=now() - HOUR / 2,
        ends_at=now() + HOUR,
        seat_count=40,
        counting_rule=Session.CountingRule.LIST_AND_OTHERS,
    )


@pytest.fixture
def door_device(door_session: Session) -> DoorDevice:
    return DoorDeviceFactory(sessions=[door_session], valid_until=now() + 3 * HOUR)


@pytest.fixture
def open_phone(open_browser: Callable[..., Reader]) -> Callable[..., Reader]:
    """`open_phone(token)`: a phone that has opened the link of a device and can do without the network from now on."""

    def open_one(token: str = DEVICE_TOKEN, *, language: str = "zh-hans") -> Reader:
        phone = open_browser(size=PHONE, language=language)
        phone.visit(f"/door/#{token}").wait_for_selector("[data-way]:visible")
        phone.page.evaluate(TAKEN_OVER)
        return phone

    return open_one


@pytest.fixture(params=[PHONE, DESKTOP], ids=["390px", "1280px"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return request.param


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[False, True], ids=["standard", "elder"])
def elder(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture(params=[("zh-hans", False), ("en", True)], ids=["zh-hans-standard", "en-elder"])
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The narrowest words in the smallest text, and the widest in the largest: other looks lie between the two."""
    language, elder = request.param
    return {"language": language, "elder": elder}


@pytest.fixture(scope="session")
def axe_violations() -> Callable[[Page], list[str]]:
    """The accessibility rules that a page breaks (WCAG 2.2 A and AA), each with the first elements that do."""
    axe = Axe()

    def run(page: Page) -> list[str]:
        # A click may have begun to open the next page, of which nothing is there yet.
        page.wait_for_load_state()
        # The bar at the bottom covers a part of whatever one has not scrolled to; at the end it covers nothing.
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        found = axe.run(page, options=AXE_OPTIONS).response["violations"]
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes'][:3]]}" for rule in found]

    return run
