"""desk pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
def overview() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="overview", text="", status=200)
