"""The bank: items, versions, tags."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from quizapp.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("head_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("domain", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.CheckConstraint("origin IN ('file', 'desk')", name=op.f("ck_item_origin")),
        sa.CheckConstraint("status IN ('draft', 'published', 'retired')", name=op.f("ck_item_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index("ix_item_status_domain", "item", ["status", "domain"], unique=False)
    op.create_table(
        "item_tag",
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.CheckConstraint("kind IN ('area', 'topic')", name=op.f("ck_item_tag_kind")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_tag_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "kind", "tag", name=op.f("pk_item_tag")),
    )
    op.create_index("ix_item_tag_kind_tag", "item_tag", ["kind", "tag", "item_id"], unique=False)
    op.create_table(
        "item_version",
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("scored_hash", sa.String(length=64), nullable=False),
        sa.Column("key_option", sa.Integer(), nullable=False),
        sa.Column("option_count", sa.Integer(), nullable=False),
        sa.Column("is_ordered", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("key_option BETWEEN 0 AND 9", name=op.f("ck_item_version_key_option")),
        sa.CheckConstraint("option_count BETWEEN 2 AND 10", name=op.f("ck_item_version_option_count")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_version_item")),
        sa.PrimaryKeyConstraint("item_id", "version", name=op.f("pk_item_version")),
    )
    op.create_table(
        "item_twin",
        sa.Column("item_id", sa.String(length=100), nullable=False),
        sa.Column("twin_id", sa.String(length=100), nullable=False),
        sa.CheckConstraint("item_id < twin_id", name=op.f("ck_item_twin_order")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_twin_item"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["twin_id"], ["item.id"], name=op.f("fk_item_twin_twin"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "twin_id", name=op.f("pk_item_twin")),
    )


def downgrade() -> None:
    op.drop_table("item_twin")
    op.drop_table("item_version")
    op.drop_index("ix_item_tag_kind_tag", table_name="item_tag")
    op.drop_table("item_tag")
    op.drop_index("ix_item_status_domain", table_name="item")
    op.drop_table("item")
