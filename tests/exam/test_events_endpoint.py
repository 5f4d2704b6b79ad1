"""Where a page with JavaScript sends what was done: what it stores, and with which status it refuses."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import AttemptEvent
from quizapp.web import MAX_REQUEST_BYTES
from tests import make
from tests.candidate import Exam, start, stock
from tests.pages import Client

SCRIPT = {"Accept": "application/json"}
SEVEN_DAYS_MS = 7 * 24 * 60 * 60 * 1000


@pytest.fixture
def exam(owner: User, session: Session, client: Client) -> Exam:
    stock(session, 1)
    return start(client)


def batch(device: object = "tab1", **changes: object) -> dict[str, Any]:
    """One answer, with changes to its event; a change to `...` leaves the field out."""
    event = {"seq": 1, "position": 1, "kind": "answer", "value": "A", "age_ms": 0, **changes}
    return {"device": device, "events": [{name: value for name, value in event.items() if value is not ...}]}


DISHONEST: list[object] = [
    batch(seq=0),
    batch(seq=-1),
    batch(seq=10**9),
    batch(seq=1.5),
    batch(seq="1"),
    batch(seq=None),
    batch(seq=...),
    batch(position=0),
    batch(position=10),
    batch(position=10**30),
    batch(position="1"),
    batch(position=True),
    batch(kind="key"),
    batch(kind="x" * 100),
    batch(kind=7),
    batch(value="E"),
    batch(value="AB"),
    batch(value="\0"),
    batch(value=None),
    batch(value=["A"]),
    batch(value="x" * 5000),
    batch(kind="note", value="a\0b"),
    batch(age_ms=-1),
    batch(age_ms=-(10**30)),
    batch(age_ms=1.5),
    batch(age_ms="0"),
    batch(age_ms=SEVEN_DAYS_MS + 1),
    batch(age_ms=10**30),
    batch(made_at="2020-01-01T00:00:00Z"),
    batch(user_id="somebody"),
    batch(device="form"),
    batch(device=""),
    batch(device="x" * 41),
    batch(device="x" * 40 + "\n"),
    batch(device="Tab 1"),
    batch(device="tab\0"),
    batch(device=None),
    batch(device={"name": "tab1"}),
    {"device": "tab1"},
    {"device": "tab1", "events": []},
    {"device": "tab1", "events": batch()["events"] * 501},
    {"device": "tab1", "events": "none"},
    {"device": "tab1", "events": [[1, 1, "answer", "A", 0]]},
    {**batch(), "attempt_id": "another"},
    [batch()],
    "tab1",
    7,
    None,
]


def stored(session: Session) -> int:
    """How many events devices have sent that are in the log."""
    return len(session.scalars(select(AttemptEvent).where(AttemptEvent.device != "form")).all())


def test_a_batch_is_stored_and_the_reply_says_up_to_where(exam: Exam, session: Session) -> None:
    response = exam.send((1, "answer", "A"), (2, "flag", "1"), (2, "shown", ""))
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    said = response.get_json()
    assert (said["stored"], said["late"]) == (3, 0)
    assert stored(session) == 3


def test_the_reply_to_a_gap_says_what_is_stored_without_it(exam: Exam, session: Session) -> None:
    exam.send((1, "answer", "A"))
    assert exam.post_events(batch(seq=3)).get_json()["stored"] == 1
    assert stored(session) == 1


def test_a_replay_gets_the_same_reply(exam: Exam, session: Session) -> None:
    replies = [exam.post_events(batch()).get_json() for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert stored(session) == 1


def test_an_answer_of_a_script_shows_on_the_page(exam: Exam) -> None:
    exam.send((1, "answer", "C"))
    page = exam.get("items/1").text
    assert page.count(" checked") == 1
    assert 'value="C" checked' in page


def test_what_no_honest_page_sends_is_refused_with_400_and_a_sentence(exam: Exam, session: Session) -> None:
    wrong = {}
    for sent in DISHONEST:
        response = exam.post_events(sent)
        is_said = response.mimetype == "application/json" and len(response.get_json()["error"]) > 20
        if response.status_code != 400 or not is_said:
            wrong[str(sent)[:100]] = response.status
    assert wrong == {}
    assert stored(session) == 0


NO_JSON = [b"", b"{", b"{} {}", b"\xff\xfe", b"null", b"[" * 5000, b'{"device": "\\ud800"}', b"age_ms=0", b"NaN"]


def test_what_is_no_json_is_refused_with_400(exam: Exam, session: Session) -> None:
    for body in NO_JSON:
        for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            response = exam.client.post(f"{exam.root}/events", data=body, content_type=content_type, headers=SCRIPT)
            assert (response.status_code, response.mimetype) == (400, "application/json"), body
    assert stored(session) == 0


def test_an_age_of_seven_days_is_taken_as_made_at_the_start(exam: Exam, session: Session) -> None:
    assert exam.post_events(batch(age_ms=SEVEN_DAYS_MS)).status_code == 200
    (event,) = session.scalars(select(AttemptEvent).where(AttemptEvent.device == "tab1"))
    assert event.made_at == exam.row.started_at


def test_an_absurd_size_is_refused_with_413(exam: Exam, session: Session) -> None:
    body = b'{"device": "tab1", "events": [' + b" " * MAX_REQUEST_BYTES + b"]}"
    response = exam.client.post(f"{exam.root}/events", data=body, content_type="application/json", headers=SCRIPT)
    assert (response.status_code, response.mimetype) == (413, "application/json")
    assert "nothing was stored" in response.get_json()["error"]


def test_one_bad_event_refuses_the_whole_batch(exam: Exam, session: Session) -> None:
    sent = batch()
    sent["events"].append({**sent["events"][0], "seq": 2, "value": "E"})
    assert exam.post_events(sent).status_code == 400
    assert stored(session) == 0


def test_who_is_signed_out_is_told_with_401(exam: Exam, session: Session) -> None:
    exam.client.sign_out()
    response = exam.post_events(batch())
    assert (response.status_code, response.mimetype) == (401, "application/json")
    assert stored(session) == 0


def test_a_stranger_is_told_with_404_that_there_is_no_such_attempt(exam: Exam, session: Session) -> None:
    exam.client.sign_in(make.user(session, "stranger@example.org"))
    response = exam.post_events(batch())
    assert (response.status_code, response.get_json()) == (404, {"error": "There is no such attempt."})
    assert stored(session) == 0


def test_a_token_that_is_no_longer_valid_has_a_status_of_its_own_so_that_no_answer_is_thrown_away(
    app: Flask, exam: Exam, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = exam.client.post(f"{exam.root}/events", json=batch(), headers={**SCRIPT, "X-CSRFToken": "stale"})
    assert (response.status_code, response.mimetype) == (403, "application/json")
    exam.client.sign_out()
    assert exam.post_events(batch()).status_code == 403
    assert stored(session) == 0


def test_the_page_gives_the_token_with_which_its_script_sends(app: Flask, exam: Exam, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = exam.get("items/1").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    response = exam.client.post(f"{exam.root}/events", json=batch(), headers={**SCRIPT, "X-CSRFToken": token})
    assert response.status_code == 200
    assert stored(session) == 1
