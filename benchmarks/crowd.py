"""Candidates with a history: one makes it through the site's pages, and the database copies it for the others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from flask import render_template_string
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import delete, func, insert, literal, select, text, update
from werkzeug.test import TestResponse

from benchmarks.client import USER_AGENT
from quizapp import web
from quizapp.accounts import login
from quizapp.accounts.models import User
from quizapp.app import create_app
from quizapp.attempts.models import Attempt, AttemptEvent, Mark
from quizapp.config import Config
from quizapp.db import Database
from quizapp.models import Base

DEVICE = "history"
FULL = 200


@dataclass
class Person:
    """A signed-in candidate: what its browser sends along, and its attempts."""

    user_id: UUID
    cookie: str
    csrf: str
    running: UUID | None = None
    finished: UUID | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What every request of this browser carries."""
        return {"Cookie": f"quizapp={self.cookie}"}


class Crowd:
    """Makes candidates, and puts back what a measured slice has changed."""

    def __init__(self, config: Config, database: Database, item_count: int = FULL) -> None:
        self.app = create_app(config, database)
        self.database = database
        self.item_count = item_count
        custom = {"item_count": str(item_count), "minutes": "180"}
        self.start_forms = [("/mocks/start", {"kind": "full", "tag": ""})] if item_count == FULL else []
        self.start_forms.append(("/mocks/custom", custom))
        self.signer = cast(SecureCookieSessionInterface, self.app.session_interface).get_signing_serializer(self.app)

    def person(self) -> Person:
        """An account with an open session, made as signing in makes it."""
        assert self.signer
        now = datetime.now(UTC)
        user = User(id=uuid4(), email=f"{uuid4().hex}@example.org", password_hash="-", created_at=now)
        environ = {"REMOTE_ADDR": "127.0.0.1"}
        with self.app.test_request_context("/", headers={"User-Agent": USER_AGENT}, environ_base=environ):
            web.db_session().add(user)
            web.db_session().flush()
            login.start_session(user, now, days=30)
            web.db_session().commit()
            token = render_template_string("{{ csrf_token() }}")
            return Person(user.id, str(self.signer.dumps(dict(cookie))), token)

    def people(self, number: int, *, finished: UUID, running: UUID | None, template: Person) -> list[Person]:
        """Candidates with copies of the template's attempts."""
        made = [self.person() for _ in range(number)]
        for person in made:
            person.finished = self._copy(template, finished, person)
            person.running = self._copy(template, running, person) if running else None
        return made

    # --- Through the site's pages ---

    def send(self, person: Person, path: str, data: dict[str, str] | None = None, body: Any = None) -> TestResponse:
        """One POST (with data or a JSON body) or GET of a person, without a server."""
        client = self.app.test_client(use_cookies=False)
        headers = {**person.headers, "User-Agent": USER_AGENT, "X-CSRFToken": person.csrf}
        if body is not None:
            return client.post(path, data=json.dumps(body), content_type="application/json", headers=headers)
        if data is not None:
            return client.post(path, data=data, headers=headers)
        return client.get(path, headers=headers)

    def start(self, person: Person) -> UUID:
        """Start a mock of the benchmark's size, where the site offers one: in its catalogue, else as a custom one."""
        for path, data in self.start_forms:
            reply = self.send(person, path, {**data, "start_token": str(uuid4())})
            if reply.status_code == 303:
                self.start_forms = [(path, data)]
                return UUID(reply.location.split("/attempts/")[1].split("/")[0])
        raise AssertionError(reply.text)

    def answer(self, person: Person, attempt_id: UUID, number: int) -> None:
        """Answer the first `number` places, each shown before."""
        said = [(position, kind) for position in range(1, number + 1) for kind in ("shown", "answer")]
        events = [
            {"seq": seq, "position": position, "kind": kind, "value": "A" if kind == "answer" else "", "age_ms": 0}
            for seq, (position, kind) in enumerate(said, 1)
        ]
        body = {"device": DEVICE, "events": events}
        reply = self.send(person, f"/attempts/{attempt_id}/events", body=body)
        assert reply.status_code == 200, reply.text

    def submit(self, person: Person, attempt_id: UUID) -> None:
        """Finish an attempt."""
        assert self.send(person, f"/attempts/{attempt_id}/submit", {}).status_code == 303

    # --- Rows ---

    def _copy(self, template: Person, attempt_id: UUID, to: Person) -> UUID:
        """A copy of an attempt with everything in it, under another person's key."""
        copy_id = uuid4()
        with self.database.session() as session:
            for table in Base.metadata.sorted_tables:
                if table.info.get("travels"):
                    key = "id" if table.name == Attempt.__tablename__ else "attempt_id"
                    new = {"user_id": to.user_id, key: copy_id, "start_token": uuid4()}
                    columns = [literal(new[c.name], c.type) if c.name in new else c for c in table.columns]
                    rows = select(*columns).where(table.c.user_id == template.user_id, table.c[key] == attempt_id)
                    session.execute(insert(table).from_select(list(table.columns), rows))
            session.commit()
        return copy_id

    def gather_statistics(self) -> None:
        """Let PostgreSQL plan as it does a minute later, when it has looked at what was copied by itself."""
        if self.database.bind.dialect.name == "postgresql":
            self._write(text("ANALYZE"))

    def set_aside(self, people: Sequence[Person]) -> None:
        """Leave what these people have started out of the way, so that the next start draws as this one did."""
        ids = [person.user_id for person in people]
        self._write(
            update(Attempt)
            .where(Attempt.user_id.in_(ids), Attempt.finished_at.is_(None), Attempt.archived_at.is_(None))
            .values(archived_at=datetime.now(UTC))
        )

    def take_up(self, people: Sequence[Person]) -> None:
        """Bring the copies back that were set aside in the template."""
        ids = [person.user_id for person in people]
        self._write(update(Attempt).where(Attempt.user_id.in_(ids)).values(archived_at=None))

    def reopen(self, people: Sequence[Person]) -> None:
        """Take the submission of these people's running attempts back."""
        ids = [person.user_id for person in people]
        attempts = [person.running for person in people]
        self._write(delete(Mark).where(Mark.user_id.in_(ids), Mark.attempt_id.in_(attempts)))
        self._write(
            update(Attempt)
            .where(Attempt.user_id.in_(ids), Attempt.id.in_(attempts))
            .values(finished_at=None, correct_count=None)
        )

    def events_of(self, devices: str) -> int:
        """How many events the log has of devices whose names begin so."""
        with self.database.session() as session:
            named = AttemptEvent.device.startswith(devices)
            return session.scalar(select(func.count()).select_from(AttemptEvent).where(named)) or 0

    def _write(self, statement: Any) -> None:
        with self.database.session() as session:
            session.execute(statement)
            session.commit()
