"""Which days a holder must not miss, and which reminder of each has come. The calendar day is an argument."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from quizapp.rules.credit_cycles import retest_window
from quizapp.rules.credit_sentences import (
    counted_occasions,
    late_sentence,
    membership_sentence,
    next_step,
    progress_text,
)
from quizapp.rules.credit_status import CycleStatus
from quizapp.rules.credit_words import counted, credit_text, day_text

STEPS = (90, 30, 7, 1)
# Who is late was told so when the cycle ended.
LATE_STEPS = (7, 1)
URGENT_DAYS = 30
ENDED = "ended"
ENDED_TOLD_FOR_DAYS = 30

# What a day is called in a calendar, so many days before it, on it, and after it.
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "cycle": ("last day of the cycle", "{} left", "today is the last day", "the cycle has ended"),
    "retest": (
        "last day to retest",
        "{} left to retest",
        "today is the last day to retest",
        "the time to retest is over",
    ),
    "retest-opens": (
        "first day to retest",
        "{} until the retest opens",
        "the retest opens today",
        "the retest is open",
    ),
    "late": (
        "last day of the late window",
        "{} left of the late window",
        "today is the last day of the late window",
        "the late window is over",
    ),
    "membership": ("membership ends", "membership ends in {}", "membership ends today", "membership has ended"),
}


@dataclass(frozen=True)
class Deadline:
    """A day that a holder must not miss.

    `begun_on` tells the deadlines of a kind apart, also where the day itself is moved. `missing` says in a few words
    what is missing, `sentences` in full. What is settled asks for nothing more. Once the day is over, that is told
    for `told_for_days`. Reminders come so many days before it as `steps` say.
    """

    kind: Literal["cycle", "retest", "retest-opens", "late", "membership"]
    day: date
    begun_on: date
    sentences: tuple[str, ...]
    missing: str = ""
    is_settled: bool = False
    told_for_days: int = ENDED_TOLD_FOR_DAYS
    steps: tuple[int, ...] = STEPS

    def step(self, today: date) -> str | None:
        """The reminder that has come: "90", "30", "7" or "1" days before the day, "ended" after it; the newest alone.

        None before the first step, long after the day, and where all is settled.
        """
        days = (self.day - today).days
        if self.is_settled or days > max(self.steps) or days < -self.told_for_days:
            return None
        return str(min(step for step in self.steps if days <= step)) if days >= 0 else ENDED

    def is_urgent(self, today: date) -> bool:
        """Whether the day is near, and not all is settled."""
        return not self.is_settled and is_near(self.day, today)

    @property
    def summary(self) -> str:
        """last day of the cycle, 2.5 hours missing."""
        return self._with_missing(WORDS[self.kind][0])

    def heading(self, today: date) -> str:
        """30 days left, 2.5 hours missing; today is the last day to retest; membership has ended."""
        _, before, on_the_day, after = WORDS[self.kind]
        days = (self.day - today).days
        return self._with_missing(before.format(counted(days, "day")) if days > 0 else after if days else on_the_day)

    def _with_missing(self, text: str) -> str:
        return f"{text}, {self.missing}" if self.missing else text


def is_near(day: date, today: date) -> bool:
    """Whether no more than a month is left to a day that is not over."""
    return 0 <= (day - today).days <= URGENT_DAYS


def deadlines_of(statuses: Sequence[CycleStatus], member_until: date | None, today: date) -> tuple[Deadline, ...]:
    """The deadlines of a credential: the ends of the cycles given, those that are not closed, and of the membership.

    With the end of a cycle that a retest has to renew goes the day on which its window opens; with that of one that
    ended short, the last day of its late window. A cycle that a retest renewed asks for nothing more.
    """
    asking = [status for status in statuses if not status.cycle.retested_on]
    found = [deadline for status in asking for deadline in (_end_of(status, today), *_around_end(status, today))]
    if member_until and statuses and statuses[-1].holder.is_member:
        found.append(_end_of_membership(statuses[-1], member_until, today))
    return tuple(found)


def _end_of(status: CycleStatus, today: date) -> Deadline:
    """The last day of a cycle, or of the retest that ends it: with a window, that is the day after."""
    cycle = status.cycle
    if status.goes_by_hours:
        late_days = cycle.rules.late.days if cycle.rules.late else 0
        late = late_sentence(status, today)
        return Deadline(
            "cycle",
            cycle.last_day,
            cycle.start,
            tuple(filter(None, [next_step(status, today), _so_far(status), late])),
            missing=_missing(status),
            is_settled=status.is_met,
            told_for_days=max(late_days, ENDED_TOLD_FOR_DAYS),
        )
    window = retest_window(cycle, cycle.last_day)
    rule = cycle.rules.retest.rule if cycle.rules.retest else ""
    if window is None:
        return Deadline("retest", cycle.last_day, cycle.start, (rule,))
    first, last = window
    when = f"Retest between {day_text(first)} and {day_text(last)}."
    if today > last:
        when = f"The retest was possible from {day_text(first)} to {day_text(last)}."
    return Deadline("retest", last, cycle.start, (when, rule))


def _around_end(status: CycleStatus, today: date) -> Iterator[Deadline]:
    """The first day to retest, which by itself asks for nothing, and the last one to make good what was short."""
    cycle = status.cycle
    late, window = cycle.rules.late, retest_window(cycle, cycle.last_day)
    if not status.goes_by_hours and window:
        first, last = window
        when = f"Retest between {day_text(first)} and {day_text(last)}."
        yield Deadline("retest-opens", first, cycle.start, (when,), is_settled=True)
    is_late = status.goes_by_hours and not status.is_met and cycle.days_left(today) < 0
    if is_late and late and late.days:
        sentences = tuple(filter(None, [next_step(status, today), late_sentence(status, today)]))
        last = cycle.last_day + timedelta(days=late.days)
        yield Deadline("late", last, cycle.start, sentences, _missing(status), steps=LATE_STEPS)


def _missing(status: CycleStatus) -> str:
    """2.5 hours missing; one live conference missing; empty where nothing is."""
    if status.missing_minutes:
        return f"{credit_text(status.missing_minutes, status.cycle.rules.unit)} missing"
    short = next((each for each in status.occasions if each.missing), None)
    return f"{counted_occasions(short.missing, short.occasion.name)} missing" if short else ""


def _so_far(status: CycleStatus) -> str:
    """So far: 9.5 of 12 hours in all, 1 of 4 hours live; empty where less than two requirements are short."""
    unit = status.cycle.rules.unit
    short = [f"{progress_text(each, unit)} {each.bucket.name}" for each in status.requirements if each.short_minutes]
    return f"So far: {', '.join(short)}." if len(short) > 1 else ""


def _end_of_membership(status: CycleStatus, member_until: date, today: date) -> Deadline:
    """The last day of a membership; how long a gap is borne is for the rules to say."""
    membership = status.cycle.rules.membership
    plain = f"Your membership {'ended on' if member_until < today else 'runs until'} {day_text(member_until)}."
    return Deadline(
        "membership",
        member_until,
        date.min,
        (membership_sentence(status.cycle, member_until, today) or plain,),
        told_for_days=max(membership.gap_days if membership else 0, ENDED_TOLD_FOR_DAYS),
    )
