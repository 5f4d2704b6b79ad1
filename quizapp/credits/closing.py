"""Closing a cycle into the record, and opening it again; nothing here commits."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.credits.cycle_records import CycleRecord
from quizapp.credits.models import ClosedCycle, CycleRules, HeldCredential
from quizapp.db import insert_into


class NotHeldError(LookupError):
    """The credential is gone."""


class LaterOneIsClosedError(Exception):
    """A later cycle of the credential is on record, and rests on this one as it is."""


def close_cycle(
    session: Session, user_id: UUID, held_id: UUID, record: CycleRecord, next_version: str, now: datetime
) -> bool:
    """Put a cycle on record, and let the next one run under a version; False when it is on record already.

    Raises NotHeldError, and LaterOneIsClosedError for a cycle before one that is closed.
    """
    latest = _latest_closed(session, user_id, held_id)
    if latest is not None and latest > record.start_on:
        raise LaterOneIsClosedError
    statement = (
        insert_into(session, ClosedCycle)
        .values(
            user_id=user_id,
            held_credential_id=held_id,
            start_on=record.start_on,
            last_on=record.last_on,
            version=record.rules.version,
            carried_minutes=record.carried_minutes,
            content=record.content,
            closed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ClosedCycle.start_on)
    )
    if session.scalar(statement) is None:
        return False
    key = {"user_id": user_id, "held_credential_id": held_id, "from_on": record.last_on + timedelta(days=1)}
    session.execute(
        insert_into(session, CycleRules)
        .values(version=next_version, **key)
        .on_conflict_do_update(index_elements=list(key), set_={"version": next_version})
    )
    return True


def reopen_cycle(session: Session, user_id: UUID, held_id: UUID, start: date) -> bool:
    """Forget the record of a cycle, so that it is reckoned again; False when it is not on record.

    The next cycle keeps its rules. Raises NotHeldError, and LaterOneIsClosedError.
    """
    latest = _latest_closed(session, user_id, held_id)
    if latest is not None and latest > start:
        raise LaterOneIsClosedError
    statement = (
        delete(ClosedCycle)
        .where(
            ClosedCycle.user_id == user_id,
            ClosedCycle.held_credential_id == held_id,
            ClosedCycle.start_on == start,
        )
        .returning(ClosedCycle.start_on)
    )
    return session.scalar(statement) is not None


def _latest_closed(session: Session, user_id: UUID, held_id: UUID) -> date | None:
    """The first day of the credential's last closed cycle; its row is locked, so that closings wait for each other."""
    held = session.scalar(
        select(HeldCredential.id)
        .where(HeldCredential.user_id == user_id, HeldCredential.id == held_id)
        .with_for_update()
    )
    if held is None:
        raise NotHeldError
    return session.scalar(
        select(ClosedCycle.start_on)
        .where(ClosedCycle.user_id == user_id, ClosedCycle.held_credential_id == held_id)
        .order_by(ClosedCycle.start_on.desc())
        .limit(1)
    )
