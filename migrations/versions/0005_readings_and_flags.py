"""The bank: which items passed a blind reading, and which are flagged until somebody reads them again."""

import sqlalchemy as sa
from alembic import op

from quizapp.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_flag",
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("flagged_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_flag_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_flag")),
    )
    op.create_table(
        "passed_reading",
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("scored_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_passed_reading_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "scored_hash", name=op.f("pk_passed_reading")),
    )


def downgrade() -> None:
    op.drop_table("passed_reading")
    op.drop_table("item_flag")
