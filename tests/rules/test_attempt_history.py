"""The history of an attempt: where the time went, which answers changed, what did not count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.answer_log import StoredEvent
from quizapp.rules.attempt_history import (
    Change,
    ChangedAnswer,
    TimeSpent,
    answers_given,
    certainty_against_truth,
    changed_answer,
    closed_at,
    time_spent,
    why_not_counted,
)
from quizapp.rules.scoring import Tally

START = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
END = START + timedelta(minutes=30)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def event(seconds: float, position: int, kind: str = "shown", value: str = "", device: str = "tab") -> StoredEvent:
    """Something done at a place; later events of a device have greater numbers."""
    return StoredEvent(device, int(seconds) + 1, position, kind, value, at(seconds))


@st.composite
def logs(draw: st.DrawFn) -> list[StoredEvent]:
    """What a few devices did at a few places, now and then with a long pause, some of it after the end."""
    log = []
    for device in ("form", "tab1", "tab2"):
        made = START
        for seq in range(1, draw(st.integers(0, 8)) + 1):
            made += timedelta(seconds=draw(st.sampled_from([0, 1, 20, 300, 599, 600, 601, 2000])))
            kind = draw(st.sampled_from(["shown", "answer", "flag"]))
            value = draw(st.sampled_from(["", "A", "B"])) if kind == "answer" else ""
            counts = draw(st.booleans())
            log.append(StoredEvent(device, seq, draw(st.integers(1, 4)), kind, value, made, counts))
    return log


# --- Time -----------------------------------------------------------------------------------------------------------


def test_an_item_is_on_screen_until_the_next_is_shown_or_the_attempt_ends() -> None:
    spent = time_spent([event(0, 1), event(40, 2), event(100, 1)], START, at(130))
    assert spent == TimeSpent({1: 70.0, 2: 60.0}, 0.0)
    assert spent.on_screen_seconds == 130


def test_an_answer_at_another_place_proves_where_one_is() -> None:
    spent = time_spent([event(0, 1), event(40, 2, "answer", "A")], START, at(60))
    assert spent.by_position == {1: 40.0, 2: 20.0}


def test_two_devices_make_one_line_of_time() -> None:
    spent = time_spent([event(0, 1), event(30, 2, device="other"), event(50, 1, "answer", "B")], START, at(60))
    assert spent.by_position == {1: 40.0, 2: 20.0}


def test_a_gap_of_over_ten_minutes_counts_as_away() -> None:
    assert time_spent([event(0, 1), event(600, 2)], START, at(610)) == TimeSpent({1: 600.0, 2: 10.0}, 0.0)
    assert time_spent([event(0, 1), event(601, 2)], START, at(610)) == TimeSpent({1: 0.0, 2: 9.0}, 601.0)


def test_what_is_done_after_the_deadline_takes_no_time() -> None:
    assert time_spent([event(0, 1), event(70, 2)], START, at(60)).by_position == {1: 60.0, 2: 0.0}


def test_an_empty_log_tells_nothing() -> None:
    spent = time_spent([], START, END)
    assert spent == TimeSpent({}, 0.0)
    assert spent.usual_seconds == 0
    assert spent.slow(10) == frozenset()
    assert spent.slowest(5) == []


@given(logs(), st.sampled_from([0, 60, 1800, 7200]))
def test_times_are_never_negative_and_sum_to_at_most_the_span(log: list[StoredEvent], span: int) -> None:
    spent = time_spent(log, START, at(span))
    assert all(seconds >= 0 for seconds in spent.by_position.values())
    assert spent.away_seconds >= 0
    assert spent.on_screen_seconds + spent.away_seconds <= span + 1e-6


@given(logs(), st.randoms())
def test_the_order_of_arrival_does_not_matter(log: list[StoredEvent], dice: Random) -> None:
    shuffled = [*log, *log[:3]]
    dice.shuffle(shuffled)
    assert time_spent(shuffled, START, END) == time_spent(log, START, END)
    assert answers_given(shuffled) == answers_given(log)


def test_slow_is_over_twice_the_median_and_over_the_pace() -> None:
    spent = TimeSpent({1: 10.0, 2: 10.0, 3: 10.0, 4: 21.0, 5: 60.0, 6: 0.0}, 0.0)
    assert spent.usual_seconds == 10
    assert spent.slow(pace_seconds=5) == {4, 5}
    assert spent.slow(pace_seconds=54) == {5}
    assert spent.slow(pace_seconds=60) == frozenset()


def test_the_slowest_come_first_and_what_was_not_shown_is_left_out() -> None:
    assert TimeSpent({1: 10.0, 2: 30.0, 3: 30.0, 4: 0.0}, 0.0).slowest(5) == [2, 3, 1]


def test_the_time_ends_with_the_submission_or_the_deadline() -> None:
    assert closed_at(START, END, at(60)) == at(60)
    assert closed_at(START, END, END + timedelta(hours=5)) == END
    assert closed_at(START, None, END) == END
    assert closed_at(START, END, at(-5)) == START


# --- Answers --------------------------------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_their_making_without_repeats() -> None:
    log = [
        event(30, 1, "answer", "C"),
        event(10, 1, "answer", "A"),
        event(20, 1, "answer", "A"),
        event(25, 2, "answer", ""),
        event(26, 3, "flag", "1"),
        replace(event(27, 4, "answer", "B"), counts=False),
    ]
    assert {place: [each.value for each in answers] for place, answers in answers_given(log).items()} == {1: ["A", "C"]}


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("AB", ChangedAnswer("A", "B", Change.RIGHT_TO_WRONG)),
        ("BA", ChangedAnswer("B", "A", Change.WRONG_TO_RIGHT)),
        ("BC", ChangedAnswer("B", "C", Change.WRONG_TO_WRONG)),
        ("BCA", ChangedAnswer("B", "A", Change.WRONG_TO_RIGHT)),
        ("ABA", ChangedAnswer("A", "A", Change.BACK)),
        ("", None),
        ("AA", None),
    ],
)
def test_a_change_goes_from_the_first_answer_to_the_last(letters: str, expected: ChangedAnswer | None) -> None:
    assert changed_answer(letters, key="A") == expected


def test_an_answer_taken_back_is_changed_unless_it_is_given_again() -> None:
    assert changed_answer(["A", ""], key="A") == ChangedAnswer("A", "", Change.RIGHT_TO_WRONG)
    assert changed_answer(["B", ""], key="A") == ChangedAnswer("B", "", Change.WRONG_TO_WRONG)
    assert changed_answer(["A", "", "A"], key="A") is None
    assert changed_answer([""], key="A") is None


def test_certainty_is_held_against_truth_where_it_was_given() -> None:
    given = [("guess", False), ("sure", True), ("sure", False), ("", True)]
    assert list(certainty_against_truth(given).items()) == [("sure", Tally(1, 2)), ("guess", Tally(0, 1))]


# --- What does not count --------------------------------------------------------------------------------------------


def test_the_reason_why_something_does_not_count() -> None:
    assert why_not_counted(at(1801), at(1801), END, END + timedelta(hours=1)) == "made after the time was up"
    assert why_not_counted(at(60), at(120), END, at(100)) == "arrived after the attempt was closed"
    assert why_not_counted(at(60), at(120), None, at(100)) == "arrived after the attempt was closed"
    assert why_not_counted(at(60), END + timedelta(days=2), END, None) == "arrived after the late window"
