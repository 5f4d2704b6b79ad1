"""The catalogue, the exam room, the result, the review of items, the history."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import actions as account_actions
from quizapp.accounts import login, throttling
from quizapp.accounts.login import me
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts import saving
from quizapp.attempts.actions import Plan
from quizapp.attempts.display import explained_item, open_item
from quizapp.attempts.forms import StartForm
from quizapp.attempts.models import Attempt
from quizapp.attempts.queries import PlaceState
from quizapp.attempts.routes import begin
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.db import writing
from quizapp.exam import actions, queries
from quizapp.exam.forms import CustomForm
from quizapp.rules.scoring import is_weak, reaches, weakest_first
from quizapp.rules.timing import Standing, seconds_left, seconds_used

blueprint = Blueprint("exam", __name__)


# --- Starting -------------------------------------------------------------------------------------------------------


@blueprint.get("/mocks")
def catalogue() -> ResponseReturnValue:
    """Every mock on offer, with what is running."""
    session = web.db_session()
    bank_dir = web.config().bank_dir
    groups = actions.catalogue(session, blueprint_of(bank_dir), tags_of(bank_dir))
    running = attempt_queries.open_attempts(session, me().id)
    return render_template("exam/catalogue.html", groups=groups, running=running, new_token=uuid4)


@blueprint.post("/mocks/start")
def start() -> ResponseReturnValue:
    """Start a mock of the catalogue."""
    form = StartForm()
    if not form.validate_on_submit():
        return web.error_page(400)
    bank_dir = web.config().bank_dir
    try:
        kind, tag = request.form.get("kind", ""), request.form.get("tag", "")
        plan = actions.mock_plan(kind, tag, blueprint_of(bank_dir), tags_of(bank_dir))
    except actions.NoSuchMockError:
        return web.error_page(404, "The catalogue has no such mock.")
    return _start(plan, UUID(form.start_token.data))


@blueprint.get("/mocks/custom")
def custom() -> ResponseReturnValue:
    """The form for a mock of one's own choosing."""
    form = CustomForm(tags_of(web.config().bank_dir), data={"item_count": 30, "minutes": 27})
    return _custom_page(form)


@blueprint.post("/mocks/custom")
def start_custom() -> ResponseReturnValue:
    """Start a mock of one's own choosing."""
    form = CustomForm(tags_of(web.config().bank_dir))
    if not form.validate_on_submit():
        return _custom_page(form)
    plan = actions.custom_plan(form.selection, form.item_count.data or 1, form.minutes.data)
    return _start(plan, UUID(form.start_token.data))


@blueprint.post("/sampler")
@web.public
def start_sampler() -> ResponseReturnValue:
    """Ten items for anybody; somebody without an account becomes a guest, who may keep them by registering."""
    plan = actions.sampler_plan(blueprint_of(web.config().bank_dir))
    if login.visitor() is None:
        closed_until = _become_guest()
        if closed_until is not None:
            return web.error_page(429, "Many samplers were started from your network. Try again in an hour.")
    return _start(plan, uuid4())


def _become_guest() -> datetime | None:
    """Give the visitor a user row without an address; returns when to come back if there were too many."""
    session = web.db_session()
    moment = web.now()
    with writing(session):
        closed_until = throttling.count(session, throttling.guest(login.network()), moment)
    if closed_until is None:
        with writing(session):
            guest = account_actions.make_guest(session, time_zone="UTC", now=moment)
            login.start_session(guest, moment, web.config().session_days)
    return closed_until


def _start(plan: Plan, start_token: UUID) -> ResponseReturnValue:
    try:
        attempt = begin(plan, start_token)
    except attempt_actions.NoItemsError:
        web.say("The bank has no items for that choice yet. Choose more domains, areas or topics.", "note")
        return redirect(url_for("exam.catalogue"), 303)
    return redirect(url_for("exam.item", attempt_id=attempt.id, position=1), 303)


# --- The room -------------------------------------------------------------------------------------------------------


@blueprint.get("/attempts/<uuid:attempt_id>/items/<int:position>")
@web.guests_welcome
def item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item, as it may be shown before the answer."""
    session = web.db_session()
    attempt = _exam_of(attempt_id)
    moment = web.now()
    if attempt.standing(moment) is not Standing.RUNNING:
        return redirect(_page_after(attempt))
    places = attempt_queries.places(session, me().id, attempt_id)
    place = web.or_404(_place_at(places, position))
    version = web.or_404(bank_queries.version_of(session, place.item_id, place.version))
    return render_template(
        "exam/item.html",
        attempt=attempt,
        places=places,
        item=open_item(place, version),
        seconds_left=seconds_left(attempt.deadline(moment), moment),
    )


@blueprint.post("/attempts/<uuid:attempt_id>/items/<int:position>")
@web.guests_welcome
def save_item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Store what the item's form says, and go where it asks: to another place, or to the review."""
    target = request.form.get("go", "")
    shown_next = int(target) if target.isdecimal() else None
    answer = "" if target == "clear" else request.form.get("answer")
    flag = "flag" in request.form if "answer_form" in request.form else None
    session = web.db_session()
    try:
        with writing(session):
            stored = saving.store_from_form(
                session,
                me().id,
                attempt_id,
                position=position,
                answer=answer,
                is_flagged=flag,
                shown_next=shown_next,
                now=web.now(),
            )
    except saving.NoSuchAttemptError:
        return web.error_page(404)
    except saving.AttemptFinishedError:
        web.say("This attempt is finished; its answers can no longer change.", "note")
        return redirect(url_for("exam.result", attempt_id=attempt_id), 303)
    except saving.BadEventError as error:
        return web.error_page(400, str(error))
    if stored.not_counted:
        web.say("That answer was made after the time was up. It is kept, but it does not count.", "note")
    if target == "review":
        return redirect(url_for("exam.review", attempt_id=attempt_id), 303)
    return redirect(url_for("exam.item", attempt_id=attempt_id, position=shown_next or position), 303)


