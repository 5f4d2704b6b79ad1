"""What is in the outbox, and what a person was told on the site."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.mail.models import Notice, OutboxMail

READ_SHOWN_FOR = timedelta(days=90)


def waiting_count(session: Session) -> int:
    """How many mails have not left, those given up among them."""
    return session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))) or 0


def given_up(session: Session, max_tries: int) -> list[tuple[str, int]]:
    """Why mails that were tried so often did not leave, and how many for each reason; the commonest first."""
    number = func.count()
    rows = session.execute(
        select(OutboxMail.last_error, number)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.tries >= max_tries)
        .group_by(OutboxMail.last_error)
        .order_by(number.desc(), OutboxMail.last_error)
    )
    return [(error, how_many) for error, how_many in rows]


def notices_of(session: Session, user_id: UUID, now: datetime) -> Sequence[Notice]:
    """What a person has not read yet, then what they read in the last 90 days; the newest first in each."""
    return session.scalars(
        select(Notice)
        .where(Notice.user_id == user_id, (Notice.read_at.is_(None)) | (Notice.read_at >= now - READ_SHOWN_FOR))
        .order_by(Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id)
    ).all()
