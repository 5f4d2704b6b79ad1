"""Credentials held, their cycles, the activities logged towards keeping them, and the certificates that prove them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, json_content, json_list, long_text, person_key, random_key, short_text, slug

DELIVERIES = ("live", "self-paced", "unknown")
_HELD_KEY = ["held_credential.user_id", "held_credential.id"]


class HeldCredential(Base):
    """A credential that a person holds, and what its cycles are reckoned from.

    `rules` names a rule file, or `custom-<id>` a credential of the person's own. `due_on` is a last day of a cycle as
    the body states it, and goes before what the rules would reckon. `further_credentials` are those of the same body
    that the person holds beyond the ones entered here. `carried_in_minutes` were earned before this site was used, and
    enter the cycle that holds `carried_in_from`.
    """

    __tablename__ = "held_credential"
    __table_args__ = (
        CheckConstraint("birth_month BETWEEN 1 AND 12", name="birth_month"),
        CheckConstraint("further_credentials BETWEEN 0 AND 20", name="further_credentials"),
        CheckConstraint("carried_in_minutes >= 0", name="carried_in_minutes"),
        Index("uq_held_credential_user_id_rules", "user_id", "rules", unique=True),
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    rules: Mapped[slug]
    certified_on: Mapped[date]
    birth_month: Mapped[int | None]
    due_on: Mapped[date | None]
    is_member: Mapped[bool]
    member_until: Mapped[date | None]
    further_credentials: Mapped[int] = mapped_column(default=0)
    carried_in_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    carried_in_from: Mapped[date | None]
    created_at: Mapped[datetime]


class CycleRules(Base):
    """The rule version of every cycle that begins on `from_on` or later, until the next such row."""

    __tablename__ = "cycle_rules"
    __table_args__ = (ForeignKeyConstraint(["user_id", "held_credential_id"], _HELD_KEY, ondelete="CASCADE"),)

    user_id: Mapped[person_key]
    held_credential_id: Mapped[random_key]
    from_on: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[slug]


class ClosedCycle(Base):
    """A cycle that its holder has closed: what counted then, as it was shown, and what was carried to the next.

    `content` is a snapshot that later changes of activities or rules leave as it is.
    """

    __tablename__ = "closed_cycle"
    __table_args__ = (
        CheckConstraint("last_on >= start_on", name="last_on"),
        CheckConstraint("carried_minutes >= 0", name="carried_minutes"),
        ForeignKeyConstraint(["user_id", "held_credential_id"], _HELD_KEY, ondelete="CASCADE"),
    )

    user_id: Mapped[person_key]
    held_credential_id: Mapped[random_key]
    start_on: Mapped[date] = mapped_column(primary_key=True)
    last_on: Mapped[date]
    version: Mapped[slug]
    carried_minutes: Mapped[int]
    content: Mapped[json_content]
    closed_at: Mapped[datetime]


class Retest(Base):
    """An examination that its holder sat again and passed: it renews a cycle, or cycles start again on its day."""

    __tablename__ = "retest"
    __table_args__ = (ForeignKeyConstraint(["user_id", "held_credential_id"], _HELD_KEY, ondelete="CASCADE"),)

    user_id: Mapped[person_key]
    held_credential_id: Mapped[random_key]
    passed_on: Mapped[date] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class CustomCredential(Base):
    """Rules that a person wrote down for a credential without a rule file; `content` has the shape of a rule file."""

    __tablename__ = "custom_credential"

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    content: Mapped[json_content]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Activity(Base):
    """Something learned, with its length both as entered and in minutes. It counts on the day that it ended.

    `tags` are credit tags (question_bank/credit_tags.yaml): who gave or approved it, what it was about, what kind it
    was. `domains` are those of the exam that it was about. A deleted activity stays for 30 days, so that it can come
    back.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("amount_hundredths > 0", name="amount_hundredths"),
        CheckConstraint("delivery IN ('live', 'self-paced', 'unknown')", name="delivery"),
        CheckConstraint("cost_cents >= 0", name="cost_cents"),
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
    delivery: Mapped[str] = mapped_column(String(10), default="unknown")
    tags: Mapped[json_list] = mapped_column(default=list)
    domains: Mapped[json_list] = mapped_column(default=list)
    index_number: Mapped[short_text] = mapped_column(default="")
    cost_cents: Mapped[int | None]
    note: Mapped[long_text] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Certificate(Base):
    """A file that proves an activity: a PDF or a picture, opened and written anew before it was kept.

    The bytes lie in the evidence store under `storage_key`; `sha256` is theirs.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("byte_count > 0", name="byte_count"),
        CheckConstraint("page_count > 0", name="page_count"),
        CheckConstraint("media_type IN ('application/pdf', 'image/jpeg', 'image/png')", name="media_type"),
        ForeignKeyConstraint(["user_id", "activity_id"], ["activity.user_id", "activity.id"], ondelete="CASCADE"),
        Index("ix_certificate_user_id_activity_id", "user_id", "activity_id"),
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    activity_id: Mapped[UUID]
    name: Mapped[short_text]
    media_type: Mapped[str] = mapped_column(String(40))
    byte_count: Mapped[int]
    page_count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[short_text] = mapped_column(info={"export": False})
    created_at: Mapped[datetime]


class CalendarFeed(Base):
    """The private address of a person's calendar of deadlines: user_id.secret, of which only a hash is kept."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[person_key]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), info={"export": False})
    created_at: Mapped[datetime]