@blueprint.post("/attempts/<uuid:attempt_id>/resume")
@web.guests_welcome
def resume(attempt_id: UUID) -> ResponseReturnValue:
    """Go on with the first item that has no answer."""
    return _go(attempt_id, None)


@blueprint.post("/attempts/<uuid:attempt_id>/go")
@web.guests_welcome
def go(attempt_id: UUID) -> ResponseReturnValue:
    """Go to the place that a button of the review names."""
    target = request.form.get("go", "")
    return _go(attempt_id, int(target)) if target.isdecimal() else web.error_page(400)


def _go(attempt_id: UUID, position: int | None) -> ResponseReturnValue:
    session = web.db_session()
    attempt = _exam_of(attempt_id)
    if attempt.standing(web.now()) is not Standing.RUNNING:
        return redirect(_page_after(attempt), 303)
    places = attempt_queries.places(session, me().id, attempt_id)
    if position is None:
        position = next((place.position for place in places if not place.answer), 1)
    web.or_404(_place_at(places, position))
    with writing(session):
        saving.show(session, me().id, attempt_id, position, web.now())
    return redirect(url_for("exam.item", attempt_id=attempt_id, position=position), 303)


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@web.guests_welcome
def review(attempt_id: UUID) -> ResponseReturnValue:
    """What is incomplete and what is flagged, before submitting."""
    attempt = _exam_of(attempt_id)
    moment = web.now()
    if attempt.standing(moment) is not Standing.RUNNING:
        return redirect(_page_after(attempt))
    places = attempt_queries.places(web.db_session(), me().id, attempt_id)
    left = seconds_left(attempt.deadline(moment), moment)
    return render_template("exam/review.html", attempt=attempt, places=places, seconds_left=left)


@blueprint.get("/attempts/<uuid:attempt_id>/time-up")
@web.guests_welcome
def time_up(attempt_id: UUID) -> ResponseReturnValue:
    """The time is over: what was stored counts, and the result waits to be opened."""
    attempt = _exam_of(attempt_id)
    if attempt.standing(web.now()) is not Standing.EXPIRED:
        return redirect(_page_after(attempt))
    places = attempt_queries.places(web.db_session(), me().id, attempt_id)
    return render_template("exam/time_up.html", attempt=attempt, answered=sum(bool(p.answer) for p in places))


@blueprint.post("/attempts/<uuid:attempt_id>/submit")
@web.guests_welcome
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Finish the attempt; doing it twice changes nothing."""
    session = web.db_session()
    attempt = _exam_of(attempt_id)
    with writing(session):
        attempt_actions.finish(session, me().id, attempt.id, web.now())
    return redirect(url_for("exam.result", attempt_id=attempt_id), 303)


# --- Afterwards -----------------------------------------------------------------------------------------------------


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@web.guests_welcome
def result(attempt_id: UUID) -> ResponseReturnValue:
    """The score against the candidate's target, and what to study next."""
    session = web.db_session()
    attempt = _exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(_page_after(attempt))
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
    attempt = _exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(_page_after(attempt))
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
    attempt = _exam_of(attempt_id)
    if attempt.finished_at is None:
        return redirect(_page_after(attempt))
    places = attempt_queries.places(session, me().id, attempt_id)
    place = web.or_404(_place_at(places, position))
    version = web.or_404(bank_queries.version_of(session, place.item_id, place.version))
    return render_template(
        "exam/answer.html",
        attempt=attempt,
        item=explained_item(place, version),
        tags=tags_of(web.config().bank_dir),
    )


@blueprint.get("/history")
def history() -> ResponseReturnValue:
    """Every attempt, the newest first."""
    moment = web.now()
    rows = [
        (attempt, attempt.standing(moment).value)
        for attempt in attempt_queries.attempts_of(web.db_session(), me().id)
    ]
    return render_template("exam/history.html", rows=rows)


def _exam_of(attempt_id: UUID) -> Attempt:
    """The visitor's exam; a practice set is none, and has pages of its own."""
    attempt = web.or_404(attempt_queries.attempt_of(web.db_session(), me().id, attempt_id))
    return web.or_404(None if attempt.is_practice else attempt)


def _page_after(attempt: Attempt) -> str:
    """Where an attempt's reader belongs now."""
    standing = attempt.standing(web.now())
    page = {Standing.FINISHED: "exam.result", Standing.EXPIRED: "exam.time_up", Standing.RUNNING: "exam.review"}
    return url_for(page[standing], attempt_id=attempt.id)


def _place_at(places: list[PlaceState], position: int) -> PlaceState | None:
    return places[position - 1] if 1 <= position <= len(places) else None


def _custom_page(form: CustomForm) -> ResponseReturnValue:
    session = web.db_session()
    return render_template(
        "exam/custom.html",
        form=form,
        tags=tags_of(web.config().bank_dir),
        domain_counts=bank_queries.counts_by_domain(session),
        area_counts=bank_queries.counts_by_tag(session, "area"),
        topic_counts=bank_queries.counts_by_tag(session, "topic"),
        new_token=uuid4,
    )
