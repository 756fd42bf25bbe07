"""What `verify` says of an issued summary after one thing was changed: its text, its list, both, or the records."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.utils.translation import override
from tests.factories import NOON
from tests.report.sealed_files import (
    correct_f1,
    in_member,
    issued,
    issued_by_two,
    programme_of_2016,
    rewritten,
    two_coordinators,
    without_controls,
    without_seal,
)

from qixue.core.refusal import Refused
from qixue.participation import triggers
from qixue.participation.models import LedgerEntry
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.files import docx_bytes
from qixue.report.issuing import ask_for_issue, issue_summary
from qixue.report.models import Seal
from qixue.report.reading import read_summary
from qixue.report.summary import SummaryDraft
from qixue.report.verdicts import Verification
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db
KINDS = ("docx", "pdf", "xlsx")


@pytest.fixture(scope="module")
def issued_once(empty_database: None) -> Seal:
    """Setting the files takes seconds; whatever a test changes is rolled back behind it."""
    programme = programme_of_2016()
    return issued_by_two(programme, two_coordinators(programme))


@pytest.fixture
def seal(issued_once: Seal, db: None) -> Seal:
    return Seal.objects.get(pk=issued_once.pk)


@pytest.fixture
def programme(seal: Seal) -> Programme:
    return seal.programme


@pytest.fixture
def coordinators(seal: Seal) -> list[User]:
    return [User.objects.get(pk=pk) for pk in (seal.asker_id, seal.issuer_id)]


def outcomes(verification: Verification) -> dict[str, str]:
    return {verdict.code: verdict.outcome for verdict in verification.figures}


def codes(verification: Verification) -> list[str]:
    return [finding.code for finding in verification.findings]


def all_but_f1(outcome: str, seal: Seal) -> dict[str, str]:
    return {figure["code"]: outcome if figure["code"] == "F1" else "stands" for figure in seal.content["figures"]}


@pytest.mark.parametrize("kind", KINDS)
def test_issued_file_stands_in_every_figure(seal: Seal, kind: str) -> None:
    verification = verify_file(issued(seal, kind))

    assert set(outcomes(verification).values()) == {"stands"}
    assert (len(verification.figures), codes(verification), verification.stands) == (8, ["signature_holds"], True)


@pytest.mark.parametrize("kind", KINDS)
def test_verification_names_who_sealed_what_and_when(seal: Seal, kind: str) -> None:
    facts = verify_file(issued(seal, kind)).seal

    assert facts is not None
    assert (facts.number, facts.asked_by, facts.issued_by, facts.sealed_at) == (1, "梁静宜", "陈志远", NOON)
    assert facts.title == "清远市2016年全民终身学习活动周工作总结"


def test_digit_changed_in_the_text_is_named(seal: Seal) -> None:
    verification = verify_file(rewritten(issued(seal), in_member("document", "3500多人次", "3600多人次")))

    assert outcomes(verification) == all_but_f1("text_altered", seal)
    assert (codes(verification), verification.stands) == (["signature_holds", "words_altered"], False)
    [verdict] = [each for each in verification.figures if each.code == "F1"]
    assert (verdict.text, "3500多人次" in verdict.sentence) == ("3600多人次", True)


def places(verification: Verification) -> list[tuple[str, str, str]]:
    return [(each.place, each.before, each.after) for each in verification.alterations]


def test_altered_words_are_shown_at_their_section_and_paragraph(seal: Seal) -> None:
    one = rewritten(issued(seal), in_member("document", "组织有序", "组织有力"))
    two = rewritten(
        issued(seal), in_member("document", "清远市教育局</w:t></w:r></w:p>", "阳山县教育局</w:t></w:r></w:p>")
    )

    with override("en"):
        found = [places(verify_file(each)) for each in (issued(seal), one, two)]

    assert found[:2] == [
        [],
        [("Heading “（一）领导重视，组织有序”", "（一）领导重视，组织有序", "（一）领导重视，组织有力")],
    ]
    [(place, before, after)] = found[2]
    assert (before, after) == ("清远市教育局", "阳山县教育局")
    assert place.startswith("“三、思考与设想”, paragraph ")


def test_paragraph_that_was_taken_out_is_shown(seal: Seal) -> None:
    def without_the_date(name: str, text: str) -> str:
        return text.replace("2026年11月4日", "") if name == "word/document.xml" else text

    [(_place, before, after)] = places(verify_file(rewritten(issued(seal), without_the_date)))

    assert (before, after) == ("2026年11月4日", "")


@pytest.mark.parametrize(("count", "has_more"), [(199, False), (200, False), (201, True)])
def test_of_many_paragraphs_that_were_added_the_first_are_named(seal: Seal, count: int, has_more: bool) -> None:
    added = "<w:p><w:r><w:t>加</w:t></w:r></w:p>" * count

    verification = verify_file(rewritten(issued(seal), in_member("document", "</w:body>", f"{added}</w:body>")))

    assert (len(verification.alterations), verification.has_more_alterations) == (min(count, 200), has_more)


def test_note_changed_in_the_annex_is_named_and_so_is_what_was_not_compared(seal: Seal) -> None:
    changed = rewritten(issued(seal, "xlsx"), in_member("sharedStrings", "没有记录年度主题", "已有年度主题"))

    verification = verify_file(changed)

    assert codes(verification) == ["signature_holds", "notes_altered", "annex_in_part"]
    [(_place, before, after)] = places(verification)
    assert ("没有记录年度主题" in before, "已有年度主题" in after, verification.stands) == (True, True, False)


def test_public_is_told_where_notes_differ_and_not_what_was_issued(seal: Seal) -> None:
    """A row that begins as the issued one is shown whole: where it were cut would tell how much of a guess is right."""
    changed = rewritten(issued(seal, "xlsx"), in_member("sharedStrings", "没有记录年度主题", "没有记录年度口号"))

    [(place, before, after)] = places(verify_file(changed, for_public=True))
    [staff] = places(verify_file(changed))

    assert (place, before) == (staff[0], "")
    assert ("没有记录年度主题" in staff[1], after in read_summary(changed).notes) == (True, True)


def test_public_gets_no_notes_for_an_empty_sheet(seal: Seal) -> None:
    def emptied(name: str, text: str) -> str:
        return re.sub(r"<row .*</row>", "", text, flags=re.S) if name.endswith("sheet3.xml") else text  # 提示

    changed = rewritten(issued(seal, "xlsx"), emptied)

    found = places(verify_file(changed, for_public=True))

    assert len(found) == len(places(verify_file(changed))) > 1
    assert {(before, after) for _place, before, after in found} == {("", "")}


def test_public_is_not_shown_the_words_of_a_former_issue(seal: Seal, coordinators: list[User]) -> None:
    changed = rewritten(issued(seal), in_member("document", "组织有序", "组织有力"))

    [latest] = places(verify_file(changed, for_public=True))
    correct_f1()
    asker, issuer = coordinators
    issue_summary(ask_for_issue(seal.programme, by=issuer, at=NOON), by=asker, at=NOON)
    [former] = places(verify_file(changed, for_public=True))

    assert latest[1:] == ("（一）领导重视，组织有序", "（一）领导重视，组织有力")
    assert former == (latest[0], "", "（一）领导重视，组织有力")
    assert places(verify_file(changed)) == [latest]


def test_digit_changed_in_words_that_are_no_figure_is_found(seal: Seal) -> None:
    verification = verify_file(rewritten(issued(seal), in_member("document", "2016年", "2015年")))

    assert set(outcomes(verification).values()) == {"stands"}
    assert (codes(verification), verification.stands) == (["signature_holds", "words_altered"], False)


def test_digit_changed_in_the_list_is_named(seal: Seal) -> None:
    verification = verify_file(rewritten(issued(seal), in_member("customXml", "3500多人次", "3600多人次")))

    assert outcomes(verification) == all_but_f1("list_altered", seal)
    assert (codes(verification), verification.stands) == (["signature_fails"], False)


def test_digit_changed_in_text_and_list_is_named(seal: Seal) -> None:
    verification = verify_file(rewritten(issued(seal), in_member("", "3500多人次", "3600多人次")))

    assert outcomes(verification) == all_but_f1("list_altered", seal)
    assert codes(verification) == ["signature_fails", "words_altered"]


def test_correction_in_the_ledger_is_named(seal: Seal) -> None:
    correct_f1()

    verification = verify_file(issued(seal))

    assert outcomes(verification) == all_but_f1("changed_since", seal)
    [verdict] = [each for each in verification.figures if each.code == "F1"]
    assert ("3500多人次" in verdict.sentence, "3600人次" in verdict.sentence) == (True, True)
    assert [record.endswith("1条人数记录更正") for record in verdict.records] == [True]
    assert codes(verification) == ["signature_holds"]


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_correction_shows_in_the_other_files_too(seal: Seal, kind: str) -> None:
    correct_f1()

    assert outcomes(verify_file(issued(seal, kind))) == all_but_f1("changed_since", seal)


def test_signer_changed_in_the_list_is_found(seal: Seal) -> None:
    verification = verify_file(rewritten(issued(seal), in_member("customXml", "陈志远", "王志远")))

    assert (codes(verification), verification.stands) == (["signature_fails"], False)
    assert verification.seal is not None
    assert verification.seal.issued_by == "陈志远"  # as on record


def test_list_of_a_seal_that_is_not_on_record_is_not_relied_on(seal: Seal) -> None:
    verification = verify_file(
        rewritten(issued(seal), in_member("customXml", '"number":1,"previous"', '"number":2,"previous"'))
    )

    assert set(outcomes(verification).values()) == {"list_altered"}
    assert codes(verification) == ["signature_fails", "seal_unknown"]


def test_annex_with_another_number_is_named(seal: Seal) -> None:
    changed = in_member("sharedStrings", ">3500多人次<", ">3600多人次<")

    verification = verify_file(rewritten(issued(seal, "xlsx"), changed))

    assert outcomes(verification) == all_but_f1("text_altered", seal)


def test_pdf_that_is_not_the_issued_one_is_not_relied_on(seal: Seal) -> None:
    verification = verify_file(issued(seal, "pdf") + b"\n")

    assert set(outcomes(verification).values()) == {"not_compared"}
    assert codes(verification) == ["signature_holds", "file_differs"]


def test_file_that_lost_its_seal_is_compared_with_the_one_on_record(seal: Seal) -> None:
    verification = verify_file(without_seal(issued(seal)))

    assert (set(outcomes(verification).values()), codes(verification)) == ({"stands"}, ["seal_lost"])


def test_changed_digit_is_named_though_the_seal_was_lost(seal: Seal) -> None:
    changed = rewritten(without_seal(issued(seal)), in_member("document", "3500多人次", "3600多人次"))

    assert outcomes(verify_file(changed)) == all_but_f1("text_altered", seal)


def test_changed_digit_is_named_though_seal_and_content_controls_were_lost(seal: Seal) -> None:
    changed = rewritten(without_controls(without_seal(issued(seal))), in_member("document", "3500多人次", "3600多人次"))

    verification = verify_file(changed)

    assert outcomes(verification) == all_but_f1("text_altered", seal)
    assert codes(verification) == ["seal_lost", "words_altered"]


def test_later_issue_is_named_beside_the_earlier_one(
    seal: Seal, programme: Programme, coordinators: list[User]
) -> None:
    correct_f1()
    asker, issuer = coordinators
    later = issue_summary(ask_for_issue(programme, by=issuer, at=NOON), by=asker, at=NOON)

    assert codes(verify_file(issued(seal))) == ["signature_holds", "later_issue"]
    assert outcomes(verify_file(issued(later))) == all_but_f1("stands", seal)
    assert (later.number, later.content["previous"]) == (2, seal.digest)


def test_ledger_that_was_rewritten_behind_the_seal_is_found(seal: Seal) -> None:
    triggers.remove(connection)
    LedgerEntry.objects.update(hash="0" * 64)
    triggers.install(connection)

    assert codes(verify_file(issued(seal))) == ["signature_holds", "ledger_rewritten"]


def test_public_is_told_nothing_about_drafts_and_programmes_that_are_not_public(
    seal: Seal, draft: SummaryDraft, programme: Programme
) -> None:
    with pytest.raises(Refused) as refusal:
        verify_file(docx_bytes(draft), for_public=True)
    assert refusal.value.code == "not_a_summary"
    assert codes(verify_file(issued(seal), for_public=True)) == ["signature_holds"]

    Programme.objects.filter(pk=programme.pk).update(state=Programme.State.DRAFT)

    assert codes(verify_file(issued(seal), for_public=True)) == ["signature_holds", "seal_unknown"]


def saved_by_libreoffice(data: bytes, folder: Path, kind: str = "docx") -> bytes:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed; on Debian: apt-get install libreoffice-writer-nogui")
    source, target = folder / f"summary.{kind}", folder / "saved"
    source.write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (target / source.name).read_bytes()


def test_file_saved_by_libreoffice_stands(seal: Seal, tmp_path: Path) -> None:
    verification = verify_file(saved_by_libreoffice(issued(seal), tmp_path))

    assert set(outcomes(verification).values()) == {"stands"}
    assert (codes(verification), verification.stands) == (["signature_holds"], True)


def test_digit_changed_in_libreoffice_is_named(seal: Seal, tmp_path: Path) -> None:
    changed = rewritten(issued(seal), in_member("document", "3500多人次", "3600多人次"))

    verification = verify_file(saved_by_libreoffice(changed, tmp_path))

    assert outcomes(verification) == all_but_f1("text_altered", seal)
    [verdict] = [each for each in verification.figures if each.code == "F1"]
    assert verdict.text == "3600多人次"


def test_draft_saved_by_libreoffice_stands(draft: SummaryDraft, tmp_path: Path) -> None:
    verification = verify_file(saved_by_libreoffice(docx_bytes(draft), tmp_path))

    assert (len(verification.figures), verification.stands) == (8, True)
