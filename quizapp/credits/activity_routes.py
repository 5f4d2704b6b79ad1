"""Activities: logging, changing, deleting and finding them, and what one would change."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.bank.tags import tags_of
from quizapp.credits import actions, activity_queries, effects, queries
from quizapp.credits.activity_forms import ActivityForm, PlannedForm, differences, form_data_of
from quizapp.credits.activity_list import Filters, cycles_of, entered_twice, listed_page, years_of
from quizapp.credits.custom import tags_for, tags_held
from quizapp.credits.evidence_queries import certificates_of, proven_activities
from quizapp.credits.models import Activity
from quizapp.credits.queries import Standings
from quizapp.db import writing
from quizapp.insights.queries import progress_of
from quizapp.rules import credit_effects, credit_words
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_units import UNITS
from quizapp.rules.scoring import is_weak, weakest_first
from quizapp.web import config, db_session, now, or_404, say, today

blueprint = Blueprint("activities", __name__)

WEAK_SUBJECTS = 3


# --- All activities -------------------------------------------------------------------------------------------------


@blueprint.get("/credits/activities")
def overview() -> ResponseReturnValue:
    """Everything logged, newest first, filtered, with what it counts for."""
    standings = _standings()
    filters = Filters.of(request.args)
    proven = proven_activities(db_session(), me().id) if filters.lacks_proof else frozenset()
    listed = listed_page(standings, filters, proven)
    certificates = certificates_of(db_session(), me().id, [each.id for each in listed.activities])
    with_certificate = {key for key, files in certificates.items() if files}
    deleted_id = request.args.get("deleted", type=UUID)
    just_deleted = activity_queries.deleted_activity(db_session(), me().id, deleted_id) if deleted_id else None
    return _page(
        "activities",
        standings=standings,
        filters=filters,
        listed=listed,
        years=years_of(standings),
        entered_twice=entered_twice(standings.activities),
        cycles={key: name for key, (name, _) in cycles_of(standings).items()},
        just_deleted=just_deleted,
        recorded_in=_closed_in(standings, just_deleted),
        certificates=certificates,
        counted_of=effects.counted_of(standings, listed.activities, with_certificate),
    )


# --- Logging and changing -------------------------------------------------------------------------------------------


@blueprint.get("/credits/activities/new")
def new_activity() -> ResponseReturnValue:
    """An empty form, or one filled in from another activity.

    It has an id, by which a second sending is recognized, and which stands in the address, so that going back in the
    browser comes to the same form.
    """
    form_id = request.args.get("id", type=UUID)
    if form_id is None:
        return redirect(url_for(".new_activity", id=uuid4(), like=request.args.get("like")))
    if activity_queries.activity_of(db_session(), me().id, form_id):
        say("This form was saved already. Here it can be changed.", "note")
        return redirect(url_for(".edit_activity", activity_id=form_id))
    model = request.args.get("like", type=UUID)
    data: dict[str, object] = {"id": str(form_id)}
    if "like" in request.args:
        like = or_404(activity_queries.activity_of(db_session(), me().id, model) if model else None)
        data = {**form_data_of(like), "started_on": None, "ended_on": None, **data}
    return _form_page(_form(data), None, is_copy=bool(model))


@blueprint.post("/credits/activities/new")
def log_activity() -> ResponseReturnValue:
    """Log an activity, once."""
    form = _form(None)
    activity_id = _uuid_or_400(form.id.data)
    if not form.validate_on_submit():
        return _form_page(form, None)
    entry = form.entry()
    session = db_session()
    with writing(session):
        is_new = actions.log_activity(session, me().id, activity_id, entry, now())
    stored = activity_queries.activity_of(session, me().id, activity_id)
    if stored is None:
        say("This activity was saved before, and deleted since. Here it can be brought back.", "note")
        return redirect(url_for(".deleted"), 303)
    if not is_new and not entry.is_stored_in(stored):
        return _conflict_page(form, stored)
    return _after_saving(entry, activity_id)


@blueprint.post("/credits/activities/preview")
def preview() -> ResponseReturnValue:
    """The form as it was sent, with where it would count. Stores nothing."""
    form = _form(None)
    activity_id = _uuid_or_400(form.id.data)
    activity = None
    if form.seen.data:
        activity = or_404(activity_queries.activity_of(db_session(), me().id, activity_id))
    form.validate()
    return _form_page(form, activity)


@blueprint.get("/credits/activities/<uuid:activity_id>")
def activity(activity_id: UUID) -> ResponseReturnValue:
    """One activity, and where it counts."""
    stored = _activity_or_404(activity_id)
    standings = _standings()
    certificates = certificates_of(db_session(), me().id, [stored.id])[stored.id]
    counted = effects.counted_of(standings, [stored], {stored.id} if certificates else set())[stored.id]
    twins = effects.twins_of(standings, stored, stored.id)
    return _page(
        "activity",
        activity=stored,
        certificates=certificates,
        missing=sorted({name for each in counted for name in each.missing}),
        reckoned=effects.effects_of(standings, queries.credit_of(stored)),
        twins=twins,
        is_entered_twice=stored.id in entered_twice([stored, *twins]),
        repeat_rules=effects.repeat_rules(standings),
        tag_names=tags_held(standings, config().bank_dir).names,
        domains=tags_of(config().bank_dir),
    )


@blueprint.get("/credits/activities/<uuid:activity_id>/edit")
def edit_activity(activity_id: UUID) -> ResponseReturnValue:
    """The form, filled in."""
    stored = _activity_or_404(activity_id)
    form = _form({**form_data_of(stored), "id": str(stored.id), "seen": stored.changed_at.isoformat()})
    return _form_page(form, stored)


@blueprint.post("/credits/activities/<uuid:activity_id>/edit")
def change_activity(activity_id: UUID) -> ResponseReturnValue:
    """Change an activity as the form last saw it; what was changed meanwhile elsewhere is not written over unasked."""
    session = db_session()
    form = _form(None)
    is_valid = form.validate_on_submit()
    stored = activity_queries.activity_of(session, me().id, activity_id)
    if stored is None:
        or_404(activity_queries.deleted_activity(session, me().id, activity_id))
        return _gone_page(form)
    if not is_valid:
        return _form_page(form, stored)
    entry = form.entry()
    if entry.is_stored_in(stored):
        return _after_saving(entry, activity_id)
    seen_at = _moment(form.seen.data)
    is_changed = False
    if seen_at:
        with writing(session):
            is_changed = actions.change_activity(session, me().id, activity_id, entry, now(), seen_at=seen_at)
    return _after_saving(entry, activity_id) if is_changed else _conflict_page(form, _activity_or_404(activity_id))


# --- Deleting and bringing back -------------------------------------------------------------------------------------


@blueprint.post("/credits/activities/<uuid:activity_id>/delete")
def delete_activity(activity_id: UUID) -> ResponseReturnValue:
    """Delete an activity; the list then offers to bring it back."""
    session = db_session()
    with writing(session):
        is_deleted = actions.delete_activity(session, me().id, activity_id, now())
    # A second click finds it deleted, which is what was wanted.
    or_404(is_deleted or activity_queries.deleted_activity(session, me().id, activity_id))
    return redirect(url_for(".overview", deleted=activity_id, **Filters.of(request.args).args()), 303)


@blueprint.post("/credits/activities/<uuid:activity_id>/restore")
def restore_activity(activity_id: UUID) -> ResponseReturnValue:
    """Bring a deleted activity back."""
    session = db_session()
    with writing(session):
        actions.restore_activity(session, me().id, activity_id)
    stored = _activity_or_404(activity_id)
    say(f"Brought back: {stored.title}.")
    return redirect(url_for(".overview", **Filters.of(request.args).args()), 303)


@blueprint.get("/credits/activities/deleted")
def deleted() -> ResponseReturnValue:
    """What was deleted in the last 30 days."""
    found = activity_queries.deleted_activities(db_session(), me().id)
    return _page("deleted_activities", activities=found, kept_for=actions.DELETED_KEPT_FOR)


# --- What if --------------------------------------------------------------------------------------------------------


@blueprint.get("/credits/what-if")
def what_if() -> ResponseReturnValue:
    """What a course that is only thought of would change, and which kinds of learning would help most."""
    standings = _standings()
    tags = tags_held(standings, config().bank_dir)
    is_asked = "hours" in request.args
    last_day = effects.last_plannable_day(standings, today())
    form = PlannedForm(tags=tags, today=today(), last_day=last_day, formdata=request.args if is_asked else None)
    is_valid = form.validate() if is_asked else False
    minutes = form.minutes if is_valid else effects.USUAL_MINUTES
    planned_on = form.ends_on.data or today()
    planned = Credit("planned", planned_on, minutes, frozenset(form.tags.data or ()), form.delivery.data)
    return _page(
        "what_if",
        form=form,
        groups=effects.tag_groups(standings, tags),
        standings=standings,
        minutes=minutes,
        planned_on=planned_on,
        reckoned=effects.effects_of(standings, planned) if is_valid else None,
        ends_first=effects.first_to_end(standings),
        advice=effects.advice_for(standings, tags, minutes, today()),
        weak=_weak_subjects(),
    ), 422 if form.errors else 200


def _weak_subjects() -> list[str]:
    """The names of the exam's domains that this person answers least well, once there are enough answers."""
    progress = progress_of(db_session(), me().id)
    domains = progress.groups["domain"]
    names = tags_of(config().bank_dir)
    target = me().target_percent
    weak = [slug for slug in weakest_first(domains, progress.first_sight) if is_weak(domains[slug], target)]
    return [names.name_of("domain", slug) for slug in weak[:WEAK_SUBJECTS]]


