"""Two coordinators write the summary in the browser, without script: nothing that anybody typed is lost."""

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.report.writing import photo_bytes, section_of, week_to_write_about

from qixue.core.clock_words import clock
from qixue.people.models import User
from qixue.programme.models import Passage, Programme, SourceDocument
from qixue.report.models import SectionComment, SectionVersion, SummaryPhoto, SummarySection, UnsavedText
from qixue.report.models.sections import LONGEST_TEXT

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[Programme, User, User]:
    return week_to_write_about()


@pytest.fixture
def week(people: tuple[Programme, User, User]) -> Programme:
    return people[0]


@pytest.fixture
def liang(people: tuple[Programme, User, User]) -> Client:
    return browser(people[1])


@pytest.fixture
def chen(people: tuple[Programme, User, User]) -> Client:
    return browser(people[2])


@pytest.fixture
def section(people: tuple[Programme, User, User]) -> SummarySection:
    return section_of(people[0], people[1], "problems")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *arguments: object) -> str:
    return reverse(f"workspace:{name}", args=["week", *arguments])


def page(client: Client, name: str, *arguments: object, query: str = "") -> str:
    return client.get(address(name, *arguments) + query).content.decode()


def save(client: Client, section: SummarySection, text: str, based_on: int, **more: str) -> str:
    answer = client.post(
        address("summary_section", section.pk), {"text": text, "based_on": based_on, **more}, follow=True
    )
    return answer.content.decode()


def reading(editor: str) -> str:
    """How the text reads: the part of the editor beside which the remarks stand."""
    return editor.partition("data-checked")[2].partition("data-unchecked")[0]


