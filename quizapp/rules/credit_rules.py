"""What earns continuing-education credit, how much, towards what, by when. The calendar day is an argument."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

APPROVALS = ("approved", "recognized", "unknown")
MINUTES_A_DAY = 24 * 60
LONG_MINUTES_A_DAY = 8 * 60

# --- Units ----------------------------------------------------------------------------------------------------------


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


# --- Rules, as a file states them -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """At least `minutes` from activities with one of `approvals`; none named means any activity counts."""

    slug: str
    name: str
    minutes: int
    rule: str
    approvals: frozenset[str] = frozenset()

    @property
    def is_total(self) -> bool:
        """Whether every activity counts."""
        return not self.approvals


@dataclass(frozen=True)
class Retest:
    """Sitting the examination again: for non-members the only route, or open to anybody instead of hours.

    `window_days` before the anniversary it may be sat, on the anniversary at the latest; None is not stated.
    """

    who: Literal["non-members", "anybody"]
    window_days: int | None
    rule: str


@dataclass(frozen=True)
class LateWindow:
    """What a holder does who missed the date by up to `days` days, and by more."""

    days: int
    within: str
    after: str


@dataclass(frozen=True)
class RuleVersion:
    """One body's rules as they were recorded on a day from a source."""

    slug: str
    name: str
    recorded: str
    cycle_months: int
    requirements: tuple[Requirement, ...]
    surplus: Literal["lost", "not-stated"]
    surplus_rule: str
    retest: Retest | None = None
    late: LateWindow | None = None

    def goes_by_hours(self, *, is_member: bool) -> bool:
        """Whether hours renew the credential of this holder; where not, only a retest does."""
        return is_member or self.retest is None or self.retest.who != "non-members"


# --- Cycles ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cycle:
    """The days from `start` up to, not including, `end`, which is an anniversary; and the rules of these days."""

    start: date
    end: date
    rules: RuleVersion

    @property
    def last_day(self) -> date:
        """The last day on which an activity still counts."""
        return self.end - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Whether the day lies in the cycle."""
        return self.start <= day < self.end

    def days_left(self, today: date) -> int:
        """Days from today to the last day: 0 on the last day, negative when it is over."""
        return (self.last_day - today).days


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day where it has no such day.

    From 29 February, common years give 28 February and leap years 29 February again, when counted from the first day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def cycles_until(certified_on: date, rules_from: Sequence[tuple[date, RuleVersion]], day: date) -> tuple[Cycle, ...]:
    """Every cycle from certification to the one that holds `day`, oldest first; at least the first.

    Each runs under the latest rules whose day is not after the cycle's start, else under the earliest.
    """
    ordered = sorted(rules_from, key=lambda entry: entry[0])
    cycles: list[Cycle] = []
    months = 0
    while not cycles or cycles[-1].end <= day:
        start = add_months(certified_on, months)
        begun = [rules for from_on, rules in ordered if from_on <= start]
        rules = begun[-1] if begun else ordered[0][1]
        months += rules.cycle_months
        cycles.append(Cycle(start, add_months(certified_on, months), rules))
    return tuple(cycles)


def retest_window(cycle: Cycle, today: date) -> tuple[date, date] | None:
    """First and last day for the retest that ends this cycle; None where the rules state no window.

    On the anniversary itself the window that ends that day is still open, although a new cycle has begun.
    """
    retest = cycle.rules.retest
    if retest is None or retest.window_days is None:
        return None
    anniversary = cycle.start if today == cycle.start else cycle.end
    return anniversary - timedelta(days=retest.window_days), anniversary


# --- What is met ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Credit:
    """What one activity brings: minutes, on the day that it ended."""

    day: date
    minutes: int
    approval: str


@dataclass(frozen=True)
class RequirementStatus:
    """A requirement and the minutes that count towards it."""

    requirement: Requirement
    minutes: int

    @property
    def short_minutes(self) -> int:
        """What is missing."""
        return max(0, self.requirement.minutes - self.minutes)

    @property
    def is_met(self) -> bool:
        """Met to the minute."""
        return self.short_minutes == 0

    @property
    def surplus_minutes(self) -> int:
        """What exceeds a total; beyond a minimum nothing is surplus, since it still counts to the total."""
        return max(0, self.minutes - self.requirement.minutes) if self.requirement.is_total else 0


@dataclass(frozen=True)
class CycleStatus:
    """Where a holder stands in one cycle."""

    cycle: Cycle
    is_member: bool
    requirements: tuple[RequirementStatus, ...]
    minutes_by_approval: Mapping[str, int]

    @property
    def goes_by_hours(self) -> bool:
        """Whether hours renew the credential; where not, only a retest does."""
        return self.cycle.rules.goes_by_hours(is_member=self.is_member)

    @property
    def is_met(self) -> bool:
        """Whether every requirement is met."""
        return all(status.is_met for status in self.requirements)

    @property
    def minutes(self) -> int:
        """All minutes logged in the cycle."""
        return sum(self.minutes_by_approval.values())

    @property
    def required_minutes(self) -> int:
        """The largest requirement, which is the total where there is one."""
        return max(status.requirement.minutes for status in self.requirements)

    @property
    def short_minutes(self) -> int:
        """How many more minutes meet everything: minimums ask for different activities, so they add up."""
        totals = [status.short_minutes for status in self.requirements if status.requirement.is_total]
        minimums = [status.short_minutes for status in self.requirements if not status.requirement.is_total]
        return max([sum(minimums), *totals])

    @property
    def counted_minutes(self) -> int:
        """What of the required minutes is done: neither surplus nor what a minimum leaves no room for."""
        return max(0, self.required_minutes - self.short_minutes)

    @property
    def surplus_minutes(self) -> int:
        """Minutes beyond the total."""
        return sum(status.surplus_minutes for status in self.requirements)


def status_of(cycle: Cycle, credits_: Iterable[Credit], *, is_member: bool) -> CycleStatus:
    """What of the cycle's requirements is met by those of the credits that fall into the cycle."""
    sums = dict.fromkeys(APPROVALS, 0)
    for credit in credits_:
        if cycle.holds(credit.day):
            sums[credit.approval] += credit.minutes
    statuses = tuple(
        RequirementStatus(requirement, sum(sums[approval] for approval in requirement.approvals or APPROVALS))
        for requirement in cycle.rules.requirements
    )
    return CycleStatus(cycle, is_member, statuses, sums)
