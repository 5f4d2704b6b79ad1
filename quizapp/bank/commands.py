"""Commands of the bank's authors and reviewers that work on its files."""

import csv
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import click
import msgspec
from sqlalchemy.exc import OperationalError, ProgrammingError

from quizapp.bank.facts import read_facts
from quizapp.bank.item_files import ItemText, ReadItem, json_schema, read_items
from quizapp.bank.queries import flags
from quizapp.bank.report import Table, cells, flag_table, report
from quizapp.bank.reviews import (
    RecordedOtherwiseError,
    Reviews,
    file_of,
    joined,
    read_reviews,
    round_on_record,
    write_round,
)
from quizapp.bank.sheets import SheetError, deal, read_answers, read_defects, read_keys, unanswered
from quizapp.bank.sheets import record as record_answers
from quizapp.bank.tags import tags_of
from quizapp.config import ROOT, Config
from quizapp.db import connect, is_there
from quizapp.rules import citations

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(help="The question bank.")
def bank() -> None:
    """Commands about the bank."""


@bank.command("schema", help="Print the JSON Schema of item files, for editors.")
def schema() -> None:
    """The schema that question_bank/schema/item.schema.json holds."""
    click.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


@bank.command("sheet", help="Write sheets for blind readers: stems and shuffled options, and nothing else.")
@click.option("--round", "number", type=click.IntRange(1, 999), required=True)
@click.option(
    "--seed",
    required=True,
    help="The same seed makes the same sheets. It tells which items carry a defect: no reader may know or guess it.",
)
@click.option("--out", type=NEW_FOLDER, required=True, help="The folder for the sheets: what readers get.")
@click.option("--keys", type=NEW_FILE, required=True, help="The file that says which number is which item.")
@click.option("--per-sheet", type=click.IntRange(1, 500), default=40, show_default=True)
@click.option("--items", "id_file", type=FILE, help="Item ids, one a line; else all that is not retired.")
@click.option("--unread", is_flag=True, help="Only items without a passed reading for what they say now.")
@click.option("--defects", type=FILE, help="A YAML file of defects that an author wrote; never committed.")
@click.pass_obj
def sheet(
    config: Config,
    number: int,
    seed: str,
    out: Path,
    keys: Path,
    per_sheet: int,
    id_file: Path | None,
    defects: Path | None,
    *,
    unread: bool,
) -> None:
    """The key file must lie where readers do not look; nothing that is out already is written over."""
    for path in (out, keys, defects):
        if path and any(path.resolve().is_relative_to(folder.resolve()) for folder in (ROOT, config.bank_dir)):
            raise click.ClickException(
                f"{path} lies in the repository, and sheets, keys and defects are never committed."
            )
    if keys.resolve().is_relative_to(out.resolve()):
        raise click.ClickException("The key file must not lie in the readers' folder.")
    if (config.bank_dir / file_of(number)).exists():
        raise click.ClickException(f"Round {number} is on record. Give a new round the next number.")
    if keys.exists():
        raise click.ClickException(f"{keys} is there already: it may be the only key to sheets that are out.")
    if out.exists() and any(out.iterdir()):
        raise click.ClickException(f"{out} is not empty: old sheets among new ones would be read too.")
    items = _chosen(config, id_file, unread=unread)
    try:
        dealt = deal(items, number, seed, per_sheet, read_defects(defects) if defects else None)
    except SheetError as error:
        raise click.ClickException(str(error)) from error
    out.mkdir(parents=True, exist_ok=True)
    for place, text in enumerate(dealt.sheets, start=1):
        (out / f"sheet-{place:02}.md").write_text(text, encoding="utf-8")
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_bytes(msgspec.json.format(msgspec.json.encode(dealt.keys), indent=1))
    planted = sum(entry.planted is not None for entry in dealt.keys.entries)
    click.echo(f"Items {len(items)}, sheets {len(dealt.sheets)}, planted defects {planted}.")


@bank.command("record", help="Record what blind readers answered in question_bank/reviews/.")
@click.option("--round", "number", type=click.IntRange(1, 999), required=True)
@click.option("--keys", type=FILE, required=True)
@click.option("--reader", help="reader-N, where the names of the answer files do not say it.")
@click.option("--again", is_flag=True, help="Replace what the same reader has on record: for a typing error.")
@click.argument("answers", type=FILE, nargs=-1, required=True)
@click.pass_obj
def record(
    config: Config, number: int, keys: Path, reader: str | None, answers: tuple[Path, ...], *, again: bool
) -> None:
    """Readers may hand in sheet by sheet: what is on record stays, and new answers stand beside it."""
    key_file = read_keys(keys)
    if key_file.round != number:
        raise click.ClickException(f"The key file belongs to round {key_file.round}.")
    given = [(_reader_of(path, reader), answer) for path in answers for answer in read_answers(path)]
    before = round_on_record(config.bank_dir, number)
    try:
        new = record_answers(key_file, given)
        new = joined(before, new, again=again) if before else new
    except (SheetError, RecordedOtherwiseError) as error:
        raise click.ClickException(str(error)) from error
    path = write_round(config.bank_dir, new)
    agreeing = sum(reading.reading.agrees for reading in new.readings)
    caught = sum(planted.caught_by != "no" for planted in new.planted)
    click.echo(f"{path.name}: {agreeing} of {len(new.readings)} readings agree with the key.")
    click.echo(f"Caught {caught} of {len(new.planted)} planted defects.")
    for sheet, numbers in unanswered(key_file, new).items():
        click.echo(f"No answer yet: sheet {sheet}, {', '.join(map(str, numbers))}.")
    for reading in new.readings:
        if reading.flaw:
            click.echo(f"Remark on {reading.item} ({reading.reader}): {reading.flaw}")
    _tell_what_to_settle(read_reviews(config.bank_dir))


