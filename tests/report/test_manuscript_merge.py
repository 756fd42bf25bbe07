"""Two people at one text: nothing of either is lost, and what only one changed is as that one left it."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qixue.report.manuscript_merge import Choice, Clash, Merge, as_text, merged, paragraphs
from qixue.report.word_differences import Stretch, changed_paragraph, changed_paragraphs

TEXTS = st.lists(st.sampled_from("甲乙丙丁戊己庚"), max_size=7).map(as_text)


def lines_in(merge: Merge) -> Counter[str]:
    """Every paragraph that can be read on the page that shows the merge."""
    lines: Counter[str] = Counter()
    for part in merge.parts:
        lines.update([part] if isinstance(part, str) else [*part.mine, *part.theirs])
    return lines


@given(TEXTS, TEXTS)
def test_what_only_one_changed_is_as_that_one_left_it(before: str, after: str) -> None:
    assert merged(before, after, before).resolved([]) == after
    assert merged(before, before, after).resolved([]) == after
    assert merged(before, after, after).resolved([]) == after


def test_lines_that_are_all_alike_are_merged_at_once() -> None:
    before = as_text(["甲"] * 800)
    mine, theirs = as_text(["甲"] * 800 + ["乙"]), as_text(["丙"] + ["甲"] * 800)
    began = time.process_time()

    merge = merged(before, mine, theirs)

    assert merge.resolved([]) == as_text(["丙"] + ["甲"] * 800 + ["乙"])
    assert changed_paragraphs(before, as_text(["乙"] * 300 + ["甲"] * 500))
    assert time.process_time() - began < 3  # seconds; difflib alone takes 16


def test_long_paragraph_of_like_words_is_shown_as_two() -> None:
    assert changed_paragraph("甲" * 3000, "甲" * 3000 + "乙") == [
        [Stretch("old", "甲" * 3000)],
        [Stretch("new", "甲" * 3000 + "乙")],
    ]


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_that_either_wrote_is_lost(before: str, mine: str, theirs: str) -> None:
    found, base = lines_in(merged(before, mine, theirs)), Counter(paragraphs(before))

    for text in (mine, theirs):
        written = Counter(paragraphs(text)) - base
        assert written - found == Counter()


@given(TEXTS, TEXTS, TEXTS)
def test_whoever_decides_for_one_side_finds_all_of_it(before: str, mine: str, theirs: str) -> None:
    merge = merged(before, mine, theirs)

    for choice, text in ((Choice.MINE, mine), (Choice.THEIRS, theirs), (Choice.BOTH, mine + "\n" + theirs)):
        resolved = Counter(paragraphs(merge.resolved([choice] * len(merge.clashes))))
        assert set(paragraphs(text)) - set(paragraphs(before)) <= set(resolved)


@given(TEXTS, TEXTS, TEXTS)
def test_two_sides_are_treated_alike(before: str, mine: str, theirs: str) -> None:
    one, other = merged(before, mine, theirs), merged(before, theirs, mine)

    assert len(one.clashes) == len(other.clashes)
    assert one.resolved([Choice.MINE] * len(one.clashes)) == other.resolved([Choice.THEIRS] * len(one.clashes))


def test_neighbouring_paragraphs_do_not_clash() -> None:
    assert merged("甲\n乙", "甲一\n乙", "甲\n乙二").resolved([]) == "甲一\n\n乙二"


def test_paragraphs_added_and_removed_by_different_people_are_put_together() -> None:
    assert merged("甲\n乙\n丙", "新\n甲\n乙\n丙", "甲\n丙\n末").resolved([]) == "新\n\n甲\n\n丙\n\n末"


def test_the_same_paragraph_changed_in_two_ways_is_a_clash() -> None:
    merge = merged("甲\n乙\n丙", "甲\n乙一\n丙", "甲\n乙二\n丙")

    assert merge.parts == ("甲", Clash(("乙",), ("乙一",), ("乙二",)), "丙")
    assert merge.resolved([Choice.BOTH]) == "甲\n\n乙二\n\n乙一\n\n丙"


def test_removed_by_one_and_changed_by_the_other_is_a_clash() -> None:
    assert merged("甲\n乙", "甲", "甲\n乙二").clashes == [Clash(("乙",), (), ("乙二",))]


def test_choices_must_be_as_many_as_clashes() -> None:
    with pytest.raises(ValueError, match="0 choices for 1 clashes"):
        merged("甲", "一", "二").resolved([])
