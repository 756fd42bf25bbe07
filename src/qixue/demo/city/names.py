"""Invented names. Some carry a rare character, as names do: they must survive every page and document."""

import random

SURNAMES = "陈李黄张梁林刘吴罗杨何谢邓曾郑朱钟叶欧阳莫成潘邱冯禤麦温廖范蓝"
SURNAME_LIST = [*(char for char in SURNAMES if char not in "欧阳"), "欧阳"]
SURNAMES_OF_COUNTY = {
    "441826": ["房", "唐", "盘", "邓", "沈", "李", "许"],
    "441825": ["韦", "陆", "覃", "李", "黄", "莫", "虞"],
}
GIVEN_OLDER = "秀英 桂兰 玉珍 伟明 国强 丽芳 建华 惠珍 志坚 金莲 水生 亚妹 锦棠 月娥 炳坤"
GIVEN_MIDDLE = "志伟 丽娟 俊杰 海燕 晓东 雪梅 文斌 燕玲 嘉明 小红 永强 艳芬 健聪 静仪 国栋"
GIVEN_YOUNGER = "子轩 欣怡 梓涵 宇航 诗琪 浩然 思颖 嘉乐 雨桐 俊熙 芷晴 铭泽 乐瑶 子墨 晓彤"
FIRST = "文志嘉晓玉海俊雅思明永慧丽泽家振佩宏春秋"
SECOND = "华强珍玲辉敏杰芳媚仪成安宁平峰婷妍生林清"
RARE = "䶮堃喆犇淼翀祎芃燚垚旸玥晟昇珺"
RARE_SHARE = 0.015


def person_name(chance: random.Random, *, birth_year: int, county: str = "") -> str:
    surname = chance.choice(SURNAMES_OF_COUNTY.get(county, SURNAME_LIST))
    if chance.random() < RARE_SHARE:
        return surname + chance.choice(FIRST) + chance.choice(RARE)
    if chance.random() < 0.6:
        return surname + chance.choice(FIRST) + chance.choice(SECOND)
    return surname + chance.choice(given_names(birth_year))


def given_names(birth_year: int) -> list[str]:
    if birth_year < 1970:
        return GIVEN_OLDER.split()
    return (GIVEN_MIDDLE if birth_year < 2000 else GIVEN_YOUNGER).split()
