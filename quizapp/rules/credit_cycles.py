"""When cycles begin and end. The calendar day is an argument."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quizapp.rules.credit_rules import CycleShape, RuleVersion


@dataclass(frozen=True)
class Anchors:
    """What a holder's cycles are reckoned from.

    `due_on` is the last day of some cycle, as the body told it: from it the cycles are counted forwards and backwards.
    `retests` are the days on which the examination was passed again.
    """

    certified_on: date
    birth_month: int | None = None
    due_on: date | None = None
    retests: tuple[date, ...] = ()


@dataclass(frozen=True)
class Cycle:
    """The days from `start` up to, not including, `end`; and the rules of these days.

    `months_missed` are the whole months of a common cycle that had gone by at certification. A first cycle begins with
    the certification, or with a retest from which cycles begin again; the others follow one that ended. `retested_on`
    is the day of the retest that renews the cycle, and `follows_retest` says that the one before it was renewed so.
    """

    start: date
    end: date
    rules: RuleVersion
    months_missed: int = 0
    is_first: bool = False
    retested_on: date | None = None
    follows_retest: bool = False

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

    Each runs under the latest rules whose day is not after the cycle's start, else under the earliest. A retest in time
    (see `renewing_days`) renews its cycle and moves none. After any other, cycles begin again on its day as after a
    certification: the cycle that it fell into is left out, and days without a cycle may come before it.
    """
    ordered = sorted(rules_from, key=lambda entry: entry[0])
    begun, cycles = anchors, _cycles_in_a_row(anchors, ordered, day)
    done: list[Cycle] = []
    for passed_on in sorted(set(anchors.retests)):
        if not begun.certified_on < passed_on <= day:
            continue
        renewed = _renewed_by(cycles, passed_on)
        if renewed is None:
            done += [cycle for cycle in cycles if cycle.end <= passed_on]
            begun = _begun_again(begun, passed_on)
            cycles = _cycles_in_a_row(begun, ordered, day)
        elif cycles[renewed].retested_on is None:
            cycles[renewed] = replace(cycles[renewed], retested_on=passed_on)
            if cycles[renewed] != cycles[-1]:
                cycles[renewed + 1] = replace(cycles[renewed + 1], follows_retest=True)
    return (*done, *cycles)


def _cycles_in_a_row(anchors: Anchors, ordered: Sequence[tuple[date, RuleVersion]], day: date) -> list[Cycle]:
    """The cycles that follow each other from the certification on, whatever was retested."""
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
    return cycles


def _renewed_by(cycles: Sequence[Cycle], passed_on: date) -> int | None:
    """The place of the cycle that a retest renews: of two, the first that no earlier retest renewed; None of none."""
    fitting = [
        place
        for place, cycle in enumerate(cycles)
        if (days := renewing_days(cycle)) and days[0] <= passed_on <= days[1]
    ]
    return next((place for place in fitting if cycles[place].retested_on is None), fitting[0] if fitting else None)


def _begun_again(anchors: Anchors, passed_on: date) -> Anchors:
    """What cycles are reckoned from after a retest: a last day that lies before it was told of the earlier ones."""
    due_on = anchors.due_on if anchors.due_on and anchors.due_on >= passed_on else None
    return replace(anchors, certified_on=passed_on, due_on=due_on)


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


# --- Retests --------------------------------------------------------------------------------------------------------


def renewing_days(cycle: Cycle) -> tuple[date, date] | None:
    """First and last day on which a retest renews the cycle; None where its rules know no retest.

    Without a window, that is any of its days. Who is a member is not asked: that changes, and what was passed in time
    was passed. Where a cycle ends with an anniversary, the anniversary itself is the last day, although the next cycle
    has begun then.
    """
    retest = cycle.rules.retest
    if retest is None:
        return None
    if retest.window_days is None:
        return cycle.start, cycle.last_day
    last = cycle.end if cycle.rules.cycle.kind == "anniversary" else cycle.last_day
    return max(cycle.start, cycle.end - timedelta(days=retest.window_days)), last


def retest_window(cycle: Cycle, today: date) -> tuple[date, date] | None:
    """First and last day for the retest that ends this cycle; None where the rules state no window.

    On an anniversary, the window that ends is still open although a new cycle has begun, unless the retest was passed.
    """
    retest = cycle.rules.retest
    if retest is None or retest.window_days is None:
        return None
    by_anniversary = cycle.rules.cycle.kind == "anniversary"
    is_still_open = by_anniversary and today == cycle.start and not (cycle.is_first or cycle.follows_retest)
    end = cycle.start if is_still_open else cycle.end
    return end - timedelta(days=retest.window_days), end if by_anniversary else end - timedelta(days=1)
