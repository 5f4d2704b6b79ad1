"""What is projected equals what the log says, whatever was done in whatever order."""

from contextlib import suppress
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import allowances, queries
from quizapp.attempts.actions import finish, rebuild
from quizapp.attempts.allowances import NotAllowedError
from quizapp.attempts.models import Attempt, AttemptEvent, Mark, Response
from quizapp.attempts.saving import AttemptFinishedError, show, store_events
from quizapp.bank.models import Item
from quizapp.db import Database
from quizapp.rules.answer_log import Event, StoredEvent, fold
from quizapp.rules.timing import TICK
from tests import make

SECOND = timedelta(seconds=1)
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

waits = st.sampled_from([30, 200, 1, 700, 4000])
ages = st.sampled_from([0, 250_000, 5_000, 5_000_000])
said = st.sampled_from([("answer", "A"), ("answer", "B"), ("answer", ""), ("flag", "1"), ("flag", "0"), ("shown", "")])
batches = st.tuples(
    st.just("send"),
    st.sampled_from(["tab1", "tab2"]),
    st.lists(st.tuples(st.integers(1, 2), said, ages), min_size=1, max_size=4),
)
steps = st.tuples(
    waits,
    batches | st.tuples(st.just("show"), st.integers(1, 3)) | st.tuples(st.sampled_from(["replay", "lose", "finish"])),
)
with_allowances = st.tuples(
    waits, batches | st.tuples(st.sampled_from(["break", "go on", "credit", "replay", "finish", "send"]))
)


# An answer on one device, and then one that another device made earlier, which arrives later.
OVERTAKEN = [
    (200, ("send", "tab1", [(1, ("answer", "A"), 0)])),
    (30, ("send", "tab2", [(1, ("answer", "B"), 250_000)])),
]


class Candidate:
    """Does what a sequence of steps says, and remembers what each device has sent."""

    def __init__(self, session: Session, of: Attempt) -> None:
        self.session, self.of, self.key = session, of, (of.user_id, of.id)
        self.now: datetime = of.started_at
        self.sent: dict[str, list[Event]] = {"tab1": [], "tab2": []}

    def do(self, kind: str, *details: Any) -> None:
        """One step; what a finished attempt or its terms refuse is passed over."""
        with suppress(AttemptFinishedError, NotAllowedError):
            getattr(self, "_" + kind.replace(" ", "_"))(*details)

    def _send(self, device: str = "tab1", news: Any = ()) -> None:
        events = self.sent[device]
        for position, (kind, value), age_ms in news:
            events.append(Event(len(events) + 1, position, kind, value, age_ms))
        if events:
            store_events(self.session, *self.key, device, events[-3:], self.now)
            store_events(self.session, *self.key, device, events, self.now)

    def _replay(self) -> None:
        for device in self.sent:
            self._send(device)

    def _lose(self) -> None:
        """A batch whose first event does not arrive: nothing of it is stored."""
        missing = len(self.sent["tab1"]) + 2
        store_events(self.session, *self.key, "tab1", [Event(missing, 1, "answer", "C", 0)], self.now)

    def _show(self, position: int) -> None:
        show(self.session, *self.key, position, self.now)

    def _finish(self) -> None:
        finish(self.session, *self.key, self.now)

    def _break(self) -> None:
        allowances.start_break(self.session, *self.key, self.now)

    def _go_on(self) -> None:
        allowances.end_break(self.session, *self.key, self.now)

    def _credit(self) -> None:
        allowances.credit_outage(self.session, *self.key, 900, self.now)


def projection(session: Session) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[int | None]]:
    """Every response, every mark, and the score."""
    session.expire_all()
    responses = [
        (row.position, row.kind, row.item_id, row.value, row.made_at, row.device, row.seq)
        for row in session.scalars(select(Response).order_by(Response.position, Response.kind))
    ]
    marks = [
        (row.position, row.item_id, row.domain, row.chosen, row.is_correct, row.is_first_sight, row.marked_at)
        for row in session.scalars(select(Mark).order_by(Mark.position))
    ]
    return responses, marks, list(session.scalars(select(Attempt.correct_count)))


def check(database: Database, done: list[tuple[int, tuple[Any, ...]]], **columns: Any) -> None:
    """Do it all in an attempt of ten minutes and a late window of an hour, then rebuild, and compare."""
    with database.session() as session:
        of = make.attempt(
            session,
            make.user(session),
            make.items(session, 3),
            deadline_at=make.NOW + 600 * SECOND,
            late_window_seconds=3600,
            **columns,
        )
        candidate = Candidate(session, of)
        for wait, step in done:
            candidate.now += wait * SECOND
            candidate.do(*step)
        before = projection(session)
        rebuild(session, *candidate.key)
        assert projection(session) == before
        session.rollback()


