"""What the norms for older readers ask beyond the general rules: large text, open lines, calm, several ways in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import DESKTOP, PHONE, Reader
from tests.browser.scene import Scene

TYPE = """() => [...document.querySelectorAll("body *")]
    .filter((item) => item.checkVisibility() && !item.closest(".hidden-visually, .skip, svg, [aria-hidden]"))
    .filter((item) => item.value || [...item.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((item) => [item, getComputedStyle(item)])
    .map(([item, style]) => ({
        text: `${item.tagName} ${item.className} ${item.textContent.trim().slice(0, 30)}`,
        size: parseFloat(style.fontSize),
        leading: parseFloat(style.lineHeight) / parseFloat(style.fontSize),
    }))"""


def paths(scene: Scene) -> list[str]:
    """A page of each kind that visitors see."""
    week = f"/programmes/{scene.programme.code}"
    return [
        "/",
        "/programmes/",
        "/programmes/qingyuan-2016/",
        f"{week}/sessions/?day=",
        f"/sessions/{scene.planned.pk}/",
        f"/sessions/{scene.counted.pk}/",
        f"/organisations/{scene.organisation.code}/",
        "/brands/B1/",
        "/brands/B2/",
        f"{week}/figures/",
        "/programmes/qingyuan-2016/figures/F4/",
        "/about/privacy/",
        f"{week}/recognitions/",
        f"{week}/recognitions/{scene.candidate.pk}/",
        f"{week}/recognitions/{scene.candidate.pk}/object/",
    ]


@pytest.mark.parametrize(("elder", "least"), [(False, 14), (True, 18)])
def test_no_text_is_smaller_than_its_mode_promises_or_too_tight(
    scene: Scene, open_browser: Callable[..., Reader], elder: bool, least: int
) -> None:
    """Line spacing of 1.3 at least (GB/T 37668); fields have one line and keep the browser's own."""
    reader = open_browser(elder=elder, size=PHONE)

    pieces = [(path, piece) for path in paths(scene) for piece in reader.visit(path).evaluate(TYPE)]

    small = {(path, piece["text"], piece["size"]) for path, piece in pieces if piece["size"] < least}
    tight = {
        (path, piece["text"], piece["leading"])
        for path, piece in pieces
        if round(piece["leading"], 2) < 1.3 and not piece["text"].startswith(("INPUT", "SELECT"))
    }
    assert (small, tight) == (set(), set())


def test_paragraphs_are_further_apart_than_lines(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    """The distance from a line to the first one of the next paragraph is 1.3 line heights at least."""
    page = open_browser(elder=True, size=DESKTOP).visit("/about/privacy/")

    distances = page.evaluate(
        """() => [...document.querySelectorAll(".prose > p + h2, .prose > h2 + *, .prose > ul + h2")]
            .map((item) => getComputedStyle(item))
            .map((style) => 1 + parseFloat(style.marginTop) / parseFloat(style.lineHeight))"""
    )

    assert len(distances) == 6
    assert [distance for distance in distances if distance < 1.3] == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_largest_text_fits_a_phone(scene: Scene, open_browser: Callable[..., Reader], language: str) -> None:
    reader = open_browser(language=language, size=PHONE)
    reader.context.add_cookies([{"name": "qixue_elder", "value": "2", "url": reader.site}])

    wide = {}
    for path in paths(scene):
        reader.visit(path)
        if reader.overflow() > 0:
            wide[path] = reader.overflow()

    assert wide == {}


def focus(page: Page, selector: str) -> None:
    """Press the tab key until the control has the focus."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the tab key")


def test_visitor_finds_a_session_by_keyboard_alone(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    page = open_browser().visit("/")

    focus(page, ".top nav a[href$='/sessions/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/")
    focus(page, "[name=q]")
    page.keyboard.type("yanglao")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=yanglao**")
    focus(page, f"a[href='/sessions/{scene.planned.pk}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sessions/{scene.planned.pk}/")

    expect(page.locator("h1")).to_have_text("怎样识别养老诈骗")


def test_number_leads_to_its_records_by_keyboard_alone(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    page = open_browser().visit("/")

    focus(page, "a.figure")
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/*/")

    expect(page.locator("h2", has_text="背后的记录")).to_have_count(1)


@pytest.fixture
def plain_page(open_browser: Callable[..., Reader], chromium: Browser) -> Iterator[tuple[Page, str]]:
    """A page in a browser that runs no script, and the address of the site."""
    site = open_browser().site
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    yield context.new_page(), site
    context.close()


def test_list_can_be_narrowed_without_script(scene: Scene, plain_page: tuple[Page, str]) -> None:
    page, site = plain_page

    page.goto(f"{site}/programmes/week/sessions/")
    page.click(".filters summary")
    page.select_option("[name=kind]", "lecture")
    page.click(".filters button")
    expect(page.locator("article.session")).to_have_count(2)
    page.fill("[name=q]", "nothing-of-this-name")
    page.click(".filters button")

    expect(page.locator(".empty h2")).to_have_text("没有符合的结果")


def test_article_without_script_offers_no_reading_that_would_not_work(
    scene: Scene, plain_page: tuple[Page, str]
) -> None:
    page, site = plain_page

    page.goto(f"{site}/sessions/{scene.planned.pk}/")

    assert page.locator("[data-speak]").is_visible() is False


def test_pages_wait_for_their_reader(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    """Nothing reloads, moves or opens by itself: no timer is ever set, no window opened, no dialog shown."""
    reader = open_browser()
    reader.context.add_init_script(
        """window.alarms = []; for (const name of ["setTimeout", "setInterval", "open", "alert", "confirm"])
            window[name] = () => { window.alarms.push(name) }"""
    )

    alarms, refreshing = {}, []
    for path in paths(scene):
        page = reader.visit(path)
        alarms[path] = page.evaluate("window.alarms")
        refreshing += [path] if page.locator("meta[http-equiv=refresh], dialog").count() else []

    assert {path: names for path, names in alarms.items() if names} == {}
    assert refreshing == []


SPEAKER = """Object.defineProperty(window, "speechSynthesis", { value: {
    said: [], speaking: false,
    speak(words) { this.said.push([words.lang, words.text]); this.speaking = true },
    cancel() { this.speaking = false } } });
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };"""


def test_session_is_read_aloud_and_stopped(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    reader = open_browser(size=PHONE)
    reader.context.add_init_script(SPEAKER)
    page = reader.visit(f"/sessions/{scene.planned.pk}/")

    page.get_by_role("button", name="朗读").click()
    ((language, text),) = page.evaluate("speechSynthesis.said")
    page.get_by_role("button", name="停止朗读").click()

    assert language == "zh-hans"
    assert "怎样识别养老诈骗" in text
    assert page.evaluate("speechSynthesis.speaking") is False


def test_phone_number_can_be_called_from_a_session(scene: Scene, open_browser: Callable[..., Reader]) -> None:
    page = open_browser(elder=True, size=PHONE).visit(f"/sessions/{scene.planned.pk}/")

    box = page.locator("main a.phone").bounding_box()

    assert page.get_attribute("main a.phone", "href") == "tel:0763-0000001"
    assert box is not None
    assert box["height"] >= 60
