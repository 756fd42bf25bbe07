"""The files that a work summary is handed out as."""

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


def write_report(draft: SummaryDraft, *, docx: Path | None, pdf: Path | None, annex: Path | None) -> None:
    """Write the files that are asked for. Raises OSError when a place cannot be written."""
    for path, make in ((docx, docx_bytes), (pdf, pdf_bytes), (annex, annex_bytes)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(draft))
