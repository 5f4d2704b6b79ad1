"""Copies of an SQLite database: made while the site runs, and put back while it does not."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

WAIT_SECONDS = 2
# Beside its file, a database in use has a log of what is newer than the file, and an index of that log.
PARTS = ("", "-wal", "-shm")


class BackupError(Exception):
    """Why a copy was not made or not put back, in a sentence; nothing was changed."""


def back_up(database: Path, copy: Path) -> None:
    """Write the database as it is at this moment into a new file, whole and its owner's alone.

    Nobody waits for it meanwhile, and what they store is not in it. Raises BackupError.
    """
    if copy.exists():
        raise BackupError(f"{copy} is there already, and a backup is never written over another one.")
    with closing(_opened(database, "mode=rw")) as source, _drafted(source, copy) as draft:
        draft.rename(copy)
        _flush_folder(copy.parent)


def restore(database: Path, copy: Path, known_revisions: Collection[str], now: datetime) -> list[Path]:
    """Put a copy in the database's place; returns the files that were there, which are moved aside and never deleted.

    The old log is moved too: left beside the copy, it would be replayed over it. Raises BackupError where the copy is
    broken or newer than this version of the site, and while anybody has the database open.
    """
    _ensure_known(copy, known_revisions)
    if database.exists() and copy.samefile(database):
        raise BackupError(f"{copy} is the database itself.")
    _ensure_unused(database)
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(_opened_copy(copy)) as source, _drafted(source, database) as draft:
        if database.exists():
            _give_to_the_same(draft, database)
        moved = moved_aside(database, f".until-{now:%Y%m%dT%H%M%S}")
        draft.rename(database)
        _flush_folder(database.parent)
    return moved


def moved_aside(database: Path, ending: str) -> list[Path]:
    """The three files under names that still fit together, so that what was in use can be put back the same way."""
    moved = []
    for part in PARTS:
        old, new = Path(f"{database}{part}"), Path(f"{database}{ending}{part}")
        if new.exists():
            raise BackupError(f"{new} is there already.")
        if old.exists():
            old.rename(new)
            moved.append(new)
    return moved


def _give_to_the_same(draft: Path, database: Path) -> None:
    """Whoever restores may be the administrator; the site must be able to open the file as before."""
    before = database.stat()
    os.chown(draft, before.st_uid, before.st_gid)
    draft.chmod(stat.S_IMODE(before.st_mode))


@contextmanager
def _drafted(source: sqlite3.Connection, target: Path) -> Iterator[Path]:
    """A checked copy of a database beside the place where it shall be; what is not moved there is removed."""
    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".draft", dir=target.parent)
    os.close(handle)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft)) as written:
            source.backup(written)
            # One file, without a log beside it, until a site opens it.
            written.execute("PRAGMA journal_mode = DELETE")
            faults = [fault for (fault,) in written.execute("PRAGMA integrity_check(1)")]
        if faults != ["ok"]:
            raise BackupError(f"The database is broken: {faults[0]}.")
        yield draft
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _opened(path: Path, options: str) -> sqlite3.Connection:
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    address = f"file:{quote(str(path.absolute()))}?{options}"
    return sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)


def _opened_copy(copy: Path) -> sqlite3.Connection:
    """A copy is only read; without a log beside it, it may even lie where nothing can be written."""
    return _opened(copy, "mode=ro" if Path(f"{copy}-wal").exists() else "immutable=1")


def _ensure_known(copy: Path, known_revisions: Collection[str]) -> None:
    try:
        with closing(_opened_copy(copy)) as connection:
            found = [revision for (revision,) in connection.execute("SELECT version_num FROM alembic_version")]
    except sqlite3.Error as error:
        raise BackupError(f"{copy} is no backup of this site: {error}.") from error
    if not found:
        raise BackupError(f"{copy} is no backup of this site: it names no migration.")
    if not set(found) <= set(known_revisions):
        raise BackupError(f"{copy} was made by a newer version of this site (migration {', '.join(found)}).")


def _ensure_unused(database: Path) -> None:
    """Raise BackupError while another process has the database open, though it may do nothing just now."""
    if not database.exists():
        return
    with closing(_opened(database, "mode=rw")) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BackupError(f"{database} is in use. Stop the site and its clock first.") from error
        except sqlite3.DatabaseError:
            # It is broken, which may be why the backup is wanted: whoever has it open cannot be known.
            return


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
