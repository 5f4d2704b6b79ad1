"""The report on the bank, as authors and reviewers see it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.bank.actions import flag, unflag
from quizapp.bank.content import text_of
from quizapp.bank.queries import contents
from quizapp.bank.reading_records import ReadingText, Round
from quizapp.bank.reviews import write_round
from tests import make
from tests.bank.bank_folder import REAL_BANK
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
    assert report.all("tbody th a")[0].get("href") == "/desk/items/fin-2"
    assert report.texts("tbody td")[:3] == ["2026-03-10", "2027-03-10", "45 CFR 164.404 was amended"]
    first = page.get("/desk").texts("tbody tr")[len(DOMAINS)]
    assert first.split()[:2] == ["fin-2", "flagged"]
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


@pytest.mark.usefixtures("reviewer")
def test_the_report_knows_what_was_recorded_since_it_was_made(
    page: Pages, session: Session, monkeypatch: pytest.MonkeyPatch, app: Flask, tmp_path: Path
) -> None:
    bank = shutil.copytree(REAL_BANK, tmp_path / "bank")
    shutil.rmtree(bank / "reviews")
    monkeypatch.setitem(app.config, "QUIZAPP", replace(app.config["QUIZAPP"], bank_dir=bank))
    assert "Without one: 8." in page.get("/desk/report").text
    text = text_of(next(iter(contents(session))))
    reading = ReadingText(
        text.id, text.scored_hash, "reader-1", "0123", "ABCD"[text.key_option], text.key_option, "sure"
    )
    path = write_round(bank, Round(1, 1, [reading]))
    assert "Without one: 7." in page.get("/desk/report").text
    path.write_text("round: 2\n", encoding="utf-8")
    assert "reviews/round-1.yaml:1: the field 'readings' is missing" in page.get("/desk/report").text
