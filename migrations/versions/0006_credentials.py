"""Credits for every credential: what cycles are reckoned from, tags of activities, certificates, closed cycles, notices."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quizapp.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TAGS_OF_APPROVALS = {"approved": ["pahcom-approved"], "recognized": ["pahcom-recognized"], "unknown": []}
Rows = Sequence[Mapping[str, Any]]


def upgrade() -> None:
    op.add_column("user", sa.Column("wants_reminders", sa.Boolean(), server_default=sa.true(), nullable=False))
    # SQLite changes neither columns nor constraints in place: the tables are made anew around their rows, children
    # first, so that no row is lost to a cascade.
    activities, held, cycle_rules = _taken("activity"), _taken("held_credential"), _taken("cycle_rules")
    for table in ("cycle_rules", "held_credential", "activity"):
        op.drop_table(table)
    _create_credentials()
    _create_activities()
    _create_notices()
    _put_back("held_credential", [{**row, "further_credentials": 0} for row in held])
    _put_back("cycle_rules", cycle_rules)
    _put_back("activity", [_with_tags(row) for row in activities])


def _with_tags(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != "approval"}
    return {**kept, "delivery": "unknown", "tags": TAGS_OF_APPROVALS[row["approval"]], "domains": []}


def _create_credentials() -> None:
    op.create_table(
        "held_credential",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.String(length=100), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("member_until", sa.Date(), nullable=True),
        sa.Column("further_credentials", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name=op.f("ck_held_credential_birth_month")),
        sa.CheckConstraint("further_credentials BETWEEN 0 AND 20", name=op.f("ck_held_credential_further_credentials")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_held_credential_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_held_credential")),
    )
    op.create_index("uq_held_credential_user_id_rules", "held_credential", ["user_id", "rules"], unique=True)
    _create_cycle_rules()
    op.create_table(
        "closed_cycle",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("held_credential_id", sa.Uuid(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("carried_minutes", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("carried_minutes >= 0", name=op.f("ck_closed_cycle_carried_minutes")),
        sa.CheckConstraint("last_on >= start_on", name=op.f("ck_closed_cycle_last_on")),
        sa.ForeignKeyConstraint(
            ["user_id", "held_credential_id"],
            ["held_credential.user_id", "held_credential.id"],
            name=op.f("fk_closed_cycle_held_credential"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_closed_cycle_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "held_credential_id", "start_on", name=op.f("pk_closed_cycle")),
    )
    op.create_table(
        "custom_credential",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_custom_credential_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_custom_credential")),
    )


def _create_cycle_rules() -> None:
    op.create_table(
        "cycle_rules",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("held_credential_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "held_credential_id"],
            ["held_credential.user_id", "held_credential.id"],
            name=op.f("fk_cycle_rules_held_credential"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_cycle_rules_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "held_credential_id", "from_on", name=op.f("pk_cycle_rules")),
    )


def _create_activities() -> None:
    op.create_table(
        "activity",
        *_activity_columns(),
        sa.Column("delivery", sa.String(length=10), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("domains", JSON, nullable=False),
        sa.Column("index_number", sa.String(length=200), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_hundredths > 0", name=op.f("ck_activity_amount_hundredths")),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_activity_cost_cents")),
        sa.CheckConstraint("delivery IN ('live', 'self-paced', 'unknown')", name=op.f("ck_activity_delivery")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_activity_ended_on")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_activity_minutes")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_activity_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_user_id_ended_on", "activity", ["user_id", "ended_on"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("byte_count > 0", name=op.f("ck_certificate_byte_count")),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')", name=op.f("ck_certificate_media_type")
        ),
        sa.CheckConstraint("page_count > 0", name=op.f("ck_certificate_page_count")),
        sa.ForeignKeyConstraint(
            ["user_id", "activity_id"],
            ["activity.user_id", "activity.id"],
            name=op.f("fk_certificate_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_certificate_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_user_id_activity_id", "certificate", ["user_id", "activity_id"], unique=False)


def _activity_columns() -> list[sa.Column[Any]]:
    """The columns that an activity has before and after."""
    return [
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("amount_hundredths", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
    ]


def _create_notices() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
    )
    op.create_table(
        "notice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("path LIKE '/%'", name=op.f("ck_notice_path")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_notice")),
    )
    op.create_index("uq_notice_user_id_key", "notice", ["user_id", "key"], unique=True)


def downgrade() -> None:
    activities, held, cycle_rules = _taken("activity"), _taken("held_credential"), _taken("cycle_rules")
    for table in ("notice", "calendar_feed", "certificate", "activity", "custom_credential", "closed_cycle"):
        op.drop_table(table)
    for table in ("cycle_rules", "held_credential"):
        op.drop_table(table)
    op.create_table(
        "activity",
        *_activity_columns(),
        sa.Column("approval", sa.String(length=10), nullable=False),
        sa.Column("index_number", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("approval IN ('approved', 'recognized', 'unknown')", name=op.f("ck_activity_approval")),
        sa.CheckConstraint("amount_hundredths > 0", name=op.f("ck_activity_amount_hundredths")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_activity_ended_on")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_activity_minutes")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_activity_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_user_id_ended_on", "activity", ["user_id", "ended_on"], unique=False)
    op.create_table(
        "held_credential",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.String(length=100), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_held_credential_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_held_credential")),
    )
    op.create_index("uq_held_credential_user_id_rules", "held_credential", ["user_id", "rules"], unique=True)
    _create_cycle_rules()
    kept = {"cmm"}
    _put_back("held_credential", [_without(row, HELD_SINCE) for row in held if row["rules"] in kept])
    left = {row["id"] for row in held if row["rules"] in kept}
    _put_back("cycle_rules", [row for row in cycle_rules if row["held_credential_id"] in left])
    _put_back("activity", [_with_approval(row) for row in activities if row["deleted_at"] is None])
    op.drop_column("user", "wants_reminders")


HELD_SINCE = {"birth_month", "due_on", "member_until", "further_credentials"}
ACTIVITY_SINCE = {"delivery", "tags", "domains", "cost_cents", "deleted_at"}


def _with_approval(row: Mapping[str, Any]) -> dict[str, Any]:
    approval = next((name for name, tags in TAGS_OF_APPROVALS.items() if set(tags) & set(row["tags"])), "unknown")
    return {**_without(row, ACTIVITY_SINCE), "approval": approval}


def _without(row: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _taken(table: str) -> Rows:
    """Every row of a table, as Python values."""
    return [dict(row) for row in op.get_bind().execute(sa.select(_reflected(table))).mappings()]


def _put_back(table: str, rows: Rows) -> None:
    if rows:
        op.bulk_insert(_reflected(table), [dict(row) for row in rows])


TYPES: Mapping[str, sa.types.TypeEngine[Any]] = {
    "user_id": sa.Uuid(),
    "id": sa.Uuid(),
    "held_credential_id": sa.Uuid(),
    "created_at": UtcDateTime(),
    "changed_at": UtcDateTime(),
    "deleted_at": UtcDateTime(),
    "tags": JSON,
    "domains": JSON,
}


def _reflected(table: str) -> sa.Table:
    """The table as the database has it, with the types that SQLite does not know."""
    found = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
    for column in found.columns:
        column.type = TYPES.get(column.name, column.type)
    return found
