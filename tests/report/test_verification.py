import pytest
from tests.report.sealed_files import correct_f1, rewritten

from qixue.core.refusal import Refused
from qixue.report.files import docx_bytes
from qixue.report.summary import SummaryDraft
from qixue.report.verification import verify_file

pytestmark = pytest.mark.django_db


def outcomes(data: bytes) -> dict[str, str]:
    return {verdict.code: verdict.outcome for verdict in verify_file(data).figures}


def test_fresh_summary_stands_in_every_number(draft: SummaryDraft) -> None:
    assert set(outcomes(docx_bytes(draft)).values()) == {"stands"}
    assert len(outcomes(docx_bytes(draft))) == 8


def test_draft_whose_records_are_too_many_to_travel_stands(draft: SummaryDraft, monkeypatch) -> None:
    monkeypatch.setattr("qixue.report.summary.MOST_IDS", 0)

    traces = draft.document.figures

    assert {(trace.record_count, trace.evidence_ids) for trace in traces} == {(1, ())}
    assert {item.outcome for item in verify_file(docx_bytes(draft)).figures} == {"stands"}


def test_digit_changed_in_the_text_is_named(draft: SummaryDraft) -> None:
    data = rewritten(
        docx_bytes(draft), lambda name, text: text.replace("3500多人次", "3600多人次") if "document" in name else text
    )

    assert outcomes(data)["F1"] == "text_altered"


def test_digit_changed_in_the_list_is_named(draft: SummaryDraft) -> None:
    data = rewritten(
        docx_bytes(draft), lambda name, text: text.replace("3500多人次", "3600多人次") if "customXml" in name else text
    )

    assert outcomes(data)["F1"] == "text_altered"


def test_digit_changed_in_text_and_list_is_caught_by_the_records(draft: SummaryDraft) -> None:
    data = rewritten(docx_bytes(draft), lambda _name, text: text.replace("3500多人次", "3600多人次"))

    assert outcomes(data)["F1"] == "changed_since"


def test_correction_in_the_ledger_shows_what_the_records_say_now(draft: SummaryDraft) -> None:
    data = docx_bytes(draft)

    correct_f1()

    [verdict] = [item for item in verify_file(data).figures if item.code == "F1"]
    assert (verdict.outcome, "3600人次" in verdict.sentence) == ("changed_since", True)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04"])
def test_file_that_is_no_summary_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        verify_file(data)

    assert refusal.value.code == "not_a_summary"


def test_summary_of_a_programme_that_is_not_here_is_refused(draft: SummaryDraft) -> None:
    data = rewritten(docx_bytes(draft), lambda _name, text: text.replace('programme="qingyuan-2016"', 'programme="x"'))

    with pytest.raises(Refused) as refusal:
        verify_file(data)

    assert refusal.value.code == "unknown_programme"
