"""What certificates count in, and how many minutes that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 24 * MINUTES_AN_HOUR
LONG_MINUTES_A_DAY = 8 * MINUTES_AN_HOUR


IACET = "iacet-ceu"


@dataclass(frozen=True)
class Unit:
    """What a certificate counts in, and how many minutes one of it is.

    `choice` is how a form offers it, to everybody or to those who hold a credential of `body`. `also` are other ways
    in which tables write it, in small letters.
    """

    slug: str
    one: str
    many: str
    minutes: int
    choice: str
    body: str | None = None
    also: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Everything by which a table may name it, in small letters."""
        return frozenset({self.slug, self.one.casefold(), self.many.casefold(), *self.also})


UNITS: Mapping[str, Unit] = {
    unit.slug: unit
    for unit in (
        Unit("hours", "hour", "hours", 60, "Hours", also=("hrs", "hr", "h", "contact hour", "contact hours")),
        Unit("minutes", "minute", "minutes", 1, "Minutes", also=("min", "mins")),
        Unit("pahcom-ceu", "PAHCOM CEU", "PAHCOM CEU", 60, "PAHCOM CEU (1 is 1 hour)", also=("pahcom ceus",)),
        Unit(IACET, "IACET CEU", "IACET CEU", 600, "IACET CEU (1 is 10 hours; 0.6 is 6 hours)", also=("iacet ceus",)),
        Unit("50-minute-hours", "50-minute hour", "50-minute hours", 50, "CEU or points of 50 minutes (AAMA, CCB)"),
        # That a CEU of AAPC or AHIMA is 60 minutes is how their rules are reckoned here; their rule files say so.
        Unit("aapc-ceu", "AAPC CEU", "AAPC CEU", 60, "AAPC CEU (1 is 1 hour)", "AAPC", ("aapc ceus",)),
        Unit("ahima-ceu", "AHIMA CEU", "AHIMA CEU", 60, "AHIMA CEU (1 is 1 hour)", "AHIMA", ("ahima ceus",)),
        Unit("shrm-pdc", "PDC", "PDC", 60, "PDC of SHRM (1 is 1 hour)", "SHRM", ("pdcs", "shrm pdc", "shrm pdcs")),
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


def may_be_iacet(amount: Decimal, unit: str) -> bool:
    """Whether an amount below one looks like IACET's CEU, which come in tenths, entered in a unit of an hour."""
    return amount < 1 and UNITS[unit].minutes == MINUTES_AN_HOUR and amount * 10 == int(amount * 10)


def _days(started_on: date, ended_on: date) -> int:
    return (ended_on - started_on).days + 1
