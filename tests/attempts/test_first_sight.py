"""First sight is a matter of the first showing: what comes later changes nothing."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from quizapp.attempts import actions, queries, saving
from quizapp.rules.answer_log import Event
from tests import make

DAY = timedelta(days=1)


def test_a_repeat_stays_a_repeat_when_the_earlier_set_shows_the_item_again(session: Session, now: datetime) -> None:
    owner = make.user(session)
    [item] = make.items(session, 1, domain="finance")
    practice = make.attempt(session, owner, [item], kind="practice", started_at=now)
    saving.show(session, owner.id, practice.id, 1, now)
    exam = make.attempt(session, owner, [item], started_at=now + DAY)
    actions.finish(session, owner.id, exam.id, now + 2 * DAY)
    saving.show(session, owner.id, practice.id, 1, now + 3 * DAY)
    actions.rebuild(session, owner.id, exam.id)
    assert [mark.is_first_sight for mark in queries.marks_of(session, owner.id, exam.id)] == [False]


def test_an_earlier_showing_that_arrives_later_counts_as_the_first(session: Session, now: datetime) -> None:
    owner = make.user(session)
    [item] = make.items(session, 1, domain="finance")
    attempt = make.attempt(session, owner, [item], started_at=now)
    saving.store_events(session, owner.id, attempt.id, "late", [Event(1, 1, "answer", "A", 0)], now + 5 * DAY / 1440)
    saving.store_events(
        session, owner.id, attempt.id, "early", [Event(1, 1, "answer", "B", 240_000)], now + 6 * DAY / 1440
    )
    [row] = queries.responses_of(session, owner.id, attempt.id)
    assert (row.value, row.first_made_at) == ("A", now + 2 * DAY / 1440)
