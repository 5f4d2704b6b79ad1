"""Storing what a candidate's devices send: the log grows, and the response rows follow; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, AttemptEvent, Response
from quizapp.attempts.queries import SaveState
from quizapp.db import DatabaseBusyError, insert_into
from quizapp.rules import answer_log, timing
from quizapp.rules.answer_log import SHOWN, Event, StoredEvent

FORM_DEVICE = "form"
MOST_PLACES = 1000


class NoSuchAttemptError(Exception):
    """This person has no such attempt."""


class AttemptFinishedError(Exception):
    """The attempt is finished: nothing can be added to it."""


class BadEventError(Exception):
    """An event that no honest device sends: said in a sentence."""


@dataclass(frozen=True)
class Conflict:
    """A place where an answer made later, on another page, stays: which letter it has."""

    position: int
    answer: str


@dataclass(frozen=True)
class Stored:
    """What became of a device's events: the highest contiguous number stored, how many came too late to count, and
    where another page's answer stays.
    """

    highest_seq: int
    not_counted: int
    conflicts: tuple[Conflict, ...] = ()


def store_events(
    session: Session, user_id: UUID, attempt_id: UUID, device: str, events: Sequence[Event], now: datetime
) -> Stored:
    """Append one device's events and move the response rows that they win.

    At most three statements whatever the number of events. What was made before the attempt was closed and arrives
    afterwards is kept and not counted. Raises NoSuchAttemptError; AttemptFinishedError when all of it was made after
    the attempt was closed; BadEventError for a position, kind, value or age that cannot be, for a device that is none,
    and for an answer in practice, where the first one stays. Then nothing is stored.
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
    conflicts = () if finished_at else _conflicts(state, device, events, now)
    return Stored(highest, len(not_counted), conflicts)


def store_from_form(
    session: Session,
    user_id: UUID,
    attempt_id: UUID,
    *,
    position: int,
    answer: str | None,
    is_flagged: bool | None,
    shown_next: int | None,
    now: datetime,
    is_practice: bool = False,
) -> Stored:
    """Store what a plain form says, as events of the device "form" made now: only what differs from what is stored.

    `answer` or `is_flagged` None means that the form did not say. `shown_next` is the place that the answer page
    goes to, which counts as shown. The forms of exams and of practice sets do not do for each other.
    """
    positions = {asked for asked in (position, shown_next or 0) if 0 < asked <= MOST_PLACES}
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, positions)
    if state.attempt.is_practice is not is_practice:
        raise NoSuchAttemptError
    place = state.places.get(position)
    if place is None:
        raise BadEventError(f"There is no item {position} on this form.")
    said: list[tuple[int, str, str]] = []
    if answer is not None and answer != place.answer:
        said.append((position, answer_log.ANSWER, answer))
    if is_flagged is not None and is_flagged != place.is_flagged:
        said.append((position, answer_log.FLAG, "1" if is_flagged else "0"))
    if shown_next in state.places:
        said.append((shown_next or 0, SHOWN, ""))
    events = [Event(state.highest_seq + n, at, kind, value, 0) for n, (at, kind, value) in enumerate(said, 1)]
    _check(events, state)
    not_counted = append(session, state, FORM_DEVICE, events, now) if events else []
    answers_not_counted = sum(event.kind != SHOWN for event in not_counted)
    return Stored(state.highest_seq + len(events), answers_not_counted)


def show(session: Session, user_id: UUID, attempt_id: UUID, position: int, now: datetime) -> None:
    """Record that an item is shown, before the page that shows it."""
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, {position})
    event = Event(state.highest_seq + 1, position, SHOWN, "", 0)
    _check([event], state)
    append(session, state, FORM_DEVICE, [event], now)


def append(
    session: Session, state: SaveState, device: str, events: Sequence[Event], now: datetime
) -> list[StoredEvent]:
    """Append events and upsert the response rows they win; returns those that came too late to count."""
    attempt = state.attempt
    previous = max(attempt.started_at, state.last_made_at or attempt.started_at)
    stored: list[StoredEvent] = []
    log: list[dict[str, Any]] = []
    for event in events:
        previous = timing.made_at(now, event.age_ms, previous)
        counts = event_counts(attempt, previous, now)
        stored.append(StoredEvent(device, event.seq, event.position, event.kind, event.value, previous, counts))
        log.append(_log_row(attempt, device, event, previous, now))
    try:
        session.execute(insert(AttemptEvent), log)
    except IntegrityError as error:
        # PostgreSQL read the device's log before it waited for a request of the same device to let go of the attempt.
        raise DatabaseBusyError from error
    winners = answer_log.fold(stored).values()
    if winners:
        _upsert(session, [response_row(attempt, state.places[event.position].item_id, event) for event in winners])
    return [event for event in stored if not event.counts]


def event_counts(attempt: Attempt, made: datetime, received: datetime) -> bool:
    deadline = attempt.deadline(received)
    return timing.counts(made, received, deadline, attempt.late_window_seconds, attempt.finished_at)


def response_row(attempt: Attempt, item_id: str, event: StoredEvent) -> dict[str, Any]:
    return {
        "user_id": attempt.user_id,
        "attempt_id": attempt.id,
        "position": event.position,
        "kind": event.kind,
        "item_id": item_id,
        "value": event.value,
        "made_at": event.made_at,
        "device": event.device,
        "seq": event.seq,
    }


def _state(session: Session, user_id: UUID, attempt_id: UUID, device: str, positions: set[int]) -> SaveState:
    state = queries.save_state(session, user_id, attempt_id, device, positions)
    if state is None:
        raise NoSuchAttemptError
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


def _conflicts(state: SaveState, device: str, events: Sequence[Event], now: datetime) -> tuple[Conflict, ...]:
    """The answered places among `events` where another page's answer was made later than this page's newest."""
    found = []
    for position in sorted({event.position for event in events if event.kind == answer_log.ANSWER}):
        newest = [e for e in events if e.position == position and e.kind == answer_log.ANSWER][-1]
        place = state.places[position]
        made = now - timedelta(milliseconds=newest.age_ms)
        is_elsewhere = place.answer_device not in ("", device) and place.answer != newest.value
        if is_elsewhere and place.answered_at and (place.answered_at, place.answer_device) > (made, device):
            found.append(Conflict(position, place.answer))
    return tuple(found)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    statement = insert_into(session, Response).values(rows)
    new = statement.excluded
    changed = {name: new[name] for name in ("value", "made_at", "device", "seq")}
    is_newer = tuple_(new.made_at, new.device, new.seq) > tuple_(Response.made_at, Response.device, Response.seq)
    keys = ["user_id", "attempt_id", "position", "kind"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed, where=is_newer))


def _log_row(attempt: Attempt, device: str, event: Event, made: datetime, now: datetime) -> dict[str, Any]:
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
        "received_at": now,
    }
