"""Fixtures of exams: the question bank as it is shipped, and a quick mock."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.bank.actions import load_items, load_readings
from quizapp.bank.item_files import read_items
from quizapp.bank.tags import tags_of
from quizapp.config import Config
from tests.candidate import Exam, passed, start, stock
from tests.pages import Pages


@pytest.fixture
def exam(owner: User, session: Session, page: Pages) -> Exam:
    """A quick mock on a bank of two items in each domain: eighteen items."""
    stock(session, 2)
    return start(page.client)


@pytest.fixture
def question_bank(session: Session, config: Config, now: datetime) -> None:
    """The question bank as it is shipped, all of it read."""
    items = read_items(config.bank_dir, tags_of(config.bank_dir))
    load_items(session, items, now)
    load_readings(session, passed(item.text for item in items))
