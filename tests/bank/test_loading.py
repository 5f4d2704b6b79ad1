"""Loading files: idempotent, all or nothing, and never over what the desk has changed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.bank.actions import LoadReport, load_items, plan_load
from quizapp.bank.content import content_of
from quizapp.bank.item_files import ItemText, ReadItem
from quizapp.bank.models import Item, ItemTag, ItemVersion
from quizapp.cli import main
from quizapp.db import Database
from tests import make
from tests.bank.bank_folder import ANOTHER, ITEM, make_bank, write
from tests.conftest import CountStatements

DAY = timedelta(days=1)


def read(*texts: ItemText) -> list[ReadItem]:
    """Items as if read from a file."""
    return [ReadItem(text, f"items/{text.domain}/all.yaml", line) for line, text in enumerate(texts, 1)]


def some(number: int, **fields: Any) -> list[ReadItem]:
    return read(*(make.item_text(f"fin-{n}", **fields) for n in range(1, number + 1)))


def versions_of(session: Session, item_id: str = "fin-1") -> list[ItemVersion]:
    statement = select(ItemVersion).where(ItemVersion.item_id == item_id).order_by(ItemVersion.version)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def tags_of_item(session: Session, item_id: str = "fin-1") -> set[tuple[str, str]]:
    rows = session.execute(select(ItemTag.kind, ItemTag.tag).where(ItemTag.item_id == item_id))
    return {(kind, tag) for kind, tag in rows}


def change_at_the_desk(session: Session, text: ItemText) -> None:
    """Write a second version, as somebody at the desk would."""
    item = session.get_one(Item, text.id)
    item.head_version += 1
    session.flush()
    session.add(
        ItemVersion(
            item_id=text.id,
            version=item.head_version,
            content=content_of(text),
            content_hash=text.content_hash,
            scored_hash=text.scored_hash,
            key_option=text.key_option,
            option_count=len(text.options),
            is_ordered=False,
            created_at=make.NOW,
        )
    )
    session.flush()


# --- What a load does -----------------------------------------------------------------------------------------------


def test_a_new_item_comes_with_its_first_version_and_its_tags(session: Session, now: datetime) -> None:
    text = make.item_text(
        areas=("finance", "operations"), topics=("budgeting", "cash-and-accrual"), key=2, order="natural"
    )
    assert load_items(session, read(text), now) == LoadReport(new=["fin-1"])
    item = session.get_one(Item, "fin-1")
    assert (item.origin, item.file, item.head_version, item.status) == (
        "file",
        "items/finance/all.yaml",
        1,
        "published",
    )
    assert (item.domain, item.level, item.review_by) == ("finance", "application", text.review_by)
    (version,) = versions_of(session)
    assert (version.key_option, version.option_count, version.is_ordered, version.created_at) == (2, 4, True, now)
    assert version.content == content_of(text)
    assert (version.content_hash, version.scored_hash) == (text.content_hash, text.scored_hash)
    assert tags_of_item(session) == {
        ("area", "finance"),
        ("area", "operations"),
        ("topic", "budgeting"),
        ("topic", "cash-and-accrual"),
    }


def test_an_area_named_twice_is_one_tag(session: Session, now: datetime) -> None:
    load_items(session, read(make.item_text(areas=("finance", "finance"))), now)
    assert tags_of_item(session) == {("area", "finance"), ("topic", "budgeting")}


def test_a_second_load_of_the_same_files_writes_nothing(
    session: Session, count_statements: CountStatements, now: datetime
) -> None:
    load_items(session, some(3), now)
    session.expire_all()
    with count_statements() as statements:
        report = load_items(session, some(3), now + DAY)
    assert report == LoadReport(unchanged=["fin-1", "fin-2", "fin-3"])
    assert not report.writes
    assert statements.writes == [], str(statements)


def test_looking_at_an_unchanged_bank_takes_one_statement_however_large_it_is(
    session: Session, count_statements: CountStatements, now: datetime
) -> None:
    counts = []
    for size in (5, 50):
        load_items(session, some(size), now)
        session.expire_all()
        with count_statements() as statements:
            plan_load(session, some(size))
        counts.append(len(statements))
    assert counts == [1, 1]


def test_a_first_load_takes_as_many_statements_for_a_large_bank_as_for_a_small_one(
    session: Session, count_statements: CountStatements, now: datetime
) -> None:
    counts = []
    for size in (5, 60):
        items = [ReadItem(make.item_text(f"of-{size}-{n}"), "", n) for n in range(size)]
        with count_statements() as statements:
            load_items(session, items, now)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_changed_file_becomes_a_new_version_and_the_old_one_stays(session: Session, now: datetime) -> None:
    load_items(session, some(2), now)
    old = versions_of(session)[0].content
    changed = make.item_text(key=3, topics=("break-even-and-margin",), status="retired", level="analysis")
    report = load_items(session, read(changed, make.item_text("fin-2")), now + DAY)
    assert report == LoadReport(changed=["fin-1"], unchanged=["fin-2"])
    item = session.get_one(Item, "fin-1", populate_existing=True)
    assert (item.head_version, item.status, item.level) == (2, "retired", "analysis")
    assert item.base_hash == changed.content_hash
    first, second = versions_of(session)
    assert (first.content, first.key_option, first.created_at) == (old, 0, now)
    assert (second.content, second.key_option, second.created_at) == (content_of(changed), 3, now + DAY)
    assert tags_of_item(session) == {("area", "finance"), ("topic", "break-even-and-margin")}
    assert load_items(session, read(changed, make.item_text("fin-2")), now).writes is False


def test_a_text_that_comes_back_is_a_third_version(session: Session, now: datetime) -> None:
    for key in (0, 1, 0):
        load_items(session, some(1, key=key), now)
    assert [version.key_option for version in versions_of(session)] == [0, 1, 0]


def test_an_item_without_a_file_any_more_is_kept_and_reported(session: Session, now: datetime) -> None:
    load_items(session, some(3), now)
    report = load_items(session, some(1), now)
    assert report == LoadReport(unchanged=["fin-1"], without_file=["fin-2", "fin-3"])
    assert session.get_one(Item, "fin-3", populate_existing=True).status == "published"


# --- What the desk has changed --------------------------------------------------------------------------------------


def test_an_item_changed_here_and_in_the_file_is_a_conflict_and_stays(
    session: Session, count_statements: CountStatements, now: datetime
) -> None:
    load_items(session, some(1), now)
    change_at_the_desk(session, make.item_text(key=1))
    with count_statements() as statements:
        report = load_items(session, some(1, key=2), now)
    assert report == LoadReport(conflicts=["fin-1"])
    assert statements.writes == []
    assert [version.key_option for version in versions_of(session)] == [0, 1]


def test_an_item_changed_at_the_desk_alone_stays_unremarked(session: Session, now: datetime) -> None:
    load_items(session, some(1), now)
    change_at_the_desk(session, make.item_text(key=1))
    assert load_items(session, some(1), now) == LoadReport(unchanged=["fin-1"])
    assert session.get_one(Item, "fin-1").head_version == 2


def test_a_file_that_catches_up_with_the_desk_counts_as_loaded_from_then_on(session: Session, now: datetime) -> None:
    load_items(session, some(1), now)
    change_at_the_desk(session, make.item_text(key=1))
    assert load_items(session, some(1, key=1), now) == LoadReport(unchanged=["fin-1"], caught_up=["fin-1"])
    assert load_items(session, some(1, key=1), now) == LoadReport(unchanged=["fin-1"])
    assert load_items(session, some(1, key=2), now) == LoadReport(changed=["fin-1"])
    assert [version.key_option for version in versions_of(session)] == [0, 1, 2]


def test_an_item_of_the_desk_needs_no_file(session: Session, now: datetime) -> None:
    make.item(session, "desk-1").origin = "desk"
    session.flush()
    assert load_items(session, some(1), now) == LoadReport(new=["fin-1"])


# --- The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, on_the_tests_database: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands work on the test's database and on a bank of one file; returns the bank's folder."""
    bank = tmp_path / "bank"
    bank.mkdir()
    monkeypatch.setenv("QUIZAPP_BANK", str(bank))
    return make_bank(bank)


