"""Breaks, outages, attempts that are set aside, and starting over."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.attempts.actions import finish, rebuild
from quizapp.attempts.models import Attempt, AttemptItem, Mark, Response
from quizapp.attempts.queries import candidates
from quizapp.bank.models import Item
from quizapp.bank.queries import Selection
from quizapp.insights.queries import progress_of
from quizapp.web import now
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client, Pages

MINUTE = 60
AS_JSON = {"Accept": "application/json"}


def mock(session: Session, owner: User, number: int = 4, **columns: Any) -> Attempt:
    """A running mock of 41 minutes on items of its own."""
    drawn = make.items(session, number, prefix=f"fin-{uuid4().hex[:6]}")
    return make.attempt(session, owner, drawn, **{"late_window_seconds": 24 * 60 * MINUTE, **columns})


def post(client: Client, attempt: Attempt, what: str, **options: Any) -> dict[str, object]:
    """What a script is answered."""
    response = client.post(f"/attempts/{attempt.id}/{what}", headers=AS_JSON, **options)
    return {"status": response.status_code, **response.get_json()}


# --- Breaks -----------------------------------------------------------------------------------------------------------


def test_the_clock_stands_still_during_a_break(page: Pages, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    clock.shift(MINUTE)
    paused = page.post(f"/attempts/{attempt.id}/break/start", {"position": "3"})
    assert paused.h1 == "Break"
    assert paused.texts(".stats dd") == ["40 min", "1 h"]
    assert attempt.is_on_break(now())
    clock.shift(12 * MINUTE)
    later = page.get(f"/attempts/{attempt.id}/break?position=3")
    assert later.texts(".stats dd") == ["40 min", "48 min"]
    item = page.post(f"/attempts/{attempt.id}/break/end", later.values_of())
    assert item.url == f"/attempts/{attempt.id}/items/3"
    assert not attempt.is_on_break(now())
    assert attempt.break_seconds == 12 * MINUTE
    assert attempt.deadline_at == make.NOW + timedelta(minutes=41 + 12)


def test_a_break_without_a_place_leads_to_the_review(page: Pages, session: Session, owner: User) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    for sent in ({}, {"position": "99"}, {"position": "x"}):
        page.post(f"/attempts/{attempt.id}/break/start")
        assert page.post(f"/attempts/{attempt.id}/break/end", sent).url == f"/attempts/{attempt.id}/review"


def test_scripts_are_told_the_time_that_is_left(
    client: Client, session: Session, owner: User, clock: Traveller
) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    begun = post(client, attempt, "break/start")
    assert begun == {"status": 200, "seconds_left": 41 * MINUTE, "break_seconds_left": 60 * MINUTE}
    clock.shift(5 * MINUTE)
    ended = post(client, attempt, "break/end")
    assert ended == {"status": 200, "seconds_left": 41 * MINUTE, "break_seconds_left": 55 * MINUTE}


def test_breaks_are_an_hour_in_all(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    post(client, attempt, "break/start")
    clock.shift(70 * MINUTE)
    assert not attempt.is_on_break(now())
    assert post(client, attempt, "break/start")["status"] == 409
    assert client.get(f"/attempts/{attempt.id}/break").location == f"/attempts/{attempt.id}/review"
    ended = post(client, attempt, "break/end")
    assert ended == {"status": 200, "seconds_left": 31 * MINUTE, "break_seconds_left": 0}
    refused = post(client, attempt, "break/start")
    assert refused == {"status": 409, "error": "The 60 minutes of breaks are used up."}


def test_a_mock_without_breaks_has_none(page: Pages, session: Session, owner: User) -> None:
    attempt = mock(session, owner)
    assert "started without breaks" in page.post(f"/attempts/{attempt.id}/break/start").text
    assert attempt.break_started_at is None
    assert post(page.client, attempt, "break/end")["status"] == 200
    assert attempt.break_seconds == 0


def test_there_is_no_break_when_the_time_is_up(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    clock.shift(42 * MINUTE)
    assert post(client, attempt, "break/start")["status"] == 409


# --- Outages ----------------------------------------------------------------------------------------------------------


def test_the_time_of_an_outage_is_added(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner)
    clock.shift(10 * MINUTE)
    answer = post(client, attempt, "outage", data={"seconds": str(7 * MINUTE)})
    assert answer == {"status": 200, "seconds": 420, "seconds_left": 38 * MINUTE, "break_seconds_left": 0}
    assert attempt.outage_seconds == 7 * MINUTE


def test_the_outage_may_come_as_json(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner)
    clock.shift(10 * MINUTE)
    assert post(client, attempt, "outage", json={"seconds": 90})["seconds"] == 90


def test_people_without_scripts_are_told_in_words(page: Pages, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner)
    clock.shift(10 * MINUTE)
    assert "7 min added" in page.post(f"/attempts/{attempt.id}/outage", {"seconds": "420"}).text
    page.post(f"/attempts/{attempt.id}/outage", {"seconds": "420"})
    assert "No time was added" in page.post(f"/attempts/{attempt.id}/outage", {"seconds": "420"}).text


def test_an_outage_is_half_an_hour_at_most(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner)
    clock.shift(40 * MINUTE)
    assert post(client, attempt, "outage", json={"seconds": 40 * MINUTE})["seconds"] == 30 * MINUTE
    assert post(client, attempt, "outage", json={"seconds": 60})["seconds"] == 0


def test_thinking_is_no_outage(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner)
    for seq in (1, 2, 3):
        make.event(session, attempt, seq=seq, received_at=now(), made_at=now())
        clock.shift(5 * MINUTE)
    make.event(session, attempt, seq=4, received_at=now(), made_at=now())
    assert post(client, attempt, "outage", json={"seconds": 10 * MINUTE})["seconds"] == 0


def test_an_outage_after_the_time_was_up_gives_nothing(
    client: Client, session: Session, owner: User, clock: Traveller
) -> None:
    attempt = mock(session, owner)
    clock.shift(51 * MINUTE)
    refused = post(client, attempt, "outage", json={"seconds": 9 * MINUTE})
    assert refused == {"status": 409, "error": "The time was up before that outage began."}
    assert post(client, attempt, "outage", json={"seconds": 10 * MINUTE})["status"] == 200


def test_a_break_is_no_outage(client: Client, session: Session, owner: User, clock: Traveller) -> None:
    attempt = mock(session, owner, allows_breaks=True)
    post(client, attempt, "break/start")
    clock.shift(15 * MINUTE)
    post(client, attempt, "break/end")
    clock.shift(3 * MINUTE)
    assert post(client, attempt, "outage", json={"seconds": 15 * MINUTE})["seconds"] == 3 * MINUTE


def test_an_answer_made_after_the_old_deadline_counts_once_the_outage_is_added(
    client: Client, session: Session, owner: User, clock: Traveller
) -> None:
    attempt = mock(session, owner)
    clock.shift(43 * MINUTE)
    event = {"seq": 1, "position": 2, "kind": "answer", "value": "B", "age_ms": MINUTE * 1000}
    client.post(f"/attempts/{attempt.id}/events", json={"device": "d1", "events": [event]})
    find = select(Response.value).where(Response.attempt_id == attempt.id, Response.kind == "answer")
    assert session.scalars(find).all() == []
    post(client, attempt, "outage", json={"seconds": 5 * MINUTE})
    assert session.scalars(find).all() == ["B"]


@pytest.mark.parametrize("columns", [{"is_strict": True}, {"deadline_at": None}, {"finished_at": make.NOW}])
def test_no_time_is_added_where_there_is_none_to_add(
    client: Client, session: Session, owner: User, clock: Traveller, columns: dict[str, Any]
) -> None:
    attempt = mock(session, owner, **columns)
    clock.shift(10 * MINUTE)
    refused = post(client, attempt, "outage", json={"seconds": 60})
    assert refused["status"] == 409
    assert "ordinary, timed mock" in str(refused["error"])
    assert attempt.outage_seconds == 0


@pytest.mark.parametrize("sent", ["", "-1", "0", "1.5", "x", "9" * 30, "²", "604801"])
def test_an_outage_of_no_such_length_is_refused(client: Client, session: Session, owner: User, sent: str) -> None:
    attempt = mock(session, owner)
    assert post(client, attempt, "outage", data={"seconds": sent})["status"] == 400


@pytest.mark.parametrize("sent", ["[]", "7", "{}", '{"seconds": true}', '{"seconds": "60"}', '{"seconds": 1e9}', "{"])
def test_absurd_json_is_refused(client: Client, session: Session, owner: User, sent: str) -> None:
    attempt = mock(session, owner)
    answer = post(client, attempt, "outage", data=sent, content_type="application/json")
    assert answer["status"] == 400
    assert json.dumps(answer)


def test_practice_has_neither_breaks_nor_outages(client: Client, session: Session, owner: User) -> None:
    practice = mock(session, owner, kind="practice")
    for what in ("break/start", "break/end", "outage"):
        assert client.post(f"/attempts/{practice.id}/{what}", data={"seconds": "60"}).status_code == 404


# --- Set aside, bring back, start over --------------------------------------------------------------------------------


def sit(session: Session, owner: User, clock: Traveller, *, drawn_again: Attempt | None = None) -> Attempt:
    """A finished mock, in which the first item was shown and answered; perhaps on the items of an earlier one."""
    clock.shift(MINUTE)
    started_at = now()
    if drawn_again is None:
        attempt = mock(session, owner, started_at=started_at)
    else:
        drawn = [session.get_one(Item, place) for place in _items_of(session, drawn_again)]
        attempt = make.attempt(session, owner, drawn, started_at=started_at)
    first = _items_of(session, attempt)[0]
    for kind, value in (("shown", ""), ("answer", "A")):
        make.response(session, attempt, first, kind=kind, value=value, made_at=started_at)
    finish(session, owner.id, attempt.id, started_at + timedelta(seconds=30))
    session.flush()
    return attempt


def _items_of(session: Session, attempt: Attempt) -> list[str]:
    from_form = select(AttemptItem.item_id).where(AttemptItem.attempt_id == attempt.id)
    return list(session.scalars(from_form.order_by(AttemptItem.position)))


def first_sights(session: Session, attempt: Attempt) -> list[bool]:
    rows = session.scalars(select(Mark).where(Mark.attempt_id == attempt.id).order_by(Mark.position))
    return [mark.is_first_sight for mark in rows.unique()]


def test_an_attempt_that_is_set_aside_does_not_count_until_it_is_brought_back(
    page: Pages, session: Session, owner: User, clock: Traveller
) -> None:
    attempt = sit(session, owner, clock)
    first = _items_of(session, attempt)[0]
    asked = page.get(f"/attempts/{attempt.id}/set-aside")
    assert "no longer count towards your weak areas" in asked.text
    assert progress_of(session, owner.id).first_sight.total == 1
    history = page.post(f"/attempts/{attempt.id}/set-aside")
    assert history.url == "/history"
    assert "Attempts that are set aside" in history.text
    assert progress_of(session, owner.id).first_sight.total == 0
    assert "Nothing to show before the first mock." in page.get("/dashboard").text
    assert "None yet." in page.get("/dashboard").text
    assert unseen(session, owner, first)
    page.post(f"/attempts/{attempt.id}/bring-back")
    assert progress_of(session, owner.id).first_sight.total == 1
    assert not unseen(session, owner, first)
    assert attempt.archived_at is None


def unseen(session: Session, owner: User, item_id: str) -> bool:
    found = candidates(session, owner.id, Selection())
    return next(one.last_shown_at for one in found if one.item_id == item_id) is None


def test_first_sight_follows_what_is_set_aside_and_equals_a_rebuild(
    page: Pages, session: Session, owner: User, clock: Traveller
) -> None:
    earlier = sit(session, owner, clock)
    later = sit(session, owner, clock, drawn_again=earlier)
    assert first_sights(session, later) == [False, True, True, True]
    page.post(f"/attempts/{earlier.id}/set-aside")
    assert first_sights(session, later) == [True, True, True, True]
    rebuild(session, owner.id, later.id)
    assert first_sights(session, later) == [True, True, True, True]
    page.post(f"/attempts/{earlier.id}/bring-back")
    assert first_sights(session, later) == [False, True, True, True]


def test_a_running_mock_that_is_set_aside_holds_its_items_no_longer(page: Pages, session: Session, owner: User) -> None:
    attempt = mock(session, owner)
    assert candidates(session, owner.id, Selection()) == []
    assert "Its clock goes on" in page.get(f"/attempts/{attempt.id}/set-aside").text
    page.post(f"/attempts/{attempt.id}/set-aside")
    assert len(candidates(session, owner.id, Selection())) == 4
    assert "Begun and not finished" not in page.get("/mocks").text


def test_a_mock_that_is_set_aside_is_closed_until_it_is_brought_back(
    page: Pages, session: Session, owner: User
) -> None:
    attempt = mock(session, owner)
    room = f"/attempts/{attempt.id}"
    page.post(f"{room}/set-aside")
    note = "This mock is set aside. Bring it back to go on."
    sent = {"go": "2", "answer_form": "1", "answer": "A"}
    for path in ("items/1", "review"):
        assert page.client.get(f"{room}/{path}").location == "/history"
    assert note in page.get("/history").text
    for closed in (
        page.post(f"{room}/resume"),
        page.post(f"{room}/go", {"go": "2"}),
        page.post(f"{room}/items/1", sent),
    ):
        assert closed.url == "/history"
        assert note in closed.text
    form = page.client.get(f"{room}/form", headers=AS_JSON)
    event = {"seq": 1, "position": 2, "kind": "answer", "value": "B", "age_ms": 0}
    stored = page.client.post(f"{room}/events", json={"device": "d1", "events": [event]})
    for refused, status in ((form, 409), (stored, 423)):
        assert (refused.status_code, refused.get_json()) == (status, {"error": note})
    assert session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all() == []
    page.post(f"{room}/bring-back")
    assert page.post(f"{room}/items/1", sent).url == f"{room}/items/2"


def test_a_mock_that_is_set_aside_can_be_finished(session: Session, owner: User) -> None:
    attempt = mock(session, owner, archived_at=make.NOW)
    assert finish(session, owner.id, attempt.id, now())


def test_what_was_shown_elsewhere_while_a_mock_was_set_aside_is_no_first_sight(
    page: Pages, session: Session, owner: User, clock: Traveller
) -> None:
    attempt = mock(session, owner)
    first, second = _items_of(session, attempt)[:2]
    clock.shift(MINUTE)
    page.post(f"/attempts/{attempt.id}/set-aside")
    practice = make.attempt(session, owner, [session.get_one(Item, first)], kind="practice", started_at=now())
    make.response(session, practice, first, kind="shown", value="", made_at=now())
    page.post(f"/attempts/{attempt.id}/bring-back")
    clock.shift(MINUTE)
    finish(session, owner.id, attempt.id, now())
    afterwards = make.attempt(session, owner, [session.get_one(Item, second)], kind="practice", started_at=now())
    make.response(session, afterwards, second, kind="shown", value="", made_at=now())
    assert first_sights(session, attempt) == [False, True, True, True]
    rebuild(session, owner.id, attempt.id)
    assert first_sights(session, attempt) == [False, True, True, True]
    page.post(f"/attempts/{practice.id}/set-aside")
    assert first_sights(session, attempt) == [True, True, True, True]
    page.post(f"/attempts/{practice.id}/bring-back")
    assert first_sights(session, attempt) == [False, True, True, True]


def test_starting_over_sets_everything_aside_and_loses_nothing(
    page: Pages, session: Session, owner: User, clock: Traveller
) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    theirs = sit(session, neighbour, clock)
    attempts = [sit(session, owner, clock) for _ in range(2)] + [mock(session, owner)]
    asked = page.get("/history/start-over")
    assert "All 3 attempts" in asked.text
    assert "1 attempt of these is not finished" in asked.text
    history = page.post("/history/start-over")
    assert "3 attempts set aside" in history.text
    assert "A fresh start" in history.text
    assert all(attempt.archived_at for attempt in attempts)
    assert theirs.archived_at is None
    assert progress_of(session, owner.id).first_sight.total == 0
    for attempt in attempts[:2]:
        page.get(f"/attempts/{attempt.id}/result")
        page.post(f"/attempts/{attempt.id}/bring-back")
    assert progress_of(session, owner.id).first_sight.total == 2
    assert "nothing to set aside" in (page.post("/history/start-over") and page.get("/history/start-over")).text


def test_progress_takes_two_statements(
    session: Session, owner: User, clock: Traveller, count_statements: CountStatements
) -> None:
    sit(session, owner, clock)
    with count_statements() as statements:
        progress_of(session, owner.id)
    assert len(statements) == 2, statements
