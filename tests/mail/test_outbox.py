"""Mail leaves after the commit, once, and is tried again when it cannot."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.db import Database
from quizapp.mail import actions, queries
from quizapp.mail.models import OutboxMail
from tests import make

MINUTE = timedelta(minutes=1)


class Sent(list[str]):
    """A sender that remembers, and that refuses while `error` is set."""

    error: Exception | None = None

    def __call__(self, mail: OutboxMail) -> None:
        if self.error:
            raise self.error
        self.append(mail.subject)


@pytest.fixture
def sender() -> Sent:
    return Sent()


def test_a_mail_leaves_once(session: Session, sender: Sent, now: datetime) -> None:
    mail = actions.enqueue(session, make.user(session).id, "owner@example.org", "Hello", "Text", now)
    assert queries.waiting_count(session) == 1
    assert actions.send_waiting(session, sender, now) == 1
    assert actions.send_waiting(session, sender, now + timedelta(days=1)) == 0
    assert sender == ["Hello"]
    session.refresh(mail)
    assert (mail.sent_at, mail.tries) == (now, 1)
    assert queries.waiting_count(session) == 0


def test_what_was_asked_for_last_leaves_first_and_no_more_than_asked(
    session: Session, sender: Sent, now: datetime
) -> None:
    owner = make.user(session)
    for minutes in (2, 3, 1):
        make.outbox_mail(session, owner, subject=str(minutes), created_at=now - minutes * MINUTE)
    make.outbox_mail(session, owner, subject="later", next_try_at=now + MINUTE)
    assert actions.send_waiting(session, sender, now, 2) == 2
    assert actions.send_waiting(session, sender, now, 2) == 1
    assert sender == ["1", "2", "3"]


def test_a_mail_that_fails_waits_longer_each_time_and_stays_visible_in_the_end(
    session: Session, sender: Sent, now: datetime
) -> None:
    mail = make.outbox_mail(session, make.user(session))
    sender.error = ConnectionRefusedError("nobody there")
    waits = []
    for _ in range(7):
        assert actions.send_waiting(session, sender, now) == 0
        session.refresh(mail)
        waits.append((mail.next_try_at - now) / MINUTE)
        assert actions.send_waiting(session, sender, mail.next_try_at - MINUTE / 60) == 0
        now = mail.next_try_at
    assert waits == [1, 5, 30, 120, 360, 720, 1440]
    actions.send_waiting(session, sender, now)
    sender.error = None
    assert actions.send_waiting(session, sender, now + timedelta(days=30)) == 0
    session.refresh(mail)
    assert (mail.tries, mail.sent_at) == (8, None)
    assert mail.last_error == "ConnectionRefusedError: nobody there"
    assert queries.given_up(session, actions.MAX_TRIES) == [("ConnectionRefusedError: nobody there", 1)]
    assert queries.waiting_count(session) == 1


def test_one_bad_mail_does_not_hold_up_the_others(session: Session, now: datetime) -> None:
    owner = make.user(session)
    make.outbox_mail(session, owner, subject="bad", next_try_at=now - MINUTE)
    make.outbox_mail(session, owner, subject="good")

    def sender(mail: OutboxMail) -> None:
        if mail.subject == "bad":
            raise ValueError("no such address")

    assert actions.send_waiting(session, sender, now) == 1
    assert [mail.subject for mail in session.scalars(select(OutboxMail).where(OutboxMail.sent_at.is_(None)))] == ["bad"]


def test_a_mail_that_succeeds_after_a_failure_shows_no_error(session: Session, sender: Sent, now: datetime) -> None:
    mail = make.outbox_mail(session, make.user(session))
    sender.error = OSError("down")
    actions.send_waiting(session, sender, now)
    sender.error = None
    assert actions.send_waiting(session, sender, now + MINUTE) == 1
    session.refresh(mail)
    assert mail.last_error == ""


def test_a_mail_in_the_hands_of_one_machine_is_left_alone_by_the_others(session: Session, now: datetime) -> None:
    make.outbox_mail(session, make.user(session))
    others = Sent()

    def slow(_mail: OutboxMail) -> None:
        assert actions.send_waiting(session, others, now + actions.LEASE - MINUTE) == 0

    assert actions.send_waiting(session, slow, now) == 1
    assert others == []


def test_a_machine_that_died_has_its_mail_taken_over(session: Session, sender: Sent, now: datetime) -> None:
    make.outbox_mail(session, make.user(session))

    class Death(BaseException):
        pass

    def dying(_mail: OutboxMail) -> None:
        raise Death

    with pytest.raises(Death):
        actions.send_waiting(session, dying, now)
    assert actions.send_waiting(session, sender, now + MINUTE) == 0
    assert actions.send_waiting(session, sender, now + actions.LEASE) == 1


@pytest.mark.parametrize("error", [None, OSError("down")])
def test_who_was_too_slow_writes_nothing_over(
    database: Database, session: Session, sender: Sent, now: datetime, error: Exception | None
) -> None:
    mail = make.outbox_mail(session, make.user(session))
    session.commit()
    later = now + actions.LEASE
    sender.error = error

    def slow(_mail: OutboxMail) -> None:
        with database.session() as another_machine:
            actions.send_waiting(another_machine, sender, later)
        raise OSError("too slow")

    actions.send_waiting(session, slow, now)
    session.refresh(mail)
    assert mail.tries == 2
    if error:
        assert (mail.next_try_at, mail.last_error) == (later + 5 * MINUTE, "OSError: down")
    else:
        assert (mail.sent_at, mail.last_error) == (later, "")


def test_sent_mail_is_removed_after_thirty_days(session: Session, sender: Sent, now: datetime) -> None:
    owner = make.user(session)
    make.outbox_mail(session, owner, sent_at=now - timedelta(days=31))
    make.outbox_mail(session, owner, sent_at=now - timedelta(days=29))
    make.outbox_mail(session, owner, created_at=now - timedelta(days=90))
    assert actions.remove_sent(session, now) == 1
    assert len(session.scalars(select(OutboxMail)).all()) == 2


def test_a_subject_is_one_line(session: Session, now: datetime) -> None:
    mail = actions.enqueue(session, make.user(session).id, "owner@example.org", "A\r\nBcc: x@example.org ", "", now)
    assert mail.subject == "A Bcc: x@example.org"
