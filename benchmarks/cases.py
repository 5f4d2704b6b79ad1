"""What is measured: what a candidate does, and the floors under it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlencode
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert

from benchmarks.client import Request, Step, request
from benchmarks.crowd import Crowd, Person
from benchmarks.floors import RecordedRoute
from benchmarks.recording import FIRST_POSITION, FIRST_SEQ, recording
from quizapp.attempts.models import AttemptEvent

FORM = "application/x-www-form-urlencoded"
SAVING = "bench"  # The devices whose answers are counted have names that begin so.
READERS, STARTERS, SUBMITTERS = "readers", "starters", "submitters"


@dataclass(frozen=True)
class Case:
    """Something that a candidate does. `floors` names the recorded routes of its requests, in their order."""

    name: str
    group: str
    script: Callable[["Scripts", Person], Iterator[Step]]
    floors: tuple[str, ...]
    is_page: bool = False
    is_once: bool = False  # Each candidate does it once, and then it is put back.


class Scripts:
    """Writes the requests of candidates, for the site and for the floors under it."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.item_count = crowd.item_count
        self._seqs: dict[tuple[UUID, str], Iterator[int]] = {}

    def get(self, person: Person, path: str) -> Request:
        """A page."""
        return request("GET", path, person.headers)

    def post_form(self, person: Person, path: str, data: dict[str, str], status: int = 303) -> Request:
        """A form, with its CSRF token."""
        body = urlencode({**data, "csrf_token": person.csrf}).encode()
        return request("POST", path, {**person.headers, "Content-Type": FORM}, body, status)

    def next_seq(self, person: Person, device: str, step: int = 1) -> int:
        """The device's next number; a floor's form stores two events at once."""
        return next(self._seqs.setdefault((person.user_id, device), count(1, step)))

    # --- The site ---

    def items(self, person: Person) -> Iterator[Step]:
        """One item page after the other."""
        for n in count():
            yield [self.get(person, f"/attempts/{person.running}/items/{n % self.item_count + 1}")]

    def saves(self, person: Person) -> Iterator[Step]:
        """One answer after the other, as the room sends them."""
        while True:
            yield [self.save(person, f"/attempts/{person.running}/events", SAVING)]

    def save(self, person: Person, path: str, device: str) -> Request:
        """One answer."""
        seq = self.next_seq(person, device)
        position = seq % self.item_count + 1
        event = {"seq": seq, "position": position, "kind": "answer", "value": "AB"[seq // self.item_count % 2]}
        body = json.dumps({"device": device, "events": [event | {"age_ms": 0}]}).encode()
        headers = {
            **person.headers,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-CSRFToken": person.csrf,
            **_numbers(device, seq, position),
        }
        return request("POST", path, headers, body)

    def plain_forms(self, person: Person) -> Iterator[Step]:
        """Without JavaScript: an answer is posted, and the next item's page comes."""
        while True:
            n = self.next_seq(person, "plain form")
            position = n % (self.item_count - 1) + 1
            path = f"/attempts/{person.running}/items/"
            answer = "AB"[n // (self.item_count - 1) % 2]
            data = {"answer_form": "1", "answer": answer, "go": str(position + 1)}
            yield [self.post_form(person, f"{path}{position}", data), self.get(person, f"{path}{position + 1}")]

    def saves_and_items(self, person: Person) -> Iterator[Step]:
        """An answer is sent as the room sends it, and the next item's page is fetched all the same."""
        for (page,) in self.items(person):
            yield [self.save(person, f"/attempts/{person.running}/events", SAVING + "next"), page]

    def starts(self, person: Person) -> Iterator[Step]:
        """A full mock is started, once."""
        path, data = self.crowd.start_forms[0]
        yield [self.post_form(person, path, {**data, "start_token": str(uuid4())})]

    def submits(self, person: Person) -> Iterator[Step]:
        """The running mock is submitted, once."""
        yield [self.post_form(person, f"/attempts/{person.running}/submit", {})]

    def reviews(self, person: Person) -> Iterator[Step]:
        """The review before submitting."""
        while True:
            yield [self.get(person, f"/attempts/{person.running}/review")]

    def whole_forms(self, person: Person) -> Iterator[Step]:
        """The whole form, which the room fetches once."""
        while True:
            yield [self.get(person, f"/attempts/{person.running}/form")]

    def answers(self, person: Person) -> Iterator[Step]:
        """The list of all answers after submitting."""
        while True:
            yield [self.get(person, f"/attempts/{person.finished}/answers")]

    # --- The floors ---

    def replayed(self, case: Case, routes: dict[str, RecordedRoute], person: Person) -> Iterator[Step]:
        """The same statements without logic, as often as the case says."""
        while True:
            yield [self._floor(name, routes[name].status, person) for name in case.floors]
            if case.is_once:
                return

    def _floor(self, name: str, status: int, person: Person) -> Request:
        path = f"/floor/{name}" if name == "start" else f"/floor/{name}/{person.running}"
        if name == "save":
            return self.save(person, path, SAVING + "floor")
        if name == "form":
            seq = self.next_seq(person, "floorform", step=2)
            headers = {**person.headers, "Content-Type": FORM}
            headers |= _numbers("floorform", seq, seq % (self.item_count - 1) + 1)
            return request("POST", path, headers, urlencode({"csrf_token": person.csrf}).encode(), status)
        if name in {"start", "submit"}:
            return self.post_form(person, path, {}, status)
        path = f"/floor/{name}/{person.finished if name == 'answers' else person.running}"
        return self.get(person, path)

    def bare(self, size: int) -> Iterator[Step]:
        """A page of this size."""
        while True:
            yield [request("GET", f"/bare/{size}")]


CASES = (
    Case("item page", READERS, Scripts.items, ("item",), is_page=True),
    Case("answer save", READERS, Scripts.saves, ("save",)),
    Case("save and next item page", READERS, Scripts.saves_and_items, ("save", "item")),
    Case("same, by plain form", READERS, Scripts.plain_forms, ("form", "item")),
    Case("start of {items}", STARTERS, Scripts.starts, ("start",), is_once=True),
    Case("form for the room", READERS, Scripts.whole_forms, ("whole",), is_page=True),
    Case("review before submitting", READERS, Scripts.reviews, ("review",), is_page=True),
    Case("submit", SUBMITTERS, Scripts.submits, ("submit",), is_once=True),
    Case("answers after submitting", READERS, Scripts.answers, ("answers",), is_page=True),
)


def record(crowd: Crowd, person: Person) -> dict[str, RecordedRoute]:
    """What each route runs for `person`, who has a running mock and a finished one, and starts and submits one more."""
    engine = crowd.database.bind
    assert isinstance(engine, Engine)
    position = min(FIRST_POSITION, crowd.item_count - 1)
    running = f"/attempts/{person.running}"
    for device in ("sample", "form"):
        _log_up_to(crowd, person, device)
    event = {"seq": FIRST_SEQ + 1, "position": position, "kind": "answer", "value": "B", "age_ms": 0}
    form = {"answer_form": "1", "answer": "C", "go": str(position + 1)}
    sent: dict[str, tuple[str, dict[str, str] | None, object]] = {
        "item": (f"{running}/items/1", None, None),
        "save": (f"{running}/events", None, {"device": "sample", "events": [event]}),
        "form": (f"{running}/items/{position}", form, None),
        "review": (f"{running}/review", None, None),
        "whole": (f"{running}/form", None, None),
        "submit": (f"{running}/submit", {}, None),
        "answers": (f"/attempts/{person.finished}/answers", None, None),
    }
    routes = {}
    for name, (path, data, body) in sent.items():
        known: dict[str, object] = {
            "user_id": person.user_id,
            "attempt_id": person.finished if name == "answers" else person.running,
            "device": "form" if name == "form" else "sample",
        }
        if name in {"save", "form"}:
            known |= {"seq": FIRST_SEQ + 1, "position": position}
        routes[name] = _recorded(crowd, engine, person, known, path, data, body)
    crowd.set_aside([person])
    routes["start"] = _record_start(crowd, engine, person)
    crowd.set_aside([person])
    return routes


def _recorded(
    crowd: Crowd,
    engine: Engine,
    person: Person,
    known: dict[str, object],
    path: str,
    data: dict[str, str] | None,
    body: object,
) -> RecordedRoute:
    with recording(engine, known, datetime.now(UTC)) as statements:
        reply = crowd.send(person, path, data, body)
    assert reply.status_code in {200, 303}, f"{path}: {reply.status}\n{reply.text}"
    return RecordedRoute(statements, reply.status_code, len(reply.data), reply.mimetype or "")


def _record_start(crowd: Crowd, engine: Engine, person: Person) -> RecordedRoute:
    # The new attempt's key is known only afterwards, so the blanks are put in by a second look.
    path, data = crowd.start_forms[0]
    token = uuid4()
    known: dict[str, object] = {"user_id": person.user_id, "start_token": token, "attempt_id": uuid4()}
    now = datetime.now(UTC)
    with recording(engine, known, now) as statements:
        reply = crowd.send(person, path, {**data, "start_token": str(token)})
    assert reply.status_code == 303, reply.text
    known["attempt_id"] = UUID(reply.location.split("/attempts/")[1].split("/")[0])
    again = [statement.with_blanks(known, now) for statement in statements]
    return RecordedRoute(again, reply.status_code, len(reply.data), reply.mimetype or "")


def _log_up_to(crowd: Crowd, person: Person, device: str) -> None:
    """An event with a high number, so that the next one's is like no other value."""
    now = datetime.now(UTC)
    row = {
        "user_id": person.user_id,
        "attempt_id": person.running,
        "device": device,
        "seq": FIRST_SEQ,
        "position": 1,
        "kind": "shown",
        "value": "",
        "age_ms": 0,
        "made_at": now,
        "received_at": now,
    }
    with crowd.database.session() as session:
        session.execute(insert(AttemptEvent), [row])
        session.commit()


def _numbers(device: str, seq: int, position: int) -> dict[str, str]:
    return {"X-Device": device, "X-Seq": str(seq), "X-Position": str(position)}
