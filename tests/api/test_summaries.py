"""Writing the work summary by program, as two coordinators of the organisation that keeps the programme."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.api.conftest import Ask, give_token
from tests.factories import NOON, key
from tests.report.writing import section_of, week_to_write_about

from qixue.core.models import AuditEntry
from qixue.people.models import User
from qixue.programme.models import Passage, Programme, SourceDocument
from qixue.report.issuing import ask_for_issue
from qixue.report.models import SummarySection

pytestmark = pytest.mark.django_db

ROOT = "/programmes/week/summary"


@dataclass
class Writing:
    week: Programme
    section: SummarySection
    one: str  # token of 梁静宜
    other: str  # token of 陈志远

    @property
    def address(self) -> str:
        return f"{ROOT}/sections/{self.section.pk}"


@pytest.fixture
def writing() -> Writing:
    week, one, other = week_to_write_about()
    tokens = [give_token(user, name=f"writer-{user.pk}") for user in (one, other)]
    return Writing(week, section_of(week, one, "problems"), *tokens)


def written(ask: Ask, writing: Writing, text: str, based_on: int, token: str = "") -> Any:
    return ask("PUT", writing.address, {"text": text, "based_on": based_on}, token=token or writing.one)


def test_summary_without_own_outline_has_sections_that_nobody_can_write(ask: Ask) -> None:
    _week, one, _other = week_to_write_about()

    answer = ask("GET", ROOT, token=give_token(one, name="writer")).json()

    assert (answer["has_own_outline"], {section["id"] for section in answer["sections"]}) == (False, {None})


def test_outline_begun_twice_is_the_same(ask: Ask) -> None:
    _week, one, _other = week_to_write_about()
    token = give_token(one, name="writer")

    answers = [ask("POST", f"{ROOT}/outline", token=token) for _n in range(2)]

    first, second = ([section["id"] for section in answer.json()["sections"]] for answer in answers)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert first == second == [section.pk for section in SummarySection.objects.order_by("position")]


def test_written_section_prints_its_figures_in_the_summary(ask: Ask, writing: Writing) -> None:
    section = written(ask, writing, "共举办{{sessions_total}}。", 0).json()

    summary = ask("GET", ROOT, token=writing.other).json()
    [found] = [each for each in summary["sections"] if each["id"] == writing.section.pk]
    assert (section["version"], section["is_written"], section["text"]) == (1, True, "共举办{{sessions_total}}。")
    assert found == section
    assert "共举办1场。" in summary["lines"]


def test_same_text_again_makes_no_second_version(ask: Ask, writing: Writing) -> None:
    answers = [written(ask, writing, "甲", 0) for _n in range(2)]

    assert [answer.json()["version"] for answer in answers] == [1, 1]


def test_mark_that_names_nothing_is_refused_with_its_line(ask: Ask, writing: Writing) -> None:
    answer = written(ask, writing, "甲\n{{no_such}}", 0)

    assert (answer.status_code, answer.json()["code"]) == (422, "text_mistaken")
    assert "{{no_such}}" in answer.json()["details"][0]["message"]
    assert writing.section.versions.count() == 0


def test_two_people_in_different_paragraphs_are_put_together(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲\n乙", 0)
    written(ask, writing, "甲一\n乙", 1, writing.other)

    answer = written(ask, writing, "甲\n乙一", 1).json()

    assert (answer["text"], answer["version"], answer["merged_with"]) == ("甲一\n\n乙一", 3, 2)


def test_two_people_in_one_paragraph_are_both_answered_and_nothing_is_saved(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲\n乙", 0)
    written(ask, writing, "甲一\n乙", 1, writing.other)

    answer = written(ask, writing, "甲二\n乙", 1)

    clash = answer.json()
    assert (answer.status_code, clash["code"]) == (409, "texts_clash")
    assert (clash["theirs"]["number"], clash["theirs"]["author"]) == (2, "陈志远")
    assert clash["clashes"] == [{"before": "甲", "mine": "甲二", "theirs": "甲一"}]
    assert writing.section.versions.count() == 2


def test_clash_is_settled_by_sending_the_text_upon_the_version_of_the_other(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲\n乙", 0)
    written(ask, writing, "甲一\n乙", 1, writing.other)
    theirs = written(ask, writing, "甲二\n乙", 1).json()["theirs"]["number"]

    answer = written(ask, writing, "甲一二\n乙", theirs)

    assert (answer.status_code, answer.json()["text"]) == (200, "甲一二\n乙")


def test_version_that_never_was_is_refused(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲", 0)

    answer = written(ask, writing, "乙", 9)

    assert (answer.status_code, answer.json()["code"]) == (422, "version_unknown")


def test_section_that_was_taken_out_is_missing(ask: Ask, writing: Writing) -> None:
    SummarySection.objects.filter(pk=writing.section.pk).update(removed_at="2026-11-05T00:00Z")

    assert written(ask, writing, "甲", 0).status_code == 404


def test_section_of_another_programme_is_missing(ask: Ask, writing: Writing) -> None:
    other = SummarySection.objects.exclude(pk=writing.section.pk)[0]
    other_week = Programme.objects.get(pk=writing.week.pk)
    other_week.pk, other_week.code = None, "other"
    other_week.save()
    SummarySection.objects.filter(pk=other.pk).update(programme=other_week)

    assert ask("GET", f"{ROOT}/sections/{other.pk}", token=writing.one).status_code == 404


def test_save_goes_by_the_draft_that_was_read(ask: Ask, writing: Writing) -> None:
    seen = ask("GET", writing.address, token=writing.one).json()
    document = SourceDocument.objects.create(programme=writing.week, code="records")
    Passage.objects.create(document=document, topic=Passage.Topic.PROBLEM, quote="经费不足", position=1, code="P1")
    body = {"text": "甲", "based_on": 0, "draft_seen": seen["draft_seen"]}

    answer = ask("PUT", writing.address, body, token=writing.one).json()

    assert (answer["version"], answer["has_new_draft"]) == (1, True)
    assert writing.section.versions.get().draft == seen["draft"]


def test_draft_that_the_site_has_not_signed_is_refused(ask: Ask, writing: Writing) -> None:
    seen = ask("GET", writing.address, token=writing.one).json()["draft_seen"]
    body = {"text": "甲", "based_on": 0, "draft_seen": f"假的:{seen}"}

    answer = ask("PUT", writing.address, body, token=writing.one)

    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, "body.draft_seen")
    assert writing.section.versions.count() == 0


def test_versions_are_listed_with_who_wrote_them(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲", 0)
    written(ask, writing, "乙", 1, writing.other)

    page = ask("GET", f"{writing.address}/versions", token=writing.one).json()

    told = [(each["number"], each["text"], each["based_on"], each["author"]) for each in page["items"]]
    assert told == [(2, "乙", 1, "陈志远"), (1, "甲", 0, "梁静宜")]


def test_writing_is_audited_as_on_the_pages(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲", 0)

    entry = AuditEntry.objects.filter(action="summary.section_written").get()
    assert (entry.actor_name, entry.details) == ("梁静宜", {"section": writing.section.pk, "number": 1})


def test_section_follows_the_records_again(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲", 0)
    decided = {"version": 1, "decision": "return"}

    answer = ask("POST", f"{writing.address}/draft-decisions", decided, token=writing.one).json()

    assert (answer["version"], answer["is_written"], answer["text"]) == (2, False, answer["draft"])


@pytest.mark.parametrize("decision", ["take_over", "keep", "return"])
def test_section_that_follows_the_records_goes_on_following_them(ask: Ask, writing: Writing, decision: str) -> None:
    written(ask, writing, "甲", 0)
    decisions = f"{writing.address}/draft-decisions"
    ask("POST", decisions, {"version": 1, "decision": "return"}, token=writing.one)

    answer = ask("POST", decisions, {"version": 2, "decision": decision}, token=writing.one).json()

    assert (answer["version"], answer["is_written"], answer["text"]) == (2, False, answer["draft"])


def test_decision_about_a_section_that_was_saved_since_is_a_conflict(ask: Ask, writing: Writing) -> None:
    written(ask, writing, "甲", 0)
    written(ask, writing, "乙", 1, writing.other)
    decided = {"version": 1, "decision": "return"}

    answer = ask("POST", f"{writing.address}/draft-decisions", decided, token=writing.one)

    assert (answer.status_code, answer.json()["code"]) == (409, "section_changed")


def test_marks_name_what_a_text_can_print(ask: Ask, writing: Writing) -> None:
    items = ask("GET", f"{ROOT}/marks", token=writing.one).json()["items"]

    marks = {item["mark"]: (item["kind"], item["value"]) for item in items}
    assert marks["{{sessions_total}}"] == ("figure", "1场")
    assert {kind for kind, _value in marks.values()} == {"fact", "figure", "placed"}


def test_check_says_what_a_proof_reader_would_mark_and_saves_nothing(ask: Ask, writing: Writing) -> None:
    text = {"text": "参与者近4000多人次。\n共举办{{sessions_total}}。\n{{no_such}}"}

    check = ask("POST", f"{writing.address}/check", text, token=writing.one).json()

    told = [(each["text"], [remark["code"] for remark in each["remarks"]]) for each in check["paragraphs"]]
    assert ("共举办1场。", []) in told
    assert "contradictory_hedge" in dict(told)["参与者近4000多人次。"]
    assert [(each["code"], each["line"]) for each in check["mistakes"]] == [("unknown_figure", 3)]
    assert writing.section.versions.count() == 0


def test_comment_is_answered_and_closed(ask: Ask, writing: Writing) -> None:
    comments = f"{writing.address}/comments"
    said = {"text": "请补充原因", "quote": "原因", "client_uuid": str(key())}
    [comment, again] = [ask("POST", comments, said, token=writing.one).json() for _n in range(2)]
    closing = {"text": "已补充", "is_closing": True, "client_uuid": str(key())}
    answers = f"{ROOT}/comments/{comment['id']}/answers"

    answer = ask("POST", answers, closing, token=writing.other)

    [listed] = ask("GET", comments, token=writing.one).json()["items"]
    assert again == comment
    assert (answer.status_code, answer.json()) == (201, listed)
    assert (listed["is_closed"], listed["answers"][0]["text"], listed["answers"][0]["author"]) == (
        True,
        "已补充",
        "陈志远",
    )


def test_closed_comment_takes_no_answer(ask: Ask, writing: Writing) -> None:
    said = {"text": "请补充原因", "client_uuid": str(key())}
    comment = ask("POST", f"{writing.address}/comments", said, token=writing.one).json()
    answers = f"{ROOT}/comments/{comment['id']}/answers"
    ask("POST", answers, {"is_closing": True, "client_uuid": str(key())}, token=writing.one)

    answer = ask("POST", answers, {"text": "再问", "client_uuid": str(key())}, token=writing.one)

    assert (answer.status_code, answer.json()["code"]) == (409, "comment_closed")


def test_issue_waits_for_open_comments_and_knows_what_was_edited_since(ask: Ask, writing: Writing) -> None:
    ask_for_issue(writing.week, by=User.objects.get(display_name="梁静宜"), at=NOON)
    said = {"text": "请补充原因", "client_uuid": str(key())}
    ask("POST", f"{writing.address}/comments", said, token=writing.one)
    written(ask, writing, "甲", 0)

    waiting = ask("GET", f"{ROOT}/hindrances", token=writing.other, **{"Accept-Language": "en"}).json()

    [hindrance] = waiting["hindrances"]
    assert (hindrance["kind"], hindrance["count"], hindrance["section"]) == ("comments_open", 1, writing.section.pk)
    assert hindrance["message"] == "Section “存在的问题”: 1 comment is open."
    assert waiting["asked"]["edited_since"] == ["存在的问题"]


def test_nothing_asked_is_null(ask: Ask, writing: Writing) -> None:
    assert ask("GET", f"{ROOT}/hindrances", token=writing.one).json() == {"asked": None, "hindrances": []}
