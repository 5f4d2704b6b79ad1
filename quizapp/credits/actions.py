"""Holding credentials and logging activities; nothing here commits."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity, CycleRules, HeldCredential
from quizapp.credits.queries import Holding
from quizapp.db import insert_into
from quizapp.rules.credit_rules import minutes_of


@dataclass(frozen=True)
class Entry:
    """An activity as its form gives it."""

    title: str
    provider: str
    started_on: date
    ended_on: date
    amount: Decimal
    unit: str
    approval: str
    index_number: str
    note: str

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
            "approval": self.approval,
            "index_number": self.index_number,
            "note": self.note,
        }

    def is_stored_in(self, activity: Activity) -> bool:
        """Whether the row says what the entry says."""
        return all(getattr(activity, name) == value for name, value in self.columns().items())


@dataclass(frozen=True)
class WantedCredential:
    """A credential as its form gives it."""

    certified_on: date
    is_member: bool
    version: str


def log_activity(session: Session, user_id: UUID, activity_id: UUID, entry: Entry, now: datetime) -> bool:
    """Log an activity under the id that its form carried; False, and no second row, when it is there already."""
    statement = (
        insert_into(session, Activity)
        .values(user_id=user_id, id=activity_id, created_at=now, changed_at=now, **entry.columns())
        .on_conflict_do_nothing()
        .returning(Activity.id)
    )
    return session.scalar(statement) is not None


def change_activity(session: Session, user_id: UUID, activity_id: UUID, entry: Entry, now: datetime) -> bool:
    """Change a logged activity; False when the person has no such activity."""
    statement = (
        update(Activity)
        .where(Activity.user_id == user_id, Activity.id == activity_id)
        .values(changed_at=now, **entry.columns())
        .returning(Activity.id)
    )
    return session.scalar(statement) is not None


def delete_activity(session: Session, user_id: UUID, activity_id: UUID) -> bool:
    """Delete a logged activity; False when the person has no such activity."""
    statement = delete(Activity).where(Activity.user_id == user_id, Activity.id == activity_id).returning(Activity.id)
    return session.scalar(statement) is not None


def hold_credential(session: Session, user_id: UUID, rules: str, wanted: WantedCredential, now: datetime) -> bool:
    """Hold a credential, every cycle under its version; False when the person holds it already."""
    statement = (
        insert_into(session, HeldCredential)
        .values(
            user_id=user_id,
            id=uuid4(),
            rules=rules,
            certified_on=wanted.certified_on,
            is_member=wanted.is_member,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(HeldCredential.id)
    )
    held_id = session.scalar(statement)
    if held_id is not None:
        _set_rules(session, user_id, held_id, wanted.certified_on, wanted.version)
    return held_id is not None


def change_credential(session: Session, holding: Holding, wanted: WantedCredential) -> bool:
    """Change a credential held; False when it is gone.

    Another version holds from the present cycle on, and earlier cycles keep theirs. Another day of certification
    draws every cycle anew, so all of them take the version.
    """
    held = holding.held
    is_moved = wanted.certified_on != held.certified_on
    is_other_version = wanted.version != holding.present.rules.slug
    statement = (
        update(HeldCredential)
        .where(HeldCredential.user_id == held.user_id, HeldCredential.id == held.id)
        .values(certified_on=wanted.certified_on, is_member=wanted.is_member)
        .returning(HeldCredential.id)
    )
    if session.scalar(statement) is None:
        return False
    if is_moved:
        _forget_rules(session, held, date.min)
        _set_rules(session, held.user_id, held.id, wanted.certified_on, wanted.version)
    elif is_other_version:
        _forget_rules(session, held, holding.present.start)
        _set_rules(session, held.user_id, held.id, holding.present.start, wanted.version)
    return True


def drop_credential(session: Session, user_id: UUID, rules: str) -> bool:
    """Forget a credential and its cycles' rules, but no activity; False when the person does not hold it."""
    statement = (
        delete(HeldCredential)
        .where(HeldCredential.user_id == user_id, HeldCredential.rules == rules)
        .returning(HeldCredential.id)
    )
    return session.scalar(statement) is not None


def _set_rules(session: Session, user_id: UUID, held_id: UUID, from_on: date, version: str) -> None:
    key = {"user_id": user_id, "held_credential_id": held_id, "from_on": from_on}
    session.execute(
        insert_into(session, CycleRules)
        .values(version=version, **key)
        .on_conflict_do_update(index_elements=list(key), set_={"version": version})
    )


def _forget_rules(session: Session, held: HeldCredential, from_on: date) -> None:
    session.execute(
        delete(CycleRules).where(
            CycleRules.user_id == held.user_id,
            CycleRules.held_credential_id == held.id,
            CycleRules.from_on >= from_on,
        )
    )
