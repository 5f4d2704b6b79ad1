"""Putting mail into the outbox, and emptying it; telling people something on the site."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from email.errors import MessageError
from uuid import UUID, uuid4

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session

from quizapp.db import UtcDateTime, insert_into, writing
from quizapp.mail.models import Notice, OutboxMail
from quizapp.mail.senders import Sender

MAX_LINE = 200
# How long to wait after the first try, the second, and so on; the eighth is the last.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
MAX_TRIES = len(WAITS) + 1
# A mail in the hands of one machine is left alone by the others for so long.
LEASE = timedelta(minutes=15)
SENT_KEPT_FOR = timedelta(days=30)
READ_KEPT_FOR = timedelta(days=365)


def enqueue(session: Session, user_id: UUID, address: str, subject: str, body: str, now: datetime) -> OutboxMail:
    """Put a mail into the outbox, in the transaction that causes it; it leaves after the commit.

    What an account itself needs (a link, word of a new password) may go to any address; everything else goes to
    `User.confirmed_email` alone, since a mistyped address may be a stranger's.
    """
    mail = OutboxMail(
        user_id=user_id,
        id=uuid4(),
        address=address,
        subject=_line(subject),
        body=body,
        created_at=now,
        next_try_at=now,
    )
    session.add(mail)
    session.flush()
    return mail


def send_waiting(session: Session, sender: Sender, now: datetime, limit: int = 20) -> int:
    """Send up to `limit` mails that are due; returns how many left.

    Unlike other actions it commits: rows are claimed in a short write, sent outside of any, and recorded one by one,
    so that no lock is held while a mail server thinks. A crash in between sends a mail twice rather than never. A
    mail that fails waits longer each time; after eight tries it stays, visible with its last error. The newest leave
    first: who has just asked for a link waits for it at the screen, behind no thousand reminders of one morning.
    """
    with writing(session):
        claimed = _claim(session, now, limit)
    sent = 0
    for mail in claimed:
        error = _try(sender, mail)
        with writing(session):
            _record(session, mail, error, now)
        sent += error is None
    return sent


def _claim(session: Session, now: datetime, limit: int) -> Sequence[OutboxMail]:
    due = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= now, OutboxMail.tries < MAX_TRIES)
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for mail in due:
        mail.tries += 1
        mail.next_try_at = now + LEASE
    return due


def _try(sender: Sender, mail: OutboxMail) -> str | None:
    """Why the mail did not leave, or None when it did."""
    try:
        sender(mail)
    except (OSError, ValueError, MessageError) as error:  # smtplib's errors are OSErrors; the others, unusable headers
        return f"{type(error).__name__}: {error}"[:200]
    return None


def _record(session: Session, mail: OutboxMail, error: str | None, now: datetime) -> None:
    """Write down what became of a try, unless another machine has taken the mail over since."""
    wait = WAITS[min(mail.tries, len(WAITS)) - 1]
    outcome = {"sent_at": now, "last_error": ""} if error is None else {"last_error": error, "next_try_at": now + wait}
    session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.user_id == mail.user_id,
            OutboxMail.id == mail.id,
            OutboxMail.tries == mail.tries,
            OutboxMail.sent_at.is_(None),
        )
        .values(outcome)
    )


def remove_sent(session: Session, now: datetime) -> int:
    """Remove mail that left more than 30 days ago; returns how many."""
    removed = session.execute(
        delete(OutboxMail).where(OutboxMail.sent_at < now - SENT_KEPT_FOR).returning(OutboxMail.id)
    )
    return len(removed.all())


# --- Notices --------------------------------------------------------------------------------------------------------


def tell(session: Session, user_id: UUID, key: str, title: str, body: str, path: str, now: datetime) -> bool:
    """Tell a person something on the site, once for each `key`; False, and no second notice, when it was told before.

    Of two who tell the same at once, the second waits for the first and then knows. `path` is the page of this site
    where the person can act on it.
    """
    statement = (
        insert_into(session, Notice)
        .values(
            user_id=user_id, id=uuid4(), key=key, title=_line(title), body=body, path=path, created_at=now, read_at=None
        )
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(Notice.id)
    )
    return session.scalar(statement) is not None


def mark_read(session: Session, user_id: UUID, notice_ids: Collection[UUID], now: datetime) -> bool:
    """Mark notices of the person's own as read; what was read before keeps its day. False when none is theirs."""
    found = session.execute(
        update(Notice)
        .where(Notice.user_id == user_id, Notice.id.in_(notice_ids))
        .values(read_at=func.coalesce(Notice.read_at, literal(now, UtcDateTime())))
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return bool(found.all())


def forget(session: Session, user_id: UUID, path: str) -> None:
    """Remove a person's notices that lead to a page which is about to go."""
    session.execute(delete(Notice).where(Notice.user_id == user_id, Notice.path == path))


def remove_read(session: Session, now: datetime) -> int:
    """Remove notices that were read more than a year ago; returns how many."""
    removed = session.execute(delete(Notice).where(Notice.read_at < now - READ_KEPT_FOR).returning(Notice.id))
    return len(removed.all())


def _line(text: str) -> str:
    return " ".join(text.split())[:MAX_LINE]
