"""Fixtures of activities: an activity, somebody else, and where certificates lie."""

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits.evidence_queries import store_of
from quizapp.credits.models import Activity
from quizapp.credits.storage import EvidenceStore
from tests import make
from tests.credits.papers import Keep, keeping


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


@pytest.fixture
def keep(session: Session, store: EvidenceStore) -> Keep:
    """Keeps a certificate as an upload does, bytes and all."""
    return keeping(session, store)
