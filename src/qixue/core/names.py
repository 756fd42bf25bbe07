"""Names of people: found by what is typed, characters, pinyin or initials, and put into the order of a Chinese list."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from pypinyin import lazy_pinyin

from qixue.core.typed import folded

Row = TypeVar("Row")

# Surnames that are read in their own way.
SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "区": "ou",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "翟": "zhai",
    "覃": "qin",
    "盖": "ge",
    "缪": "miao",
    "尉迟": "yu chi",
}


@lru_cache(maxsize=50_000)
def syllables(name: str) -> tuple[str, ...]:
    """How a name is read, in lower case and without tones."""
    written = folded(name)
    for length in (2, 1):
        if reading := SURNAMES.get(written[:length]):
            return (*reading.split(), *lazy_pinyin(written[length:]))
    return tuple(lazy_pinyin(written))


def name_key(name: str) -> tuple[tuple[str, ...], str]:
    """Sorts names by their pinyin as every list of people does; the same on every database."""
    return syllables(name), name


def by_name(rows: Iterable[Row], name: Callable[[Row], str]) -> list[Row]:
    """Rows in the order of a Chinese list; those of one name stay as they come."""
    return sorted(rows, key=lambda row: name_key(name(row)))


def is_called(name: str, typed: str) -> bool:
    """Whether each word that was typed is a part of the name, of its pinyin or of its initials."""
    return all(any(word in way for way in ways_to_write(name)) for word in folded(typed).split())


def begins_like(name: str, typed: str) -> bool:
    """Whether the name, its pinyin or its initials begin with what was typed."""
    return any(way.startswith(folded(typed).strip()) for way in ways_to_write(name))


def ways_to_write(name: str) -> tuple[str, str, str]:
    read = syllables(name)
    return folded(name), "".join(read), "".join(part[:1] for part in read)


def keys_of_called(named: Iterable[tuple[int, str]], typed: str, *, most: int | None = None) -> list[int]:
    """Of keys with their names the first that fit, all of them without `most`: those that begin with what was typed,
    then the others, each in the order of a Chinese list.
    """
    found = sorted((not begins_like(name, typed), name_key(name), key) for key, name in named if is_called(name, typed))
    return [key for _later, _name, key in found[:most]]
