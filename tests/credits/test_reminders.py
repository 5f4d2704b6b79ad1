"""Reminders of deadlines: each once, on the day where the person lives, whatever runs how often."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import cli, jobs
from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import reminders
from quizapp.credits.reminders import Rounds, reminders_for
from quizapp.credits.rule_book import all_rules
from quizapp.db import Database, writing
from quizapp.mail.models import Notice, OutboxMail
from tests import make
from tests.conftest import CountStatements
from tests.credits.reminding import ADDED, BANK, LAST, cmm, hours, mailed, noon, remind, told
from tests.pages import Client


@pytest.fixture
def owner(session: Session) -> User:
    owner = make.user(session)
    cmm(session, make.user(session, "neighbour@example.org"))
    return owner


# --- Which come -----------------------------------------------------------------------------------------------------


def test_a_cycle_that_stays_short_is_told_four_times_when_it_has_ended_and_before_its_late_window_does(
    session: Session, owner: User
) -> None:
    cmm(session, owner)
    hours(session, owner, 4)
    for days in range(120, -60, -1):
        remind(session, owner.id, noon(days))
    assert told(session, owner) == [
        "CMM: 90 days left, 8 hours missing",
        "CMM: 30 days left, 8 hours missing",
        "CMM: 7 days left, 8 hours missing",
        "CMM: 1 day left, 8 hours missing",
        "CMM: the cycle has ended, 8 hours missing",
        "CMM: 7 days left of the late window, 8 hours missing",
        "CMM: 1 day left of the late window, 8 hours missing",
        "CMM: the late window is over, 8 hours missing",
    ]
    assert mailed(session, owner) == told(session, owner)


def test_what_is_missing_is_said_in_the_notice_and_in_the_mail(session: Session, owner: User) -> None:
    held = cmm(session, owner)
    hours(session, owner, 4)
    remind(session, owner.id, noon(30))
    notice = session.scalars(select(Notice)).one()
    assert notice.key == f"credits:{held.id}:2027-05-19:30"
    assert notice.body == "8 more hours, by 19 May 2027.\n\nOnly what is logged here is counted."
    assert notice.path == f"/credits/credentials/{held.id}"
    body = session.scalars(select(OutboxMail.body)).one()
    assert body.startswith(f"CMM: 30 days left, 8 hours missing.\n\n{notice.body}")
    assert f"/credits/credentials/{held.id}\n" in body
    assert f"https://quiz.example{notice.path}" in body
    assert "https://quiz.example/settings" in body


def test_the_page_that_a_notice_leads_to_is_there(session: Session, owner: User, client: Client) -> None:
    cmm(session, owner)
    remind(session, owner.id, noon(30))
    path = session.scalars(select(Notice.path)).one()
    client.sign_in(owner)
    assert client.get(path).status_code == 200


def test_a_cycle_that_is_met_is_never_told(session: Session, owner: User) -> None:
    cmm(session, owner)
    hours(session, owner, 12)
    assert [remind(session, owner.id, noon(days)) for days in (90, 30, 7, 1, 0, -1)] == [0] * 6


def test_of_the_steps_that_were_missed_only_the_newest_is_sent_late(session: Session, owner: User) -> None:
    cmm(session, owner)
    remind(session, owner.id, noon(5))
    assert told(session, owner) == ["CMM: 5 days left, 12 hours missing"]
    assert reminders_for(session, owner.id, BANK, noon(4)) == []  # Nothing is left to write.
    remind(session, owner.id, noon(0))
    assert told(session, owner)[1:] == ["CMM: today is the last day, 12 hours missing"]


def test_later_steps_come_when_an_activity_is_deleted_and_the_cycle_is_short_again(
    session: Session, owner: User
) -> None:
    cmm(session, owner)
    remind(session, owner.id, noon(90))
    activity = hours(session, owner, 12)
    assert remind(session, owner.id, noon(30)) == 0
    activity.deleted_at = noon(20)
    session.flush()
    remind(session, owner.id, noon(7))
    assert told(session, owner) == ["CMM: 90 days left, 12 hours missing", "CMM: 7 days left, 12 hours missing"]


def test_each_credential_is_told_by_itself(session: Session, owner: User) -> None:
    cmm(session, owner)
    other = make.held_credential(session, owner, rules="chc", certified_on=date(2025, 5, 20), created_at=ADDED)
    make.cycle_rules(session, other, version=all_rules(BANK)["chc"].newest.slug)
    remind(session, owner.id, noon(7))
    assert len(told(session, owner)) == 2
    assert len({title.partition(":")[0] for title in told(session, owner)}) == 2


def test_a_cycle_that_was_over_before_the_credential_was_added_is_no_news(session: Session, owner: User) -> None:
    held = make.held_credential(
        session, owner, certified_on=date(2025, 5, 20), created_at=datetime(2026, 6, 1, tzinfo=UTC)
    )
    make.cycle_rules(session, held)
    assert remind(session, owner.id, datetime(2026, 6, 2, 12, tzinfo=UTC)) == 0


def test_a_closed_cycle_is_told_no_more(session: Session, owner: User) -> None:
    held = cmm(session, owner)
    make.closed_cycle(session, held, start_on=date(2026, 5, 20), last_on=LAST)
    assert remind(session, owner.id, noon(-2)) == 0


def test_the_retest_and_the_end_of_a_membership_are_told_too(session: Session, owner: User) -> None:
    member = cmm(session, owner, member_until=date(2027, 1, 31))
    remind(session, owner.id, datetime(2027, 1, 30, 12, tzinfo=UTC))
    assert told(session, owner)[-1] == "CMM: membership ends in 1 day"
    member.is_member = False
    session.flush()
    remind(session, owner.id, noon(0))
    assert told(session, owner)[-1] == "CMM: 1 day left to retest"
    body = select(Notice.body).where(Notice.user_id == owner.id).order_by(Notice.created_at.desc()).limit(1)
    assert "Retest between 21 March 2027 and 20 May 2027." in session.scalars(body).one()
    remind(session, owner.id, noon(-2))
    assert told(session, owner)[-1] == "CMM: the time to retest is over"
    assert "The retest was possible from 21 March 2027 to 20 May 2027." in session.scalars(body).one()


# --- Mail -----------------------------------------------------------------------------------------------------------


def test_who_wants_no_mail_is_told_on_the_site_alone(session: Session, owner: User) -> None:
    cmm(session, owner)
    owner.wants_reminders = False
    session.flush()
    assert remind(session, owner.id, noon(30)) == 1
    assert len(told(session, owner)) == 1
    assert mailed(session, owner) == []


def test_mail_that_is_no_longer_wanted_when_it_is_written_does_not_leave(own_database: Database) -> None:
    with own_database.session() as session, own_database.session() as settings_page:
        owner = make.user(session)
        cmm(session, owner)
        session.commit()
        come = reminders_for(session, owner.id, BANK, noon(30))
        with writing(settings_page):
            settings_page.get_one(User, owner.id).wants_reminders = False
        with writing(session):
            assert reminders.remind(session, owner.id, come, "", noon(30)) == 1
        assert mailed(session, owner) == []


def test_notice_and_mail_are_stored_together_or_not_at_all(
    session: Session, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cmm(session, owner)
    session.commit()

    def fail(*_arguments: object) -> None:
        raise RuntimeError("The power is gone.")

    monkeypatch.setattr(reminders, "enqueue", fail)
    with pytest.raises(RuntimeError), writing(session):
        remind(session, owner.id, noon(30))
    assert told(session, owner) == []


def test_somebody_who_left_meanwhile_is_told_nothing(session: Session, owner: User) -> None:
    cmm(session, owner)
    come = reminders_for(session, owner.id, BANK, noon(30))
    session.delete(owner)
    session.flush()
    assert reminders.remind(session, owner.id, come, "", noon(30)) == 0
    assert reminders_for(session, owner.id, BANK, noon(30)) == []


# --- The day where the person lives ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "title"),
    [
        # LAST begins in Auckland at 12:00 UTC of the day before, and in Honolulu at 10:00 UTC of the day itself.
        ("Pacific/Auckland", datetime(2027, 5, 18, 11, 59, tzinfo=UTC), "CMM: 1 day left, 12 hours missing"),
        ("Pacific/Auckland", datetime(2027, 5, 18, 12, 0, tzinfo=UTC), "CMM: today is the last day, 12 hours missing"),
        ("Pacific/Honolulu", datetime(2027, 5, 19, 9, 59, tzinfo=UTC), "CMM: 1 day left, 12 hours missing"),
        ("Pacific/Honolulu", datetime(2027, 5, 19, 10, 0, tzinfo=UTC), "CMM: today is the last day, 12 hours missing"),
        ("Pacific/Auckland", datetime(2027, 5, 19, 12, 0, tzinfo=UTC), "CMM: the cycle has ended, 12 hours missing"),
        ("Pacific/Honolulu", datetime(2027, 5, 20, 9, 59, tzinfo=UTC), "CMM: today is the last day, 12 hours missing"),
    ],
)
def test_the_last_day_is_the_one_where_the_person_lives(
    session: Session, owner: User, zone: str, moment: datetime, title: str
) -> None:
    owner.time_zone = zone
    cmm(session, owner)
    remind(session, owner.id, moment)
    assert told(session, owner) == [title]


def test_a_cycle_that_ends_on_a_leap_day(session: Session, owner: User) -> None:
    held = make.held_credential(session, owner, certified_on=date(2027, 3, 1), created_at=ADDED)
    make.cycle_rules(session, held)
    for day in (date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)):
        remind(session, owner.id, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    assert told(session, owner) == ["CMM: 1 day left, 12 hours missing", "CMM: the cycle has ended, 12 hours missing"]


# --- What it costs --------------------------------------------------------------------------------------------------


def test_a_person_costs_a_fixed_number_of_statements(
    session: Session, owner: User, count_statements: CountStatements
) -> None:
    def cost(now: datetime) -> int:
        session.expire_all()
        with count_statements() as statements:
            reminders_for(session, owner.id, BANK, now)
        return len(statements)

    cmm(session, owner)
    quiet, due = cost(noon(200)), cost(noon(30))
    for number in range(20):
        hours(session, owner, 1 if number < 3 else 8)
    assert (cost(noon(200)), cost(noon(30))) == (quiet, quiet)
    assert quiet <= 6
    assert due <= quiet + 1


# --- The clock's job ------------------------------------------------------------------------------------------------


@pytest.fixture
def job(session: Session, config: Config) -> Callable[[Rounds, datetime], int]:
    return lambda rounds, now: jobs.remind(session, config, rounds, now, 100)


def test_a_hundred_ticks_tell_once(session: Session, owner: User, job: Callable[[Rounds, datetime], int]) -> None:
    cmm(session, owner)
    session.commit()
    for second in range(50):
        # A process that goes on, and one that begins anew each time.
        assert job(Rounds(), noon(30) + timedelta(seconds=20 * second)) == 0
    rounds = Rounds()
    for second in range(50):
        assert job(rounds, noon(30) + timedelta(seconds=20 * second)) == 0
    assert len(told(session, owner)) == len(mailed(session, owner)) == 1


def test_of_two_machines_one_tells(own_database: Database, config: Config) -> None:
    with own_database.session() as session:
        owner = make.user(session)
        cmm(session, owner)
        session.commit()
    at_once, failures = Barrier(2), []

    def run() -> None:
        with own_database.session() as session:
            come = reminders_for(session, owner.id, BANK, noon(30))
            assert len(come) == 1
            at_once.wait()
            failures.append(jobs.remind(session, config, Rounds(), noon(30), 100))
            with writing(session):
                reminders.remind(session, owner.id, come, "", noon(30))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_database.session() as session:
        assert failures == [0, 0]
        assert len(told(session, owner)) == len(mailed(session, owner)) == 1


def test_one_who_cannot_be_reminded_stops_nobody_and_is_tried_again(
    session: Session,
    owner: User,
    job: Callable[[Rounds, datetime], int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = make.user(session, "broken@example.org")
    for person in (owner, broken):
        cmm(session, person)
    session.commit()
    with monkeypatch.context() as patch:

        def fail_for_one(session: Session, user_id: UUID, *rest: Any) -> Any:
            if user_id == broken.id:
                raise RuntimeError("The rules of this one cannot be read.")
            return reminders_for(session, user_id, *rest)

        patch.setattr(reminders, "reminders_for", fail_for_one)
        rounds = Rounds()
        # Not at each tick: what is broken for everybody would fill the log and keep the clock's jobs busy.
        minutes = (0, 1, 14, 15, 16, 30)
        assert [job(rounds, noon(30) + timedelta(minutes=each)) for each in minutes] == [1, 0, 0, 1, 0, 1]
    assert capsys.readouterr().err.count("RuntimeError:") == 3
    assert (len(told(session, owner)), told(session, broken)) == (1, [])
    assert job(rounds, noon(30) + timedelta(minutes=45)) == 0
    assert len(told(session, broken)) == 1
    assert (rounds.again, rounds.failed) == (set(), set())


@pytest.mark.usefixtures("on_the_tests_database")
def test_the_command_reminds_everybody_once_through(session: Session, owner: User, clock: Any) -> None:
    cmm(session, owner)
    session.commit()
    clock.move_to(noon(30))
    with pytest.raises(SystemExit) as ended:
        cli.main(["tick"])
    assert ended.value.code == 0
    assert told(session, owner) == ["CMM: 30 days left, 12 hours missing"]
    assert session.scalars(select(OutboxMail.sent_at).where(OutboxMail.user_id == owner.id)).all() == [noon(30)]
