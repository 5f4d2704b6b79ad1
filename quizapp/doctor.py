"""What the doctor looks at: attempts beside their logs, and mail that does not leave."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from quizapp.attempts import actions as attempt_actions
from quizapp.attempts.models import Attempt, Mark, Response
from quizapp.db import writing
from quizapp.mail import actions as mail_actions
from quizapp.mail import queries as mail_queries

MOST_REASONS = 10


def about_mail(session: Session) -> Iterator[str]:
    """How many mails wait and why some never left: the first sign of a mail server that refuses them."""
    reasons = mail_queries.given_up(session, mail_actions.MAX_TRIES)
    failed = sum(number for _, number in reasons)
    waiting = mail_queries.waiting_count(session) - failed
    yield f"Mails that wait: {waiting}. Given up: {failed}."
    for error, number in reasons[:MOST_REASONS]:
        yield f"  {number} given up: {error}"
    if len(reasons) > MOST_REASONS:
        yield f"  {sum(number for _, number in reasons[MOST_REASONS:])} given up for other reasons"


def rebuilt(session: Session, user_id: UUID, attempt_id: UUID, *, keep: bool) -> bool:
    """Whether rebuilding an attempt changes what is projected from its log."""
    with writing(session):
        attempt_actions.locked(session, user_id, attempt_id)
        before = _projected(session, user_id, attempt_id)
        attempt_actions.rebuild(session, user_id, attempt_id)
        after = _projected(session, user_id, attempt_id)
        if not keep:
            session.rollback()
    return before != after


def _projected(session: Session, user_id: UUID, attempt_id: UUID) -> list[Row[Any]]:
    """An attempt's score, marks and responses as they are stored."""
    score = select(Attempt.correct_count).where(Attempt.user_id == user_id, Attempt.id == attempt_id)
    marks = select(*Mark.__table__.columns).where(Mark.user_id == user_id, Mark.attempt_id == attempt_id)
    responses = select(*Response.__table__.columns).where(
        Response.user_id == user_id, Response.attempt_id == attempt_id
    )
    in_order = (score, marks.order_by(Mark.position), responses.order_by(Response.position, Response.kind))
    return [row for statement in in_order for row in session.execute(statement)]
