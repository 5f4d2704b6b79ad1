"""The catalogue, starting a mock, the history."""

from datetime import datetime
from random import Random
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import actions as account_actions
from quizapp.accounts import login, throttling
from quizapp.accounts.login import me
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.actions import Plan
from quizapp.attempts.forms import StartForm
from quizapp.attempts.routes import begin, pool_of_today
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.db import writing
from quizapp.exam import actions, offers
from quizapp.exam.forms import CustomForm, TermsForm

blueprint = Blueprint("exam", __name__)


@blueprint.get("/mocks")
def catalogue() -> ResponseReturnValue:
    """Every mock on offer, with what is running."""
    session = web.db_session()
    bank_dir = web.config().bank_dir
    groups = offers.catalogue(session, blueprint_of(bank_dir), tags_of(bank_dir), pool_of_today())
    running = attempt_queries.open_attempts(session, me().id)
    return render_template("exam/catalogue.html", groups=groups, running=running, new_token=uuid4)


@blueprint.get("/mocks/new")
def new() -> ResponseReturnValue:
    """One mock before its start, the full one unless the address says another: how many items, and on which terms."""
    kind, tag = request.args.get("kind", "full"), request.args.get("tag", "")
    plan = _plan_of(kind, tag)
    weights = blueprint_of(web.config().bank_dir).weights
    dice = Random(web.new_seed())
    offer = offers.offer_of(web.db_session(), me().id, plan, weights, dice, today=web.today(), pool=pool_of_today())
    form = TermsForm(formdata=None)
    form.say_how_long(plan, offer.item_count)
    return render_template("exam/start.html", form=form, offer=offer, kind=kind, tag=tag, new_token=uuid4)


@blueprint.post("/mocks/start")
def start() -> ResponseReturnValue:
    """Start a mock of the catalogue."""
    form = TermsForm()
    if not form.validate_on_submit():
        return web.error_page(400)
    plan = _plan_of(request.form.get("kind", ""), request.form.get("tag", ""))
    return _start(actions.on_terms(plan, form.terms), UUID(form.start_token.data))


@blueprint.get("/mocks/custom")
def custom() -> ResponseReturnValue:
    """The form for a mock of one's own choosing."""
    form = CustomForm(tags_of(web.config().bank_dir), data={"item_count": 30, "minutes": 27})
    return _custom_page(form)


@blueprint.post("/mocks/custom")
def start_custom() -> ResponseReturnValue:
    """Start a mock of one's own choosing, or offer the largest that can be drawn."""
    form = CustomForm(tags_of(web.config().bank_dir))
    if not form.validate_on_submit():
        return _custom_page(form), 422
    plan = actions.custom_plan(form.selection, form.item_count.data or 1, form.minutes.data)
    try:
        return _start(actions.on_terms(plan, form.terms), UUID(form.start_token.data))
    except attempt_actions.TooFewItemsError as error:
        seconds = plan.seconds_for(error.item_count)
        form.offer(error.item_count, None if seconds is None else -(-seconds // 60))
        return _custom_page(form)


@blueprint.post("/sampler")
@web.public
def start_sampler() -> ResponseReturnValue:
    """Ten items for anybody; somebody without an account becomes a guest, who may keep them by registering."""
    plan = actions.sampler_plan(blueprint_of(web.config().bank_dir))
    form = StartForm()
    start_token = UUID(form.start_token.data) if form.validate() else uuid4()
    if login.visitor() is None:
        closed_until = _become_guest(request.form.get("time_zone", ""))
        if closed_until is not None:
            return web.error_page(429, "Many samplers were started from your network. Try again in an hour.")
    return _start(plan, start_token)


def _become_guest(time_zone: str) -> datetime | None:
    """Give the visitor a user row without an address; returns when to come back if there were too many."""
    session = web.db_session()
    moment = web.now()
    with writing(session):
        closed_until = throttling.count(session, throttling.guest(login.network()), moment)
    if closed_until is None:
        with writing(session):
            guest = account_actions.make_guest(session, time_zone=time_zone, now=moment)
            login.start_session(guest, moment, web.config().session_days)
    return closed_until


def _plan_of(kind: str, tag: str) -> Plan:
    """The plan of a mock of the catalogue, or 404."""
    bank_dir = web.config().bank_dir
    try:
        return actions.mock_plan(kind, tag, blueprint_of(bank_dir), tags_of(bank_dir))
    except actions.NoSuchMockError:
        abort(404, "The catalogue has no such mock.")


def _start(plan: Plan, start_token: UUID) -> ResponseReturnValue:
    try:
        attempt = begin(plan, start_token, pool_of_today())
    except attempt_actions.NoItemsError:
        web.say(
            "There is nothing to draw for that choice: the bank has no items for it, or mocks that you have begun "
            "hold them all.",
            "note",
        )
        return redirect(url_for("exam.catalogue"), 303)
    return redirect(url_for("room.item", attempt_id=attempt.id, position=1), 303)


@blueprint.get("/history")
def history() -> ResponseReturnValue:
    """Every attempt, the newest first, and what is set aside."""
    session, moment = web.db_session(), web.now()
    counting, aside = (
        [(attempt, attempt.standing(moment).value) for attempt in attempts]
        for attempts in (
            attempt_queries.attempts_of(session, me().id),
            attempt_queries.attempts_of(session, me().id, is_set_aside=True),
        )
    )
    return render_template("exam/history.html", rows=counting, set_aside=aside)


def _custom_page(form: CustomForm) -> str:
    session, pool = web.db_session(), pool_of_today()
    return render_template(
        "exam/custom.html",
        form=form,
        tags=tags_of(web.config().bank_dir),
        domain_counts=pool.counts_by_domain,
        area_counts=pool.counts_by_tag(session, "area"),
        topic_counts=pool.counts_by_tag(session, "topic"),
        new_token=uuid4,
    )
