"""Credentials held: choosing, adding, changing and deleting them, and where each of their cycles stands."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import credential_actions as actions
from quizapp.credits import custom, evidence_queries, queries, summaries, tagging
from quizapp.credits.audit_forms import papers_of
from quizapp.credits.credential_actions import WantedCredential
from quizapp.credits.credential_forms import CredentialForm
from quizapp.credits.cycle_records import CountedActivity, counted_activities, record_in
from quizapp.credits.models import Activity, ClosedCycle
from quizapp.credits.queries import Holding, Standings, Unreadable
from quizapp.credits.record_changes import changes_since
from quizapp.credits.rule_book import all_rules
from quizapp.credits.rule_files import CUSTOM, CredentialRules
from quizapp.db import writing
from quizapp.rules import credit_sentences, credit_words
from quizapp.rules.credit_retests import has_use_for_retest
from quizapp.rules.credit_status import CycleStatus
from quizapp.web import CONTROL_CHARACTERS, config, day_or_404, db_session, now, or_404, say, today

blueprint = Blueprint("credentials", __name__)


# --- One credential -------------------------------------------------------------------------------------------------


@blueprint.get("/credits/credentials/<uuid:held_id>")
def details(held_id: UUID) -> ResponseReturnValue:
    """Where a cycle stands: the present one, or what `cycle` names by its first day; closed ones as recorded."""
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    held_one = _of(standings, held_id)
    start = day_or_404(request.args["cycle"]) if "cycle" in request.args else None
    if start and start in held_one.closed:
        return _closed_page(standings, held_one, held_one.closed[start])
    if isinstance(held_one, Unreadable):
        return _unreadable_page(held_one, start)
    holding, start = held_one, start or held_one.present.cycle.start
    status = or_404(holding.status_from(start))
    activities = [activity for activity in standings.activities if str(activity.id) in status.entries]
    certificates = evidence_queries.certificates_of(db_session(), me().id, [each.id for each in activities])
    counted = counted_activities(status, activities, certificates)
    return _page(
        "credential",
        holding=holding,
        status=status,
        summary=summaries.summary_of(holding, status, today()),
        version=holding.version_of(status.cycle),
        newer=holding.newer_versions(status.cycle),
        activities=[each for each in counted if each.counts_here],
        left_out=_left_out(counted, _elsewhere(standings, holding, status)),
        membership=summaries.membership_of(holding, today()),
        papers=papers_of(held_id, start, counted, me().display_name),
        is_closable=status in holding.closable(today()),
        to_close=holding.to_close(today()),
        may_retest=bool(holding.retests) or has_use_for_retest(holding.statuses, today()),
    )


def _unreadable_page(held_one: Unreadable, start: date | None) -> str:
    """What is kept of a credential whose rules cannot be read, and the ways out; of its cycles, only closed ones."""
    if start is not None:
        abort(404)
    return _page("unreadable", held_one=held_one, custom_id=custom.id_in(held_one.held.rules))


def _closed_page(standings: Standings, holding: Holding | Unreadable, closed: ClosedCycle) -> str:
    record = record_in(closed)
    ids = [UUID(each.id) for each in record.activities if each.certificates]
    certificates = evidence_queries.certificates_of(db_session(), me().id, ids)
    return _page(
        "closed",
        holding=holding,
        closed=closed,
        record=record,
        papers=papers_of(closed.held_credential_id, record.start_on, record.activities, me().display_name),
        changes=changes_since(record, holding, standings, certificates),
        stored={str(activity.id) for activity in standings.activities},
        # Opened again, a cycle is reckoned anew, which takes rules.
        may_reopen=isinstance(holding, Holding) and holding.may_reopen(closed),
    )


def _left_out(
    counted: Sequence[CountedActivity], elsewhere: Sequence[tuple[Activity, str]]
) -> dict[str, list[Activity]]:
    """Activities of the cycle's days that count for nothing in it, by the reason."""
    found: dict[str, list[Activity]] = {}
    pairs = [(each.activity, each.why_not) for each in counted if not each.counts_here]
    for activity, why in [*pairs, *elsewhere]:
        found.setdefault(why, []).append(activity)
    return found


def _elsewhere(standings: Standings, holding: Holding, status: CycleStatus) -> list[tuple[Activity, str]]:
    """Activities of the cycle's days that count to another one, and for a first cycle those before it; each why."""
    cycle = status.cycle
    earlier = [each.cycle.end for each in holding.statuses if each.cycle.end <= cycle.start]
    ends_before = max(earlier, default=date.min)
    claimed = {credit_id: each.cycle for each in holding.statuses for credit_id in each.entries}
    found = []
    for activity in standings.activities:
        counts_to = claimed.get(str(activity.id))
        if counts_to == cycle:
            continue
        if counts_to and (cycle.holds(activity.ended_on) or cycle.may_take(activity.ended_on)):
            found.append((activity, f"Counts to the cycle {credit_words.span_text(counts_to)}."))
        elif counts_to is None and cycle.holds(activity.ended_on):
            found.append((activity, "Was logged after the cycle of its day had been closed."))
        elif cycle.is_first and ends_before <= activity.ended_on < cycle.start:
            what = "passed the retest" if earlier else "were certified"
            found.append((activity, f"Ended before you {what}."))
    return found


