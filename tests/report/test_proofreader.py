"""Each weak spot of the 2016 summary is marked with its own words; a sound twin is not."""

import pytest

from qixue.report.official_document import FigureRun, Heading, OfficialDocument, Paragraph, Run, Text
from qixue.report.proofreader import KnownFigure, Remark, glyph_remarks, proofread

NAMES = {"清远市委宣传部": ("清远市宣传部",), "清远市教育局": ("市教育局",)}


def codes(text: str, **context: object) -> list[str]:
    return [remark.code for remark in proofread(text, NAMES, **context)]


@pytest.mark.parametrize(
    ("code", "defect", "sound"),
    [
        ("document_number_brackets", "根据通知（粤教职办函[2016]77号）", "根据通知（粤教职办函〔2016〕77号）"),
        ("document_number_padding", "粤教职办函〔2016〕077号", "粤教职办函〔2016〕77号"),
        ("doubled_word", "实际的困难。如如何保证活动", "实际的困难。例如如何"[:7] + "保证活动"),
        ("doubled_word", "截至截至11月27日18时05分，参与9人次", "截至11月27日18时05分，参与9人次"),
        ("jiezhi", "截止目前开展讲座", "截至2016年12月1日开展讲座"),
        ("contradictory_hedge", "参与受益人群近4000多人", "参与受益人群近4000人"),
        ("irregular_hedge", "文明活动达35多场", "文明活动达30多场"),
        ("heads_and_attendances", "参加人数共1000多人次", "参加培训共1000多人次"),
        ("half_width_punctuation", "“享读书”为主题,开展了", "“享读书”为主题，开展了"),
        ("organ_name", "由清远市宣传部主办", "由清远市委宣传部主办"),
        ("clock_forms", "下午14:30开始", "下午2:30开始"),
        ("quotation_marks", '以"学习"为主题', "以“学习”为主题"),
        ("year_zero", "二0一六年以来", "二〇一六年以来"),
        ("enumeration_of_names", "“悦读社区”、“享读书”", "“悦读社区”“享读书”"),
        ("enumeration_of_names", "《方案》、《通知》", "《方案》（〔2016〕77号）、《通知》"),
        ("percent_range", "占10～20%", "占10%～20%"),
        ("added_counts", "合计参与人次和受众达万余", "参与人次和受众分别统计"),
        ("missing_subject", "镇充分利用文化站", "各镇充分利用文化站"),
    ],
)
def test_weak_spot_is_marked_and_its_sound_twin_is_not(code: str, defect: str, sound: str) -> None:
    assert codes(defect) == [code]
    assert codes(sound) == []


def test_quote_of_a_document_number_begins_near_it() -> None:
    (remark,) = proofread("学" * 50 + "文件粤教职办函[2016]77号", NAMES)
    assert remark.quote == "学" * 13 + "文件粤教职办函[2016]77号"


def test_sentence_said_twice_is_marked_once_at_its_second_place() -> None:
    clause = "各县（市、区）宣传部、教育局协办"

    [remark] = proofread(f"开头，{clause}。\n第二段，{clause}。", {})

    assert (remark.code, remark.place, remark.quote) == ("repetition", "第2段", clause)


def test_whole_city_is_marked_only_when_most_counties_are_silent() -> None:
    silent = ("清新区", "佛冈县", "阳山县", "连山", "连州市")

    assert codes("全市开展了活动", silent_counties=silent, county_count=8) == ["whole_city"]
    assert codes("全市开展了活动", silent_counties=silent[:4], county_count=8) == []


def test_remark_speaks_both_languages() -> None:
    [remark] = proofread("文明活动达35多场", {})

    assert (remark.message_zh, remark.quote) == ("不以0结尾的数后面不用“多”“余”，请写明确数。", "35多")
    assert remark.message_en.endswith("please give the exact number.")


def test_character_without_a_glyph_is_marked_where_it_stands() -> None:
    document = OfficialDocument(("工作总结",), (Paragraph((Text("浛洸镇和𠮷祥村。"),)), Paragraph((Text("清城区。"),))))

    [remark] = glyph_remarks(document, {"𠮷", "龘", "洸"})

    assert (remark.code, remark.place, remark.quote) == ("missing_glyph", "第2段", "洸𠮷")


