"""Rule G16 on the PDF, and what else a reader of the printed page would notice."""

import io
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from django.conf import settings
from PIL import Image
from tests.factories import NOON
from tests.report.samples import HOSTILE, sample, with_picture

from qixue.places.operations import DATA
from qixue.programme.models import Programme
from qixue.report.fonts import STYLES, SYSTEM_FONTS, FontSet, find_fonts, missing_glyphs
from qixue.report.official_document import (
    Heading,
    OfficialDocument,
    Paragraph,
    Picture,
    Table,
    Text,
    plain_text,
)
from qixue.report.pdf_writer import write_pdf
from qixue.report.summary import draft_summary

BODY_SIZE = 15  # points: body text is 16, page numbers and tables are smaller
BOTTOM = (297 - 35) / 25.4 * 72  # points, of the type area
TYPE_AREA_WIDTH = 442.5  # points: 156 mm, and the quarter point by which the last character is drawn closer
CLOSING_MARKS = "，。、；：！？）》”"


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    found = find_fonts([*settings.QIXUE["FONT_DIRS"], *SYSTEM_FONTS])
    if not found.files:
        pytest.skip("No Chinese font on this machine; bin/fonts fetches them.")
    return found


@pytest.fixture(scope="module")
def pdf(fonts: FontSet) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(write_pdf(sample(), fonts)))


def lines(page: pdfplumber.page.Page) -> dict[int, list[dict]]:
    """Characters of body size by line."""
    found = defaultdict(list)
    for character in page.chars:
        if character["size"] > BODY_SIZE and character["text"].strip():
            found[round(character["bottom"])].append(character)
    return found


def test_page_has_at_most_22_lines(pdf: pdfplumber.PDF) -> None:
    counts = [len(lines(page)) for page in pdf.pages]

    assert max(counts) == 22


def test_line_has_at_most_28_characters_in_156_mm(pdf: pdfplumber.PDF) -> None:
    for page in pdf.pages:
        for row in lines(page).values():
            assert sum("\u4e00" <= character["text"] <= "\u9fff" for character in row) <= 28
            half = 0.5 if row[-1]["text"] in CLOSING_MARKS else 1  # a mark at the end of a line keeps half its box
            assert row[-1]["x0"] + half * 16 - row[0]["x0"] <= TYPE_AREA_WIDTH


def test_full_line_of_plain_text_holds_28_characters(pdf: pdfplumber.PDF) -> None:
    widths = [len(row) for page in pdf.pages for row in lines(page).values()]

    assert max(widths) >= 28


def test_fonts_are_embedded(pdf: pdfplumber.PDF) -> None:
    names = {character["fontname"] for page in pdf.pages for character in page.chars}

    assert all("+" in name for name in names)


def test_every_character_of_the_document_is_on_the_page(pdf: pdfplumber.PDF) -> None:
    shown = {character for page in pdf.pages for character in page.extract_text()}

    assert {character for character in plain_text(sample()) if not character.isspace()} - shown == set()


def test_words_that_look_like_markup_stay_words(pdf: pdfplumber.PDF) -> None:
    text = "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "")

    assert HOSTILE.replace(" ", "") in text


def test_page_number_stands_7_mm_below_the_type_area_on_the_outer_side(pdf: pdfplumber.PDF) -> None:
    sides = []
    for page in pdf.pages[:2]:
        dashes = [item for item in page.chars if item["text"] == "—" and item["size"] < BODY_SIZE]
        middle = (dashes[0]["top"] + dashes[0]["bottom"]) / 2 / 72 * 25.4
        assert abs(middle - (297 - 35 + 7)) < 1.5
        sides.append(dashes[0]["x0"] > float(page.width) / 2)

    assert sides == [True, False]


def test_organ_stands_two_characters_in_and_the_date_below_it(pdf: pdfplumber.PDF) -> None:
    words = [word for page in pdf.pages for word in page.extract_words()]

    [organ] = [word for word in words if word["text"] == "清远市教育局"]
    [date] = [word for word in words if word["text"] == "2016年12月1日"]
    right = (210 - 26) / 25.4 * 72
    assert round((right - date["x1"]) / 16, 1) == 2.0  # the longer of the two
    assert round((date["x0"] - organ["x0"]) / 16, 1) == 2.0
    assert round(date["top"] - organ["top"]) == 29  # one line


def test_square_code_stands_beside_the_words_that_say_how_to_check(pdf: pdfplumber.PDF) -> None:
    [page] = [page for page in pdf.pages if "（核验" in page.extract_text()]
    [words] = [word for word in page.extract_words() if word["text"].startswith("（核验")]

    code = [each for each in page.lines + page.rects if each["bottom"] > words["top"]]
    assert round(max(each["x1"] for each in code) - (210 - 26) / 25.4 * 72) <= 0
    assert min(each["x0"] for each in code) > words["x1"]


