"""Deadlines, the late window, when an event was made, and where an attempt stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import ceil

LATE_WINDOW_SECONDS = 24 * 60 * 60
STRICT_LATE_WINDOW_SECONDS = 60
MOST_OUTAGE_SECONDS = 30 * 60
SILENCE_SECONDS = 60
MOST_BREAK_SECONDS = 60 * 60
TIME_PERCENTS = (100, 125, 150, 200)
MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
TICK = timedelta(microseconds=1)


class Standing(Enum):
    """Where an attempt stands; always computed, never stored."""

    RUNNING = "running"
    EXPIRED = "expired"
    FINISHED = "finished"


def deadline_of(started_at: datetime, allowed_seconds: int | None) -> datetime | None:
    """When the time is up; None for an untimed attempt."""
    return None if allowed_seconds is None else started_at + timedelta(seconds=allowed_seconds)


def standing(deadline_at: datetime | None, finished_at: datetime | None, now: datetime) -> Standing:
    """Finished once the candidate or the clock's job has closed it; expired from the deadline on; else running."""
    if finished_at is not None:
        return Standing.FINISHED
    if deadline_at is not None and now >= deadline_at:
        return Standing.EXPIRED
    return Standing.RUNNING


def seconds_left(deadline_at: datetime | None, now: datetime) -> int | None:
    """Whole seconds until the deadline, rounded up, never below 0; None for an untimed attempt."""
    return None if deadline_at is None else max(0, ceil((deadline_at - now).total_seconds()))


def made_at(received_at: datetime, age_ms: int, not_before: datetime) -> datetime:
    """When an event was made: its age before it was received, fixed at first storage.

    Only the age travels, so no two machines' clocks are compared. `not_before` is the later of the attempt's start
    and the same device's previous event.
    """
    return max(not_before, received_at - timedelta(milliseconds=age_ms))


def counts(
    made: datetime,
    received: datetime,
    deadline_at: datetime | None,
    late_window_seconds: int,
    finished_at: datetime | None = None,
) -> bool:
    """Whether an event counts: made by the deadline, received within the late window after it, and received before
    the attempt was closed. What does not count is kept all the same.
    """
    if finished_at is not None and received > finished_at:
        return False
    if deadline_at is None:
        return True
    return made <= deadline_at and received <= deadline_at + timedelta(seconds=late_window_seconds)


def allowed_with_extra_time(seconds: int | None, time_percent: int) -> int | None:
    """The allowed time times 1, 1.25, 1.5 or 2, rounded up to a whole second; untimed stays untimed."""
    return None if seconds is None else -(-seconds * time_percent // 100)


def break_used(break_started_at: datetime | None, break_seconds: int, now: datetime) -> int:
    """The seconds that an open break has given so far: what is left of an hour in all, at most.

    Rounded up, so that no time runs out during a break.
    """
    if break_started_at is None:
        return 0
    return max(0, min(ceil((now - break_started_at).total_seconds()), MOST_BREAK_SECONDS - break_seconds))


def silent_seconds(
    started_at: datetime, arrivals: Sequence[tuple[datetime, datetime]], now: datetime, break_seconds: int
) -> int:
    """How long an attempt was cut off, as its log tells: the gaps of a minute and more that end in events that had
    waited a minute and more, and the gap before `now`. Never more than all its gaps without the breaks.

    `arrivals` are in order: when events were received, and when the oldest of them was made. The first of them is
    the item that the start itself shows, so whatever lies before it is a gap too.
    """
    moments = [started_at, *(received for received, _ in arrivals), now]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    had_waited = [(received - made).total_seconds() >= SILENCE_SECONDS for received, made in arrivals]
    ends_an_outage = [True, *had_waited[1:], True] if arrivals else [True]
    long_gaps = [(gap, is_one) for gap, is_one in zip(gaps, ends_an_outage, strict=True) if gap >= SILENCE_SECONDS]
    cut_off = sum(gap for gap, is_one in long_gaps if is_one)
    return max(0, int(min(cut_off, sum(gap for gap, _ in long_gaps) - break_seconds)))


def outage_credit(asked_seconds: int, silence_seconds: int, credited_seconds: int) -> int:
    """How much of an outage is given back: what was asked, but in all no more than the log was silent, and no more
    than half an hour.
    """
    most = min(silence_seconds, MOST_OUTAGE_SECONDS) - credited_seconds
    return max(0, min(asked_seconds, most))


def seconds_used(started_at: datetime, deadline_at: datetime | None, finished_at: datetime) -> int:
    """The time that a finished attempt took, the deadline at most."""
    end = finished_at if deadline_at is None else min(finished_at, deadline_at)
    return int((end - started_at).total_seconds())


def late_before(now: datetime) -> datetime:
    """Deadlines before this moment have seen their late window pass, whatever its length."""
    return now - timedelta(seconds=LATE_WINDOW_SECONDS)
