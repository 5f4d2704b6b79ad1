"""Credits: the credential held, its cycles, and the activities logged towards them."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import actions, queries
from quizapp.credits.csv_file import csv_of
from quizapp.credits.forms import UNIT_CHOICES, ActivityForm, CredentialForm
from quizapp.credits.models import Activity
from quizapp.credits.queries import APPROVAL_NAMES, Holding
from quizapp.credits.rule_files import CredentialRules, all_rules
from quizapp.db import writing
from quizapp.rules import credit_words
from quizapp.rules.credit_rules import UNITS, is_long
from quizapp.web import db_session, now, or_404, say, today

blueprint = Blueprint("credits", __name__)
RULES = "cmm"


@blueprint.get("/credits")
def overview() -> ResponseReturnValue:
    """Where the credential stands in the present cycle, or in the one that `cycle` names by its first day."""
    holding = _holding()
    activities = queries.activities_of(db_session(), me().id)
    shown = or_404(queries.overview_of(holding, activities, _wanted_cycle(), today())) if holding else None
    return _page("overview", shown=shown, activities=activities, rules=_rules())


@blueprint.get("/credits/activities.csv")
def download() -> ResponseReturnValue:
    """Every activity as a table."""
    content = csv_of(queries.activities_of(db_session(), me().id))
    name = f"credit-activities-{today().isoformat()}.csv"
    return Response(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- The credential -------------------------------------------------------------------------------------------------


@blueprint.get("/credits/credential")
def credential() -> ResponseReturnValue:
    """The form that adds or changes the credential."""
    holding = _holding()
    return _credential_page(holding, _credential_form(holding))


@blueprint.post("/credits/credential")
def save_credential() -> ResponseReturnValue:
    """Add or change the credential."""
    holding = _holding()
    form = _credential_form(holding)
    if not form.validate_on_submit():
        return _credential_page(holding, form)
    wanted = _wanted_credential(form)
    session = db_session()
    with writing(session):
        if holding is None:
            actions.hold_credential(session, me().id, RULES, wanted, now())
        else:
            or_404(actions.change_credential(session, holding, wanted) or None)
    say(f"Saved: {_rules().short_name}, certified on {credit_words.day_text(wanted.certified_on)}.")
    return redirect(url_for(".overview"), 303)


@blueprint.get("/credits/credential/delete")
def ask_to_delete_credential() -> ResponseReturnValue:
    """Ask before the credential is forgotten."""
    return _page("delete_credential", holding=or_404(_holding()))


@blueprint.post("/credits/credential/delete")
def delete_credential() -> ResponseReturnValue:
    """Forget the credential; its activities stay."""
    session = db_session()
    with writing(session):
        or_404(actions.drop_credential(session, me().id, RULES) or None)
    say("The credential is deleted. Your activities are still here.")
    return redirect(url_for(".overview"), 303)


# --- Activities -----------------------------------------------------------------------------------------------------


@blueprint.get("/credits/activities/new")
def new_activity() -> ResponseReturnValue:
    """An empty form with an id of its own, by which a second sending is recognized."""
    form = ActivityForm(today=today(), data={"id": str(uuid4())})
    return _activity_page(form, None)


@blueprint.post("/credits/activities/new")
def log_activity() -> ResponseReturnValue:
    """Log an activity, once."""
    form = ActivityForm(today=today())
    activity_id = _uuid_or_400(form.id.data)
    if not form.validate_on_submit():
        return _activity_page(form, None)
    entry = _entry_of(form)
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
    form = ActivityForm(today=today(), data=_form_data_of(activity))
    return _activity_page(form, activity)


@blueprint.post("/credits/activities/<uuid:activity_id>/edit")
def change_activity(activity_id: UUID) -> ResponseReturnValue:
    """Change an activity."""
    session = db_session()
    activity = or_404(queries.activity_of(session, me().id, activity_id))
    form = ActivityForm(today=today())
    if not form.validate_on_submit():
        return _activity_page(form, activity)
    entry = _entry_of(form)
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
        or_404(actions.delete_activity(session, me().id, activity_id) or None)
    say(f"Deleted: {activity.title}.")
    return redirect(url_for(".overview"), 303)


# --- Shared by the routes -------------------------------------------------------------------------------------------


def _page(name: str, **values: object) -> str:
    return render_template(f"credits/{name}.html", words=credit_words, approval_names=APPROVAL_NAMES, **values)


def _rules() -> CredentialRules:
    return all_rules(current_app.config["QUIZAPP"].bank_dir)[RULES]


def _holding() -> Holding | None:
    """The visitor's CMM, should they hold it."""
    holdings = queries.holdings_of(db_session(), me().id, today(), current_app.config["QUIZAPP"].bank_dir)
    return next((holding for holding in holdings if holding.held.rules == RULES), None)


