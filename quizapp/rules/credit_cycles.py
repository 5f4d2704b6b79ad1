"""When cycles begin and end. The calendar day is an argument."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quizapp.rules.credit_rules import CycleShape, RuleVersion


@dataclass(frozen=True)
class Anchors:
    """What a holder's cycles are reckoned from.

    `due_on` is the last day of some cycle, as the body told it: from it the cycles are counted forwards and backwards.
    """

    certified_on: date
    birth_month: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Cycle:
    """The days from `start` up to, not including, `end`; and the rules of these days.

    `months_missed` are the whole months of a common cycle that had gone by at certification. Only the first cycle
    begins with the certification; the others follow one that ended.
    """

    start: date
    end: date
    rules: RuleVersion
    months_missed: int = 0
    is_first: bool = False

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

    @property
    def last_shared_day(self) -> date:
        """The last day on which an activity may count, also one that the next cycle holds; else the last day."""
        late = self.rules.late
        days = [self.last_day]
        if late is not None and late.counts:
            days.append(self.last_day + timedelta(days=late.days))
        if self.rules.shared_month:
            days.append(add_months(self.last_day.replace(day=1), 1) - timedelta(days=1))
        return max(days)

    def may_take(self, day: date) -> bool:
        """Whether an activity of this day may count to the cycle or to the next one, whichever of them holds the day.

        In the cycle's last calendar month where the rules share it, and in a late window that counts; never before the
        cycle began.
        """
        if self.start <= day < self.end:
            last = self.last_day
            return bool(self.rules.shared_month) and (day.year, day.month) == (last.year, last.month)
        return self.end <= day <= self.last_shared_day


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day where it has no such day.

    From 29 February, common years give 28 February and leap years 29 February again, when counted from the first day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, day: date) -> int:
    """How many whole months lie between two days."""
    months = (day.year - start.year) * 12 + day.month - start.month
    return months if add_months(start, months) <= day else months - 1


def cycles_until(anchors: Anchors, rules_from: Sequence[tuple[date, RuleVersion]], day: date) -> tuple[Cycle, ...]:
    """Every cycle from certification to the one that holds `day`, oldest first; at least the first.

    Each runs under the latest rules whose day is not after the cycle's start, else under the earliest.
    """
    ordered = sorted(rules_from, key=lambda entry: entry[0])
    cycles: list[Cycle] = []
    start = anchors.certified_on
    base, offset = start, 0
    while not cycles or cycles[-1].end <= day:
        begun = [rules for from_on, rules in ordered if from_on <= start]
        rules = begun[-1] if begun else ordered[0][1]
        if not cycles or rules.cycle.kind != cycles[-1].rules.cycle.kind or rules.cycle.kind == "common":
            base, offset = _first_end(rules.cycle, anchors, start)
        else:
            offset += rules.cycle.months
        end = add_months(base, offset)
        months_missed = _months_missed(rules.cycle, start, end) if not cycles else 0
        cycles.append(Cycle(start, end, rules, months_missed, is_first=not cycles))
        start = end
    return tuple(cycles)


def _first_end(shape: CycleShape, anchors: Anchors, start: date) -> tuple[date, int]:
    """A day to count months from, and the number of months from it to the end of the cycle that begins on `start`.

    A day that the body told ends a cycle. Of the ends that follow from it, the first cycle takes the one that is
    nearest to what the rules would reckon, so that no cycle of a few days comes before the one that the body means.
    """
    base, offset = _reckoned_end(shape, anchors, start)
    if anchors.due_on is None:
        return base, offset
    told, reckoned = anchors.due_on + timedelta(days=1), add_months(base, offset)
    first = _first_after(told, shape.months, start)
    last = 0 if told > start else first + shape.months
    return told, min(range(first, last + 1, shape.months), key=lambda months: abs(add_months(told, months) - reckoned))


def _reckoned_end(shape: CycleShape, anchors: Anchors, start: date) -> tuple[date, int]:
    """The same by the rules alone; a cycle that follows another goes from that one's last day to a month's last day."""
    if shape.kind == "common" and shape.anchor:
        return shape.anchor, _first_after(shape.anchor, shape.months, start)
    begun = start if start == anchors.certified_on else start - timedelta(days=1)
    if shape.kind == "month-end":
        return _month_after(add_months(begun, shape.months)), 0
    if shape.kind == "birth-month" and anchors.birth_month:
        return _month_after(date(begun.year + shape.months // 12, anchors.birth_month, 1)), 0
    return start, shape.months


def _first_after(base: date, months: int, start: date) -> int:
    """The least multiple of `months` that leads from the base to a day after `start`."""
    offset = -(-months_between(base, start) // months) * months
    while add_months(base, offset) <= start:
        offset += months
    while add_months(base, offset - months) > start:
        offset -= months
    return offset


def _month_after(day: date) -> date:
    return add_months(day.replace(day=1), 1)


def _months_missed(shape: CycleShape, start: date, end: date) -> int:
    return max(0, months_between(add_months(end, -shape.months), start)) if shape.kind == "common" else 0


def retest_window(cycle: Cycle, today: date) -> tuple[date, date] | None:
    """First and last day for the retest that ends this cycle; None where the rules state no window.

    Where a cycle ends with an anniversary, the anniversary itself is the last day: then the window that ends is still
    open although a new cycle has begun. Elsewhere it is the last day of the cycle.
    """
    retest, by_anniversary = cycle.rules.retest, cycle.rules.cycle.kind == "anniversary"
    if retest is None or retest.window_days is None:
        return None
    end = cycle.start if by_anniversary and today == cycle.start and not cycle.is_first else cycle.end
    return end - timedelta(days=retest.window_days), end if by_anniversary else end - timedelta(days=1)
