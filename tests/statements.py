"""What a test learns about the SQL that ran: how many statements, and whether each names its person."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from quizapp.models import Base

BOOKKEEPING = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
PERSONAL_TABLES = frozenset(table.name for table in Base.metadata.sorted_tables if "user_id" in table.columns)
TOUCHED_TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)
# A join of two tables by user_id does not name a person; a bound value does.
NAMES_A_PERSON = re.compile(r"\buser_id = (?:\?|%\()")
INSERTS_A_PERSON = re.compile(r"\s*INSERT INTO \S+ \([^)]*\buser_id\b", re.IGNORECASE)


class Statements(list[str]):
    """The texts of the statements that ran, oldest first; str() lists them, for a failing test's message."""

    @property
    def writes(self) -> list[str]:
        """Those that change rows."""
        return [text for text in self if WRITES.match(text)]

    def __str__(self) -> str:
        return "\n".join([f"{len(self)} statements:", *(" ".join(text.split()) for text in self)])


@contextmanager
def watching(connection: Connection, see: Callable[[str], None]) -> Iterator[None]:
    """Show every statement but transaction bookkeeping to `see` before it runs."""

    def on_execute(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if not BOOKKEEPING.match(statement):
            see(statement)

    event.listen(connection, "before_cursor_execute", on_execute)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", on_execute)


def must_name_its_person(statement: str) -> None:
    """Fail when a statement on a person's rows does not say whose: the database could not find the shard."""
    touched = PERSONAL_TABLES & set(TOUCHED_TABLE.findall(statement))
    if touched and not (NAMES_A_PERSON.search(statement) or INSERTS_A_PERSON.match(statement)):
        raise AssertionError(f"A candidate's request touched {sorted(touched)} without user_id =:\n{statement}")
