"""Storing what devices send: in order, once, in time, and by nobody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import saving
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Response
from quizapp.attempts.saving import (
    AttemptFinishedError,
    BadEventError,
    NoSuchAttemptError,
    Stored,
    TooManyEventsError,
    show,
    store_events,
)
from quizapp.db import Database, DatabaseBusyError, writing
from quizapp.rules.answer_log import Event
from quizapp.rules.timing import MAX_AGE_MS
from tests import make
from tests.attempts.test_starting import run_together
from tests.conftest import CountStatements

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def attempt(session: Session, owner: User) -> Attempt:
    """Ten minutes, three items of four options, an hour's late window."""
    return make.attempt(
        session,
        owner,
        make.items(session, 3),
        allowed_seconds=600,
        deadline_at=make.NOW + 600 * SECOND,
        late_window_seconds=3600,
    )


def answer(seq: int, value: str = "A", position: int = 1, age_ms: int = 0) -> Event:
    return Event(seq, position, "answer", value, age_ms)


def send(session: Session, of: Attempt, events: Sequence[Event], after: int = 0, device: str = "tab1") -> Stored:
    """Send `events`, that many seconds after the start."""
    return store_events(session, of.user_id, of.id, device, events, make.NOW + after * SECOND)


def log(session: Session) -> list[tuple[str, int, str]]:
    """The log's devices, numbers and values."""
    rows = session.execute(
        select(AttemptEvent.device, AttemptEvent.seq, AttemptEvent.value).order_by(
            AttemptEvent.device, AttemptEvent.seq
        )
    )
    return [(device, seq, value) for device, seq, value in rows]


def answers(session: Session) -> dict[int, str]:
    """What counts at each place."""
    rows = session.execute(select(Response.position, Response.value).where(Response.kind == "answer"))
    return {position: value for position, value in rows}  # noqa: C416 - a Row is no pair to mypy


# --- In order, and once ---------------------------------------------------------------------------------------------


def test_events_are_stored_in_their_order_with_when_they_were_made(session: Session, attempt: Attempt) -> None:
    events = [answer(2, "B", age_ms=1000), Event(1, 2, "flag", "1", 4000), answer(3, "C", 3)]
    assert send(session, attempt, events, after=60).highest_seq == 3
    rows = session.scalars(select(AttemptEvent).order_by(AttemptEvent.seq)).all()
    assert [(row.position, row.kind, row.value, row.age_ms) for row in rows] == [
        (2, "flag", "1", 4000),
        (1, "answer", "B", 1000),
        (3, "answer", "C", 0),
    ]
    assert [row.made_at - make.NOW for row in rows] == [56 * SECOND, 59 * SECOND, 60 * SECOND]
    assert {row.received_at for row in rows} == {make.NOW + 60 * SECOND}
    assert {row.device for row in rows} == {"tab1"}
    assert answers(session) == {1: "B", 3: "C"}


def test_a_replay_is_harmless(session: Session, attempt: Attempt) -> None:
    batch = [answer(1, "A"), answer(2, "B", 2)]
    assert send(session, attempt, batch, after=5) == send(session, attempt, batch, after=9) == Stored(2, 0)
    assert send(session, attempt, [*batch, answer(3, "C", 2)], after=12).highest_seq == 3
    assert log(session) == [("tab1", 1, "A"), ("tab1", 2, "B"), ("tab1", 3, "C")]
    first = session.scalars(select(AttemptEvent).where(AttemptEvent.seq == 1)).one()
    assert first.received_at == make.NOW + 5 * SECOND


def test_a_replay_with_another_value_changes_nothing(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, "A")])
    assert send(session, attempt, [answer(1, "B")], after=9).highest_seq == 1
    assert log(session) == [("tab1", 1, "A")]
    assert answers(session) == {1: "A"}


def test_after_a_gap_nothing_is_stored(session: Session, attempt: Attempt) -> None:
    assert send(session, attempt, [answer(1), answer(3, "C", 3), answer(4, "D", 2)]).highest_seq == 1
    assert send(session, attempt, [answer(5)]).highest_seq == 1
    assert log(session) == [("tab1", 1, "A")]
    assert send(session, attempt, [answer(2, "B"), answer(3, "C", 3)]).highest_seq == 3
    assert answers(session) == {1: "B", 3: "C"}


