"""Passed readings come with the bank's files; flags are set by citation and fall when the item is read again."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp.bank.actions import flag, load_items, load_readings, plan_readings, unflag
from quizapp.bank.item_files import Checked, ItemText, ReadItem
from quizapp.bank.models import ItemFlag, PassedReading
from quizapp.bank.queries import mock_pool, reviewed_versions
from quizapp.bank.reading_records import ReadingText, Round
from quizapp.bank.reviews import write_round
from quizapp.bank.tags import Blueprint, MockEntry
from quizapp.db import Database
from tests import make
from tests.bank.bank_folder import ANOTHER, ITEM, items_of, make_bank, write
from tests.bank.test_loading import run
from tests.candidate import passed
from tests.conftest import CountStatements

DAY = timedelta(days=1)
BLUEPRINT = Blueprint(54, {"finance": 1.0}, {"full": MockEntry("Full mock", 1, 1)})


def load(session: Session, *texts: ItemText, now: datetime = make.NOW) -> list[str]:
    """Load items; returns those whose flag fell."""
    return load_items(session, [ReadItem(text, "items/finance/made.yaml", 1) for text in texts], now).unflagged


def pool(session: Session) -> set[str]:
    return {item.item_id for item in mock_pool(session, BLUEPRINT, make.NOW.date()).items}


def flagged(session: Session) -> dict[str, str]:
    """Item → note."""
    return {row.item_id: row.note for row in session.scalars(select(ItemFlag))}


# --- Readings -------------------------------------------------------------------------------------------------------


def test_mocks_may_draw_what_was_read_as_it_stands_now(session: Session, now: datetime) -> None:
    one, two = make.item_text("fin-1"), make.item_text("fin-2")
    load(session, one, two)
    assert pool(session) == set()
    load_readings(session, passed([one]))
    assert pool(session) == {"fin-1"}
    # A comma in a rationale leaves the reading alone; another stem asks for another.
    load(session, make.item_text("fin-1", difficulty=0.5), two)
    assert pool(session) == {"fin-1"}
    load(session, make.item_text("fin-1", stem="What else does it ask?"), two)
    assert pool(session) == set()


def test_a_draft_or_retired_item_is_in_no_mock_whoever_has_read_it(session: Session) -> None:
    texts = [make.item_text(f"fin-{status}", status=status) for status in ("draft", "retired")]
    load(session, *texts)
    load_readings(session, passed(texts))
    assert pool(session) == set()


def test_loading_readings_again_writes_nothing(session: Session, count_statements: CountStatements) -> None:
    texts = [make.item_text(f"fin-{n}") for n in range(3)]
    load(session, *texts)
    report = load_readings(session, passed(texts))
    assert (len(report.added), report.removed) == (3, [])
    with count_statements() as statements:
        again = load_readings(session, passed(texts))
    assert not again.writes
    assert statements.writes == [], str(statements)


def test_a_reading_goes_when_the_files_no_longer_say_so(session: Session) -> None:
    texts = [make.item_text(f"fin-{n}") for n in range(3)]
    load(session, *texts)
    load_readings(session, passed(texts))
    report = load_readings(session, passed(texts[1:]))
    assert (report.added, report.removed) == ([], [("fin-0", texts[0].scored_hash)])
    assert pool(session) == {"fin-1", "fin-2"}


def test_a_reading_of_an_item_that_the_database_does_not_have_is_left_out(session: Session) -> None:
    assert not load_readings(session, {("fin-dropped", "0" * 64)}).writes


@pytest.mark.parametrize("look", [plan_readings, load_readings])
def test_an_unchanged_load_of_readings_takes_one_statement_however_many_there_are(
    session: Session, count_statements: CountStatements, look: Callable[[Session, set[tuple[str, str]]], object]
) -> None:
    counts = []
    for size in (5, 50):
        texts = [make.item_text(f"fin-{n}") for n in range(size)]
        load(session, *texts)
        load_readings(session, passed(texts))
        with count_statements() as statements:
            look(session, passed(texts))
        counts.append(len(statements))
    assert counts == [1, 1]


def test_a_first_load_of_readings_takes_as_many_statements_for_many_as_for_few(
    session: Session, count_statements: CountStatements
) -> None:
    counts = []
    for size in (5, 60):
        texts = [make.item_text(f"of-{size}-{n}") for n in range(size)]
        load(session, *texts)
        known = {(row.item_id, row.scored_hash) for row in session.scalars(select(PassedReading))}
        with count_statements() as statements:
            load_readings(session, known | passed(texts))
        counts.append(len(statements))
    assert counts == [2, 2]


def test_the_reading_of_a_version_stays_with_it_after_the_item_has_changed(session: Session) -> None:
    old, new = make.item_text("fin-1"), make.item_text("fin-1", stem="What else does it ask?")
    load(session, old)
    load(session, new)
    load_readings(session, passed([old]))
    found = reviewed_versions(session, [("fin-1", 1), ("fin-1", 2)])
    assert [found["fin-1", version].is_read for version in (1, 2)] == [True, False]


# --- Flags ----------------------------------------------------------------------------------------------------------


def test_flagging_twice_for_one_reason_keeps_the_first_day(session: Session, now: datetime) -> None:
    make.items(session, 2)
    assert flag(session, ["fin-1"], "A rule was amended", now) == ["fin-1"]
    assert flag(session, ["fin-1", "fin-2"], "A rule was amended", now + DAY) == ["fin-2"]
    assert flag(session, ["fin-1"], "", now + DAY) == []
    assert session.get_one(ItemFlag, "fin-1").flagged_at == now


def test_another_reason_takes_the_place_of_the_old_one_and_counts_from_its_own_day(
    session: Session, now: datetime
) -> None:
    make.items(session, 1)
    flag(session, ["fin-1"], "A rule was amended", now)
    assert flag(session, ["fin-1"], "It was amended again", now + DAY) == ["fin-1"]
    found = session.get_one(ItemFlag, "fin-1", populate_existing=True)
    assert (found.flagged_at, found.note) == (now + DAY, "It was amended again")


def test_a_flag_taken_away_is_gone_and_there_is_no_second_one_to_take(session: Session, now: datetime) -> None:
    make.items(session, 2)
    flag(session, ["fin-1", "fin-2"], "", now)
    assert unflag(session, ["fin-1"]) == ["fin-1"]
    assert unflag(session, ["fin-1"]) == []
    assert flagged(session) == {"fin-2": ""}


@pytest.mark.parametrize(
    ("checked", "falls"),
    [
        (make.NOW.date() - DAY, False),
        (make.NOW.date(), False),
        (make.NOW.date() + DAY, True),
        (make.NOW.date() + 2 * DAY, True),
        (make.NOW.date() + 3 * DAY, False),
    ],
)
def test_a_flag_falls_when_a_version_is_loaded_that_was_checked_on_a_later_day(
    session: Session, now: datetime, checked: date, falls: bool
) -> None:
    old = make.item_text("fin-1")
    load(session, old, make.item_text("fin-2"))
    flag(session, ["fin-1", "fin-2"], "", now)
    again = make.item_text("fin-1", checked=Checked("primary-text", checked))
    later = now + 2 * DAY
    assert load(session, again, make.item_text("fin-2"), now=later) == (["fin-1"] if falls else [])
    assert set(flagged(session)) == ({"fin-2"} if falls else {"fin-1", "fin-2"})


# --- The commands ---------------------------------------------------------------------------------------------------

LAW = (
    ITEM.replace("A textbook", "45 CFR 164.404(b)")
    .replace("stability: N", "stability: S")
    .replace("standard-work", "primary-text")
)


@pytest.fixture
def site(tmp_path: Path, database: Database, on_the_tests_database: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands work on the test's database and on a bank of two items, one of them on law."""
    bank = tmp_path / "bank"
    bank.mkdir()
    monkeypatch.setenv("QUIZAPP_BANK", str(bank))
    monkeypatch.setattr("quizapp.bank.commands.connect", lambda _url: database)
    monkeypatch.setattr("quizapp.bank.commands.is_there", lambda _url: True)
    return make_bank(bank, LAW + ANOTHER)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run("bank", *arguments) == 0
    return capsys.readouterr().out


