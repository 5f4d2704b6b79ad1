"""What people do with their accounts; nothing here commits. Hashes are made beforehand: they are slow on purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Uuid, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.accounts import addresses, letters, links, queries, tokens, zones
from quizapp.accounts.models import ROLES, MailLink, User, UserSession
from quizapp.db import Base
from quizapp.mail.actions import enqueue

GUESTS_KEPT_FOR = timedelta(days=30)
GUESTS_AT_ONCE = 100
RESET_LINK_MINUTES = 60


class EmailTakenError(Exception):
    """Another account has this address already."""


class PasswordChangedError(Exception):
    """The password is no longer the one that was checked a moment ago."""


class NoSuchUserError(Exception):
    """No account has this address."""


class GuestGoneError(Exception):
    """The guest has an account by now, or was removed."""


# --- Becoming somebody ----------------------------------------------------------------------------------------------


def make_guest(session: Session, *, time_zone: str, now: datetime) -> User:
    """A person without an address, who may take the sampler. An unknown time zone becomes the default."""
    guest = User(id=uuid4(), time_zone=zones.known_or_default(time_zone), created_at=now)
    session.add(guest)
    session.flush()
    return guest


def register(
    session: Session, *, guest_id: UUID | None = None, email: str, password_hash: str, time_zone: str, now: datetime
) -> User:
    """A new account; a guest who registers is upgraded in place: the id stays, and all that hangs on it.

    Raises EmailTakenError, also when somebody else was a moment faster; GuestGoneError when the guest has an account
    by now. An unknown time zone becomes the default.
    """
    values = {
        "email": addresses.normal(email),
        "password_hash": password_hash,
        "time_zone": zones.known_or_default(time_zone),
    }
    with one_account_an_address():
        return _upgraded(session, guest_id, values) if guest_id else _added(session, values, now)


@contextmanager
def one_account_an_address() -> Iterator[None]:
    """Raises EmailTakenError where the database refuses a second account with an address."""
    try:
        yield
    except IntegrityError as error:
        # The race for an address is told apart from other broken promises by the index that the database names.
        if "uq_user_email" in str(error.orig) or "user.email" in str(error.orig):
            raise EmailTakenError from error
        raise


def _added(session: Session, values: dict[str, str], now: datetime) -> User:
    user = User(id=uuid4(), created_at=now, **values)
    session.add(user)
    session.flush()
    return user


def _upgraded(session: Session, guest_id: UUID, values: dict[str, str]) -> User:
    user = session.scalar(
        update(User)
        .where(User.id == guest_id, User.email.is_(None))
        .values(values)
        .returning(User)
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise GuestGoneError
    return user


def move_guest_data(session: Session, guest_id: UUID, user_id: UUID) -> int:
    """Hand a guest's rows to an account, then remove the guest; returns how many rows came along.

    Copies the rows of every table marked as travelling, parents first, under the new owner. Does nothing when the
    guest has become an account meanwhile. The guest's row is locked first, so that no answer arrives in between.
    """
    guest = session.scalar(select(User.id).where(User.id == guest_id, User.email.is_(None)).with_for_update())
    if guest is None or guest_id == user_id:
        return 0
    moved = 0
    for table in Base.metadata.sorted_tables:
        if not table.info.get("travels"):
            continue
        others = [column for column in table.columns if column.name != "user_id"]
        rows = select(literal(user_id, Uuid()), *others).where(table.columns["user_id"] == guest_id)
        copied = insert(table).from_select(["user_id", *(column.name for column in others)], rows)
        moved += len(session.execute(copied.returning(table.columns["user_id"])).all())
    delete_user(session, guest_id)
    return moved


# --- Sessions -------------------------------------------------------------------------------------------------------


def open_session(session: Session, user: User, *, browser: str, days: int, now: datetime) -> str:
    """Open a session row for `user` and return the token that finds it; it ends after `days` without use."""
    token, secret_hash = tokens.make(user.id)
    session.add(
        UserSession(
            user_id=user.id,
            secret_hash=secret_hash,
            created_at=now,
            used_at=now,
            expires_at=now + timedelta(days=days),
            browser=browser,
        )
    )
    session.flush()
    return token


def prolong_session(session: Session, token: str, *, days: int, now: datetime) -> None:
    """Let a session that is in use end `days` from now."""
    user_id, secret_hash = _key_of(token)
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.secret_hash == secret_hash)
        .values(used_at=now, expires_at=now + timedelta(days=days))
    )


def end_session(session: Session, token: str) -> None:
    """End the session that `token` names, if it is open."""
    user_id, secret_hash = _key_of(token)
    end_session_by_hash(session, user_id, secret_hash)


def end_session_by_hash(session: Session, user_id: UUID, secret_hash: bytes) -> None:
    """End one of a person's sessions."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.secret_hash == secret_hash))


def end_other_sessions(session: Session, token: str) -> None:
    """End every session of a person except the one that `token` names."""
    user_id, secret_hash = _key_of(token)
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.secret_hash != secret_hash))


def _key_of(token: str) -> tuple[UUID, bytes]:
    key = tokens.parse(token)
    if key is None:
        raise ValueError("That is no session token.")
    return key


