"""The exam room: one item at a time, the review, submitting."""

from datetime import datetime
from functools import cache
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts import saving
from quizapp.attempts.display import open_item
from quizapp.attempts.forms import place_named
from quizapp.attempts.models import Attempt
from quizapp.bank import queries as bank_queries
from quizapp.db import writing
from quizapp.exam.visits import exam_of, page_after, place_at
from quizapp.rules.answer_log import ANSWER, CERTAINTY, FLAG, NOTE
from quizapp.rules.timing import Standing, seconds_left

blueprint = Blueprint("room", __name__)


def _page_instead(attempt: Attempt, moment: datetime, position: int | None = None) -> str | None:
    """Where the room sends its reader when it is closed: set aside, over, or on a break."""
    if attempt.is_closed_for_now:
        return _history_with(saving.SetAsideError())
    if attempt.standing(moment) is not Standing.RUNNING:
        return page_after(attempt)
    if attempt.is_on_break(moment):
        return url_for("allowances.pause", attempt_id=attempt.id, position=position)
    return None


def _history_with(error: saving.SetAsideError) -> str:
    web.say(str(error), "note")
    return url_for("exam.history")


@blueprint.get("/attempts/<uuid:attempt_id>/items/<int(max=9999):position>")
@web.guests_welcome
def item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item, as it may be shown before the answer."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    moment = web.now()
    if elsewhere := _page_instead(attempt, moment, position):
        return redirect(elsewhere)
    places = attempt_queries.places(session, me().id, attempt_id)
    here = attempt_queries.places(session, me().id, attempt_id, position, attempt_queries.ROOM_KINDS)
    place = web.or_404(here[0] if here else None)
    version = web.or_404(bank_queries.version_of(session, place.item_id, place.version))
    return render_template(
        "exam/item.html",
        attempt=attempt,
        places=places,
        item=open_item(place, version),
        seconds_left=seconds_left(attempt.deadline(moment), moment),
    )


@blueprint.get("/attempts/<uuid:attempt_id>/form")
@web.guests_welcome
def form(attempt_id: UUID) -> ResponseReturnValue:
    """The whole form without keys and without answers, for a page that works through an outage."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    moment = web.now()
    if attempt.is_closed_for_now:
        return web.error_page(409, str(saving.SetAsideError()))
    if attempt.standing(moment) is not Standing.RUNNING or attempt.is_on_break(moment):
        return web.error_page(409, "This mock is over, or on a break.")
    entries = attempt_queries.answered_places(session, me().id, attempt_id, kinds=())
    items = [open_item(entry.place, entry.version) for entry in entries]
    return render_template("exam/form.html", attempt=attempt, items=items)


@blueprint.post("/attempts/<uuid:attempt_id>/items/<int(max=9999):position>")
@web.guests_welcome
def save_item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Store what the item's form says, and go where it asks: to another place, or to the review."""
    target = request.form.get("go", "")
    shown_next = place_named(target)
    session = web.db_session()
    try:
        with writing(session):
            stored = saving.store_from_form(
                session,
                me().id,
                attempt_id,
                position=position,
                said=_said(target),
                shown_next=shown_next,
                now=web.now(),
            )
    except saving.NoSuchAttemptError:
        return web.error_page(404)
    except saving.AttemptFinishedError:
        web.say("This attempt is finished; its answers can no longer change.", "note")
        return redirect(url_for("result.result", attempt_id=attempt_id), 303)
    except saving.SetAsideError as error:
        return redirect(_history_with(error), 303)
    except saving.TooManyEventsError as error:
        return web.error_page(409, str(error))
    except saving.BadEventError as error:
        return web.error_page(400, str(error))
    if stored.not_counted:
        web.say("That answer was made after the time was up. It is kept, but it does not count.", "note")
    if target == "review":
        return redirect(url_for("room.review", attempt_id=attempt_id), 303)
    return redirect(url_for("room.item", attempt_id=attempt_id, position=stored.shown_next or position), 303)


