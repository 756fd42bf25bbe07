"""Counts in Chinese numerals (五千多人, 近三千, 八成, 一半以上), told from words that only hold a numeral.

A count in characters can be bound to a figure no more than one in digits. Small numbers before 项 and 个, up to 十, are
left alone: 三项措施 and 十个方面 count the words of the text itself. Pure.
"""

import re
from collections.abc import Iterator

FEW = "二两三四五六七八九几"
ONE = f"一{FEW}"
NUMERALS = f"{ONE}十百千万亿零〇"
NUMERAL = f"[{NUMERALS}]"
LARGE = f"(?:[{ONE}数]{{0,2}}|[{ONE}]?十[{ONE}]?)[十百千万亿]{NUMERAL}*"  # 十 and above, also 几十 and 五六千
HEDGE = "(?:将近|接近|大约|超过|达到|突破|不足|不到|逾|近|约|超|达|共|上)"
MORE = "[多余来几]"
TIME = "[年月日天周岁里代届]"
# Measure words; one that begins another word, as 人民 and 期间, measures nothing.
SESSIONS = r"人次|班次|场次|学时|课时|场(?![馆地所景面])|期(?![间待内末])|名(?![称单录])|户(?![外口籍])|所(?![有以谓])"
THINGS = (
    rf"{SESSIONS}|小时|人(?![才员民士口均群物气间生文类])|项(?!目)|家(?![庭长乡园])|份(?!额)|本(?![市县区次届级年])|部(?![门委])"
    r"|个(?![人性体])|[篇册堂幅件条支台元倍]|群众|居民|村民|农民|学员|师生|读者|志愿者"
)
COUNT = re.compile(
    r"(?<![\d.])(?:"
    rf"{HEDGE}?{LARGE}{MORE}?(?:个|名)?(?:{THINGS})"  # 两百余场, 近千名群众
    rf"|{HEDGE}{LARGE}{MORE}?(?!{TIME}|{NUMERAL})"  # 近三千
    rf"|{LARGE}[多余](?!{TIME})"  # 五千余
    rf"|{HEDGE}?[{FEW}]{MORE}?(?:{SESSIONS})(?!及?以上)"  # 三场, but not 两场及以上
    rf"|[{ONE}]{MORE}?倍"
    rf"|[{ONE}]成(?:[多半]|以上|以下|左右|(?![立为果员功长效就绩熟分语人份型品本像不千上]))"
    rf"|{NUMERAL}+分之{NUMERAL}+"
    "|(?:超过|过|近|约)?(?:一半|半数)以上|(?:超过|过|近|约)(?:一半|半数)"
    "|(?<!的)(?:一半|半数)|过半|大半"  # but not 整体的一半
    ")"
)
COUNTING = f"{NUMERALS}数近约超达逾"  # before 百 or 十: the numeral is part of a count
# Words with a numeral that counts nothing: ordinals, days, plans by their years, rates, and sayings.
NO_COUNT = re.compile(
    rf"第{NUMERAL}+|每{NUMERAL}+人?|每[人户家村镇县校天周月年][{ONE}](?!{NUMERAL})"
    rf"|(?<![{COUNTING}])十(?:项|个(?!人))|(?<![{COUNTING}上])[百万]家"
    rf"|十[{ONE}]五|{NUMERAL}+[、是]|（{NUMERAL}+）|{NUMERAL}+年代|{NUMERAL}+月(?:{NUMERAL}+日)?|{NUMERAL}+日"
    rf"|{NUMERAL}{{2,4}}年|一[^，。]一[^，。十百千万亿]|二十四小时|事半功倍"
    "|百姓|百花|百科|百货|千家万户|千方百计|千言万语|万众|万物|万里|万象|百分|百千万|十分|十足|十全十美"
)
HIDDEN = "■"


def chinese_counts(text: str) -> Iterator[str]:
    """The words of each count, in reading order."""
    plain = NO_COUNT.sub(lambda found: HIDDEN * len(found[0]), text)
    yield from (found[0] for found in COUNT.finditer(plain))
