"""Operator commands: thin shells over actions."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from quizapp import backups, jobs, serving
from quizapp.accounts import actions as account_actions
from quizapp.accounts.models import ROLES
from quizapp.attempts import queries as attempt_queries
from quizapp.bank import actions as bank_actions
from quizapp.bank import queries as bank_queries
from quizapp.bank.check import check
from quizapp.bank.commands import bank, list_citing
from quizapp.bank.facts import read_facts
from quizapp.bank.item_files import ReadItem, read_items
from quizapp.bank.review_checks import review_problems, unfinished_rounds
from quizapp.bank.reviews import read_reviews
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.bank.yaml_files import BadFileError
from quizapp.config import ROOT, Config, ConfigError, read_config, secret_key_of, unknown_settings
from quizapp.credits.reminders import Rounds
from quizapp.credits.rule_book import check_rule_files, rule_book
from quizapp.credits.rule_troubles import rule_troubles
from quizapp.db import Database, DatabaseBusyError, connect, file_of, in_words, writing
from quizapp.doctor import about_mail, rebuilt
from quizapp.rules import citations
from quizapp.rules.credit_words import counted

LONGEST_NOTE = 200


def alembic_config(connection: Connection) -> AlembicConfig:
    """Alembic pointed at migrations/ and at an open connection."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def migrate(database: Database) -> None:
    """Bring the database to the newest migration, in one transaction."""
    with database.session() as session:
        command.upgrade(alembic_config(session.connection(execution_options={"writing": True})), "head")
        session.commit()


@click.group(help="The commands of the people who run the site.")
@click.pass_context
def quizapp(context: click.Context) -> None:
    """Read the settings once, for every command."""
    context.obj = read_config(os.environ)
    # Beside a server, the clock's jobs have its settings, and it has told of them.
    if context.invoked_subcommand != "tick":
        for slip in unknown_settings(os.environ):
            click.echo(slip, err=True)


@contextmanager
def opened(config: Config) -> Iterator[Session]:
    """A session on the site's database."""
    with connect(config.database_url).session() as session:
        yield session


# --- Serving --------------------------------------------------------------------------------------------------------


@quizapp.command(help="Migrate, load the bank, serve the site, and run the clock's jobs beside it.")
@click.pass_obj
def serve(config: Config) -> None:
    """One command for a whole site."""
    serving.free_address(config.host, config.port)
    secret_key_of(config)
    migrate(connect(config.database_url, create=True))
    with opened(config) as session:
        _load(session, config)
    click.echo(f"quizapp is at {config.base_url} (Ctrl-C stops it)")
    serving.serve(config)


@quizapp.command(help="Finish expired attempts, send waiting mail, remind of deadlines, remove what is out of date.")
@click.option("--every", type=click.IntRange(1, 3600), help="Go on for ever, at this many seconds' distance.")
@click.option("--parent", type=int, help="With --every: end when the process with this id is no longer the parent.")
@click.pass_obj
def tick(config: Config, every: int | None, parent: int | None) -> None:
    """Idempotent; several machines may run it. Once through, it fails when a job failed."""
    database = connect(config.database_url)
    parent = parent or os.getppid()
    rounds, swept_hour = Rounds(), None
    at_once = jobs.REMINDED_AT_ONCE if every else None
    while True:
        try:
            with database.session() as session:
                now = datetime.now(UTC)
                failures = jobs.remind(session, config, rounds, now, at_once) + jobs.run(session, config, now)
                hour = now.replace(minute=0, second=0, microsecond=0)
                if hour != swept_hour:
                    failures += jobs.sweep(session, now)
                    swept_hour = hour
        except Exception as error:
            # A database that is away for a while must not end the jobs for good: they come round again.
            if every is None:
                raise
            jobs.tell(error)
        if every is None:
            sys.exit(1 if failures else 0)
        if os.getppid() != parent:
            return
        time.sleep(every)


# --- The database ---------------------------------------------------------------------------------------------------


@quizapp.group(help="The database.")
def db() -> None:
    """Commands about the database."""


@db.command("upgrade", help="Bring the database to the newest migration.")
@click.pass_obj
def db_upgrade(config: Config) -> None:
    """Run what migrations are new."""
    migrate(connect(config.database_url, create=True))


@quizapp.command(help="Copy the database into a new file while the site runs (SQLite).")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(config: Config, file: Path) -> None:
    """Certificates and the secret key are files, and belong to a whole backup too."""
    backups.back_up(_sqlite_file(config), file)
    click.echo(f"{file} holds the database. Not in it: the certificates in {config.evidence_dir}, and the secret key.")


