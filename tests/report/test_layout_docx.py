"""Rules G01 to G15 of the layout profile (docs/reference/work-summary.md), on the .docx."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from PIL import Image
from tests.report.samples import HOSTILE, sample, with_picture

from qixue.report.docx_writer import FIGURES_NAMESPACE, write_docx
from qixue.report.files import docx_bytes
from qixue.report.official_document import Heading, OfficialDocument, Picture, Table, Text
from qixue.report.picture_size import printed_width
from qixue.report.summary import SummaryDraft

FONTS = {
    "仿宋": {"仿宋_GB2312", "仿宋", "FangSong"},
    "楷体": {"楷体_GB2312", "楷体", "KaiTi"},
    "黑体": {"黑体", "SimHei"},
    "小标宋": {"方正小标宋简体", "方正小标宋_GBK"},
    "宋体": {"宋体", "SimSun"},
}
HEADINGS = [
    ("^[一二三四五六七八九十]+、", "黑体"),
    ("^（[一二三四五六七八九十]+）", "楷体"),
    (r"^\d+\.", "仿宋"),
    (r"^（\d+）", "仿宋"),
]


@pytest.fixture(scope="module")
def data() -> bytes:
    return write_docx(sample())


@pytest.fixture(scope="module")
def docx(data: bytes) -> DocxDocument:
    return Document(io.BytesIO(data))


def text_of(paragraph: object) -> str:
    return words_of(paragraph._p)


def words_of(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def formats(paragraph: object) -> set[tuple[str, str, str]]:
    """(East Asian font, half points, colour) of each run."""
    found = set()
    for run in paragraph._p.iter(qn("w:r")):
        properties = run.find(qn("w:rPr"))
        values = [properties.find(qn(f"w:{tag}")).get(qn("w:val")) for tag in ("sz", "color")]
        found.add((properties.find(qn("w:rFonts")).get(qn("w:eastAsia")), *values))
    return found


def body(docx: DocxDocument) -> list[object]:
    return [paragraph for paragraph in docx.paragraphs if text_of(paragraph)]


def near(value: int, wanted: int, tolerance: float) -> bool:
    return abs(value - wanted) <= Mm(tolerance)


def test_g01_page_is_a4(docx: DocxDocument) -> None:
    section = docx.sections[0]

    assert near(section.page_width, Mm(210), 0.5)
    assert near(section.page_height, Mm(297), 0.5)


def test_g02_margins_leave_the_type_area(docx: DocxDocument) -> None:
    section = docx.sections[0]
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)

    assert all(near(margin, Mm(wanted), 1) for margin, wanted in zip(margins, (37, 28, 26, 35), strict=True))


def test_g03_body_is_black_fangsong_of_16_points(docx: DocxDocument) -> None:
    paragraph = next(item for item in body(docx) if text_of(item).startswith("各镇利用"))

    [(font, half_points, colour)] = formats(paragraph)

    assert font in FONTS["仿宋"]
    assert (half_points, colour) == ("32", "000000")


def test_g04_title_is_centred_xiaobiaosong_of_22_points_not_bold(docx: DocxDocument) -> None:
    lines = body(docx)[:2]

    assert [text_of(line) for line in lines] == ["清远市2016年全民终身学习活动周", "工作总结"]
    for line in lines:
        [(font, half_points, _colour)] = formats(line)
        assert font in FONTS["小标宋"]
        assert (half_points, line.alignment) == ("44", 1)
        assert {bold.get(qn("w:val")) for bold in line._p.iter(qn("w:b"))} == {"0"}
        assert len(text_of(line)) <= 20  # 442 points hold 20 characters of 22: no line wraps


@pytest.mark.parametrize(("pattern", "style"), HEADINGS)
def test_g05_headings_carry_their_fonts(docx: DocxDocument, pattern: str, style: str) -> None:
    headings = [item for item in body(docx) if re.match(pattern, text_of(item))]

    assert headings
    for heading in headings:
        assert {font for font, *_rest in formats(heading)} <= FONTS[style]
        assert {half_points for _font, half_points, _colour in formats(heading)} == {"32"}


def test_g06_numbering_runs_without_gaps(docx: DocxDocument) -> None:
    texts = [text_of(item) for item in body(docx)]

    assert [text for text in texts if re.match("^[一二三]、", text)] == ["一、主要做法和成效", "二、存在的问题"]
    assert not any(re.match(r"^\d+、", text) for text in texts)


def test_g07_paragraphs_begin_two_characters_in(docx: DocxDocument) -> None:
    indented = [item for item in body(docx) if re.match(r"^(各镇|[一二]、|（|1\.)", text_of(item))]

    indents = {item._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) for item in indented}

    assert indents == {"200"}


def test_g08_line_pitch_is_exact(docx: DocxDocument) -> None:
    pitches = {item.paragraph_format.line_spacing for item in body(docx)}

    assert {Pt(28) <= pitch <= Pt(28.99) for pitch in pitches} == {True}
    assert {item.paragraph_format.line_spacing_rule for item in body(docx)} == {4}


def test_g09_page_numbers_stand_outside_on_odd_and_even_pages(docx: DocxDocument) -> None:
    section = docx.sections[0]
    footers = [(section.footer, 2, "rightChars"), (section.even_page_footer, 0, "leftChars")]

    assert docx.settings.odd_and_even_pages_header_footer
    for footer, side, indent in footers:
        [paragraph] = footer.paragraphs
        assert text_of(paragraph) == "— 1 —"
        assert [node.text for node in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {font for font, *_rest in formats(paragraph)} <= FONTS["宋体"]
        assert {size for _font, size, _colour in formats(paragraph)} == {"28"}
        assert (paragraph.alignment, paragraph._p.pPr.find(qn("w:ind")).get(qn(f"w:{indent}"))) == (side, "100")


def test_g10_date_has_no_padding_zero(docx: DocxDocument) -> None:
    dates = [
        text_of(item)
        for item in body(docx)
        if re.fullmatch(r"\d{4}年([1-9]|1[0-2])月([1-9]|[12]\d|3[01])日", text_of(item))
    ]

    assert dates == ["2016年12月1日"]


def test_below_the_date_stands_how_the_document_is_checked_with_a_square_code(docx: DocxDocument) -> None:
    closing = [
        item for item in docx.paragraphs if text_of(item).startswith(("清远市教育局", "2016年12月1日", "（核验"))
    ]
    [code] = docx.element.body.iter(qn("wp:anchor"))

    assert [text_of(item) for item in closing] == [
        "清远市教育局",
        "2016年12月1日",
        "（核验：登录https://example.org/；签章编号：week-1）",
    ]
    assert [item.alignment for item in closing] == [2, 2, 0]  # right, right, left
    assert code.find(qn("wp:docPr")).get("descr") == "https://example.org/week/1/"
    assert code.find(qn("wp:extent")).get("cx") == str(Mm(25))


def test_square_code_stands_at_the_right_of_its_words_and_never_on_another_page(docx: DocxDocument) -> None:
    [words] = [item for item in docx.paragraphs if text_of(item).startswith("（核验")]
    [code] = docx.element.body.iter(qn("wp:anchor"))

    assert code in list(words._p.iter())
    assert words.paragraph_format.keep_together
    assert (
        code.find(qn("wp:wrapSquare")).get("wrapText"),
        code.find(f"{qn('wp:positionH')}/{qn('wp:align')}").text,
    ) == (
        "left",
        "right",
    )


def test_date_begins_two_characters_behind_the_first_of_a_longer_organ() -> None:
    document = replace(sample(), organ="清远市全民终身学习活动周领导小组")

    docx = Document(io.BytesIO(write_docx(document)))

    organ, date = [item for item in docx.paragraphs if text_of(item) in {document.organ, "2016年12月1日"}]
    left_of_organ = 156 / 25.4 * 72 - 2 * 16 - 16 * 15.75  # points: of 156 mm, two characters and its own sixteen
    assert (organ.alignment, date.alignment) == (2, 0)
    assert round(date.paragraph_format.left_indent.pt - left_of_organ) == 2 * 16


def test_organ_date_and_how_to_check_are_never_alone_on_a_page(docx: DocxDocument) -> None:
    at = next(at for at, item in enumerate(docx.paragraphs) if text_of(item) == "清远市教育局")

    assert all(item.paragraph_format.keep_with_next for item in docx.paragraphs[at - 2 : at + 2])


@pytest.mark.django_db
def test_g11_document_numbers_use_the_right_brackets(draft: SummaryDraft) -> None:
    text = "".join(text_of(item) for item in body(Document(io.BytesIO(docx_bytes(draft)))))

    assert re.findall(r"[^（）]{2,6}[〔\[［]\d{4}[〕\]］]第?\d+号", text) == ["粤教职办函〔2016〕77号"]


def test_g12_attachments_are_noted_and_begin_a_page(docx: DocxDocument) -> None:
    texts = [text_of(item) for item in body(docx)]
    labels = [item for item in body(docx) if re.fullmatch("附件[12]", text_of(item))]

    assert [text for text in texts if "活动一览表" in text] == ["附件：1. 活动一览表", "活动一览表"]
    assert [text_of(label) for label in labels] == ["附件1", "附件2"]
    assert all(label.paragraph_format.page_break_before for label in labels)
    assert all(font in FONTS["黑体"] for label in labels for font, *_rest in formats(label))


@pytest.mark.django_db
def test_g13_chinese_text_has_full_width_punctuation(draft: SummaryDraft) -> None:
    text = "\n".join(text_of(item) for item in body(Document(io.BytesIO(docx_bytes(draft)))))

    assert re.findall(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]", text) == []


@pytest.mark.django_db
def test_g14_only_the_hedges_of_the_source_are_irregular_and_they_are_marked(draft: SummaryDraft) -> None:
    text = "\n".join(text_of(item) for item in body(Document(io.BytesIO(docx_bytes(draft)))))

    irregular = re.findall(r"近\d+多|\d*[1-9]多", text)

    assert irregular == ["35多", "近4000多"]
    assert {remark.quote for remark in draft.remarks} >= set(irregular)
    assert "截止" not in text


@pytest.mark.django_db
def test_g15_every_figure_in_the_text_is_traced(draft: SummaryDraft) -> None:
    data = docx_bytes(draft)
    docx = Document(io.BytesIO(data))
    loose = "".join(loose_text(item) for item in body(docx))

    rest = re.sub(r"20\d\d(—20\d\d)?年(\d+月)?|〔\d{4}〕\d+号|\n\d\.", "", loose)

    assert re.findall(r"\d+", rest) == []
    assert set(controls(docx)) == {trace.code for trace in draft.document.figures}


def loose_text(paragraph: object) -> str:
    """The paragraph's words outside content controls."""
    inside = {node for control in paragraph._p.iter(qn("w:sdt")) for node in control.iter(qn("w:t"))}
    return "\n" + "".join(node.text or "" for node in paragraph._p.iter(qn("w:t")) if node not in inside)


