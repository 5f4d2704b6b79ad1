"""Fixtures of attempts: whose they are. No page is asked for, so nobody signs in."""

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make


@pytest.fixture
def owner(session: Session) -> User:
    """Somebody with an account."""
    return make.user(session)
