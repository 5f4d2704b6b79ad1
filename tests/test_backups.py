"""Backups of SQLite: whole while the site runs, put back without the old log, and nothing is ever deleted."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp import backups
from quizapp.accounts.models import User
from quizapp.cli import main
from quizapp.db import connect, writing
from tests import make

Run = Callable[..., str]


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a site with one person."""
    path = tmp_path / "var" / "quizapp.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    monkeypatch.setenv("QUIZAPP_VAR", str(path.parent))
    add_person(path, "first@example.org")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command, and returns what it said."""

    def run(*arguments: object, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert ended.value.code == status
        told = capsys.readouterr()
        return told.err if status else told.out

    return run


@contextmanager
def people(path: Path) -> Iterator[Session]:
    """A session on a database file, which is let go afterwards."""
    database = connect(f"sqlite:///{path}")
    with database.session() as session:
        yield session
    cast(Engine, database.bind).dispose()


def add_person(path: Path, email: str) -> None:
    with people(path) as session, writing(session):
        make.user(session, email)


def people_in(path: Path) -> int:
    with people(path) as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


@contextmanager
def held_open(path: Path) -> Iterator[None]:
    """Another process, such as a server that does nothing just now, has the database open."""
    code = (
        "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1]);"
        "connection.execute('PRAGMA journal_mode = WAL'); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.communicate()


def lose_power(path: Path) -> None:
    """Leave the files as they are in the middle of use: who came last is in the log alone."""
    kept = path.parent.with_name("as it was")
    with held_open(path):
        add_person(path, "last@example.org")
        shutil.copytree(path.parent, kept)
    shutil.rmtree(path.parent)
    kept.rename(path.parent)
    assert Path(f"{path}-wal").stat().st_size


def test_a_backup_is_whole_while_the_site_runs_and_its_owners_alone(site: Path, tmp_path: Path, run: Run) -> None:
    copy = tmp_path / "copy.sqlite3"
    with held_open(site):
        add_person(site, "second@example.org")
        assert "Not in it: the certificates in" in run("backup", copy)
    assert [stat.S_IMODE(copy.stat().st_mode), people_in(copy)] == [0o600, 2]


def test_a_backup_is_never_written_over_another(site: Path, tmp_path: Path, run: Run) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    before = copy.read_bytes()
    add_person(site, "second@example.org")
    assert "is there already" in run("backup", copy, status=2)
    assert copy.read_bytes() == before


def test_what_was_lost_comes_back_and_the_old_log_is_not_replayed_over_it(site: Path, tmp_path: Path, run: Run) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    site.chmod(0o640)
    lose_power(site)
    run("restore", copy)
    assert [people_in(site), stat.S_IMODE(site.stat().st_mode)] == [1, 0o640]
    assert people_in(copy) == 1


def test_what_was_there_is_kept_and_can_be_put_back_the_same_way(
    site: Path, tmp_path: Path, run: Run, clock: Traveller
) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    add_person(site, "second@example.org")
    said = run("restore", copy)
    aside = site.with_name("quizapp.sqlite3.until-20260310T153000")
    assert f"moved aside: {aside}" in said
    clock.shift(60)
    run("restore", aside)
    assert people_in(site) == 2


def test_all_three_files_go_aside_together(tmp_path: Path) -> None:
    database = tmp_path / "a.sqlite3"
    for part in backups.PARTS:
        Path(f"{database}{part}").write_text(part)
    moved = backups.moved_aside(database, ".old")
    assert [path.name for path in moved] == ["a.sqlite3.old", "a.sqlite3.old-wal", "a.sqlite3.old-shm"]
    assert sorted(tmp_path.iterdir()) == sorted(moved)


def test_nothing_is_put_back_under_a_site_that_runs(site: Path, tmp_path: Path, run: Run) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    add_person(site, "second@example.org")
    with held_open(site):
        assert "is in use. Stop the site and its clock first." in run("restore", copy, status=2)
    assert people_in(site) == 2
    assert sorted(path.name for path in site.parent.iterdir()) == ["quizapp.sqlite3"]


def test_a_database_that_is_broken_or_gone_is_no_hindrance(site: Path, tmp_path: Path, run: Run) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    site.write_bytes(b"no database at all, and longer than a page's head of a hundred bytes would be " * 9)
    assert "moved aside" in run("restore", copy)
    assert people_in(site) == 1
    shutil.rmtree(site.parent)
    assert "moved aside" not in run("restore", copy)
    assert people_in(site) == 1


def spoil(copy: Path, statement: str) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "made by a newer version of this site (migration 9999)"),
        ("DELETE FROM alembic_version", "is no backup of this site: it names no migration"),
        ("DROP TABLE alembic_version", "is no backup of this site: no such table: alembic_version"),
        ("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'item'", "The database is broken: "),
    ],
)
def test_a_copy_that_cannot_be_used_changes_nothing(
    site: Path, tmp_path: Path, run: Run, statement: str, said: str
) -> None:
    copy = tmp_path / "copy.sqlite3"
    run("backup", copy)
    spoil(copy, statement)
    before = site.read_bytes()
    assert said in run("restore", copy, status=2)
    assert site.read_bytes() == before
    assert [path.name for path in site.parent.iterdir()] == ["quizapp.sqlite3"]


def test_half_a_copy_a_missing_one_and_the_database_itself_are_refused(site: Path, tmp_path: Path, run: Run) -> None:
    half = tmp_path / "half.sqlite3"
    half.write_bytes(site.read_bytes()[: site.stat().st_size // 2])
    assert "is no backup of this site: " in run("restore", half, status=2)
    assert "There is no file" in run("restore", tmp_path / "none.sqlite3", status=2)
    assert "is the database itself" in run("restore", site, status=2)
    assert people_in(site) == 1


def test_with_postgresql_both_point_at_the_manual(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_DATABASE_URL", "postgresql://quiz@db.example.org/quiz")
    for command in ("backup", "restore"):
        assert "docs/operating.md" in run(command, tmp_path / "copy", status=2)
