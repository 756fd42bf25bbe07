"""An official document as .docx, laid out as GB/T 9704-2012 asks (settings: docs/reference/work-summary.md)."""

import io
import json
import zipfile
from collections.abc import Iterable

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Row
from docx.text.paragraph import Paragraph as DocxParagraph
from lxml import etree

from qixue.core.qr_codes import qr_png
from qixue.report.floating_picture import float_right
from qixue.report.official_document import (
    Annotation,
    Block,
    FigureRun,
    Heading,
    OfficialDocument,
    Paragraph,
    Picture,
    Run,
    RunInHeading,
    Table,
    Text,
    annotation_text,
    attachment_label,
    attachment_notes,
    date_text,
    numbered,
    printed_codes,
    text_width,
)
from qixue.report.picture_size import CODE_WIDTH, printed_width

BODY, KAI, HEI, TITLE, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
HEADING_FONTS = {1: HEI, 2: KAI, 3: BODY, 4: BODY}
BODY_SIZE, TITLE_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE = 16, 22, 12, 14
TYPE_AREA_WIDTH = Mm(156)
LINE_PITCH = Pt(28.95)  # 22 lines in 225 mm; 29 pt would give 21
CHARACTER_SPACING = "-5"  # twentieths of a point: 28 characters in 156 mm
CHARACTER_WIDTH = Pt(15.75)  # with that spacing
FOOTER_DISTANCE = Mm(25)  # puts the dashes of the page number 7 mm below the type area
FIGURES_NAMESPACE, SEAL_NAMESPACE = "urn:qixue:figures:1", "urn:qixue:seal:1"
LIST_FORMAT = "2"  # of the list in a draft: its digests are over sessions, in lists without a format over records
LIST_ITEM_ID = "{8B7C1E52-6D1B-4B1E-9A55-51F1C0A7D001}"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def write_docx(document: OfficialDocument) -> bytes:
    """The document as bytes; the same document gives the same bytes."""
    docx = Document()
    set_page(docx)
    set_properties(docx, document)
    write_title(docx, document)
    write_blocks(docx, document.blocks)
    write_closing(docx, document)
    for at, attachment in enumerate(document.attachments, start=1):
        start = add_paragraph(docx, [Text(attachment_label(document, at))], HEI, indent=0)
        start.paragraph_format.page_break_before = True
        add_paragraph(docx, [], BODY, indent=0)
        add_centred(docx, attachment.title)
        write_blocks(docx, attachment.blocks)
    attach_list(docx, document)
    return repacked(docx)


def set_page(docx: DocxDocument) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance, section.header_distance = FOOTER_DISTANCE, Mm(15)
    docx.settings.odd_and_even_pages_header_footer = True
    write_page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT, "right")
    write_page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT, "left")
    normal = docx.styles["Normal"]
    normal.font.size = Pt(BODY_SIZE)
    set_fonts(normal.element.get_or_add_rPr(), BODY)


def set_properties(docx: DocxDocument, document: OfficialDocument) -> None:
    properties = docx.core_properties
    properties.title, properties.author, properties.comments = document.title, document.organ or "", ""
    properties.language = "zh-CN"


