"""What was mailed: addresses, subjects, and the links in the texts."""

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.mail.models import OutboxMail

LINK = re.compile(r"http://127\.0\.0\.1:8000(/\S+)")


def mails(session: Session) -> Sequence[OutboxMail]:
    """Every mail, oldest first."""
    return session.scalars(select(OutboxMail).order_by(OutboxMail.created_at)).all()


def sent(session: Session) -> list[tuple[str, str]]:
    """To whom and about what, in the order of the alphabet."""
    return sorted((mail.address, mail.subject) for mail in mails(session))


def link_to(session: Session, address: str, subject: str) -> str:
    """The path in the newest mail of this kind to an address."""
    bodies = [mail.body for mail in mails(session) if (mail.address, mail.subject) == (address, subject)]
    found = LINK.search(bodies[-1])
    assert found
    return found[1]
