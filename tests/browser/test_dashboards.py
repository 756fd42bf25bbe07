"""The big screen and the dashboards in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Reader
from tests.browser.scene import Scene
from tests.browser.test_pages import sign_in
from tests.factories import key

from qixue.core.clock import now
from qixue.core.quantity import Qualifier
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.ledger import record_head_count

Axe = Callable[[Page], list[str]]
SCREEN = {"width": 1920, "height": 1080}
LIVE = "/programmes/week/live/"
PAGES = [
    LIVE,
    "/programmes/week/dashboards/",
    "/programmes/week/dashboards/counties/441826/",
    "/programmes/week/dashboards/town-and-country/",
    "/programmes/week/dashboards/regularity/",
    "/programmes/qingyuan-2016/dashboards/",
]


def test_dashboards_are_accessible_and_fit(
    scene: Scene,
    open_browser: Callable[..., Reader],
    axe_violations: Axe,
    look: dict[str, Any],
    size: dict[str, int],
) -> None:
    reader = open_browser(**look, size=size)

    wrong = {}
    for path in [*PAGES, f"/programmes/week/dashboards/brands/{scene.brand.code}/"]:
        page = reader.visit(path)
        wrong[path] = (axe_violations(page), reader.overflow())

    assert {path: found for path, found in wrong.items() if found != ([], 0)} == {}


def test_dashboards_of_the_workspace_are_accessible(
    scene: Scene, open_browser: Callable[..., Reader], axe_violations: Axe, size: dict[str, int]
) -> None:
    reader = open_browser(size=size)
    sign_in(reader, "coordinator")

    wrong = {}
    for path in ("dashboard/", "quality/", "quality/late/"):
        page = reader.visit(f"/workspace/programmes/week/{path}")
        wrong[path] = (axe_violations(page), reader.overflow())

    assert {path: found for path, found in wrong.items() if found != ([], 0)} == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_big_screen_is_read_from_five_metres_without_scrolling(
    scene: Scene, open_browser: Callable[..., Reader], language: str
) -> None:
    page = open_browser(language=language, size=SCREEN).visit(LIVE)

    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("[data-live] *")]
            .filter((item) => [...item.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            .map((item) => parseFloat(getComputedStyle(item).fontSize)))"""
    )

    assert smallest >= 26
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREEN["height"]


def test_big_screen_updates_itself_and_can_be_paused(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    reader = open_browser(size=SCREEN)
    reader.page.clock.install()
    page = reader.visit(LIVE)
    shown = page.locator("[data-live] .figure", has_text="参与人次").first
    before = shown.inner_text()
    record_head_count(
        scene.uncounted,
        count=500,
        qualifier=Qualifier.EXACT,
        evidence=keep_note("签到表2页", at=now()),
        by=scene.organiser,
        at=now(),
        client_uuid=key(),
    )

    page.click("[data-live-pause]")
    page.clock.run_for(60_000)
    assert shown.inner_text() == before
    page.click("[data-live-pause]")
    page.clock.run_for(16_000)

    expect(shown).to_have_text(re.compile("540"))


def test_big_screen_says_when_it_is_cut_off(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    reader = open_browser(size=SCREEN)
    reader.page.clock.install()
    page = reader.visit(LIVE)
    lost = page.locator("[data-live-lost]")
    expect(lost).to_be_hidden()

    page.route("**/live/state/", lambda route: route.fulfill(status=503, body=""))
    page.clock.run_for(16_000)
    expect(lost).to_be_visible()
    page.unroute("**/live/state/")
    page.clock.run_for(16_000)

    expect(lost).to_be_hidden()
    reader.console.clear()  # the browser notes the 503


def test_big_screen_without_script_has_a_link_that_loads_it_anew(
    scene: Scene, open_browser: Callable[..., Reader], chromium: Browser
) -> None:
    site = open_browser().site
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()

    page.goto(f"{site}{LIVE}")

    assert page.locator("[data-live-refresh]").is_visible()
    assert page.locator("[data-live-pause]").is_visible() is False
    context.close()