@FEW
@example(done=OVERTAKEN)
@given(done=st.lists(steps, min_size=3, max_size=10))
def test_responses_and_marks_equal_a_rebuild_from_the_log(
    database: Database, done: list[tuple[int, tuple[Any, ...]]]
) -> None:
    check(database, done)


@FEW
@example(done=OVERTAKEN)
@given(done=st.lists(with_allowances, min_size=3, max_size=10))
def test_so_they_do_with_breaks_and_time_given_back(
    database: Database, done: list[tuple[int, tuple[Any, ...]]]
) -> None:
    check(database, done, allows_breaks=True)


@FEW
@example(done=OVERTAKEN)
@given(done=st.lists(steps, min_size=3, max_size=10))
def test_responses_are_the_fold_of_the_events_in_time(
    database: Database, done: list[tuple[int, tuple[Any, ...]]]
) -> None:
    with database.session() as session:
        deadline = make.NOW + 600 * SECOND
        of = make.attempt(
            session, make.user(session), make.items(session, 3), deadline_at=deadline, late_window_seconds=3600
        )
        candidate = Candidate(session, of)
        for wait, step in done:
            candidate.now += wait * SECOND
            if step[0] != "finish":
                candidate.do(*step)
        log = session.scalars(select(AttemptEvent))
        in_time = [
            StoredEvent(row.device, row.seq, row.position, row.kind, row.value, row.made_at)
            for row in log
            if row.made_at <= deadline and row.received_at <= deadline + 3600 * SECOND
        ]
        found = {
            (row.position, row.kind): StoredEvent(row.device, row.seq, row.position, row.kind, row.value, row.made_at)
            for row in session.scalars(select(Response))
        }
        assert {key: astuple(event) for key, event in found.items()} == {
            key: astuple(event) for key, event in fold(in_time).items()
        }
        session.rollback()


# --- By example -----------------------------------------------------------------------------------------------------


@pytest.fixture
def items(session: Session) -> list[Item]:
    return make.items(session, 3)


def test_a_rebuild_mends_what_was_spoilt(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    of = make.attempt(session, owner, items)
    events = [Event(1, 1, "answer", "B", 0), Event(2, 2, "answer", "A", 0), Event(3, 2, "flag", "1", 0)]
    store_events(session, owner.id, of.id, "tab1", events, now)
    finish(session, owner.id, of.id, now)
    before = projection(session)
    for row in session.scalars(select(Response)):
        session.delete(row)
    for mark in session.scalars(select(Mark)):
        mark.is_correct = not mark.is_correct
    of.correct_count = 3
    session.flush()
    assert projection(session) != before
    rebuild(session, owner.id, of.id)
    assert projection(session) == before
    assert projection(session)[2] == [1]


def test_a_rebuild_leaves_other_attempts_alone(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    theirs = make.attempt(session, neighbour, items)
    make.response(session, theirs, items[0].id)
    make.mark(session, theirs, items[0])
    mine = make.attempt(session, owner, items)
    rebuild(session, owner.id, mine.id)
    assert len(queries.marks_of(session, neighbour.id, theirs.id)) == 1
    assert len(session.scalars(select(Response)).all()) == 1


# --- Clocks out of order: a request reads its clock before it has the attempt's lock --------------------------------


def test_an_answer_stored_by_a_later_clock_than_the_finishs_counts_and_stays(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    of = make.attempt(session, owner, items)
    store_events(session, owner.id, of.id, "tab1", [Event(1, 1, "answer", "B", 0)], now + 2 * SECOND)
    finish(session, owner.id, of.id, now + SECOND)
    before = projection(session)
    assert (of.finished_at, before[2]) == (now + 2 * SECOND, [1])
    rebuild(session, owner.id, of.id)
    assert projection(session) == before


def test_an_answer_with_an_earlier_clock_than_the_finishs_comes_too_late_and_stays_so(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    of = make.attempt(session, owner, items)
    finish(session, owner.id, of.id, now + 2 * SECOND)
    before = projection(session)
    assert before[2] == [0]
    late = [Event(1, 1, "answer", "B", 0), Event(2, 1, "flag", "1", 0)]
    assert store_events(session, owner.id, of.id, "tab1", late, now + SECOND).not_counted == 2
    log = session.scalars(select(AttemptEvent)).all()
    assert {row.received_at for row in log} == {now + 2 * SECOND + TICK}
    assert {row.made_at for row in log} == {now + SECOND}
    assert projection(session) == before
    rebuild(session, owner.id, of.id)
    assert projection(session) == before
