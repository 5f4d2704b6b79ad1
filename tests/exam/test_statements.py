"""How many statements an exam costs, and that neither the bank nor the history adds any."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from tests.candidate import Exam, start, stock
from tests.conftest import CountStatements
from tests.pages import Client
from tests.statements import Statements

ENOUGH = 45 // 9


def sit(exam: Exam) -> None:
    """Answer a few items and submit."""
    exam.answer("AB")
    assert exam.submit().status_code == 303


@pytest.fixture
def costs(client: Client, owner: User, count_statements: CountStatements) -> Callable[[], dict[str, int]]:
    """Sits a quick mock of 45 items and tells how many statements each step took."""

    def of() -> dict[str, int]:
        found: dict[str, Statements] = {}

        def count(step: str, do: Callable[[], object]) -> object:
            assert not owner.roles  # Read here, since the test's browser asks for it.
            with count_statements() as found[step]:
                return do()

        exam = count("start", lambda: start(client))
        assert isinstance(exam, Exam)
        assert len(exam.key) == 45
        count("item page", lambda: exam.get("items/1"))
        count("save by form", lambda: exam.save(1, {"answer": "A", "flag": "1", "go": "2"}))
        count("save of one event", lambda: exam.send((2, "answer", "A")))
        count("save of 90 events", lambda: exam.send(*[(1 + n % 45, "answer", "ABCD"[n % 4]) for n in range(90)]))
        count("replay", exam.send)
        count("review page", lambda: exam.get("review"))
        count("submit", exam.submit)
        return {step: len(statements) for step, statements in found.items()}

    return of


def test_start_item_page_and_save_keep_within_their_number_of_statements(
    session: Session, costs: Callable[[], dict[str, int]]
) -> None:
    stock(session, ENOUGH)
    counts = costs()
    assert counts["start"] <= 8
    assert counts["item page"] <= 6
    assert counts["save by form"] <= 4
    assert counts["save of one event"] <= 4
    assert counts["save of 90 events"] <= 4


def test_a_bank_of_twice_as_many_items_costs_no_statement_more(
    session: Session, costs: Callable[[], dict[str, int]]
) -> None:
    stock(session, ENOUGH)
    before = costs()
    stock(session, 2 * ENOUGH)
    assert costs() == before


def test_a_history_of_ten_mocks_costs_no_statement_more(
    session: Session, client: Client, clock: Traveller, costs: Callable[[], dict[str, int]]
) -> None:
    stock(session, ENOUGH)
    before = costs()
    for _ in range(10):
        clock.shift(timedelta(hours=1))
        sit(start(client))
    clock.shift(timedelta(hours=1))
    assert costs() == before
