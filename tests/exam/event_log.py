"""What the log of events holds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import AttemptEvent


def log(session: Session) -> list[tuple[int, str, str]]:
    """Position, kind and value of every event, in their order."""
    rows = session.execute(
        select(AttemptEvent.position, AttemptEvent.kind, AttemptEvent.value).order_by(AttemptEvent.seq)
    )
    return [(position, kind, value) for position, kind, value in rows]
