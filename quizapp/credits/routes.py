"""My credentials: where every credential held stands, and the ways to everything else about credits."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp.accounts.login import me
from quizapp.credits import evidence_queries, queries, summaries
from quizapp.rules import credit_sentences, credit_words
from quizapp.web import config, db_session, today

blueprint = Blueprint("credits", __name__)

LINKS = (
    ("activities.overview", "All activities", "list"),
    ("activities.what_if", "What if", "target"),
    ("deadlines.overview", "Deadlines", "calendar"),
    ("transfer.choose_file", "Import", "plus"),
)


@blueprint.get("/credits")
def overview() -> ResponseReturnValue:
    """Every credential held, the most urgent first: what is met, what is missing and by when."""
    day = today()
    standings = queries.standings_of(db_session(), me().id, day, config().bank_dir)
    proven = evidence_queries.proven_activities(db_session(), me().id) if standings.holdings else frozenset()
    return render_template(
        "credits/overview.html",
        words=credit_words,
        sentences=credit_sentences,
        today=day,
        standings=standings,
        cards=summaries.cards_of(standings, proven, day),
        links=LINKS,
    )
