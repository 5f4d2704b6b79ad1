"""Credentials whose rules the holder writes down: adding, changing and deleting those rules."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import custom, queries
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.custom import Custom
from quizapp.credits.custom_forms import CustomForm, form_data_in
from quizapp.db import writing
from quizapp.web import config, db_session, now, or_404, say, today

blueprint = Blueprint("custom", __name__)


@blueprint.get("/credits/credentials/custom/new")
def new_custom() -> ResponseReturnValue:
    """An empty form with an id of its own, by which a second sending is recognized."""
    return _form_page(_form({"id": str(uuid4())}), None)


@blueprint.post("/credits/credentials/custom/new")
def write_custom() -> ResponseReturnValue:
    """Keep the rules, once, and go on to the day of certification."""
    form = _form(None)
    custom_id = _uuid_or_400(form.id.data)
    if not form.validate_on_submit():
        return _form_page(form, None)
    session = db_session()
    try:
        with writing(session):
            custom.write_down(session, me().id, custom_id, form.written(), now(), today())
    except custom.TooManyError:
        say(f"At most {custom.MOST_CUSTOMS} credentials of your own are kept. Delete one that you do not hold.", "bad")
        return redirect(url_for("credentials.choose"), 303)
    say(f"Saved: the rules of {form.short_name.data}. Now say when you were certified.")
    return redirect(url_for("credentials.new_credential", rules=Custom.slug_of(custom_id)), 303)


@blueprint.get("/credits/credentials/custom/<uuid:custom_id>/edit")
def edit_custom(custom_id: UUID) -> ResponseReturnValue:
    """The form, filled in."""
    own = or_404(custom.custom_of(db_session(), me().id, custom_id))
    return _form_page(_form(form_data_in(own.content)), own)


@blueprint.post("/credits/credentials/custom/<uuid:custom_id>/edit")
def rewrite_custom(custom_id: UUID) -> ResponseReturnValue:
    """Change the rules: cycles that run or are closed keep theirs."""
    session = db_session()
    own = or_404(custom.custom_of(session, me().id, custom_id))
    form = _form(None)
    if not form.validate_on_submit():
        return _form_page(form, own)
    try:
        with writing(session):
            is_new = custom.rewrite(session, me().id, custom_id, form.written(), now(), today())
    except LookupError:
        abort(404)
    held = queries.held_by_rules(session, me().id).get(own.slug)
    say(f"Saved: {form.short_name.data}.")
    if held is None:
        return redirect(url_for("credentials.choose"), 303)
    if is_new:
        say(
            "Your present cycle keeps the rules that it began under. Choose the new ones here if they hold now."
            if own.rules
            else "Save this too, so that your cycles run under the rules that can be read.",
            "note",
        )
        return redirect(url_for("credentials.edit_credential", held_id=held.id), 303)
    return redirect(url_for("credentials.details", held_id=held.id), 303)


@blueprint.get("/credits/credentials/custom/<uuid:custom_id>/delete")
def ask_to_delete_custom(custom_id: UUID) -> ResponseReturnValue:
    """Ask before the rules are forgotten."""
    own = or_404(custom.custom_of(db_session(), me().id, custom_id))
    held = queries.held_by_rules(db_session(), me().id).get(own.slug)
    return render_template("credits/custom_delete.html", own=own, held=held)


@blueprint.post("/credits/credentials/custom/<uuid:custom_id>/delete")
def delete_custom(custom_id: UUID) -> ResponseReturnValue:
    """Forget rules that are not held."""
    session = db_session()
    own = or_404(custom.custom_of(session, me().id, custom_id))
    try:
        with writing(session):
            or_404(custom.drop(session, me().id, custom_id) or None)
    except custom.HeldError:
        say(f"{own.short_name} is held, so its rules stay. Delete the credential first.", "bad")
        return redirect(url_for(".ask_to_delete_custom", custom_id=custom_id), 303)
    say(f"Deleted: the rules of {own.short_name}.")
    return redirect(url_for("credentials.choose"), 303)


def _form(data: dict[str, object] | None) -> CustomForm:
    return CustomForm(tags=credit_tags(config().bank_dir), now=now(), today=today(), data=data)


def _form_page(form: CustomForm, own: Custom | None) -> ResponseReturnValue:
    return render_template("credits/custom.html", form=form, own=own), 422 if form.errors else 200


def _uuid_or_400(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(400)
