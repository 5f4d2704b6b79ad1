"""insights pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("insights", __name__)


@blueprint.get("/progress")
def progress() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="progress", text="", status=200)
