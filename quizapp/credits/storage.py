"""Where the bytes of certificates lie: put, open and delete, in a folder outside of what is served."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

# A prime number, so that whoever looks into one folder at each round, however far apart, comes to all of them.
FOLDERS = 251
KEY = re.compile(r"[0-9a-f]{32}")


class LostFileError(Exception):
    """What should lie in the store does not, or is no longer what was put there."""


class StoreRefusedError(Exception):
    """The store takes no file now: its disk is full, read-only or away."""


class EvidenceStore:
    """Files under random keys that say nothing, spread over folders that only the site's own user can read."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their key; they are on the disk when it returns. Raises StoreRefusedError."""
        key = secrets.token_hex(16)
        path = self._path(key)
        draft = path.with_suffix(".draft")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            _flush_folder(path.parent)
        except OSError as error:
            # On a full disk, half a file would take the last room until it is swept.
            for left in (draft, path):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
            raise StoreRefusedError(str(error)) from error
        return key

    def open(self, key: str) -> bytes:
        """The bytes that were put under a key; raises LostFileError."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise LostFileError(key) from error

    def delete(self, key: str) -> None:
        """Forget the bytes under a key, if they are there."""
        self._path(key).unlink(missing_ok=True)

    def put_before(self, moment: datetime, folder: int) -> Iterator[Path]:
        """What one of the folders 0 to 250 holds from before a moment, drafts that a crash left among it."""
        with suppress(FileNotFoundError):
            for path in self._folder(folder).iterdir():
                with suppress(FileNotFoundError):  # Another machine may be at the same work.
                    if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
                        yield path

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise LostFileError(key)
        return self._folder(int(key, 16) % FOLDERS) / key

    def _folder(self, number: int) -> Path:
        return self.root / f"{number:03}"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
