"""Whom the clock's job looks at: each once a day, in the morning where the person lives."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts import zones
from quizapp.accounts.models import User
from quizapp.credits.reminders import Rounds, next_people
from tests import make
from tests.conftest import CountStatements
from tests.credits.reminding import DAY, cmm


def looked_at(session: Session, rounds: Rounds, moments: Sequence[datetime], limit: int | None = None) -> list[int]:
    return [len(next_people(session, rounds, moment, limit)) for moment in moments]


def test_a_person_is_looked_at_once_a_day_in_the_morning(session: Session) -> None:
    cmm(session, make.user(session, time_zone="America/New_York"))
    start = datetime(2027, 1, 10, 0, tzinfo=UTC)  # 19:00 in New York
    rounds = Rounds()
    found = looked_at(session, rounds, [start + n * timedelta(minutes=15) for n in range(4 * 48)])
    assert [n / 4 for n, number in enumerate(found) if number] == [0, 11, 35]  # at once, then at 6:00 in New York


@pytest.mark.parametrize(("day", "hour"), [(date(2027, 3, 13), 11), (date(2027, 3, 14), 10), (date(2027, 11, 7), 11)])
def test_it_is_six_in_the_morning_on_the_days_when_the_clocks_change_too(
    session: Session, day: date, hour: int
) -> None:
    cmm(session, make.user(session, time_zone="America/New_York"))
    six = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert looked_at(session, Rounds(), [six - DAY / 2, six - minute, six, six + minute]) == [1, 0, 1, 0]


def test_people_without_a_credential_are_not_looked_at(session: Session) -> None:
    make.user(session)
    make.guest(session)
    assert looked_at(session, Rounds(), [make.NOW]) == [0]


def test_people_come_in_small_batches_and_each_once(session: Session) -> None:
    everybody = {make.user(session, f"{n}@example.org", time_zone=sorted(zones.names())[50 * n]).id for n in range(7)}
    for user_id in everybody:
        cmm(session, session.get_one(User, user_id))
    rounds = Rounds()
    batches = [next_people(session, rounds, make.NOW, 3) for _ in range(5)]
    assert [len(batch) for batch in batches] == [3, 3, 1, 0, 0]
    assert {user_id for batch in batches for user_id in batch} == everybody


def test_everybody_is_looked_at_again_on_the_next_day_and_who_failed_not_twice(session: Session) -> None:
    everybody = sorted(make.user(session, f"{n}@example.org").id for n in range(3))
    for user_id in everybody:
        cmm(session, session.get_one(User, user_id))
    rounds = Rounds()
    for day in range(2):
        batches = [list(next_people(session, rounds, make.NOW + day * DAY, 2)) for _ in range(3)]
        assert batches == [everybody[:2], everybody[2:], []]
    rounds.failed = {everybody[0]}
    assert sorted(next_people(session, rounds, make.NOW + 2 * DAY)) == everybody


def test_between_the_mornings_a_tick_runs_no_statement(session: Session, count_statements: CountStatements) -> None:
    cmm(session, make.user(session))
    rounds = Rounds()
    next_people(session, rounds, make.NOW)
    with count_statements() as statements:
        for second in range(0, 600, 20):
            assert next_people(session, rounds, make.NOW + timedelta(seconds=second)) == []
    assert statements == []
