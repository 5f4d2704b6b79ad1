"""The database's promises, on SQLite and PostgreSQL."""

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import URL, Engine, event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.accounts.models import User
from quizapp.app import create_app
from quizapp.config import Config
from quizapp.db import Database, DatabaseBusyError, connect, writing
from quizapp.web import db_session, public
from tests import make
from tests.pages import Page


class OddError(Exception):
    """Something that goes wrong in the middle of a write."""


def fail_while_writing(session: Session) -> None:
    with writing(session):
        make.user(session)
        raise OddError


def rename(session: Session, user: User, name: str) -> None:
    with writing(session):
        user.display_name = name
        session.flush()


def count_of(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits five seconds for a lock in a test."""
    monkeypatch.setattr(db, "BUSY_MS", 10)


@contextmanager
def lock_held(database: Database, user: User) -> Iterator[None]:
    """Somebody else writes the user's row and does not come to an end."""
    with database.session() as other:
        other.connection(execution_options={"writing": True})
        other.merge(user).display_name = "Somebody else"
        other.flush()
        yield


def test_a_naive_datetime_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        make.user(session, created_at=datetime(2026, 3, 10, 15, 30))  # noqa: DTZ001 - what is refused


def test_a_moment_comes_back_in_utc_with_its_microseconds(session: Session) -> None:
    moment = datetime(2026, 3, 10, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    user = make.user(session, created_at=moment)
    session.expire(user)
    assert user.created_at == moment
    assert user.created_at.tzinfo is UTC


def test_moments_are_compared_in_utc(session: Session) -> None:
    make.user(session, created_at=datetime(2026, 3, 10, 23, 0, tzinfo=timezone(timedelta(hours=-5))))
    assert session.scalar(select(User.id).where(User.created_at > datetime(2026, 3, 11, 3, 59, tzinfo=UTC)))
    assert not session.scalar(select(User.id).where(User.created_at > datetime(2026, 3, 11, 4, 0, tzinfo=UTC)))


def test_a_write_is_kept(database: Database) -> None:
    with database.session() as session, writing(session):
        make.user(session)
    with database.session() as another:
        assert count_of(another) == 1


def test_a_write_that_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(OddError):
            fail_while_writing(session)
        assert count_of(session) == 0


def test_a_broken_promise_of_the_table_is_no_busy_database(database: Database) -> None:
    with database.session() as session, pytest.raises(IntegrityError), writing(session):
        make.user(session, target_percent=20)


def test_nobody_has_an_event_in_anothers_attempt(session: Session) -> None:
    attempt = make.attempt(session, make.user(session), make.items(session, 1))
    stranger = make.user(session, "stranger@example.org")
    with pytest.raises(IntegrityError):
        make.event(session, attempt, user_id=stranger.id)


def test_sqlite_is_durable(tmp_path: Path) -> None:
    with connect(f"sqlite:///{tmp_path / 'new' / 'a.sqlite3'}", create=True).session() as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == 5000


def test_an_sqlite_file_is_made_only_when_asked_for_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "50% ? #.sqlite3"
    url = URL.create("sqlite", database=str(path)).render_as_string()
    with connect(url).session() as session, pytest.raises(OperationalError, match="unable to open"):
        session.execute(text("SELECT 1"))
    assert not path.parent.exists()
    other = tmp_path / "b.sqlite3"
    with connect(f"sqlite:///{other}").session() as session, pytest.raises(OperationalError, match="unable to open"):
        session.execute(text("SELECT 1"))
    assert not other.exists()
    with connect(url, create=True).session() as session:
        session.execute(text("CREATE TABLE a (b INTEGER)"))
        session.commit()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (path.parent, *path.parent.iterdir())}
    assert modes == {"a folder": 0o700} | {path.name + end: 0o600 for end in ("", "-wal", "-shm")}


def test_what_is_there_already_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.touch()
    tmp_path.chmod(0o755)
    path.chmod(0o664)
    connect(f"sqlite:///{path}", create=True)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path, path)] == [0o755, 0o664]


