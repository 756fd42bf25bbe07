"""Reading a work summary that somebody hands in, .docx, .pdf or .xlsx: its words, its numbers and its seal.

Nothing in such a file is trusted: sizes are bounded, entities and links are not followed, and nothing is stored.
"""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from qixue.core.refusal import Refused
from qixue.report.annex import FIGURE_SHEET, NOTES_SHEET, SEAL_SHEET
from qixue.report.docx_writer import FIGURES_NAMESPACE, SEAL_NAMESPACE
from qixue.report.seal_format import LARGEST, BadSeal, Envelope, read_envelope, without_spaces

LARGEST_FILE, LARGEST_PART, LARGEST_CONTENT = 20 * 2**20, 20 * 2**20, 100 * 2**20  # bytes
MOST_MEMBERS, MOST_ATTACHMENTS = 500, 20
MOST_ROWS, MOST_COLUMNS = 10_000, 20  # of a sheet that is compared
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOT_A_SUMMARY = _("This file is no work summary with a list of its figures.")
ATTACHMENT = re.compile(rb"/EmbeddedFile\b.{0,2000}?\bstream\r?\n", re.S)  # the head of an attached file in a PDF


@dataclass(frozen=True)
class SummaryFile:
    """What a file says. `lines` are its paragraphs without spaces; what a kind of file does not have is empty."""

    kind: str  # docx, pdf or xlsx
    digest: str  # SHA-256 of the whole file
    envelope: Envelope | None = None
    draft_list: etree._Element | None = None  # the unsigned list of a draft
    lines: tuple[str, ...] = ()
    controls: tuple[tuple[str, str], ...] = ()  # code and text of each content control; no code where it was lost
    controls_by_line: tuple[tuple[tuple[str, str], ...], ...] = ()  # those inside each of the lines
    table_lines: frozenset[int] = frozenset()  # the numbers, from 0, of those lines that stand in cells of tables
    cells: tuple[tuple[str, str, str], ...] = ()  # code, printed text and value in the annex
    notes: tuple[str, ...] = ()  # the rows of its sheet of notes, with their header

    @property
    def words(self) -> str:
        return "".join(self.lines)


def read_summary(data: bytes) -> SummaryFile:
    """Refused: not_a_summary."""
    if data.startswith(b"%PDF-") and len(data) <= LARGEST_FILE:
        return SummaryFile("pdf", digest_of(data), first_seal(attachments(data)))
    try:
        with opened(data) as archive:
            read = read_docx if "word/document.xml" in archive.namelist() else read_annex
            return read(data, archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, etree.XMLSyntaxError) as error:
        raise Refused("not_a_summary", NOT_A_SUMMARY) from error


def opened(data: bytes) -> zipfile.ZipFile:
    """Raises ValueError for an archive that is made to hurt. Sheets may be larger: their rows are streamed."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    members = archive.infolist()
    if len(data) > LARGEST_FILE or len(members) > MOST_MEMBERS:
        raise ValueError("This archive is too large.")
    read_whole = [member for member in members if not member.filename.startswith("xl/worksheets/")]
    if any(member.file_size > LARGEST_PART for member in read_whole):
        raise ValueError("A part of this archive is too large.")
    if sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise ValueError("This archive unpacks to too much.")
    return archive


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def first_seal(texts: Iterator[str]) -> Envelope | None:
    for text in texts:
        try:
            return read_envelope(text)
        except BadSeal:
            continue
    return None


def read_docx(data: bytes, archive: zipfile.ZipFile) -> SummaryFile:
    body = parsed(archive.read("word/document.xml"))
    paragraphs = [line for line in body.iter(f"{WORD}p") if without_spaces(text_of(line))]
    items = custom_items(archive)
    lists = [item for item in items if item.tag == f"{{{FIGURES_NAMESPACE}}}figures"]
    seals = (item.text or "" for item in items if item.tag == f"{{{SEAL_NAMESPACE}}}seal")
    return SummaryFile(
        kind="docx",
        digest=digest_of(data),
        envelope=first_seal(seals),
        draft_list=lists[0] if lists else None,
        lines=tuple(without_spaces(text_of(line)) for line in paragraphs),
        controls=tuple(controls_of(body)),
        table_lines=frozenset(at for at, line in enumerate(paragraphs) if is_in_table(line)),
        controls_by_line=tuple(tuple(controls_of(line)) for line in paragraphs),
    )


def is_in_table(paragraph: etree._Element) -> bool:
    return next(paragraph.iterancestors(f"{WORD}tc"), None) is not None


def custom_items(archive: zipfile.ZipFile) -> list[etree._Element]:
    """The custom XML parts that can be read."""
    items = []
    for name in archive.namelist():
        if re.fullmatch(r"customXml/item\d+\.xml", name):
            try:
                items.append(parsed(archive.read(name)))
            except etree.XMLSyntaxError:
                continue
    return items


def parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(data, parser)


def text_of(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{WORD}t"))


def controls_of(body: etree._Element) -> Iterator[tuple[str, str]]:
    """Each content control with the figure that its tag names. LibreOffice keeps the control and drops the tag."""
    for control in body.iter(f"{WORD}sdt"):
        tag = control.find(f"{WORD}sdtPr/{WORD}tag")
        name = tag.get(f"{WORD}val", "") if tag is not None else ""
        yield name.removeprefix("figure:") if name.startswith("figure:") else "", text_of(control)


def read_annex(data: bytes, archive: zipfile.ZipFile) -> SummaryFile:
    """Raises KeyError for a workbook that is no annex."""
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except InvalidFileException as error:
        raise ValueError("This is no workbook.") from error
    cells = tuple((row[0], row[2], row[3]) for row in rows_of(book, FIGURE_SHEET)[1:] if len(row) > 3)
    notes = tuple(" ".join(row).strip() for row in rows_of(book, NOTES_SHEET)) if NOTES_SHEET in book.sheetnames else ()
    sealed = book[SEAL_SHEET].iter_rows(min_row=2, max_col=1, values_only=True) if SEAL_SHEET in book.sheetnames else ()
    text = "".join(str(cell or "") for (cell,) in sealed)
    return SummaryFile("xlsx", digest_of(data), first_seal(iter([text])), cells=cells, notes=notes)


def rows_of(book: Workbook, sheet: str) -> list[tuple[str, ...]]:
    """Raises KeyError where there is no such sheet."""
    rows = book[sheet].iter_rows(max_col=MOST_COLUMNS, values_only=True)
    return [tuple("" if cell is None else str(cell) for cell in row) for row in islice(rows, MOST_ROWS)]


def attachments(data: bytes) -> Iterator[str]:
    """The attached files of a PDF that are text."""
    for _number, head in zip(range(MOST_ATTACHMENTS), ATTACHMENT.finditer(data), strict=False):
        content = data[head.end() : data.find(b"endstream", head.end())]
        if b"/FlateDecode" in data[data.rfind(b"obj", 0, head.start()) : head.end()]:
            try:
                content = zlib.decompressobj().decompress(content, 4 * LARGEST)
            except zlib.error:
                continue
        yield content.decode("utf-8", "replace")