# --- Adding ---------------------------------------------------------------------------------------------------------


@blueprint.get("/credits/credentials/new")
def choose() -> ResponseReturnValue:
    """The credentials whose rules are known here, by body; `q` looks for a part of a name."""
    wanted = " ".join(CONTROL_CHARACTERS.sub("", request.args.get("q", "")).split())[:100]
    rules = all_rules(config().bank_dir)
    found = [each for each in rules.values() if _is_found(each, wanted)]
    bodies = sorted(
        {(each.body, each.body_name.partition(" (")[0]) for each in found}, key=lambda one: one[0].casefold()
    )
    return _page(
        "choose",
        wanted=wanted,
        groups=[(name, body, [each for each in found if each.body == body]) for body, name in bodies],
        own=custom.customs_of(db_session(), me().id),
        held=queries.held_by_rules(db_session(), me().id),
    )


def _is_found(rules: CredentialRules, wanted: str) -> bool:
    text = f"{rules.short_name} {rules.name} {rules.body} {rules.body_name}".casefold()
    return all(word in text for word in wanted.casefold().split())


@blueprint.get("/credits/credentials/new/<rules>")
def new_credential(rules: str) -> ResponseReturnValue:
    """The form that adds a credential."""
    found = _rules_or_404(rules)
    held = queries.held_by_rules(db_session(), me().id).get(rules)
    if held is not None:
        return _held_already(found, held.id)
    return _form_page(found, CredentialForm(rules=found, today=today(), data={"version": found.newest.slug}), None)


@blueprint.post("/credits/credentials/new/<rules>")
def add_credential(rules: str) -> ResponseReturnValue:
    """Hold a credential, once."""
    found = _rules_or_404(rules)
    form = CredentialForm(rules=found, today=today())
    if not form.validate_on_submit():
        return _form_page(found, form, None)
    wanted = form.wanted()
    session = db_session()
    with writing(session):
        if not custom.keeps_version(session, me().id, rules, wanted.version):
            abort(409)
        held_id = actions.hold_credential(session, me().id, found, wanted, today(), now())
    if held_id is None:
        return _held_already(found, or_404(queries.held_by_rules(session, me().id).get(rules)).id)
    say(f"Added: {found.short_name}, certified on {credit_words.day_text(wanted.certified_on)}.")
    _ask_about(held_id, has_new_day=wanted.due_on is not None)
    return redirect(url_for(".details", held_id=held_id), 303)


def _ask_about(held_id: UUID, *, has_new_day: bool) -> None:
    """Ask about a last day that makes a short first cycle, and about activities.

    What was logged before a credential was added seldom says what its rules ask for.
    """
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    holding = standings.holding(held_id)
    if holding and has_new_day:
        _ask_about_last_day(holding)
    number = len(tagging.untagged(tagging.only(standings, holding))) if holding else 0
    if number:
        counted = credit_words.counted(number, "activity", "activities")
        address = url_for("tagging.overview", credential=held_id)
        sentence = f"Without any of the kinds that its rules ask for: {counted} of its present cycle."
        say(sentence, "note", ("Say what they were about", address))


def _ask_about_last_day(holding: Holding) -> None:
    question = summaries.short_first_cycle_text(holding)
    if question:
        say(question, "note", ("Change it", url_for(".edit_credential", held_id=holding.held.id)))


def _held_already(rules: CredentialRules, held_id: UUID) -> ResponseReturnValue:
    say(f"You hold {rules.short_name} here already. A credential is held once; what is wrong can be changed.", "note")
    return redirect(url_for(".details", held_id=held_id), 303)


def _rules_or_404(slug: str) -> CredentialRules:
    if slug.startswith(CUSTOM):
        own = custom.customs_of(db_session(), me().id)
        return or_404(next((each.rules for each in own if each.slug == slug), None))
    return or_404(all_rules(config().bank_dir).get(slug))


# --- Changing and deleting --------------------------------------------------------------------------------------------


@blueprint.get("/credits/credentials/<uuid:held_id>/edit")
def edit_credential(held_id: UUID) -> ResponseReturnValue:
    """The form, filled in; where no rules are left to choose from, the page that says so."""
    held_one = _held_or_404(held_id)
    if held_one.rules is None:
        return redirect(url_for(".details", held_id=held_id))
    carried_into = held_one.held.carried_in_from
    data = _form_data_of(held_one, held_one.rules)
    begun_on = _begun_on(held_one)
    form = CredentialForm(rules=held_one.rules, today=today(), begun_on=begun_on, carried_into=carried_into, data=data)
    return _form_page(held_one.rules, form, held_one)


