"""Retests that were passed, and hours carried in from before this site."""

import sqlalchemy as sa
from alembic import op

from quizapp.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In words of SQL, since SQLite adds a column with its CHECK, but no CHECK to a table that is there.
    op.execute(
        "ALTER TABLE held_credential ADD COLUMN carried_in_minutes INTEGER DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_held_credential_carried_in_minutes CHECK (carried_in_minutes >= 0)"
    )
    op.add_column("held_credential", sa.Column("carried_in_from", sa.Date(), nullable=True))
    op.create_table(
        "retest",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("held_credential_id", sa.Uuid(), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "held_credential_id"],
            ["held_credential.user_id", "held_credential.id"],
            name=op.f("fk_retest_held_credential"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_retest_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "held_credential_id", "passed_on", name=op.f("pk_retest")),
    )


def downgrade() -> None:
    op.drop_table("retest")
    op.drop_column("held_credential", "carried_in_from")
    op.drop_column("held_credential", "carried_in_minutes")
