"""Confirming an address and changing it; nothing here commits.

An address is confirmed by the use of a link that was mailed to it. A new address takes the place of the old one in
the moment in which it is confirmed, so an account never waits between two.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.accounts import addresses, letters, links, queries
from quizapp.accounts.actions import confirm_password, one_account_an_address
from quizapp.accounts.models import User
from quizapp.mail.actions import enqueue

LINK_DAYS = 7
LINK_VALID_FOR = timedelta(days=LINK_DAYS)


def send_confirm_link(session: Session, user: User, *, address_of_page: Callable[[str], str], now: datetime) -> None:
    """Mail a link, valid once and for a week, that confirms the account's address; nothing for a guest.

    Links that were mailed before stay valid: they went to the same address. `address_of_page` makes the page's full
    address from the link's token.
    """
    if user.email is None:
        return
    token = links.make(session, user.id, queries.CONFIRM, user.email, valid_for=LINK_VALID_FOR, now=now)
    subject, body = letters.confirm_link(address_of_page(token), LINK_DAYS)
    enqueue(session, user.id, user.email, subject, body, now)


def confirm(session: Session, token: str, now: datetime) -> User:
    """Use a link that confirms the account's address. Raises LinkSpentError."""
    return links.confirm(session, token, queries.CONFIRM, now)


def ask_for_change(
    session: Session,
    user_id: UUID,
    *,
    checked_hash: str,
    renewed_hash: str | None,
    address: str,
    address_of_page: Callable[[str], str],
    now: datetime,
) -> None:
    """Mail a link to the new address, whose use changes it, and word of it to the old one.

    Links to other new addresses stop working: who asks twice means the second. Whether somebody has that address is
    not looked at before the link is used, so nothing that the asker can see tells; only the owner of the mailbox
    learns it. Raises PasswordChangedError when the password is no longer the one that was checked.
    """
    user = confirm_password(session, user_id, checked_hash, renewed_hash)
    address = addresses.normal(address)
    links.void(session, user_id, [queries.CHANGE])
    token = links.make(session, user_id, queries.CHANGE, address, valid_for=LINK_VALID_FOR, now=now)
    subject, body = letters.change_link(address_of_page(token), LINK_DAYS)
    enqueue(session, user_id, address, subject, body, now)
    subject, body = letters.change_asked_for()
    enqueue(session, user_id, user.email or "", subject, body, now)


def change(session: Session, token: str, now: datetime) -> User:
    """Use a link that changes the address: the new one is confirmed, every other link void, the old one told.

    Raises LinkSpentError; EmailTakenError when another account has the address, and then the link stays as it was
    once the caller has rolled back.
    """
    user, address = links.spend(session, token, queries.CHANGE, now)
    before = user.email or ""
    with one_account_an_address():
        user.email, user.email_confirmed_at = address, now
        session.flush()
    # A link that was mailed to the old address must not open the account any more.
    links.void(session, user.id, queries.PURPOSES)
    subject, body = letters.address_changed()
    enqueue(session, user.id, before, subject, body, now)
    return user
