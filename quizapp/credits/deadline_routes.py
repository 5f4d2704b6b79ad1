"""Deadlines of the credentials held, and the calendar that programs fetch."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.credits import deadlines, feed_actions, queries
from quizapp.db import writing
from quizapp.lazy import lazily

blueprint = Blueprint("deadlines", __name__)

calendar_of = lazily("quizapp.credits.calendar_feed:calendar_of")


@blueprint.get("/credits/deadlines")
def overview() -> ResponseReturnValue:
    """What is due when, and how to have it in a calendar."""
    return _page()


@blueprint.post("/credits/deadlines")
def make_feed() -> ResponseReturnValue:
    """Make the calendar's address, or a new one in its place, and show it: only its hash is kept."""
    session = web.db_session()
    with writing(session):
        token = feed_actions.make_feed(session, me().id, web.now())
    return _page(web.config().base_url + url_for(".feed", token=token))


@blueprint.post("/credits/deadlines/revoke")
def revoke_feed() -> ResponseReturnValue:
    """Let the calendar's address open nothing more."""
    session = web.db_session()
    with writing(session):
        feed_actions.revoke_feed(session, me().id)
    web.say("The address of your calendar opens nothing more.")
    return redirect(url_for(".overview"), 303)


@web.public
@blueprint.get("/calendar/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """The calendar of whoever the secret in the address belongs to; nobody has to be signed in."""
    session, now = web.db_session(), web.now()
    owner = web.or_404(deadlines.owner_of_feed(session, token))
    today = deadlines.today_of(owner, now)
    held = deadlines.deadlines_held(session, owner.id, today, web.config().bank_dir)
    shown = deadlines.coming(held, today)
    page = web.config().base_url + url_for(".overview")
    response = Response(calendar_of(shown, page, now), content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    # The hour of asking stands in every event, so equal calendars differ in their bytes: the ETag is weak.
    response.set_etag(deadlines.version_of(shown), weak=True)
    return response.make_conditional(request)


def _page(address: str = "") -> str:
    session, today = web.db_session(), web.today()
    standings = queries.standings_of(session, me().id, today, web.config().bank_dir)
    return render_template(
        "credits/deadlines.html",
        deadlines=deadlines.coming(deadlines.deadlines_in(standings, today), today),
        unreadable=standings.unreadable,
        today=today,
        feed=deadlines.feed_of(session, me().id),
        address=address,
    )
