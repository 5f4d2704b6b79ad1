"""The statements that a request runs, recorded once and run again for others: the floor under a route.

So the floor follows the route whenever it changes, and holds nothing but the statements.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from quizapp.db import writing
from tests.statements import BOOKKEEPING

SQLITE_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
NEARLY = timedelta(seconds=10)
# Numbers that no other value of a statement has by chance.
FIRST_SEQ = 987_650
FIRST_POSITION = 173


@dataclass(frozen=True)
class Blank:
    """A value that is filled in for each request: whose it is, or when."""

    name: str
    offset: int = 0
    is_text: bool = False

    def filled(self, values: Mapping[str, Any]) -> Any:
        """The value, in the form in which the driver took it."""
        value = values[self.name]
        if self.offset:
            return value + self.offset
        if not self.is_text:
            return value
        return value.hex if isinstance(value, UUID) else value.strftime("%Y-%m-%d %H:%M:%S.%f")


@dataclass(frozen=True)
class Recorded:
    """A statement as the driver got it, with blanks in its parameters."""

    text: str
    parameters: Any
    is_write: bool

    def with_blanks(self, known: Mapping[str, Any], now: datetime) -> "Recorded":
        """With more blanks, for what was not known while it was recorded."""
        return Recorded(self.text, _with_blanks(self.parameters, known, now), self.is_write)

    @property
    def returns_rows(self) -> bool:
        """Whether there is something to fetch."""
        return self.text.lstrip().upper().startswith("SELECT")


@contextmanager
def recording(engine: Engine, known: Mapping[str, Any], now: datetime) -> Iterator[list[Recorded]]:
    """Record what runs, but for transactions and for the look-up of who asks. `known` names what becomes a blank."""
    found: list[Recorded] = []

    def see(connection: Connection, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        if BOOKKEEPING.match(text) or "user_session" in text:
            return
        is_write = bool(connection.get_execution_options().get("writing", False))
        found.append(Recorded(text, _with_blanks(parameters, known, now), is_write))

    event.listen(engine, "before_cursor_execute", see)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", see)


def replay(session: Session, statements: list[Recorded], values: Mapping[str, Any]) -> None:
    """Run recorded statements, the reads first and the writes in one short transaction, and fetch what they give."""
    for statement in statements:
        if not statement.is_write:
            _run(session, statement, values)
    writes = [statement for statement in statements if statement.is_write]
    if writes:
        with writing(session):
            for statement in writes:
                _run(session, statement, values)


def _run(session: Session, statement: Recorded, values: Mapping[str, Any]) -> None:
    result = session.connection().exec_driver_sql(statement.text, _filled(statement.parameters, values))
    if statement.returns_rows:
        result.all()


def _with_blanks(value: Any, known: Mapping[str, Any], now: datetime) -> Any:
    if isinstance(value, dict):
        return {name: _with_blanks(each, known, now) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_with_blanks(each, known, now) for each in value)
    return _blank_of(value, known, now)


def _blank_of(value: Any, known: Mapping[str, Any], now: datetime) -> Any:
    for name, it in known.items():
        if isinstance(it, UUID) and (value == it or value == it.hex):
            return Blank(name, is_text=isinstance(value, str))
        if type(it) is type(value) is str and it == value:
            return Blank(name)
        if type(it) is type(value) is int and it <= value <= it + 1:
            return Blank(name, value - it)
    if isinstance(value, str) and SQLITE_MOMENT.fullmatch(value):
        moment = datetime.fromisoformat(value).replace(tzinfo=now.tzinfo)
        return Blank("now", is_text=True) if abs(moment - now) < NEARLY else value
    if isinstance(value, datetime):
        return Blank("now") if abs(value - now) < NEARLY else value
    return value


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(each, values) for each in value)
    return value.filled(values) if isinstance(value, Blank) else value
