"""Custom sets and tutor mode: choose, answer, see why at once."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts import saving
from quizapp.attempts.display import explained_item, open_item
from quizapp.attempts.forms import SelectionForm, place_named
from quizapp.attempts.models import Attempt
from quizapp.attempts.routes import begin
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import tags_of
from quizapp.db import writing
from quizapp.practice import actions
from quizapp.rules.scoring import Tally

blueprint = Blueprint("practice", __name__)


@blueprint.get("/practice")
def choose() -> ResponseReturnValue:
    """The form for a practice set."""
    form = SelectionForm(tags_of(web.config().bank_dir), data={"item_count": actions.DEFAULT_ITEMS})
    return _choose_page(form)


@blueprint.post("/practice")
def start() -> ResponseReturnValue:
    """Start a set from the form, or from a button that names a weak area."""
    tags = tags_of(web.config().bank_dir)
    form = SelectionForm(tags)
    if "item_count" not in request.form:
        form.item_count.data = actions.DEFAULT_ITEMS
        form.item_count.raw_data = [str(actions.DEFAULT_ITEMS)]
    if not form.validate():
        return _choose_page(form)
    plan = actions.practice_plan(form.selection, form.item_count.data or actions.DEFAULT_ITEMS, tags)
    try:
        attempt = begin(plan, UUID(form.start_token.data))
    except attempt_actions.NoItemsError:
        web.say("The bank has no items for that choice yet. Choose more domains, areas or topics.", "note")
        return redirect(url_for("practice.choose"), 303)
    return redirect(url_for("practice.item", attempt_id=attempt.id, position=1), 303)


@blueprint.get("/practice/<uuid:attempt_id>/items/<int(max=9999):position>")
def item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item: open until it is answered, explained afterwards."""
    session = web.db_session()
    attempt = _set_of(attempt_id)
    entry = web.or_404(attempt_queries.answered_place(session, me().id, attempt_id, position))
    is_open = not entry.place.answer and attempt.finished_at is None
    show = open_item if is_open else explained_item
    return render_template(
        "practice/item.html",
        attempt=attempt,
        item=show(entry.place, entry.version),
        is_open=is_open,
        tags=tags_of(web.config().bank_dir),
    )


@blueprint.post("/practice/<uuid:attempt_id>/items/<int(max=9999):position>")
def answer(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Store the answer, then show what was right and why."""
    session = web.db_session()
    _set_of(attempt_id)
    here = url_for("practice.item", attempt_id=attempt_id, position=position)
    try:
        with writing(session):
            actions.answer(session, me().id, attempt_id, position, request.form.get("answer", ""), web.now())
    except saving.BadEventError:
        web.say("Choose one of the options first.", "note")
    except actions.AlreadyAnsweredError:
        web.say("This item was answered before; its first answer stays.", "note")
    except saving.AttemptFinishedError:
        return redirect(url_for("practice.summary", attempt_id=attempt_id), 303)
    return redirect(here, 303)


@blueprint.post("/practice/<uuid:attempt_id>/go")
def go(attempt_id: UUID) -> ResponseReturnValue:
    """Go to another item of the set."""
    position = place_named(request.form.get("go", ""))
    attempt = _set_of(attempt_id)
    if position is None or not 1 <= position <= attempt.item_count:
        return web.error_page(400)
    return _show(attempt, position)


@blueprint.post("/practice/<uuid:attempt_id>/resume")
def resume(attempt_id: UUID) -> ResponseReturnValue:
    """Go on with the first item that has no answer."""
    attempt = _set_of(attempt_id)
    places = attempt_queries.places(web.db_session(), me().id, attempt_id)
    return _show(attempt, next((place.position for place in places if not place.answer), attempt.item_count))


@blueprint.post("/practice/<uuid:attempt_id>/finish")
def finish(attempt_id: UUID) -> ResponseReturnValue:
    """Close the set; items without an answer are left out of it."""
    session = web.db_session()
    attempt = _set_of(attempt_id)
    with writing(session):
        attempt_actions.finish(session, me().id, attempt.id, web.now())
    return redirect(url_for("practice.summary", attempt_id=attempt_id), 303)


@blueprint.get("/practice/<uuid:attempt_id>/summary")
def summary(attempt_id: UUID) -> ResponseReturnValue:
    """How the set went so far, item by item."""
    session = web.db_session()
    attempt = _set_of(attempt_id)
    places = attempt_queries.places(session, me().id, attempt_id)
    marks = {mark.position: mark for mark in attempt_queries.marks_of(session, me().id, attempt_id)}
    total = Tally(sum(mark.is_correct for mark in marks.values()), len(marks))
    return render_template(
        "practice/summary.html",
        attempt=attempt,
        places=places,
        marks=marks,
        total=total,
        tags=tags_of(web.config().bank_dir),
        new_token=uuid4,
    )


def _set_of(attempt_id: UUID) -> Attempt:
    """The visitor's practice set; an exam is none."""
    attempt = web.or_404(attempt_queries.attempt_of(web.db_session(), me().id, attempt_id))
    return web.or_404(attempt if attempt.is_practice else None)


def _show(attempt: Attempt, position: int) -> ResponseReturnValue:
    session = web.db_session()
    if attempt.finished_at is None:
        with writing(session):
            saving.show(session, attempt.user_id, attempt.id, position, web.now())
    return redirect(url_for("practice.item", attempt_id=attempt.id, position=position), 303)


def _choose_page(form: SelectionForm) -> ResponseReturnValue:
    session = web.db_session()
    return render_template(
        "practice/choose.html",
        form=form,
        tags=tags_of(web.config().bank_dir),
        domain_counts=bank_queries.counts_by_domain(session),
        area_counts=bank_queries.counts_by_tag(session, "area"),
        topic_counts=bank_queries.counts_by_tag(session, "topic"),
        new_token=uuid4,
    )
