"""attempts pages."""

from flask import Blueprint

blueprint = Blueprint("attempts", __name__)
