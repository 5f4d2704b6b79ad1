"""Starting an attempt, storing what its devices send, marking it; nothing here commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import DUE, Attempt, AttemptItem, Mark, Response
from quizapp.attempts.queries import AnsweredPlace, PlaceState, SaveState
from quizapp.attempts.saving import FORM_DEVICE, NoSuchAttemptError, append, event_counts, response_rows
from quizapp.bank import queries as bank_queries
from quizapp.bank.queries import Selection
from quizapp.db import insert_into
from quizapp.rules import answer_log, blueprint, scoring, timing
from quizapp.rules.answer_log import SHOWN, Event


class NoItemsError(Exception):
    """The bank has no published item for what was asked."""


class TooFewItemsError(Exception):
    """The bank cannot fill the size that was asked for."""

    def __init__(self, item_count: int) -> None:
        super().__init__(f"The largest form has {item_count} items.")
        self.item_count = item_count


class AlreadyStartedError(Exception):
    """The same start form has made an attempt already."""


@dataclass(frozen=True)
class Plan:
    """What kind of attempt to draw: its title, selection, size and time (None is untimed)."""

    kind: str
    title: str
    selection: Selection
    item_count: int
    allowed_seconds: int | None
    is_size_asked_for: bool = False
    is_strict: bool = False
    time_percent: int = 100
    allows_breaks: bool = False

    @property
    def is_mock(self) -> bool:
        """Whether only items are drawn that a second reader has passed and that have not left mocks."""
        return self.kind != "practice"

    def seconds_for(self, item_count: int) -> int | None:
        """The time for a form of this size: it shrinks with the form, then grows with extra time."""
        seconds = self.allowed_seconds
        if seconds is not None and item_count < self.item_count:
            seconds = -(-seconds * item_count // self.item_count)
        return timing.allowed_with_extra_time(seconds, self.time_percent)

    def as_json(self) -> dict[str, Any]:
        """How the attempt keeps it."""
        selection = self.selection
        return {
            "domains": list(selection.domains),
            "areas": list(selection.areas),
            "topics": list(selection.topics),
            "items": self.item_count,
        }


def draw_form(
    session: Session,
    user_id: UUID,
    plan: Plan,
    weights: Mapping[str, float],
    rng: Random,
    *,
    today: date,
    gone: Collection[str],
    most_unseen: Mapping[str, int] | None = None,
) -> list[blueprint.Place]:
    """The places of a form for this person, in two statements. No mock has the items that are `gone`.

    `most_unseen` limits what practice may use up.

    Raises NoItemsError when there is nothing to draw for the selection, and TooFewItemsError when there is less than
    was asked for.
    """
    found = candidates_for(session, user_id, plan, gone)
    twins = bank_queries.twins(session)
    form = blueprint.draw(found, weights, plan.item_count, rng, today=today, twins=twins, most_unseen=most_unseen)
    if not form:
        raise NoItemsError
    if plan.is_size_asked_for and len(form) < plan.item_count:
        raise TooFewItemsError(len(form))
    return form


def candidates_for(session: Session, user_id: UUID, plan: Plan, gone: Collection[str]) -> list[blueprint.Candidate]:
    """What may be drawn for a plan. One statement."""
    found = queries.candidates(session, user_id, plan.selection, gone)
    return [candidate for candidate in found if candidate.in_mocks] if plan.is_mock else found


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
    allowed = plan.seconds_for(len(form))
    attempt = Attempt(
        user_id=user_id,
        id=uuid4(),
        start_token=start_token,
        kind=plan.kind,
        title=plan.title,
        spec={**plan.as_json(), DUE: sum(place.is_due for place in form)},
        seed=seed,
        item_count=len(form),
        target_percent=target_percent,
        started_at=now,
        allowed_seconds=allowed,
        deadline_at=timing.deadline_of(now, allowed),
        late_window_seconds=timing.STRICT_LATE_WINDOW_SECONDS if plan.is_strict else timing.LATE_WINDOW_SECONDS,
        is_strict=plan.is_strict,
        time_percent=plan.time_percent,
        allows_breaks=plan.allows_breaks,
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
    append(session, state, FORM_DEVICE, [Event(1, 1, SHOWN, "", 0)], now)
    return attempt


def finish(session: Session, user_id: UUID, attempt_id: UUID, now: datetime) -> bool:
    """Close an attempt and write its marks; False if it was closed before. Finishing twice changes nothing."""
    attempt = locked(session, user_id, attempt_id)
    if attempt.finished_at is not None:
        return False
    # `now` was read before the lock was had: another request may have stored something since, by a later clock.
    newest = queries.newest_received_at(session, user_id, attempt_id)
    end = now if newest is None else max(now, newest)
    attempt.close_break(end)
    attempt.finished_at = end
    session.flush()
    _write_marks(session, attempt)
    return True


def mark_answer(session: Session, attempt: Attempt, entry: AnsweredPlace) -> None:
    """Mark one place of a practice set at once; the first mark of a place stays."""
    is_first_sight = entry.place.item_id not in queries.seen_before(session, attempt.user_id, attempt.id)
    row = _mark_row(attempt, entry.place, entry.key_option, is_first_sight=is_first_sight)
    session.execute(insert_into(session, Mark).values(row).on_conflict_do_nothing())


def rebuild(session: Session, user_id: UUID, attempt_id: UUID) -> None:
    """Write what is projected from an attempt's log anew: response rows, and the marks and score if it is finished.

    Raises NoSuchAttemptError.
    """
    attempt = locked(session, user_id, attempt_id)
    rebuild_responses(session, attempt)
    session.execute(delete(Mark).where(Mark.user_id == user_id, Mark.attempt_id == attempt_id))
    if attempt.finished_at is not None or attempt.is_practice:
        _write_marks(session, attempt)


def rebuild_responses(session: Session, attempt: Attempt) -> None:
    """Write an attempt's response rows anew from its log."""
    user_id, attempt_id = attempt.user_id, attempt.id
    items = {place.position: place.item_id for place in queries.places(session, user_id, attempt_id)}
    stored = [
        replace(event, counts=event_counts(attempt, event.made_at, received_at))
        for event, received_at in queries.log_of(session, user_id, attempt_id)
    ]
    rows = response_rows(attempt, items, stored)
    session.execute(delete(Response).where(Response.user_id == user_id, Response.attempt_id == attempt_id))
    if rows:
        session.execute(insert(Response), rows)


