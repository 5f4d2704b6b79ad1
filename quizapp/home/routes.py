"""Landing page, dashboard, help."""

from uuid import uuid4

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me, visitor
from quizapp.attempts import queries as attempt_queries
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.credits import deadlines
from quizapp.credits.queries import standings_of
from quizapp.credits.summaries import cycle_summaries
from quizapp.home import queries
from quizapp.insights.queries import progress_of
from quizapp.rules.scoring import is_weak, weakest_first

blueprint = Blueprint("home", __name__)

RECENT_ATTEMPTS = 5


@blueprint.get("/")
@web.public
def landing() -> ResponseReturnValue:
    """What this is, and ten items to try."""
    person = visitor()
    if person is not None and not person.is_guest:
        return redirect(url_for("home.dashboard"))
    bank_dir = web.config().bank_dir
    running = []
    if person is not None:
        running = list(attempt_queries.attempts_of(web.db_session(), person.id, RECENT_ATTEMPTS))
    return render_template(
        "home/landing.html",
        sampler=blueprint_of(bank_dir).mocks["sampler"],
        tags=tags_of(bank_dir),
        attempts=running,
        new_token=uuid4,
    )


@blueprint.get("/dashboard")
def dashboard() -> ResponseReturnValue:
    """The next step, where you stand, and what your credentials need."""
    session = web.db_session()
    person = me()
    bank_dir = web.config().bank_dir
    progress = progress_of(session, person.id)
    standings = standings_of(session, person.id, web.today(), bank_dir)
    open_attempts = attempt_queries.open_attempts(session, person.id)
    recent = attempt_queries.attempts_of(session, person.id, RECENT_ATTEMPTS)
    credits_first = queries.comes_for_credits(open_attempts, recent, progress, holds_any=bool(standings.holdings))
    coming = deadlines.coming(deadlines.deadlines_in(standings, web.today()), web.today()) if credits_first else []
    step = queries.next_step(open_attempts, progress, person.target_percent, web.now())
    return render_template(
        "home/dashboard.html",
        step=queries.credits_step(coming, web.today()) or step,
        credits_first=credits_first,
        progress=progress,
        weakest=weakest_first(progress.groups["domain"], progress.first_sight)[:3],
        is_weak=is_weak,
        person=person,
        days_left=queries.days_until(person.exam_date, web.today()),
        recent=recent,
        credentials=cycle_summaries(standings, web.today()),
        unreadable=standings.unreadable,
        tags=tags_of(bank_dir),
        new_token=uuid4,
    )


@blueprint.get("/help")
@web.public
def help_page() -> ResponseReturnValue:
    """How the site works and what it does not claim."""
    return render_template("home/help.html", blueprint=blueprint_of(web.config().bank_dir))
