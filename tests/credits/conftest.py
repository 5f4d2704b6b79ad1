"""Fixtures of activities: an activity, somebody else, and where certificates lie."""

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits.evidence_queries import store_of
from quizapp.credits.models import Activity
from quizapp.credits.storage import EvidenceStore
from tests import make


@pytest.fixture
def stranger(session: Session) -> User:
    """Somebody else."""
    return make.user(session, "stranger@example.org")


@pytest.fixture
def activity(session: Session, owner: User) -> Activity:
    """An activity of the owner's."""
    return make.activity(session, owner)


@pytest.fixture
def store(config: Config) -> EvidenceStore:
    """Where the site keeps certificates."""
    return store_of(config)
