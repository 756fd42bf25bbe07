"""What entries stand on: one byte that is another is named."""

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.factories import NOON, SessionFactory, key
from tests.factories_afterwards import organiser_of

from qixue.cli import main
from qixue.core.quantity import Qualifier
from qixue.participation.models import Evidence, LedgerEntry
from qixue.participation.operations.head_counts import CountReport, report_head_count
from qixue.participation.queries.evidence import evidence_faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[LedgerEntry]:
    """One that stands on a note, one that stands on a photo of the sheet."""
    output = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(output, "JPEG")
    activity = SessionFactory().activity
    photos = (None, output.getvalue())
    reports = [CountReport(30, Qualifier.EXACT, key(), note="签到表1页", photo=photo) for photo in photos]
    by = organiser_of(activity)
    return [report_head_count(SessionFactory(activity=activity), report, by=by, at=NOON) for report in reports]


def faults() -> list[tuple[int, str]]:
    return [(fault.sequence, fault.what) for fault in evidence_faults()]


def test_evidence_as_it_was_kept_holds(entries: list[LedgerEntry]) -> None:
    assert (faults(), main(["ledger", "verify"])) == ([], 0)


def test_flipped_byte_in_a_photo_is_named_with_its_entry(
    entries: list[LedgerEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    photo = Path(entries[1].evidence.file.path)
    data = bytearray(photo.read_bytes())
    data[len(data) // 2] ^= 1
    photo.write_bytes(data)

    assert main(["ledger", "verify"]) == 1
    assert f"/{entries[1].sequence}" in capsys.readouterr().out


def test_photo_that_is_gone_is_named(entries: list[LedgerEntry]) -> None:
    Path(entries[1].evidence.file.path).unlink()

    assert faults() == [(2, "evidence")]


def test_changed_word_of_a_note_is_named(entries: list[LedgerEntry]) -> None:
    Evidence.objects.filter(pk=entries[0].evidence_id).update(text="签到表2页")

    assert faults() == [(1, "evidence")]


def test_photo_of_a_former_version_is_not_checkable_and_no_fault(
    entries: list[LedgerEntry], capsys: pytest.CaptureFixture[str], in_english: None
) -> None:
    """It had the name of the original, and other bytes."""
    evidence = entries[1].evidence
    photo = Path(evidence.file.path)
    former = photo.rename(photo.with_name(f"{evidence.digest}.jpg"))
    Evidence.objects.filter(pk=evidence.pk).update(file=str(Path(evidence.file.name).with_name(former.name)))

    assert (faults(), main(["ledger", "verify"])) == ([], 0)
    assert "Photos of former versions, which cannot be checked: 1." in capsys.readouterr().out

    former.unlink()

    assert faults() == [(2, "evidence")]
