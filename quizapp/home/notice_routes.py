"""What the site tells a person: the list, and marking it as read."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.db import writing
from quizapp.mail import actions, queries

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
def overview() -> ResponseReturnValue:
    """What is new, then what was read of late."""
    notices = queries.notices_of(web.db_session(), me().id, web.now())
    return render_template(
        "home/notices.html",
        unread=[notice for notice in notices if notice.read_at is None],
        read=[notice for notice in notices if notice.read_at is not None],
        read_days=queries.READ_SHOWN_FOR.days,
    )


@blueprint.post("/notices/read")
def mark_read() -> ResponseReturnValue:
    """Mark those as read that the form names, one or all that were shown: one that came since stays unread."""
    session = web.db_session()
    notice_ids = _notice_ids()
    with writing(session):
        web.or_404(actions.mark_read(session, me().id, notice_ids, web.now()) or None)
    return redirect(url_for(".overview"), 303)


def _notice_ids() -> set[UUID]:
    try:
        notice_ids = {UUID(text) for text in request.form.getlist("notice")}
    except ValueError:
        abort(400)
    if not notice_ids:
        abort(400)
    return notice_ids