def _wanted_cycle() -> date | None:
    text = request.args.get("cycle")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _credential_form(holding: Holding | None) -> CredentialForm:
    rules = _rules()
    data: dict[str, object] = {"version": rules.newest.slug}
    if holding:
        held = holding.held
        data = {
            "certified_on": held.certified_on,
            "is_member": "yes" if held.is_member else "no",
            "version": holding.present.rules.slug,
        }
    return CredentialForm(today=today(), versions={version.slug: version.name for version in rules.versions}, data=data)


def _credential_page(holding: Holding | None, form: CredentialForm) -> ResponseReturnValue:
    return _page("credential", holding=holding, form=form, rules=_rules()), 422 if form.errors else 200


def _wanted_credential(form: CredentialForm) -> actions.WantedCredential:
    return actions.WantedCredential(
        certified_on=form.certified_on.data,  # type: ignore[arg-type]  # a valid form has a day
        is_member=form.is_member.data == "yes",
        version=form.version.data,
    )


def _activity_page(form: ActivityForm, activity: Activity | None) -> ResponseReturnValue:
    minutes = {slug: UNITS[slug].minutes for slug in UNIT_CHOICES}
    return _page("activity", form=form, activity=activity, minutes_of_units=minutes), 422 if form.errors else 200


def _uuid_or_400(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(400)


def _entry_of(form: ActivityForm) -> actions.Entry:
    return actions.Entry(
        title=form.title.data or "",
        provider=form.provider.data or "",
        started_on=form.started_on.data,  # type: ignore[arg-type]  # a valid form has a day
        ended_on=form.last_day,
        amount=form.amount.amount or Decimal(0),
        unit=form.unit.data,
        approval=form.approval.data,
        index_number=form.index_number.data or "",
        note=form.note.data or "",
    )


def _form_data_of(activity: Activity) -> dict[str, object]:
    return {
        "title": activity.title,
        "provider": activity.provider,
        "started_on": activity.started_on,
        "ended_on": activity.ended_on if activity.ended_on != activity.started_on else None,
        "amount": credit_words.plain_number(credit_words.hundredths(activity.amount_hundredths)),
        "unit": activity.unit,
        "approval": activity.approval,
        "index_number": activity.index_number,
        "note": activity.note,
    }


def _after_saving(entry: actions.Entry) -> ResponseReturnValue:
    """Say what was stored and where it counts, and show the cycle that it counts in."""
    say(f"Saved: {entry.title}. {credit_words.equation_text(entry.amount, entry.unit, entry.minutes)}.")
    if is_long(entry.minutes, entry.started_on, entry.ended_on):
        say("That is more than eight hours a day. If it is not what you meant, look again whose unit it is.", "note")
    if entry.approval == "approved" and not entry.index_number:
        say("Add its index number when you have it: it is the proof that PAHCOM approved the activity.", "note")
    return redirect(url_for(".overview", cycle=_cycle_to_show(entry.ended_on)), 303)


def _cycle_to_show(day: date) -> str | None:
    """The first day of the past cycle that a day falls into; None for the present one, or for none at all."""
    holding = _holding()
    if holding is None:
        return None
    cycle = holding.cycle_of(day)
    if cycle is None:
        say("It ended before your certification, so it counts in no cycle.", "note")
    return cycle.start.isoformat() if cycle and cycle != holding.present else None