def _tell_what_to_settle(reviews: Reviews) -> None:
    """Print the line of each settlement, to be filled in: until then `bank check` refuses it."""
    waiting = reviews.unsettled
    if waiting:
        click.echo("\nTo settle by the source. Put these lines under `settlements:` of their round and fill them in:")
    for number, text in waiting:
        line = {"item": text.item, "scored_hash": text.scored_hash, "outcome": "kept|mended|dropped", "because": ""}
        click.echo(f"{file_of(number)}: {text.reading.objection}{f' ({text.flaw})' if text.flaw else ''}")
        click.echo(f"- {msgspec.json.encode(line).decode()}")


@bank.command("report", help="Count the bank, let the robot try it, and recompute what blind readers said.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day by which dates are judged; today by default.")
@click.option("--cells", "cell_file", type=NEW_FILE, help="Write the counts of every cell into this CSV file.")
@click.pass_obj
def print_report(config: Config, today: datetime | None, cell_file: Path | None) -> None:
    """Every table as text; the desk shows the same. Flags come from the database, where there is one."""
    items = [one.text for one in _live(config)]
    day = (today or datetime.now(UTC)).date()
    facts = read_facts(config.bank_dir)
    tables = report(items, read_reviews(config.bank_dir), facts, tags_of(config.bank_dir), day)
    for table in (flag_table(_flags(config)), *tables):
        click.echo(_as_text(table))
    if cell_file:
        with cell_file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("domain", "area", "topic", "level", "difficulty", "checked against", "items"))
            writer.writerows(cells(items))


def list_citing(config: Config, citation: str) -> None:
    """Print what must be read again when a law is amended, with file and line; fail where that is nothing."""
    found = 0
    for one in _live(config):
        refs = [cite.ref for cite in one.text.cites if citations.covers(citation, cite.ref)]
        if refs:
            found += 1
            click.echo(f"{one.file}:{one.line}: {one.text.id}: {'; '.join(refs)} (review by {one.text.review_by})")
    click.echo(f"Items that cite {citation}: {found}.")
    if not found:
        sys.exit(1)


@bank.command("sample", help="Print items drawn at random with their key and citations, for a look at the sources.")
@click.argument("number", type=click.IntRange(1, 500))
@click.option("--seed", required=True, help="Such as a commit, so that nobody chooses the items.")
@click.option("--law", is_flag=True, help="Only items that rest on law.")
@click.pass_obj
def sample(config: Config, number: int, seed: str, *, law: bool) -> None:
    """The same seed draws the same items from the same bank."""
    items = [one for one in _live(config) if one.text.rests_on_law or not law]
    items.sort(key=lambda one: one.text.id)
    for one in Random(seed).sample(items, min(number, len(items))):
        text = one.text
        click.echo(f"{one.file}:{one.line}: {text.id}\n\n{text.stem.strip()}\n")
        for option in text.options:
            click.echo(f"  {'*' if option.key else '-'} {option.text}")
        click.echo(f"\n  {text.options[text.key_option].rationale}")
        for cite in text.cites:
            click.echo(f"  {cite.ref}: {cite.proves}")
        as_of = f", text of {text.checked.text_of}" if text.checked.text_of else ""
        click.echo(f"  checked against {text.checked.against} on {text.checked.on}{as_of}\n")


def _as_text(table: Table) -> str:
    lines = [table.title, "=" * len(table.title)]
    rows: Sequence[tuple[str, ...]] = (table.columns, *table.rows)
    full = [row for row in rows if len(row) == len(table.columns)]
    widths = [max(len(row[place]) for row in full) for place in range(len(table.columns))]
    set_to = str.ljust if table.is_prose else str.rjust
    for row in rows if table.rows else []:
        cells_of_row = [set_to(cell, width) for cell, width in zip(row[1:], widths[1:], strict=False)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells_of_row]).rstrip())
    if not table.rows:
        lines.append("Nothing.")
    return "\n".join([*lines, *([table.note] if table.note else []), ""])


def _flags(config: Config) -> Sequence[tuple[str, datetime, str, date]] | None:
    """What is flagged on the site; None where no database answers, or one that is older than flags."""
    if not is_there(config.database_url):
        return None
    database = connect(config.database_url)
    try:
        with database.session() as session:
            return [(item_id, flagged_at, note, review_by) for item_id, flagged_at, note, review_by in flags(session)]
    except (OperationalError, ProgrammingError):
        return None


def _live(config: Config) -> list[ReadItem]:
    read = read_items(config.bank_dir, tags_of(config.bank_dir))
    return [one for one in read if one.text.status != "retired"]


def _reader_of(path: Path, reader: str | None) -> str:
    named = re.match(r"(reader-[0-9]{1,3})(?![0-9])", path.name)
    if named:
        return named.group(1)
    if reader and re.fullmatch(r"reader-[0-9]{1,3}", reader):
        return reader
    raise click.ClickException(
        f"{path.name} does not say whose it is: name it reader-N-….yaml, or give --reader reader-N."
    )


def _chosen(config: Config, id_file: Path | None, *, unread: bool) -> list[ItemText]:
    items = [one.text for one in _live(config)]
    if id_file:
        wanted = set(id_file.read_text(encoding="utf-8").split())
        unknown = sorted(wanted - {item.id for item in items})
        if unknown:
            raise click.ClickException(f"No such items: {', '.join(unknown)}.")
        items = [item for item in items if item.id in wanted]
    if unread:
        passed = read_reviews(config.bank_dir).passed
        items = [item for item in items if (item.id, item.scored_hash) not in passed]
    if not items:
        raise click.ClickException("There is nothing to read.")
    return items