def locked(session: Session, user_id: UUID, attempt_id: UUID) -> Attempt:
    """This person's attempt, read anew and locked until the write ends. Raises NoSuchAttemptError."""
    attempt = queries.attempt_of(session, user_id, attempt_id, is_locked=True)
    if attempt is None:
        raise NoSuchAttemptError
    return attempt


def _write_marks(session: Session, attempt: Attempt) -> None:
    """Mark every place of an exam, or the answered places of a practice set."""
    user_id, attempt_id = attempt.user_id, attempt.id
    seen = queries.seen_before(session, user_id, attempt_id)
    keys = queries.keys_of(session, user_id, attempt_id)
    rows = [
        _mark_row(attempt, place, keys[place.position], is_first_sight=place.item_id not in seen)
        for place in queries.places(session, user_id, attempt_id)
        if place.answer or not attempt.is_practice
    ]
    if rows:
        # The rows beside the statement, not in it: two hundred in one VALUES would be compiled with each submission.
        session.execute(insert_into(session, Mark).on_conflict_do_nothing(), rows)
    if attempt.finished_at is not None:
        attempt.correct_count = sum(row["is_correct"] for row in rows)
        session.flush()


def _mark_row(attempt: Attempt, place: PlaceState, key_option: int, *, is_first_sight: bool) -> dict[str, Any]:
    chosen = answer_log.option_of(place.answer, place.option_order)
    return {
        "user_id": attempt.user_id,
        "attempt_id": attempt.id,
        "position": place.position,
        "item_id": place.item_id,
        "domain": place.domain,
        "chosen": chosen,
        "is_correct": scoring.is_correct(chosen, key_option),
        "is_first_sight": is_first_sight,
        "marked_at": place.answered_at or attempt.finished_at,
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
