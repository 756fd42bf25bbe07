"""What was sealed, asked for or drafted in the first format, before seals named sessions, holds as it did."""

import pytest
from django.utils.translation import override
from tests.counted import check_in, head_count
from tests.factories import NOON, key
from tests.ledger_histories import void
from tests.report.sealed_files import as_before_sessions, in_member, issued, issued_by_two, rewritten
from tests.report.writing import week_to_write_about

from qixue.core.models import AuditEntry
from qixue.figures.models import NamedFigure
from qixue.figures.queries import lasting_figures_of
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.cells import keep_cells
from qixue.people.models import User
from qixue.programme.models import Programme, Session
from qixue.report.difference_words import NamedDifference, named_differences
from qixue.report.differences import differences_between
from qixue.report.files import docx_bytes
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal
from qixue.report.summary import draft_summary
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db
Week = tuple[Programme, User, User]
VOIDED = ("“稻田养鱼”, session 1 (November 4): 1 check-in voided",)


@pytest.fixture(scope="module")
def week_once(empty_database: None) -> Week:
    """Over; three came by name and forty heads were counted at its session, as its summary says."""
    week, one, other = week_to_write_about()
    NamedFigure.objects.create(programme=week, code="attendance", definition="attendance", position=2)
    Session.objects.update(state=Session.State.HELD, counting_rule=Session.CountingRule.LIST_AND_OTHERS)
    session = Session.objects.select_related("activity__organisation", "activity__programme").get()
    check_in(session, key(), key(), key())
    head_count(session, 40)
    return week, one, other


@pytest.fixture
def week(week_once: Week, db: None) -> Programme:
    return Programme.objects.get(pk=week_once[0].pk)


@pytest.fixture
def writers(week_once: Week, db: None) -> list[User]:
    return list(week_once[1:])


@pytest.fixture
def former(week: Programme, writers: list[User]) -> Seal:
    """Issued by a version that knew the first format alone."""
    with as_before_sessions():
        return issued_by_two(week, writers)


def first_comes() -> None:
    check_in(Session.objects.select_related("activity__organisation", "activity__programme").get(), key())


def verdict_on(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Of the attendances."""
    with override("en"):
        [found] = [each for each in verify_file(data).figures if each.code == "attendance"]
    return found.outcome, found.records


def test_former_seal_names_single_records_and_one_of_today_names_sessions(
    former: Seal, week: Programme, writers: list[User]
) -> None:
    later = issued_by_two(week, writers[::-1])

    assert [seal.content["format"] for seal in (former, later)] == ["qixue-seal/1", "qixue-seal/2"]
    [old, new] = [
        next(each for each in seal.content["figures"] if each["code"] == "attendance") for seal in (former, later)
    ]
    assert (old["record_count"], new["record_count"]) == (4, 4)
    figure = next(each for each in lasting_figures_of(week) if each.code == "attendance")
    single, folded = figure.single_records(), figure.folded_records()
    assert (len(single.leaves), len(folded.leaves)) == (4, 1)
    # The two roots can be alike: where the digests of the four happen to be in ascending order.
    assert (old["evidence_root"], new["evidence_root"]) == (single.root, folded.root)


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_former_seal_stands_while_nothing_changes(former: Seal, kind: str) -> None:
    keep_cells()

    assert verify_file(issued(former, kind)).stands


def test_former_seal_names_the_entry_that_changed(former: Seal) -> None:
    void(LedgerEntry.objects.select_related("organisation").get(sequence=2))

    assert verdict_on(issued(former)) == ("changed_since", VOIDED)


def test_seal_of_today_names_the_entry_that_changed(week: Programme, writers: list[User]) -> None:
    seal = issued_by_two(week, writers)
    keep_cells()

    void(LedgerEntry.objects.select_related("organisation").get(sequence=2))

    assert verdict_on(issued(seal)) == ("changed_since", VOIDED)


def compared(former: Seal, later: Seal) -> list[NamedDifference]:
    with override("en"):
        return named_differences(former.programme, differences_between(former, later))


def test_seals_of_both_formats_over_the_same_records_do_not_differ(
    former: Seal, week: Programme, writers: list[User]
) -> None:
    assert compared(former, issued_by_two(week, writers[::-1])) == []


def test_seals_of_both_formats_differ_in_the_numbers(former: Seal, week: Programme, writers: list[User]) -> None:
    first_comes()

    [difference] = compared(former, issued_by_two(week, writers[::-1]))

    assert (difference.old, difference.new, difference.records) == ("43人次", "44人次", [])


def test_what_was_asked_for_before_the_update_is_issued_after_it(week: Programme, writers: list[User]) -> None:
    with as_before_sessions():
        request = ask_for_issue(week, by=writers[0], at=NOON)

    seal = issue_summary(request, by=writers[1], at=NOON)

    assert seal.content["format"] == "qixue-seal/2"


def test_what_changed_since_it_was_asked_for_before_the_update_is_found(week: Programme, writers: list[User]) -> None:
    """The number is the same."""
    with as_before_sessions():
        request = ask_for_issue(week, by=writers[0], at=NOON)
    void(LedgerEntry.objects.select_related("organisation").get(sequence=2))
    first_comes()

    issue_summary(request, by=writers[1], at=NOON)

    assert AuditEntry.objects.get(action="summary.issued").details["other_records"] == ["attendance"]


def test_draft_of_a_former_version_stands_and_shows_what_changed(week: Programme) -> None:
    with as_before_sessions():
        written = docx_bytes(draft_summary(week, at=NOON))
    former_draft = rewritten(written, in_member("customXml", ' format="2"', ""))

    assert former_draft != written
    assert verify_file(former_draft).stands
    void(LedgerEntry.objects.select_related("organisation").get(sequence=2))
    first_comes()
    assert verdict_on(former_draft)[0] == "changed_since"


def test_draft_of_today_shows_that_other_records_give_the_same_number(week: Programme) -> None:
    draft = docx_bytes(draft_summary(week, at=NOON))
    assert verify_file(draft).stands

    void(LedgerEntry.objects.select_related("organisation").get(sequence=2))
    first_comes()

    assert verdict_on(draft)[0] == "changed_since"
