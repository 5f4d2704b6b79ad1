"""The report on the bank, as authors and reviewers see it."""

import pytest
from sqlalchemy.orm import Session

from quizapp.bank.actions import flag, unflag
from tests import make
from tests.candidate import DOMAINS
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


@pytest.mark.usefixtures("reviewer")
def test_flags_are_listed_with_their_notes_as_they_come_and_go(page: Pages, session: Session) -> None:
    assert "Flagged items" in page.get("/desk/report").text
    flag(session, ["fin-2"], "45 CFR 164.404 was amended", make.NOW)
    report = page.get("/desk/report")
    assert report.texts("tbody th")[0] == "fin-2"
    assert report.texts("tbody td")[:3] == ["2026-03-10", "2027-03-10", "45 CFR 164.404 was amended"]
    first = page.get("/desk").texts("tbody tr")[len(DOMAINS)]
    assert first.startswith("fin-2")
    assert first.endswith("flagged")
    shown = page.get("/desk/items/fin-2").text
    assert "Flagged on 10 Mar 2026: 45 CFR 164.404 was amended." in shown
    assert "Due for review since 2026-03-10" in shown
    unflag(session, ["fin-2"])
    assert "164.404" not in page.get("/desk/report").text
    assert "Flagged" not in page.get("/desk/items/fin-2").text


@pytest.mark.usefixtures("reviewer")
def test_the_desk_says_which_item_no_second_reader_has_passed(page: Pages, session: Session) -> None:
    make.item(session, "fin-9", is_read=False)
    assert "Not yet read by a second reader." in page.get("/desk/items/fin-9").text
    assert "second reader" not in page.get("/desk/items/fin-1").text
