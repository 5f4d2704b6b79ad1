"""What were these about?: the credit tags of many activities, on one page with one save."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import actions, queries, tagging
from quizapp.credits.custom import tags_held
from quizapp.credits.queries import Standings
from quizapp.credits.totals import totals_text
from quizapp.db import writing
from quizapp.rules import credit_words
from quizapp.web import config, db_session, now, or_404, say, today

blueprint = Blueprint("tagging", __name__)


@blueprint.get("/credits/activities/tags")
def overview() -> ResponseReturnValue:
    """The activities of the present cycles, of all credentials or of the one that `credential` names; a box a tag."""
    standings = _standings()
    held_id = _credential()
    chosen = tagging.only(standings, or_404(standings.holding(held_id))) if held_id else standings
    table = tagging.tag_table(chosen, tags_held(standings, config().bank_dir), request.args.get("page", 1, type=int))
    return render_template(
        "credits/tagging.html",
        words=credit_words,
        standings=standings,
        asking=tagging.asking(standings),
        held_id=held_id,
        table=table,
    )


@blueprint.post("/credits/activities/tags")
def save() -> ResponseReturnValue:
    """Apply the boxes that were changed, and no others, to what is stored by now."""
    session = db_session()
    before = _standings()
    known = tags_held(before, config().bank_dir).names
    try:
        changes = tagging.retaggings_of(request.form.getlist("shown"), request.form.getlist("ticked"), known)
    except ValueError:
        abort(400)
    number = 0
    if changes:
        with writing(session):
            number = actions.retag_activities(session, me().id, changes, now())
    if number:
        totals = totals_text(before, _standings()) or "No present cycle counts more or less by it."
        say(f"Saved: {credit_words.counted(number, 'activity', 'activities')}. {totals}")
    else:
        say("Nothing was changed.", "note")
    page = request.form.get("page", type=int)
    return redirect(url_for(".overview", credential=_credential(), page=page if page != 1 else None), 303)


def _credential() -> UUID | None:
    return request.args.get("credential", type=UUID)


def _standings() -> Standings:
    return queries.standings_of(db_session(), me().id, today(), config().bank_dir)
