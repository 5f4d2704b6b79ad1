"""Starting an attempt, storing what its devices send, marking it; nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Mark, Response
from quizapp.attempts.queries import AnsweredPlace, PlaceState, SaveState
from quizapp.bank.queries import Selection
from quizapp.db import insert_into
from quizapp.rules import answer_log, blueprint, scoring, timing
from quizapp.rules.answer_log import SHOWN, Event, StoredEvent

FORM_DEVICE = "form"


class NoItemsError(Exception):
    """The bank has no published item for what was asked."""


class AlreadyStartedError(Exception):
    """The same start form has made an attempt already."""


class NoSuchAttemptError(Exception):
    """This person has no such attempt."""


class AttemptFinishedError(Exception):
    """The attempt is finished: nothing can be added to it."""


class BadEventError(Exception):
    """An event that no honest device sends: said in a sentence."""


@dataclass(frozen=True)
class Plan:
    """What kind of attempt to draw: its title, selection, size and time (None is untimed)."""

    kind: str
    title: str
    selection: Selection
    item_count: int
    allowed_seconds: int | None
    is_size_asked_for: bool = False

    def as_json(self) -> dict[str, Any]:
        """How the attempt keeps it."""
        selection = self.selection
        return {
            "domains": list(selection.domains),
            "areas": list(selection.areas),
            "topics": list(selection.topics),
            "items": self.item_count,
        }


@dataclass(frozen=True)
class Stored:
    """What became of a device's events: the highest contiguous number stored, and how many came too late to count."""

    highest_seq: int
    not_counted: int


def draw_form(
    session: Session, user_id: UUID, plan: Plan, weights: Mapping[str, float], rng: Random
) -> list[blueprint.Place]:
    """The places of a form for this person. Raises NoItemsError when the bank has nothing for the selection."""
    form = blueprint.draw(queries.candidates(session, user_id, plan.selection), weights, plan.item_count, rng)
    if not form:
        raise NoItemsError
    return form


def start_attempt(
    session: Session,
    user_id: UUID,
    plan: Plan,
    form: Sequence[blueprint.Place],
    *,
    seed: int,
    target_percent: int,
    start_token: UUID,
    now: datetime,
) -> Attempt:
    """Write a drawn form as an attempt that starts now, with its first item shown.

    The time shrinks with the form when the bank could not fill it. Raises AlreadyStartedError when the same form
    was sent before.
    """
    allowed = plan.allowed_seconds
    if allowed is not None and len(form) < plan.item_count:
        allowed = -(-allowed * len(form) // plan.item_count)
    attempt = Attempt(
        user_id=user_id,
        id=uuid4(),
        start_token=start_token,
        kind=plan.kind,
        title=plan.title,
        spec=plan.as_json(),
        seed=seed,
        item_count=len(form),
        target_percent=target_percent,
        started_at=now,
        allowed_seconds=allowed,
        deadline_at=timing.deadline_of(now, allowed),
        late_window_seconds=timing.LATE_WINDOW_SECONDS,
    )
    session.add(attempt)
    try:
        session.flush()
    except IntegrityError as error:
        if "start_token" in str(error.orig):
            raise AlreadyStartedError from error
        raise
    session.execute(insert(AttemptItem), [_row(user_id, attempt.id, n, place) for n, place in enumerate(form, 1)])
    first = replace(_place_state(form[0]), position=1)
    state = SaveState(attempt, 0, None, {1: first})
    _write(session, state, FORM_DEVICE, [Event(1, 1, SHOWN, "", 0)], now)
    return attempt


def store_events(
    session: Session, user_id: UUID, attempt_id: UUID, device: str, events: Sequence[Event], now: datetime
) -> Stored:
    """Append one device's events and move the response rows that they win.

    At most three statements whatever the number of events. Raises NoSuchAttemptError, AttemptFinishedError, or
    BadEventError for a position, kind, value or age that cannot be; then nothing is stored.
    """
    state = _open_state(session, user_id, attempt_id, device, {event.position for event in events})
    _check(events, state)
    fresh = answer_log.storable(events, state.highest_seq)
    not_counted = _write(session, state, device, fresh, now) if fresh else 0
    return Stored(fresh[-1].seq if fresh else state.highest_seq, not_counted)


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
) -> Stored:
    """Store what a plain form says, as events of the device "form" made now: only what differs from what is stored.

    `answer` or `is_flagged` None means that the form did not say. `shown_next` is the place that the answer page
    goes to, which counts as shown.
    """
    positions = {position} | ({shown_next} if shown_next else set())
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, positions)
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
    not_counted = _write(session, state, FORM_DEVICE, events, now) if events else 0
    return Stored(state.highest_seq + len(events), not_counted)


def show(session: Session, user_id: UUID, attempt_id: UUID, position: int, now: datetime) -> None:
    """Record that an item is shown, before the page that shows it."""
    state = _open_state(session, user_id, attempt_id, FORM_DEVICE, {position})
    event = Event(state.highest_seq + 1, position, SHOWN, "", 0)
    _check([event], state)
    _write(session, state, FORM_DEVICE, [event], now)


