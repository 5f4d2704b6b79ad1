"""The operators' commands: a job that fails stops no other, and the doctor looks before it mends."""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.attempts import actions as attempt_actions
from quizapp.attempts.actions import finish
from quizapp.attempts.models import Attempt
from quizapp.cli import main
from quizapp.credits.storage import FOLDERS
from quizapp.mail import actions as mail_actions
from quizapp.mail.models import OutboxMail
from tests import make
from tests.bank.bank_folder import make_bank

pytestmark = pytest.mark.usefixtures("clock", "on_the_tests_database")
LONG_AGO = make.NOW - timedelta(days=30)


def run(*arguments: str, status: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == status


# --- The clock's jobs -----------------------------------------------------------------------------------------------


def test_an_attempt_that_cannot_be_finished_stops_neither_the_others_nor_the_mail(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = make.user(session)
    items = make.items(session, 2)
    first, second, third = (make.attempt(session, owner, items, started_at=LONG_AGO) for _ in range(3))
    mail = make.outbox_mail(session, owner)
    session.commit()

    def finish_or_fail(session: Session, user_id: UUID, attempt_id: UUID, *rest: Any) -> bool:
        done = finish(session, user_id, attempt_id, *rest)
        if attempt_id == second.id:
            raise RuntimeError("This one cannot be finished.")
        return done

    monkeypatch.setattr(attempt_actions, "finish", finish_or_fail)
    run("tick", status=1)
    session.expire_all()
    found = {attempt.id: attempt.finished_at is not None for attempt in session.scalars(select(Attempt))}
    assert found == {first.id: True, second.id: False, third.id: True}
    assert session.get_one(OutboxMail, (mail.user_id, mail.id)).sent_at == make.NOW
    assert "RuntimeError: This one cannot be finished." in capsys.readouterr().err


@pytest.mark.usefixtures("session")
def test_what_is_out_of_date_is_looked_for_once_an_hour_and_mail_at_each_tick(
    monkeypatch: pytest.MonkeyPatch, clock: Traveller
) -> None:
    jobs: Counter[str] = Counter()
    parents = iter([1] * 120 + [2])
    monkeypatch.setattr(mail_actions, "remove_sent", lambda *_arguments: jobs.update(["sweep"]))
    monkeypatch.setattr(mail_actions, "send_waiting", lambda *_arguments: jobs.update(["mail"]))
    monkeypatch.setattr("os.getppid", lambda: next(parents))
    monkeypatch.setattr("time.sleep", lambda seconds: clock.shift(timedelta(seconds=seconds)))
    run("tick", "--every", "60", "--parent", "1")
    assert jobs == {"mail": 121, "sweep": 3}  # In two hours from 15:30: at 15:30, 16:00 and 17:00.


def test_files_of_certificates_that_no_row_names_are_swept(session: Session, tmp_path: Path) -> None:
    minute = int(make.NOW.timestamp()) // 60 % FOLDERS
    kept, left = (tmp_path / "evidence" / f"{minute:03}" / f"{minute + n * FOLDERS:032x}" for n in range(2))
    kept.parent.mkdir(parents=True)
    for path in (kept, left):
        path.write_bytes(b"x")
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    make.certificate(session, make.activity(session, make.user(session)), storage_key=kept.name)
    session.commit()
    run("tick")
    assert (kept.exists(), left.exists()) == (True, False)


# --- The doctor -----------------------------------------------------------------------------------------------------


def test_the_doctor_counts_what_differs_and_leaves_it_until_told(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = make.user(session)
    items = make.items(session, 2)
    attempts = [make.attempt(session, owner, items) for _ in range(2)]
    for attempt in attempts:
        make.event(session, attempt)
        attempt_actions.rebuild(session, owner.id, attempt.id)
        finish(session, owner.id, attempt.id, make.NOW)
    session.commit()
    run("doctor")
    assert "Attempts that equal their logs: all of 2." in capsys.readouterr().out
    attempts[0].correct_count = 2
    session.commit()
    for _ in range(2):
        run("doctor", status=1)
        assert "Attempts that differ from their logs: 1 of 2." in capsys.readouterr().out
    run("doctor", "--rebuild")
    assert "Attempts rebuilt from their logs: 2. Differed: 1." in capsys.readouterr().out
    run("doctor")


def test_the_doctor_tells_what_mail_waits_and_why_some_was_given_up(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.doctor.MOST_REASONS", 2)
    owner = make.user(session)
    last = mail_actions.MAX_TRIES
    make.outbox_mail(session, owner, sent_at=make.NOW)
    make.outbox_mail(session, owner, tries=last - 1, last_error="OSError: down")
    for error in ("timed out", "refused", "refused", "no such host"):
        make.outbox_mail(session, owner, tries=last, last_error=error)
    session.commit()
    run("doctor")
    assert capsys.readouterr().out.splitlines()[-5:-1] == [
        "Mails that wait: 1. Given up: 4.",
        "  2 given up: refused",
        "  1 given up: no such host",
        "  1 given up for other reasons",
    ]


def test_the_doctor_names_rules_of_credits_that_cannot_be_read(
    spoilt_bank: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.commit()
    run("doctor", status=1)
    out = capsys.readouterr().out
    assert "Rules that cannot be read: credentials/chc.yaml:5: there is no field 'bdy'; is it 'body'?" in out
    assert "Attempts that equal their logs: all of 0." in out


# --- The bank -------------------------------------------------------------------------------------------------------


@pytest.fixture
def spoilt_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bank with one bad rule file."""
    bank_dir = make_bank(tmp_path)
    path = bank_dir / "credentials" / "chc.yaml"
    path.write_text(path.read_text().replace("body: CCB", "bdy: CCB", 1))
    monkeypatch.setenv("QUIZAPP_BANK", str(bank_dir))
    return bank_dir


@pytest.mark.usefixtures("session", "spoilt_bank")
def test_a_bad_rule_file_fails_the_check_and_stops_no_load(capsys: pytest.CaptureFixture[str]) -> None:
    run("bank", "check", status=2)
    assert "credentials/chc.yaml:5: there is no field 'bdy'; is it 'body'?" in capsys.readouterr().err
    run("bank", "load")
    out = capsys.readouterr().out
    assert "Bank: 1 new" in out
    assert "its credential is left out: credentials/chc.yaml:5: " in out


def test_help_names_the_command_as_people_type_it(capsys: pytest.CaptureFixture[str]) -> None:
    run("users", "--help")
    assert capsys.readouterr().out.startswith("Usage: quizapp users ")
