"""Credentials held and the activities logged towards keeping them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, long_text, person_key, random_key, short_text, slug

APPROVALS = ("approved", "recognized", "unknown")


class HeldCredential(Base):
    """A credential that a person holds, under the rule version that its present cycle started with."""

    __tablename__ = "held_credential"
    __table_args__ = (Index("uq_held_credential_user_id_rules", "user_id", "rules", unique=True),)

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    rules: Mapped[slug]
    rule_version: Mapped[slug]
    certified_on: Mapped[date]
    is_member: Mapped[bool]
    created_at: Mapped[datetime]


class Activity(Base):
    """Something learned, with its length both as entered and in minutes."""

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
