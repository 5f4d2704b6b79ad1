"""credits pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("credits", __name__)


@blueprint.get("/credits")
def overview() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="overview", text="", status=200)