# --- Parts ----------------------------------------------------------------------------------------------------------


def _form_page(
    form: ActivityForm, stored: Activity | None, *, is_copy: bool = False, status: int = 200, **values: object
) -> ResponseReturnValue:
    """The form with where it counts, as far as it is filled in; `stored` is the activity that it changes."""
    standings = _standings()
    tags = tags_held(standings, config().bank_dir)
    if request.method == "POST":
        entry = form.entry() if form.can_be_reckoned else None
    else:
        entry = effects.entry_of(stored) if stored else None
    activity_id = stored.id if stored else _uuid_or_400(form.id.data)
    form.id.data = str(activity_id)
    form.offer_units({holding.rules.body for holding in standings.holdings})
    return _page(
        "activity_form",
        form=form,
        activity=stored,
        is_copy=is_copy,
        entry=entry,
        doubt=credit_words.doubt_text(entry.amount, entry.unit, entry.started_on, entry.ended_on) if entry else "",
        reckoned=effects.effects_of(standings, effects.credit_of_entry(entry, activity_id)) if entry else None,
        twins=effects.twins_of(standings, entry, activity_id) if entry else [],
        repeat_rules=effects.repeat_rules(standings),
        closed_in=_closed_in(standings, stored),
        groups=effects.tag_groups(standings, tags),
        asks_index_number=effects.asks_index_number(standings),
        providers=effects.providers_of(standings.activities),
        minutes_of_units={slug: unit.minutes for slug, unit in UNITS.items()},
        **values,
    ), 422 if form.errors else status


