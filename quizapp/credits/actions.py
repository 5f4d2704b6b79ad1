"""Logging, changing and deleting activities; nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity
from quizapp.db import insert_into
from quizapp.rules.credit_units import minutes_of

DELETED_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Entry:
    """An activity as its form or a row of an import gives it."""

    title: str
    provider: str
    started_on: date
    ended_on: date
    amount: Decimal
    unit: str
    delivery: str = "unknown"
    tags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    index_number: str = ""
    cost_cents: int | None = None
    note: str = ""

    @property
    def minutes(self) -> int:
        """The amount in whole minutes."""
        return minutes_of(self.amount, self.unit)

    def columns(self) -> dict[str, Any]:
        """The entry as the columns of `activity`."""
        return {
            "title": self.title,
            "provider": self.provider,
            "started_on": self.started_on,
            "ended_on": self.ended_on,
            "amount_hundredths": int(self.amount * 100),
            "unit": self.unit,
            "minutes": self.minutes,
            "delivery": self.delivery,
            "tags": list(self.tags),
            "domains": list(self.domains),
            "index_number": self.index_number,
            "cost_cents": self.cost_cents,
            "note": self.note,
        }

    def is_stored_in(self, activity: Activity) -> bool:
        """Whether the row says what the entry says."""
        return all(getattr(activity, name) == value for name, value in self.columns().items())


def log_activity(session: Session, user_id: UUID, activity_id: UUID, entry: Entry, now: datetime) -> bool:
    """Log an activity under the id that its form carried; False, and no second row, when it is there already."""
    return bool(log_activities(session, user_id, [(activity_id, entry)], now))


def log_activities(session: Session, user_id: UUID, entries: Sequence[tuple[UUID, Entry]], now: datetime) -> int:
    """Log several activities under ids of their own; returns how many were not there already."""
    if not entries:
        return 0
    rows = [
        {"user_id": user_id, "id": activity_id, "created_at": now, "changed_at": now, **entry.columns()}
        for activity_id, entry in entries
    ]
    statement = insert_into(session, Activity).on_conflict_do_nothing().returning(Activity.id)
    return len(session.scalars(statement, rows).all())


def change_activity(
    session: Session, user_id: UUID, activity_id: UUID, entry: Entry, now: datetime, *, seen_at: datetime
) -> bool:
    """Change a logged activity that was last changed at `seen_at`; False when it was changed since, or is gone."""
    unchanged = Activity.changed_at == seen_at
    return _update(session, user_id, activity_id, unchanged, is_deleted=False, changed_at=now, **entry.columns())


@dataclass(frozen=True)
class Retagging:
    """Credit tags that are added to an activity, and taken from it; those that it carries beside them stay."""

    added: tuple[str, ...] = ()
    removed: frozenset[str] = frozenset()


def retag_activities(session: Session, user_id: UUID, changes: Mapping[UUID, Retagging], now: datetime) -> int:
    """Change the tags of logged activities as they stand by now; returns how many that changed.

    Two tabs that change different boxes of one activity both have their way. What was deleted meanwhile stays as it is.
    """
    statement = (
        select(Activity)
        .where(Activity.user_id == user_id, Activity.id.in_(changes), Activity.deleted_at.is_(None))
        .order_by(Activity.id)  # Two who lock the same rows in another order would wait for each other.
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    number = 0
    for activity in session.scalars(statement):
        change = changes[activity.id]
        kept = [tag for tag in activity.tags if tag not in change.removed]
        tags = kept + [tag for tag in change.added if tag not in kept]
        if tags != activity.tags:
            activity.tags, activity.changed_at = tags, now
            number += 1
    session.flush()
    return number


def delete_activity(session: Session, user_id: UUID, activity_id: UUID, now: datetime) -> bool:
    """Delete a logged activity, for 30 days so that it can come back; False when the person has no such activity."""
    return _update(session, user_id, activity_id, is_deleted=False, deleted_at=now)


def restore_activity(session: Session, user_id: UUID, activity_id: UUID) -> bool:
    """Bring a deleted activity back; False when there is none to bring."""
    return _update(session, user_id, activity_id, is_deleted=True, deleted_at=None)


def _update(
    session: Session,
    user_id: UUID,
    activity_id: UUID,
    *conditions: ColumnElement[bool],
    is_deleted: bool,
    **values: Any,
) -> bool:
    was = Activity.deleted_at.is_not(None) if is_deleted else Activity.deleted_at.is_(None)
    statement = (
        update(Activity)
        .where(Activity.user_id == user_id, Activity.id == activity_id, was, *conditions)
        .values(values)
        .returning(Activity.id)
    )
    return session.scalar(statement) is not None


def remove_deleted(session: Session, now: datetime) -> int:
    """Remove what was deleted more than 30 days ago for good; returns how many."""
    removed = session.execute(
        delete(Activity).where(Activity.deleted_at < now - DELETED_KEPT_FOR).returning(Activity.id)
    )
    return len(removed.all())
