"""Fixtures: both databases, the application, a client, pages, the clock."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.app import create_app
from quizapp.cli import migrate
from quizapp.config import Config, read_config
from quizapp.db import Database, connect
from tests import make, postgres
from tests.pages import Client, Pages
from tests.statements import Statements, watching

CountStatements = Callable[[], AbstractContextManager[Statements]]
TEMPLATE = "quizapp_template_" + uuid4().hex[:12]
closing = pytest.StashKey[ExitStack]()


# --- One PostgreSQL server for the whole run ------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads a parallel run starts the server; a lone one does when a test first asks."""
    config.stash[closing] = ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    config.stash[closing].close()


class ForWorkers:
    """What only a parallel run has: hand the server's address to each worker."""

    def __init__(self) -> None:
        self.address: dict[str, str] = {}

    @pytest.hookimpl
    def pytest_configure_node(self, node: object) -> None:
        """Runs in the leading process, once for each worker."""
        if not self.address:
            self.address = start_postgres(node.config.stash[closing])  # type: ignore[attr-defined]
        node.workerinput.update(self.address)  # type: ignore[attr-defined]


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Join in once xdist's own hooks are known."""
    if type(plugin).__name__ == "DSession":
        manager.register(ForWorkers())


def start_postgres(stack: ExitStack) -> dict[str, str]:
    """Start the server, and migrate the database that every worker's is a copy of."""
    try:
        server_url = stack.enter_context(postgres.server())
    except postgres.NoPostgresError as error:
        return {"postgres_missing": str(error)}
    postgres.run_sql(server_url, f"CREATE DATABASE {TEMPLATE}")
    stack.callback(postgres.run_sql, server_url, f"DROP DATABASE {TEMPLATE}")
    template = connect(postgres.url_of(server_url, TEMPLATE))
    migrate(template)
    cast(Engine, template.bind).dispose()
    return {"postgres_url": server_url, "postgres_template": TEMPLATE}


def skip_loudly(reason: str) -> None:
    """A skip that says why on a developer's machine, and a failure in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the server and its migrated template are, or why there is none."""
    given: dict[str, str] = getattr(request.config, "workerinput", {})
    if "postgres_url" in given or "postgres_missing" in given:
        return given
    return start_postgres(request.config.stash[closing])


# --- The databases --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that nobody writes to."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = connect(f"sqlite:///{path}", create=True)
    migrate(database)
    cast(Engine, database.bind).dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_engine(sqlite_template: Path) -> Iterator[Engine]:
    """This worker's SQLite database."""
    path = sqlite_template.with_name("worker.sqlite3")
    shutil.copyfile(sqlite_template, path)
    engine = cast(Engine, connect(f"sqlite:///{path}").bind)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_address: dict[str, str]) -> Iterator[Engine]:
    """This worker's PostgreSQL database, a copy of the template."""
    if "postgres_missing" in postgres_address:
        skip_loudly("No PostgreSQL: " + postgres_address["postgres_missing"])
    with new_postgres_database(postgres_address) as url:
        engine = cast(Engine, connect(url).bind)
        yield engine
        engine.dispose()


@contextmanager
def new_postgres_database(address: dict[str, str]) -> Iterator[str]:
    """The address of a fresh copy of the migrated template, dropped afterwards."""
    name = "quizapp_" + uuid4().hex[:12]
    server_url = address["postgres_url"]
    postgres.run_sql(server_url, f"CREATE DATABASE {name} TEMPLATE {address['postgres_template']}")
    yield postgres.url_of(server_url, name)
    postgres.run_sql(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database, once on each backend; whatever a test does in it is thrown away."""
    engine: Engine = request.getfixturevalue("sqlite_engine" if request.param == "sqlite" else "postgres_engine")
    with engine.connect() as connection:
        transaction = connection.begin()
        yield Database(connection, join_transaction_mode="create_savepoint")
        transaction.rollback()


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of the test's own, with real commits: for locks, and for tests that change the tables."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "own.sqlite3")
        database = connect(f"sqlite:///{tmp_path / 'own.sqlite3'}")
        yield database
        cast(Engine, database.bind).dispose()
        return
    request.getfixturevalue("postgres_engine")  # Skips or fails where there is no server.
    with new_postgres_database(request.getfixturevalue("postgres_address")) as url:
        database = connect(url)
        yield database
        cast(Engine, database.bind).dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """The test's own session; the application's requests see what it has flushed."""
    with database.session() as session:
        yield session


@pytest.fixture
def count_statements(database: Database) -> CountStatements:
    """`with count_statements() as statements:` lists what ran, without BEGIN, COMMIT and savepoints."""

    @contextmanager
    def count() -> Iterator[Statements]:
        statements = Statements()
        with watching(cast(Connection, database.bind), statements.append):
            yield statements

    return count


# --- The clock ------------------------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return make.NOW


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """A clock that stands at `now` until a test moves it: clock.shift(60), clock.move_to(moment)."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


# --- The application ------------------------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a site that lives in a folder of the test's own."""
    return read_config({"QUIZAPP_VAR": str(tmp_path / "var"), "QUIZAPP_SECRET_KEY": "tests " * 8})


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """What templates were compiled to, for the next test's application: a fifth of the time went into compiling."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(config: Config, database: Database, clock: time_machine.Traveller, compiled_templates: BytecodeCache) -> Flask:
    """The application on the test's database, at `now`, without CSRF tokens."""
    app = create_app(config, database)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    return app


@pytest.fixture
def new_client(app: Flask, database: Database, session: Session) -> Callable[[], Client]:
    """Makes another browser: new_client()."""

    def new() -> Client:
        client = cast(Client, app.test_client())
        client.database, client.session = database, session
        return client

    return new


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    """A browser of raw answers; client.sign_in(user) gives it a session."""
    return new_client()


@pytest.fixture
def page(client: Client) -> Pages:
    """A browser of inspected pages: page.get("/help").h1, page.post("/sign-in", {...}).texts(".error")."""
    return Pages(client)


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    """Somebody with an account, signed in; a folder whose tests ask for no page has its own."""
    owner = make.user(session)
    page.sign_in(owner)
    return owner


@pytest.fixture
def on_the_tests_database(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operators' commands work on the test's database, and on files of its own.

    By the test's database, every certificate of a developer's own site would be one too many.
    """
    monkeypatch.setattr("quizapp.cli.connect", lambda _url: database)
    monkeypatch.setenv("QUIZAPP_VAR", str(tmp_path))
