"""One candidate's run through items: the draw and the log are the truth, the rest is projected from them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, json_content, person_key, random_key, short_text, slug
from quizapp.rules.timing import MOST_BREAK_SECONDS, Standing, break_used, standing

ATTEMPT_KEY = ["attempt.user_id", "attempt.id"]

# What an attempt's spec calls the number of items that were due for review on the day of the draw.
DUE = "due"

# Rows of these tables go along when a guest signs in to an existing account.
TRAVELS = {"info": {"travels": True}}


class Attempt(Base):
    """A form drawn for one candidate. Whether it runs, has expired or is finished is computed from its times."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sampler', 'full', 'half', 'quick', 'domain', 'area', 'custom', 'practice')", name="kind"
        ),
        CheckConstraint("allowed_seconds IS NULL OR allowed_seconds > 0", name="allowed_seconds"),
        CheckConstraint("item_count > 0", name="item_count"),
        CheckConstraint("time_percent IN (100, 125, 150, 200)", name="time_percent"),
        CheckConstraint("outage_seconds BETWEEN 0 AND 1800", name="outage_seconds"),
        CheckConstraint("break_seconds BETWEEN 0 AND 3600", name="break_seconds"),
        CheckConstraint("correct_count IS NULL OR correct_count BETWEEN 0 AND item_count", name="correct_count"),
        UniqueConstraint("user_id", "start_token", name="uq_attempt_user_id_start_token"),
        Index("ix_attempt_user_id_started_at", "user_id", "started_at"),
        Index(
            "ix_attempt_open",
            "deadline_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        TRAVELS,
    )

    user_id: Mapped[person_key]
    id: Mapped[random_key]
    start_token: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[short_text]
    spec: Mapped[json_content]
    seed: Mapped[int] = mapped_column(BigInteger)
    item_count: Mapped[int]
    target_percent: Mapped[int]
    started_at: Mapped[datetime]
    allowed_seconds: Mapped[int | None]
    deadline_at: Mapped[datetime | None]
    late_window_seconds: Mapped[int]
    is_strict: Mapped[bool] = mapped_column(default=False)
    time_percent: Mapped[int] = mapped_column(default=100)
    allows_breaks: Mapped[bool] = mapped_column(default=False)
    break_started_at: Mapped[datetime | None]
    break_seconds: Mapped[int] = mapped_column(default=0)
    outage_seconds: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    correct_count: Mapped[int | None]

    def deadline(self, now: datetime) -> datetime | None:
        """When the time is up as things stand: an open break moves it on until the breaks are used up."""
        if self.deadline_at is None:
            return None
        return self.deadline_at + timedelta(seconds=break_used(self.break_started_at, self.break_seconds, now))

    def late_until(self, now: datetime) -> datetime | None:
        """Until when answers made in time may arrive, as long as the attempt is not closed."""
        deadline = self.deadline(now)
        return None if deadline is None else deadline + timedelta(seconds=self.late_window_seconds)

    def break_seconds_used(self, now: datetime) -> int:
        """How long the clock has stood still, an open break counted."""
        return self.break_seconds + break_used(self.break_started_at, self.break_seconds, now)

    def is_on_break(self, now: datetime) -> bool:
        """Whether the clock stands still, so that the room is closed until the candidate comes back."""
        is_open = self.break_started_at is not None and self.break_seconds_used(now) < MOST_BREAK_SECONDS
        return is_open and self.standing(now) is Standing.RUNNING

    def close_break(self, now: datetime) -> None:
        """End an open break: the deadline moves by what it has given."""
        used = break_used(self.break_started_at, self.break_seconds, now)
        self.deadline_at = self.deadline(now)
        self.break_seconds += used
        self.break_started_at = None

    def standing(self, now: datetime) -> Standing:
        """Where the attempt stands."""
        return standing(self.deadline(now), self.finished_at, now)

    @property
    def due_count(self) -> int:
        """How many items were due for review when the form was drawn, whatever became of them since."""
        return int(self.spec.get(DUE, 0))

    @property
    def is_closed_for_now(self) -> bool:
        """Whether this is an unfinished exam that is set aside: its items may be explained elsewhere meanwhile."""
        return self.archived_at is not None and self.finished_at is None and not self.is_practice

    @property
    def is_practice(self) -> bool:
        """Whether each answer is explained at once."""
        return self.kind == "practice"


class AttemptItem(Base):
    """One place on the form: which item, in which version and option order. Never changed after the draw."""

    __tablename__ = "attempt_item"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "attempt_id"], ATTEMPT_KEY, ondelete="CASCADE"),
        ForeignKeyConstraint(["item_id", "version"], ["item_version.item_id", "item_version.version"]),
        UniqueConstraint("user_id", "attempt_id", "item_id", name="uq_attempt_item_user_id_attempt_id_item_id"),
        TRAVELS,
    )

    user_id: Mapped[person_key]
    attempt_id: Mapped[random_key]
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[slug]
    version: Mapped[int]
    domain: Mapped[slug]
    option_order: Mapped[str] = mapped_column(String(10))


def items_in_running_mocks(user_id: UUID) -> Select[str]:
    """The items that a mock of this person holds: begun, not finished, not set aside."""
    return (
        select(AttemptItem.item_id)
        .join(Attempt, and_(Attempt.user_id == AttemptItem.user_id, Attempt.id == AttemptItem.attempt_id))
        .where(
            AttemptItem.user_id == user_id,
            Attempt.finished_at.is_(None),
            Attempt.archived_at.is_(None),
            Attempt.kind != "practice",
        )
    )


class AttemptEvent(Base):
    """What the candidate did, as a device sent it. Appended, never changed."""

    __tablename__ = "attempt_event"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "attempt_id"], ATTEMPT_KEY, ondelete="CASCADE"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("age_ms >= 0", name="age_ms"),
        CheckConstraint("kind IN ('shown', 'answer', 'flag', 'strike', 'highlight', 'note', 'certainty')", name="kind"),
        TRAVELS,
    )

    user_id: Mapped[person_key]
    attempt_id: Mapped[random_key]
    device: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(Text)
    age_ms: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Response(Base):
    """The newest counting event of each kind at each place, and when the first was made; rebuilt from the log."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "attempt_id"], ATTEMPT_KEY, ondelete="CASCADE"),
        Index("ix_response_user_id_kind_item_id", "user_id", "kind", "item_id"),
        TRAVELS,
    )

    user_id: Mapped[person_key]
    attempt_id: Mapped[random_key]
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    item_id: Mapped[slug]
    value: Mapped[str] = mapped_column(Text)
    first_made_at: Mapped[datetime]
    made_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]


class Mark(Base):
    """One marked place of a finished attempt, or one answered place in practice: what weak areas are read from."""

    __tablename__ = "mark"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "attempt_id"], ATTEMPT_KEY, ondelete="CASCADE"),
        Index("ix_mark_user_id_item_id", "user_id", "item_id", "marked_at"),
        # A mark and what was chosen tell the key, which a running mock keeps to itself.
        {"info": {**TRAVELS["info"], "items_withheld": items_in_running_mocks}},
    )

    user_id: Mapped[person_key]
    attempt_id: Mapped[random_key]
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[slug]
    domain: Mapped[slug]
    chosen: Mapped[int | None]
    is_correct: Mapped[bool]
    is_first_sight: Mapped[bool]
    marked_at: Mapped[datetime]
