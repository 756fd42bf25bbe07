"""What a proof-reader of official documents would mark. Each rule looks at one habit; none changes the text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from qixue.report.chinese_counts import chinese_counts
from qixue.report.official_document import (
    FigureRun,
    Heading,
    OfficialDocument,
    Picture,
    Table,
    Text,
    plain_text,
    printed_codes,
    text_lines,
)

AS_OF = re.compile(r"截至[\d年月日时分]+")
LONGEST_QUOTE = 20  # characters; a machine without Chinese fonts lacks them all
HAN = "\u4e00-\u9fff"


# Digits that are no figures: quotes and names, document numbers, dates, years, moments, ordinals, words with digits.
BOUND_TO_NOTHING = re.compile(
    r"“[^”]*”|《[^》]*》|〔\d+〕\d*号?|[（(]\d+[)）]|^\d+\.|第\d+|\d+号|\d{4}[-—－]\d{4}年?"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|\d{1,2}[:：]\d{2}|\d{1,2}时(?:\d{1,2}分)?"
    r"|(?<=[A-Za-z])\d+|\d+(?=[A-Za-z])|(?:近|前)\d+年|\d+周年"
)
# A count: digits before a measure word, or behind a word that announces one. Other digits belong to names.
TYPED = re.compile(
    r"(\d+(?:\.\d+)?)[多余]?(人次|班次|学时|个月|小时|分钟|[万亿]?(?:人|场|期|项|个|份|篇|倍|天|周|元|[%％])|[万亿名位户次家所支条件册本台部幅批])"
    r"|(?<=[达约近共为超])(\d+(?:\.\d+)?)"
)
COUNTED_IN = ("人次", "班次", "学时", "个月", "人", "场", "期", "项", "份", "篇", "倍", "天", "周", "元", "%")
OTHER_UNIT = re.compile(
    r"人次|班次|次(?![数日要序])|场(?![馆地所景面])|期(?![间待内末])|项(?!目)|人(?![员民士口数均才群物气])|倍|[%％]"
)
WORD_UNITS = {"人次": "人次", "人数": "人", "场次": "场", "期数": "期", "班次": "班次"}
UNIT_WORD = re.compile(rf"({'|'.join(WORD_UNITS)})(?:共|为|达|达到|合计|共计|约)*$")
WHOLE = "全文"


@dataclass(frozen=True)
class KnownFigure:
    """A figure of the programme as a text could print it: 参与人次, 3500, 人次."""

    code: str
    name: str
    value: str
    unit: str


@dataclass(frozen=True)
class Remark:
    """A place in the text that an editor should look at, with what to do about it in both languages."""

    code: str
    message_zh: str
    message_en: str
    place: str  # 第3段
    quote: str


@dataclass(frozen=True)
class PatternRule:
    """A habit that a pattern finds; the whole match is quoted."""

    code: str
    pattern: re.Pattern[str]
    message_zh: str
    message_en: str

    def find(self, line: str) -> Iterator[str]:
        return (match.group(0) for match in self.pattern.finditer(line))


PATTERN_RULES = (
    PatternRule(
        "document_number_brackets",
        re.compile(rf"[{HAN}]{{0,20}}[\[［【(（]\d{{4}}[\]］】)）]\s*第?\d+号"),
        "发文字号的年份请用六角括号〔〕。",
        "Please put the year of a document number into 〔〕.",
    ),
    PatternRule(
        "document_number_padding",
        re.compile(r"〔\d{4}〕(?:第|0)\d*号"),
        "发文字号不写“第”字，序号不编虚位。",
        "A document number has no 第 and no padding zeros.",
    ),
    PatternRule(
        "jiezhi",
        re.compile(r"截止(?:到)?(?:目前|今|当前|\d|[一二三四五六七八九十年月日]|本)"),
        "表示统计时点请用“截至”，并写明日期。",
        "Please write 截至 with a date for the day up to which something was counted.",
    ),
    PatternRule(
        "contradictory_hedge",
        re.compile(r"(?:近|接近|不足)\s*\d[\d,]*\s*[多余]"),
        "“近”与“多”自相矛盾，请核实后写明确数。",
        "“Nearly” and “more than” contradict each other; please give the exact number.",
    ),
    PatternRule(
        "irregular_hedge",
        re.compile(r"(?<!\d)\d*[1-9][多余](?=[个项场次期人名篇])"),
        "不以0结尾的数后面不用“多”“余”，请写明确数。",
        "A number that does not end in 0 takes no 多; please give the exact number.",
    ),
    PatternRule(
        "heads_and_attendances",
        re.compile(r"人数[^，。；]{0,8}\d[\d,]*[多余]?人次"),
        "“人数”与“人次”不是同一口径，请改为一种。",
        "“People” and “attendances” are counted differently; please keep to one.",
    ),
    PatternRule(
        "half_width_punctuation",
        re.compile(rf"[{HAN}”》）]{{1,6}}[,;:?!][{HAN}“《（]{{1,6}}"),
        "中文文字之间请用全角标点。",
        "Please use full-width punctuation between Chinese characters.",
    ),
    PatternRule(
        "doubled_word",
        re.compile(rf"如如何|截至\s*截至|(?<![一二三四五六七八九十])([的了是在和与])\1(?=[{HAN}])"),
        "请检查连用的字；“如”后接“如何”时写“例如如何”，{{as_of}}已含“截至”。",
        "Please check the doubled word; before 如何 write 例如; {{as_of}} prints its own 截至.",
    ),
    PatternRule(
        "missing_subject",
        re.compile(r"(?:^|。)(?:镇|县|村|街道|社区)(?=充分|积极|大力|认真|广泛)[^，。]{0,12}"),
        "句子缺少主语，请写明是哪些镇（如“各镇”）。",
        "The sentence has no clear subject; please say which towns (各镇).",
    ),
    PatternRule(
        "clock_forms",
        re.compile(r"(?:上午|中午|下午|晚上|晚|早上|凌晨)(?:1[3-9]|2[0-4])(?:时|点|[:：])\d{0,2}"),
        "“下午”等与二十四小时制不连用，请写15时或下午3时。",
        "Please write 15:00 or 3 in the afternoon, not both at once.",
    ),
    PatternRule(
        "quotation_marks",
        re.compile(rf"[\"'「『＂＇](?=[^\"']*[{HAN}])[^\"'「」『』＂＇]{{1,30}}[\"'」』＂＇]"),
        "引号请用“”，引号中的引号用‘’。",
        "Please use “” for quotation marks, ‘’ inside them.",
    ),
    PatternRule(
        "enumeration_of_names",
        re.compile(r"”、“|》、《"),
        "并列的引号之间、书名号之间不用顿号（GB/T 15834—2011）。",
        "No enumeration comma between names in quotation marks, or between titles of books (GB/T 15834-2011).",
    ),
    PatternRule(
        "year_zero",
        re.compile(r"(?<![一二三四五六七八九〇])[一二](?=.{0,2}[0零OoＯ○])[一二三四五六七八九〇0零OoＯ○]{3}年"),
        "年份请用阿拉伯数字，如2016年；用汉字时写“〇”。",
        "Please write years in digits, as 2016; in characters the zero is 〇.",
    ),
    PatternRule(
        "percent_range",
        re.compile(r"(?<![\d.])\d+(?:\.\d+)?[-–—~～至到]\d+(?:\.\d+)?[%％]"),
        "百分比范围的前一个数也要写百分号，如10%～20%。",
        "Both ends of a range take the per cent sign, as 10%～20%.",
    ),
    PatternRule(
        "added_counts",
        re.compile(
            r"(?:合计|总计|相加)[^。；]{0,15}(?:人次[^。；]{0,8}(?:人数|受众|覆盖人群)|(?:人数|受众)[^。；]{0,8}人次)"
        ),
        "人次、人数和受众口径不同，不能相加，请分别写明。",
        "Attendances, people and reach are counted differently and never added; please state each.",
    ),
)


def proofread(
    document: OfficialDocument | str,
    organ_names: Mapping[str, tuple[str, ...]],
    *,
    silent_counties: tuple[str, ...] = (),
    county_count: int = 0,
    figures: Sequence[KnownFigure] = (),
    required: Sequence[KnownFigure] | None = None,
) -> list[Remark]:
    """Everything to look at, in reading order; of a document also its numbers, by its figures.

    `organ_names` maps canonical names to the other names under which an organ is met; `silent_counties` of
    `county_count` have no record at all, so that a text which says 全市 claims too much when they are the most.
    `figures` are those that could stand for a number that was typed. Where `required` is given, the document is a whole
    summary: it has to print these figures, and to name hosts, problems and plans.
    """
    text = document if isinstance(document, str) else plain_text(document)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [remark for at, line in enumerate(lines, start=1) for remark in pattern_remarks(line, at)]
    found += organ_remarks(lines, organ_names)
    found += repetition_remarks(lines)
    if county_count and 2 * len(silent_counties) > county_count:
        found += whole_city_remarks(lines, silent_counties)
    if isinstance(document, OfficialDocument):
        found += number_remarks(document, figures)
        found += required_remarks(document, required) if required is not None else []
    return found


def place_of(at: int) -> str:
    return f"第{at}段"


def pattern_remarks(line: str, at: int) -> Iterator[Remark]:
    for rule in PATTERN_RULES:
        for quote in rule.find(line):
            yield Remark(rule.code, rule.message_zh, rule.message_en, place_of(at), quote.strip("。"))


def organ_remarks(lines: list[str], organ_names: Mapping[str, tuple[str, ...]]) -> Iterator[Remark]:
    """Names of organs that are not the canonical ones."""
    for canonical, other in other_names(organ_names):
        for at, line in enumerate(lines, start=1):
            if other in line.replace(canonical, ""):
                yield Remark(
                    "organ_name",
                    f"机构名称请统一为“{canonical}”。",
                    f"Please use the canonical name {canonical}.",
                    place_of(at),
                    other,
                )


def other_names(organ_names: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Pairs (canonical, other name); a shorter form of the canonical name is no other name."""
    for canonical, others in organ_names.items():
        yield from ((canonical, other) for other in others if other not in canonical)