def _said(target: str) -> dict[str, str]:
    """What the item's form says, by kind of event; a form without the item's own fields says nothing of them."""
    sent = request.form
    said = {kind: sent[kind].replace("\r\n", "\n").strip() for kind in (CERTAINTY, NOTE) if kind in sent}
    if "answer_form" in sent:
        said[FLAG] = "1" if "flag" in sent else "0"
    if target == "clear":
        said[ANSWER] = ""
    elif "answer" in sent:
        said[ANSWER] = sent["answer"]
    return said


@blueprint.post("/attempts/<uuid:attempt_id>/resume")
@web.guests_welcome
def resume(attempt_id: UUID) -> ResponseReturnValue:
    """Go on with the first item that has no answer."""
    return _go(attempt_id, None)


@blueprint.post("/attempts/<uuid:attempt_id>/go")
@web.guests_welcome
def go(attempt_id: UUID) -> ResponseReturnValue:
    """Go to the place that a button of the review names."""
    position = place_named(request.form.get("go", ""))
    return web.error_page(400) if position is None else _go(attempt_id, position)


def _go(attempt_id: UUID, position: int | None) -> ResponseReturnValue:
    session = web.db_session()
    attempt = exam_of(attempt_id)
    moment = web.now()
    if elsewhere := _page_instead(attempt, moment):
        return redirect(elsewhere, 303)
    places = attempt_queries.places(session, me().id, attempt_id)
    if position is None:
        position = next((place.position for place in places if not place.answer), 1)
    web.or_404(place_at(places, position))
    try:
        with writing(session):
            saving.show(session, me().id, attempt_id, position, moment)
    except saving.AttemptFinishedError:
        # Another page has submitted it meanwhile.
        return redirect(url_for("result.result", attempt_id=attempt_id), 303)
    except saving.SetAsideError as error:
        return redirect(_history_with(error), 303)
    except saving.TooManyEventsError as error:
        return web.error_page(409, str(error))
    return redirect(url_for("room.item", attempt_id=attempt_id, position=position), 303)


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@web.guests_welcome
def review(attempt_id: UUID) -> ResponseReturnValue:
    """What is incomplete and what is flagged, before submitting."""
    attempt = exam_of(attempt_id)
    moment = web.now()
    if elsewhere := _page_instead(attempt, moment):
        return redirect(elsewhere)
    places = attempt_queries.places(web.db_session(), me().id, attempt_id)
    left = seconds_left(attempt.deadline(moment), moment)
    return render_template("exam/review.html", attempt=attempt, places=places, seconds_left=left)


@blueprint.get("/attempts/<uuid:attempt_id>/time-up")
@web.guests_welcome
def time_up(attempt_id: UUID) -> ResponseReturnValue:
    """The time is over: what was stored counts, and the result waits to be opened."""
    attempt = exam_of(attempt_id)
    if attempt.standing(web.now()) is not Standing.EXPIRED:
        return redirect(page_after(attempt))
    places = attempt_queries.places(web.db_session(), me().id, attempt_id)
    return render_template(
        "exam/time_up.html",
        attempt=attempt,
        answered=sum(bool(place.answer) for place in places),
        late_until=attempt.late_until(web.now()),
    )


@blueprint.post("/attempts/<uuid:attempt_id>/submit")
@web.guests_welcome
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Finish the attempt; doing it twice changes nothing."""
    session = web.db_session()
    attempt = exam_of(attempt_id)
    with writing(session):
        attempt_actions.finish(session, me().id, attempt.id, web.now())
    return redirect(url_for("result.result", attempt_id=attempt_id), 303)


@blueprint.get("/mocks/tutorial")
@web.guests_welcome
def tutorial() -> ResponseReturnValue:
    """How the room works, off the clock."""
    return render_template("exam/tutorial.html")


@blueprint.get("/service-worker.js")
@web.public
def service_worker() -> ResponseReturnValue:
    """The script that keeps a running room through an outage; it must stand at the root to serve the pages below."""
    return Response(_worker_script(), mimetype="text/javascript")


@cache
def _worker_script() -> str:
    return (web.STATIC_DIR / "js" / "service-worker.js").read_text(encoding="utf-8")
