"""Each weak spot of the 2016 summary is marked with its own words; a sound twin is not."""

import pytest

from qixue.report.official_document import OfficialDocument, Paragraph, Text
from qixue.report.proofreader import glyph_remarks, proofread

NAMES = {"清远市委宣传部": ("清远市宣传部",), "清远市教育局": ("市教育局",)}


def codes(text: str, **context: object) -> list[str]:
    return [remark.code for remark in proofread(text, NAMES, **context)]


@pytest.mark.parametrize(
    ("code", "defect", "sound"),
    [
        ("document_number_brackets", "根据通知（粤教职办函[2016]77号）", "根据通知（粤教职办函〔2016〕77号）"),
        ("document_number_padding", "粤教职办函〔2016〕077号", "粤教职办函〔2016〕77号"),
        ("doubled_word", "实际的困难。如如何保证活动", "实际的困难。例如如何"[:7] + "保证活动"),
        ("jiezhi", "截止目前开展讲座", "截至2016年12月1日开展讲座"),
        ("contradictory_hedge", "参与受益人群近4000多人", "参与受益人群近4000人"),
        ("irregular_hedge", "文明活动达35多场", "文明活动达30多场"),
        ("heads_and_attendances", "参加人数共1000多人次", "参加培训共1000多人次"),
        ("half_width_punctuation", "“享读书”为主题,开展了", "“享读书”为主题，开展了"),
        ("organ_name", "由清远市宣传部主办", "由清远市委宣传部主办"),
        ("missing_subject", "镇充分利用文化站", "各镇充分利用文化站"),
    ],
)
def test_weak_spot_is_marked_and_its_sound_twin_is_not(code: str, defect: str, sound: str) -> None:
    assert codes(defect) == [code]
    assert codes(sound) == []


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
