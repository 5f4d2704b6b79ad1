"""accounts pages."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="sign_in", text="", status=200)


@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="register", text="", status=200)


@blueprint.get("/settings")
def settings() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="settings", text="", status=200)


@blueprint.get("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Stub."""
    return render_template("error.html", title="sign_out", text="", status=200)
