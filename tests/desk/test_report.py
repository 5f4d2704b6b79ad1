"""The report on the bank, as authors and reviewers see it."""

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.pages import Pages


@pytest.fixture
def reviewer(session: Session, page: Pages) -> None:
    """A reviewer, signed in, and a bank of eight items."""
    make.items(session, 8)
    page.sign_in(make.user(session, role="reviewer"))


@pytest.mark.usefixtures("reviewer")
def test_the_report_counts_what_the_database_holds(page: Pages, session: Session) -> None:
    text = page.get("/desk/report").text
    assert "Items by domain" in text
    assert "finance: 8 items, fewer than 30" in text
    make.item(session, "fin-9")
    assert "finance: 9 items, fewer than 30" in page.get("/desk/report").text


@pytest.mark.usefixtures("reviewer")
def test_a_report_on_the_same_bank_is_made_once(page: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    page.get("/desk/report")
    monkeypatch.setattr("quizapp.bank.report.report", None)
    assert "finance: 8 items" in page.get("/desk/report").text
