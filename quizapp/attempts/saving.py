"""Storing what a candidate's devices send: the log grows, and the response rows follow; nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import case, insert, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, AttemptEvent, Response
from quizapp.attempts.queries import SaveState
from quizapp.db import DatabaseBusyError, insert_by_dialect
from quizapp.rules import answer_log, timing
from quizapp.rules.answer_log import SHOWN, Event, StoredEvent

FORM_DEVICE = "form"
MOST_PLACES = 1000
MOST_EVENTS = 20_000
LOG_INSERT = insert(AttemptEvent)


class NoSuchAttemptError(Exception):
    """This person has no such attempt."""


class AttemptFinishedError(Exception):
    """The attempt is finished: nothing can be added to it."""


class SetAsideError(Exception):
    """The attempt is an exam that is set aside: nothing is added to it before it is brought back."""

    def __init__(self) -> None:
        super().__init__("This mock is set aside. Bring it back to go on.")


class BadEventError(Exception):
    """An event that no honest device sends: said in a sentence."""


class TooManyEventsError(BadEventError):
    """The attempt's log is full."""

    def __init__(self) -> None:
        super().__init__(f"This attempt holds {MOST_EVENTS:,} entries; no more can be stored in it.")


@dataclass(frozen=True)
class Rival:
    """A place where another page has answered differently: its answer, its device, and whether it stays."""

    position: int
    answer: str
    device: str
    stays: bool


@dataclass(frozen=True)
class Stored:
    """What became of a device's events: the highest contiguous number stored, how many came too late to count, and
    where another page has answered otherwise; for a form, the place of the attempt that it goes to.
    """

    highest_seq: int
    not_counted: int
    rivals: tuple[Rival, ...] = ()
    shown_next: int | None = None


def store_events(
    session: Session, user_id: UUID, attempt_id: UUID, device: str, events: Sequence[Event], now: datetime
) -> Stored:
    """Append one device's events and move the response rows that they win.

    At most three statements whatever the number of events. What was made before the attempt was closed and arrives
    afterwards is kept and not counted. Raises NoSuchAttemptError; AttemptFinishedError when all of it was made after
    the attempt was closed; SetAsideError; TooManyEventsError; BadEventError for a position, kind, value or age that
    cannot be, for a device that is none, and for an answer in practice, where the first one stays. Then nothing is
    stored.
    """
    if device == FORM_DEVICE:
        raise BadEventError("That device's events come by the page's form.")
    state = _state(session, user_id, attempt_id, device, {event.position for event in events})
    _check(events, state)
    if state.attempt.is_practice and any(event.kind == answer_log.ANSWER for event in events):
        raise BadEventError("In practice an item is answered once, on its page.")
    finished_at = state.attempt.finished_at
    fresh = answer_log.storable(events, state.highest_seq)
    if finished_at is not None and all(now - timedelta(milliseconds=e.age_ms) > finished_at for e in events):
        raise AttemptFinishedError
    not_counted = append(session, state, device, fresh, now) if fresh else []
    highest = fresh[-1].seq if fresh else state.highest_seq
    rivals = () if finished_at else _rivals(state, device, events, now)
    return Stored(highest, len(not_counted), rivals)


def store_from_form(
    session: Session,
    user_id: UUID,
    attempt_id: UUID,
    *,
    position: int,
    said: Mapping[str, str],
    shown_next: int | None,
    now: datetime,
    is_practice: bool = False,
) -> Stored:
    """Store what a plain form says, as events of the device "form" made now: only what differs from what is stored.

    `said` has the value of each kind that the form speaks of. `shown_next` is the place that the answer page goes to,
    which counts as shown. The forms of exams and of practice sets do not do for each other.
    """
    positions = {asked for asked in (position, shown_next or 0) if 0 < asked <= MOST_PLACES}
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, positions)
    if state.attempt.is_practice is not is_practice:
        raise NoSuchAttemptError
    place = state.places.get(position)
    if place is None:
        raise BadEventError(f"There is no item {position} on this form.")
    news = [(position, kind, value) for kind, value in said.items() if value != place.value_of(kind)]
    if shown_next not in state.places:
        shown_next = None
    if shown_next is not None:
        news.append((shown_next, SHOWN, ""))
    events = [Event(state.highest_seq + n, at, kind, value, 0) for n, (at, kind, value) in enumerate(news, 1)]
    _check(events, state)
    not_counted = append(session, state, FORM_DEVICE, events, now) if events else []
    answers_not_counted = sum(event.kind != SHOWN for event in not_counted)
    return Stored(state.highest_seq + len(events), answers_not_counted, shown_next=shown_next)


def show(session: Session, user_id: UUID, attempt_id: UUID, position: int, now: datetime) -> None:
    """Record that an item is shown, before the page that shows it."""
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, {position})
    event = Event(state.highest_seq + 1, position, SHOWN, "", 0)
    _check([event], state)
    append(session, state, FORM_DEVICE, [event], now)


