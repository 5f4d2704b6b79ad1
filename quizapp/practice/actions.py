"""Answering in tutor mode: the first answer stays, and is marked and explained at once; nothing here commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import actions, queries, saving
from quizapp.attempts.actions import Plan
from quizapp.attempts.saving import BadEventError
from quizapp.bank.queries import Selection
from quizapp.bank.tags import Tags

MOST_TITLE_TAGS = 2
DEFAULT_ITEMS = 10


class AlreadyAnsweredError(Exception):
    """The item has been answered and explained; its first answer stays."""


class HeldError(Exception):
    """A running mock holds the item: it is not answered or explained until that is over."""


def practice_plan(selection: Selection, item_count: int, tags: Tags) -> Plan:
    """An untimed set from a selection of the bank, named after what was chosen."""
    names = [
        tags.name_of(kind, slug)
        for kind, slugs in (("domain", selection.domains), ("area", selection.areas), ("topic", selection.topics))
        for slug in slugs
    ]
    more = f" and {len(names) - MOST_TITLE_TAGS} more" if len(names) > MOST_TITLE_TAGS else ""
    title = f"Practice: {', '.join(names[:MOST_TITLE_TAGS])}{more}" if names else "Practice: the whole bank"
    return Plan("practice", title, selection, item_count, None)


def release_reserve(session: Session, user_id: UUID, now: datetime) -> None:
    """Let practice draw every item, the reserve for a full mock too."""
    session.execute(update(User).where(User.id == user_id).values(reserve_released_at=now))


def restore_reserve(session: Session, user_id: UUID) -> None:
    """Let practice leave a reserve of unseen items alone again."""
    session.execute(update(User).where(User.id == user_id).values(reserve_released_at=None))


def answer(session: Session, user_id: UUID, attempt_id: UUID, position: int, letter: str, now: datetime) -> None:
    """Store the first answer to an item, and mark it.

    Raises NoSuchAttemptError, AttemptFinishedError, AlreadyAnsweredError, HeldError, or BadEventError for a letter that
    the item does not have.
    """
    attempt = queries.attempt_of(session, user_id, attempt_id, is_locked=True)
    if attempt is None or not attempt.is_practice:
        raise saving.NoSuchAttemptError
    entry = queries.answered_place(session, user_id, attempt_id, position)
    if entry is None or not letter:
        raise BadEventError("Choose one of the options.")
    if entry.place.answer:
        raise AlreadyAnsweredError
    if queries.is_held(session, user_id, entry.place.item_id):
        raise HeldError
    saving.store_from_form(
        session,
        user_id,
        attempt_id,
        position=position,
        said={"answer": letter},
        shown_next=None,
        now=now,
        is_practice=True,
    )
    answered = queries.answered_place(session, user_id, attempt_id, position)
    if answered is not None:
        actions.mark_answer(session, attempt, answered)
