"""The catalogue, starting a mock, the history."""

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
from quizapp.attempts.actions import Plan
from quizapp.attempts.forms import StartForm
from quizapp.attempts.routes import begin
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.db import writing
from quizapp.exam import actions
from quizapp.exam.forms import CustomForm

blueprint = Blueprint("exam", __name__)


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
    return redirect(url_for("room.item", attempt_id=attempt.id, position=1), 303)


@blueprint.get("/history")
def history() -> ResponseReturnValue:
    """Every attempt, the newest first."""
    moment = web.now()
    rows = [
        (attempt, attempt.standing(moment).value) for attempt in attempt_queries.attempts_of(web.db_session(), me().id)
    ]
    return render_template("exam/history.html", rows=rows)


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
