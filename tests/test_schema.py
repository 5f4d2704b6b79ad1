"""What the tables promise as a whole: models equal the migrated database, and keys begin with the person."""

import re
from typing import Any, cast

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table, UniqueConstraint, inspect

from quizapp.cli import alembic_config, migrate
from quizapp.config import ROOT
from quizapp.db import Database
from quizapp.models import Base

PERSONAL = [table for table in Base.metadata.sorted_tables if "user_id" in table.columns]


def schema_of(database: Database) -> dict[str, Any]:
    """What the database itself knows of its tables, with the order of constraints taken out."""
    look = inspect(cast(Engine, database.bind))

    def described(table: str) -> dict[str, Any]:
        return {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in look.get_columns(table)
            },
            "primary key": look.get_pk_constraint(table),
            "foreign keys": sorted(map(_words, look.get_foreign_keys(table))),
            "unique": sorted(map(_words, look.get_unique_constraints(table))),
            "checks": sorted(map(_words, look.get_check_constraints(table))),
            "indexes": sorted(map(_words, look.get_indexes(table))),
        }

    return {table: described(table) for table in look.get_table_names() if table != "alembic_version"}


def _words(value: Any) -> str:
    """Nested descriptions as one string; the condition of a partial index as its SQL."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(inner)}" for name, inner in sorted(value.items()))
    return str(value)


def test_the_migrated_database_equals_the_models(own_database: Database) -> None:
    engine = cast(Engine, own_database.bind)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    # Alembic compares neither primary keys nor CHECK constraints; the database knows them.
    migrated = schema_of(own_database)
    assert migrated.keys() == Base.metadata.tables.keys()
    with own_database.session() as session:
        command.downgrade(alembic_config(session.connection(execution_options={"writing": True})), "base")
        session.commit()
    Base.metadata.create_all(engine)
    assert migrated == schema_of(own_database)


def test_migrations_run_down_and_up_again(own_database: Database) -> None:
    before = schema_of(own_database)
    with own_database.session() as session:
        command.downgrade(alembic_config(session.connection(execution_options={"writing": True})), "base")
        session.commit()
    assert schema_of(own_database) == {}
    migrate(own_database)
    assert schema_of(own_database) == before


def test_migrations_have_one_head_and_their_numbers_follow_each_other() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    numbers = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert all(re.fullmatch(rf"{number}_[a-z_]+\.py", file) for number, file in zip(numbers, files, strict=True))


@pytest.mark.parametrize("table", PERSONAL, ids=lambda table: table.name)
def test_the_keys_of_a_persons_rows_begin_with_the_person(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "user_id"
    assert _first_columns_of_unique(table) <= {"user_id"}
    for foreign_key in table.foreign_key_constraints:
        referred = foreign_key.referred_table
        if "user_id" in referred.columns:
            assert foreign_key.column_keys[0] == "user_id"
            assert foreign_key.elements[0].column.name == "user_id"


def _first_columns_of_unique(table: Table) -> set[str]:
    unique = [constraint.columns for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    indexes = [index.columns for index in table.indexes if index.unique]
    return {next(iter(columns)).name for columns in [*unique, *indexes]}


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_no_table_hands_out_numbers(table: Table) -> None:
    assert table.autoincrement_column is None


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_constraint_has_a_name(table: Table) -> None:
    assert all(constraint.name for constraint in table.constraints)
