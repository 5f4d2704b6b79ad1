"""People, their sessions and mail links, and the counters that slow down guessing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, person_key, random_key, secret_hash_key, short_text

ROLES = ("author", "reviewer", "administrator")
DEFAULT_TARGET_PERCENT = 70
NOT_EXPORTED = {"export": False}  # secrets: a column that no export shows, not even to its owner


class User(Base):
    """A person; a guest is one without an address, upgraded in place on registering."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("target_percent BETWEEN 50 AND 100", name="target_percent"),
        CheckConstraint("(email IS NULL) = (password_hash IS NULL)", name="guest_has_neither"),
        CheckConstraint("email IS NOT NULL OR email_confirmed_at IS NULL", name="guest_has_nothing_confirmed"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("uq_user_email", "email", unique=True),
        Index(
            "ix_user_guests", "created_at", sqlite_where=text("email IS NULL"), postgresql_where=text("email IS NULL")
        ),
    )

    id: Mapped[random_key]
    email: Mapped[str | None] = mapped_column(String(254))
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200), info=NOT_EXPORTED)
    display_name: Mapped[short_text] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    exam_date: Mapped[date | None]
    target_percent: Mapped[int] = mapped_column(default=DEFAULT_TARGET_PERCENT)
    reserve_released_at: Mapped[datetime | None]
    wants_reminders: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_author: Mapped[bool] = mapped_column(default=False)
    is_reviewer: Mapped[bool] = mapped_column(default=False)
    is_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def is_guest(self) -> bool:
        """Whether this person has no account yet."""
        return self.email is None

    @property
    def confirmed_email(self) -> str | None:
        """The address, once its owner has shown that mail to it is read. Other mail than the account's own needs it."""
        return self.email if self.email_confirmed_at else None

    @property
    def roles(self) -> frozenset[str]:
        """The roles granted beyond candidate, which everybody is."""
        return frozenset(role for role in ROLES if getattr(self, f"is_{role}"))


class UserSession(Base):
    """One signed-in browser. The cookie holds user_id.secret; only the secret's hash is kept."""

    __tablename__ = "user_session"

    user_id: Mapped[person_key]
    secret_hash: Mapped[secret_hash_key] = mapped_column(info=NOT_EXPORTED)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser: Mapped[short_text] = mapped_column(default="")


class MailLink(Base):
    """A single-use secret sent by mail to an address, such as a password reset."""

    __tablename__ = "mail_link"

    user_id: Mapped[person_key]
    secret_hash: Mapped[secret_hash_key] = mapped_column(info=NOT_EXPORTED)
    purpose: Mapped[str] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at


class Throttle(Base):
    """How often something was tried in a window: sign-ins by address and by network, registrations, mail links."""

    __tablename__ = "throttle"

    action: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_hash: Mapped[secret_hash_key]
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
