"""Addresses are confirmed by mail; a mailed link knows the address that it went to."""

import sqlalchemy as sa
from alembic import op

from quizapp.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In words of SQL, since SQLite adds a column with its CHECK, but no CHECK to a table that is there.
    moment = UtcDateTime().compile(op.get_bind().dialect)
    op.execute(
        f'ALTER TABLE "user" ADD COLUMN email_confirmed_at {moment}'
        " CONSTRAINT ck_user_guest_has_nothing_confirmed CHECK (email IS NOT NULL OR email_confirmed_at IS NULL)"
    )
    op.add_column("mail_link", sa.Column("address", sa.String(length=254), nullable=True))


def downgrade() -> None:
    op.drop_column("mail_link", "address")
    op.drop_column("user", "email_confirmed_at")