def typed_in(editor: str) -> str:
    [text] = re.findall(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', editor, re.DOTALL)
    return html.unescape(text).replace("\r\n", "\n")


def draft_seen(editor: str) -> str:
    [seen] = re.findall(r'name="draft_seen" value="([^"]+)"', editor)
    return seen


def check(client: Client, section: SummarySection, text: str, **more: str) -> HttpResponse:
    return client.post(address("check_section", section.pk), {"text": text, "based_on": 0, **more})


def test_coordinator_begins_and_writes_with_a_live_figure(week: Programme, liang: Client) -> None:
    assert liang.get(address("summary_outline")).headers["Location"] == address("begin_summary")
    liang.post(address("begin_summary"))
    section = SummarySection.objects.get(draft="problems")

    editor = page(liang, "summary_section", section.pk)
    save(liang, section, "共举办{{sessions_total}}。", 0)

    assert "{{sessions_total}}" in editor
    assert "共举办" in page(liang, "summary")
    assert re.search(r"梁静宜 · ", page(liang, "summary"))
    assert "1场" in reading(page(liang, "summary_section", section.pk))


def test_check_shows_how_the_text_reads_and_saves_nothing(section: SummarySection, liang: Client) -> None:
    found = save(liang, section, "截止目前举办{{sessions_total}}\n{{nothing}}", 0, check="1")

    read = reading(found)
    assert ("截止目前举办" in read, "1场" in read, "“截至”" in read, "{{nothing}}" in read) == (True,) * 4
    assert SectionVersion.objects.count() == 0
    assert UnsavedText.objects.get().text == "截止目前举办{{sessions_total}}\n{{nothing}}"


def test_mistakes_are_told_beside_the_text_that_stays(section: SummarySection, liang: Client) -> None:
    found = save(liang, section, "我写的\n\n{{nothing}}", 0)

    assert typed_in(found) == "我写的\n\n{{nothing}}"
    assert "{{nothing}}" in found.partition("error-summary")[2].partition("</div>")[0]
    assert SectionVersion.objects.count() == 0


def test_two_people_are_put_together_or_asked(section: SummarySection, liang: Client, chen: Client) -> None:
    save(liang, section, "甲\n\n乙", 0)
    save(liang, section, "甲一\n\n乙", 1)

    clash = save(chen, section, "甲二\n\n乙二", 1)
    assert SectionVersion.objects.count() == 2
    assert ("甲一" in re.sub(r"<[^>]+>", "", clash), "甲二" in re.sub(r"<[^>]+>", "", clash)) == (True, True)

    sent = {"text": "甲二\n\n乙二", "based_on": 1, "theirs": 2}
    again = chen.post(address("decide_section", section.pk), sent)
    assert again.status_code == 422
    chen.post(address("decide_section", section.pk), {**sent, "choice_1": "both"})
    assert SectionVersion.objects.get(number=3).text == "甲一\n\n甲二\n\n乙二"


@pytest.mark.parametrize("name", ["summary_section", "decide_section"])
def test_text_typed_by_somebody_signed_out_waits_behind_the_sign_in(
    people: tuple[Programme, User, User], section: SummarySection, name: str
) -> None:
    visitor, text = Client(), "长" * LONGEST_TEXT

    answer = visitor.post(address(name, section.pk), {"text": text, "based_on": 0, "theirs": 1})
    _path, _mark, target = answer.headers["Location"].partition("next=")
    visitor.force_login(people[1])
    assert typed_in(visitor.get(unquote(target)).content.decode()) == text


def test_what_is_typed_is_kept_by_the_check_and_stands_in_the_editor_again(
    section: SummarySection, liang: Client, chen: Client
) -> None:
    answer = check(liang, section, "没有保存的话", typed="1")
    kept = UnsavedText.objects.get().seen_at
    assert (answer.status_code, f"已自动保存于{clock(kept)}" in answer.content.decode()) == (200, True)

    untouched = check(liang, section, "另一页上没有动过的话")
    assert "已自动保存于" not in untouched.content.decode()

    assert typed_in(page(liang, "summary_section", section.pk)) == "没有保存的话"
    found = page(chen, "summary_section", section.pk)
    assert ("没有保存的话" in found, "梁静宜" in found) == (False, True)
    liang.post(address("discard_unsaved", section.pk))
    assert UnsavedText.objects.count() == 0


def test_save_goes_by_the_draft_that_the_page_showed(section: SummarySection, week: Programme, liang: Client) -> None:
    editor = page(liang, "summary_section", section.pk)
    document = SourceDocument.objects.create(programme=week, code="records")
    Passage.objects.create(document=document, topic=Passage.Topic.PROBLEM, quote="经费不足", position=1, code="P1")

    found = save(liang, section, "甲", 0, draft_seen=draft_seen(editor))

    assert SectionVersion.objects.get().draft == typed_in(editor)
    assert address("section_draft", section.pk) in found.partition("data-check=")[0]


def test_draft_that_the_site_has_not_signed_counts_for_nothing(section: SummarySection, liang: Client) -> None:
    editor = page(liang, "summary_section", section.pk)

    save(liang, section, "甲", 0, draft_seen="假的:" + draft_seen(editor))

    assert SectionVersion.objects.get().draft == typed_in(editor)


def test_text_too_long_to_be_saved_is_kept_and_told(section: SummarySection, liang: Client) -> None:
    text = "长" * (LONGEST_TEXT + 1)

    answer = check(liang, section, text, typed="1")

    assert re.search(r'class="notice seal" role="status">[^<]*20001', answer.content.decode())
    assert typed_in(page(liang, "summary_section", section.pk)) == text


def test_marks_of_no_width_are_taken_out(section: SummarySection, liang: Client) -> None:
    save(liang, section, "\ufeff甲\u200b乙", 0)

    assert SectionVersion.objects.get().text == "甲乙"


def test_saved_text_waits_no_longer_and_another_one_does(section: SummarySection, liang: Client) -> None:
    save(liang, section, "甲", 0)
    assert UnsavedText.objects.count() == 0
    check(liang, section, "乙", typed="1")

    liang.post(address("take_up_version", section.pk, 1), {"version": 1})

    assert UnsavedText.objects.get().text == "乙"


def test_choices_that_cannot_be_saved_are_shown_again(section: SummarySection, liang: Client, chen: Client) -> None:
    save(liang, section, "甲", 0)
    save(liang, section, "甲一", 1)
    sent = {"text": "甲二{{nothing}}", "based_on": 1, "theirs": 2, "choice_1": "mine"}

    found = chen.post(address("decide_section", section.pk), sent).content.decode()
    lost = chen.post(address("decide_section", section.pk), {**sent, "theirs": ""}).content.decode()

    assert "{{nothing}}" in found.partition("error-summary")[2].partition("</div>")[0]
    assert re.search(r'value="mine"[^>]* checked', found)
    assert typed_in(lost) == "甲二{{nothing}}"


def test_older_version_that_clashes_is_decided_about(section: SummarySection, liang: Client, chen: Client) -> None:
    for number, text in enumerate(("甲一", "甲二")):
        save(liang, section, text, number)
    save(chen, section, "甲三", 2)

    found = liang.post(address("take_up_version", section.pk, 1), {"version": 2}).content.decode()

    assert address("decide_section", section.pk) in found
    assert 'name="choice_1"' in found


def test_unknown_version_is_refused_where_nobody_has_written(section: SummarySection, liang: Client) -> None:
    found = save(liang, section, "甲", 3)

    assert (typed_in(found), SectionVersion.objects.count()) == ("甲", 0)


def test_check_says_that_somebody_else_has_saved(section: SummarySection, liang: Client, chen: Client) -> None:
    save(liang, section, "甲", 0)

    found = chen.post(address("check_section", section.pk), {"text": "乙", "based_on": 0}).content.decode()

    assert "梁静宜" in found


def test_older_version_is_read_with_its_differences_and_taken_up_again(section: SummarySection, liang: Client) -> None:
    save(liang, section, "共有甲", 0)
    save(liang, section, "共有乙", 1)

    found = page(liang, "section_versions", section.pk)
    liang.post(address("take_up_version", section.pk, 1), {"version": 2})

    assert ("<del>甲</del>" in found, "<ins>乙</ins>" in found) == (True, True)
    assert SectionVersion.objects.get(number=3).text == "共有甲"


def test_section_follows_the_records_again(section: SummarySection, liang: Client) -> None:
    save(liang, section, "甲", 0)

    liang.post(address("section_draft", section.pk), {"act": "return", "version": 1})

    assert SectionVersion.objects.get(number=2).is_written is False
    assert liang.get(address("section_draft", section.pk)).status_code == 302


def test_stale_page_of_the_draft_is_refused(section: SummarySection, liang: Client) -> None:
    save(liang, section, "甲", 0)

    assert liang.post(address("section_draft", section.pk), {"act": "keep", "version": 7}).status_code == 409


def test_comment_is_seen_before_issue_and_closed(section: SummarySection, liang: Client, chen: Client) -> None:
    chen.post(address("comment_on_section", section.pk), {"quote": "甲", "text": "请补充原因"})
    comment = SectionComment.objects.get()

    assert "请补充原因" in page(liang, "summary")
    liang.post(address("answer_comment", comment.pk), {"text": "已补充", "is_closing": "on"})
    assert "请补充原因" not in page(liang, "summary")
    assert "已补充" in page(liang, "summary_section", section.pk)


def test_outline_is_changed_page_by_page(week: Programme, section: SummarySection, liang: Client) -> None:
    liang.post(address("summary_outline"), {"heading": "典型经验", "level": "1", "after": "1"})
    added = SummarySection.objects.get(heading="典型经验")
    assert added.position == 2
    for _press in range(2):
        liang.post(address("move_section", added.pk), {"to": "1"})
    liang.post(address("rename_section", added.pk), {"heading": "经验"})
    added.refresh_from_db()
    assert (added.position, added.heading) == (1, "经验")

    liang.post(address("remove_section", added.pk))
    assert "经验" not in page(liang, "summary")
    liang.post(address("restore_section", added.pk))
    assert "经验" in page(liang, "summary")


def test_photo_is_sent_shown_and_offered(
    section: SummarySection, liang: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    photo = SimpleUploadedFile("a.jpg", photo_bytes(), "image/jpeg")

    liang.post(address("summary_photos"), {"photo": photo, "caption": "启动仪式", "alt": "台上有三人"})

    assert "{{photo: 1}}" in page(liang, "summary_section", section.pk)
    assert liang.get(address("summary_photo", 1)).headers["Content-Type"] == "image/jpeg"
    assert address("summary_photo", 1) in page(liang, "summary_photos")
    checked = liang.post(address("check_section", section.pk), {"text": "{{photo: 1}}", "based_on": "0"})
    assert f'src="{address("summary_photo", 1)}"' in checked.content.decode()
    liang.post(address("describe_photo", 1), {"caption": "开幕式", "alt": "台上有五人"})
    assert "开幕式" in page(liang, "summary_photos")
    Path(SummaryPhoto.objects.get().file.path).unlink()
    assert liang.get(address("summary_photo", 1)).status_code == 404
    liang.post(address("remove_photo", 1))
    assert SummaryPhoto.objects.count() == 0