@quizapp.command(help="Put a copy in the database's place while the site is stopped (SQLite).")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(config: Config, file: Path) -> None:
    """What was there is moved aside, so that it can be put back by the same command."""
    database = _sqlite_file(config)
    known = {script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()}
    for path in backups.restore(database, file, known, datetime.now(UTC)):
        click.echo(f"moved aside: {path}")
    click.echo(f"{database} is now what {file} holds. Before the site starts, put its certificates back too.")


def _sqlite_file(config: Config) -> Path:
    path = file_of(config.database_url)
    if path is None:
        raise backups.BackupError("This is for SQLite; docs/operating.md says how with PostgreSQL.")
    return path


@quizapp.command(help="Look at what is projected from the logs, at mail that does not leave, and at credits' rules.")
@click.option("--rebuild", is_flag=True, help="Write every attempt's responses and marks anew from its log.")
@click.pass_obj
def doctor(config: Config, *, rebuild: bool) -> None:
    """One attempt a write, which is undone unless it is to be kept; fails when an attempt differs from its log.

    It fails too when rules of credits cannot be read, or have lost a version that somebody holds a credential under.
    Mail is only told of: what was given up stays given up, and would fail the command for ever.
    """
    with opened(config) as session:
        keys = attempt_queries.all_attempts(session)
        differing = 0
        with click.progressbar(keys, label="Rebuilding attempts" if rebuild else "Comparing attempts") as bar:
            for user_id, attempt_id in bar:
                differing += rebuilt(session, user_id, attempt_id, keep=rebuild)
        for said in about_mail(session):
            click.echo(said)
        troubles = rule_troubles(session, config.bank_dir)
    for trouble in troubles:
        click.echo(trouble)
    if rebuild:
        click.echo(f"Attempts rebuilt from their logs: {len(keys)}. Differed: {differing}.")
    elif differing:
        click.echo(f"Attempts that differ from their logs: {differing} of {len(keys)}. Mend: quizapp doctor --rebuild")
    else:
        click.echo(f"Attempts that equal their logs: all of {len(keys)}.")
    if troubles or (differing and not rebuild):
        sys.exit(1)


# --- The bank -------------------------------------------------------------------------------------------------------


quizapp.add_command(bank)


@bank.command("load", help="Load the bank's files into the database: all or nothing.")
@click.pass_obj
def bank_load(config: Config) -> None:
    """Idempotent: what is unchanged stays as it is."""
    with opened(config) as session:
        _load(session, config)


@bank.command("touch", help="List the items that rest on a citation, such as '45 CFR 164.404', or flag them.")
@click.argument("citation")
@click.option("--flag", is_flag=True, help="Flag them in the database: mocks leave them out until they are read again.")
@click.option("--note", default="", help="With --flag: what has changed, in at most 200 characters.")
@click.option("--unflag", is_flag=True, help="Take their flags away.")
@click.pass_obj
def bank_touch(config: Config, citation: str, note: str, *, flag: bool, unflag: bool) -> None:
    """For when a law is amended. The files are listed; flags go by what the site has loaded. No item found fails."""
    problem = citations.problem_of_search(citation)
    if problem:
        raise click.UsageError(f"{citation!r}: {problem}.")
    if flag and unflag:
        raise click.UsageError("Choose one of --flag and --unflag.")
    if note and not flag:
        raise click.UsageError("--note goes with --flag.")
    if len(note) > LONGEST_NOTE:
        raise click.UsageError(f"The note has {len(note)} characters, more than {LONGEST_NOTE}.")
    if not flag and not unflag:
        list_citing(config, citation)
        return
    with opened(config) as session:
        citing = bank_queries.items_citing(session, citation)
        with writing(session):
            if flag:
                touched = bank_actions.flag(session, citing, note, datetime.now(UTC))
            else:
                touched = bank_actions.unflag(session, citing)
    done, before = ("flagged", "flagged before") if flag else ("unflagged", "not flagged")
    for item_id in touched:
        click.echo(f"{done}: {item_id}: {'; '.join(citing[item_id])}")
    untouched = len(citing) - len(touched)
    click.echo(f"Items that cite {citation}: {len(citing)}, of them {len(touched)} {done}, {untouched} {before}.")
    if not citing:
        sys.exit(1)