def append(
    session: Session, state: SaveState, device: str, events: Sequence[Event], now: datetime
) -> list[StoredEvent]:
    """Append events and upsert the response rows they win; returns those that came too late to count.

    `now` was read before the attempt was locked, so a finish with a later clock can have come between: what is
    appended to a finished attempt is received after its end, and so does not count, here and in a rebuild.
    """
    attempt = state.attempt
    if state.event_count + len(events) > MOST_EVENTS:
        raise TooManyEventsError
    received = now if attempt.finished_at is None else max(now, attempt.finished_at + timing.TICK)
    previous = max(attempt.started_at, state.last_made_at or attempt.started_at)
    stored: list[StoredEvent] = []
    log: list[dict[str, Any]] = []
    for event in events:
        previous = timing.made_at(now, event.age_ms, previous)
        counts = event_counts(attempt, previous, received)
        stored.append(StoredEvent(device, event.seq, event.position, event.kind, event.value, previous, counts))
        log.append(_log_row(attempt, device, event, previous, received))
    try:
        session.connection().execute(LOG_INSERT, log)
    except IntegrityError as error:
        # PostgreSQL read the device's log before it waited for a request of the same device to let go of the attempt.
        raise DatabaseBusyError from error
    rows = response_rows(attempt, {position: place.item_id for position, place in state.places.items()}, stored)
    if rows:
        _upsert(session, rows)
    return [event for event in stored if not event.counts]


def event_counts(attempt: Attempt, made: datetime, received: datetime) -> bool:
    """Whether an event counts by the attempt's deadline, late window and end."""
    deadline = attempt.deadline(received)
    return timing.counts(made, received, deadline, attempt.late_window_seconds, attempt.finished_at)


def response_rows(attempt: Attempt, items: Mapping[int, str], events: Sequence[StoredEvent]) -> list[dict[str, Any]]:
    """Events as the response rows that they fold into; `items` has the item at each position."""
    first = answer_log.first_made(events)
    return [
        {
            "user_id": attempt.user_id,
            "attempt_id": attempt.id,
            "position": event.position,
            "kind": event.kind,
            "item_id": items[event.position],
            "value": event.value,
            "first_made_at": first[key],
            "made_at": event.made_at,
            "device": event.device,
            "seq": event.seq,
        }
        for key, event in answer_log.fold(events).items()
    ]


def _state(session: Session, user_id: UUID, attempt_id: UUID, device: str, positions: set[int]) -> SaveState:
    state = queries.save_state(session, user_id, attempt_id, device, positions)
    if state is None:
        raise NoSuchAttemptError
    if state.attempt.is_closed_for_now:
        raise SetAsideError
    return state


def _open_state(session: Session, user_id: UUID, attempt_id: UUID, device: str, positions: set[int]) -> SaveState:
    state = _state(session, user_id, attempt_id, device, positions)
    if state.attempt.finished_at is not None:
        raise AttemptFinishedError
    return state


def _check(events: Sequence[Event], state: SaveState) -> None:
    for event in events:
        place = state.places.get(event.position)
        if place is None:
            raise BadEventError(f"There is no item {event.position} on this form.")
        if not answer_log.is_valid(event, len(place.option_order)):
            raise BadEventError(f"Item {event.position} has no {event.kind} {event.value!r}.")
        if not 0 <= event.age_ms <= timing.MAX_AGE_MS:
            raise BadEventError("An event's age must lie between 0 and seven days.")


def _rivals(state: SaveState, device: str, events: Sequence[Event], now: datetime) -> tuple[Rival, ...]:
    """The places where this device's newest answer meets another device's different one."""
    found = []
    for event in {event.position: event for event in events if event.kind == answer_log.ANSWER}.values():
        place = state.places[event.position]
        if place.answered_at is None or place.answer_device == device or place.answer == event.value:
            continue
        made = now - timedelta(milliseconds=event.age_ms)
        stays = (place.answered_at, place.answer_device) > (made, device)
        found.append(Rival(event.position, place.answer, place.answer_device, stays))
    return tuple(found)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    session.connection().execute(_upsert_statement(session.get_bind().dialect.name), rows)


@cache
def _upsert_statement(dialect: str) -> sqlite.Insert | postgresql.Insert:
    # Put together once, and run past the ORM: both took longer than the database takes to run it.
    statement = insert_by_dialect(dialect, Response)
    new = statement.excluded
    is_newer = tuple_(new.made_at, new.device, new.seq) > tuple_(Response.made_at, Response.device, Response.seq)
    changed: dict[str, Any] = {
        name: case((is_newer, new[name]), else_=getattr(Response, name))
        for name in ("value", "made_at", "device", "seq")
    }
    is_earlier = new.first_made_at < Response.first_made_at
    changed["first_made_at"] = case((is_earlier, new.first_made_at), else_=Response.first_made_at)
    keys = ["user_id", "attempt_id", "position", "kind"]
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _log_row(attempt: Attempt, device: str, event: Event, made: datetime, received: datetime) -> dict[str, Any]:
    return {
        "user_id": attempt.user_id,
        "attempt_id": attempt.id,
        "device": device,
        "seq": event.seq,
        "position": event.position,
        "kind": event.kind,
        "value": event.value,
        "age_ms": event.age_ms,
        "made_at": made,
        "received_at": received,
    }
