"""The log of events: what may be stored, and that it folds into the same responses however it arrives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.answer_log import (
    LETTERS,
    MOST_NOTE_CHARACTERS,
    Event,
    StoredEvent,
    fold,
    is_valid,
    letter_of,
    option_of,
    storable,
)

START = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
KINDS = ("shown", "answer", "flag", "strike", "highlight", "note", "certainty")

orders = st.permutations(range(4)).map(lambda order: "".join(map(str, order)))


def answer(seq: int, value: str = "A") -> Event:
    return Event(seq, 1, "answer", value, 0)


@st.composite
def logs(draw: st.DrawFn) -> list[StoredEvent]:
    """What a few devices did at a few places, often in the same moment; each device's events numbered and in order."""
    log = []
    for device in ("form", "tab1", "tab2"):
        made = START
        for seq in range(1, draw(st.integers(0, 6)) + 1):
            made += timedelta(seconds=draw(st.integers(0, 2)))
            kind, value = draw(st.sampled_from([("answer", "A"), ("answer", "B"), ("answer", ""), ("flag", "1")]))
            log.append(StoredEvent(device, seq, draw(st.integers(1, 2)), kind, value, made, counts=draw(st.booleans())))
    return log


# --- What may be stored ---------------------------------------------------------------------------------------------


@given(st.integers(0, 20), st.lists(st.integers(1, 30)))
def test_what_is_stored_goes_on_from_what_was_stored_without_a_gap(highest: int, sent: list[int]) -> None:
    stored = [event.seq for event in storable([answer(seq) for seq in sent], highest)]
    assert stored == list(range(highest + 1, highest + 1 + len(stored)))
    assert set(stored) <= set(sent)
    assert highest + len(stored) + 1 not in sent


@given(st.integers(0, 20), st.lists(st.integers(1, 30)))
def test_a_replay_stores_nothing_more(highest: int, sent: list[int]) -> None:
    events = [answer(seq) for seq in sent]
    stored = storable(events, highest)
    assert storable(events, highest + len(stored)) == []


@given(st.integers(0, 10), st.randoms(), st.lists(st.integers(1, 12), max_size=20))
def test_sending_until_all_is_acknowledged_stores_each_event_once(
    count: int, chance: Random, interruptions: list[int]
) -> None:
    waiting = [answer(seq, "AB"[seq % 2]) for seq in range(1, count + 1)]
    log: list[Event] = []
    for most in [*interruptions, count]:
        batch = chance.sample(waiting[:most], min(most, len(waiting)))
        log += storable(batch, len(log))
        if chance.random() < 0.5:  # Else the reply was lost, and the device does not know.
            waiting = [event for event in waiting if event.seq > len(log)]
    assert [event.seq for event in log] == list(range(1, count + 1))


# --- What a value may be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("shown", ""),
        ("answer", "A"),
        ("answer", "D"),
        ("answer", ""),
        ("flag", "0"),
        ("flag", "1"),
        ("strike", ""),
        ("strike", "AC"),
        ("highlight", ""),
        ("highlight", "10-25,40-52"),
        ("note", "Compare § 164.524 – 30 days\nand one extension."),
        ("note", "x" * MOST_NOTE_CHARACTERS),
        ("certainty", "guess"),
        ("certainty", ""),
    ],
)
def test_a_value_that_its_kind_can_have_is_valid(kind: str, value: str) -> None:
    assert is_valid(Event(1, 1, kind, value, 0), option_count=4)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("shown", "A"),
        ("answer", "E"),
        ("answer", "a"),
        ("answer", "AB"),
        ("answer", "A\n"),
        ("answer", " "),
        ("answer", "0"),
        ("answer", "\0"),
        ("flag", ""),
        ("flag", "2"),
        ("flag", "true"),
        ("strike", "CA"),
        ("strike", "AA"),
        ("strike", "AE"),
        ("highlight", "10"),
        ("highlight", "10-25\n"),
        ("highlight", "\n"),
        ("highlight", "10-25,"),
        ("highlight", "1-2," * 50 + "1-2"),
        ("note", "x" * (MOST_NOTE_CHARACTERS + 1)),
        ("note", "a\0b"),
        ("certainty", "maybe"),
        ("key", "A"),
        ("", ""),
    ],
)
def test_a_value_that_its_kind_cannot_have_is_refused(kind: str, value: str) -> None:
    assert not is_valid(Event(1, 1, kind, value, 0), option_count=4)


