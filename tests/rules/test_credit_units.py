"""What certificates count in comes to minutes, and what a day cannot hold is noticed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_units import UNITS, is_impossible, is_long, minutes_of

DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("amount", "unit", "minutes", "source"),
    [
        ("1", "pahcom-ceu", 60, "PAHCOM: 1 CEU is 1 hour"),
        ("0.6", "iacet-ceu", 360, "ANSI/IACET: 1 CEU is 10 contact hours of 60 minutes"),
        ("0.1", "iacet-ceu", 60, "ANSI/IACET: 0.1 is one contact hour"),
        ("1.5", "hours", 90, "the clock"),
        ("50", "minutes", 50, "the clock"),
        ("0.83", "hours", 50, "the nearest minute: 49.8"),
        ("1.67", "hours", 100, "the nearest minute: 100.2"),
        ("0.5", "minutes", 1, "halves upwards"),
        ("1", "50-minute-hours", 50, "AAMA and CCB count hours of 50 minutes"),
    ],
)
def test_a_unit_is_so_many_minutes(amount: str, unit: str, minutes: int, source: str) -> None:
    assert minutes_of(Decimal(amount), unit) == minutes, source


def test_the_same_number_is_ten_times_longer_in_iacets_ceu_than_in_pahcoms() -> None:
    assert minutes_of(Decimal("0.6"), "iacet-ceu") == 10 * minutes_of(Decimal("0.6"), "pahcom-ceu")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_what_is_no_length_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not a length"):
        minutes_of(Decimal(amount), "hours")


def test_more_than_a_day_has_is_impossible_and_more_than_eight_hours_is_long() -> None:
    assert not is_impossible(24 * 60, DAY, DAY)
    assert is_impossible(24 * 60 + 1, DAY, DAY)
    assert not is_impossible(48 * 60, DAY, DAY + timedelta(days=1))
    assert not is_long(8 * 60, DAY, DAY)
    assert is_long(8 * 60 + 1, DAY, DAY)
    assert not is_long(16 * 60, DAY, DAY + timedelta(days=1))


def test_every_unit_is_known_by_its_own_name() -> None:
    assert all(slug == unit.slug for slug, unit in UNITS.items())


@given(amount=st.decimals("0.01", "2000", places=2), unit=st.sampled_from(sorted(UNITS)))
def test_minutes_are_the_nearest_to_the_amount(amount: Decimal, unit: str) -> None:
    assert abs(minutes_of(amount, unit) - amount * UNITS[unit].minutes) <= Decimal("0.5")


def test_an_unknown_unit_is_no_unit() -> None:
    with pytest.raises(KeyError):
        minutes_of(Decimal(1), "fortnights")
