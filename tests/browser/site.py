"""A real server process on a database of its own, which a test may stop, kill and start again."""

import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from typing import cast

from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import BrowserContext
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from quizapp.accounts import actions
from quizapp.accounts.models import User
from quizapp.app import create_app
from quizapp.config import ROOT, Config, read_config
from quizapp.db import Database, connect, writing

START_SECONDS = 60
SECRET_KEY = "journeys " * 5


class Site:
    """The site as `make serve` runs it: migrations, the question bank, the server."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.settings = {
            "QUIZAPP_VAR": str(folder),
            "QUIZAPP_PORT": str(self.port),
            "QUIZAPP_SECRET_KEY": SECRET_KEY,
            "QUIZAPP_MAIL": "file",
            "QUIZAPP_WORKERS": "1",
            "QUIZAPP_TICK_SECONDS": "1",
            **(settings or {}),
        }
        self.config: Config = read_config(self.settings)
        self.database: Database = connect(self.config.database_url)
        self._process: subprocess.Popen[bytes] | None = None

    # --- The process ---

    def start(self) -> None:
        """Start the server and return once it answers."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "quizapp.cli", "serve"],
                cwd=ROOT,
                env=own | self.settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        give_up = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end, as an operator would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._process = None

    def kill(self) -> None:
        """End it at once with all its children, as a lost machine would."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop it and start it again on the same port."""
        self.stop()
        self.start()

    def answers(self) -> bool:
        """Whether the database behind it answers too."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    # --- What lies behind it ---

    @contextmanager
    def rows(self) -> Iterator[Session]:
        """A session on the site's database, for rows made by tests.make, and to look; never one inside another.

        It takes the write lock first: the server's clock writes each second, and on SQLite a transaction that has
        read before it writes fails when another has written in between.
        """
        with self.database.session() as session, writing(session):
            yield session

    def sign_in(self, context: BrowserContext, user: User) -> None:
        """Give a browser a session of `user` without going through pages."""
        with self.rows() as session:
            token = actions.open_session(session, user, browser="tests", days=30, now=datetime.now(UTC))
        app = create_app(self.config, self.database)
        signer = cast("SecureCookieSessionInterface", app.session_interface).get_signing_serializer(app)
        assert signer
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
        context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": str(cookie), "url": self.url}])

    def mails_to(self, address: str) -> list[str]:
        """The texts of the mails sent to somebody so far, oldest first."""
        files = sorted((self.config.var_dir / "mail").glob("*.eml"))
        mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail.get_content() for mail in mails if mail["To"] == address]

    def close(self) -> None:
        """Stop the server and let go of the database."""
        self.stop()
        cast(Engine, self.database.bind).dispose()


def links_in(mail: str) -> list[str]:
    """The addresses in a mail's text."""
    return re.findall(r"https?://\S+", mail)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
