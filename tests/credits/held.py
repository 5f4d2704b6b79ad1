"""Credentials held, for tests of what activities count for."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from tests import make


def hold(
    session: Session, owner: User, rules: str = "cmm", version: str = "12-months", **columns: Any
) -> HeldCredential:
    """A credential with a version for all its cycles, added after those that are held already."""
    earlier = session.scalar(select(func.count()).where(HeldCredential.user_id == owner.id)) or 0
    values = {"created_at": make.NOW - timedelta(days=100) + timedelta(minutes=earlier), **columns}
    held = make.held_credential(session, owner, rules=rules, **values)
    make.cycle_rules(session, held, version=version)
    return held
