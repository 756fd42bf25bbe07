"""What people type becomes blocks and comes back as it was; what stands for nothing is named, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qixue.report.manuscript_text import (
    Kind,
    Mistake,
    MistakeKind,
    Names,
    Placed,
    Printable,
    codes_in,
    parsed,
    text_of,
)
from qixue.report.official_document import (
    Block,
    FactRun,
    FigureRun,
    Heading,
    Paragraph,
    Picture,
    Run,
    RunInHeading,
    Table,
    Text,
)

NAMES = Names(
    {"attendance": Printable("3500多人次", "3500多"), "sessions_total.B1-S2": Printable("12场", "12")},
    {(Kind.CHART, "days"), (Kind.TABLE, "counties"), (Kind.PHOTO, "2")},
    {"as_of": "截至11月23日21时05分", "theme": "学习"},
)
WORDS = st.text(st.sampled_from("活动，。a1 {}\\｛｝|:"), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text
)
FIGURES = st.sampled_from(
    [
        *(FigureRun(code, text) for code, item in NAMES.figures.items() for text in (item.text, item.number)),
        *(FactRun(name, words) for name, words in NAMES.facts.items()),
    ]
)


def paragraph(pairs: list[tuple[str, FigureRun | FactRun]]) -> Paragraph:
    """Words and figures by turns: two texts in a row would be one."""
    runs: list[Run] = [run for words, figure in pairs for run in (Text(words), figure)]
    return Paragraph(tuple(runs))


PARAGRAPHS = st.lists(st.tuples(WORDS, FIGURES), min_size=1, max_size=4).map(paragraph)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    PARAGRAPHS,
    st.just(Table("各县", ("县",), (), code="counties")),
    st.just(Picture(b"", "每天", "", code="days")),
)


@given(st.lists(BLOCKS, max_size=6))
def test_blocks_come_back_from_their_text(blocks: list[Block]) -> None:
    text = text_of(blocks, NAMES)

    found = parsed(text, NAMES)

    assert found.mistakes == ()
    assert [piece if isinstance(piece, Paragraph) else piece.code for piece in found.pieces] == [
        block if isinstance(block, Paragraph) else block.code  # type: ignore[union-attr]
        for block in blocks
    ]


@given(st.text(st.sampled_from("活 a{}｛｝\\|:\n照片"), max_size=40))
def test_nothing_typed_is_lost(text: str) -> None:
    found = parsed(text, Names({}, ()))

    shown = "".join(run.text for piece in found.pieces if isinstance(piece, Paragraph) for run in piece.runs)
    assert sorted(set(text) - set(" \n\\") - set(shown)) == []


def test_figures_are_printed_with_their_unit_or_without_it() -> None:
    [piece] = parsed("共{{sessions_total.B1-S2}}，{{attendance|number}}人次。", NAMES).pieces

    assert piece == Paragraph(
        (
            Text("共"),
            FigureRun("sessions_total.B1-S2", "12场"),
            Text("，"),
            FigureRun("attendance", "3500多"),
            Text("人次。"),
        )
    )


def test_each_line_is_a_paragraph_and_marks_may_be_typed_full_width() -> None:
    found = parsed("　　甲\n乙\n\n｛｛ａｔｔｅｎｄａｎｃｅ｝｝\n｛｛照片：２｜启动仪式现场｝｝", NAMES)

    assert found.pieces == (
        Paragraph((Text("甲"),)),
        Paragraph((Text("乙"),)),
        Paragraph((FigureRun("attendance", "3500多人次"),)),
        Placed(Kind.PHOTO, "2", "启动仪式现场"),
    )


@pytest.mark.parametrize(
    ("line", "kind", "quote"),
    [
        ("参与{{attendence}}", MistakeKind.UNKNOWN_FIGURE, "{{attendence}}"),
        ("参与{{attendance", MistakeKind.BROKEN_MARK, "{{"),
        ("参与attendance}}", MistakeKind.BROKEN_MARK, "}}"),
        ("参与{{ }}", MistakeKind.BROKEN_MARK, "{{ }}"),
        ("参与{{attendance|words}}", MistakeKind.BROKEN_MARK, "{{attendance|words}}"),
        ("{{chart: weeks}}", MistakeKind.UNKNOWN_PLACED, "{{chart: weeks}}"),
        ("见{{chart: days}}", MistakeKind.NOT_ALONE, "{{chart: days}}"),
        ("{{chart: days | 各日}}", MistakeKind.CAPTION_KEPT, "{{chart: days | 各日}}"),
    ],
)
def test_what_stands_for_nothing_is_named_with_its_line_and_stays(line: str, kind: MistakeKind, quote: str) -> None:
    found = parsed(f"甲\n\n{line}", NAMES)

    assert found.mistakes == (Mistake(3, kind, quote),)
    assert found.pieces[1] == Paragraph((Text(line),))


def test_brackets_that_are_meant_have_a_backslash_before_them() -> None:
    [piece] = parsed(r"写作\{\{code\}\}和\\", NAMES).pieces

    assert piece == Paragraph((Text(r"写作{{code}}和" + "\\"),))


def test_headings_stay_with_the_outline_and_other_numbers_are_text() -> None:
    blocks = [Heading(1, "做法"), RunInHeading(3, "品牌", (Text("共"), FigureRun("attendance", "9人次")))]

    assert text_of(blocks, NAMES) == "共9人次"


def test_a_table_without_a_code_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="各县"):
        text_of([Table("各县", ("县",), ())], NAMES)


def test_codes_are_found_whether_they_are_known_or_not() -> None:
    assert codes_in("{{a|number}}{{ b }}\n{{chart: days}}\n{{｛c｝}}") == ["a", "b"]