def test_document_whose_characters_all_have_glyphs_has_no_such_remark() -> None:
    document = OfficialDocument(("工作总结",), (Paragraph((Text("清城区。"),)),))

    assert list(glyph_remarks(document, set())) == []


ATTENDANCE = KnownFigure("attendance", "参与人次", "3500", "人次")


def written(*runs: Run | str) -> OfficialDocument:
    words = tuple(Text(run) if isinstance(run, str) else run for run in runs)
    return OfficialDocument(("工作总结",), (Paragraph(words),))


def remarks(document: OfficialDocument, **context: object) -> list[Remark]:
    return proofread(document, {}, **context)


def test_typed_number_is_marked_with_the_figure_that_has_its_value() -> None:
    [remark] = remarks(written("全年参与3500人次。"), figures=[ATTENDANCE])

    assert (remark.code, remark.place, remark.quote) == ("unbound_number", "第2段", "3500人次")
    assert remark.message_zh == "这个数没有引用数字，签发后无法核对；请改为引用“参与人次”（attendance）。"
    assert remark.message_en.endswith("please insert attendance.")


def test_figure_of_another_unit_is_not_suggested() -> None:
    [remark] = remarks(written("发放资料3500份。"), figures=[ATTENDANCE])

    assert remark.message_zh == "这个数没有引用数字，签发后无法核对。"


def test_count_in_characters_is_marked_as_one_in_digits_is_unless_it_stands_in_a_name() -> None:
    [remark] = remarks(written("近三千名群众参加“百场讲座”。"))

    assert (remark.code, remark.place, remark.quote) == ("unbound_number", "第2段", "近三千名群众")


@pytest.mark.parametrize(
    "words",
    [
        "2016年11月23日至29日举行",
        "截至11月23日21时05分",
        "每天9:30开始",
        "根据粤教职办函〔2016〕77号要求",
        "《规划纲要（2010—2020年）》",
        "第3次会议",
        "“十个100”活动",
        "近5年来，5G课堂开到村里",
    ],
)
def test_dates_numbers_of_documents_and_names_are_no_figures(words: str) -> None:
    assert remarks(written(words)) == []


def test_number_of_a_figure_is_not_marked() -> None:
    assert remarks(written("参与", FigureRun("attendance", "3500多人次"), "。")) == []


@pytest.mark.parametrize(
    ("before", "figure", "after", "quote"),
    [
        ("举办", "88场", "次。", "88场次"),
        ("参与", "1758人", "次。", "1758人次"),
        ("参与人次达", "1758人", "。", "人次达1758人"),
        ("开展", "12期", "项活动。", "12期项"),
    ],
)
def test_other_unit_beside_a_figure_is_marked(before: str, figure: str, after: str, quote: str) -> None:
    [remark] = remarks(written(before, FigureRun("F1", figure), after))

    assert (remark.code, remark.quote) == ("unit_clash", quote)


@pytest.mark.parametrize("after", ["场馆开放", "人员到场", "期间有雨", "项目推进", "次数最多"])
def test_word_that_only_begins_like_a_unit_is_sound(after: str) -> None:
    assert remarks(written("覆盖", FigureRun("F1", "26个"), after)) == []


def test_whole_summary_names_hosts_totals_problems_and_plans() -> None:
    found = remarks(written("开展了活动。"), required=[ATTENDANCE])

    assert [(remark.code, remark.place) for remark in found] == [("required_fact", "全文")] * 4
    assert [remark.message_zh for remark in found] == [
        "总结应当写明“参与人次”。",
        "总结应当写明主办单位。",
        "总结应当写明存在的问题。",
        "总结应当写明下一步打算。",
    ]


def test_summary_that_has_them_is_sound() -> None:
    blocks = (
        Paragraph((Text("市教育局主办，参与"), FigureRun("attendance", "3500人次"), Text("。"))),
        Heading(1, "存在的问题"),
        Heading(1, "下一步打算"),
    )

    assert remarks(OfficialDocument(("工作总结",), blocks), required=[ATTENDANCE]) == []
