"""A word is found where a walk through all lines finds it, whatever the lines and the word are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qixue.programme.line_index import LineIndex

EVERY_HAN = "".join(map(chr, range(0x4E00, 0x9FFF)))  # with so many signs the order looks at four of them only
TEXTS = st.lists(st.text("ab文\n", max_size=30), max_size=40)
WORDS = st.text("ab文", min_size=1, max_size=12)


def walk(texts: list[str], word: str) -> list[int]:
    return [place for place, text in enumerate(texts) if any(word in line for line in text.split("\n"))]


@pytest.mark.parametrize("more", [[], [EVERY_HAN]])
@given(texts=TEXTS, words=st.lists(WORDS, min_size=1, max_size=20))
@settings(max_examples=150, deadline=None)
def test_words_are_found_like_in_a_walk(more: list[str], texts: list[str], words: list[str]) -> None:
    texts = [*texts, *more]
    index = LineIndex(texts)

    assert {word: list(index.having(word)) for word in words} == {word: walk(texts, word) for word in words}


@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=20), data=st.data())
@settings(max_examples=150, deadline=None)
def test_each_part_of_a_line_is_found(texts: list[str], data: st.DataObject) -> None:
    """Any sign of Unicode: what a text holds is found in it, from wherever and however much of it is asked for."""
    line = data.draw(st.sampled_from([line for text in texts for line in text.split("\n")]))
    start = data.draw(st.integers(0, max(0, len(line) - 1)))
    word = line[start : start + data.draw(st.integers(1, 20))] or "x"

    assert list(LineIndex(texts).having(word)) == walk(texts, word)


def test_long_word_is_compared_beyond_what_the_order_looks_at() -> None:
    texts = [EVERY_HAN, "清新区图书馆少儿阅读角", "清新区图书馆少儿阅览室", "清新区图书馆"]
    index = LineIndex(texts)

    assert index.depth < len("清新区图书馆少儿阅")
    assert list(index.having("清新区图书馆少儿阅")) == [1, 2]
    assert list(index.having("清新区图书馆少儿阅览室")) == [2]
    assert list(index.having("图书馆少儿阅览室的")) == []


def test_line_of_several_texts_is_kept_once() -> None:
    index = LineIndex(["连州图书馆\n茶", "连州图书馆\n书", "茶\n连州图书馆"])

    assert index.text == "连州图书馆\n茶\n书"
    assert list(index.having("图书")) == [0, 1, 2]
    assert list(index.having("茶")) == [0, 2]
