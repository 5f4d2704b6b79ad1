"""What an attempt's log tells afterwards: where the time went, which answers changed, what did not count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import groupby, pairwise
from statistics import median

from quizapp.rules.answer_log import ANSWER, CERTAINTIES, StoredEvent
from quizapp.rules.scoring import Tally, tally

AWAY_AFTER = timedelta(minutes=10)
SLOW_MEDIANS = 2


@dataclass(frozen=True)
class TimeSpent:
    """Seconds on screen by position, and seconds away; together at most the attempt's span."""

    by_position: Mapping[int, float]
    away_seconds: float

    @property
    def on_screen_seconds(self) -> float:
        """The time with any item on screen."""
        return sum(self.by_position.values())

    @property
    def usual_seconds(self) -> float:
        """The median over the items that were on screen; 0 if there is none."""
        spent = [seconds for seconds in self.by_position.values() if seconds > 0]
        return median(spent) if spent else 0.0

    def slow(self, pace_seconds: float) -> frozenset[int]:
        """The positions that took over twice the form's median, and longer than the pace allows."""
        limit = max(SLOW_MEDIANS * self.usual_seconds, pace_seconds)
        return frozenset(position for position, seconds in self.by_position.items() if seconds > limit)

    def slowest(self, number: int) -> list[int]:
        """The positions that took longest, the slowest first."""
        order = sorted(self.by_position, key=lambda position: (-self.by_position[position], position))
        return [position for position in order if self.by_position[position] > 0][:number]


class Change(Enum):
    """What became of a changed answer, from the first one given to the one that stayed."""

    RIGHT_TO_WRONG = "right to wrong"
    WRONG_TO_RIGHT = "wrong to right"
    WRONG_TO_WRONG = "wrong to wrong"
    BACK = "back to the first"


@dataclass(frozen=True)
class ChangedAnswer:
    """A changed answer: the first letter given, the last (empty when it was taken back), and what that did."""

    first: str
    last: str
    change: Change


def closed_at(started_at: datetime, deadline_at: datetime | None, finished_at: datetime) -> datetime:
    """When a finished attempt's time ended: at its submission, or at the deadline before it."""
    return max(started_at, finished_at if deadline_at is None else min(finished_at, deadline_at))


def time_spent(events: Iterable[StoredEvent], started_at: datetime, ended_at: datetime) -> TimeSpent:
    """Which item was on screen when.

    Whatever is done at an item, being shown above all, proves that the candidate is there until something is done
    elsewhere or the attempt ends. Several devices make one line of time, since nobody reads two items at once. A gap of
    over ten minutes without any event counts as away, the whole of it. Time spent on the list of answers goes to the
    item before it. An event that does not count tells where the candidate was all the same.
    """
    line = [
        (min(max(event.made_at, started_at), ended_at), event.position)
        for event in sorted(events, key=lambda event: event.rank)
    ]
    seconds: dict[int, float] = {}
    away = 0.0
    for (begun, position), (until, _) in pairwise([*line, (ended_at, 0)]):
        gap = (until - begun).total_seconds()
        is_away = gap > AWAY_AFTER.total_seconds()
        away += gap if is_away else 0.0
        seconds[position] = seconds.get(position, 0.0) + (0.0 if is_away else gap)
    return TimeSpent(seconds, away)


def answers_given(events: Iterable[StoredEvent]) -> dict[int, list[StoredEvent]]:
    """The counting answers of each place in the order of their making; the same letter twice in a row is one."""
    counting = (event for event in events if event.kind == ANSWER and event.counts)
    given: dict[int, list[StoredEvent]] = {}
    for event in sorted(counting, key=lambda event: event.rank):
        before = given.setdefault(event.position, [])
        if event.value != (before[-1].value if before else ""):
            before.append(event)
    return {position: answers for position, answers in given.items() if answers}


def changed_answer(letters: Iterable[str], key: str) -> ChangedAnswer | None:
    """What the letters given at one place, in order, with "" for taken back, amount to; None if nothing changed."""
    distinct = [letter for letter, _ in groupby(letters)]
    given = [letter for letter in distinct if letter]
    if not given or set(distinct) == {given[0]}:
        return None
    first, last = given[0], distinct[-1]
    if first == last:
        return ChangedAnswer(first, last, Change.BACK) if set(given) != {first} else None
    if first == key:
        return ChangedAnswer(first, last, Change.RIGHT_TO_WRONG)
    return ChangedAnswer(first, last, Change.WRONG_TO_RIGHT if last == key else Change.WRONG_TO_WRONG)


def certainty_against_truth(given: Iterable[tuple[str, bool]]) -> dict[str, Tally]:
    """(certainty, right) of each place → right of total for sure, think and guess, as far as they were given."""
    found = tally((certainty, right) for certainty, right in given if certainty)
    return {certainty: found[certainty] for certainty in CERTAINTIES if certainty in found}


def why_not_counted(
    made: datetime, received: datetime, deadline_at: datetime | None, finished_at: datetime | None
) -> str:
    """The reason, in words, why an event is kept and does not count."""
    if deadline_at is not None and made > deadline_at:
        return "made after the time was up"
    if finished_at is not None and received > finished_at:
        return "arrived after the attempt was closed"
    return "arrived after the late window"