def set_fonts(properties: etree._Element, font: str) -> None:
    """Chinese and Latin font of a run or style; python-docx alone sets only the Latin one."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for attribute, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        fonts.set(qn(f"w:{attribute}"), name)
    properties.insert(0, fonts)


def run_element(text: str, font: str, size: int = BODY_SIZE) -> etree._Element:
    """A w:r with its properties in schema order."""
    run, properties = OxmlElement("w:r"), OxmlElement("w:rPr")
    set_fonts(properties, font)
    for tag, value in (
        ("w:b", "0"),
        ("w:color", "000000"),
        ("w:spacing", CHARACTER_SPACING),
        ("w:sz", str(size * 2)),
        ("w:szCs", str(size * 2)),
    ):
        element = OxmlElement(tag)
        element.set(qn("w:val"), value)
        properties.append(element)
    run.append(properties)
    words = OxmlElement("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    return run


def figure_control(figure: FigureRun, number: int, font: str, size: int) -> etree._Element:
    """A content control around a number, tagged with the figure that it prints."""
    control, properties, content = (OxmlElement(f"w:{tag}") for tag in ("sdt", "sdtPr", "sdtContent"))
    for tag, value in (("w:alias", figure.code), ("w:tag", f"figure:{figure.code}"), ("w:id", str(number))):
        element = OxmlElement(tag)
        element.set(qn("w:val"), value)
        properties.append(element)
    content.append(run_element(figure.text, font, size))
    control.extend([properties, content])
    return control


def add_runs(paragraph: DocxParagraph, runs: Iterable[Run], font: str, size: int = BODY_SIZE) -> None:
    for run in runs:
        if isinstance(run, FigureRun):
            number = 1 + sum(1 for _ in paragraph._p.getroottree().iter(qn("w:sdt")))
            paragraph._p.append(figure_control(run, number, font, size))
        else:
            paragraph._p.append(run_element(run.text, font, size))


def set_layout(paragraph: DocxParagraph, *, indent: int = 2) -> None:
    """Exact line pitch, no space around, no widow control, first line indented by whole characters."""
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, LINE_PITCH
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    if indent:
        element = paragraph._p.get_or_add_pPr().get_or_add_ind()
        element.set(qn("w:firstLineChars"), str(indent * 100))
        element.set(qn("w:firstLine"), str(indent * BODY_SIZE * 20))


def add_paragraph(docx: DocxDocument, runs: Iterable[Run], font: str, *, indent: int = 2) -> DocxParagraph:
    paragraph = docx.add_paragraph()
    set_layout(paragraph, indent=indent)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    add_runs(paragraph, runs, font)
    return paragraph


def add_centred(docx: DocxDocument, text: str, font: str = TITLE, size: int = TITLE_SIZE) -> DocxParagraph:
    paragraph = docx.add_paragraph()
    set_layout(paragraph, indent=0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_runs(paragraph, [Text(text)], font, size)
    return paragraph


def write_title(docx: DocxDocument, document: OfficialDocument) -> None:
    for line in document.title_lines:
        add_centred(docx, line)
    if document.notice:
        add_centred(docx, f"（{document.notice}）", KAI, BODY_SIZE)
    add_paragraph(docx, [], BODY, indent=0)
    if document.addressee:
        add_paragraph(docx, [Text(f"{document.addressee}：")], BODY, indent=0)


def write_blocks(docx: DocxDocument, blocks: tuple[Block, ...]) -> None:
    for label, block in numbered(blocks):
        if isinstance(block, Heading):
            paragraph = add_paragraph(docx, [Text(label + block.text)], HEADING_FONTS[block.level])
            paragraph.paragraph_format.keep_with_next = True
        elif isinstance(block, RunInHeading):
            opening = Text(f"{label}{block.title}。")
            add_paragraph(docx, [opening, *block.runs], HEADING_FONTS[block.level])
        elif isinstance(block, Paragraph):
            add_paragraph(docx, block.runs, BODY)
        elif isinstance(block, Table):
            write_table(docx, block)
        elif isinstance(block, Picture):
            write_picture(docx, block)


def write_table(docx: DocxDocument, table: Table) -> None:
    caption = add_centred(docx, table.caption, HEI, TABLE_SIZE)
    caption.paragraph_format.keep_with_next = True  # never alone at the foot of a page
    grid = docx.add_table(rows=1, cols=len(table.header), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for cell, lines in zip(grid.rows[0].cells, table.header_lines, strict=True):
        for extra in lines[1:]:
            write_cell_line(cell.add_paragraph(), Text(extra), HEI, WD_ALIGN_PARAGRAPH.CENTER)
        write_cell_line(cell.paragraphs[0], Text(lines[0]), HEI, WD_ALIGN_PARAGRAPH.CENTER)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        cells = grid.add_row().cells
        for column, run in enumerate(row):
            side = WD_ALIGN_PARAGRAPH.RIGHT if column else WD_ALIGN_PARAGRAPH.LEFT
            write_cell_line(cells[column].paragraphs[0], run, BODY, side)
    set_columns(grid, table.column_shares)
    keep_together(grid.rows[:-1] if table.is_kept_together else grid.rows[:1])
    add_paragraph(docx, [], BODY, indent=0)


def set_columns(grid: DocxTable, shares: Iterable[float]) -> None:
    """Widths in the grid and in each cell: Word goes by the one, LibreOffice by the other."""
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = Emu(round(TYPE_AREA_WIDTH * share))
        for cell in column.cells:
            cell.width, cell.vertical_alignment = column.width, WD_CELL_VERTICAL_ALIGNMENT.CENTER


def keep_together(rows: Iterable[_Row]) -> None:
    """No page break behind any of these rows."""
    for row in rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def write_cell_line(paragraph: DocxParagraph, run: Run, font: str, side: WD_ALIGN_PARAGRAPH) -> None:
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(20)
    layout.space_before = layout.space_after = Pt(0)
    paragraph.alignment = side
    add_runs(paragraph, [run], font, TABLE_SIZE)


def write_picture(docx: DocxDocument, picture: Picture) -> None:
    """The picture as large as fits, with its alternative text; the caption below is never apart."""
    paragraph = docx.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(picture.content), width=Mm(printed_width(picture.content)))
    shape._inline.docPr.set("descr", picture.alt)
    add_centred(docx, picture.caption, HEI, TABLE_SIZE)


def write_closing(docx: DocxDocument, document: OfficialDocument) -> None:
    """Attachment note, organ and date; room is left for a seal, which software never draws."""
    if document.attachments:
        add_paragraph(docx, [], BODY, indent=0)
        for note in attachment_notes(document):
            add_paragraph(docx, [Text(note)], BODY)
    if document.organ and document.date:
        docx.paragraphs[-1].paragraph_format.keep_with_next = True  # organ and date are never alone on a page
        add_paragraph(docx, [], BODY, indent=0).paragraph_format.keep_with_next = True
        write_signature(docx, document.organ, date_text(document.date))
    if document.annotation:
        docx.paragraphs[-1].paragraph_format.keep_with_next = True  # how to check is never alone on a page either
        write_annotation(docx, document.annotation)


def write_signature(docx: DocxDocument, organ: str, date: str) -> None:
    """Clause 7.3.5.2: the organ two characters in from the right, the date two behind its first character; a date that
    is the longer of the two stands two in, and the organ as much further.
    """
    organ_line, date_line = (add_paragraph(docx, [Text(text)], BODY, indent=0) for text in (organ, date))
    organ_line.alignment = date_line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    organ_line.paragraph_format.keep_with_next = True
    longer_by = text_width(date) - len(organ)
    set_side_indent(organ_line, "right", longer_by + 4 if longer_by > 0 else 2, BODY_SIZE)
    if longer_by > 0:
        set_side_indent(date_line, "right", 2, BODY_SIZE)
    else:  # from the left, as the width of digits is that of the reader's font
        date_line.alignment = WD_ALIGN_PARAGRAPH.LEFT
        date_line.paragraph_format.left_indent = Emu(max(0, TYPE_AREA_WIDTH - len(organ) * CHARACTER_WIDTH))


def write_annotation(docx: DocxDocument, annotation: Annotation) -> None:
    """The words two characters in, with the square code at their right, where it takes no lines of its own."""
    words = add_paragraph(docx, [Text(annotation_text(annotation))], BODY)
    words.alignment = WD_ALIGN_PARAGRAPH.LEFT  # an address does not break: justified, the line before it would be torn
    words.paragraph_format.keep_together = True
    shape = words.add_run().add_picture(io.BytesIO(qr_png(annotation.address)), width=Mm(CODE_WIDTH))
    shape._inline.docPr.set("descr", annotation.address)
    float_right(shape._inline, gap=CHARACTER_WIDTH)


def set_side_indent(paragraph: DocxParagraph, side: str, characters: float, size: int) -> None:
    element = paragraph._p.get_or_add_pPr().get_or_add_ind()
    element.set(qn(f"w:{side}Chars"), str(round(characters * 100)))
    element.set(qn(f"w:{side}"), str(round(characters * size * 20)))


def write_page_number(paragraph: DocxParagraph, side: WD_ALIGN_PARAGRAPH, name: str) -> None:
    """— 1 — in 14 pt 宋体, one character in from the outer edge."""
    paragraph.alignment = side
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    set_side_indent(paragraph, name, 1, PAGE_NUMBER_SIZE)
    for kind, text in ((None, "— "), ("begin", ""), ("instr", "PAGE"), ("separate", ""), (None, "1"), ("end", "")):
        paragraph._p.append(page_field_run(kind, text))
    paragraph._p.append(page_field_run(None, " —"))


def page_field_run(kind: str | None, text: str) -> etree._Element:
    run = run_element(text, SONG, PAGE_NUMBER_SIZE)
    fonts = run.find(qn("w:rPr")).find(qn("w:rFonts"))
    for attribute in ("ascii", "hAnsi"):
        fonts.set(qn(f"w:{attribute}"), SONG)
    words = run.find(qn("w:t"))
    if kind == "instr":
        words.tag = qn("w:instrText")
    elif kind:
        run.remove(words)
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run.append(mark)
    return run


def attach_list(docx: DocxDocument, document: OfficialDocument) -> None:
    """What each number stood for, as a custom XML part: signed in an issued document, a plain list in a draft."""
    if document.seal:
        root = etree.Element(f"{{{SEAL_NAMESPACE}}}seal", nsmap={None: SEAL_NAMESPACE})
        root.text = document.seal
        attach_part(docx, root, SEAL_NAMESPACE)
    else:
        attach_part(docx, figures_element(document), FIGURES_NAMESPACE)


def figures_element(document: OfficialDocument) -> etree._Element:
    root = etree.Element(f"{{{FIGURES_NAMESPACE}}}figures", nsmap={None: FIGURES_NAMESPACE})
    root.set("programme", document.programme_code)
    root.set("printed", " ".join(printed_codes(document)))
    root.set("format", LIST_FORMAT)
    for trace in document.figures:
        element = etree.SubElement(root, f"{{{FIGURES_NAMESPACE}}}figure")
        for name in ("code", "text", "number", "name", "unit", "qualifier", "value", "digest"):
            element.set(name, getattr(trace, name))
        element.set("records", str(trace.record_count))
        element.text = json.dumps(trace.evidence_ids, ensure_ascii=False)
    return root


def attach_part(docx: DocxDocument, root: etree._Element, namespace: str) -> None:
    """A custom XML part with the properties that Word wants beside it (item 1 is python-docx's own)."""
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    item = Part(PackURI("/customXml/item2.xml"), "application/xml", blob, docx.part.package)
    properties = parse_xml(
        f'<ds:datastoreItem ds:itemID="{LIST_ITEM_ID}" '
        'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    blob = etree.tostring(properties, xml_declaration=True, encoding="UTF-8", standalone=True)
    description = Part(PackURI("/customXml/itemProps2.xml"), kind, blob, docx.part.package)
    item.relate_to(description, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    docx.part.relate_to(item, RELATIONSHIP_TYPE.CUSTOM_XML)


def repacked(docx: DocxDocument) -> bytes:
    """The file with fixed times inside, so that the same document gives the same bytes."""
    packed, output = io.BytesIO(), io.BytesIO()
    docx.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            target.writestr(zipfile.ZipInfo(name, FIXED_TIME), source.read(name), zipfile.ZIP_DEFLATED)
    return output.getvalue()
