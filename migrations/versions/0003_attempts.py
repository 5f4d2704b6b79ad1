"""Attempts: the draw, the event log and what is projected from it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from quizapp.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("start_token", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("spec", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("target_percent", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("allowed_seconds", sa.Integer(), nullable=True),
        sa.Column("deadline_at", UtcDateTime(), nullable=True),
        sa.Column("late_window_seconds", sa.Integer(), nullable=False),
        sa.Column("is_strict", sa.Boolean(), nullable=False),
        sa.Column("time_percent", sa.Integer(), nullable=False),
        sa.Column("allows_breaks", sa.Boolean(), nullable=False),
        sa.Column("break_started_at", UtcDateTime(), nullable=True),
        sa.Column("break_seconds", sa.Integer(), nullable=False),
        sa.Column("outage_seconds", sa.Integer(), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("correct_count", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sampler', 'full', 'half', 'quick', 'domain', 'area', 'custom', 'practice')",
            name=op.f("ck_attempt_kind"),
        ),
        sa.CheckConstraint("allowed_seconds IS NULL OR allowed_seconds > 0", name=op.f("ck_attempt_allowed_seconds")),
        sa.CheckConstraint(
            "correct_count IS NULL OR correct_count BETWEEN 0 AND item_count", name=op.f("ck_attempt_correct_count")
        ),
        sa.CheckConstraint("item_count > 0", name=op.f("ck_attempt_item_count")),
        sa.CheckConstraint("time_percent IN (100, 125, 150, 200)", name=op.f("ck_attempt_time_percent")),
        sa.CheckConstraint("outage_seconds BETWEEN 0 AND 1800", name=op.f("ck_attempt_outage_seconds")),
        sa.CheckConstraint("break_seconds BETWEEN 0 AND 3600", name=op.f("ck_attempt_break_seconds")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attempt_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("user_id", "start_token", name="uq_attempt_user_id_start_token"),
    )
    op.create_index(
        "ix_attempt_open",
        "attempt",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_attempt_user_id_started_at", "attempt", ["user_id", "started_at"], unique=False)
    op.create_table(
        "attempt_event",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("age_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('shown', 'answer', 'flag', 'strike', 'highlight', 'note', 'certainty')",
            name=op.f("ck_attempt_event_kind"),
        ),
        sa.CheckConstraint("age_ms >= 0", name=op.f("ck_attempt_event_age_ms")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_attempt_event_seq")),
        sa.ForeignKeyConstraint(
            ["user_id", "attempt_id"],
            ["attempt.user_id", "attempt.id"],
            name=op.f("fk_attempt_event_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attempt_event_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "attempt_id", "device", "seq", name=op.f("pk_attempt_event")),
    )
    op.create_table(
        "attempt_item",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("option_order", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id", "version"],
            ["item_version.item_id", "item_version.version"],
            name=op.f("fk_attempt_item_item_version"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "attempt_id"],
            ["attempt.user_id", "attempt.id"],
            name=op.f("fk_attempt_item_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attempt_item_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "attempt_id", "position", name=op.f("pk_attempt_item")),
        sa.UniqueConstraint("user_id", "attempt_id", "item_id", name="uq_attempt_item_user_id_attempt_id_item_id"),
    )
    op.create_table(
        "mark",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("is_first_sight", sa.Boolean(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "attempt_id"],
            ["attempt.user_id", "attempt.id"],
            name=op.f("fk_mark_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mark_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "attempt_id", "position", name=op.f("pk_mark")),
    )
    op.create_index("ix_mark_user_id_item_id", "mark", ["user_id", "item_id", "marked_at"], unique=False)
    op.create_table(
        "response",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("first_made_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "attempt_id"],
            ["attempt.user_id", "attempt.id"],
            name=op.f("fk_response_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_response_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "attempt_id", "position", "kind", name=op.f("pk_response")),
    )
    op.create_index("ix_response_user_id_kind_item_id", "response", ["user_id", "kind", "item_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_response_user_id_kind_item_id", table_name="response")
    op.drop_table("response")
    op.drop_index("ix_mark_user_id_item_id", table_name="mark")
    op.drop_table("mark")
    op.drop_table("attempt_item")
    op.drop_table("attempt_event")
    op.drop_index("ix_attempt_user_id_started_at", table_name="attempt")
    op.drop_index(
        "ix_attempt_open",
        table_name="attempt",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("attempt")
