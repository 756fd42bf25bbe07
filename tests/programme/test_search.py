import pytest

from qixue.programme.search import BETWEEN, shorter_words, sounds, words_of, written


@pytest.mark.parametrize("typed", ["qingyuan", "qy", "jiangtang", "qyjt", "QingYuan", "ＱＹ", "qīngyuǎn"])
def test_text_is_found_by_pinyin_and_initials(typed):
    ((word, is_sound),) = words_of(typed)

    assert is_sound
    assert word in sounds(["清远讲堂"])


@pytest.mark.parametrize("typed", ["chongyang", "zhongyang", "cy"])
def test_character_with_two_readings_is_found_by_both(typed):
    assert typed in sounds(["重阳登高"])


@pytest.mark.parametrize("typed", ["changzhuo", "zhangzhuo", "cz"])
def test_long_table_of_the_yao_is_found_as_people_call_it(typed):
    assert typed in sounds(["连南长桌家风故事会"])


def test_word_is_never_found_across_two_texts():
    assert "茶叶" not in written(["绿茶", "叶问"])
    assert "chaye" not in sounds(["绿茶", "叶问"])


def test_latin_letters_beside_characters_are_found_in_lower_case():
    assert "ai课" in written(["ＡＩ课堂"])
    assert "ai" in sounds(["ＡＩ课堂"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("稻田 养鱼", [("稻田", False), ("养鱼", False)]),
        ("茶　叶", [("茶", False), ("叶", False)]),
        ("a\x00b", [("a", True), ("b", True)]),
        ("茶 茶", [("茶", False)]),
        ("lü", [("lv", True)]),
        ("people's", [("peoples", True)]),
        ("🍵", [("🍵", False)]),
        ("' \u200b \u202e", []),
    ],
)
def test_query_is_taken_apart_into_words(query, words):
    assert words_of(query) == words


def test_long_query_is_cut_after_eight_words():
    assert len(words_of(" ".join("一二三四五六七八九十"))) == 8


def test_sign_that_separates_texts_cannot_be_asked_for():
    assert words_of(f"茶{BETWEEN}叶") == [("茶", False), ("叶", False)]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("电风扇", ["电风", "风扇", "扇"]),
        ("风扇", ["扇"]),
        ("扇", []),
        ("dianfengshan", []),
        ("我想给孙子找一个书包", []),
    ],
)
def test_word_in_characters_has_shorter_ones(word, parts):
    assert shorter_words(word) == parts
