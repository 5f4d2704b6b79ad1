"""When the time is up, when an event was made, and what still counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.timing import (
    LATE_WINDOW_SECONDS,
    MAX_AGE_MS,
    MOST_BREAK_SECONDS,
    MOST_OUTAGE_SECONDS,
    TIME_PERCENTS,
    Standing,
    allowed_with_extra_time,
    break_used,
    counts,
    deadline_of,
    late_before,
    made_at,
    outage_credit,
    seconds_left,
    seconds_used,
    silent_seconds,
    standing,
)

START = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
DEADLINE = START + 2460 * SECOND

moments = st.builds(lambda us: START + us * TICK, st.integers(-(10**12), 10**12))
ages = st.integers(0, MAX_AGE_MS)


def test_the_deadline_is_the_start_and_the_allowed_time() -> None:
    assert deadline_of(START, 2460) == DEADLINE
    assert deadline_of(START, None) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START, Standing.RUNNING),
        (DEADLINE - TICK, Standing.RUNNING),
        (DEADLINE, Standing.EXPIRED),
        (DEADLINE + 365 * 86400 * SECOND, Standing.EXPIRED),
    ],
)
def test_an_attempt_expires_at_its_deadline(now: datetime, expected: Standing) -> None:
    assert standing(DEADLINE, None, now) is expected


@given(st.none() | moments, moments, moments)
def test_a_closed_attempt_is_finished_whatever_the_clock_says(
    deadline: datetime | None, finished: datetime, now: datetime
) -> None:
    assert standing(deadline, finished, now) is Standing.FINISHED


@given(moments)
def test_an_untimed_attempt_never_expires(now: datetime) -> None:
    assert standing(None, None, now) is Standing.RUNNING
    assert seconds_left(None, now) is None


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (START, 2460),
        (START + TICK, 2460),
        (START + SECOND, 2459),
        (DEADLINE - TICK, 1),
        (DEADLINE, 0),
        (DEADLINE + SECOND, 0),
    ],
)
def test_the_seconds_left_are_rounded_up_and_never_below_zero(now: datetime, left: int) -> None:
    assert seconds_left(DEADLINE, now) == left


@given(moments, moments)
def test_time_is_left_exactly_while_the_attempt_runs(deadline: datetime, now: datetime) -> None:
    assert bool(seconds_left(deadline, now)) == (standing(deadline, None, now) is Standing.RUNNING)


# --- When an event was made -----------------------------------------------------------------------------------------


def test_an_event_was_made_its_age_before_it_arrived() -> None:
    assert made_at(DEADLINE, 90_000, START) == DEADLINE - 90 * SECOND
    assert made_at(DEADLINE, 0, START) == DEADLINE


def test_no_event_was_made_before_the_start() -> None:
    assert made_at(START + SECOND, MAX_AGE_MS, START) == START


@given(st.lists(st.tuples(st.integers(0, 10**6), ages), max_size=30))
def test_a_devices_events_are_made_in_their_order_and_never_before_the_start_or_after_arrival(
    gaps_and_ages: list[tuple[int, int]],
) -> None:
    received, previous = START, START
    for gap_ms, age_ms in gaps_and_ages:
        received += timedelta(milliseconds=gap_ms)
        made = made_at(received, age_ms, previous)
        assert START <= previous <= made <= received
        previous = made


# --- What counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "received", "is_counted"),
    [
        (START, START, True),
        (DEADLINE, DEADLINE, True),
        (DEADLINE + TICK, DEADLINE + TICK, False),
        (DEADLINE, DEADLINE + 60 * SECOND, True),
        (DEADLINE, DEADLINE + 60 * SECOND + TICK, False),
        (START, DEADLINE + 86400 * SECOND, False),
    ],
)
def test_what_was_made_in_time_and_arrives_within_the_late_window_counts(
    made: datetime, received: datetime, is_counted: bool
) -> None:
    assert counts(made, received, DEADLINE, 60) is is_counted


@given(moments, ages)
def test_everything_counts_in_an_untimed_attempt_that_is_open(received: datetime, age_ms: int) -> None:
    assert counts(made_at(received, age_ms, START), received, None, 0)


@pytest.mark.parametrize("deadline", [DEADLINE, None])
def test_what_arrives_after_the_attempt_was_closed_does_not_count(deadline: datetime | None) -> None:
    closed = START + 600 * SECOND
    assert counts(START, closed, deadline, 60, closed)
    assert not counts(START, closed + TICK, deadline, 60, closed)


@given(moments, st.integers(0, LATE_WINDOW_SECONDS))
def test_nothing_can_count_any_more_once_the_clocks_job_closes_an_attempt(deadline: datetime, window: int) -> None:
    now = deadline + LATE_WINDOW_SECONDS * SECOND + TICK
    assert deadline < late_before(now)
    assert not counts(deadline, now, deadline, window)


@pytest.mark.parametrize(
    ("deadline", "finished", "used"),
    [
        (DEADLINE, START + 600 * SECOND, 600),
        (DEADLINE, DEADLINE, 2460),
        (DEADLINE, DEADLINE + 86400 * SECOND, 2460),
        (None, START + 90_000 * SECOND, 90_000),
    ],
)
def test_the_time_used_ends_at_the_deadline(deadline: datetime | None, finished: datetime, used: int) -> None:
    assert seconds_used(START, deadline, finished) == used


# --- Time that is given ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("percent", "seconds"), [(100, 2461), (125, 3077), (150, 3692), (200, 4922)])
def test_extra_time_is_rounded_up_to_a_whole_second(percent: int, seconds: int) -> None:
    assert percent in TIME_PERCENTS
    assert allowed_with_extra_time(2461, percent) == seconds
    assert allowed_with_extra_time(None, percent) is None


@given(st.none() | moments, st.integers(0, MOST_BREAK_SECONDS), moments)
def test_breaks_give_an_hour_in_all_at_most(begun: datetime | None, given_before: int, now: datetime) -> None:
    used = break_used(begun, given_before, now)
    assert 0 <= used <= MOST_BREAK_SECONDS - given_before
    if begun is None or now <= begun:
        assert used == 0


def test_an_open_break_gives_the_time_since_it_began() -> None:
    assert break_used(START, 0, START + TICK) == 1
    assert break_used(START, 0, START + 90 * SECOND) == 90
    assert break_used(START, MOST_BREAK_SECONDS - 30, START + 90 * SECOND) == 30


@given(st.integers(-100, 10_000), st.integers(0, 10_000), st.integers(0, MOST_OUTAGE_SECONDS))
def test_an_outage_gives_what_was_asked_within_the_silence_and_half_an_hour(
    asked: int, silence: int, credited: int
) -> None:
    credit = outage_credit(asked, silence, credited)
    assert 0 <= credit <= max(0, asked)
    assert credit <= silence
    assert credit + credited <= MOST_OUTAGE_SECONDS


def at(second: int, waited: int = 0) -> tuple[datetime, datetime]:
    """Events received so long after the start, the oldest of which had waited."""
    return START + second * SECOND, START + (second - waited) * SECOND


@pytest.mark.parametrize(
    ("arrivals", "now", "breaks", "silence"),
    [
        ([], 600, 0, 600),
        ([at(0)], 600, 0, 600),
        ([at(600)], 605, 0, 600),
        ([at(0), at(600)], 605, 0, 0),
        ([at(0), at(600, 59)], 605, 0, 0),
        ([at(0), at(600, 60)], 605, 0, 600),
        ([at(0), at(600), at(900, 290), at(1500)], 1500, 0, 300),
        ([at(0), at(600)], 659, 0, 0),
        ([at(0), at(600)], 660, 0, 60),
        ([at(0)], 600, 400, 200),
        ([at(0), at(600), at(1200, 500)], 1200, 500, 600),
        ([at(0)], 600, 900, 0),
    ],
)
def test_an_attempt_was_cut_off_where_events_had_waited_and_before_the_request(
    arrivals: list[tuple[datetime, datetime]], now: int, breaks: int, silence: int
) -> None:
    assert silent_seconds(START, arrivals, START + now * SECOND, breaks) == silence
