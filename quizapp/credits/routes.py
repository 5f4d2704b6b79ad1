"""Credits: where every credential held stands."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import queries
from quizapp.rules import credit_words
from quizapp.web import config, db_session, today

blueprint = Blueprint("credits", __name__)


@blueprint.get("/credits")
def overview() -> ResponseReturnValue:
    """Every credential held, and what was logged last."""
    standings = queries.standings_of(db_session(), me().id, today(), config().bank_dir)
    return render_template(
        "credits/overview.html",
        words=credit_words,
        standings=standings,
        summaries=[queries.summary_of(holding, holding.present, today()) for holding in standings.holdings],
    )
