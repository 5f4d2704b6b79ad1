"""All cycles of one credential: which activity counts to which of them, and what is carried from one to the next."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus, Entry, Holder, missing_of, status_of


@dataclass(frozen=True)
class Closed:
    """What the record of a closed cycle fixes: the activities that counted, and the minutes carried on.

    None are said to be carried on by a record that was made when a later cycle was closed already.
    """

    credit_ids: frozenset[str]
    carried_minutes: int | None


@dataclass(frozen=True)
class CarriedIn:
    """Minutes that a holder brings along from before, as entered: they enter the cycle that holds the day."""

    minutes: int
    from_on: date


def statuses_of(
    cycles: Sequence[Cycle],
    credits_: Iterable[Credit],
    holder: Holder,
    today: date,
    closed: Mapping[object, Closed] = {},
    carried_in: CarriedIn | None = None,
) -> tuple[CycleStatus, ...]:
    """Where the holder stands in each cycle, oldest first; every activity counts to one cycle at most.

    It counts to the cycle that holds its day. What a cycle shares with the next (in a shared month, in a late window
    that counts) stays in it as far as it is short without, and goes to the next otherwise; before the next has begun,
    it is listed without counting. Once no day is left that could bring a cycle more, it keeps what it shares only if
    that meets it: one that is lost, or was met before this site knew of it, takes nothing from the next. What a closed
    cycle counted stays there, and what was carried at its closing counts to the next, instead of what the holder
    entered. Where cycles began again, nothing goes over from the one before.
    `closed` goes by the cycle's first day.
    """
    ordered = sorted(credits_, key=lambda credit: (credit.day, credit.id))
    days = [credit.day for credit in ordered]
    used = {credit_id for one in closed.values() for credit_id in one.credit_ids}
    statuses: list[CycleStatus] = []
    passed_on: list[Credit] = []
    courses: frozenset[str] = frozenset()
    carried: int | None = None
    for cycle, following in zip_longest(cycles, cycles[1:]):
        record = closed.get(cycle.start)
        if cycle.is_first:
            passed_on, carried = [], None
        came = _entered(cycle, carried_in) if carried is None else carried
        near = ordered[bisect_left(days, cycle.start) : bisect_right(days, _last_day(cycle, following))]
        free = [credit for credit in near if credit.id not in used]
        if record:
            own = [credit for credit in ordered if credit.id in record.credit_ids]
        elif following and following.is_first:
            own = [*passed_on, *free]
        else:
            may_bring_more = today <= cycle.last_shared_day
            own = _own(cycle, free, passed_on, holder, came, courses, may_be_short=may_bring_more)
        statuses.append(
            status_of(
                cycle,
                own,
                holder,
                carried_minutes=came,
                is_carried_as_entered=bool(came) and carried is None,
                earlier_courses=courses,
            )
        )
        used |= {credit.id for credit in own}
        left = [credit for credit in free if credit.id not in used]
        passed_on = [credit for credit in left if cycle.holds(credit.day) and cycle.may_take(credit.day)]
        counted = [entry.credit for entry in statuses[-1].entries.values() if entry.minutes]
        courses |= {credit.course for credit in counted if credit.course}
        carried = record.carried_minutes if record else None
    if passed_on:
        waiting = {credit.id: Entry(credit, {}, "next") for credit in passed_on}
        statuses[-1] = replace(statuses[-1], entries={**statuses[-1].entries, **waiting})
    return tuple(statuses)


def _entered(cycle: Cycle, carried_in: CarriedIn | None) -> int:
    return carried_in.minutes if carried_in and cycle.holds(carried_in.from_on) else 0


def _last_day(cycle: Cycle, following: Cycle | None) -> date:
    """The last day whose activities may count to the cycle: never one on which cycles have begun again."""
    if following is None or not following.is_first:
        return cycle.last_shared_day
    return min(cycle.last_shared_day, following.start - timedelta(days=1))


def _own(
    cycle: Cycle,
    free: Sequence[Credit],
    passed_on: Sequence[Credit],
    holder: Holder,
    carried: int,
    courses: frozenset[str],
    *,
    may_be_short: bool,
) -> list[Credit]:
    """The cycle's activities: what the one before passed on, those of its days, and of what it shares what it needs.

    Of the shared ones it gives back, the latest first, what it would be no shorter without; all of them, where it would
    be short even so and may not. A cycle that a retest renewed needs none.
    """

    def standing(credits_: Sequence[Credit]) -> tuple[int, ...]:
        return missing_of(cycle, credits_, holder, carried, courses)

    if not cycle.rules.shares_days:
        return [*passed_on, *free]
    own = [*passed_on, *(credit for credit in free if cycle.holds(credit.day) and not cycle.may_take(credit.day))]
    shared = [credit for credit in free if cycle.may_take(credit.day)]
    if not shared or cycle.retested_on or not any(alone := standing(own)):
        return own
    best = standing([*own, *shared])
    if best == alone or (any(best) and not may_be_short):
        return own
    for credit in reversed(tuple(shared)):
        others = [each for each in shared if each != credit]
        if standing([*own, *others]) == best:
            shared = others
    return [*own, *shared]
