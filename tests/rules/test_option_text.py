"""Options as words and values."""

from datetime import date

import pytest

from quizapp.rules.option_text import content_words, convergence, is_bare_value, range_of, specificity, value_of


def day(year: int, month: int, number: int) -> float:
    return date(year, month, number).toordinal()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,240.50", 1240.5),
        ("12.5%", 12.5),
        ("-$300 for the month", -300),
        ("A loss of $300", -300),
        ("1.2 million", 1_200_000),
        ("Three weeks", 21),
        ("48 hours", 2),
        ("No notice", 0),
        ("May 4, 2026", day(2026, 5, 4)),
        ("In July 2026", day(2026, 7, 1)),
        ("Within 90 days of July 1, 2026", day(2026, 7, 1) + 90),
        ("February 30, 2026", None),
        ("The board decides", None),
    ],
)
def test_a_text_amounts_to_a_value(text: str, value: float | None) -> None:
    assert value_of(text) == (value if value is None else pytest.approx(value))


def test_a_bare_value_is_nothing_but_a_value() -> None:
    assert all(map(is_bare_value, ["$1,200", "30 calendar days", "May 4, 2026", "Friday, May 8", "9%"]))
    assert not any(map(is_bare_value, ["$1,200 favorable", "Within 30 days of notice", "The board"]))


def test_a_range_has_bounds() -> None:
    assert range_of("10 to 20 employees") == (10, 20)
    assert range_of("At least 50") == (50, float("inf"))
    low, high = range_of("Fewer than 50") or (0, 0)
    assert (low, high < 50) == (float("-inf"), True)
    assert range_of("Ten employees") is None


def test_words_are_compared_by_what_their_forms_have_in_common() -> None:
    assert content_words("The manager's notices") & content_words("It was noticed") == {"notic"}
    assert content_words("the of and practice") == frozenset()


def test_an_exact_number_has_more_digits_that_count() -> None:
    assert [specificity(text) for text in ("None", "$200", "$1,234.56", "15 or 250")] == [0, 1, 6, 2]


def test_the_option_where_words_meet_converges_most() -> None:
    shared = convergence([content_words(text) for text in ("red apple", "red pear", "green apple", "white plum")])
    assert shared[0] == max(shared)
    assert shared[3] == 0
