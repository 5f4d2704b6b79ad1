"""After the exam: the result, and the review of every item."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.display import explained_item
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import tags_of
from quizapp.exam import queries
from quizapp.exam.visits import exam_of, page_after, place_at
from quizapp.rules.scoring import is_weak, reaches, weakest_first
from quizapp.rules.timing import seconds_used

blueprint = Blueprint("result", __name__)


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@web.guests_welcome
def result(attempt_id: UUID) -> ResponseReturnValue:
    """The score against the candidate's target, and what to study next."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(page_after(attempt))
    found = queries.result_of(session, attempt)
    return render_template(
        "exam/result.html",
        attempt=attempt,
        result=found,
        tags=tags_of(web.config().bank_dir),
        seconds_used=seconds_used(attempt.started_at, attempt.deadline_at, attempt.finished_at),
        reaches=reaches,
        is_weak=is_weak,
        weakest_first=weakest_first,
        new_token=uuid4,
    )


@blueprint.get("/attempts/<uuid:attempt_id>/answers")
@web.guests_welcome
def answers(attempt_id: UUID) -> ResponseReturnValue:
    """Every item of a finished attempt as a list, filtered."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(page_after(attempt))
    shown = request.args.get("show", "all")
    keep = queries.FILTERS.get(shown)
    if keep is None:
        return web.error_page(404)
    places = attempt_queries.places(session, me().id, attempt_id)
    marks = attempt_queries.marks_of(session, me().id, attempt_id)
    stems = queries.stems_of(session, me().id, attempt_id)
    pairs = list(zip(marks, places, strict=True))
    counts = {name: sum(test(*pair) for pair in pairs) for name, test in queries.FILTERS.items()}
    rows = [(mark, place, stems[place.position]) for mark, place in pairs if keep(mark, place)]
    return render_template("exam/answers.html", attempt=attempt, rows=rows, shown=shown, counts=counts)


@blueprint.get("/attempts/<uuid:attempt_id>/answers/<int:position>")
@web.guests_welcome
def answer(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item of a finished attempt with every rationale and its sources."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(page_after(attempt))
    places = attempt_queries.places(session, me().id, attempt_id)
    place = web.or_404(place_at(places, position))
    version = web.or_404(bank_queries.version_of(session, place.item_id, place.version))
    return render_template(
        "exam/answer.html",
        attempt=attempt,
        item=explained_item(place, version),
        tags=tags_of(web.config().bank_dir),
    )
