"""What is marked in the text of people before it is issued."""

import datetime

import pytest
from tests.factories import NOON, EvidenceFactory, key
from tests.factories_afterwards import organiser_of
from tests.report.writing import refused, section_of, week_to_write_about

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import User
from qixue.programme.models import Programme, Session
from qixue.report.editing import catalogue_of, draft_now, save_section
from qixue.report.hindrances import waived_words
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import SummarySection
from qixue.report.offers import fact_offers, figure_groups
from qixue.report.official_document import runs_of
from qixue.report.reading import read_summary
from qixue.report.section_check import checked
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db


def remarks_on(text: str, *, people: int) -> list[tuple[str, str]]:
    """Code and quote of each remark on the text, where so many people came to the only session."""
    week, _writer, _other = week_with(text, people)
    return remarks_of(week)


def remarks_of(week: Programme) -> list[tuple[str, str]]:
    remarks = draft_summary(week, at=NOON).remarks
    return [(remark.code, remark.quote) for remark in remarks if remark.code != "required_fact"]


def week_with(text: str, people: int) -> tuple[Programme, User, User]:
    """The text is written into a section, and so many people came to the only session."""
    week, writer, other = week_to_write_about()
    NamedFigure.objects.create(programme=week, code="attendance", definition="attendance", position=2, is_printed=False)
    session = Session.objects.get()
    record_head_count(
        session,
        count=people,
        qualifier=Qualifier.EXACT,
        evidence=EvidenceFactory(),
        by=organiser_of(session.activity),
        at=NOON,
        client_uuid=key(),
    )
    section: SummarySection = section_of(week, writer, "problems")
    save_section(section, text, based_on=0, by=writer, at=NOON)
    return week, writer, other


@pytest.mark.parametrize(("people", "found"), [(3, [("small_number", "3人次")]), (5, [])])
def test_number_that_public_pages_withhold_is_marked(people: int, found: list[tuple[str, str]]) -> None:
    assert remarks_on("参与{{attendance}}。", people=people) == found


def test_number_that_public_pages_withhold_is_issued_for_a_reason_only() -> None:
    week, liang, chen = week_with("参与{{attendance}}。", people=3)
    request = ask_for_issue(week, by=liang, at=NOON)

    with refused("issue_hindered") as refusal:
        issue_summary(request, by=chen, at=NOON)
    assert ["(attendance)" in line for line in refusal.value.lines] == [True]
    seal = issue_summary(request, waiver_reason="已征得同意", by=chen, at=NOON)
    [waiver] = seal.content["waivers"]
    assert (waiver["kind"], waiver["figures"], waiver["count"]) == ("small_numbers", ["attendance"], 1)
    [words] = waived_words(seal)
    assert ("人次" in words, "attendance" in words) == (True, False)


def test_number_that_public_pages_withhold_is_marked_while_it_is_written_and_offered() -> None:
    week, _liang, _chen = week_with("甲", people=3)
    section = week.summary_sections.select_related("programme", "brand").get(draft="problems")
    catalogue = catalogue_of(week, at=NOON)

    remarks = checked(section, "甲\n\n参与{{attendance}}。", catalogue).remarks
    offers = [offer for group in figure_groups(catalogue, "其他").values() for offer in group]

    assert [[each.code for each in found if each.code == "small_number"] for found in remarks][-2:] == [
        [],
        ["small_number"],
    ]
    assert [offer.mark for offer in offers if offer.is_small] == ["{{attendance}}"]


def test_moment_that_stays_beside_numbers_that_go_on_is_marked() -> None:
    found = remarks_on("截至11月23日21时05分，参与{{attendance}}。", people=9)

    assert found == [("moment_written_down", "截至11月23日21时05分")]


def test_moment_by_its_name_behind_its_own_first_word_is_marked() -> None:
    found = remarks_on("截至{{as_of}}，参与{{attendance}}。", people=9)

    assert found == [("doubled_word", "截至截至")]


def test_moment_by_its_name_follows_the_data_and_is_sealed_as_it_was_asked_for() -> None:
    week, liang, chen = week_with("{{as_of}}，参与{{attendance}}。", people=9)
    later = NOON + datetime.timedelta(days=1)

    texts = [text_of_section(week, at) for at in (NOON, later)]
    seal = issue_summary(ask_for_issue(week, by=liang, at=NOON), by=chen, at=later)

    assert texts == ["截至11月4日，参与9人次。", "截至11月5日，参与9人次。"]
    assert texts[0] in read_summary(bytes(seal.files.get(kind="docx").content)).lines
    assert remarks_of(week) == []


def text_of_section(week: Programme, at: datetime.datetime) -> str:
    """What the written section says in a summary that is drafted then."""
    [section] = [each for each in draft_summary(week, at=at).sections if each.is_written]
    return "".join(run.text for run in runs_of(section.blocks[-1]))


def test_facts_of_the_programme_are_offered_with_their_words_and_the_draft_holds_them() -> None:
    week, _liang, _chen = week_with("甲", people=9)
    catalogue = catalogue_of(week, at=NOON)

    offers = {offer.mark: offer.value for offer in fact_offers(catalogue)}
    opening = draft_now(week.summary_sections.get(draft="opening"), catalogue)

    assert (offers["{{as_of}}"], offers["{{dates}}"]) == ("截至11月4日", "2026年10月26日")
    assert "于{{dates}}举行" in opening
