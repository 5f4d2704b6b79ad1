"""The outbox, whose mails leave after the commit that causes them, and the notices that a person sees on the site."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, long_text, person_key, random_key, short_text


class OutboxMail(Base):
    """One mail to one person, waiting or sent."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index(
            "ix_outbox_mail_waiting",
            "next_try_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[short_text]
    # Not in an export: a reset link in it would let a stolen session become a stolen account.
    body: Mapped[long_text] = mapped_column(info={"export": False})
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[short_text] = mapped_column(default="")


class Notice(Base):
    """Something that the site tells one person, once for each `key`, until they have read it."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("path LIKE '/%'", name="path"),
        Index("uq_notice_user_id_key", "user_id", "key", unique=True),
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    key: Mapped[short_text]
    title: Mapped[short_text]
    body: Mapped[long_text]
    path: Mapped[short_text]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
