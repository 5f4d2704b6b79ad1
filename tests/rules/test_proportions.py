"""Intervals, exact chances, and the correction for many tests."""

from math import comb

import pytest

from quizapp.rules.proportions import chance_of_at_least, holm, interval_of_mean, wilson


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_guessing_is_a_binomial_where_every_item_has_as_many_options() -> None:
    assert chance_of_at_least(2, [0.25, 0.25]) == pytest.approx(1 / 16)
    assert chance_of_at_least(1, [0.25, 0.25]) == pytest.approx(7 / 16)


def test_each_item_counts_with_its_own_chance() -> None:
    assert chance_of_at_least(2, [0.25, 1 / 3]) == pytest.approx(1 / 12)
    assert chance_of_at_least(0, [0.25, 1 / 3]) == pytest.approx(1)


def test_the_tail_is_exact_for_a_large_bank_too() -> None:
    # 300 of 1,000 at one quarter: the sum of the binomial distribution.
    exact = sum(comb(1000, n) * 3 ** (1000 - n) for n in range(300, 1001)) / 4**1000
    assert chance_of_at_least(300, [0.25] * 1000) == pytest.approx(exact, rel=1e-9)
    assert chance_of_at_least(2, [1.0, 0.0, 0.5]) == pytest.approx(0.5)


def test_the_smallest_of_several_probabilities_pays_for_all() -> None:
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


def test_the_interval_of_a_mean_is_wilsons_where_each_item_was_tried_once() -> None:
    assert interval_of_mean([1.0] * 30 + [0.0] * 70, 1) == pytest.approx(wilson(30, 100))
    assert interval_of_mean([1.0] * 20, 5) == wilson(20, 20)
    assert interval_of_mean([], 5) == (0.0, 1.0)


def test_trying_the_same_items_again_narrows_the_interval_only_as_far_as_they_spread_less() -> None:
    # Items that are always right or never: more tries of them say nothing new.
    assert interval_of_mean([1.0] * 30 + [0.0] * 70, 20) == pytest.approx(wilson(30, 100))
    # Shares of .2 and .4 have a spread of .01, where rights and wrongs would have .21.
    assert interval_of_mean([0.2] * 50 + [0.4] * 50, 25) == pytest.approx(wilson(30 * 21, 100 * 21))
    # But never as if there were more tries than there were.
    assert interval_of_mean([0.2] * 50 + [0.4] * 50, 5) == pytest.approx(wilson(30 * 5, 100 * 5))
    assert interval_of_mean([0.5] * 10, 4) == pytest.approx(wilson(20, 40))