def _conflict_page(form: ActivityForm, stored: Activity) -> ResponseReturnValue:
    """What was typed, beside what is stored since; saving again writes over it knowingly."""
    form.seen.data = stored.changed_at.isoformat()
    return _form_page(form, stored, status=409, differences=differences(form, stored))


def _gone_page(form: ActivityForm) -> ResponseReturnValue:
    """What was typed about an activity that was deleted meanwhile, as a form that logs it anew."""
    form.id.data, form.seen.data = str(uuid4()), ""
    return _form_page(form, None, status=409, is_gone=True)


def _closed_in(standings: Standings, stored: Activity | None) -> list[str]:
    """The credentials in whose closed cycles an activity is recorded or falls."""
    if stored is None or not any(holding.closed for holding in standings.holdings):
        return []
    found = effects.effects_of(standings, queries.credit_of(stored))
    return [each.holding.rules.short_name for each in found if each.effect.kind == "closed"]


def _after_saving(entry: actions.Entry, activity_id: UUID) -> ResponseReturnValue:
    """Say what was stored, and show where it counts, or ask for its certificate where that was wanted."""
    say(f"Saved: {entry.title}. {credit_words.equation_text(entry.amount, entry.unit, entry.minutes)}.")
    doubt = credit_words.doubt_text(entry.amount, entry.unit, entry.started_on, entry.ended_on)
    if doubt:
        say(doubt, "note")
    next_page = "evidence.overview" if "certificate" in request.form else ".activity"
    return redirect(url_for(next_page, activity_id=activity_id), 303)


def _form(data: dict[str, object] | None) -> ActivityForm:
    bank_dir = config().bank_dir
    domains = dict(tags_of(bank_dir).domain_names)
    return ActivityForm(today=today(), tags=tags_for(db_session(), me().id, bank_dir), domains=domains, data=data)


def _standings() -> Standings:
    return queries.standings_of(db_session(), me().id, today(), config().bank_dir)


def _activity_or_404(activity_id: UUID) -> Activity:
    return or_404(activity_queries.activity_of(db_session(), me().id, activity_id))


def _uuid_or_400(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(400)


def _moment(text: str | None) -> datetime | None:
    """When the form's activity was last changed, as the form knows; None where it does not say."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _page(name: str, **values: object) -> str:
    return render_template(
        f"credits/{name}.html", words=credit_words, effect_words=credit_effects, today=today(), **values
    )
