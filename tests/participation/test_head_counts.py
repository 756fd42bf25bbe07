import errno
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import DataError, transaction
from PIL import Image
from tests.factories import NOON, DoorDeviceFactory, SessionFactory, VenueFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.signing_up import refusal

from qixue.core.quantity import Qualifier
from qixue.core.refusal import Doubt, Refused
from qixue.participation.models import Evidence, LedgerEntry
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.head_counts import CountReport, correct_head_count, report_head_count
from qixue.participation.operations.ledger import void_entry
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
GPS = {0x8825: {1: "N", 2: (23.0, 41.0, 0.0)}}


def photo() -> bytes:
    """A JPEG that carries the place where it was taken."""
    output = io.BytesIO()
    picture = Image.new("RGB", (60, 40), "white")
    exif = picture.getexif()
    exif[0x010F] = "camera of a volunteer"
    exif.get_ifd(0x8825).update(GPS[0x8825])
    picture.save(output, "JPEG", exif=exif)
    return output.getvalue()


def report(**changes: Any) -> CountReport:
    values = {"count": 32, "qualifier": Qualifier.EXACT, "client_uuid": key(), "note": "签到表2页"}
    return CountReport(**{**values, **changes})


def kept_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_head_count_with_photo_keeps_it_without_its_metadata() -> None:
    session = SessionFactory(state=Session.State.PLANNED)

    entry = report_head_count(session, report(photo=photo()), by=organiser_of(session.activity), at=NOON)

    session.refresh_from_db()
    assert entry.evidence is not None
    assert (entry.count, entry.evidence.kind, session.state) == (32, Evidence.Kind.SHEET_PHOTO, Session.State.HELD)
    assert dict(Image.open(entry.evidence.file.path).getexif()) == {}


def test_photo_of_a_delivery_that_fails_leaves_no_file() -> None:
    session = SessionFactory()
    device = DoorDeviceFactory(sessions=[session])
    sent = {"kind": "head_count", "session": session.pk, "occurred_at": NOON, "digest": "0" * 64, "facts": {"count": 5}}
    scan = SentScan(uuid=key(), sequence=2**70, photo=photo(), **sent)

    with pytest.raises((OverflowError, DataError)), transaction.atomic():
        receive_scans(device, Delivery(NOON, 1, [scan]), at=NOON)

    assert (Evidence.objects.count(), kept_files()) == (0, [])


