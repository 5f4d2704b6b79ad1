"""Time that is given back, and attempts that are set aside; nothing here commits."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.attempts import queries
from quizapp.attempts.actions import locked, rebuild_responses
from quizapp.attempts.models import Attempt, Mark, Response
from quizapp.rules import timing
from quizapp.rules.answer_log import ANSWER, SHOWN


class NotAllowedError(Exception):
    """This attempt was not started with that allowance, or it is finished: said in a sentence."""


def credit_outage(session: Session, user_id: UUID, attempt_id: UUID, asked_seconds: int, now: datetime) -> int:
    """Give back the time of an outage, and return the seconds given.

    Never more in all than the log shows that the attempt was cut off, nor than 30 minutes. Raises NoSuchAttemptError,
    and NotAllowedError for a strict, untimed or finished attempt, and when the time was up before the outage began.
    """
    attempt = locked(session, user_id, attempt_id)
    if attempt.deadline_at is None or attempt.is_strict or attempt.finished_at is not None:
        raise NotAllowedError("Time can be added to an ordinary, timed mock that is not finished.")
    deadline = attempt.deadline(now)
    if deadline is not None and now - deadline > timedelta(seconds=asked_seconds):
        raise NotAllowedError("The time was up before that outage began.")
    arrivals = queries.arrivals(session, user_id, attempt_id)
    silence = timing.silent_seconds(attempt.started_at, arrivals, now, attempt.break_seconds_used(now))
    seconds = timing.outage_credit(asked_seconds, silence, attempt.outage_seconds)
    if seconds:
        attempt.outage_seconds += seconds
        attempt.deadline_at += timedelta(seconds=seconds)
        session.flush()
        rebuild_responses(session, attempt)
    return seconds


def start_break(session: Session, user_id: UUID, attempt_id: UUID, now: datetime) -> None:
    """Stop the clock. Raises NoSuchAttemptError, and NotAllowedError where there is no break to take."""
    attempt = locked(session, user_id, attempt_id)
    if not attempt.allows_breaks or attempt.standing(now) is not timing.Standing.RUNNING:
        raise NotAllowedError("This mock was started without breaks, or it is over.")
    if attempt.break_seconds_used(now) >= timing.MOST_BREAK_SECONDS:
        raise NotAllowedError("The 60 minutes of breaks are used up.")
    if attempt.break_started_at is None:
        attempt.break_started_at = now
        session.flush()


def end_break(session: Session, user_id: UUID, attempt_id: UUID, now: datetime) -> None:
    """Let the clock go on. Raises NoSuchAttemptError."""
    attempt = locked(session, user_id, attempt_id)
    if attempt.finished_at is None:
        attempt.close_break(now)
        session.flush()


def set_aside(session: Session, user_id: UUID, attempt_id: UUID, now: datetime) -> None:
    """Leave an attempt out of weak areas, first sight and what was seen, until it is brought back.

    Raises NoSuchAttemptError.
    """
    attempt = locked(session, user_id, attempt_id)
    attempt.archived_at = attempt.archived_at or now
    session.flush()
    _renew_first_sight(session, user_id)


def bring_back(session: Session, user_id: UUID, attempt_id: UUID) -> None:
    """Count an attempt again that was set aside. Raises NoSuchAttemptError."""
    locked(session, user_id, attempt_id).archived_at = None
    session.flush()
    _renew_first_sight(session, user_id)


def start_over(session: Session, user_id: UUID, now: datetime) -> int:
    """Set every attempt aside, and return how many. Nothing is lost: each can be brought back."""
    archived = session.execute(
        update(Attempt)
        .where(Attempt.user_id == user_id, Attempt.archived_at.is_(None))
        .values(archived_at=now)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    count = len(archived.all())
    _renew_first_sight(session, user_id)
    return count


def _renew_first_sight(session: Session, user_id: UUID) -> None:
    """Write anew for each mark whether the item was shown or answered before in another attempt that counts."""
    own, earlier, before = aliased(Attempt), aliased(Response), aliased(Attempt)
    until = (
        select(queries.sight_until(own))
        .where(own.user_id == user_id, own.id == Mark.attempt_id)
        .correlate(Mark)
        .scalar_subquery()
    )
    seen = (
        select(earlier.item_id)
        .join(before, and_(before.user_id == earlier.user_id, before.id == earlier.attempt_id))
        .where(
            earlier.user_id == user_id,
            earlier.item_id == Mark.item_id,
            earlier.attempt_id != Mark.attempt_id,
            earlier.kind.in_((SHOWN, ANSWER)),
            earlier.first_made_at < until,
            before.archived_at.is_(None),
        )
        .correlate(Mark)
        .exists()
    )
    session.execute(
        update(Mark)
        .where(Mark.user_id == user_id)
        .values(is_first_sight=~seen)
        .execution_options(synchronize_session=False)
    )
