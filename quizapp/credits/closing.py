"""Closing a cycle into the record, and opening it again; nothing here commits."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from quizapp.credits.credential_actions import locked_credential
from quizapp.credits.cycle_records import CycleRecord
from quizapp.credits.models import ClosedCycle, CycleRules
from quizapp.credits.queries import retests_of
from quizapp.db import insert_into


class OtherDaysError(Exception):
    """The credential's cycles have other days than those that the record was made from."""


class LaterOneIsClosedError(Exception):
    """Whether a later cycle of the credential is on record matters, and is not as it was taken to be."""


def close_cycle(
    session: Session, user_id: UUID, held_id: UUID, record: CycleRecord, next_version: str, now: datetime
) -> bool:
    """Put a cycle on record, and let the next one run under a version; False when it is on record already.

    Before one that is closed it becomes a record only, which leaves the next cycle as it is. Raises NotHeldError,
    OtherDaysError when the credential was changed since the record was made, and LaterOneIsClosedError when a later
    cycle was closed since, or is open again.
    """
    held, holder = locked_credential(session, user_id, held_id), record.holder
    retests = retests_of(session, user_id, held_id)
    anchors = (held.certified_on, held.birth_month, held.due_on, retests)
    if anchors != (holder.certified_on, holder.birth_month, holder.due_on, frozenset(holder.retests)):
        raise OtherDaysError
    if record.is_record_only != _is_before_closed(session, user_id, held_id, record.start_on):
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
    if record.is_record_only:
        return True
    key = {"user_id": user_id, "held_credential_id": held_id, "from_on": record.last_on + timedelta(days=1)}
    session.execute(
        insert_into(session, CycleRules)
        .values(version=next_version, **key)
        .on_conflict_do_update(index_elements=list(key), set_={"version": next_version})
    )
    return True


def reopen_cycle(session: Session, user_id: UUID, held_id: UUID, start: date) -> bool:
    """Forget the record of a cycle, so that it is reckoned again; False when it is not on record.

    The next cycle keeps its rules. Raises NotHeldError, and LaterOneIsClosedError where a later record rests on what
    this one carried on.
    """
    locked_credential(session, user_id, held_id)
    statement = (
        delete(ClosedCycle)
        .where(
            ClosedCycle.user_id == user_id,
            ClosedCycle.held_credential_id == held_id,
            ClosedCycle.start_on == start,
        )
        .returning(ClosedCycle.carried_minutes)
    )
    carried_minutes = session.scalar(statement)
    if carried_minutes and _is_before_closed(session, user_id, held_id, start):
        raise LaterOneIsClosedError
    return carried_minutes is not None


def _is_before_closed(session: Session, user_id: UUID, held_id: UUID, start: date) -> bool:
    later = exists().where(
        ClosedCycle.user_id == user_id, ClosedCycle.held_credential_id == held_id, ClosedCycle.start_on > start
    )
    return bool(session.scalar(select(later)))
