"""Credits: credentials held, activities."""

import sqlalchemy as sa
from alembic import op

from quizapp.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("amount_hundredths", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
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


def downgrade() -> None:
    op.drop_table("cycle_rules")
    op.drop_index("uq_held_credential_user_id_rules", table_name="held_credential")
    op.drop_table("held_credential")
    op.drop_index("ix_activity_user_id_ended_on", table_name="activity")
    op.drop_table("activity")
