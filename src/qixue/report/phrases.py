"""How official Chinese joins words: enumerations, ordinals, dates of reduced precision, closing marks. Pure text."""

import re
from collections.abc import Iterable

NAMES_THAT_FOLLOW = re.compile("(?<=”)、(?=“)|(?<=》)、(?=《)")
ORDINALS = "一二三四五六七八九十"
CLOSING_MARKS = "。！？；："


def enumeration(words: Iterable[str]) -> str:
    """Words joined by the enumeration comma: 甲、乙、丙; names in marks follow one another without (GB/T 15834)."""
    return NAMES_THAT_FOLLOW.sub("", "、".join(words))


def quoted(word: str) -> str:
    """A name in full-width quotation marks, unless it brings its own."""
    return word if word.startswith("“") else f"“{word}”"


def inner_marks(words: str) -> str:
    """As they stand within “”: 助力‘双战双赢’ (GB/T 15834, 4.8.3.2)."""
    return words.replace("“", "‘").replace("”", "’")


def clauses(parts: Iterable[str]) -> str:
    """Clauses joined by commas, without doubled marks."""
    return "，".join(part.strip().strip("，。") for part in parts if part.strip())


def sentence(text: str) -> str:
    """The text with exactly one closing mark; nothing stays nothing."""
    return text if not text or text[-1] in CLOSING_MARKS else f"{text}。"


def partial_date(text: str) -> str:
    """2016-11 -> 2016年11月, without padding zeros; empty stays empty."""
    parts = [str(int(part)) for part in text.split("-") if part]
    return "".join(part + unit for part, unit in zip(parts, "年月日", strict=False))
