"""The progress page: weak areas by domain, area and topic."""

from uuid import uuid4

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.bank.tags import tags_of
from quizapp.insights import queries
from quizapp.rules.scoring import is_weak, weakest_first

blueprint = Blueprint("insights", __name__)


@blueprint.get("/progress")
def progress() -> ResponseReturnValue:
    """Weak areas with counts, and one click to practise each."""
    found = queries.progress_of(web.db_session(), me().id)
    return render_template(
        "insights/progress.html",
        progress=found,
        target=me().target_percent,
        tags=tags_of(web.config().bank_dir),
        is_weak=is_weak,
        weakest_first=weakest_first,
        new_token=uuid4,
    )
