"""Credentials held, for tests of what activities count for."""

from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from tests import make


def hold(
    session: Session, owner: User, rules: str = "cmm", version: str = "12-months", **columns: object
) -> HeldCredential:
    """A credential with a version for all its cycles."""
    held = make.held_credential(session, owner, rules=rules, **columns)
    make.cycle_rules(session, held, version=version)
    return held
