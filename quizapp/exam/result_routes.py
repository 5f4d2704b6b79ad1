"""After the exam: the result, the review of every item, its print view, and a candidate's notes."""

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts.models import Attempt
from quizapp.bank.queries import reviewed_versions
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.exam import notes as notes_of_candidates
from quizapp.exam import results
from quizapp.exam.results import Review
from quizapp.exam.visits import finished_exam_of
from quizapp.rules.scoring import is_weak, reaches, weakest_first

blueprint = Blueprint("result", __name__)

LAST_PAGE = 10_000


@blueprint.app_template_filter("precisely")
def format_precisely(seconds: float) -> str:
    """48 s; 1 min 5 s; 12 min; from an hour on as durations are elsewhere."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not 1 <= minutes < 60 or not rest:
        return web.format_duration(whole)
    return f"{minutes} min {rest} s"


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@web.guests_welcome
def result(attempt_id: UUID) -> ResponseReturnValue:
    """The score against the candidate's target, what to study next, and where the time went."""
    attempt = finished_exam_of(attempt_id)
    review = _review_of(attempt)
    return render_template(
        "exam/result.html",
        attempt=attempt,
        review=review,
        result=results.result_of(web.db_session(), attempt, review),
        tags=tags_of(web.config().bank_dir),
        reaches=reaches,
        is_weak=is_weak,
        weakest_first=weakest_first,
        new_token=uuid4,
    )


@blueprint.get("/attempts/<uuid:attempt_id>/answers")
@web.guests_welcome
def answers(attempt_id: UUID) -> ResponseReturnValue:
    """Every item of a finished attempt as a list, filtered."""
    attempt = finished_exam_of(attempt_id)
    shown = _filter_asked_for()
    review = _review_of(attempt)
    stems = results.stems_of(web.db_session(), me().id, attempt_id)
    return render_template("exam/answers.html", attempt=attempt, review=review, shown=shown, stems=stems)


@blueprint.get("/attempts/<uuid:attempt_id>/answers/<int(max=9999):position>")
@web.guests_welcome
def answer(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item of a finished attempt with every rationale, its sources, and what the candidate did."""
    attempt = finished_exam_of(attempt_id)
    shown = _filter_asked_for()
    review = _review_of(attempt)
    entry = web.or_404(review.at(position))
    item = None
    if not entry.is_held:
        key = (entry.place.item_id, entry.place.version)
        item = results.reviewed_item(entry, reviewed_versions(web.db_session(), [key])[key], web.today())
    return render_template(
        "exam/answer.html",
        attempt=attempt,
        entry=entry,
        item=item,
        shown=shown,
        neighbours=review.neighbours(position, shown),
        tags=tags_of(web.config().bank_dir),
    )


@blueprint.get("/attempts/<uuid:attempt_id>/print")
@web.guests_welcome
def print_view(attempt_id: UUID) -> ResponseReturnValue:
    """Every item of a finished attempt, explained, on one page for paper."""
    attempt = finished_exam_of(attempt_id)
    review = _review_of(attempt)
    keys = {(each.place.item_id, each.place.version) for each in review.places if not each.is_held}
    versions, today = reviewed_versions(web.db_session(), keys), web.today()
    items = {
        each.position: results.reviewed_item(each, versions[each.place.item_id, each.place.version], today)
        for each in review.places
        if not each.is_held
    }
    rows = [(each, items.get(each.position)) for each in review.places]
    return render_template("exam/print.html", attempt=attempt, rows=rows, tags=tags_of(web.config().bank_dir))


@blueprint.get("/notes")
def notes() -> ResponseReturnValue:
    """Everything that the candidate wrote or highlighted in any attempt."""
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    found = notes_of_candidates.notes_of(web.db_session(), me().id, page)
    if page > found.pages:
        return web.error_page(404)
    return render_template("exam/notes.html", notes=found, page=page)


def _review_of(attempt: Attempt) -> Review:
    return results.review_of(web.db_session(), attempt, blueprint_of(web.config().bank_dir).seconds_per_item)


def _filter_asked_for() -> str:
    """The filter that an address names."""
    shown = request.args.get("show", "all")
    return web.or_404(shown if shown in results.FILTERS else None)
