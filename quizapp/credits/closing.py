"""Closing a cycle into the record, and opening it again; nothing here commits."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from quizapp.credits.cycle_records import CycleRecord
from quizapp.credits.models import ClosedCycle, CycleRules, HeldCredential
from quizapp.db import insert_into


class NotHeldError(LookupError):
    """The credential is gone."""


class OtherDaysError(Exception):
    """The credential's cycles have other days than those that the record was made from."""


class LaterOneIsClosedError(Exception):
    """A later cycle of the credential is on record, and rests on this one as it is."""


def close_cycle(
    session: Session, user_id: UUID, held_id: UUID, record: CycleRecord, next_version: str, now: datetime
) -> bool:
    """Put a cycle on record, and let the next one run under a version; False when it is on record already.

    Raises NotHeldError, OtherDaysError when the credential was changed since the record was made, and
    LaterOneIsClosedError for a cycle before one that is closed.
    """
    held, holder = _locked(session, user_id, held_id), record.holder
    if (held.certified_on, held.birth_month, held.due_on) != (holder.certified_on, holder.birth_month, holder.due_on):
        raise OtherDaysError
    _check_is_latest(session, user_id, held_id, record.start_on)
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
    _locked(session, user_id, held_id)
    _check_is_latest(session, user_id, held_id, start)
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


def _locked(session: Session, user_id: UUID, held_id: UUID) -> HeldCredential:
    """The credential as it is now; locked, so that closings and changes of it wait for each other."""
    held = session.scalar(
        select(HeldCredential)
        .where(HeldCredential.user_id == user_id, HeldCredential.id == held_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NotHeldError
    return held


def _check_is_latest(session: Session, user_id: UUID, held_id: UUID, start: date) -> None:
    later = exists().where(
        ClosedCycle.user_id == user_id, ClosedCycle.held_credential_id == held_id, ClosedCycle.start_on > start
    )
    if session.scalar(select(later)):
        raise LaterOneIsClosedError
