"""What is in the outbox."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.mail.models import OutboxMail


def waiting_count(session: Session) -> int:
    """How many mails have not left, those given up among them."""
    return session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))) or 0


def given_up(session: Session, max_tries: int) -> Sequence[OutboxMail]:
    """Mails that were tried so often and did not leave; their last_error says why."""
    return session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.tries >= max_tries)
        .order_by(OutboxMail.created_at)
    ).all()
