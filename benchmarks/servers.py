"""Servers of the benchmark's own: the site, its floors and PostgreSQL, and the CPU time that each has used."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from quizapp.config import ROOT
from tests import postgres

START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
SECRET_KEY = "benchmarks " * 4

# What a site's database has, not what tests may do without.
DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on", "shared_buffers": "128MB"}


class Server:
    """A process that listens on a port of its own, with all its children."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        self.log = folder / f"server-{self.port}.log"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
        self.environ |= {**settings, "QUIZAPP_PORT": str(self.port)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        give_up = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end; end it where it does not."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once with all its children."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """A server that is stopped afterwards."""
    server = Server(command, folder, settings)
    try:
        yield server
    finally:
        server.stop()


def settings_of(folder: Path, database_url: str, workers: int) -> dict[str, str]:
    """The settings of a site that lives in a folder; its clock's jobs rest while it is measured."""
    return {
        "QUIZAPP_VAR": str(folder),
        "QUIZAPP_DATABASE_URL": database_url,
        "QUIZAPP_SECRET_KEY": SECRET_KEY,
        "QUIZAPP_MAIL": "file",
        "QUIZAPP_WORKERS": str(workers),
        "QUIZAPP_TICK_SECONDS": "3600",
    }


def serve_command() -> list[str]:
    """What `make serve` runs."""
    return [sys.executable, "-m", "quizapp.cli", "serve"]


def floor_command(name: str) -> list[str]:
    """A floor under the same server's settings: "bare" or "replayed"."""
    return [sys.executable, "-m", "benchmarks.floors", name]


@contextmanager
def postgres_server() -> Iterator[tuple[str, int | None]]:
    """The address of a database of the benchmark's own, and the server's process; None where it is not ours.

    Raises postgres.NoPostgresError.
    """
    postgres.SETTINGS.update(DURABLE)
    with postgres.server() as server_url:
        name = f"quizapp_bench_{os.getpid()}"
        postgres.run_sql(server_url, f"CREATE DATABASE {name}")
        try:
            yield postgres.url_of(server_url, name), _postmaster(server_url)
        finally:
            postgres.run_sql(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def postgres_facts(url: str) -> str:
    """Version and durability of a server, as it says itself."""
    with psycopg.connect(url) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("server_version", "fsync")]
    version, fsync = (row[0] if row else "?" for row in shown)
    return f"PostgreSQL {version}, fsync {fsync}, synchronous_commit on"


def _postmaster(server_url: str) -> int | None:
    folder = make_url(server_url).query.get("host")
    file = Path(str(folder), "data", "postmaster.pid")
    return int(file.read_text().split("\n", 1)[0]) if file.exists() else None


def cpu_seconds(root: int | None) -> float:
    """CPU time used so far by a process, its living descendants, and its children that have ended."""
    if root is None:
        return 0.0
    parents, ticks = _processes()
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(pid, 0) for pid in family) / TICKS


def children_of(pid: int) -> list[int]:
    """The living children of a process."""
    parents, _ = _processes()
    return [child for child, parent in parents.items() if parent == pid]


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    """Of every process: its parent, and the ticks that it and its ended children have used."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                text = (path / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            # The name stands in parentheses and may hold spaces.
            fields = text.rpartition(")")[2].split()
            parents[int(path.name)] = int(fields[1])
            ticks[int(path.name)] = sum(map(int, fields[11:15]))
    return parents, ticks


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
