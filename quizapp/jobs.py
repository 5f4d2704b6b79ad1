"""What the clock does beside the server: idempotent jobs in small batches, of which one that fails stops no other."""

import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.accounts import actions as account_actions
from quizapp.accounts import throttling
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.config import Config
from quizapp.credits import actions as credit_actions
from quizapp.credits import evidence_actions, evidence_queries, reminders
from quizapp.db import refusal_in, writing
from quizapp.mail import actions as mail_actions
from quizapp.mail.senders import sender_of
from quizapp.rules import timing

EXPIRED_AT_ONCE = 50
REMINDED_AT_ONCE = 100


def run(session: Session, config: Config, now: datetime) -> int:
    """What cannot wait: each job in short writes of its own, so that nobody waits for it; returns how many failed."""
    return _finish_expired(session, now) + sum(
        _failed(session, job)
        for job in (
            partial(mail_actions.send_waiting, session, sender_of(config), now),
            partial(evidence_actions.remove_unreferenced, session, evidence_queries.store_of(config), now),
        )
    )


def sweep(session: Session, now: datetime) -> int:
    """Remove what is out of date; returns how many jobs failed.

    Each looks through a whole table with the database's write lock held, so this is done once an hour.
    """
    return sum(
        _failed(session, partial(_write, session, remove, now))
        for remove in (
            account_actions.remove_old_guests,
            account_actions.remove_expired_sessions,
            throttling.remove_old_throttles,
            mail_actions.remove_sent,
            mail_actions.remove_read,
            credit_actions.remove_deleted,
        )
    )


def _finish_expired(session: Session, now: datetime) -> int:
    expired: list[tuple[UUID, UUID]] = []
    late = timing.late_before(now)
    failures = _failed(
        session, lambda: expired.extend(attempt_queries.expired_attempts(session, late, EXPIRED_AT_ONCE))
    )
    return failures + sum(
        _failed(session, partial(_write, session, attempt_actions.finish, user_id, attempt_id, now))
        for user_id, attempt_id in expired
    )


def remind(session: Session, config: Config, rounds: reminders.Rounds, now: datetime, limit: int | None) -> int:
    """Remind people whose day has begun of their deadlines, each in a write of its own; returns how many failed."""
    people: list[UUID] = []
    if _failed(session, lambda: people.extend(reminders.next_people(session, rounds, now, limit))):
        return 1
    failed = {user_id for user_id in people if _failed(session, partial(_remind_one, session, config, user_id, now))}
    rounds.failed |= failed
    return len(failed)


def _remind_one(session: Session, config: Config, user_id: UUID, now: datetime) -> None:
    come = reminders.reminders_for(session, user_id, config.bank_dir, now)
    if come:
        _write(session, reminders.remind, user_id, come, config.base_url, now)


def _failed(session: Session, job: Callable[[], object]) -> bool:
    try:
        job()
    except Exception as error:  # noqa: BLE001 - one job that fails must not stop the others; the log says why
        session.rollback()
        tell(error)
        return True
    return False


def tell(error: Exception) -> None:
    """Say in the log what failed: a line for a database that says no, which passes, else the traceback."""
    refused = refusal_in(error)
    if refused:
        sys.stderr.write(f"A job of the clock was put off: {refused}\n")
    else:
        traceback.print_exception(error)


def _write(session: Session, action: Callable[..., object], *arguments: object) -> None:
    with writing(session):
        action(session, *arguments)