# --- Passwords ------------------------------------------------------------------------------------------------------


def confirm_password(session: Session, user_id: UUID, checked_hash: str, renewed_hash: str | None) -> User:
    """The account, locked, if its password is still the one that was checked; a renewed hash of it is kept.

    Raises PasswordChangedError, so that a changed password keeps out who checked the old one at the same moment.
    """
    user = session.scalar(
        select(User)
        .where(User.id == user_id, User.password_hash == checked_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise PasswordChangedError
    if renewed_hash:
        user.password_hash = renewed_hash
        session.flush()
    return user


def change_password(
    session: Session, user_id: UUID, *, checked_hash: str, new_hash: str, token: str, now: datetime
) -> None:
    """Set a new password, end every session but that of `token`, void reset links, tell the owner by mail.

    A link to another address is void too: who knew the old password may have asked for it.
    Raises PasswordChangedError when the old password is no longer the one that was checked.
    """
    user = confirm_password(session, user_id, checked_hash, new_hash)
    end_other_sessions(session, token)
    _after_new_password(session, user, now)


def send_reset_link(
    session: Session, user: User | None, *, address_of_page: Callable[[str], str], now: datetime
) -> None:
    """Mail a link, valid once and for an hour, to choose a new password; nothing happens where nobody has an account.

    `address_of_page` makes the page's full address from the link's token.
    """
    if user is None or user.email is None:
        return
    valid_for = timedelta(minutes=RESET_LINK_MINUTES)
    token = links.make(session, user.id, queries.RESET, user.email, valid_for=valid_for, now=now)
    subject, body = letters.reset_link(address_of_page(token), RESET_LINK_MINUTES)
    enqueue(session, user.id, user.email, subject, body, now)


def reset_password(session: Session, token: str, *, new_hash: str, now: datetime) -> User:
    """Use a reset link: set the password, end every session, void the other links, tell the owner by mail.

    It shows that mail to the address is read, so the address is confirmed too.
    Raises LinkSpentError; of two uses at the same moment one gets it.
    """
    user = links.confirm(session, token, queries.RESET, now)
    user.password_hash = new_hash
    session.flush()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _after_new_password(session, user, now)
    return user


def _after_new_password(session: Session, user: User, now: datetime) -> None:
    links.void(session, user.id, [queries.RESET, queries.CHANGE])
    subject, body = letters.password_changed()
    enqueue(session, user.id, user.email or "", subject, body, now)


# --- Settings, roles, leaving ---------------------------------------------------------------------------------------


def change_settings(
    session: Session,
    user_id: UUID,
    *,
    display_name: str,
    time_zone: str,
    exam_date: date | None,
    target_percent: int,
    wants_reminders: bool,
) -> None:
    """Keep what a person says about themselves; the target is ours to offer (50 to 100 %), not PAHCOM's."""
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            display_name=display_name,
            time_zone=time_zone,
            exam_date=exam_date,
            target_percent=target_percent,
            wants_reminders=wants_reminders,
        )
    )


def change_name(session: Session, user_id: UUID, display_name: str) -> None:
    """Keep the name that greets a person, and that stands on the papers made for them."""
    session.execute(update(User).where(User.id == user_id).values(display_name=display_name))


def grant(session: Session, email: str, role: str) -> User:
    """Give an account a role: author, reviewer or administrator. Raises NoSuchUserError."""
    return _set_role(session, email, role, is_held=True)


def revoke(session: Session, email: str, role: str) -> User:
    """Take a role from an account. Raises NoSuchUserError."""
    return _set_role(session, email, role, is_held=False)


def _set_role(session: Session, email: str, role: str, *, is_held: bool) -> User:
    if role not in ROLES:
        raise ValueError(f"A role is one of {', '.join(ROLES)}, not {role!r}.")
    user = queries.user_by_email(session, email)
    if user is None:
        raise NoSuchUserError(email)
    setattr(user, f"is_{role}", is_held)
    session.flush()
    return user


def delete_user(session: Session, user_id: UUID) -> None:
    """Remove a person; the database removes every row of theirs with them."""
    session.execute(delete(User).where(User.id == user_id))


# --- Cleaning up ----------------------------------------------------------------------------------------------------


def remove_old_guests(session: Session, now: datetime) -> int:
    """Remove up to a hundred guests older than 30 days, with all that is theirs; returns how many."""
    old = (
        select(User.id)
        .where(User.email.is_(None), User.created_at < now - GUESTS_KEPT_FOR)
        .order_by(User.created_at)
        .limit(GUESTS_AT_ONCE)
    )
    # Asked again outside the subquery: a guest may register between the two.
    removed = session.execute(delete(User).where(User.id.in_(old), User.email.is_(None)).returning(User.id))
    return len(removed.all())


def remove_expired_sessions(session: Session, now: datetime) -> int:
    """Remove sessions and mail links that have ended; returns how many sessions."""
    session.execute(delete(MailLink).where(MailLink.expires_at <= now))
    removed = session.execute(
        delete(UserSession).where(UserSession.expires_at <= now).returning(UserSession.secret_hash)
    )
    return len(removed.all())
