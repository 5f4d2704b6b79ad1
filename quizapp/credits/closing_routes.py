"""Closing a cycle in three steps (check, export, close), and opening it again."""

from dataclasses import dataclass
from datetime import date
from typing import NoReturn
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import closing, custom, evidence_queries, queries
from quizapp.credits.audit_forms import Papers, papers_of
from quizapp.credits.credential_actions import NotHeldError
from quizapp.credits.cycle_records import CountedActivity, CycleRecord, counted_activities, record_of
from quizapp.credits.queries import Holding
from quizapp.credits.rule_files import Version
from quizapp.db import writing
from quizapp.rules import credit_sentences, credit_words
from quizapp.rules.credit_changes import changes_between
from quizapp.rules.credit_status import CycleStatus
from quizapp.web import config, day_or_404, db_session, now, or_404, say, today

blueprint = Blueprint("closing", __name__)
CYCLE = "/credits/credentials/<uuid:held_id>/cycles/<start>"


@dataclass(frozen=True)
class Step:
    """What the steps show: the cycle, what counts in it, and what would be put on record."""

    holding: Holding
    status: CycleStatus
    counted: list[CountedActivity]
    record: CycleRecord

    @property
    def version(self) -> Version:
        """The rules of the cycle."""
        return self.holding.version_of(self.status.cycle)

    @property
    def next_version(self) -> str:
        """The version that is offered for the next cycle: the one chosen for it before, else the newest."""
        following = self.holding.status_from(self.status.cycle.end)
        was_chosen = following is not None and following.cycle.rules.slug != self.version.slug
        return following.cycle.rules.slug if following and was_chosen else self.holding.rules.newest.slug

    @property
    def older_versions(self) -> frozenset[str]:
        """The versions under which the next cycle cannot begin, as far as is known."""
        versions = self.holding.rules.versions[1:]
        return frozenset(each.slug for each in versions if not each.may_hold_on(self.status.cycle.end))

    def changes_with(self, version: Version) -> list[str]:
        """What the next cycle would ask differently under a version."""
        return changes_between(self.status.cycle.rules, version.rules())

    @property
    def lacking_proof(self) -> list[CountedActivity]:
        """Activities that count, but lack a certificate or an index number."""
        return [each for each in self.counted if each.missing_proof]

    @property
    def left_out(self) -> list[CountedActivity]:
        """Activities of the cycle that do not count, or not wholly."""
        return [each for each in self.counted if each.entry.why_not]


@blueprint.get(f"{CYCLE}/check")
def check(held_id: UUID, start: str) -> ResponseReturnValue:
    """First step: what is met, what is missing, what lacks proof and what was left out."""
    return _page("closing_check", _step(held_id, start))


@blueprint.get(f"{CYCLE}/export")
def export(held_id: UUID, start: str) -> ResponseReturnValue:
    """Second step: take along what the body asks for."""
    step = _step(held_id, start)
    papers = papers_of(held_id, step.status.cycle.start, step.counted, me().display_name)
    return _page("closing_export", step, papers=papers)


@blueprint.get(f"{CYCLE}/close")
def ask_to_close(held_id: UUID, start: str) -> ResponseReturnValue:
    """Third step: close the cycle and choose the rules of the next."""
    return _page("closing_close", _step(held_id, start))


@blueprint.post(f"{CYCLE}/close")
def close(held_id: UUID, start: str) -> ResponseReturnValue:
    """Put the cycle on record, once, as it was shown."""
    step = _step(held_id, start)
    version, mark = request.form.get("version", ""), request.form.get("mark", "")
    if version not in {each.slug for each in step.holding.rules.versions}:
        abort(400)
    if mark != step.record.mark:
        say("Something changed since this page was opened. Nothing is closed: look again.", "note")
        return redirect(url_for(".check", held_id=held_id, start=start), 303)
    session = db_session()
    try:
        with writing(session):
            if not custom.keeps_version(session, me().id, step.holding.rules.slug, version):
                abort(409)
            closing.close_cycle(session, me().id, held_id, step.record, version, now())
    except NotHeldError:
        abort(404)
    except (closing.LaterOneIsClosedError, closing.OtherDaysError):
        abort(409)
    carried = step.record.carried_minutes
    words = f" Carried on: {credit_words.credit_text(carried, step.status.cycle.rules.unit)}." if carried else ""
    say(f"Closed: {credit_words.span_text(step.status.cycle)}.{words}")
    return redirect(url_for("credentials.details", held_id=held_id, cycle=start), 303)


@blueprint.get(f"{CYCLE}/reopen")
def ask_to_reopen(held_id: UUID, start: str) -> ResponseReturnValue:
    """Ask before the record of a closed cycle is thrown away."""
    holding = _holding_or_404(held_id)
    closed = holding.closed.get(day_or_404(start))
    if closed is None or not holding.may_reopen(closed):
        return redirect(url_for("credentials.details", held_id=held_id))
    return render_template("credits/closing_reopen.html", holding=holding, closed=closed, words=credit_words)


@blueprint.post(f"{CYCLE}/reopen")
def reopen(held_id: UUID, start: str) -> ResponseReturnValue:
    """Forget the record; the cycle is reckoned again."""
    first_day = day_or_404(start)
    session = db_session()
    try:
        with writing(session):
            is_open = closing.reopen_cycle(session, me().id, held_id, first_day)
    except NotHeldError:
        abort(404)
    except closing.LaterOneIsClosedError:
        abort(409)
    say("The cycle is open again." if is_open else "The cycle was open already.", "good" if is_open else "note")
    return redirect(url_for("credentials.details", held_id=held_id, cycle=start), 303)


def _step(held_id: UUID, start: str) -> Step:
    """The cycle that is to be closed; one that cannot be closed now is shown as it is."""
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    holding = or_404(standings.holding(held_id))
    first_day = day_or_404(start)
    status = next((each for each in holding.closable(today()) if each.cycle.start == first_day), None)
    if status is None:
        _leave(holding, first_day)
    activities = [activity for activity in standings.activities if str(activity.id) in status.entries]
    certificates = evidence_queries.certificates_of(db_session(), me().id, [each.id for each in activities])
    counted = counted_activities(status, activities, certificates)
    carried_minutes = holding.carriable_minutes(status)
    return Step(holding, status, counted, record_of(holding, status, counted, carried_minutes, today()))


def _leave(holding: Holding, start: date) -> NoReturn:
    """Go to a cycle that is closed already, or runs still."""
    if start not in holding.closed:
        status = or_404(holding.status_from(start))
        say(f"A cycle can be closed from its last day on, {credit_words.day_text(status.cycle.last_day)}.", "note")
    target: Response = make_response(
        redirect(url_for("credentials.details", held_id=holding.held.id, cycle=start.isoformat()), 303)
    )
    abort(target)


def _holding_or_404(held_id: UUID) -> Holding:
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    return or_404(standings.holding(held_id))


def _page(name: str, step: Step, **further: Papers) -> str:
    return render_template(
        f"credits/{name}.html", step=step, words=credit_words, sentences=credit_sentences, today=today(), **further
    )