def run(*arguments: str) -> int:
    """Run a command of the operators; returns its exit status."""
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(str(stopped.value.code or 0))


def loaded(database: Database) -> dict[str, int]:
    """Item → newest version."""
    with database.session() as session:
        return {item.id: item.head_version for item in session.scalars(select(Item))}


def test_the_command_loads_the_bank_and_says_what_it_did(
    site: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("bank", "load") == 0
    assert capsys.readouterr().out == "Bank: 1 new, 0 changed, 0 unchanged items.\n"
    write(site, ITEM.replace("0.6", "0.7") + ANOTHER)
    assert run("bank", "load") == 0
    assert capsys.readouterr().out == "Bank: 1 new, 1 changed, 0 unchanged items.\n"
    write(site, ANOTHER)
    assert run("bank", "load") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Bank: 0 new, 0 changed, 1 unchanged items, 1 without a file any more.",
        "  fin-one has no file any more and is still drawn; to retire it, say status: retired in its file",
    ]
    assert loaded(database) == {"fin-one": 2, "fin-two": 1}


def test_one_bad_file_and_nothing_at_all_is_loaded(
    site: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("bank", "load") == 0
    capsys.readouterr()
    write(site, ITEM.replace("0.6", "0.7"))
    write(site, ITEM.replace("fin-one", "fin-good"), "items/finance/a.yaml")
    write(site, ITEM.replace("fin-one", "fin-bad").replace("N\n", "Z\n"), "items/finance/z.yaml")
    assert run("bank", "load") == 2
    told = capsys.readouterr()
    said = "items/finance/z.yaml:16: fin-bad: stability cannot be 'Z': write one of S, I, R, C, N"
    assert told.err == f"These files have errors, so nothing was done.\n{said}\n"
    assert told.out == ""
    assert loaded(database) == {"fin-one": 1}


def test_what_the_check_calls_an_error_is_not_loaded_but_a_warning_is(
    site: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    law = ITEM.replace("A textbook", "45 CFR 164.404").replace("stability: N", "stability: R")
    write(site, law.replace("standard-work", "knowledge"))
    assert run("bank", "load") == 2
    assert "items/finance/budgeting.yaml:15: fin-one: a law item that rests on knowledge" in capsys.readouterr().err
    assert loaded(database) == {}
    overdue = law.replace("2027-03-10", "2026-03-09")
    write(site, overdue.replace("standard-work", "secondary"))
    assert run("bank", "load") == 0
    assert loaded(database) == {"fin-one": 1}
