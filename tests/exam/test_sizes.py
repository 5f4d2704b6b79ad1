"""Pages of a full mock stay small: a phone in a basement has to load them."""

import pytest

from quizapp.accounts.models import User
from tests.candidate import Exam, start
from tests.pages import Client

MOST_PAGE_BYTES = 30_000
MOST_FORM_BYTES = 250_000
ITEMS = 200


@pytest.fixture
def exam(owner: User, question_bank: None, client: Client) -> Exam:
    """A full mock of the shipped bank, every item answered, every fourth flagged."""
    exam = start(client, "full")
    assert exam.row.item_count == ITEMS
    exam.send(*[(position, "answer", "A") for position in range(1, ITEMS + 1)])
    exam.send(*[(position, "flag", "1") for position in range(1, ITEMS + 1, 4)])
    return exam


def test_the_item_pages_of_a_full_mock_are_small(exam: Exam) -> None:
    sizes = {position: len(exam.get(f"items/{position}").data) for position in range(1, ITEMS + 1, 8)}
    assert max(sizes.values()) <= MOST_PAGE_BYTES, sizes


def test_the_form_that_the_room_fetches_once_is_small_enough_to_keep(exam: Exam) -> None:
    assert len(exam.get("form").data) <= MOST_FORM_BYTES


def test_the_dashboard_with_a_full_mock_open_is_small(exam: Exam) -> None:
    assert len(exam.client.get("/dashboard").data) <= MOST_PAGE_BYTES
    assert len(exam.client.get("/mocks").data) <= MOST_PAGE_BYTES
