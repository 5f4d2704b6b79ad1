"""What stops a start or a command: each time a sentence, and before anything is changed."""

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from quizapp import db
from quizapp.bank.models import Item
from quizapp.cli import main
from quizapp.config import ConfigError
from quizapp.db import Database
from quizapp.mail.models import Notice
from quizapp.serving import free_address


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the database of a site that does not exist yet will lie."""
    monkeypatch.setenv("QUIZAPP_VAR", str(tmp_path / "var"))
    return tmp_path / "var" / "quizapp.sqlite3"


@contextmanager
def taken_port(host: str) -> Iterator[int]:
    """A port at which somebody listens who would share it, as the site's own server does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, 0))
        listener.listen()
        yield listener.getsockname()[1]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on which a command that cannot do its work ends."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


# --- Where to listen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "wanted"), [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("0.0.0.0", "127.0.0.1")]
)
def test_a_port_that_is_taken_is_refused_though_it_would_be_shared(host: str, wanted: str) -> None:
    with taken_port(host) as port, pytest.raises(ConfigError, match=f"{wanted}:{port} is taken"):
        free_address(wanted, port)


def test_a_port_is_free_again_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as browser:
            # Whoever ends a connection first holds its port for a minute, as a server that is stopped does.
            listener.accept()[0].close()
            assert browser.recv(1) == b""
    assert free_address("127.0.0.1", port) == "127.0.0.1"


def test_a_name_is_an_address_too_and_one_of_elsewhere_is_none() -> None:
    assert free_address("localhost", 0) in {"127.0.0.1", "::1"}
    with pytest.raises(ConfigError, match=r"^QUIZAPP_HOST and QUIZAPP_PORT: cannot listen at 192\.0\.2\.1:80"):
        free_address("192.0.2.1", 8000)


def test_a_start_on_a_taken_port_touches_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with taken_port("127.0.0.1") as port:
        monkeypatch.setenv("QUIZAPP_PORT", str(port))
        assert f"quizapp cannot start: 127.0.0.1:{port} is taken" in said(capsys, "serve")
    assert not path.parent.exists()


# --- What is wrong with the database --------------------------------------------------------------------------------

COMMANDS = [("bank", "load"), ("doctor",), ("users", "grant", "somebody@example.org", "author")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_database_a_command_says_how_to_make_one_and_makes_none(
    path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, *command).startswith(f"There is no database at {path}. Make it with quizapp db upgrade")
    assert not path.parent.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_without_tables_is_told_from_one_that_is_not_there(
    path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.mkdir()
    path.touch()
    found = said(capsys, *command)
    assert f"The database at {path} lacks what this version needs: no such table: " in found
    assert found.endswith("Mend that with quizapp db upgrade.\n")


def test_a_table_or_column_that_is_missing_is_no_fault_of_ours_on_either_database(own_database: Database) -> None:
    with own_database.session() as session:
        session.execute(text("ALTER TABLE item RENAME COLUMN domain TO other"))
        session.execute(text("ALTER TABLE notice RENAME TO another"))
        session.commit()
        for table in (Item, Notice):
            with pytest.raises(DBAPIError) as caught:
                session.scalars(select(table)).all()
            session.rollback()
            assert "lacks what this version needs" in str(db.in_words(caught.value, "postgresql://quiz@localhost/quiz"))
        with pytest.raises(DBAPIError) as caught:
            session.execute(text("SELECT FROM WHERE"))
    assert db.in_words(caught.value, "postgresql://quiz@localhost/quiz") is None


@pytest.mark.parametrize("command", [("db", "upgrade"), ("bank", "load")], ids=" ".join)
def test_a_file_that_is_no_database_is_said_to_be_none(
    path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.mkdir()
    path.write_text("certificates\n" * 100)
    assert said(capsys, *command) == f"The database at {path} cannot be used: file is not a database.\n"


def test_a_database_that_somebody_else_writes_to_is_said_to_be_busy(
    path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_MS", 10)
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in (("bank", "load"), ("db", "upgrade")):
            found = said(capsys, *command)
            assert found == f"The database at {path} is busy or away: database is locked. Try again in a moment.\n"


def test_jobs_that_a_busy_database_puts_off_take_a_line_each(
    path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_MS", 10)
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SystemExit) as ended:
            main(["tick"])
    assert ended.value.code == 1
    assert set(capsys.readouterr().err.splitlines()) == {"A job of the clock was put off: database is locked"}


def test_a_database_of_a_newer_version_is_not_migrated_back(
    path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    assert said(capsys, "db", "upgrade").startswith("The database is newer than this version of the site (")


def test_a_server_of_databases_that_is_away_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUIZAPP_DATABASE_URL", "postgresql://quiz:secret@127.0.0.1:1/quiz")
    found = said(capsys, "doctor")
    assert found.startswith("The database at postgresql://quiz:***@127.0.0.1:1/quiz is busy or away: ")
    assert "secret" not in found


def test_a_file_that_cannot_be_written_is_named(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "none" / "cells.csv"
    with pytest.raises(SystemExit):
        main(["bank", "report", "--cells", str(place)])
    assert capsys.readouterr().err == f"{place}: No such file or directory\n"


def test_a_fault_of_ours_keeps_its_traceback(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("quizapp.cli.migrate", fail)
    with pytest.raises(ZeroDivisionError):
        main(["db", "upgrade"])