def test_postgresql_is_durable_and_reads_what_is_committed(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
        assert connection.scalar(text("SHOW TimeZone")) == "UTC"
        assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_write_takes_its_lock_before_its_first_statement(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'a.sqlite3'}", create=True)
    engine = cast(Engine, database.bind)
    with database.session() as session, writing(session), engine.connect() as other:
        other.execute(text("PRAGMA busy_timeout = 0"))
        other.rollback()
        with pytest.raises(OperationalError, match="locked"):
            other.execution_options(writing=True).execute(text("SELECT 1"))


def test_a_lock_that_cannot_be_had_is_said_by_name(impatient: None, own_database: Database) -> None:
    with own_database.session() as session:
        user = make.user(session)
        session.commit()
        with lock_held(own_database, user), pytest.raises(DatabaseBusyError):
            rename(session, user, "Me")
        rename(session, user, "Me again")
    with own_database.session() as another:
        assert another.scalar(select(User.display_name)) == "Me again"


@pytest.fixture
def busy_app(config: Config, impatient: None, own_database: Database) -> Flask:
    """An application with one page that writes, while somebody else holds the lock."""
    app = create_app(config, own_database)
    app.config["WTF_CSRF_ENABLED"] = False
    with own_database.session() as session:
        user = make.user(session)
        session.commit()

    @app.route("/write-something", methods=["GET", "POST"])
    @public
    def write_something() -> str:
        with lock_held(own_database, user), writing(db_session()):
            db_session().merge(user).display_name = "Me"
            db_session().flush()
        return "written"

    return app


def test_a_busy_database_is_503_and_says_when_to_try_again(busy_app: Flask) -> None:
    response = busy_app.test_client().get("/write-something")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Nothing was stored just now." in response.text


def test_a_form_that_met_a_busy_database_can_be_sent_again_as_it_was(busy_app: Flask) -> None:
    sent = {"title": 'Denials "&" <appeals>', "tags": ["one", "two"], "note": "two\nlines"}
    page = Page(busy_app.test_client().post("/write-something?x=1", data=sent))
    assert page.one("main form").attrib["action"] == "/write-something?x=1"
    fields = [(each.attrib["name"], each.attrib["value"]) for each in page.all("main form input")]
    assert fields == [("title", sent["title"]), ("tags", "one"), ("tags", "two"), ("note", sent["note"])]


def test_neither_a_password_nor_a_file_comes_back(busy_app: Flask) -> None:
    forms: list[dict[str, Any]] = [{"password": "secret", "email": "x"}, {"file": (BytesIO(b"x"), "x.pdf")}]
    for data in forms:
        page = Page(busy_app.test_client().post("/write-something", data=data))
        assert page.texts("main form") == []
        assert "secret" not in page.text


def test_a_busy_database_tells_a_script_in_json(busy_app: Flask) -> None:
    response = busy_app.test_client().get("/write-something", headers={"Accept": "application/json"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.get_json()["error"].startswith("Nothing was stored just now.")


def test_a_database_that_is_away_is_503_for_somebody_signed_in(config: Config) -> None:
    app = create_app(config, connect("postgresql://nobody@127.0.0.1:1/nothing"))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "0" * 32 + ".secret"
    for address in ("/dashboard", "/readyz"):
        response = client.get(address)
        assert response.status_code == 503, address
        assert int(response.headers["Retry-After"]) > 0


# --- What somebody has to mend --------------------------------------------------------------------------------------


SPOIL = {
    ("sqlite", "read-only"): "PRAGMA query_only = ON",
    ("sqlite", "full"): "PRAGMA max_page_count = 1",
    ("postgresql", "read-only"): "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    ("postgresql", "full"): """
        CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON "user" FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()
    """,
}


@pytest.fixture(params=["read-only", "full"])
def blocked_app(request: pytest.FixtureRequest, config: Config, own_database: Database) -> Flask:
    """An application with one page that writes, on a database that is read-only, or whose disk is full."""
    engine = cast(Engine, own_database.bind)
    spoil = SPOIL[engine.dialect.name, request.param]

    @event.listens_for(engine, "connect")
    def spoilt(connection: Any, _record: Any) -> None:
        connection.execute(spoil)
        connection.commit()

    app = create_app(config, own_database)
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/write-something")
    @public
    def write_something() -> str:
        with writing(db_session()):
            for number in range(20):
                make.user(db_session(), f"person-{number}@example.org")
        return "written"

    return app


def test_a_database_that_takes_no_writes_is_503_keeps_the_form_and_tells_the_log(
    blocked_app: Flask, own_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    response = blocked_app.test_client().post("/write-something", data={"title": "Denials"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    page = Page(response)
    assert page.h1 == "The database cannot be written"
    assert [(each.attrib["name"], each.attrib["value"]) for each in page.all("main form input")] == [
        ("title", "Denials")
    ]
    assert [said.partition(": ")[0] for said in caplog.messages] == ["The database takes no writes"]
    with own_database.session() as session:
        assert count_of(session) == 0


def test_readyz_tells_of_a_database_that_takes_no_writes(
    config: Config, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(config, own_database).test_client()
    assert client.get("/readyz").status_code == 200
    engine = cast(Engine, own_database.bind)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    else:
        monkeypatch.setattr(db, "SPARE_BYTES", 2**62)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_readyz_tells_of_a_file_that_was_moved_away(config: Config, sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "moved.sqlite3"
    shutil.copyfile(sqlite_template, path)
    client = create_app(config, connect(f"sqlite:///{path}")).test_client()
    assert client.get("/readyz").status_code == 200
    path.rename(tmp_path / "elsewhere.sqlite3")
    assert client.get("/readyz").status_code == 503
