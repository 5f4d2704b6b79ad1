"""Operator commands: thin shells over actions."""

import os
import sys
from typing import Any

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection

from quizapp.config import ROOT, Config, ConfigError, read_config
from quizapp.db import Database, connect


def alembic_config(connection: Connection) -> AlembicConfig:
    """Alembic pointed at migrations/ and at an open connection."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def migrate(database: Database) -> None:
    """Bring the database to the newest migration."""
    with database.session() as session:
        command.upgrade(alembic_config(session.connection(execution_options={"writing": True})), "head")
        session.commit()


@click.group(help="The commands of the people who run the site.")
@click.pass_context
def quizapp(context: click.Context) -> None:
    """Read the settings once, for every command."""
    context.obj = read_config(os.environ)


@quizapp.group(help="The database.")
def db() -> None:
    """Commands about the database."""


@db.command("upgrade", help="Bring the database to the newest migration.")
@click.pass_obj
def db_upgrade(config: Config) -> None:
    """Run what migrations are new."""
    migrate(connect(config.database_url))


def main(arguments: list[str] | None = None) -> Any:
    """The entry point: settings that cannot be used end with a sentence, not a traceback."""
    try:
        return quizapp(arguments)
    except ConfigError as error:
        click.echo(f"quizapp cannot start: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
