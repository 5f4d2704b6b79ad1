"""Fixtures of exams: somebody signed in, and a quick mock of theirs."""

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make
from tests.candidate import Exam, start, stock
from tests.pages import Pages


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    """Somebody who is signed in."""
    owner = make.user(session, target_percent=75)
    page.sign_in(owner)
    return owner


@pytest.fixture
def exam(owner: User, session: Session, page: Pages) -> Exam:
    """A quick mock on a bank of two items in each domain: eighteen items."""
    stock(session, 2)
    return start(page.client)
