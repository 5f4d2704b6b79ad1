"""practice pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("practice", __name__)


@blueprint.get("/practice")
def choose() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="choose", text="", status=200)