def test_a_first_number_above_one_is_a_gap(session: Session, attempt: Attempt) -> None:
    assert send(session, attempt, [answer(2)]).highest_seq == 0
    assert log(session) == []


def test_each_device_has_numbers_of_its_own(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, "A")], after=1)
    assert send(session, attempt, [answer(1, "B")], after=2, device="tab2").highest_seq == 1
    assert log(session) == [("tab1", 1, "A"), ("tab2", 1, "B")]


def test_what_was_made_later_wins_whatever_arrives_first(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, "A")], after=100)
    send(session, attempt, [answer(1, "B", age_ms=90_000)], after=150, device="tab2")
    assert answers(session) == {1: "A"}
    send(session, attempt, [answer(2, "C", age_ms=10_000)], after=160, device="tab2")
    assert answers(session) == {1: "C"}


def test_an_answer_can_be_cleared(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, "A"), answer(2, "")])
    assert answers(session) == {1: ""}


def test_no_event_was_made_before_the_start_or_before_the_devices_last(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, age_ms=3_600_000), answer(2)], after=30)
    send(session, attempt, [answer(3, age_ms=MAX_AGE_MS)], after=60)
    made = session.scalars(select(AttemptEvent.made_at).order_by(AttemptEvent.seq)).all()
    assert [moment - make.NOW for moment in made] == [0 * SECOND, 30 * SECOND, 30 * SECOND]


# --- In time --------------------------------------------------------------------------------------------------------


def test_what_was_made_in_time_and_arrives_in_the_late_window_counts(session: Session, attempt: Attempt) -> None:
    assert send(session, attempt, [answer(1, age_ms=1_000_000)], after=600 + 900).not_counted == 0
    assert answers(session) == {1: "A"}


def test_what_was_made_after_the_deadline_is_kept_and_not_counted(session: Session, attempt: Attempt) -> None:
    send(session, attempt, [answer(1, "A")], after=599)
    assert send(session, attempt, [answer(2, "B", age_ms=899_000)], after=600 + 900) == Stored(2, 1)
    assert answers(session) == {1: "A"}
    assert log(session) == [("tab1", 1, "A"), ("tab1", 2, "B")]


def test_what_arrives_after_the_late_window_is_kept_and_not_counted(session: Session, attempt: Attempt) -> None:
    late = [answer(1, "A", age_ms=3_601_000), answer(2, "B", 2, age_ms=3_601_000)]
    assert send(session, attempt, late, after=600 + 3601) == Stored(2, 2)
    assert answers(session) == {}
    assert len(log(session)) == 2


def test_a_finished_attempt_takes_nothing_new(session: Session, attempt: Attempt) -> None:
    attempt.finished_at = make.NOW + 60 * SECOND
    session.flush()
    with pytest.raises(AttemptFinishedError):
        send(session, attempt, [answer(1)], after=90)
    assert log(session) == []


def test_what_was_made_before_the_end_and_arrives_after_it_is_kept_and_not_counted(
    session: Session, attempt: Attempt
) -> None:
    attempt.finished_at = make.NOW + 60 * SECOND
    session.flush()
    assert send(session, attempt, [answer(1, age_ms=60_000)], after=90) == Stored(1, 1)
    assert answers(session) == {}
    assert log(session) == [("tab1", 1, "A")]


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Event(2, 4, "answer", "A", 0), "There is no item 4"),
        (Event(2, 0, "answer", "A", 0), "There is no item 0"),
        (Event(2, 1, "answer", "E", 0), "has no answer 'E'"),
        (Event(2, 1, "answer", "a", 0), "has no answer 'a'"),
        (Event(2, 1, "flag", "2", 0), "has no flag '2'"),
        (Event(2, 1, "shown", "x", 0), "has no shown 'x'"),
        (Event(2, 1, "key", "A", 0), "has no key 'A'"),
        (Event(2, 1, "answer", "A", -1), "between 0 and seven days"),
        (Event(2, 1, "answer", "A", MAX_AGE_MS + 1), "between 0 and seven days"),
    ],
)
def test_an_event_that_cannot_be_is_refused_with_all_that_came_with_it(
    session: Session, attempt: Attempt, bad: Event, words: str
) -> None:
    with pytest.raises(BadEventError, match=words):
        send(session, attempt, [answer(1), bad])
    assert log(session) == []
    assert answers(session) == {}