@bank.command("check", help="Check every file of the bank without touching a database.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day by which dates are judged; today by default.")
@click.pass_obj
def bank_check(config: Config, today: datetime | None) -> None:
    """Say what is wrong, with file and line. Errors fail, warnings do not."""
    items = _read(config)
    check_rule_files(config.bank_dir)
    reviews = read_reviews(config.bank_dir)
    found = check(items, (today or datetime.now(UTC)).date(), read_facts(config.bank_dir))
    found.errors += [*review_problems(reviews, items), *unfinished_rounds(reviews)]
    for problem in found.warnings:
        click.echo(f"warning: {problem}")
    for problem in found.errors:
        click.echo(f"error: {problem}")
    published = sum(read.text.status == "published" for read in items)
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(found.flaws.items()))
    click.echo(
        f"{counted(len(items), 'item')}, {published} published: {_or_none(found.errors, 'error')}, "
        f"{_or_none(found.warnings, 'warning')}{f' ({kinds})' if kinds else ''}."
    )
    if found.errors:
        sys.exit(1)


def _or_none(problems: Sequence[object], name: str) -> str:
    return counted(len(problems), name) if problems else f"no {name}s"


def _read(config: Config) -> list[ReadItem]:
    blueprint_of(config.bank_dir)
    return read_items(config.bank_dir, tags_of(config.bank_dir))


def _load(session: Session, config: Config) -> None:
    """Bring the files' items and passed readings into the database, unless `bank check` finds errors in them."""
    items, reviews = _read(config), read_reviews(config.bank_dir)
    problems = review_problems(reviews, items)
    if problems:
        raise BadFileError(problems)
    passed = reviews.passed
    report, readings = bank_actions.plan_load(session, items), bank_actions.plan_readings(session, passed)
    now = datetime.now(UTC)
    if report.writes or readings.writes:
        # What is unchanged was checked when it came; looking at all of it again would slow each start down.
        errors = check(items, now.date(), read_facts(config.bank_dir)).errors
        if errors:
            raise BadFileError(errors)
        with writing(session):
            report = bank_actions.load_items(session, items, now)
            readings = bank_actions.load_readings(session, passed)
    click.echo(
        f"Bank: {len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged items"
        + (f", {len(report.conflicts)} changed here and in the files (left as they are)" if report.conflicts else "")
        + (f", {len(report.without_file)} without a file any more" if report.without_file else "")
        + "."
    )
    if readings.writes:
        click.echo(f"Passed readings: {len(readings.added)} new, {len(readings.removed)} taken back.")
    for problem in rule_book(config.bank_dir).problems:
        click.echo(f"  a rule file cannot be read, so its credential is left out: {problem}")
    for item_id in report.conflicts:
        click.echo(f"  conflict: {item_id}")
    for item_id in report.without_file:
        click.echo(
            f"  {item_id} has no file any more and is still drawn; to retire it, say status: retired in its file"
        )
    for item_id in report.unflagged:
        click.echo(f"  read again, so no longer flagged: {item_id}")


# --- People ---------------------------------------------------------------------------------------------------------


@quizapp.group(help="People and their roles.")
def users() -> None:
    """Commands about people."""


@users.command("grant", help="Give somebody a role.")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_obj
def users_grant(config: Config, email: str, role: str) -> None:
    """Grant a role beyond candidate."""
    _change_role(config, account_actions.grant, email, role)
    click.echo(f"{email} is now {role}.")


@users.command("revoke", help="Take a role away.")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_obj
def users_revoke(config: Config, email: str, role: str) -> None:
    """Revoke a role beyond candidate."""
    _change_role(config, account_actions.revoke, email, role)
    click.echo(f"{email} is no longer {role}.")


def _change_role(config: Config, change: Callable[[Session, str, str], object], email: str, role: str) -> None:
    with opened(config) as session:
        try:
            with writing(session):
                change(session, email, role)
        except account_actions.NoSuchUserError as error:
            raise click.ClickException(f"There is no account with the address {email}.") from error


def main(arguments: list[str] | None = None) -> Any:
    """The entry point: what cannot be used ends with a sentence, not a traceback."""
    try:
        return quizapp(arguments, prog_name="quizapp")
    except ConfigError as error:
        click.echo(f"quizapp cannot start: {error}", err=True)
    except backups.BackupError as error:
        click.echo(str(error), err=True)
    except BadFileError as error:
        click.echo(f"These files have errors, so nothing was done.\n{error}", err=True)
    except (CommandError, DatabaseBusyError, OSError, SQLAlchemyError) as error:
        said = _in_words(error)
        if said is None:
            raise
        click.echo(said, err=True)
    sys.exit(2)


def _in_words(error: Exception) -> str | None:
    """What an operator can mend, in a sentence; None for a fault of ours, whose traceback is wanted."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if isinstance(error, CommandError) and "Can't locate revision" in str(error):
        return (
            f"The database is newer than this version of the site ({error}). "
            "Run the newer version again, or put back a backup that is older."
        )
    return in_words(error, read_config(os.environ).database_url)


if __name__ == "__main__":
    main()
