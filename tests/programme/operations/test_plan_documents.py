import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.factories import NOON
from tests.programme.operations.conftest import Desks

from qixue.core.refusal import Refused
from qixue.programme.models import PlanDocument, PlanVersion
from qixue.programme.operations.plan_documents import DocumentDetails, attach_document, normalised_number

PDF = b"%PDF-1.7 a request"
REQUEST = DocumentDetails("request", "关于举办活动周的请示", "连南县教育局", "南教[2026]012号")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    "typed", ["清教〔2026〕12号", "清教[2026]12号", "清教（2026）第12号", "清教【２０２６】 012 号", "清教〔2026〕12"]
)
def test_document_number_is_kept_in_the_official_form(typed: str) -> None:
    assert normalised_number(typed) == "清教〔2026〕12号"


@pytest.mark.parametrize("typed", ["12号", "清教2026-12", "清教〔26〕12号", "清教〔2026〕0号", "清教〔2026〕号"])
def test_document_number_that_is_unclear_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        normalised_number(typed)

    assert refused.value.code == "document_number_unclear"


def test_attach_keeps_a_pdf_as_it_came_and_once(desks: Desks) -> None:
    attach_document(desks.version, details=REQUEST, file=PDF, by=desks.county_person, at=NOON)

    document = attach_document(desks.version, details=REQUEST, file=PDF, by=desks.county_person, at=NOON)

    assert (document.document_number, document.file.read()) == ("南教〔2026〕12号", PDF)
    assert PlanDocument.objects.count() == 1


def test_attach_draws_a_picture_anew(desks: Desks) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10)).save(picture, "PNG")

    document = attach_document(desks.version, details=REQUEST, file=picture.getvalue(), by=desks.county_person, at=NOON)

    with Image.open(document.file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (20, 10))


@pytest.mark.parametrize(
    ("file", "code"), [(b"MZ a program", "photo_unreadable"), (PDF * 600_000, "document_too_large")]
)
def test_attach_refuses_other_files(desks: Desks, file: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        attach_document(desks.version, details=REQUEST, file=file, by=desks.county_person, at=NOON)

    assert (refused.value.code, PlanDocument.objects.count()) == (code, 0)


def test_attach_a_request_without_number_is_refused(desks: Desks) -> None:
    nameless = DocumentDetails("request", "请示", "教育局")

    with pytest.raises(Refused) as refused:
        attach_document(desks.version, details=nameless, by=desks.county_person, at=NOON)

    assert refused.value.code == "document_number_missing"


@pytest.mark.parametrize("state", [PlanVersion.State.CLOSED, PlanVersion.State.SUPERSEDED])
def test_attach_to_what_is_over_is_refused(desks: Desks, state: str) -> None:
    PlanVersion.objects.update(state=state)

    with pytest.raises(Refused) as refused:
        attach_document(desks.version, details=REQUEST, by=desks.county_person, at=NOON)

    assert refused.value.code == "version_closed"
