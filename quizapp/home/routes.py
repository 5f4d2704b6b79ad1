"""home pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp import web

blueprint = Blueprint("home", __name__)


@web.public
@blueprint.get("/")
def landing() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="landing", text="", status=200)


@blueprint.get("/dashboard")
def dashboard() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="dashboard", text="", status=200)


@web.public
@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="help_page", text="", status=200)
