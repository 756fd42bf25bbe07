"""Counts in Chinese numerals are told from words that only hold a numeral."""

import pytest

from qixue.report.chinese_counts import chinese_counts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("五千多人到场", "五千多人"),
        ("参与群众近三千，", "近三千"),
        ("八成的镇", "八成"),
        ("九成以上满意", "九成以上"),
        ("两百余场活动", "两百余场"),
        ("一半以上的村", "一半以上"),
        ("超过半数", "超过半数"),
        ("三分之二的学校", "三分之二"),
        ("举办讲座二十场", "二十场"),
        ("发放资料上万份", "上万份"),
        ("数百名学员", "数百名学员"),
        ("几十场讲座", "几十场"),
        ("五六千人次", "五六千人次"),
        ("十几期", "十几期"),
        ("近千名群众", "近千名群众"),
        ("惠及群众五千余", "五千余"),
        ("三场讲座", "三场"),
        ("增长一倍", "一倍"),
        ("一千二百八十人次", "一千二百八十人次"),
        ("二十余个镇", "二十余个"),
        ("三百家单位", "三百家"),
        ("两百家企业", "两百家"),
        ("上百家单位", "上百家"),
        ("三万家企业", "三万家"),
        ("一共一百场", "共一百场"),
        ("一天一百场", "一百场"),
        ("活动周一共一万人次", "共一万人次"),
        ("近十个镇", "近十个"),
        ("二十个镇", "二十个"),
        ("三十项活动", "三十项"),
        ("每天五千人次", "五千人次"),
    ],
)
def test_count_in_characters_is_found(text: str, count: str) -> None:
    assert list(chinese_counts(text)) == [count]


NO_COUNTS = """
一方面 第一 三者 一批 十四五期间 一年一度 第十五期 每千人参与 百姓学习之星 千家万户
三项措施 两个方面 一系列活动 一场讲座 三下乡 四是加强 一、主要做法 十分重视 一成不变
一成立 近十年来 近百年 二十多年 二十四小时开放 十一月二十三日 一次 十全十美
参加两场及以上的占 百科知识 （十） 十九届四中全会 两级联动 一人一策 事半功倍 百花齐放
三水瑶族乡 一起 八一建军节 二十大 近几年 五四青年节 一大批 一站式 3万多人
百千万工程 九十年代 十部委 不到整体的一半
每人三场 十项举措 十个方面 百家争鸣 万家灯火 以上十项举措
"""


@pytest.mark.parametrize("text", NO_COUNTS.split())
def test_word_with_a_numeral_that_counts_nothing_is_left_alone(text: str) -> None:
    assert list(chinese_counts(text)) == []
