import io
import shutil
import subprocess
from pathlib import Path

import pdfplumber
import pytest
from tests.report.samples import sample

from qixue.report.docx_writer import write_docx
from qixue.report.official_document import plain_text


def test_libreoffice_opens_the_docx_and_shows_every_character(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed; on Debian: apt-get install libreoffice-writer-nogui")
    (tmp_path / "summary.docx").write_bytes(write_docx(sample()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"

    subprocess.run(
        [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "summary.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )

    pages = pdfplumber.open(io.BytesIO((tmp_path / "summary.pdf").read_bytes())).pages
    shown = {character for page in pages for character in page.extract_text()}
    assert {character for character in plain_text(sample()) if not character.isspace()} - shown == set()
    for page in pages:
        assert len({round(item["bottom"]) for item in page.chars if item["size"] > 15 and item["text"].strip()}) <= 22
