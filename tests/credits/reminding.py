"""People who are reminded, and what they were told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import ROOT
from quizapp.credits import reminders
from quizapp.credits.models import HeldCredential
from quizapp.credits.reminders import reminders_for
from quizapp.mail.models import Notice, OutboxMail
from tests import make

BANK = ROOT / "question_bank"
LAST = date(2027, 5, 19)
ADDED = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def cmm(session: Session, owner: User, **columns: Any) -> HeldCredential:
    """A CMM whose cycle ends on LAST: 12 hours, as a member."""
    held = make.held_credential(session, owner, certified_on=date(2026, 5, 20), created_at=ADDED, **columns)
    make.cycle_rules(session, held)
    return held


def noon(days_before: int) -> datetime:
    """Noon in UTC, so many days before the last day."""
    return datetime(LAST.year, LAST.month, LAST.day, 12, tzinfo=UTC) - days_before * DAY


def hours(session: Session, owner: User, number: int) -> Any:
    """An activity of so many hours, inside the cycle."""
    return make.activity(session, owner, minutes=60 * number, started_on=date(2026, 9, 1), ended_on=date(2026, 9, 1))


def remind(session: Session, user_id: UUID, now: datetime) -> int:
    """What the clock's job does for one person."""
    come = reminders_for(session, user_id, BANK, now)
    return reminders.remind(session, user_id, come, "https://quiz.example", now)


def told(session: Session, owner: User) -> list[str]:
    """The titles of what the person was told, oldest first."""
    return list(session.scalars(select(Notice.title).where(Notice.user_id == owner.id).order_by(Notice.created_at)))


def mailed(session: Session, owner: User) -> list[str]:
    """The subjects of the person's mails, oldest first."""
    return list(
        session.scalars(
            select(OutboxMail.subject).where(OutboxMail.user_id == owner.id).order_by(OutboxMail.created_at)
        )
    )
