"""Finding Chinese text by what people type: characters, pinyin, or the initials of the pinyin. Pure text."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, load_phrases_dict

from qixue.core.typed import folded

MOST_WORDS = 8  # further words of a query are left out: each costs a look at every row
LONGEST_TO_TAKE_APART = 8  # characters of a word
BETWEEN = "\n"  # stands between texts, so that no word is found across two of them

load_phrases_dict({"长桌": [["cháng"], ["zhuō"]]})  # the long table of the Yao, which its dictionary reads zhangzhuo


@lru_cache(maxsize=20_000)
def search_key(text: str) -> str:
    """The text as it may be typed: itself, its pinyin and its initials, in lower case and half-width."""
    plain = folded(text)
    return " ".join([plain, "".join(lazy_pinyin(plain)), "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))])


def matches(query: str, texts: Iterable[str]) -> bool:
    """Whether every word of the query is found in one of the texts. An empty query matches everything."""
    keys = [search_key(text) for text in texts if text]
    return all(any(word in key for key in keys) for word in folded(query).split())


def written(texts: Iterable[str]) -> str:
    """The texts as words with Chinese characters are looked up in."""
    return BETWEEN.join(folded(text) for text in texts)


def sounds(texts: Iterable[str]) -> str:
    """The texts as words typed on a Latin keyboard are looked up in: pinyin without tones, initials, Latin letters."""
    return BETWEEN.join(sound for text in texts for sound in sounds_of(text))


@lru_cache(maxsize=20_000)
def sounds_of(text: str) -> tuple[str, ...]:
    """How a text may be typed: by the readings of its phrases, those of its single characters, and by initials.

    重阳 is chongyang as a phrase and zhongyang character by character: people type either.
    """
    plain = folded(text)
    by_phrase, alone = lazy_pinyin(plain), [reading for character in plain for reading in lazy_pinyin(character)]
    initials = lazy_pinyin(plain, style=Style.FIRST_LETTER)
    ways = [latin(" ".join(plain.split()))] if plain.isascii() else ["".join(by_phrase), "".join(alone)]
    ways += [] if plain.isascii() else ["".join(initials)]
    return tuple(dict.fromkeys(latin(way) for way in ways))


def latin(text: str) -> str:
    """Without tone marks and apostrophes; ü is typed as v."""
    decomposed = unicodedata.normalize("NFD", text.replace("ü", "v"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign) and sign not in "'’")


def words_of(query: str) -> list[tuple[str, bool]]:
    """The words to look up, each once, and whether it is to be looked up by its sound.

    Signs that no text holds (NUL and other controls) are taken out.
    """
    clean = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in folded(query))
    words = {}
    for word in clean.split():
        typed = latin(word)
        words[typed if typed.isascii() else word] = typed.isascii()
    return [(word, is_sound) for word, is_sound in list(words.items())[:MOST_WORDS] if word]


def shorter_words(word: str) -> list[str]:
    """By what else something may be called that is looked for in characters, the longest first: 风扇 for 电风扇.

    At last comes the head of the word, 扇, which says in Chinese what sort of thing it is. None for what is typed by
    its sound, and for a word that is rather a sentence.
    """
    length = len(word)
    if word.isascii() or length > LONGEST_TO_TAKE_APART:
        return []
    sizes = range(length - 1, 1, -1)
    parts = [word[start : start + size] for size in sizes for start in range(length - size + 1)]
    return list(dict.fromkeys([*parts, *([word[-1]] if length > 1 else [])]))
