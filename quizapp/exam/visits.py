"""What the pages of one exam share: whose it is, and where its reader belongs now."""

from uuid import UUID

from flask import abort, redirect, url_for

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.queries import PlaceState
from quizapp.rules.timing import Standing


def exam_of(attempt_id: UUID) -> Attempt:
    """The visitor's exam; a practice set is none, and has pages of its own."""
    attempt = web.or_404(attempt_queries.attempt_of(web.db_session(), me().id, attempt_id))
    return web.or_404(None if attempt.is_practice else attempt)


def finished_exam_of(attempt_id: UUID) -> Attempt:
    """The visitor's exam, once it is finished; before that nothing is explained, and they go where it stands."""
    attempt = exam_of(attempt_id)
    if attempt.finished_at is None:
        abort(redirect(page_after(attempt)))
    return attempt


def page_after(attempt: Attempt) -> str:
    """Where an attempt's reader belongs now."""
    standing = attempt.standing(web.now())
    page = {Standing.FINISHED: "result.result", Standing.EXPIRED: "room.time_up", Standing.RUNNING: "room.review"}
    return url_for(page[standing], attempt_id=attempt.id)


def place_at(places: list[PlaceState], position: int) -> PlaceState | None:
    """The place with this number, counted from 1."""
    return places[position - 1] if 1 <= position <= len(places) else None
