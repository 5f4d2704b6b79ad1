"""What certificates count in comes to minutes, and what a day cannot hold is noticed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_units import UNITS, is_impossible, is_long, may_be_iacet, minutes_of

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
        ("2.5", "aapc-ceu", 150, "as the rule files of AAPC reckon it"),
        ("2.5", "ahima-ceu", 150, "as the rule files of AHIMA reckon it"),
        ("2.5", "shrm-pdc", 150, "SHRM's handbook of 2025: a PDC is an hour"),
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


@pytest.mark.parametrize(
    ("amount", "unit", "is_asked"),
    [
        ("0.6", "pahcom-ceu", True),
        ("0.9", "hours", True),
        ("0.60", "aapc-ceu", True),
        ("1", "pahcom-ceu", False),
        ("0.75", "hours", False),
        ("0.6", "iacet-ceu", False),
        ("0.6", "minutes", False),
    ],
)
def test_tenths_below_one_in_a_unit_of_an_hour_may_be_iacets(amount: str, unit: str, is_asked: bool) -> None:
    assert may_be_iacet(Decimal(amount), unit) == is_asked


def test_every_unit_is_known_by_names_of_its_own() -> None:
    assert all(slug == unit.slug for slug, unit in UNITS.items())
    names = [name for unit in UNITS.values() for name in unit.names]
    assert len(names) == len(set(names))
    assert all(name == name.casefold() for name in names)
    assert all(len(slug) <= 20 for slug in UNITS), "the column has room for twenty characters"


@given(amount=st.decimals("0.01", "2000", places=2), unit=st.sampled_from(sorted(UNITS)))
def test_minutes_are_the_nearest_to_the_amount(amount: Decimal, unit: str) -> None:
    assert abs(minutes_of(amount, unit) - amount * UNITS[unit].minutes) <= Decimal("0.5")


def test_an_unknown_unit_is_no_unit() -> None:
    with pytest.raises(KeyError):
        minutes_of(Decimal(1), "fortnights")