@blueprint.post("/credits/credentials/<uuid:held_id>/edit")
def change_credential(held_id: UUID) -> ResponseReturnValue:
    """Change a credential; its closed cycles stay."""
    held_one = _held_or_404(held_id)
    if held_one.rules is None:
        abort(409)
    form = CredentialForm(
        rules=held_one.rules, today=today(), begun_on=_begun_on(held_one), carried_into=held_one.held.carried_in_from
    )
    if not form.validate_on_submit():
        return _form_page(held_one.rules, form, held_one)
    wanted = form.wanted()
    has_new_day = wanted.due_on not in {None, held_one.held.due_on}
    try:
        with writing(db_session()):
            _change(held_one, wanted)
    except actions.ClosedCycleMovesError as error:
        form.certified_on.errors = [_stays_text(error, held_one)]
        return _form_page(held_one.rules, form, held_one)
    say(f"Saved: {held_one.name}.")
    if has_new_day and isinstance(changed := _held_or_404(held_id), Holding):
        _ask_about_last_day(changed)
    return redirect(url_for(".details", held_id=held_id), 303)


def _begun_on(held_one: Holding | Unreadable) -> date | None:
    """The first day of the present cycle; None where none is known."""
    return held_one.present.cycle.start if isinstance(held_one, Holding) else None


def _change(held_one: Holding | Unreadable, wanted: WantedCredential) -> None:
    """The change; where versions of the rules are lost, the chosen one takes their place first."""
    session, held = db_session(), held_one.held
    if not custom.keeps_version(session, me().id, held.rules, wanted.version):
        abort(409)
    if isinstance(held_one, Unreadable):
        actions.replace_versions(session, me().id, held.id, held_one.lost, wanted.version)
        # Only now can its cycles be reckoned, and what is wanted be compared with the closed ones among them.
        held_one = _held_or_404(held.id)
    if isinstance(held_one, Unreadable):
        abort(409)
    or_404(actions.change_credential(session, held_one, wanted, today()) or None)


def _stays_text(error: actions.ClosedCycleMovesError, held_one: Holding | Unreadable) -> str:
    days = f"{credit_words.day_text(error.start)} to {credit_words.day_text(error.last_day)}"
    way = "Reopen it first." if isinstance(held_one, Holding) else "Choose rules whose cycles have the same days."
    return f"Nothing is saved: the cycle {days} is closed and would get other days or rules. {way}"


def _form_data_of(held_one: Holding | Unreadable, rules: CredentialRules) -> dict[str, object]:
    held = held_one.held
    carried_in = round(Decimal(held.carried_in_minutes) / rules.newest.unit.minutes, 2)
    return {
        "carried_in": credit_words.plain_number(carried_in) if carried_in else "",
        "certified_on": held.certified_on,
        "birth_month": str(held.birth_month or ""),
        "due_on": held.due_on,
        "is_member": "yes" if held.is_member else "no",
        "member_until": held.member_until,
        "further_credentials": held.further_credentials,
        "version": held_one.present.cycle.rules.slug if isinstance(held_one, Holding) else None,
    }


@blueprint.get("/credits/credentials/<uuid:held_id>/delete")
def ask_to_delete_credential(held_id: UUID) -> ResponseReturnValue:
    """Ask before a credential is forgotten."""
    return _page("credential_delete", holding=_held_or_404(held_id))


@blueprint.post("/credits/credentials/<uuid:held_id>/delete")
def delete_credential(held_id: UUID) -> ResponseReturnValue:
    """Forget a credential with its closed cycles; activities stay."""
    held_one = _held_or_404(held_id)
    session = db_session()
    with writing(session):
        or_404(actions.drop_credential(session, me().id, held_id) or None)
    say(f"{held_one.name} is deleted. Your activities are still here.")
    return redirect(url_for("credits.overview"), 303)


# --- What they share --------------------------------------------------------------------------------------------------


def _held_or_404(held_id: UUID) -> Holding | Unreadable:
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    return _of(standings, held_id)


def _of(standings: Standings, held_id: UUID) -> Holding | Unreadable:
    held_one = standings.held_one(held_id)
    if held_one is None:
        abort(404)
    return held_one


def _form_page(
    rules: CredentialRules, form: CredentialForm, held_one: Holding | Unreadable | None
) -> ResponseReturnValue:
    is_lost = isinstance(held_one, Unreadable)
    page = _page("credential_form", rules=rules, form=form, holding=held_one, is_lost=is_lost)
    return page, 422 if form.errors else 200


def _page(name: str, **values: object) -> str:
    return render_template(
        f"credits/{name}.html", words=credit_words, sentences=credit_sentences, today=today(), **values
    )
