"""Deadlines, the late window, when an event was made, and where an attempt stands."""

from datetime import datetime, timedelta
from enum import Enum
from math import ceil

LATE_WINDOW_SECONDS = 24 * 60 * 60
MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000


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


def counts(made: datetime, received: datetime, deadline_at: datetime | None, late_window_seconds: int) -> bool:
    """Whether an event counts: made by the deadline, and received within the late window after it."""
    if deadline_at is None:
        return True
    return made <= deadline_at and received <= deadline_at + timedelta(seconds=late_window_seconds)


def seconds_used(started_at: datetime, deadline_at: datetime | None, finished_at: datetime) -> int:
    """The time that a finished attempt took, the deadline at most."""
    end = finished_at if deadline_at is None else min(finished_at, deadline_at)
    return int((end - started_at).total_seconds())


def late_before(now: datetime) -> datetime:
    """Deadlines before this moment have seen their late window pass, whatever its length."""
    return now - timedelta(seconds=LATE_WINDOW_SECONDS)
