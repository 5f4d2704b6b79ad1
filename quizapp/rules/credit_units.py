"""What certificates count in, and how many minutes that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUTES_A_DAY = 24 * 60
LONG_MINUTES_A_DAY = 8 * 60


@dataclass(frozen=True)
class Unit:
    """What a certificate counts in, and how many minutes one of it is."""

    slug: str
    one: str
    many: str
    minutes: int


UNITS: Mapping[str, Unit] = {
    unit.slug: unit
    for unit in (
        Unit("hours", "hour", "hours", 60),
        Unit("minutes", "minute", "minutes", 1),
        Unit("pahcom-ceu", "PAHCOM CEU", "PAHCOM CEU", 60),
        Unit("iacet-ceu", "IACET CEU", "IACET CEU", 600),
        Unit("50-minute-hours", "50-minute hour", "50-minute hours", 50),
    )
}


def minutes_of(amount: Decimal, unit: str) -> int:
    """`amount` of `unit` in whole minutes, the nearest, halves upwards.

    A PAHCOM CEU is an hour; an IACET CEU is ten contact hours of 60 minutes (ANSI/IACET standard).
    Raises KeyError for an unknown unit, ValueError for an amount that is not a positive number.
    """
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{amount} is not a length of time.")
    return int((amount * UNITS[unit].minutes).quantize(Decimal(1), ROUND_HALF_UP))


def is_impossible(minutes: int, started_on: date, ended_on: date) -> bool:
    """Whether so many minutes do not fit into the calendar days of the span, both ends included."""
    return minutes > _days(started_on, ended_on) * MINUTES_A_DAY


def is_long(minutes: int, started_on: date, ended_on: date) -> bool:
    """Whether the span's days would average more than eight hours: possible, but often a unit mistaken."""
    return minutes > _days(started_on, ended_on) * LONG_MINUTES_A_DAY


def _days(started_on: date, ended_on: date) -> int:
    return (ended_on - started_on).days + 1