def test_an_item_of_three_options_has_no_letter_d(session: Session, owner: User) -> None:
    of = make.attempt(session, owner, [make.item(session, options=("Alpha", "Bravo", "Charlie"))])
    session.execute(update(AttemptItem).values(option_order="201"))
    with pytest.raises(BadEventError, match="has no answer 'D'"):
        send(session, of, [answer(1, "D")])
    assert send(session, of, [answer(1, "C")]).highest_seq == 1


def test_no_device_passes_for_the_form(session: Session, attempt: Attempt) -> None:
    with pytest.raises(BadEventError, match="page's form"):
        send(session, attempt, [answer(1)], device="form")


def test_a_stranger_has_no_such_attempt(session: Session, attempt: Attempt, now: datetime) -> None:
    stranger = make.user(session, "stranger@example.org")
    for user_id, attempt_id in ((stranger.id, attempt.id), (attempt.user_id, uuid4())):
        with pytest.raises(NoSuchAttemptError):
            store_events(session, user_id, attempt_id, "tab1", [answer(1)], now)
        with pytest.raises(NoSuchAttemptError):
            show(session, user_id, attempt_id, 1, now)
    assert log(session) == []


def test_the_database_itself_refuses_an_event_in_anothers_attempt(session: Session, attempt: Attempt) -> None:
    stranger = make.user(session, "stranger@example.org")
    with pytest.raises(IntegrityError), session.begin_nested():
        make.event(session, attempt, user_id=stranger.id)


def test_practice_takes_no_answer_from_a_device(session: Session, owner: User) -> None:
    practice = make.attempt(session, owner, make.items(session, 1), kind="practice")
    with pytest.raises(BadEventError, match="answered once"):
        send(session, practice, [answer(1)])


# --- Statements and races -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 200])
def test_a_save_takes_three_statements_whatever_the_size_of_the_batch(
    session: Session, attempt: Attempt, count_statements: CountStatements, number: int
) -> None:
    events = [answer(seq, "ABCD"[seq % 4], 1 + seq % 3) for seq in range(1, number + 1)]
    with count_statements() as statements:
        assert send(session, attempt, events).highest_seq == number
    assert len(statements) <= 3, str(statements)


def test_two_requests_of_one_device_at_once_store_each_event_once(own_database: Database) -> None:
    with own_database.session() as session:
        of = make.attempt(session, make.user(session), make.items(session, 1))
        session.commit()
    together = Barrier(2)
    batch = [answer(seq, "AB"[seq % 2]) for seq in range(1, 30)]

    def send_until_stored() -> None:
        together.wait(10)
        stored = 0
        while stored < len(batch):
            with own_database.session() as session:
                try:
                    with writing(session):
                        stored = send(session, of, batch).highest_seq
                except DatabaseBusyError:
                    continue  # The page sends again.

    run_together(send_until_stored, send_until_stored)
    with own_database.session() as session:
        assert [seq for _, seq, _ in log(session)] == list(range(1, 30))


# --- A log has an end -----------------------------------------------------------------------------------------------


def test_a_log_takes_so_many_events_from_all_its_devices_and_no_more(
    session: Session, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MOST_EVENTS", 3)
    send(session, attempt, [answer(1), answer(2)])
    with pytest.raises(TooManyEventsError, match="no more can be stored"):
        send(session, attempt, [answer(1), answer(2)], device="tab2")
    assert send(session, attempt, [answer(1)], device="tab2").highest_seq == 1
    assert send(session, attempt, [answer(1), answer(2)]).highest_seq == 2
    with pytest.raises(TooManyEventsError):
        show(session, attempt.user_id, attempt.id, 1, make.NOW)


def test_a_form_that_goes_nowhere_stays_where_it_is(session: Session, attempt: Attempt) -> None:
    for asked, gone in ((2, 2), (9999, None), (4, None)):
        stored = saving.store_from_form(
            session, attempt.user_id, attempt.id, position=1, said={}, shown_next=asked, now=make.NOW
        )
        assert stored.shown_next == gone