def test_how_to_check_stands_on_the_page_of_organ_date_and_last_words(fonts: FontSet) -> None:
    for count in range(8, 20):  # lines of text, so that each in turn would be the last that fits
        words = tuple(Paragraph((Text("活动有序开展。"),)) for _line in range(count))
        document = replace(sample(), blocks=words, attachments=())
        texts = [page.extract_text() for page in pdfplumber.open(io.BytesIO(write_pdf(document, fonts))).pages]

        [last] = [text for text in texts if "（核验" in text]
        assert ("清远市教育局" in last, "活动有序开展" in last) == (True, True)


def before_and_below(heading: int, kind: str) -> OfficialDocument:
    """A heading in that line of the text, or in one of the next page, and below it a table or a chart as they are."""
    lines = tuple(Paragraph((Text("活动有序开展。"),)) for _line in range(heading))
    rows = tuple((Text(f"第{number}县"), Text(str(number))) for number in range(1, 9 if kind == "table" else 17))
    table = Table("各县情况", ("县（市、区）", "人次"), rows)
    [picture] = [block for block in with_picture().blocks if isinstance(block, Picture)]
    return OfficialDocument(("工作总结",), (*lines, Heading(1, "覆盖城乡"), picture if kind == "chart" else table))


@pytest.mark.parametrize("kind", ["table", "long table", "chart"])
def test_heading_stays_with_what_is_below_it_and_no_half_page_is_white(fonts: FontSet, kind: str) -> None:
    for heading in range(4, 24, 2):
        pages = pdfplumber.open(io.BytesIO(write_pdf(before_and_below(heading, kind), fonts))).pages

        [page] = [page for page in pages if "覆盖城乡" in page.extract_text()]
        last = [line["text"] for line in page.extract_text_lines()]
        below = last[last.index("一、覆盖城乡") + 1 :]
        assert below[:1] == (["各县情况"] if "table" in kind else ["各品牌参与人次"]), (heading, kind)
        if page is not pages[0]:
            bottom = max(line["bottom"] for line in pages[0].extract_text_lines() if line["bottom"] < BOTTOM)
            assert bottom > (37 + 225 / 2) / 25.4 * 72, (heading, kind)


def test_attachment_begins_a_page(pdf: pdfplumber.PDF) -> None:
    firsts = [page.extract_text().split("\n")[0] for page in pdf.pages]

    assert [text for text in firsts if text in {"附件1", "附件2"}] == ["附件1", "附件2"]


def test_same_document_gives_the_same_bytes(fonts: FontSet) -> None:
    assert write_pdf(sample(), fonts) == write_pdf(sample(), fonts)


def test_every_name_of_the_official_tree_has_its_glyphs(fonts: FontSet) -> None:
    names = (DATA / "qingyuan-regions.csv").read_text() + "浛洸镇大崀镇𠮷"

    assert missing_glyphs(names, fonts) == set()


def test_fonts_of_an_empty_place_are_all_missing(tmp_path: Path) -> None:
    found = find_fonts([tmp_path, tmp_path / "nowhere"])

    assert (found.files, found.substitutions) == ((), dict.fromkeys(STYLES, ""))


def test_substitute_is_named_where_the_first_choice_is_absent(fonts: FontSet, tmp_path: Path) -> None:
    [noto] = [path for path in fonts.files if path.name.startswith("NotoSansCJK-Regular")][:1] or [None]
    if noto is None:
        pytest.skip("Noto Sans CJK is not on this machine.")
    (tmp_path / noto.name).symlink_to(noto)

    found = find_fonts([tmp_path])

    assert set(found.substitutions.values()) == {"Noto Sans CJK SC"}
    assert write_pdf(sample(), found).startswith(b"%PDF")


@pytest.mark.django_db
def test_draft_warns_of_a_character_that_no_installed_font_can_show(fonts: FontSet, programme: Programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(theme="\U0003fffd")  # a code point that is no character

    draft = draft_summary(Programme.objects.get(pk=programme.pk), at=NOON)

    assert [remark.quote for remark in draft.remarks if remark.code == "missing_glyph"] == ["\U0003fffd"]


def test_portrait_photo_is_200_mm_tall_at_the_most(fonts: FontSet) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (1600, 2400)).save(jpeg, "JPEG")
    document = OfficialDocument(("工作总结",), (Picture(jpeg.getvalue(), "启动仪式", "台上有三人"),))

    images = [image for page in pdfplumber.open(io.BytesIO(write_pdf(document, fonts))).pages for image in page.images]

    assert [round(image["height"] / 72 * 25.4) for image in images] == [200]


def test_picture_is_150_mm_wide_and_in_print_quality(fonts: FontSet) -> None:
    [page] = pdfplumber.open(io.BytesIO(write_pdf(with_picture(), fonts))).pages

    [image] = page.images
    assert (round(image["width"] / 72 * 25.4), image["srcsize"]) == (150, (1772, 600))
    assert "各品牌参与人次" in page.extract_text()
