"""The outline becomes the programme's own and is changed; comments and photos belong to it."""

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from tests.factories import NOON
from tests.report.writing import photo_bytes, refused, section_of

from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.commenting import answer_comment, comment_on
from qixue.report.editing import keep_unsaved, save_section
from qixue.report.files import FILES
from qixue.report.hindrances import hindrances, waived_words
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import CommentAnswer, SectionComment, SummarySection
from qixue.report.official_document import Heading, Picture
from qixue.report.outlining import (
    MOST_SECTIONS,
    NewSection,
    add_section,
    begin_outline,
    move_section,
    remove_section,
    rename_section,
    restore_section,
)
from qixue.report.photographs import add_photo, remove_photo
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db


def headings(week: Programme) -> list[str]:
    return list(week.summary_sections.filter(removed_at=None).order_by("position").values_list("heading", flat=True))


def test_outline_of_its_own_prints_what_the_standard_one_did(week: Programme, liang: User) -> None:
    before = draft_summary(week, at=NOON).manuscript

    sections = begin_outline(week, by=liang, at=NOON)

    assert [each.pk for each in begin_outline(week, by=liang, at=NOON)] == [each.pk for each in sections]
    assert draft_summary(week, at=NOON).manuscript == before


def test_sections_are_added_moved_renamed_taken_out_and_put_back(week: Programme, liang: User) -> None:
    begin_outline(week, by=liang, at=NOON)
    section = add_section(week, NewSection("典型经验", 1, after=2), by=liang, at=NOON)
    assert headings(week)[2] == "典型经验"

    move_section(section, to=1, by=liang, at=NOON)
    rename_section(section, "经验做法", by=liang, at=NOON)
    assert headings(week)[:2] == ["经验做法", ""]

    save_section(section, "甲", based_on=0, by=liang, at=NOON)
    remove_section(section, by=liang, at=NOON)
    assert "经验做法" not in headings(week)
    restore_section(section, by=liang, at=NOON)
    assert headings(week)[-1] == "经验做法"
    assert section.versions.get().text == "甲"


def test_heading_without_a_word_is_left_out_and_named_until_one_below_it_says_something(
    week: Programme, liang: User
) -> None:
    begin_outline(week, by=liang, at=NOON)
    above = add_section(week, NewSection("典型经验", 1, after=99), by=liang, at=NOON)
    below = add_section(week, NewSection("进社区", 2, after=99), by=liang, at=NOON)
    assert printed_and_named(week) == ([], ["典型经验", "进社区"])

    save_section(below, "课程进社区。", based_on=0, by=liang, at=NOON)

    assert printed_and_named(week) == (["典型经验", "进社区"], [])
    save_section(below, "", based_on=1, by=liang, at=NOON)
    move_section(below, to=1, by=liang, at=NOON)
    save_section(above, "每月一课。", based_on=0, by=liang, at=NOON)
    assert printed_and_named(week) == (["典型经验"], ["进社区"])


def printed_and_named(week: Programme) -> tuple[list[str], list[str]]:
    """Of two headings those that the document prints, and those that the proof-reader names as empty."""
    draft = draft_summary(week, at=NOON)
    printed = [block.text for block in draft.manuscript.blocks if isinstance(block, Heading)]
    named = [remark.quote for remark in draft.remarks if remark.code == "empty_section"]
    return [text for text in printed if text in {"典型经验", "进社区"}], named


def test_last_section_is_not_taken_out(week: Programme, liang: User) -> None:
    *others, last = begin_outline(week, by=liang, at=NOON)
    for section in others:
        remove_section(section, by=liang, at=NOON)

    with refused("last_section"):
        remove_section(last, by=liang, at=NOON)
    assert headings(week) == [last.heading]


def test_section_is_not_put_back_where_there_are_too_many(week: Programme, liang: User) -> None:
    section = section_of(week, liang, "problems")
    remove_section(section, by=liang, at=NOON)
    for number in range(MOST_SECTIONS - len(headings(week))):
        add_section(week, NewSection(f"第{number}部分", 1, after=0), by=liang, at=NOON)

    with refused("too_many_sections"):
        restore_section(section, by=liang, at=NOON)


