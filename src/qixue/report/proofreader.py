"""What a proof-reader of official documents would mark. Each rule looks at one habit; none changes the text."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from qixue.report.official_document import OfficialDocument, plain_text

AS_OF = re.compile(r"截至[\d年月日时分]+")
LONGEST_QUOTE = 20  # characters; a machine without Chinese fonts lacks them all
HAN = "\u4e00-\u9fff"


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
        re.compile(rf"[{HAN}]*[\[［【(（]\d{{4}}[\]］】)）]\s*第?\d+号"),
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
        re.compile(r"\d*[1-9][多余](?=[个项场次期人名篇])"),
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
        re.compile(rf"如如何|(?<![一二三四五六七八九十])([的了是在和与])\1(?=[{HAN}])"),
        "请检查连用的字；“如”后接“如何”时写“例如如何”。",
        "Please check the doubled word; before 如何 write 例如.",
    ),
    PatternRule(
        "missing_subject",
        re.compile(r"(?:^|。)(?:镇|县|村|街道|社区)(?=充分|积极|大力|认真|广泛)[^，。]{0,12}"),
        "句子缺少主语，请写明是哪些镇（如“各镇”）。",
        "The sentence has no clear subject; please say which towns (各镇).",
    ),
)


def proofread(
    document: OfficialDocument | str,
    organ_names: Mapping[str, tuple[str, ...]],
    *,
    silent_counties: tuple[str, ...] = (),
    county_count: int = 0,
) -> list[Remark]:
    """Everything to look at, in reading order.

    `organ_names` maps canonical names to the other names under which an organ is met; `silent_counties` of
    `county_count` have no record at all, so that a text which says 全市 claims too much when they are the most.
    """
    text = document if isinstance(document, str) else plain_text(document)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [remark for at, line in enumerate(lines, start=1) for remark in pattern_remarks(line, at)]
    found += organ_remarks(lines, organ_names)
    found += repetition_remarks(lines)
    if county_count and 2 * len(silent_counties) > county_count:
        found += whole_city_remarks(lines, silent_counties)
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


OTHER_CODES = ("organ_name", "repetition", "whole_city", "missing_glyph")
RULE_CODES: tuple[str, ...] = (*(rule.code for rule in PATTERN_RULES), *OTHER_CODES)
