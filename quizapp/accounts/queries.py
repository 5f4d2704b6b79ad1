"""Who is who: reads of people and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.accounts.models import User, UserSession


def user_of_session(session: Session, token: str, now: datetime) -> User | None:
    """The person whose open session `token` names."""
    key = tokens.parse(token)
    if key is None:
        return None
    user_id, secret_hash = key
    return session.scalar(
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.user_id == user_id,
            UserSession.secret_hash == secret_hash,
            UserSession.expires_at > now,
        )
    )


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, whatever its capitals."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def user_by_id(session: Session, user_id: UUID) -> User | None:
    """The person with this id."""
    return session.get(User, user_id)
