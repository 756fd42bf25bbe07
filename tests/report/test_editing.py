"""Several people write one section: versions, merges, clashes, and the way back to the draft."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from tests.factories import NOON, RoleAssignmentFactory
from tests.report.writing import refused, section_of

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.models import Role, User
from qixue.programme.models import Passage, Programme, SourceDocument
from qixue.report.drafting.programme_facts import days_text
from qixue.report.editing import (
    TextsClash,
    clash_with,
    keep_text,
    keep_unsaved,
    return_to_draft,
    save_choices,
    save_section,
    take_over_draft,
    tell_open,
)
from qixue.report.manuscript_merge import Choice
from qixue.report.models import SectionVersion, SummarySection, UnsavedText
from qixue.report.official_document import plain_text
from qixue.report.summary import SectionText, draft_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(week: Programme, liang: User) -> SummarySection:
    return section_of(week, liang, "problems")


def problem(week: Programme, quote: str, position: int = 1) -> None:
    document, _new = SourceDocument.objects.get_or_create(programme=week, code="records")
    Passage.objects.create(
        document=document, topic=Passage.Topic.PROBLEM, quote=quote, position=position, code=f"P{position}"
    )


def text_in(week: Programme, section: SummarySection) -> SectionText:
    [found] = [each for each in draft_summary(week, at=NOON).sections if each.section.pk == section.pk]
    return found


def test_what_is_written_is_printed_with_live_figures(week: Programme, section: SummarySection, liang: User) -> None:
    version = save_section(section, "共举办{{sessions_total}}。", based_on=0, by=liang, at=NOON)

    draft = draft_summary(week, at=NOON)
    assert (version.number, version.author_name, version.based_on) == (1, "梁静宜", 0)
    assert "共举办1场。" in plain_text(draft.manuscript).splitlines()
    assert [figure.code for figure in draft.figures] == ["sessions_total"]
    assert AuditEntry.objects.filter(action="summary.section_written").count() == 1


def test_saving_again_changes_nothing(section: SummarySection, liang: User) -> None:
    first = save_section(section, "甲", based_on=0, by=liang, at=NOON)

    assert save_section(section, "甲", based_on=0, by=liang, at=NOON) == first
    assert save_section(section, "　甲\n", based_on=1, by=liang, at=NOON) == first


def test_texts_of_two_people_are_put_together(section: SummarySection, liang: User, chen: User) -> None:
    save_section(section, "甲\n\n乙", based_on=0, by=liang, at=NOON)
    save_section(section, "甲一\n\n乙", based_on=1, by=liang, at=NOON)

    version = save_section(section, "甲\n\n乙二", based_on=1, by=chen, at=NOON)

    assert version.text == "甲一\n\n乙二"
    assert (version.number, version.based_on, version.merged_with) == (3, 1, 2)


def test_clash_is_told_with_both_texts_and_decided_by_the_later_one(
    section: SummarySection, liang: User, chen: User
) -> None:
    save_section(section, "甲", based_on=0, by=liang, at=NOON)
    save_section(section, "甲一", based_on=1, by=liang, at=NOON)

    with pytest.raises(TextsClash) as refusal:
        save_section(section, "甲二", based_on=1, by=chen, at=NOON)
    [clash] = refusal.value.merge.clashes
    with refused("choices_missing"):
        save_choices(section, refusal.value, [], by=chen, at=NOON)
    again = clash_with(section, "甲二", based_on=1, theirs=2, at=NOON)
    version = save_choices(section, again, [Choice.BOTH], by=chen, at=NOON)

    assert (clash.mine, clash.theirs, refusal.value.theirs.author_name) == (("甲二",), ("甲一",), "梁静宜")
    assert version.text == "甲一\n\n甲二"


def test_two_who_begin_with_the_draft_meet_as_well(
    week: Programme, section: SummarySection, liang: User, chen: User
) -> None:
    problem(week, "经费不足")
    draft = text_in(week, section).draft
    save_section(section, f"{draft}\n\n甲", based_on=0, by=liang, at=NOON)

    version = save_section(section, f"乙\n\n{draft}", based_on=0, by=chen, at=NOON)

    assert version.text == f"乙\n\n{draft}\n\n甲"


def test_records_that_change_while_somebody_writes_are_told(
    week: Programme, section: SummarySection, liang: User
) -> None:
    problem(week, "经费不足")
    seen = text_in(week, section).draft
    problem(week, "人手不足", position=2)

    version = save_section(section, f"{seen}\n\n甲", based_on=0, draft=seen, by=liang, at=NOON)

    assert version.draft == seen
    assert text_in(week, section).has_new_draft


def test_who_began_with_an_older_draft_takes_nothing_back(section: SummarySection, liang: User, chen: User) -> None:
    save_section(section, "甲\n\n新\n\n梁", based_on=0, draft="甲\n\n新", by=liang, at=NOON)

    version = save_section(section, "陈\n\n甲\n\n旧", based_on=0, draft="甲\n\n旧", by=chen, at=NOON)

    assert (version.text, version.draft) == ("陈\n\n甲\n\n新\n\n梁", "甲\n\n新")


def test_clash_is_shown_against_the_draft_that_its_author_saw(section: SummarySection, liang: User, chen: User) -> None:
    save_section(section, "甲一", based_on=0, draft="甲", by=liang, at=NOON)

    with pytest.raises(TextsClash) as refusal:
        save_section(section, "乙\n\n甲二", based_on=0, draft="乙\n\n甲", by=chen, at=NOON)
    again = clash_with(section, "乙\n\n甲二", based_on=0, theirs=1, draft=refusal.value.draft, at=NOON)

    assert again.merge == refusal.value.merge


def test_mistaken_marks_are_refused_line_by_line(section: SummarySection, liang: User) -> None:
    with pytest.raises(Refused) as refusal:
        save_section(section, "甲\n\n{{nothing}}{{", based_on=0, by=liang, at=NOON)

    assert (refusal.value.code, len(refusal.value.lines), refusal.value.field) == ("text_mistaken", 2, "text")
    assert SectionVersion.objects.count() == 0


@pytest.mark.parametrize(("text", "code"), [("甲" * 20_001, "text_too_long"), ("甲\u202e乙", "text_invisible")])
def test_texts_that_cannot_be_kept_are_refused(section: SummarySection, liang: User, text: str, code: str) -> None:
    with refused(code):
        save_section(section, text, based_on=0, by=liang, at=NOON)


def test_unknown_base_is_refused(section: SummarySection, liang: User) -> None:
    save_section(section, "甲", based_on=0, by=liang, at=NOON)

    with refused("version_unknown"):
        save_section(section, "乙", based_on=7, by=liang, at=NOON)


def test_unknown_base_of_a_section_that_nobody_has_written_is_refused(section: SummarySection, liang: User) -> None:
    with refused("version_unknown"):
        save_section(section, "乙", based_on=1, by=liang, at=NOON)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ORGANISER])
def test_only_coordinators_write(week: Programme, section: SummarySection, role: Role) -> None:
    somebody = RoleAssignmentFactory(organisation=week.organisation, role=role).user

    for act in (
        lambda: save_section(section, "甲", based_on=0, by=somebody, at=NOON),
        lambda: keep_unsaved(section, "甲", draft="", based_on=0, by=somebody, at=NOON),
        lambda: return_to_draft(section, based_on=0, by=somebody, at=NOON),
    ):
        with refused("writing_not_allowed"):
            act()


def test_section_goes_back_to_the_draft_and_keeps_what_was_written(
    week: Programme, section: SummarySection, liang: User
) -> None:
    problem(week, "经费不足")
    save_section(section, "甲", based_on=0, by=liang, at=NOON)

    return_to_draft(section, based_on=1, by=liang, at=NOON)

    found = text_in(week, section)
    assert (found.is_written, "经费不足" in found.draft) == (False, True)
    assert list(section.versions.order_by("number").values_list("text", "is_written")) == [("甲", True), ("", False)]
    with refused("section_changed"):
        return_to_draft(section, based_on=1, by=liang, at=NOON)


def test_written_section_tells_that_its_draft_has_changed_until_somebody_takes_it_over(
    week: Programme, section: SummarySection, liang: User
) -> None:
    problem(week, "经费不足")
    draft = text_in(week, section).draft
    save_section(section, f"{draft}\n\n甲", based_on=0, by=liang, at=NOON)
    assert not text_in(week, section).has_new_draft

    problem(week, "人手不足", position=2)
    assert text_in(week, section).has_new_draft
    version = take_over_draft(section, based_on=1, by=liang, at=NOON)

    assert ("人手不足" in version.text, version.text.endswith("甲")) == (True, True)
    assert not text_in(week, section).has_new_draft


def test_draft_that_was_kept_with_the_days_in_words_is_not_told_as_new(week: Programme, liang: User) -> None:
    """As those of sections that were edited before facts had names."""
    section = section_of(week, liang, "opening")
    draft = text_in(week, section).draft
    assert "{{dates}}" in draft
    in_words, of_other_days = (draft.replace("{{dates}}", words) for words in (days_text(week), "2015年11月1日"))

    save_section(section, "甲", based_on=0, draft=in_words, by=liang, at=NOON)
    assert not text_in(week, section).has_new_draft
    return_to_draft(section, based_on=1, by=liang, at=NOON)
    save_section(section, "甲", based_on=2, draft=of_other_days, by=liang, at=NOON)
    assert text_in(week, section).has_new_draft


def test_text_can_stay_although_the_draft_has_changed(week: Programme, section: SummarySection, liang: User) -> None:
    save_section(section, "甲", based_on=0, by=liang, at=NOON)
    problem(week, "经费不足")

    version = keep_text(section, based_on=1, by=liang, at=NOON)

    assert (version.text, text_in(week, section).has_new_draft) == ("甲", False)


def test_draft_that_changed_where_people_wrote_is_not_taken_over_unseen(
    week: Programme, section: SummarySection, liang: User
) -> None:
    problem(week, "经费不足")
    save_section(section, "甲", based_on=0, by=liang, at=NOON)
    problem(week, "人手不足", position=2)

    with refused("draft_clashes"):
        take_over_draft(section, based_on=1, by=liang, at=NOON)


def test_what_is_typed_waits_until_it_is_saved(section: SummarySection, liang: User) -> None:
    keep_unsaved(section, "甲", draft="", based_on=0, by=liang, at=NOON)
    keep_unsaved(section, "甲乙", draft="", based_on=0, by=liang, at=NOON)

    assert UnsavedText.objects.values_list("text", "is_changed").get() == ("甲乙", True)
    save_section(section, "甲乙", based_on=0, by=liang, at=NOON)
    assert UnsavedText.objects.count() == 0


def test_what_else_was_typed_stays_when_another_text_is_saved(section: SummarySection, liang: User) -> None:
    keep_unsaved(section, "甲乙", draft="", based_on=0, by=liang, at=NOON)

    save_section(section, "丙", based_on=0, by=liang, at=NOON)

    assert UnsavedText.objects.get().text == "甲乙"


def test_page_where_nothing_is_typed_leaves_what_was_typed_on_another(section: SummarySection, liang: User) -> None:
    keep_unsaved(section, "甲乙", draft="", based_on=0, by=liang, at=NOON)
    later = NOON + datetime.timedelta(minutes=1)

    tell_open(section, based_on=0, by=liang, at=later)

    assert UnsavedText.objects.values_list("text", "is_changed", "seen_at").get() == ("甲乙", True, later)


def test_what_is_saved_already_is_not_changed(section: SummarySection, liang: User) -> None:
    save_section(section, "甲", based_on=0, by=liang, at=NOON)

    assert not keep_unsaved(section, "甲", draft="", based_on=0, by=liang, at=NOON).is_changed


def test_section_that_is_only_open_is_not_changed(section: SummarySection, liang: User) -> None:
    save_section(section, "甲", based_on=0, by=liang, at=NOON)

    assert not keep_unsaved(section, "甲\n", draft="", based_on=1, by=liang, at=NOON).is_changed


def test_draft_that_nobody_has_touched_is_not_changed(section: SummarySection, liang: User) -> None:
    text = "{{as_of}}，共1场。"  # whose day is another one tomorrow, and whose words are the same

    assert not keep_unsaved(section, text, draft=text, based_on=0, by=liang, at=NOON).is_changed


def test_mark_whose_record_is_gone_is_a_remark(week: Programme, section: SummarySection, liang: User) -> None:
    save_section(section, "共{{sessions_total}}。", based_on=0, by=liang, at=NOON)
    week.named_figures.all().delete()

    remarks = draft_summary(week, at=NOON).remarks

    assert [(each.code, each.quote) for each in remarks] == [("mark_without_record", "{{sessions_total}}")]


def test_database_refuses_to_change_what_was_written(section: SummarySection, liang: User) -> None:
    version = save_section(section, "甲", based_on=0, by=liang, at=NOON)

    for change in (lambda: SectionVersion.objects.update(text="乙"), version.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
