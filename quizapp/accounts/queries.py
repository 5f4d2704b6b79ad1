"""Who is who: reads of people, sessions and mail links."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from quizapp.accounts import addresses, tokens
from quizapp.accounts.models import MailLink, User, UserSession
from quizapp.db import Base
from quizapp.mail.models import Notice

RESET, CONFIRM, CHANGE = PURPOSES = ("reset", "confirm", "change")
LEADS_TO_AN_ITEM = {"item_id", "option_order"}

# It runs with every request, so it is put together once: that takes longer than running it. The header shows the
# unread notices on every page, so they are counted here and cost no statement of their own.
_UNREAD_NOTICES = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.user_id == bindparam("user_id"), Notice.read_at.is_(None))
    .scalar_subquery()
)
_OPEN_SESSION = (
    select(User, UserSession.used_at, _UNREAD_NOTICES)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.user_id == bindparam("user_id"),
        UserSession.secret_hash == bindparam("secret_hash"),
        UserSession.expires_at > bindparam("now"),
    )
)


def open_session_of(session: Session, token: str, now: datetime) -> tuple[User, datetime, int] | None:
    """The person whose open session `token` names, when it was last used, and how many notices they have not read."""
    key = tokens.parse(token)
    if key is None:
        return None
    user_id, secret_hash = key
    asked = {"user_id": user_id, "secret_hash": secret_hash, "now": now}
    row = session.execute(_OPEN_SESSION, asked).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def sessions_of(session: Session, user_id: UUID, now: datetime) -> Sequence[UserSession]:
    """A person's open sessions, the one used last first."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now)
        .order_by(UserSession.used_at.desc(), UserSession.created_at.desc())
    ).all()


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, whatever its capitals; None also for what is no address."""
    try:
        address = addresses.normal(email)
    except addresses.BadAddressError:
        return None
    return session.scalar(select(User).where(User.email == address))


def user_by_id(session: Session, user_id: UUID) -> User | None:
    """The person with this id."""
    return session.get(User, user_id)


def mailed_link(session: Session, token: str, purpose: str) -> tuple[User, MailLink] | None:
    """The person and the link that `token` names, used or not; None when there is none for this purpose."""
    key = tokens.parse(token)
    if key is None:
        return None
    user_id, secret_hash = key
    row = session.execute(
        select(User, MailLink)
        .join(MailLink, MailLink.user_id == User.id)
        .where(MailLink.user_id == user_id, MailLink.secret_hash == secret_hash, MailLink.purpose == purpose)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def user_of_reset_link(session: Session, token: str, now: datetime) -> User | None:
    """The person whose unused reset link `token` is, while it is valid."""
    found = mailed_link(session, token, RESET)
    return found[0] if found and found[1].is_open(now) else None


def awaited_address(session: Session, user_id: UUID, now: datetime) -> str | None:
    """The address that takes the place of a person's present one when the link that was mailed to it is used."""
    return session.scalar(
        select(MailLink.address).where(
            MailLink.user_id == user_id,
            MailLink.purpose == CHANGE,
            MailLink.used_at.is_(None),
            MailLink.expires_at > now,
        )
    )


def everything_of(session: Session, user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to a person, by table, as plain JSON values.

    Walks the metadata, so that a new table with a user_id is exported without anybody thinking of it. Columns marked
    as not exported (hashes of passwords and tokens, texts of mails with links) are left out, and so are for now the
    rows of items that a table withholds (marks, while a running mock holds the item); in every other table such a
    row comes without what leads to the item.
    """
    withheld = _withheld_items(session, user_id)
    found = {"user": _rows(session, Base.metadata.tables["user"], "id", user_id)}
    for table in Base.metadata.sorted_tables:
        if "user_id" in table.columns:
            rows = _rows(session, table, "user_id", user_id)
            found[table.name] = [_without_item(row) if row.get("item_id") in withheld else row for row in rows]
    return found


def _withheld_items(session: Session, user_id: UUID) -> set[str]:
    askings = [
        table.info["items_withheld"] for table in Base.metadata.tables.values() if "items_withheld" in table.info
    ]
    return {item_id for asking in askings for item_id in session.scalars(asking(user_id))}


def _without_item(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in LEADS_TO_AN_ITEM}


def _rows(session: Session, table: Table, owner: str, user_id: UUID) -> list[dict[str, Any]]:
    shown = [column for column in table.columns if column.info.get("export", True)]
    statement = select(*shown).where(table.columns[owner] == user_id)
    withheld = table.info.get("items_withheld")
    if withheld:
        statement = statement.where(table.columns["item_id"].not_in(withheld(user_id)))
    return [{name: _plain(value) for name, value in row.items()} for row in session.execute(statement).mappings()]


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
