"""The files that a work summary is handed out as."""

from collections.abc import Callable
from pathlib import Path

from qixue.report.annex import annex_bytes
from qixue.report.docx_writer import write_docx
from qixue.report.installed import installed_fonts
from qixue.report.pdf_writer import write_pdf
from qixue.report.summary import SummaryDraft


def docx_bytes(draft: SummaryDraft) -> bytes:
    return write_docx(draft.document)


def pdf_bytes(draft: SummaryDraft) -> bytes:
    return write_pdf(draft.document, installed_fonts())


# By the end of the file's name, what writes it.
FILES: dict[str, Callable[[SummaryDraft], bytes]] = {"docx": docx_bytes, "pdf": pdf_bytes, "xlsx": annex_bytes}

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_report(draft: SummaryDraft, *, docx: Path | None, pdf: Path | None, annex: Path | None) -> None:
    """Write the files that are asked for. Raises OSError when a place cannot be written."""
    for path, make in zip((docx, pdf, annex), FILES.values(), strict=True):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(draft))
