"""Crowds of people as two numbers: the same whatever their order, others as soon as somebody is."""

import numpy as np
import pytest

from qixue.participation.folds import Folds, bounds_of, crowds, once_and_again


def tokens(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(16, "big") for number in numbers)


def test_crowds_are_the_same_in_any_order() -> None:
    folds, bounds = Folds(), bounds_of(np.array([3, 0, 2]))

    crowd = crowds(folds.of(tokens(1, 2, 3, 4, 5), 16), bounds)
    turned = crowds(folds.of(tokens(3, 1, 2, 5, 4), 16), bounds)

    assert crowd.sizes.tolist() == [3, 0, 2]
    assert crowd.differ_from(turned).tolist() == [False, False, False]


@pytest.mark.parametrize("others", [(2, 3), (1, 5), (1 << 64, 4), (1 << 127, 4), (5, 0)])
def test_crowds_of_others_differ(others: tuple[int, int]) -> None:
    """Also where they follow one another, or differ in their last digit alone: a plain sum would be the same."""
    folds, bounds = Folds(), bounds_of(np.array([2]))

    differ = crowds(folds.of(tokens(1, 4), 16), bounds).differ_from(crowds(folds.of(tokens(*others), 16), bounds))

    assert differ.tolist() == [True]


def test_each_comparison_folds_in_its_own_way() -> None:
    assert Folds().of(tokens(1), 16).tolist() != Folds().of(tokens(1), 16).tolist()


def test_whoever_comes_twice_or_more_is_once_in_each_crowd() -> None:
    folds = Folds()
    came = folds.of(tokens(7, 8, 7, 7, 9, 9, 7), 16)

    once, again = once_and_again(came, bounds_of(np.array([4, 0, 3, 0])))

    assert once.sizes.tolist() == [2, 0, 2, 0]
    assert again.sizes.tolist() == [1, 0, 1, 0]
    who_came = crowds(folds.of(tokens(8, 7, 9, 7), 16), bounds_of(np.array([2, 0, 2, 0])))
    who_came_again = crowds(folds.of(tokens(7, 9), 16), bounds_of(np.array([1, 0, 1, 0])))
    assert not once.differ_from(who_came).any()
    assert not again.differ_from(who_came_again).any()


def test_nobody_is_a_crowd_of_none() -> None:
    once, again = once_and_again(Folds().of(b"", 16), bounds_of(np.array([0, 0])))

    assert once.sizes.tolist() == again.sizes.tolist() == [0, 0]
    assert once.sums.tolist() == again.sums.tolist() == [0, 0]
