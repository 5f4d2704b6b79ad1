"""A bank large enough for any mock, and somebody who goes through one as a browser without JavaScript does."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp.attempts.models import Attempt, AttemptItem
from quizapp.bank.actions import load_items, load_readings
from quizapp.bank.item_files import ItemText, ReadItem
from quizapp.bank.models import ItemVersion
from quizapp.bank.tags import tags_of
from quizapp.config import ROOT
from quizapp.rules.answer_log import letter_of
from tests import make
from tests.pages import Client

TAGS = tags_of(ROOT / "question_bank")
DOMAINS = tuple(TAGS.domains)
ATTEMPT_ADDRESS = re.compile(r"/(?:attempts|practice)/([0-9a-f-]{36})/")


def stock(
    session: Session, per_domain: int, *, key: Callable[[int], int] = lambda number: number % 4, **fields: Any
) -> None:
    """Load `per_domain` items of every domain, whose keys go round the options; half are of law and ethics."""
    items = [
        make.item_text(
            f"{domain}-{number}",
            domain=domain,
            key=key(number),
            areas=(domain if domain in TAGS.areas else "operations", *(["law-and-ethics"] if number % 2 else [])),
            topics=(list(TAGS.domains[domain].topics)[number % 3],),
            **fields,
        )
        for domain in DOMAINS
        for number in range(per_domain)
    ]
    load_items(session, [ReadItem(item, f"items/{item.domain}/made.yaml", 1) for item in items], make.NOW)
    load_readings(session, passed(items))
    session.commit()


def passed(items: Iterable[ItemText]) -> set[tuple[str, str]]:
    """A reading of every item, as it is, that a second reader has passed."""
    return {(item.id, item.scored_hash) for item in items}


def start(client: Client, kind: str = "quick", tag: str = "", **data: str) -> "Exam":
    """Press the button of a mock in the catalogue."""
    sent = {"kind": kind, "tag": tag, "start_token": str(uuid4()), **data}
    return Exam(client, client.post("/mocks/start", data=sent))


def practise(client: Client, item_count: int = 5, **data: str | Sequence[str]) -> "Exam":
    """Start a practice set from its form."""
    sent = {"item_count": str(item_count), "start_token": str(uuid4()), **data}
    return Exam(client, client.post("/practice", data=sent))


def id_in(response: TestResponse) -> UUID:
    """The attempt that a redirect leads to."""
    match = ATTEMPT_ADDRESS.search(response.location or "")
    assert match, f"{response.status}, Location {response.location}"
    return UUID(match[1])


class Exam:
    """An attempt as its candidate's browser sees it."""

    def __init__(self, client: Client, started: TestResponse) -> None:
        self.client = client
        self.started = started
        self.id = id_in(started)
        self.root = f"/attempts/{self.id}"
        self._sent: dict[str, int] = {}

    @property
    def row(self) -> Attempt:
        """The attempt's row."""
        return self.client.session.scalars(select(Attempt).where(Attempt.id == self.id)).one()

    @property
    def key(self) -> str:
        """The letter of the key at each place, in the form's order."""
        rows = self.client.session.execute(
            select(AttemptItem.option_order, ItemVersion.key_option)
            .join(
                ItemVersion,
                (ItemVersion.item_id == AttemptItem.item_id) & (ItemVersion.version == AttemptItem.version),
            )
            .where(AttemptItem.attempt_id == self.id)
            .order_by(AttemptItem.position)
        )
        return "".join(letter_of(key, order) for order, key in rows)

    def get(self, page: str) -> TestResponse:
        """A page of the attempt: get("items/1"), get("review")."""
        return self.client.get(f"{self.root}/{page}")

    def save(self, position: int, data: Mapping[str, str]) -> TestResponse:
        """Send an item's form: its fields, and the button as `go`."""
        return self.client.post(f"{self.root}/items/{position}", data={"answer_form": "1", **data})

    def answer(self, letters: str) -> None:
        """Answer the first places, one after the other, pressing Next; a dot leaves a place open."""
        for position, letter in enumerate(letters, 1):
            fields = {} if letter == "." else {"answer": letter}
            assert self.save(position, {**fields, "go": str(position + 1)}).status_code == 303

    def send(self, *said: tuple[int, str, str], device: str = "tab1", age_ms: int = 0) -> TestResponse:
        """Send (position, kind, value) as a page with JavaScript does."""
        events = []
        for position, kind, value in said:
            self._sent[device] = self._sent.get(device, 0) + 1
            events.append(
                {"seq": self._sent[device], "position": position, "kind": kind, "value": value, "age_ms": age_ms}
            )
        return self.post_events({"device": device, "events": events})

    def post_events(self, batch: Any) -> TestResponse:
        """Send a batch as it is given."""
        return self.client.post(f"{self.root}/events", json=batch, headers={"Accept": "application/json"})

    def submit(self) -> TestResponse:
        """Press Submit."""
        return self.client.post(f"{self.root}/submit")

    def letters(self, *, right: int) -> str:
        """An answer to every place, of which only the first `right` are right."""
        return "".join(letter if n < right else "BADC"["ABCD".index(letter)] for n, letter in enumerate(self.key))
