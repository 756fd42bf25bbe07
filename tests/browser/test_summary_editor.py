"""Two coordinators write one section in real browsers, insert a figure, and issue what they wrote."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect
from tests.browser.conftest import Reader
from tests.browser.test_workspace import sign_in
from tests.report.writing import section_of, week_to_write_about

from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.models import Seal, SectionVersion, SummarySection
from qixue.report.verification import verify_file

Axe = Callable[[Page], list[str]]
SUMMARY = "/workspace/programmes/week/summary/"


@pytest.fixture
def people(transactional_db: None) -> tuple[Programme, User, User]:
    return week_to_write_about()


@pytest.fixture
def section(people: tuple[Programme, User, User]) -> SummarySection:
    return section_of(people[0], people[1], "problems")


def editor(reader: Reader, section: SummarySection) -> Page:
    return reader.visit(f"{SUMMARY}sections/{section.pk}/")


def save(page: Page) -> None:
    page.get_by_role("button", name="保存本部分").click()
    page.wait_for_load_state()


def test_editor_sends_as_typed_only_what_was_typed_on_its_page(
    people: tuple[Programme, User, User], section: SummarySection, open_browser: Callable[..., Reader]
) -> None:
    reader = open_browser(language="zh-hans")
    sign_in(reader, people[1])
    checks: list[bool] = []
    reader.page.on("request", lambda sent: checks.append(is_typed(sent)) if sent.url.endswith("/check/") else None)
    reader.page.clock.install()

    page = editor(reader, section)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('[data-checked] article').id = 'stays'")
    with page.expect_response("**/check/"):
        page.clock.run_for(31_000)
    expect(page.locator("#stays")).to_have_count(1)
    page.fill("textarea", "甲")
    with page.expect_response("**/check/"):
        page.clock.run_for(2_000)
    expect(page.locator("#stays")).to_have_count(0)
    page.fill("textarea", "甲乙")
    page.evaluate("document.querySelector('.editor form').onsubmit = () => false")  # a server that is slow to answer
    page.get_by_role("button", name="保存本部分").click()
    page.clock.run_for(40_000)

    assert checks == [False, False, True]


def is_typed(sent: Request) -> bool:
    return b'name="typed"' in (sent.post_data_buffer or b"")


def test_two_people_write_one_section_and_issue_it(
    people: tuple[Programme, User, User],
    section: SummarySection,
    open_browser: Callable[..., Reader],
    axe_violations: Axe,
) -> None:
    _week, liang, chen = people
    first, second = open_browser(language="zh-hans"), open_browser(language="zh-hans")
    sign_in(first, liang)
    sign_in(second, chen)

    mine = editor(first, section)
    mine.fill("textarea", "本周共举办")
    mine.fill("#find-figure", "场次")
    mine.get_by_role("button", name="插入").first.click()
    expect(mine.locator("[data-checked]")).to_contain_text("本周共举办1场")
    assert (axe_violations(mine), first.overflow(), first.console) == ([], 0, [])
    save(mine)
    theirs = editor(second, section)
    mine = editor(first, section)
    mine.fill("textarea", "本周共举办{{sessions_total}}。")
    save(mine)
    theirs.fill("textarea", "本周已举办{{sessions_total}}\n\n另有一段")
    expect(theirs.locator("[data-checked]")).to_contain_text(f"{liang.display_name}已于")
    save(theirs)
    expect(theirs.locator("h1")).to_have_text("两人修改了同一段")
    assert axe_violations(theirs) == []
    theirs.get_by_label("我的文字").check()
    theirs.get_by_role("button", name="按以上选择保存").click()
    theirs.wait_for_load_state()
    assert SectionVersion.objects.get(number=3).text == "本周已举办{{sessions_total}}\n\n另有一段"

    first.visit(f"{SUMMARY}ask/").get_by_role("button", name="提请签发").click()
    first.page.wait_for_load_state()
    second.visit(f"{SUMMARY}issue/").get_by_role("button", name="签发并签章").click()
    second.page.wait_for_load_state()
    file = Seal.objects.get().files.get(kind="docx")
    assert verify_file(bytes(file.content)).stands
