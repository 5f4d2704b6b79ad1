"""Mailed links: each is a secret that works once and for a while, and its use shows that its address is read."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.accounts.models import MailLink, User


class LinkSpentError(Exception):
    """The link was used before, is too old, was made void, or never existed."""


def make(session: Session, user_id: UUID, purpose: str, address: str, *, valid_for: timedelta, now: datetime) -> str:
    """Keep a new link that is to be mailed to `address`; returns the token that goes into it."""
    token, secret_hash = tokens.make(user_id)
    session.add(
        MailLink(
            user_id=user_id,
            secret_hash=secret_hash,
            purpose=purpose,
            address=address,
            created_at=now,
            expires_at=now + valid_for,
        )
    )
    session.flush()
    return token


def spend(session: Session, token: str, purpose: str, now: datetime) -> tuple[User, str | None]:
    """Use a link up: its person, locked, and the address that it was mailed to (none for links of older releases).

    Raises LinkSpentError; of two uses at the same moment one gets it.
    """
    key = tokens.parse(token)
    if key is None:
        raise LinkSpentError
    user_id, secret_hash = key
    # The person before the link: two links of theirs may be used at once, and each makes the other void.
    user = session.scalar(
        select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    )
    used = session.execute(
        update(MailLink)
        .where(
            MailLink.user_id == user_id,
            MailLink.secret_hash == secret_hash,
            MailLink.purpose == purpose,
            MailLink.used_at.is_(None),
            MailLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(MailLink.address)
    ).one_or_none()
    if user is None or used is None:
        raise LinkSpentError
    return user, used.address


def confirm(session: Session, token: str, purpose: str, now: datetime) -> User:
    """Use up a link that went to the account's address, which is confirmed by that; returns the account.

    Raises LinkSpentError, also when the account has had another address since.
    """
    user, address = spend(session, token, purpose, now)
    if address not in {None, user.email}:
        raise LinkSpentError
    user.email_confirmed_at = user.email_confirmed_at or now
    session.flush()
    return user


def void(session: Session, user_id: UUID, purposes: Collection[str]) -> None:
    """Let no link of a person for these purposes work any more."""
    session.execute(
        delete(MailLink).where(MailLink.user_id == user_id, MailLink.purpose.in_(purposes), MailLink.used_at.is_(None))
    )