def finish(session: Session, user_id: UUID, attempt_id: UUID, now: datetime) -> bool:
    """Close an attempt and write its marks; False if it was closed before. Finishing twice changes nothing."""
    attempt = queries.attempt_of(session, user_id, attempt_id, is_locked=True)
    if attempt is None:
        raise NoSuchAttemptError
    if attempt.finished_at is not None:
        return False
    attempt.finished_at = now
    _write_marks(session, attempt)
    return True


def mark_answer(session: Session, attempt: Attempt, entry: AnsweredPlace) -> None:
    """Mark one place of a practice set at once; the first mark of a place stays."""
    is_first_sight = entry.place.item_id not in queries.seen_before(session, attempt.user_id, attempt.id)
    row = _mark_row(attempt, entry, is_first_sight=is_first_sight)
    session.execute(insert_into(session, Mark).values(row).on_conflict_do_nothing())


def rebuild(session: Session, user_id: UUID, attempt_id: UUID) -> None:
    """Write what is projected from an attempt's log anew: response rows, and the marks and score if it is finished.

    Raises NoSuchAttemptError.
    """
    attempt = queries.attempt_of(session, user_id, attempt_id)
    if attempt is None:
        raise NoSuchAttemptError
    items = {place.position: place.item_id for place in queries.places(session, user_id, attempt_id)}
    stored = [
        replace(event, counts=_counts(attempt, event.made_at, received_at))
        for event, received_at in queries.log_of(session, user_id, attempt_id)
    ]
    rows = [_response(attempt, items[event.position], event) for event in answer_log.fold(stored).values()]
    for table in (Response, Mark):
        session.execute(delete(table).where(table.user_id == user_id, table.attempt_id == attempt_id))
    if rows:
        session.execute(insert(Response), rows)
    if attempt.finished_at is not None or attempt.is_practice:
        _write_marks(session, attempt)


def _write_marks(session: Session, attempt: Attempt) -> None:
    """Mark every place of an exam, or the answered places of a practice set."""
    user_id, attempt_id = attempt.user_id, attempt.id
    seen = queries.seen_before(session, user_id, attempt_id)
    entries = queries.answered_places(session, user_id, attempt_id)
    if attempt.is_practice:
        entries = [entry for entry in entries if entry.place.answer]
    rows = [_mark_row(attempt, entry, is_first_sight=entry.place.item_id not in seen) for entry in entries]
    if rows:
        session.execute(insert_into(session, Mark).values(rows).on_conflict_do_nothing())
    if attempt.finished_at is not None:
        attempt.correct_count = sum(row["is_correct"] for row in rows)
        session.flush()


def _mark_row(attempt: Attempt, entry: AnsweredPlace, *, is_first_sight: bool) -> dict[str, Any]:
    place = entry.place
    chosen = answer_log.option_of(place.answer, place.option_order)
    return {
        "user_id": attempt.user_id,
        "attempt_id": attempt.id,
        "position": place.position,
        "item_id": place.item_id,
        "domain": place.domain,
        "chosen": chosen,
        "is_correct": scoring.is_correct(chosen, entry.key_option),
        "is_first_sight": is_first_sight,
        "marked_at": place.answered_at or attempt.finished_at,
    }


def _open_state(session: Session, user_id: UUID, attempt_id: UUID, device: str, positions: set[int]) -> SaveState:
    state = queries.save_state(session, user_id, attempt_id, device, positions)
    if state is None:
        raise NoSuchAttemptError
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


def _write(session: Session, state: SaveState, device: str, events: Sequence[Event], now: datetime) -> int:
    """Append events and upsert the response rows they win; returns how many came too late to count."""
    attempt = state.attempt
    previous = max(attempt.started_at, state.last_made_at or attempt.started_at)
    stored: list[StoredEvent] = []
    log: list[dict[str, Any]] = []
    for event in events:
        previous = timing.made_at(now, event.age_ms, previous)
        counts = _counts(attempt, previous, now)
        stored.append(StoredEvent(device, event.seq, event.position, event.kind, event.value, previous, counts))
        log.append(_log_row(attempt, device, event, previous, now))
    session.execute(insert(AttemptEvent), log)
    winners = answer_log.fold(stored).values()
    if winners:
        _upsert(session, [_response(attempt, state.places[event.position].item_id, event) for event in winners])
    return sum(not event.counts for event in stored)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    statement = insert_into(session, Response).values(rows)
    new = statement.excluded
    changed = {name: new[name] for name in ("value", "made_at", "device", "seq")}
    is_newer = tuple_(new.made_at, new.device, new.seq) > tuple_(Response.made_at, Response.device, Response.seq)
    keys = ["user_id", "attempt_id", "position", "kind"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed, where=is_newer))


def _counts(attempt: Attempt, made: datetime, received: datetime) -> bool:
    return timing.counts(made, received, attempt.deadline_at, attempt.late_window_seconds)


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


def _response(attempt: Attempt, item_id: str, event: StoredEvent) -> dict[str, Any]:
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


def _row(user_id: UUID, attempt_id: UUID, position: int, place: blueprint.Place) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "attempt_id": attempt_id,
        "position": position,
        "item_id": place.item_id,
        "version": place.version,
        "domain": place.domain,
        "option_order": "".join(map(str, place.option_order)),
    }


def _place_state(place: blueprint.Place) -> PlaceState:
    order = "".join(map(str, place.option_order))
    return PlaceState(
        0, place.item_id, place.version, place.domain, order, answer="", answered_at=None, is_flagged=False
    )
