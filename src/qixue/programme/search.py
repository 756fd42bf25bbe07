"""Finding Chinese text by what people type: characters, pinyin, or the initials of the pinyin. Pure text."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=20_000)
def search_key(text: str) -> str:
    """The text as it may be typed: itself, its pinyin and its initials, in lower case and half-width."""
    plain = folded(text)
    return " ".join([plain, "".join(lazy_pinyin(plain)), "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))])


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def matches(query: str, texts: Iterable[str]) -> bool:
    """Whether every word of the query is found in one of the texts. An empty query matches everything."""
    keys = [search_key(text) for text in texts if text]
    return all(any(word in key for key in keys) for word in folded(query).split())
