"""The files that a work summary is handed out as."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from qixue.report.annex import annex_bytes
from qixue.report.docx_writer import write_docx
from qixue.report.fonts import FontSet, find_fonts
from qixue.report.pdf_writer import write_pdf
from qixue.report.summary import SummaryDraft

SYSTEM_FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")


@lru_cache(maxsize=1)
def fonts() -> FontSet:
    """The fonts for PDFs: those the city provides first, those of the system after."""
    return find_fonts([*settings.QIXUE["FONT_DIRS"], *SYSTEM_FONTS])


def docx_bytes(draft: SummaryDraft) -> bytes:
    return write_docx(draft.document)


def pdf_bytes(draft: SummaryDraft) -> bytes:
    return write_pdf(draft.document, fonts())


def write_report(draft: SummaryDraft, *, docx: Path | None, pdf: Path | None, annex: Path | None) -> None:
    """Write the files that are asked for. Raises OSError when a place cannot be written."""
    for path, make in ((docx, docx_bytes), (pdf, pdf_bytes), (annex, annex_bytes)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(draft))
