"""Finishing and marking: once, by the key as it was drawn, first sight apart from repeats."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import queries
from quizapp.attempts.actions import finish, rebuild
from quizapp.attempts.models import Attempt, AttemptItem, Mark
from quizapp.attempts.saving import BadEventError, NoSuchAttemptError, store_events
from quizapp.bank.actions import load_items
from quizapp.bank.item_files import ReadItem
from quizapp.bank.models import Item
from quizapp.practice import actions as practice
from quizapp.practice.actions import AlreadyAnsweredError
from quizapp.rules.answer_log import Event
from tests import make

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def items(session: Session) -> list[Item]:
    """Three items whose keys are A, B and C."""
    return [make.item(session, f"fin-{n}", key=n) for n in range(3)]


def answer(session: Session, of: Attempt, letters: str, now: datetime = make.NOW) -> None:
    """Choose a letter at each place in turn; a dot leaves it open."""
    said = [(position, letter) for position, letter in enumerate(letters, 1) if letter != "."]
    events = [Event(seq, position, "answer", letter, 0) for seq, (position, letter) in enumerate(said, 1)]
    store_events(session, of.user_id, of.id, "tab1", events, now)


def marks(session: Session, of: Attempt) -> list[tuple[int, int | None, bool]]:
    """Place, option chosen and whether it was right."""
    session.expire_all()
    return [(mark.position, mark.chosen, mark.is_correct) for mark in queries.marks_of(session, of.user_id, of.id)]


def first_sights(session: Session, of: Attempt) -> list[bool]:
    return [mark.is_first_sight for mark in queries.marks_of(session, of.user_id, of.id)]


def test_each_place_is_marked_and_the_right_ones_are_counted(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    attempt = make.attempt(session, owner, items)
    answer(session, attempt, "AA.", now + MINUTE)
    assert finish(session, owner.id, attempt.id, now + 2 * MINUTE) is True
    assert marks(session, attempt) == [(1, 0, True), (2, 0, False), (3, None, False)]
    assert (attempt.finished_at, attempt.correct_count) == (now + 2 * MINUTE, 1)
    one, _, three = queries.marks_of(session, owner.id, attempt.id)
    assert (one.item_id, one.domain, one.marked_at) == ("fin-0", "finance", now + MINUTE)
    assert three.marked_at == now + 2 * MINUTE


def test_a_letter_stands_for_the_option_that_this_form_showed_there(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    attempt = make.attempt(session, owner, items[:1])
    place = session.scalars(select(AttemptItem)).one()
    place.option_order = "3102"
    session.flush()
    answer(session, attempt, "C")
    finish(session, owner.id, attempt.id, now)
    assert marks(session, attempt) == [(1, 0, True)]


def test_a_cleared_answer_is_none(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    attempt = make.attempt(session, owner, items[:1])
    events = [Event(1, 1, "answer", "A", 0), Event(2, 1, "answer", "", 0)]
    store_events(session, owner.id, attempt.id, "tab1", events, now)
    finish(session, owner.id, attempt.id, now)
    assert marks(session, attempt) == [(1, None, False)]


def test_finishing_twice_changes_nothing(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    attempt = make.attempt(session, owner, items)
    answer(session, attempt, "ABC")
    finish(session, owner.id, attempt.id, now)
    before = marks(session, attempt)
    assert finish(session, owner.id, attempt.id, now + DAY) is False
    assert marks(session, attempt) == before
    assert (attempt.finished_at, attempt.correct_count) == (now, 3)


def test_nobody_finishes_anothers_attempt(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    attempt = make.attempt(session, owner, items)
    stranger = make.user(session, "stranger@example.org")
    for user_id, attempt_id in ((stranger.id, attempt.id), (owner.id, uuid4())):
        with pytest.raises(NoSuchAttemptError):
            finish(session, user_id, attempt_id, now)
        with pytest.raises(NoSuchAttemptError):
            rebuild(session, user_id, attempt_id)
    session.expire_all()
    assert attempt.finished_at is None


def test_the_key_is_that_of_the_version_that_was_drawn(session: Session, owner: User, now: datetime) -> None:
    load_items(session, [ReadItem(make.item_text(key=1), "", 1)], now)
    attempt = make.attempt(session, owner, [session.get_one(Item, "fin-1")])
    load_items(session, [ReadItem(make.item_text(key=2), "", 1)], now)
    answer(session, attempt, "B")
    finish(session, owner.id, attempt.id, now)
    assert marks(session, attempt) == [(1, 1, True)]


# --- First sight ----------------------------------------------------------------------------------------------------


def test_an_item_is_at_first_sight_once(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    earlier = make.attempt(session, owner, items[:2], started_at=now - DAY)
    make.response(session, earlier, items[0].id, made_at=now - DAY)
    make.response(session, earlier, items[1].id, 2, kind="shown", value="", made_at=now - DAY)
    attempt = make.attempt(session, owner, items)
    finish(session, owner.id, earlier.id, now)
    finish(session, owner.id, attempt.id, now)
    assert first_sights(session, earlier) == [True, True]
    assert first_sights(session, attempt) == [False, False, True]


def test_an_item_that_was_drawn_before_but_never_shown_is_at_first_sight(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    make.attempt(session, owner, items, started_at=now - DAY)
    attempt = make.attempt(session, owner, items)
    finish(session, owner.id, attempt.id, now)
    assert first_sights(session, attempt) == [True, True, True]


def test_what_is_seen_again_later_was_at_first_sight_all_the_same(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    attempt = make.attempt(session, owner, items[:1])
    finish(session, owner.id, attempt.id, now)
    later = make.attempt(session, owner, items[:1], started_at=now + DAY)
    make.response(session, later, items[0].id, made_at=now + DAY)
    rebuild(session, owner.id, attempt.id)
    assert first_sights(session, attempt) == [True]


def test_what_a_neighbour_saw_is_no_repeat(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    theirs = make.attempt(session, neighbour, items, started_at=now - DAY)
    make.response(session, theirs, items[0].id, made_at=now - DAY)
    attempt = make.attempt(session, owner, items)
    finish(session, owner.id, attempt.id, now)
    assert first_sights(session, attempt) == [True, True, True]


# --- Practice -------------------------------------------------------------------------------------------------------


def test_in_practice_an_answer_is_marked_at_once_and_stays(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    attempt = make.attempt(session, owner, items, kind="practice")
    practice.answer(session, owner.id, attempt.id, 2, "B", now)
    assert marks(session, attempt) == [(2, 1, True)]
    with pytest.raises(AlreadyAnsweredError):
        practice.answer(session, owner.id, attempt.id, 2, "A", now + MINUTE)
    assert marks(session, attempt) == [(2, 1, True)]


def test_in_practice_what_was_left_open_is_not_marked(
    session: Session, owner: User, items: list[Item], now: datetime
) -> None:
    attempt = make.attempt(session, owner, items, kind="practice")
    practice.answer(session, owner.id, attempt.id, 1, "A", now)
    practice.answer(session, owner.id, attempt.id, 3, "A", now)
    finish(session, owner.id, attempt.id, now + MINUTE)
    assert marks(session, attempt) == [(1, 0, True), (3, 0, False)]
    assert attempt.correct_count == 1
    rebuild(session, owner.id, attempt.id)
    assert marks(session, attempt) == [(1, 0, True), (3, 0, False)]


def test_in_practice_a_repeat_is_known_as_one(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    for days, expected in ((2, True), (1, False)):
        attempt = make.attempt(session, owner, items[:1], kind="practice", started_at=now - days * DAY)
        practice.answer(session, owner.id, attempt.id, 1, "A", now - days * DAY + MINUTE)
        assert first_sights(session, attempt) == [expected]


@pytest.mark.parametrize("letter", ["", "E", "a", "AB"])
def test_in_practice_a_letter_that_is_none_is_refused(
    session: Session, owner: User, items: list[Item], now: datetime, letter: str
) -> None:
    attempt = make.attempt(session, owner, items, kind="practice")
    with pytest.raises(BadEventError):
        practice.answer(session, owner.id, attempt.id, 1, letter, now)
    assert session.scalars(select(Mark)).all() == []


def test_an_exam_is_not_answered_as_practice(session: Session, owner: User, items: list[Item], now: datetime) -> None:
    attempt = make.attempt(session, owner, items)
    with pytest.raises(NoSuchAttemptError):
        practice.answer(session, owner.id, attempt.id, 1, "A", now)
