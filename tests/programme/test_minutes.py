"""What offices paste, and what becomes of it."""

import datetime

import pytest

from qixue.programme.minutes import Place, Plural, names_meant, parse_minutes, plural_in, split_names
from qixue.programme.minutes_days import day_in

TODAY = datetime.date(2026, 11, 4)  # a Wednesday
LABELLED = """关于全民终身学习活动周筹备工作的会议纪要
时间：2026年11月4日
一、会议议定事项
1. 请各县（市、区）教育局于11月20日前报送方案。责任单位：连南县教育局；完成时限：11月20日
2．做好开幕式场地布置（牵头单位：市教育局，配合单位：市委宣传部、市文旅局，完成时限：11月15日前）
（三）印发通知。
责任单位：市教育局、各县（市、区）教育局
完成时限：本周五
会议要求，各单位要高度重视。"""
TABLE = (
    "序号\t工作任务\t责任单位\t完成时限\n1\t报送活动方案\t清城区教育局\t１１月２０日前\n2\t布置场地\t市图书馆\t月底\n"
)


def read(text: str) -> list[tuple[str, tuple[str, ...], str]]:
    proposals = parse_minutes(text, today=TODAY).proposals
    return [(one.title, one.owners, one.due_on.isoformat() if one.due_on else "") for one in proposals]


def test_numbered_lines_with_labels() -> None:
    assert read(LABELLED) == [
        ("请各县（市、区）教育局于11月20日前报送方案", ("连南县教育局",), "2026-11-20"),
        ("做好开幕式场地布置", ("市教育局",), "2026-11-15"),
        ("印发通知", ("市教育局", "各县（市、区）教育局"), "2026-11-06"),
    ]


def test_lines_that_give_nothing_are_handed_back() -> None:
    assert parse_minutes(LABELLED, today=TODAY).left_out == (
        "关于全民终身学习活动周筹备工作的会议纪要",
        "时间：2026年11月4日",
        "会议要求，各单位要高度重视。",
        "会议议定事项",
    )


def test_helping_offices_stand_in_the_detail() -> None:
    assert parse_minutes(LABELLED, today=TODAY).proposals[1].detail == "配合单位：市委宣传部、市文旅局"


def test_table_with_a_head() -> None:
    assert read(TABLE) == [
        ("报送活动方案", ("清城区教育局",), "2026-11-20"),
        ("布置场地", ("市图书馆",), "2026-11-30"),
    ]


def test_table_without_a_head() -> None:
    assert read("1\t报送方案\t各县（市、区）教育局\t11月20日前") == [
        ("报送方案", ("各县（市、区）教育局",), "2026-11-20")
    ]


def test_table_with_columns_in_another_order() -> None:
    assert read("完成时间\t责任部门\t事项\n11月9日\t市图书馆\t借出展架") == [("借出展架", ("市图书馆",), "2026-11-09")]


def test_lines_without_numbers() -> None:
    assert read("会议纪要\n报送方案，责任单位：清城区教育局，时限：下周三") == [
        ("报送方案", ("清城区教育局",), "2026-11-11")
    ]


def test_line_broken_by_the_page_goes_on_below() -> None:
    assert read("1. 请市图书馆\n准备展架。责任单位：市图书馆") == [("请市图书馆准备展架", ("市图书馆",), "")]


def test_day_in_the_sentence_counts_where_no_label_names_one() -> None:
    assert read("1、请市图书馆于11月12日前准备好全部展架。") == [
        ("请市图书馆于11月12日前准备好全部展架", (), "2026-11-12")
    ]


def test_long_text_keeps_all_its_words() -> None:
    words = "请" + "逐项核对" * 60
    proposal = parse_minutes(f"1. {words}。责任单位：市图书馆", today=TODAY).proposals[0]

    assert (len(proposal.title), proposal.detail) == (200, words)


def test_nothing_gives_nothing() -> None:
    assert parse_minutes(" \n\r\n", today=TODAY) == parse_minutes("", today=TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年11月20日", "2026-11-20"),
        ("１１月２０日前", "2026-11-20"),
        ("11月20号", "2026-11-20"),
        ("2026-11-20", "2026-11-20"),
        ("11.20", "2026-11-20"),
        ("11/20前", "2026-11-20"),
        ("20日前", "2026-11-20"),
        ("3日前", "2026-12-03"),
        ("1月8日", "2027-01-08"),
        ("11月2日", "2026-11-02"),
        ("月底前", "2026-11-30"),
        ("本月底", "2026-11-30"),
        ("12月底", "2026-12-31"),
        ("下月底", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("本周五", "2026-11-06"),
        ("周五下班前", "2026-11-06"),
        ("周一", "2026-11-09"),
        ("下周一", "2026-11-09"),
        ("星期天", "2026-11-08"),
        ("明天", "2026-11-05"),
        ("长期坚持", ""),
        ("13月40日", ""),
        ("", ""),
    ],
)
def test_days_as_people_write_them(text: str, day: str) -> None:
    found = day_in(text, today=TODAY)

    assert (found.isoformat() if found else "") == day


def test_names_are_parted_outside_brackets_only() -> None:
    assert split_names("市教育局、各县（市、区）教育局；市图书馆 市科协") == (
        "市教育局",
        "各县（市、区）教育局",
        "市图书馆",
        "市科协",
    )


@pytest.mark.parametrize(
    ("text", "plural"),
    [
        ("各县（市、区）教育局", Plural("county", "教育局")),
        ("各县(市、区)", Plural("county", "")),
        ("全市各县区教育局", Plural("county", "教育局")),
        ("各镇（街道）", Plural("township", "")),
        ("各街道办事处", Plural("township", "办事处")),
        ("市教育局", None),
    ],
)
def test_plurals(text: str, plural: Plural | None) -> None:
    assert plural_in(text) == plural


def test_names_are_known_in_all_their_short_forms() -> None:
    county, city = Place("连南瑶族自治县", "连南"), Place("清远市", "清远")

    assert names_meant("连南瑶族自治县教育局（演示）", county, city) == {
        "连南瑶族自治县教育局",
        "连南县教育局",
        "连南教育局",
    }
    assert {"市委宣传部", "清远市委宣传部"} <= names_meant("中共清远市委宣传部", None, city)
