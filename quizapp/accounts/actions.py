"""What people do with their accounts; nothing here commits."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.accounts.models import User, UserSession


def open_session(session: Session, user: User, *, browser: str, days: int, now: datetime) -> str:
    """Open a session row for `user` and return the token that finds it; it ends after `days` without use."""
    token, secret_hash = tokens.make(user.id)
    session.add(
        UserSession(
            user_id=user.id,
            secret_hash=secret_hash,
            created_at=now,
            used_at=now,
            expires_at=now + timedelta(days=days),
            browser=browser,
        )
    )
    session.flush()
    return token
