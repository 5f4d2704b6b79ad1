"""Before an exam is submitted, nothing that the server sends depends on which option is the key."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp.db import Database
from tests import make
from tests.candidate import Exam, practise, start, stock
from tests.pages import Client

UUID_TEXT = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SIGNED_TEXT = re.compile(rb"\.?[\w-]{30,}\.[\w-]{6}\.[\w-]{27}")
CSRF_FIELDS = (rb'name="csrf_token" value="[^"]*"', rb'name="csrf-token" content="[^"]*"')


# What only an item that may be explained shows: a rationale, a source, the mark of the key.
TELLTALES = [
    re.compile(words)
    for words in (rb"Why \w+ of \S+ is right", rb"Source of", rb"Right(, your)? answer", rb"rationale")
]


@dataclass(frozen=True)
class Answer:
    """What the server answered, with its random tokens taken out."""

    request: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def without_tokens(text: bytes) -> bytes:
    """The text with every random token replaced by its name."""
    for pattern in CSRF_FIELDS:
        text = re.sub(pattern, b"CSRF", text)
    return UUID_TEXT.sub(b"UUID", SIGNED_TEXT.sub(b"SIGNED", text))


def in_order(export: bytes) -> bytes:
    """A candidate's export with the rows of each table in the order of their texts: the database promises none."""
    tables = json.loads(export)["tables"]
    return json.dumps({name: sorted(map(json.dumps, rows)) for name, rows in tables.items()}).encode()


class Recorder:
    """Keeps every answer that a client gets."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[Answer] = []
        opened = client.open

        def open_and_record(*args: Any, **kwargs: Any) -> TestResponse:
            response = opened(*args, **kwargs)
            self._record(response)
            return response

        monkeypatch.setattr(client, "open", open_and_record)

    def _record(self, response: TestResponse) -> None:
        request = f"{response.request.method} {response.request.path}"
        body = without_tokens(response.data)
        headers = {name: value for name, value in response.headers if name != "Content-Length"}
        self.answers.append(
            Answer(
                without_tokens(request.encode()).decode(),
                response.status_code,
                tuple((name, without_tokens(value.encode()).decode()) for name, value in sorted(headers.items())),
                in_order(body) if request.endswith("/settings/export") else body,
            )
        )


@pytest.fixture(autouse=True)
def same_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizapp.web.new_seed", lambda: 20260310)


@contextmanager
def bank_with_keys(database: Database, session: Session, key: Callable[[int], int]) -> Iterator[None]:
    """A bank of 81 items that is gone afterwards. Only `key` says which option is the key."""
    savepoint = cast(Connection, database.bind).begin_nested()
    try:
        stock(session, 9, key=key)
        yield
    finally:
        session.rollback()
        savepoint.rollback()
        session.expunge_all()


def pages_of_an_attempt(app: Flask, exam: Exam) -> list[str]:
    """Every address that the application answers to GET about an attempt or one of its places."""
    values: Mapping[str, Any] = {"attempt_id": exam.id, "position": 3}
    with app.test_request_context():
        rules: list[Rule] = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        return sorted(
            cast("tuple[str, str]", rule.build({name: values[name] for name in rule.arguments}))[1]
            for rule in rules
            if "attempt_id" in rule.arguments and rule.arguments <= values.keys()
        )


def go_through_all_before_submitting(app: Flask, client: Client) -> Exam:
    """Start, look at every item, answer, flag, come and go; and look at everything else meanwhile."""
    client.get("/mocks")
    client.get("/mocks/new?kind=quick")
    exam = start(client)
    for position in range(1, 46):
        exam.get(f"items/{position}")
    for position in range(1, 10):
        exam.save(position, {"answer": "A", "flag": "1", "go": str(position + 1)})
    exam.send(*[(position, "answer", "BCD"[position % 3]) for position in range(1, 46)])
    exam.send((7, "answer", ""))
    exam.save(8, {"go": "clear"})
    exam.save(9, {"answer": "E"})
    client.post(f"{exam.root}/resume")
    client.post(f"{exam.root}/go", data={"go": "44"})
    for address in pages_of_an_attempt(app, exam):
        client.get(address)
    for address in ("/dashboard", "/mocks", "/progress", "/history", "/practice", "/settings/export"):
        client.get(address)
    practised = practise(client, 5)
    for position in range(1, 6):
        client.post(f"/practice/{practised.id}/go", data={"go": str(position)})
        client.get(f"/practice/{practised.id}/items/{position}")
    client.get(f"/practice/{practised.id}/summary")
    return exam


def sit(
    app: Flask, client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Answer], list[Answer]]:
    """What the server says before an exam is submitted, and afterwards."""
    client.sign_in(make.user(session))
    session.commit()
    with monkeypatch.context() as patched:
        recorder = Recorder(client, patched)
        exam = go_through_all_before_submitting(app, client)
        before = list(recorder.answers)
        exam.submit()
        exam.get("result")
        exam.get("answers/3")
    return before, recorder.answers[len(before) :]


def test_two_banks_that_differ_only_in_their_keys_give_the_same_bytes_until_the_exam_is_submitted(
    app: Flask, client: Client, database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for shift in (0, 1):
        with bank_with_keys(database, session, lambda number, shift=shift: (number + shift) % 4):  # type: ignore[misc]
            runs.append(sit(app, client, session, monkeypatch))
    (before, after), (other_before, other_after) = runs
    assert len(before) == len(other_before) > 90
    for one, other in zip(before, other_before, strict=True):
        assert one == other, one.request
    # The comparison can tell: afterwards the keys show.
    assert [one == other for one, other in zip(after, other_after, strict=True)] == [True, False, False]
    for telltale in TELLTALES:
        assert [answer.request for answer in before if telltale.search(answer.body)] == []
        assert telltale.search(after[-1].body)


def test_the_sampler_of_a_guest_keeps_the_same_secret(
    client: Client, database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for shift in (0, 1):
        with bank_with_keys(database, session, lambda number, shift=shift: (number + shift) % 4):  # type: ignore[misc]
            client.sign_out()
            with monkeypatch.context() as patched:
                recorder = Recorder(client, patched)
                exam = Exam(client, client.post("/sampler"))
                for position in range(1, 11):
                    exam.get(f"items/{position}")
                    exam.send((position, "answer", "A"))
                exam.get("review")
                client.get("/")
            runs.append(recorder.answers)
    assert runs[0] == runs[1]
    assert {answer.status for answer in runs[0]} == {200, 303}
