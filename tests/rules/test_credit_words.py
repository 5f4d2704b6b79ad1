"""Lengths, amounts and days read as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_rules import BodyUnit
from quizapp.rules.credit_words import (
    amount_text,
    counted,
    credit_text,
    day_text,
    equation_text,
    hours_text,
    hundredths,
    last_day_of,
    listed,
    more_text,
    number_of,
    of_text,
    partial_day_text,
    plain_number,
    span_text,
)
from tests.rules.credit_makers import cycle, rules, total

POINT = BodyUnit("point", "points", 50)
CEU = BodyUnit("PAHCOM CEU", "PAHCOM CEU", 60)
CREDIT_HOUR = BodyUnit("contact hour", "contact hours", 50)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (50, "50 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (66, "1.1 hours"),
        (75, "1.25 hours"),
        (450, "7.5 hours"),
        (600, "10 hours"),
        (170, "2 hours 50 minutes"),
        (6000, "100 hours"),
    ],
)
def test_minutes_read_as_hours(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text
    assert credit_text(minutes, CEU) == text


@pytest.mark.parametrize(
    ("minutes", "unit", "text", "more", "of_all"),
    [
        (0, POINT, "0 points", "0 more points", "0 of 60 points"),
        (50, POINT, "1 point", "1 more point", "1 of 60 points"),
        (300, POINT, "6 points", "6 more points", "6 of 60 points"),
        (320, POINT, "6.4 points", "6.4 more points", "6.4 of 60 points"),
        (322, POINT, "6 points and 22 minutes", "6 points and 22 minutes more", "6 points and 22 minutes of 60 points"),
        (20, POINT, "20 minutes", "20 minutes more", "20 minutes of 60 points"),
        (300, CREDIT_HOUR, "6 contact hours", "6 more contact hours", "6 of 60 contact hours"),
        (170, CEU, "2 hours 50 minutes", "2 hours 50 minutes more", "2 hours 50 minutes of 50 hours"),
        (50, CEU, "50 minutes", "50 minutes more", "50 minutes of 50 hours"),
        (450, CEU, "7.5 hours", "7.5 more hours", "7.5 of 50 hours"),
    ],
)
def test_credit_reads_in_the_units_of_its_body(minutes: int, unit: BodyUnit, text: str, more: str, of_all: str) -> None:
    assert credit_text(minutes, unit) == text
    assert more_text(minutes, unit) == more
    assert of_text(minutes, 3000, unit) == of_all


@given(minutes=st.integers(0, 20_000), length=st.sampled_from([50, 60, 45]))
def test_no_minute_is_lost_in_words(minutes: int, length: int) -> None:
    words = credit_text(minutes, BodyUnit("point", "points", length)).replace(" and ", " ").split()
    sizes = {"point": length, "hour": 60, "minute": 1}
    pairs = zip(words[::2], words[1::2], strict=True)
    assert sum(Decimal(number) * sizes[word.removesuffix("s")] for number, word in pairs) == minutes
    assert not any(number == "1" and word.endswith("s") for number, word in zip(words[::2], words[1::2], strict=True))


def test_the_unit_is_left_out_where_it_goes_without_saying() -> None:
    assert [number_of(minutes, POINT) for minutes in (100, 110, 112)] == ["2", "2.2", "2 points and 12 minutes"]
    assert [number_of(minutes) for minutes in (60, 45)] == ["1", "45 minutes"]


def test_amounts_read_with_whose_unit_they_are() -> None:
    assert equation_text(Decimal("0.60"), "iacet-ceu", 360) == "0.6 IACET CEU = 6 hours"
    assert equation_text(Decimal(2), "hours", 120) == "2 hours"
    assert equation_text(Decimal(90), "minutes", 90) == "90 minutes = 1.5 hours"
    assert amount_text(Decimal(1), "hours") == "1 hour"
    assert amount_text(hundredths(150), "50-minute-hours") == "1.5 50-minute hours"
    assert plain_number(Decimal(100)) == "100"


def test_a_day_may_be_known_to_the_year_or_month() -> None:
    texts = [partial_day_text(text) for text in ("2015", "2026-11", "2026-11-21")]
    assert texts == ["2015", "November 2026", "21 November 2026"]


def test_a_cycle_reads_from_its_first_to_its_last_day() -> None:
    assert span_text(cycle(rules(total(720)), date(2026, 3, 14))) == "14 March 2026 to 13 March 2027"
    assert day_text(date(2028, 2, 29)) == "29 February 2028"


def test_lists_and_numbers_read_as_english() -> None:
    assert [listed(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [counted(number, "day") for number in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


@pytest.mark.parametrize(
    ("text", "day"),
    [("2015", date(2015, 12, 31)), ("2024-02", date(2024, 2, 29)), ("2026-11-21", date(2026, 11, 21))],
)
def test_a_day_known_to_the_year_or_month_may_be_its_last(text: str, day: date) -> None:
    assert last_day_of(text) == day
