"""exam pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("exam", __name__)


@blueprint.get("/mocks")
def catalogue() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="catalogue", text="", status=200)
