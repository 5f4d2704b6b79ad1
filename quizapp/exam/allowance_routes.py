"""Time that is given back: breaks and outages. Attempts that are set aside, and starting over."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import allowances
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.forms import place_named
from quizapp.attempts.models import Attempt
from quizapp.db import writing
from quizapp.exam.visits import exam_of, page_after
from quizapp.rules.timing import MAX_AGE_MS, MOST_BREAK_SECONDS, MOST_OUTAGE_SECONDS, seconds_left

blueprint = Blueprint("allowances", __name__)

MOST_ASKED_SECONDS = MAX_AGE_MS // 1000


# --- Breaks -----------------------------------------------------------------------------------------------------------


@blueprint.get("/attempts/<uuid:attempt_id>/break")
@web.guests_welcome
def pause(attempt_id: UUID) -> ResponseReturnValue:
    """The clock stands still, and the items are out of sight."""
    attempt, moment = exam_of(attempt_id), web.now()
    if not attempt.is_on_break(moment):
        return redirect(page_after(attempt))
    return render_template(
        "exam/break.html",
        attempt=attempt,
        seconds_left=seconds_left(attempt.deadline(moment), moment),
        break_seconds_left=MOST_BREAK_SECONDS - attempt.break_seconds_used(moment),
        position=place_named(request.args.get("position", "")),
    )


@blueprint.post("/attempts/<uuid:attempt_id>/break/start")
@web.guests_welcome
def start_break(attempt_id: UUID) -> ResponseReturnValue:
    """Stop the clock."""
    session, attempt, moment = web.db_session(), exam_of(attempt_id), web.now()
    try:
        with writing(session):
            allowances.start_break(session, me().id, attempt.id, moment)
    except allowances.NotAllowedError as error:
        return _refused(attempt, error)
    if _wants_json():
        return _as_it_stands(attempt_id)
    position = place_named(request.form.get("position", ""))
    return redirect(url_for("allowances.pause", attempt_id=attempt_id, position=position), 303)


@blueprint.post("/attempts/<uuid:attempt_id>/break/end")
@web.guests_welcome
def end_break(attempt_id: UUID) -> ResponseReturnValue:
    """Let the clock go on, at the item where it stopped."""
    session, attempt = web.db_session(), exam_of(attempt_id)
    with writing(session):
        allowances.end_break(session, me().id, attempt.id, web.now())
    if _wants_json():
        return _as_it_stands(attempt_id)
    position = place_named(request.form.get("position", ""))
    if position is None or not 1 <= position <= attempt.item_count:
        return redirect(page_after(attempt), 303)
    return redirect(url_for("room.item", attempt_id=attempt_id, position=position), 303)


# --- Outages ----------------------------------------------------------------------------------------------------------


@blueprint.post("/attempts/<uuid:attempt_id>/outage")
@web.guests_welcome
def credit_outage(attempt_id: UUID) -> ResponseReturnValue:
    """Add the time of an outage: what is asked for, within what the log and the rules allow."""
    session, attempt = web.db_session(), exam_of(attempt_id)
    asked = _asked_seconds()
    if asked is None:
        return web.error_page(400, "Say in whole seconds how long the outage was.")
    try:
        with writing(session):
            granted = allowances.credit_outage(session, me().id, attempt.id, asked, web.now())
    except allowances.NotAllowedError as error:
        return _refused(attempt, error)
    if _wants_json():
        return {"seconds": granted, **_as_it_stands(attempt_id)}
    if granted:
        web.say(f"{web.format_duration(granted)} added for the outage. The result will say so.")
    else:
        most = MOST_OUTAGE_SECONDS // 60
        web.say(f"No time was added: answers kept arriving, or the {most} minutes for outages are used up.", "note")
    return redirect(page_after(attempt_of_now(attempt_id)), 303)


def attempt_of_now(attempt_id: UUID) -> Attempt:
    """The visitor's attempt, read anew after a write."""
    session = web.db_session()
    session.expire_all()
    return web.or_404(attempt_queries.attempt_of(session, me().id, attempt_id))


def _as_it_stands(attempt_id: UUID) -> dict[str, int | None]:
    """How much time is left, for a script."""
    attempt, moment = attempt_of_now(attempt_id), web.now()
    return {
        "seconds_left": seconds_left(attempt.deadline(moment), moment),
        "break_seconds_left": MOST_BREAK_SECONDS - attempt.break_seconds_used(moment) if attempt.allows_breaks else 0,
    }


def _asked_seconds() -> int | None:
    """The length of the outage from a form's field or a script's JSON; None if that is no such number."""
    if request.is_json:
        sent = request.get_json(silent=True)
        asked = sent.get("seconds") if isinstance(sent, dict) else None
    else:
        text = request.form.get("seconds", "")
        asked = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
    if not isinstance(asked, int) or isinstance(asked, bool):
        return None
    return asked if 0 < asked <= MOST_ASKED_SECONDS else None


def _wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _refused(attempt: Attempt, error: allowances.NotAllowedError) -> ResponseReturnValue:
    if _wants_json():
        return web.json_error(409, str(error))
    web.say(str(error), "note")
    return redirect(page_after(attempt), 303)


# --- Set aside, bring back, start over --------------------------------------------------------------------------------


@blueprint.get("/attempts/<uuid:attempt_id>/set-aside")
def ask_to_set_aside(attempt_id: UUID) -> ResponseReturnValue:
    """What setting an attempt aside means."""
    return render_template("exam/set_aside.html", attempt=_own(attempt_id), now=web.now())


@blueprint.post("/attempts/<uuid:attempt_id>/set-aside")
def set_aside(attempt_id: UUID) -> ResponseReturnValue:
    """Leave an attempt out of what counts."""
    session, attempt = web.db_session(), _own(attempt_id)
    with writing(session):
        allowances.set_aside(session, me().id, attempt.id, web.now())
    web.say(f"Set aside: {attempt.title}. It can be brought back from the end of this page.")
    return redirect(url_for("exam.history"), 303)


@blueprint.post("/attempts/<uuid:attempt_id>/bring-back")
def bring_back(attempt_id: UUID) -> ResponseReturnValue:
    """Let an attempt count again."""
    session, attempt = web.db_session(), _own(attempt_id)
    with writing(session):
        allowances.bring_back(session, me().id, attempt.id)
    web.say(f"Brought back: {attempt.title}. It counts again.")
    return redirect(url_for("exam.history"), 303)


@blueprint.get("/history/start-over")
def ask_to_start_over() -> ResponseReturnValue:
    """What starting over means."""
    attempts = attempt_queries.attempts_of(web.db_session(), me().id, limit=10_000)
    return render_template("exam/start_over.html", attempts=attempts)


@blueprint.post("/history/start-over")
def start_over() -> ResponseReturnValue:
    """Set every attempt aside."""
    session = web.db_session()
    with writing(session):
        count = allowances.start_over(session, me().id, web.now())
    web.say(f"You start afresh: {web.counted(count, 'attempt')} set aside. Each can be brought back below.")
    return redirect(url_for("exam.history"), 303)


def _own(attempt_id: UUID) -> Attempt:
    """The visitor's attempt, exam or practice."""
    return web.or_404(attempt_queries.attempt_of(web.db_session(), me().id, attempt_id))
