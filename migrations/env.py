"""Alembic's entry: runs the versions on the connection that quizapp.cli hands over."""

from alembic import context

from quizapp.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_server_default=True,
    include_object=context.config.attributes.get("include_object"),
)
with context.begin_transaction():
    context.run_migrations()
