"""Custom sets and tutor mode: choose, answer, see why at once."""

from contextlib import suppress
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import actions as attempt_actions
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts import saving
from quizapp.attempts.actions import Plan
from quizapp.attempts.display import ExplainedItem, explained_item, open_item
from quizapp.attempts.forms import SelectionForm, place_named
from quizapp.attempts.models import Attempt
from quizapp.attempts.queries import AnsweredPlace
from quizapp.attempts.routes import begin
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.db import writing
from quizapp.practice import actions, queries
from quizapp.practice.queries import Stock
from quizapp.rules.blueprint import keeps_reserve
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
        return _choose_page(form), 422
    plan = actions.practice_plan(form.selection, form.item_count.data or actions.DEFAULT_ITEMS, tags)
    stock = _stock()
    try:
        attempt = begin(plan, UUID(form.start_token.data), stock.pool, stock.most_unseen)
    except attempt_actions.NoItemsError:
        return _nothing_to_draw(plan, stock)
    if attempt.item_count < plan.item_count and stock.is_kept and _count_left(plan) > attempt.item_count:
        web.say(
            f"{web.counted(attempt.item_count, 'item')}, not {plan.item_count}: the others that you have not seen are "
            "in your reserve.",
            "note",
        )
    return redirect(url_for("practice.item", attempt_id=attempt.id, position=1), 303)


@blueprint.post("/practice/reserve/release")
def release_reserve() -> ResponseReturnValue:
    """Let practice use up what is kept for a full mock."""
    session = web.db_session()
    with writing(session):
        actions.release_reserve(session, me().id, web.now())
    web.say("The reserve is released: practice draws from every item now.")
    return redirect(url_for("practice.choose"), 303)


@blueprint.post("/practice/reserve/restore")
def restore_reserve() -> ResponseReturnValue:
    """Keep a reserve again."""
    session = web.db_session()
    with writing(session):
        actions.restore_reserve(session, me().id)
    web.say("Practice keeps a reserve again, of what you have not seen yet.")
    return redirect(url_for("practice.choose"), 303)


@blueprint.get("/practice/<uuid:attempt_id>/items/<int(max=9999):position>")
def item(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """One item: open until it is answered, explained afterwards."""
    session = web.db_session()
    attempt = _set_of(attempt_id)
    entry = web.or_404(attempt_queries.answered_place(session, me().id, attempt_id, position))
    if attempt_queries.is_held(session, me().id, entry.place.item_id):
        return render_template("practice/held.html", attempt=attempt, position=position)
    is_open = not entry.place.answer and attempt.finished_at is None
    return render_template(
        "practice/item.html",
        attempt=attempt,
        item=open_item(entry.place, entry.version) if is_open else _explained(entry),
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
    except actions.HeldError:
        return redirect(here, 303)
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
    held = attempt_queries.held_items(session, me().id, [place.item_id for place in places])
    marks = {mark.position: mark for mark in attempt_queries.marks_of(session, me().id, attempt_id)}
    total = Tally(sum(mark.is_correct for mark in marks.values()), len(marks))
    return render_template(
        "practice/summary.html",
        attempt=attempt,
        places=places,
        marks=marks,
        held=held,
        total=total,
        tags=tags_of(web.config().bank_dir),
        new_token=uuid4,
    )


def _set_of(attempt_id: UUID) -> Attempt:
    """The visitor's practice set; an exam is none."""
    attempt = web.or_404(attempt_queries.attempt_of(web.db_session(), me().id, attempt_id))
    return web.or_404(attempt if attempt.is_practice else None)


def _explained(entry: AnsweredPlace) -> ExplainedItem:
    key = (entry.place.item_id, entry.place.version)
    reviewed = bank_queries.reviewed_versions(web.db_session(), [key])[key]
    return explained_item(entry.place, reviewed, web.today())


def _show(attempt: Attempt, position: int) -> ResponseReturnValue:
    session = web.db_session()
    here = attempt_queries.places(session, attempt.user_id, attempt.id, position)
    is_held = bool(here) and attempt_queries.is_held(session, attempt.user_id, here[0].item_id)
    if attempt.finished_at is None and not is_held:
        # Another page may have finished the set meanwhile; then there is nothing to record.
        with suppress(saving.AttemptFinishedError), writing(session):
            saving.show(session, attempt.user_id, attempt.id, position, web.now())
    return redirect(url_for("practice.item", attempt_id=attempt.id, position=position), 303)


def _stock() -> Stock:
    """What the visitor has not seen yet, and what of it is kept in reserve."""
    mocks, person = blueprint_of(web.config().bank_dir), me()
    is_kept = keeps_reserve(person.exam_date, web.today(), is_released=person.reserve_released_at is not None)
    return queries.stock_of(web.db_session(), person.id, mocks, web.today(), is_kept=is_kept)


def _count_left(plan: Plan) -> int:
    """How many items of the choice could be drawn, the reserved ones too."""
    return len(attempt_queries.candidates(web.db_session(), me().id, plan.selection))


def _nothing_to_draw(plan: Plan, stock: Stock) -> ResponseReturnValue:
    if stock.is_kept and _count_left(plan):
        web.say("All that is left for that choice is in your reserve. Release it here, or choose more.", "note")
        return redirect(url_for("practice.choose", _anchor="reserve"), 303)
    web.say(
        "There is nothing to draw for that choice: the bank has no items for it, or mocks that you have begun hold "
        "them all.",
        "note",
    )
    return redirect(url_for("practice.choose"), 303)


def _choose_page(form: SelectionForm) -> str:
    session = web.db_session()
    return render_template(
        "practice/choose.html",
        form=form,
        stock=_stock(),
        is_released=me().reserve_released_at is not None,
        tags=tags_of(web.config().bank_dir),
        domain_counts=bank_queries.counts_by_domain(session),
        area_counts=bank_queries.counts_by_tag(session, "area"),
        topic_counts=bank_queries.counts_by_tag(session, "topic"),
        new_token=uuid4,
    )
