"""The bank as authors and reviewers see it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.display import explained_item
from quizapp.attempts.queries import PlaceState
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import tags_of
from quizapp.bank.yaml_files import BadFileError
from quizapp.desk import queries

blueprint = Blueprint("desk", __name__)

# Longer tables of the report are folded away, since a phone would scroll for ever.
MOST_ROWS = 20
STAFF = ("author", "reviewer", "administrator")


@blueprint.get("/desk")
@web.needs_role(*STAFF)
def overview() -> ResponseReturnValue:
    """How many items there are, and each item, those due for review first."""
    session = web.db_session()
    domain = request.args.get("domain", "")
    if not domain.isprintable():
        return web.error_page(404)
    page = max(1, min(10_000, request.args.get("page", 1, type=int)))
    return render_template(
        "desk/overview.html",
        counts=queries.counts(session),
        items=queries.items(session, domain, page),
        domain=domain,
        page=page,
        page_size=queries.PAGE_SIZE,
        today=web.today(),
        tags=tags_of(web.config().bank_dir),
    )


@blueprint.get("/desk/report")
@web.needs_role(*STAFF)
def report() -> ResponseReturnValue:
    """What the bank holds and lacks, how far a robot comes, and what blind readers said."""
    tables, problems = [], []
    try:
        tables = queries.report(web.db_session(), web.config().bank_dir, web.today())
    except BadFileError as error:
        problems = error.problems
    return render_template("desk/report.html", tables=tables, problems=problems, most_rows=MOST_ROWS)


@blueprint.get("/desk/items/<item_id>")
@web.needs_role(*STAFF)
def item(item_id: str) -> ResponseReturnValue:
    """One item with its key, every rationale, and its sources."""
    session = web.db_session()
    version = web.or_404(queries.newest_version(session, item_id) if item_id.isprintable() else None)
    if attempt_queries.is_held(session, me().id, item_id):
        return render_template("desk/held.html", item_id=item_id)
    order = "".join(str(index) for index in range(version.option_count))
    domain = str(version.content["domain"])
    place = PlaceState(1, item_id, version.version, domain, order, answer="", answered_at=None, is_flagged=False)
    key = (item_id, version.version)
    return render_template(
        "desk/item.html",
        item=explained_item(place, bank_queries.reviewed_versions(session, [key])[key], web.today()),
        flag=queries.flag_of(session, item_id),
        version=version,
        tags=tags_of(web.config().bank_dir),
    )
