"""Credentials held, the rules that their cycles run under, and the activities logged towards keeping them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, long_text, person_key, random_key, short_text, slug


class HeldCredential(Base):
    """A credential that a person holds; its cycles are reckoned from the day of certification."""

    __tablename__ = "held_credential"
    __table_args__ = (Index("uq_held_credential_user_id_rules", "user_id", "rules", unique=True),)

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    rules: Mapped[slug]
    certified_on: Mapped[date]
    is_member: Mapped[bool]
    created_at: Mapped[datetime]


class CycleRules(Base):
    """The rule version of every cycle that begins on `from_on` or later, until the next such row."""

    __tablename__ = "cycle_rules"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "held_credential_id"], ["held_credential.user_id", "held_credential.id"], ondelete="CASCADE"
        ),
    )

    user_id: Mapped[person_key]
    held_credential_id: Mapped[random_key]
    from_on: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[slug]


class Activity(Base):
    """Something learned, with its length both as entered and in minutes. It counts on the day that it ended."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("amount_hundredths > 0", name="amount_hundredths"),
        CheckConstraint("approval IN ('approved', 'recognized', 'unknown')", name="approval"),
        CheckConstraint("ended_on >= started_on", name="ended_on"),
        Index("ix_activity_user_id_ended_on", "user_id", "ended_on"),
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    title: Mapped[short_text]
    provider: Mapped[short_text]
    started_on: Mapped[date]
    ended_on: Mapped[date]
    amount_hundredths: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    approval: Mapped[str] = mapped_column(String(10))
    index_number: Mapped[short_text] = mapped_column(default="")
    note: Mapped[long_text] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