def test_headings_are_written_once_and_not_left_empty(week: Programme, liang: User) -> None:
    section = section_of(week, liang, "problems")

    for heading, code in (("下一步打算", "heading_taken"), ("", "heading_missing")):
        with refused(code):
            rename_section(section, heading, by=liang, at=NOON)


def test_section_that_was_taken_out_takes_no_text(week: Programme, liang: User) -> None:
    section = section_of(week, liang, "problems")
    remove_section(section, by=liang, at=NOON)

    with refused("section_removed"):
        save_section(section, "甲", based_on=0, by=liang, at=NOON)
    with refused("section_removed"):
        move_section(section, to=1, by=liang, at=NOON)


def test_comments_are_answered_and_closed_once(week: Programme, people: tuple[Programme, User, User]) -> None:
    _week, liang, chen = people
    section = section_of(week, liang, "problems")
    comment = comment_on(section, "请补充原因", quote="经费不足", by=chen, at=NOON)

    assert comment_on(section, "请补充原因", quote="经费不足", by=chen, at=NOON) == comment
    with refused("answer_empty"):
        answer_comment(comment, "", is_closing=False, by=liang, at=NOON)
    answer_comment(comment, "已补充", is_closing=False, by=liang, at=NOON)
    assert SectionComment.objects.open().count() == 1
    answer_comment(comment, "", is_closing=True, by=chen, at=NOON)
    assert SectionComment.objects.open().count() == 0
    with refused("comment_closed"):
        answer_comment(comment, "再看", is_closing=False, by=liang, at=NOON)


def test_comments_and_answers_stay_as_they_were_written(week: Programme, liang: User) -> None:
    comment = comment_on(section_of(week, liang, "problems"), "请补充原因", by=liang, at=NOON)
    answer_comment(comment, "", is_closing=True, by=liang, at=NOON)

    for model in (SectionComment, CommentAnswer):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(text="别的")


def test_issue_waits_for_open_comments_and_unsaved_texts(week: Programme, people: tuple[Programme, User, User]) -> None:
    _week, liang, chen = people
    section = section_of(week, liang, "problems")
    comment_on(section, "请补充原因", by=chen, at=NOON)
    keep_unsaved(section, "甲", draft="", based_on=0, by=chen, at=NOON)

    found = hindrances(week, [], at=NOON)
    assert [(each.kind, each.count) for each in found] == [("comments_open", 1), ("texts_unsaved", 1)]
    request = ask_for_issue(week, by=liang, at=NOON)
    with refused("issue_hindered") as refusal:
        issue_summary(request, by=chen, at=NOON)
    assert len(refusal.value.lines) == 2
    seal = issue_summary(request, waiver_reason="先行报送", by=chen, at=NOON)
    assert [(each["kind"], each["section"]) for each in seal.content["waivers"]] == [
        ("comments_open", section.heading),
        ("texts_unsaved", section.heading),
    ]
    with override("zh-hans"):
        assert waived_words(seal)[0] == f"“{section.heading}”部分：有1条批注未办结。"


def test_photo_is_drawn_anew_kept_once_and_placed_with_its_words(
    week: Programme, liang: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    section = section_of(week, liang, "problems")
    photo = add_photo(week, photo_bytes(), caption="启动仪式", alt="台上有三人", by=liang, at=NOON)

    assert add_photo(week, photo_bytes(), caption="别的", alt="别的", by=liang, at=NOON) == photo
    save_section(section, "{{photo: 1}}\n\n{{photo: 1 | 现场}}", based_on=0, by=liang, at=NOON)
    draft = draft_summary(week, at=NOON)
    pictures = [block for block in draft.manuscript.blocks if isinstance(block, Picture)]
    assert [(each.caption, each.alt) for each in pictures] == [("启动仪式", "台上有三人"), ("现场", "台上有三人")]
    assert pictures[0].content.startswith(b"\xff\xd8")
    assert FILES["pdf"](draft).startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(FILES["docx"](draft))) as docx:
        assert [name for name in docx.namelist() if name.endswith(".jpg")] == ["word/media/image1.jpg"]