def controls(docx: DocxDocument) -> list[str]:
    tags = [tag.get(qn("w:val")) for tag in docx.element.iter(qn("w:tag"))]
    return [tag.removeprefix("figure:") for tag in tags if tag.startswith("figure:")]


def test_figures_travel_as_a_custom_part(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [part] = [
            archive.read(name) for name in archive.namelist() if FIGURES_NAMESPACE.encode() in archive.read(name)
        ][:1]

    root = etree.fromstring(part)

    assert (root.get("programme"), root[0].get("code"), root[0].get("records"), json.loads(root[0].text)) == (
        "qingyuan-2016",
        "F1",
        "1",
        ["ledger:A/1"],
    )


def test_same_document_gives_the_same_bytes(data: bytes) -> None:
    assert write_docx(sample()) == data


def test_words_that_look_like_markup_stay_words(docx: DocxDocument) -> None:
    assert any(HOSTILE in text_of(item) for item in body(docx))


def test_rare_characters_are_kept(docx: DocxDocument) -> None:
    assert any("浛洸镇、大崀镇和𠮷祥村" in text_of(item) for item in body(docx))


def test_archive_has_each_member_once(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()

    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_table_caption_stays_with_its_table(docx: DocxDocument) -> None:
    caption = next(item for item in body(docx) if text_of(item) == "各县活动情况")

    assert caption.paragraph_format.keep_with_next


def test_heading_stays_with_the_table_or_chart_below_it() -> None:
    table = Table("各县", ("县", "人次"), ((Text("清城区"), Text("1")), (Text("连南县"), Text("2"))))
    [picture] = [block for block in with_picture().blocks if isinstance(block, Picture)]
    document = OfficialDocument((), (Heading(1, "甲"), table, Heading(1, "乙"), picture))

    docx = Document(io.BytesIO(write_docx(document)))

    kept = {words_of(mark.getparent().getparent()) for mark in docx.element.iter(qn("w:keepNext"))}
    assert {"一、甲", "各县", "县", "人次", "清城区", "1", "二、乙"} <= kept
    assert "各品牌参与人次" not in kept


@pytest.mark.parametrize(
    ("size", "width"), [((2400, 1600), 150), ((1600, 2400), 133), ((100, 2000), 10), ((591, 400), 150), ((60, 40), 15)]
)
def test_picture_fits_on_a_page_and_is_not_blown_up(size: tuple[int, int], width: int) -> None:
    png = io.BytesIO()
    Image.new("L", size, 80).save(png, "PNG")

    assert round(printed_width(png.getvalue())) == width


def test_picture_is_150_mm_wide_says_its_numbers_and_keeps_its_caption() -> None:
    docx = Document(io.BytesIO(write_docx(with_picture())))

    [shape] = docx.inline_shapes
    [at] = [at for at, each in enumerate(docx.paragraphs) if each._p.findall(f".//{qn('w:drawing')}")]
    assert (round(shape.width.mm), shape._inline.docPr.get("descr")) == (150, "甲10；乙5。")
    assert docx.paragraphs[at].paragraph_format.keep_with_next
    assert text_of(docx.paragraphs[at + 1]) == "各品牌参与人次"