def test_photo_before_one_that_cannot_be_kept_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when the second photo comes."""
    session = SessionFactory()
    device = DoorDeviceFactory(sessions=[session])
    sent = {"kind": "head_count", "session": session.pk, "occurred_at": NOON, "digest": "0" * 64, "facts": {"count": 5}}
    scans = [SentScan(uuid=key(), sequence=number, photo=photo(), **sent) for number in (1, 2)]
    save = FileSystemStorage.save

    def save_one(self: FileSystemStorage, *args: Any, **kwargs: Any) -> str:
        if kept_files():
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(self, *args, **kwargs)

    monkeypatch.setattr(FileSystemStorage, "save", save_one)

    with pytest.raises(OSError, match="No space"), transaction.atomic():
        receive_scans(device, Delivery(NOON, 2, scans), at=NOON)

    assert (Evidence.objects.count(), kept_files()) == (0, [])


def test_head_count_sent_twice_is_entered_once() -> None:
    session, sent = SessionFactory(), report(photo=photo())
    first = report_head_count(session, sent, by=organiser_of(session.activity), at=NOON)

    second = report_head_count(session, sent, by=organiser_of(session.activity), at=NOON)

    assert (second, Evidence.objects.count(), len(kept_files())) == (first, 1, 1)


def test_form_whose_entry_does_not_stand_any_more_is_refused() -> None:
    """A head count that was corrected, and a correction that was taken back: each form comes once more."""
    session, first, second = SessionFactory(), report(), report(count=41, note="")
    by = organiser_of(session.activity)
    entry = report_head_count(session, first, by=by, at=NOON)
    correction = correct_head_count(entry, second, reason="漏了第二页", by=by, at=NOON)
    void_entry(correction, reason="没漏", by=by, at=NOON, client_uuid=key())

    codes = [
        refusal(report_head_count, session, first, by=by, at=NOON),
        refusal(correct_head_count, entry, second, reason="漏了第二页", by=by, at=NOON),
    ]

    assert (codes, LedgerEntry.objects.count()) == (["already_replaced"] * 2, 3)


@pytest.mark.parametrize("other", [{"count": 41}, {"note": "签到表3页"}, {"photo": photo()}])
def test_form_that_comes_again_with_something_else_is_refused(other: dict[str, Any]) -> None:
    """Another number, note or photo: to answer that it is entered would lose what was said now."""
    session, form = SessionFactory(), key()
    by = organiser_of(session.activity)
    report_head_count(session, report(client_uuid=form), by=by, at=NOON)

    again = report(client_uuid=form, **other)

    assert refusal(report_head_count, session, again, by=by, at=NOON) == "key_reused"


def test_correction_that_comes_again_with_another_note_is_refused() -> None:
    session, form = SessionFactory(), key()
    by = organiser_of(session.activity)
    entry = report_head_count(session, report(), by=by, at=NOON)
    first, bare, other = (report(count=41, client_uuid=form, note=note) for note in ("签到表3页", "", "签到表4页"))
    correction = correct_head_count(entry, first, reason="漏了第三页", by=by, at=NOON)

    assert correct_head_count(entry, bare, reason="漏了第三页", by=by, at=NOON) == correction
    assert refusal(correct_head_count, entry, other, reason="漏了第三页", by=by, at=NOON) == "key_reused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"note": " "}, "evidence_missing"),
        ({"count": -3, "photo": photo()}, "count_out_of_range"),
        ({"photo": b"no picture"}, "photo_unreadable"),
        ({"photo": b"x" * (10 * 2**20 + 1)}, "photo_too_large"),
    ],
)
def test_head_count_that_is_refused_leaves_nothing(changes: dict[str, Any], code: str) -> None:
    session = SessionFactory(state=Session.State.PLANNED)

    with pytest.raises(Refused) as refusal:
        report_head_count(session, report(**changes), by=organiser_of(session.activity), at=NOON)

    session.refresh_from_db()
    assert (refusal.value.code, session.state) == (code, Session.State.PLANNED)
    assert (LedgerEntry.objects.count(), Evidence.objects.count(), kept_files()) == (0, 0, [])


def test_correction_without_new_evidence_stands_on_the_first() -> None:
    session = SessionFactory()
    clerk = organiser_of(session.activity)
    entry = report_head_count(session, report(), by=clerk, at=NOON)

    correction = correct_head_count(entry, report(count=41, note=""), reason="漏了第二页", by=clerk, at=NOON)

    assert (correction.count, correction.target, correction.evidence) == (41, entry, entry.evidence)


def test_correction_without_a_reason_leaves_nothing() -> None:
    session = SessionFactory()
    clerk = organiser_of(session.activity)
    entry = report_head_count(session, report(), by=clerk, at=NOON)

    with pytest.raises(Refused) as refusal:
        correct_head_count(entry, report(count=41, photo=photo()), reason=" ", by=clerk, at=NOON)

    assert (refusal.value.code, LedgerEntry.objects.count(), kept_files()) == ("reason_missing", 1, [])


@pytest.mark.parametrize(
    ("seats", "capacity", "count", "code"),
    [
        (40, None, 0, "count_is_zero"),
        (40, None, 61, "count_far_above"),
        (40, 100, 151, "count_far_above"),
        (None, 100, 151, "count_far_above"),
    ],
)
def test_head_count_that_is_rarely_right_waits_for_confirmation(
    seats: int | None, capacity: int | None, count: int, code: str
) -> None:
    session = SessionFactory(seat_count=seats, venue=VenueFactory(capacity=capacity))

    with pytest.raises(Doubt) as doubt:
        report_head_count(session, report(count=count), by=organiser_of(session.activity), at=NOON)
    entry = report_head_count(session, report(count=count, confirmed=True), by=organiser_of(session.activity), at=NOON)

    assert (doubt.value.code, doubt.value.field, entry.count) == (code, "count", count)


@pytest.mark.parametrize(("seats", "capacity", "count"), [(40, None, 60), (40, 100, 150), (None, None, 5000)])
def test_head_count_that_may_well_be_right_is_not_asked_about(
    seats: int | None, capacity: int | None, count: int
) -> None:
    session = SessionFactory(seat_count=seats, venue=VenueFactory(capacity=capacity))

    assert report_head_count(session, report(count=count), by=organiser_of(session.activity), at=NOON).count == count


def test_correction_that_is_rarely_right_waits_for_confirmation() -> None:
    session = SessionFactory(seat_count=40)
    clerk = organiser_of(session.activity)
    entry = report_head_count(session, report(), by=clerk, at=NOON)

    with pytest.raises(Doubt) as doubt:
        correct_head_count(entry, report(count=0, note=""), reason="数错了", by=clerk, at=NOON)

    assert doubt.value.code == "count_is_zero"
