"""When the time is up: what was stored counts, what comes later is kept and not counted."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptEvent
from quizapp.cli import main
from tests import make
from tests.candidate import Exam, start, stock
from tests.pages import Pages

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def exam(owner: User, session: Session, page: Pages) -> Exam:
    """Nine items in 492 seconds, of which the first two are answered right."""
    stock(session, 1)
    exam = start(page.client)
    assert exam.row.allowed_seconds == 492
    exam.answer(exam.key[:2])
    return exam


def values(session: Session, position: int) -> list[str]:
    statement = select(AttemptEvent.value).where(AttemptEvent.position == position, AttemptEvent.kind == "answer")
    return list(session.scalars(statement.order_by(AttemptEvent.received_at)))


def test_until_the_last_second_the_room_is_open(exam: Exam, page: Pages, clock: Traveller) -> None:
    clock.shift(491 * SECOND)
    assert page.get(f"{exam.root}/items/3").one("#clock").get("data-seconds-left") == "1"


@pytest.mark.parametrize("what", ["items/3", "review", "result", "answers"])
def test_from_the_deadline_on_the_room_leads_to_time_up(exam: Exam, clock: Traveller, what: str) -> None:
    clock.shift(492 * SECOND)
    response = exam.get(what)
    assert (response.status_code, response.location) == (302, f"{exam.root}/time-up")


def test_time_up_says_how_many_answers_are_stored_and_leads_to_the_result(
    exam: Exam, page: Pages, clock: Traveller
) -> None:
    clock.shift(600 * SECOND)
    shown = page.get(f"{exam.root}/time-up")
    assert shown.h1 == "Time is up"
    assert "2 of 9 items" in shown.text
    result = page.post(f"{exam.root}/submit")
    assert result.url == f"{exam.root}/result"
    assert "2 of 9 right." in result.text
    assert exam.row.correct_count == 2


def test_coming_back_after_the_time_leads_to_time_up(exam: Exam, page: Pages, clock: Traveller) -> None:
    clock.shift(600 * SECOND)
    assert page.post(f"{exam.root}/resume").h1 == "Time is up"
    assert page.post(f"{exam.root}/go", {"go": "3"}).h1 == "Time is up"


def test_a_form_sent_after_the_time_is_kept_and_not_counted(
    exam: Exam, session: Session, page: Pages, clock: Traveller
) -> None:
    clock.shift(493 * SECOND)
    shown = page.post(f"{exam.root}/items/3", {"answer": exam.key[2], "answer_form": "1", "go": "4"})
    assert shown.h1 == "Time is up"
    assert shown.texts(".notice.note") == [
        "That answer was made after the time was up. It is kept, but it does not count."
    ]
    assert values(session, 3) == [exam.key[2]]
    page.post(f"{exam.root}/submit")
    assert exam.row.correct_count == 2


def test_a_scripts_answer_made_in_time_counts_although_it_arrives_late(exam: Exam, clock: Traveller) -> None:
    clock.shift(600 * SECOND)
    assert exam.send((3, "answer", exam.key[2]), age_ms=109_000).get_json()["late"] == 0
    exam.submit()
    assert exam.row.correct_count == 3


def test_a_scripts_answer_made_after_the_time_is_kept_and_not_counted(
    exam: Exam, session: Session, clock: Traveller
) -> None:
    clock.shift(600 * SECOND)
    assert exam.send((3, "answer", exam.key[2]), age_ms=107_000).get_json()["late"] == 1
    assert values(session, 3) == [exam.key[2]]
    exam.submit()
    assert exam.row.correct_count == 2


def test_after_the_late_window_nothing_counts_any_more(exam: Exam, session: Session, clock: Traveller) -> None:
    clock.shift(492 * SECOND + DAY + SECOND)
    assert exam.send((3, "answer", exam.key[2]), age_ms=2 * 86_400_000).get_json()["late"] == 1
    assert values(session, 3) == [exam.key[2]]


def test_after_the_end_a_scripts_answer_is_refused(exam: Exam, clock: Traveller) -> None:
    exam.submit()
    clock.shift(10 * SECOND)
    response = exam.send((3, "answer", exam.key[2]))
    assert response.status_code == 409
    assert response.get_json()["error"] == "This attempt is finished; its answers can no longer change."


def test_an_untimed_mock_is_never_over(owner: User, session: Session, page: Pages, clock: Traveller) -> None:
    attempt = make.attempt(session, owner, make.items(session, 2), deadline_at=None, allowed_seconds=None)
    clock.shift(20 * DAY)
    assert "untimed" in page.get(f"/attempts/{attempt.id}/items/1").text


# --- The clock's job ------------------------------------------------------------------------------------------------


def run_tick() -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["tick"])


@pytest.mark.usefixtures("on_the_tests_database")
def test_the_clocks_job_finishes_an_expired_attempt_once_its_late_window_has_passed(
    exam: Exam, session: Session, clock: Traveller
) -> None:
    found = []
    for wait in (492 * SECOND + DAY, SECOND, DAY):
        clock.shift(wait)
        run_tick()
        session.expire_all()
        found.append((exam.row.finished_at, exam.row.correct_count))
    closed_at = make.NOW + 493 * SECOND + DAY
    assert found == [(None, None), (closed_at, 2), (closed_at, 2)]


@pytest.mark.usefixtures("on_the_tests_database")
def test_the_clocks_job_leaves_running_and_untimed_attempts_alone(
    owner: User, session: Session, clock: Traveller
) -> None:
    items = make.items(session, 1)
    make.attempt(session, owner, items, deadline_at=None, allowed_seconds=None)
    make.attempt(session, owner, items, deadline_at=make.NOW + 40 * DAY)
    make.attempt(session, owner, items, kind="practice")
    session.commit()
    clock.shift(30 * DAY)
    run_tick()
    session.expire_all()
    assert [attempt.finished_at for attempt in session.scalars(select(Attempt))] == [None] * 3


@pytest.mark.usefixtures("on_the_tests_database")
def test_the_doctor_rebuilds_every_attempt(exam: Exam, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    exam.submit()
    exam.row.correct_count = 9
    session.commit()
    with pytest.raises(SystemExit, match="0"):
        main(["doctor", "--rebuild"])
    assert "Attempts rebuilt from their logs: 1. Differed: 1." in capsys.readouterr().out
    session.expire_all()
    assert exam.row.correct_count == 2