def repetition_remarks(lines: list[str]) -> Iterator[Remark]:
    """The same clause in two paragraphs, long enough that its repetition is no chance."""
    seen: dict[str, int] = {}
    for at, clause in long_clauses(lines):
        first = seen.setdefault(clause, at)
        if first != at:
            message_zh, message_en = f"与第{first}段重复，说一次即可。", f"Already said in paragraph {first}."
            yield Remark("repetition", message_zh, message_en, place_of(at), clause)


def long_clauses(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Clauses of 12 characters and more with the number of their paragraph; 截至 and a moment may stand twice."""
    for at, line in enumerate(lines, start=1):
        yield from ((at, clause) for clause in re.split(r"[。！？，；：]", line) if len(AS_OF.sub("", clause)) >= 12)


def glyph_remarks(document: OfficialDocument, missing: AbstractSet[str]) -> Iterator[Remark]:
    """Paragraphs with characters that no installed font can show; they would be empty boxes in the PDF."""
    lines = [line for line in plain_text(document).splitlines() if line.strip()] if missing else []
    for at, line in enumerate(lines, start=1):
        if found := sorted(missing & set(line)):
            yield Remark(
                "missing_glyph",
                "本机字体没有这些字，PDF中会显示为空框；请安装含有这些字的字体，或使用.docx文件。",
                "No font on the server has these characters: the PDF shows boxes. Please install a font or use .docx.",
                place_of(at),
                "".join(found[:LONGEST_QUOTE]),
            )


def whole_city_remarks(lines: list[str], silent: tuple[str, ...]) -> Iterator[Remark]:
    for at, line in enumerate(lines, start=1):
        if "全市" in line:
            yield Remark(
                "whole_city",
                f"多数县（市、区）没有记录（{'、'.join(silent)}），不宜称“全市”。",
                "Most counties have no record; please do not speak of the whole city.",
                place_of(at),
                "全市",
            )


def number_remarks(document: OfficialDocument, figures: Sequence[KnownFigure]) -> Iterator[Remark]:
    """Numbers that were typed, and words beside a figure that count in another unit than it does."""
    lines = [line for line in text_lines(document) if "".join(run.text for run in line).strip()]
    heads = {*document.title_lines, *(block.caption for block in document.blocks if isinstance(block, Table | Picture))}
    for at, line in enumerate(lines, start=1):
        for before, run, after in zip((None, *line), line, (*line[1:], None), strict=False):
            if isinstance(run, FigureRun):
                yield from unit_remarks(before.text if before else "", run, after.text if after else "", at)
            elif isinstance(run, Text) and run.text not in heads:
                yield from typed_remarks(run.text, figures, at)


def typed_remarks(text: str, figures: Sequence[KnownFigure], at: int) -> Iterator[Remark]:
    plain = BOUND_TO_NOTHING.sub(lambda found: "■" * len(found.group(0)), text)
    zh = "这个数没有引用数字，签发后无法核对"
    en = "This number refers to no figure, and nobody could check it later"
    for match in TYPED.finditer(plain):
        number, unit = match[1] or match[3], match[2] or ""
        named = next((each for each in figures if number == each.value and unit in {"", each.unit}), None)
        to_insert = (
            (f"；请改为引用“{named.name}”（{named.code}）", f"; please insert {named.code}") if named else ("", "")
        )
        yield Remark("unbound_number", f"{zh}{to_insert[0]}。", f"{en}{to_insert[1]}.", place_of(at), match.group(0))
    for quote in chinese_counts(plain):
        yield Remark("unbound_number", f"{zh}。", f"{en}.", place_of(at), quote)


def unit_remarks(before: str, run: FigureRun, after: str, at: int) -> Iterator[Remark]:
    """88场次, 1758人次 typed behind a number of people, 参与人次 before one: the figure brings its unit with it."""
    unit = next((unit for unit in COUNTED_IN if run.text.endswith(unit)), "")
    said, said_before = OTHER_UNIT.match(after), UNIT_WORD.search(before)
    quote = ""
    if unit and said:
        quote = run.text + said.group(0)
    elif unit and said_before and WORD_UNITS[said_before.group(1)] != unit:
        quote = said_before.group(0) + run.text
    if quote:
        zh, en = (
            f"这个数的单位是“{unit}”，与旁边的量词不一致。",
            f"This number counts in {unit}; the word beside it does not.",
        )
        yield Remark("unit_clash", zh, en, place_of(at), quote)


def required_remarks(document: OfficialDocument, required: Sequence[KnownFigure]) -> Iterator[Remark]:
    """What a summary has to say; theme, days and other facts that the records lack are not for the proof-reader."""
    printed, text = set(printed_codes(document)), plain_text(document)
    headings = "".join(block.text for block in document.blocks if isinstance(block, Heading))
    missing = [(f"“{figure.name}”", figure.code) for figure in required if figure.code not in printed]
    missing += [("主办单位", "the hosts")] if "主办" not in text else []
    missing += [("存在的问题", "the problems")] if not re.search("问题|不足|困难", headings) else []
    missing += [("下一步打算", "the plans")] if not re.search("打算|计划|设想|思路|安排", headings) else []
    for zh, en in missing:
        yield Remark("required_fact", f"总结应当写明{zh}。", f"A summary has to state {en}.", WHOLE, "")


OTHER_CODES = (
    "organ_name",
    "repetition",
    "whole_city",
    "missing_glyph",
    "unbound_number",
    "unit_clash",
    "required_fact",
)
RULE_CODES: tuple[str, ...] = (*(rule.code for rule in PATTERN_RULES), *OTHER_CODES)