def record_reading(bank: Path, *, agrees: bool) -> None:
    """Round 1: one reader has answered the first item."""
    text = items_of(bank)[0].text
    letter = "ABC"[text.key_option if agrees else text.key_option + 1]
    reading = ReadingText(text.id, text.scored_hash, "reader-1", "012", letter, text.key_option, "sure")
    write_round(bank, Round(1, 1, [reading]))


def test_a_load_brings_the_passed_readings_and_takes_them_back(
    site: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    record_reading(site, agrees=True)
    assert said(capsys, "load").endswith("items.\nPassed readings: 1 new, 0 taken back.\n")
    assert pool(session) == {"fin-one"}
    assert said(capsys, "load") == "Bank: 0 new, 0 changed, 2 unchanged items.\n"
    record_reading(site, agrees=False)
    assert said(capsys, "load").endswith("Passed readings: 0 new, 1 taken back.\n")
    assert pool(session) == set()


def test_touching_flags_what_the_site_has_loaded_and_takes_flags_away(
    site: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("bank", "touch", "45 CFR 164.404", "--flag") == 1
    assert capsys.readouterr().out == "Items that cite 45 CFR 164.404: 0, of them 0 flagged, 0 flagged before.\n"
    said(capsys, "load")
    for flagged_now, before in ((1, 0), (0, 1)):
        out = said(capsys, "touch", "45 CFR 164.404", "--flag", "--note", "Amended")
        assert ("flagged: fin-one: 45 CFR 164.404(b)\n" in out) == bool(flagged_now)
        assert out.endswith(
            f"Items that cite 45 CFR 164.404: 1, of them {flagged_now} flagged, {before} flagged before.\n"
        )
    assert flagged(session) == {"fin-one": "Amended"}
    assert "unflagged: fin-one: 45 CFR 164.404(b)\n" in said(capsys, "touch", "45 CFR 164.404", "--unflag")
    assert said(capsys, "touch", "45 CFR 164.404", "--unflag").endswith("0 unflagged, 1 not flagged.\n")


def test_touching_without_an_option_changes_nothing(
    site: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "load")
    assert "fin-one: 45 CFR 164.404(b) (review by" in said(capsys, "touch", "45 CFR 164.404")
    assert flagged(session) == {}


@pytest.mark.parametrize("wrong", [("--flag", "--unflag"), ("--note", "Amended"), ("--flag", "--note", "x" * 201)])
@pytest.mark.usefixtures("site")
def test_touching_refuses_what_cannot_be_meant(wrong: tuple[str, ...]) -> None:
    assert run("bank", "touch", "45 CFR 164.404", *wrong) == 2


@pytest.mark.parametrize("nothing", ["", " ", "45 CFR", "45 CRF 164.404"])
@pytest.mark.usefixtures("site")
def test_touching_needs_a_citation_lest_it_flags_every_item(
    nothing: str, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "load")
    assert run("bank", "touch", nothing, "--flag") == 2
    assert "such as 45 CFR 164.524(b)(2)(i)" in capsys.readouterr().err
    assert flagged(session) == {}


def test_the_report_lists_flags_and_a_load_says_which_have_fallen(
    site: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "load")
    said(capsys, "touch", "45 CFR 164.404", "--flag", "--note", "Amended")
    session.execute(update(ItemFlag).values(flagged_at=make.NOW))
    session.commit()
    report = said(capsys, "report", "--today", "2026-06-01")
    assert report.startswith("Flagged items\n=============\nItem ")
    assert "2027-03-10  Amended\n" in report
    write(site, LAW.replace("2026-01-15", "2026-03-11") + ANOTHER)
    assert "  read again, so no longer flagged: fin-one\n" in said(capsys, "load")
    assert "Nothing." in said(capsys, "report", "--today", "2026-06-01").split("Items by domain")[0]


def test_the_report_does_without_a_database(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("QUIZAPP_BANK", str(site))
    monkeypatch.setenv("QUIZAPP_VAR", str(site / "var"))
    assert "There is no database here" in said(capsys, "report", "--today", "2026-06-01")
