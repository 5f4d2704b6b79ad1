"""Activities: logging, changing and deleting them."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.bank.tags import tags_of
from quizapp.credits import actions, queries
from quizapp.credits.activity_forms import UNIT_CHOICES, ActivityForm, form_data_of
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.models import Activity
from quizapp.db import writing
from quizapp.rules import credit_words
from quizapp.rules.credit_units import UNITS, is_long
from quizapp.web import config, db_session, now, or_404, say, today

blueprint = Blueprint("activities", __name__)


@blueprint.get("/credits/activities/new")
def new_activity() -> ResponseReturnValue:
    """An empty form with an id of its own, by which a second sending is recognized."""
    form = _form({"id": str(uuid4())})
    return _activity_page(form, None)


@blueprint.post("/credits/activities/new")
def log_activity() -> ResponseReturnValue:
    """Log an activity, once."""
    form = _form(None)
    activity_id = _uuid_or_400(form.id.data)
    if not form.validate_on_submit():
        return _activity_page(form, None)
    entry = form.entry()
    session = db_session()
    with writing(session):
        is_new = actions.log_activity(session, me().id, activity_id, entry, now())
    stored = or_404(queries.activity_of(session, me().id, activity_id))
    if not is_new and not entry.is_stored_in(stored):
        say("This form was saved once already. What you changed since is not stored: change it here.", "note")
        return redirect(url_for(".edit_activity", activity_id=activity_id), 303)
    return _after_saving(entry)


@blueprint.get("/credits/activities/<uuid:activity_id>/edit")
def edit_activity(activity_id: UUID) -> ResponseReturnValue:
    """The form, filled in."""
    activity = or_404(queries.activity_of(db_session(), me().id, activity_id))
    form = _form(form_data_of(activity))
    return _activity_page(form, activity)


@blueprint.post("/credits/activities/<uuid:activity_id>/edit")
def change_activity(activity_id: UUID) -> ResponseReturnValue:
    """Change an activity."""
    session = db_session()
    activity = or_404(queries.activity_of(session, me().id, activity_id))
    form = _form(None)
    if not form.validate_on_submit():
        return _activity_page(form, activity)
    entry = form.entry()
    with writing(session):
        or_404(actions.change_activity(session, me().id, activity_id, entry, now()) or None)
    return _after_saving(entry)


@blueprint.get("/credits/activities/<uuid:activity_id>/delete")
def ask_to_delete_activity(activity_id: UUID) -> ResponseReturnValue:
    """Ask before an activity is deleted."""
    return _page("delete_activity", activity=or_404(queries.activity_of(db_session(), me().id, activity_id)))


@blueprint.post("/credits/activities/<uuid:activity_id>/delete")
def delete_activity(activity_id: UUID) -> ResponseReturnValue:
    """Delete an activity."""
    session = db_session()
    activity = or_404(queries.activity_of(session, me().id, activity_id))
    with writing(session):
        or_404(actions.delete_activity(session, me().id, activity_id, now()) or None)
    say(f"Deleted: {activity.title}.")
    return redirect(url_for("credits.overview"), 303)


def _activity_page(form: ActivityForm, activity: Activity | None) -> ResponseReturnValue:
    minutes = {slug: UNITS[slug].minutes for slug in UNIT_CHOICES}
    return _page("activity", form=form, activity=activity, minutes_of_units=minutes), 422 if form.errors else 200


def _uuid_or_400(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(400)


def _after_saving(entry: actions.Entry) -> ResponseReturnValue:
    """Say what was stored, and show where the credentials stand now."""
    say(f"Saved: {entry.title}. {credit_words.equation_text(entry.amount, entry.unit, entry.minutes)}.")
    if is_long(entry.minutes, entry.started_on, entry.ended_on):
        say("That is more than eight hours a day. If it is not what you meant, look again whose unit it is.", "note")
    return redirect(url_for("credits.overview"), 303)


def _form(data: dict[str, object] | None) -> ActivityForm:
    bank_dir = config().bank_dir
    domains = dict(tags_of(bank_dir).domain_names)
    return ActivityForm(today=today(), tags=credit_tags(bank_dir), domains=domains, data=data)


def _page(name: str, **values: object) -> str:
    return render_template(f"credits/{name}.html", words=credit_words, **values)
