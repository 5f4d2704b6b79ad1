"""Retests that were passed: what one does is shown before it is recorded, and it can be removed again."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import credential_actions as actions
from quizapp.credits.credential_forms import RetestForm
from quizapp.credits.queries import Holding, anchors_of, standings_of
from quizapp.db import writing
from quizapp.rules import credit_words
from quizapp.rules.credit_cycles import cycles_until
from quizapp.rules.credit_retests import RetestEffect, effect_text, has_use_for_retest, retest_effect
from quizapp.rules.credit_words import day_text
from quizapp.web import config, day_or_404, db_session, now, or_404, say, today

blueprint = Blueprint("retests", __name__)
RETESTS = "/credits/credentials/<uuid:held_id>/retests"


@blueprint.get(RETESTS)
def overview(held_id: UUID) -> ResponseReturnValue:
    """The retests on record, and what another one would do; nothing is stored by asking."""
    holding = _holding_or_404(held_id)
    is_asked = "passed_on" in request.args
    form = _form(holding, request.args if is_asked else None)
    if is_asked:
        form.validate()
    return _page(holding, form)


@blueprint.post(RETESTS)
def record(held_id: UUID) -> ResponseReturnValue:
    """Put a retest on record, once."""
    holding = _holding_or_404(held_id)
    form = _form(holding, request.form)
    if not form.validate() or form.passed_on.data is None:
        return _page(holding, form)
    passed_on = form.passed_on.data
    try:
        with writing(db_session()):
            is_new = actions.record_retest(db_session(), holding, passed_on, today(), now())
    except actions.NotHeldError:
        abort(404)
    except actions.ClosedCycleMovesError as error:
        form.passed_on.errors = [_stays_text(error)]
        return _page(holding, form)
    except actions.TooManyRetestsError:
        form.passed_on.errors = [f"Nothing is saved: {actions.MOST_RETESTS} retests are on record, the most kept."]
        return _page(holding, form)
    what = "Recorded" if is_new else "On record already"
    say(f"{what}: the retest of {day_text(passed_on)}.", "good" if is_new else "note")
    return redirect(url_for("credentials.details", held_id=held_id), 303)


@blueprint.post(f"{RETESTS}/<passed_on>/remove")
def remove(held_id: UUID, passed_on: str) -> ResponseReturnValue:
    """Forget a retest: cycles are reckoned as if it had not been recorded."""
    holding = _holding_or_404(held_id)
    day = day_or_404(passed_on)
    try:
        with writing(db_session()):
            is_gone = actions.remove_retest(db_session(), holding, day, today())
    except actions.NotHeldError:
        abort(404)
    except actions.ClosedCycleMovesError as error:
        say(_stays_text(error), "bad")
        return redirect(url_for(".overview", held_id=held_id), 303)
    what = "Removed" if is_gone else "Not on record any more"
    say(f"{what}: the retest of {day_text(day)}.", "good" if is_gone else "note")
    return redirect(url_for("credentials.details", held_id=held_id), 303)


def _holding_or_404(held_id: UUID) -> Holding:
    """A credential of the person's own whose holder has a use for a retest, or has recorded one."""
    holding = or_404(standings_of(db_session(), me().id, today(), config().bank_dir).holding(held_id))
    if not holding.retests and not has_use_for_retest(holding.statuses, today()):
        abort(404)
    return holding


def _form(holding: Holding, formdata: object) -> RetestForm:
    return RetestForm(certified_on=holding.held.certified_on, today=today(), formdata=formdata)


def _effect(holding: Holding, passed_on: date) -> RetestEffect:
    """What a retest does, on record or not."""
    others = set(holding.retests) - {passed_on}
    without, with_it = (
        cycles_until(anchors_of(holding.held, days), holding.rules_from, today())
        for days in (others, {*others, passed_on})
    )
    return retest_effect(passed_on, without, with_it)


def _stays_text(error: actions.ClosedCycleMovesError) -> str:
    days = f"{day_text(error.start)} to {day_text(error.last_day)}"
    return f"Nothing is saved: the cycle {days} is closed and would get other days. Reopen it first."


def _page(holding: Holding, form: RetestForm) -> ResponseReturnValue:
    passed_on = form.passed_on.data if not form.errors else None
    page = render_template(
        "credits/retests.html",
        holding=holding,
        form=form,
        passed_on=passed_on,
        effect=effect_text(_effect(holding, passed_on), passed_on) if passed_on else "",
        recorded=[(day, effect_text(_effect(holding, day), day)) for day in reversed(holding.retests)],
        rules=holding.present.cycle.rules,
        words=credit_words,
    )
    return page, 422 if form.errors else 200
