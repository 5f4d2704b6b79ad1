"""The private address of a person's calendar of deadlines; nothing here commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.credits.models import CalendarFeed
from quizapp.db import insert_into


def make_feed(session: Session, user_id: UUID, now: datetime) -> str:
    """A new address for the person's calendar, of which the token is returned; one from before opens nothing more."""
    token, secret_hash = tokens.make(user_id)
    values = {"secret_hash": secret_hash, "created_at": now}
    session.execute(
        insert_into(session, CalendarFeed)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
    return token


def revoke_feed(session: Session, user_id: UUID) -> None:
    """Let no address open the person's calendar."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
