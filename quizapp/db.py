"""Base, session, `writing()`, the column vocabulary, and the set-up of SQLite and PostgreSQL; no Flask."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

BUSY_MS = 5000
BUSY_WORDS = ("locked", "busy", "lock timeout", "deadlock", "could not serialize", "connection")
# A disk that is full, read-only or broken, a file that was moved away: in the words of either database.
BLOCKED_WORDS = ("is full", "No space left", "readonly", "read-only", "disk I/O", "unable to open")
MISSING = re.compile(r"no such (table|column)|(relation|column) .* does not exist")
# What SQLite's log may grow by between two checkpoints, and a little more.
SPARE_BYTES = 5_000_000


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which keeps no zone, stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand back an aware UTC datetime from either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# The column vocabulary.
person_key = Annotated[UUID, mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)]
random_key = Annotated[UUID, mapped_column(primary_key=True)]
slug_key = Annotated[str, mapped_column(String(100), primary_key=True)]
slug = Annotated[str, mapped_column(String(100))]
short_text = Annotated[str, mapped_column(String(200))]
long_text = Annotated[str, mapped_column(Text)]
secret_hash_key = Annotated[bytes, mapped_column(LargeBinary(32), primary_key=True)]
json_content = Annotated[Mapping[str, Any], mapped_column(JSON().with_variant(JSONB(), "postgresql"))]
json_list = Annotated[Sequence[str], mapped_column(JSON().with_variant(JSONB(), "postgresql"))]


class Base(DeclarativeBase):
    """The base of every table; constraints get names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: UtcDateTime,
        UUID: Uuid,
    }


class Database:
    """One database: an engine, and sessions whose writes begin with `writing()`."""

    def __init__(self, bind: Engine | Connection, **session_options: Any) -> None:
        self.bind = bind
        self.session = sessionmaker(bind, expire_on_commit=False, autoflush=False, **session_options)


class DatabaseBusyError(Exception):
    """The database could not take the write now; nothing was stored, and trying again is safe."""


class DatabaseBlockedError(DatabaseBusyError):
    """It will take none until somebody has mended what is below it, such as a full disk; says what is wrong."""


def connect(url: str, *, pool_size: int = 5, create: bool = False) -> Database:
    """Open the database at `url`; durable by default (SQLite synchronous=FULL, PostgreSQL synchronous_commit=on).

    Only with `create` is an SQLite file made that is not there: its owner's alone, in a folder of the owner's alone.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        path = file_of(url)
        if path and create:
            _make_file(path)
        return Database(_sqlite_engine(_existing(address, path) if path else address))
    address = address.set(drivername="postgresql+psycopg")
    options = {"options": f"-c synchronous_commit=on -c timezone=UTC -c lock_timeout={BUSY_MS}"}
    return Database(create_engine(address, pool_size=pool_size, pool_pre_ping=True, connect_args=options))


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for one in memory or on a server."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    return Path(address.database or "").absolute()


def is_there(url: str) -> bool:
    """Whether there is a database to look at; a server says so itself."""
    path = file_of(url)
    return path is None or path.is_file()


def _make_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _existing(address: URL, path: Path) -> URL:
    """The same database, but never made anew: by itself, SQLite takes a mistyped address for an empty site."""
    return address.set(database=f"file:{quote(str(path))}").update_query_dict({"uri": "true", "mode": "rw"})


def _sqlite_engine(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver is told to stay out of transactions (isolation_level=None), so that a write can take
        # its lock at once; a transaction that reads first and writes later would fail as "locked".
        is_write = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def insert_into(session: Session, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    return insert_by_dialect(session.get_bind().dialect.name, table)


def insert_by_dialect(dialect: str, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """The same for a dialect by its name: for a statement that is put together once."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """A short write transaction: the reads before it are ended, the lock is taken, then it commits or rolls back.

    What must still hold is checked again inside. Raises DatabaseBusyError when the lock cannot be had.
    """
    session.commit()
    try:
        session.connection(execution_options={"writing": True})
        yield
        session.commit()
    except (DBAPIError, PoolTimeoutError) as error:
        session.rollback()
        refused = refusal_in(error)
        if refused:
            raise refused from error
        raise
    except BaseException:
        session.rollback()
        raise


def refusal_in(error: BaseException) -> DatabaseBusyError | None:
    """The refusal in an error, where the same request may succeed later; None where something else is wrong."""
    if isinstance(error, DatabaseBusyError):
        return error
    if isinstance(error, PoolTimeoutError):
        return DatabaseBusyError(str(error))
    if not isinstance(error, OperationalError | InternalError):
        return None
    said = _first_line(error)
    if any(word in said for word in BLOCKED_WORDS):
        return DatabaseBlockedError(said)
    return DatabaseBusyError(said) if any(word in said for word in BUSY_WORDS) else None


def in_words(error: BaseException, url: str) -> str | None:
    """What is wrong with the database at `url`, for the people who run it; None where it is not the database."""
    place = file_of(url) or make_url(url).render_as_string(hide_password=True)
    refused = refusal_in(error)
    if (refused or isinstance(error, DBAPIError)) and not is_there(url):
        return f"There is no database at {place}. Make it with quizapp db upgrade, or look at QUIZAPP_DATABASE_URL."
    if isinstance(refused, DatabaseBlockedError):
        return f"The database at {place} cannot be used: {refused}."
    if refused:
        return f"The database at {place} is busy or away: {refused}. Try again in a moment."
    if not isinstance(error, DBAPIError):
        return None
    said = _first_line(error)
    if MISSING.search(said):
        return f"The database at {place} lacks what this version needs: {said}. Mend that with quizapp db upgrade."
    # What is left of these kinds is the database's own trouble, such as a broken file. A fault of ours is of another,
    # but for SQLite, to which a wrong statement is an operational error with the plainest code.
    is_its_own = type(error) in {OperationalError, InternalError, DatabaseError}
    is_ours = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return f"The database at {place} cannot be used: {said}." if is_its_own and not is_ours else None


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0].rstrip(".")


def ensure_it_takes_writes(session: Session) -> None:
    """Raise DatabaseBlockedError where writes would be refused, as far as can be seen without one."""
    if session.get_bind().dialect.name != "sqlite":
        if session.scalar(text("SHOW transaction_read_only")) == "on":
            raise DatabaseBlockedError("The database is read-only.")
        return
    path = Path(session.execute(text("PRAGMA database_list")).one().file)
    if not os.access(path, os.W_OK):
        raise DatabaseBlockedError(f"{path} is away or read-only.")
    if shutil.disk_usage(path.parent).free < SPARE_BYTES:
        raise DatabaseBlockedError(f"The disk of {path} is full.")