@given(st.integers(2, len(LETTERS)), st.sampled_from(LETTERS))
def test_an_item_has_as_many_letters_as_options(option_count: int, letter: str) -> None:
    assert is_valid(answer(1, letter), option_count) == (LETTERS.index(letter) < option_count)


@given(st.sampled_from(KINDS), st.text("ABE01-,9 \n\0é", max_size=30))
def test_whatever_text_arrives_is_judged_without_a_failure(kind: str, value: str) -> None:
    assert is_valid(Event(1, 1, kind, value, 0), option_count=4) in {True, False}


# --- The fold -------------------------------------------------------------------------------------------------------


def fold_in_batches(batches: list[list[StoredEvent]]) -> Mapping[tuple[int, str], StoredEvent]:
    """As the database does it: each batch folds, and moves the rows that it wins."""
    rows: dict[tuple[int, str], StoredEvent] = {}
    for batch in batches:
        for key, event in fold(batch).items():
            if key not in rows or event.rank > rows[key].rank:
                rows[key] = event
    return rows


@given(logs(), st.randoms())
def test_any_duplication_order_and_interleaving_gives_the_same_responses(
    log: list[StoredEvent], chance: Random
) -> None:
    arrived = log + [event for event in log if chance.random() < 0.5]
    chance.shuffle(arrived)
    assert fold(arrived) == fold(log)


@given(logs(), st.randoms(), st.lists(st.integers(0, 40), max_size=6))
def test_any_batching_gives_the_same_responses(log: list[StoredEvent], chance: Random, cuts: list[int]) -> None:
    arrived = log + [event for event in log if chance.random() < 0.5]
    chance.shuffle(arrived)
    edges = [0, *sorted(min(cut, len(arrived)) for cut in cuts), len(arrived)]
    batches = [arrived[begin:end] for begin, end in pairwise(edges)]
    assert fold_in_batches(batches) == fold(log)


@given(logs())
def test_a_response_is_the_last_counting_event_of_its_kind_at_its_place(log: list[StoredEvent]) -> None:
    rows = fold(log)
    assert rows.keys() == {(event.position, event.kind) for event in log if event.counts}
    for (position, kind), row in rows.items():
        rivals = [event for event in log if event.counts and (event.position, event.kind) == (position, kind)]
        assert row.made_at == max(event.made_at for event in rivals)
        assert not [event for event in rivals if event.device == row.device and event.seq > row.seq]


def test_what_does_not_count_leaves_the_response_alone() -> None:
    in_time = StoredEvent("tab1", 1, 1, "answer", "A", START)
    late = StoredEvent("tab1", 2, 1, "answer", "B", START + timedelta(hours=1), counts=False)
    assert fold([in_time, late]) == {(1, "answer"): in_time}
    assert fold([late]) == {}


def test_two_devices_in_the_same_moment_are_told_apart_by_their_names() -> None:
    one = StoredEvent("tab1", 9, 1, "answer", "A", START)
    other = replace(one, device="tab2", seq=1, value="B")
    assert fold([one, other]) == fold([other, one]) == {(1, "answer"): other}


# --- Letters --------------------------------------------------------------------------------------------------------


@given(orders, st.integers(0, 3))
def test_letter_and_option_lead_to_each_other(order: str, option: int) -> None:
    assert option_of(letter_of(option, order), order) == option


def test_no_letter_is_no_option() -> None:
    assert option_of("", "2031") is None
    assert option_of("A", "2031") == 2
    assert letter_of(3, "2031") == "C"