def test_photo_or_its_words_that_changed_since_it_was_asked_for_is_not_issued(
    week: Programme, people: tuple[Programme, User, User], settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    _week, liang, chen = people
    section = section_of(week, liang, "problems")
    for colour, alt in (("red", "台上有三人"), ("blue", "台上有三人"), ("green", "台上有五人")):
        add_photo(week, photo_bytes(colour), caption="启动仪式", alt=alt, by=liang, at=NOON)
    save_section(section, "{{photo: 1}}", based_on=0, by=liang, at=NOON)
    request = ask_for_issue(week, by=liang, at=NOON)

    for number, words in ((2, "台上有三人"), (3, "台上有五人")):
        save_section(section, f"{{{{photo: {number}}}}}", based_on=number - 1, by=liang, at=NOON)
        with refused("changed_since_asked") as refusal:
            issue_summary(request, by=chen, at=NOON)
        then, now = refusal.value.lines
        assert ("台上有三人" in then, words in now, then != now) == (True, True, True)


def test_photo_whose_file_is_gone_is_named_and_left_out(
    week: Programme, liang: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    section = section_of(week, liang, "problems")
    photo = add_photo(week, photo_bytes(), caption="启动仪式", alt="台上有三人", by=liang, at=NOON)
    save_section(section, "甲\n\n{{photo: 1}}", based_on=0, by=liang, at=NOON)
    Path(photo.file.path).unlink()

    draft = draft_summary(week, at=NOON)

    assert [each for each in draft.manuscript.blocks if isinstance(each, Picture)] == []
    assert [each.quote for each in draft.remarks if each.code == "mark_without_record"] == ["{{photo: 1}}"]


def test_photo_is_deleted_with_its_file_unless_it_is_placed_or_issued(
    week: Programme,
    people: tuple[Programme, User, User],
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    _week, liang, chen = people
    section = section_of(week, liang, "problems")
    placed, unused = (
        add_photo(week, photo_bytes(colour), caption="启动仪式", alt="台上有三人", by=liang, at=NOON)
        for colour in ("red", "blue")
    )
    save_section(section, "{{photo: 1}}", based_on=0, by=liang, at=NOON)

    with refused("photo_placed"):
        remove_photo(placed, by=liang, at=NOON)
    issue_summary(ask_for_issue(week, by=liang, at=NOON), by=chen, at=NOON)
    save_section(section, "甲", based_on=1, by=liang, at=NOON + datetime.timedelta(minutes=1))
    with refused("photo_issued"):
        remove_photo(placed, by=liang, at=NOON)
    path = Path(unused.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(unused, by=liang, at=NOON)
    assert (path.exists(), list(week.summary_photos.all())) == (False, [placed])


def test_number_that_a_text_names_is_given_to_no_other_photo(
    week: Programme, liang: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    section = section_of(week, liang, "problems")
    first = add_photo(week, photo_bytes(), caption="启动仪式", alt="台上有三人", by=liang, at=NOON)
    save_section(section, "{{photo: 1}}", based_on=0, by=liang, at=NOON)
    save_section(section, "甲", based_on=1, by=liang, at=NOON)
    remove_photo(first, by=liang, at=NOON)

    assert add_photo(week, photo_bytes(), caption="启动仪式", alt="台上有三人", by=liang, at=NOON).number == 2


def test_what_is_no_picture_is_refused(week: Programme, liang: User) -> None:
    with refused("photo_unreadable"):
        add_photo(week, b"<svg/>", caption="启动仪式", alt="台上", by=liang, at=NOON)


def test_written_summary_is_sealed_with_the_figures_that_people_inserted(
    week: Programme, people: tuple[Programme, User, User]
) -> None:
    _week, liang, chen = people
    section: SummarySection = section_of(week, liang, "problems")
    save_section(section, "共举办{{sessions_total}}，即{{sessions_total|number}}次。", based_on=0, by=liang, at=NOON)

    seal = issue_summary(ask_for_issue(week, by=liang, at=NOON), by=chen, at=NOON)

    assert seal.content["printed"].count("sessions_total") == 3  # once in the opening
