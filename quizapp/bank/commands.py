"""Commands of the bank's authors and reviewers that need no database."""

import re
from pathlib import Path

import click
import msgspec

from quizapp.bank.item_files import ItemText, json_schema, read_items
from quizapp.bank.reviews import read_reviews, write_round
from quizapp.bank.sheets import SheetError, deal, read_answers, read_defects, read_keys
from quizapp.bank.sheets import record as record_answers
from quizapp.bank.tags import tags_of
from quizapp.config import Config

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_PATH = click.Path(path_type=Path)


@click.group(help="The question bank.")
def bank() -> None:
    """Commands about the bank."""


@bank.command("schema", help="Print the JSON Schema of item files, for editors.")
def schema() -> None:
    """The schema that question_bank/schema/item.schema.json holds."""
    click.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


@bank.command("sheet", help="Write sheets for blind readers: stems and shuffled options, and nothing else.")
@click.option("--round", "number", type=click.IntRange(1, 999), required=True)
@click.option("--seed", required=True, help="The same seed makes the same sheets.")
@click.option("--out", type=NEW_PATH, required=True, help="The folder for the sheets: what readers get.")
@click.option("--keys", type=NEW_PATH, required=True, help="The file that says which number is which item.")
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
    """The key file must lie where readers do not look."""
    for path in (out, keys, defects):
        if path and path.resolve().is_relative_to(config.bank_dir.resolve()):
            raise click.ClickException(f"{path} lies inside the bank; sheets, keys and defects are never committed.")
    if keys.resolve().is_relative_to(out.resolve()):
        raise click.ClickException("The key file must not lie in the readers' folder.")
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
    click.echo(f"{len(items)} items on {len(dealt.sheets)} sheets, {planted} with a planted defect.")


@bank.command("record", help="Record what blind readers answered in question_bank/reviews/.")
@click.option("--round", "number", type=click.IntRange(1, 999), required=True)
@click.option("--keys", type=FILE, required=True)
@click.option("--reader", help="reader-N, where the names of the answer files do not say it.")
@click.argument("answers", type=FILE, nargs=-1, required=True)
@click.pass_obj
def record(config: Config, number: int, keys: Path, reader: str | None, answers: tuple[Path, ...]) -> None:
    """Every number needs an answer; settlements that stand in the file already stay."""
    key_file = read_keys(keys)
    if key_file.round != number:
        raise click.ClickException(f"The key file belongs to round {key_file.round}.")
    given = [(_reader_of(path, reader), answer) for path in answers for answer in read_answers(path)]
    try:
        new = record_answers(key_file, given)
    except SheetError as error:
        raise click.ClickException(str(error)) from error
    path = write_round(config.bank_dir, new)
    agreeing = sum(reading.reading.agrees for reading in new.readings)
    caught = sum(planted.caught_by != "no" for planted in new.planted)
    click.echo(f"{path.name}: {agreeing} of {len(new.readings)} readings agree with the key.")
    click.echo(f"Caught {caught} of {len(new.planted)} planted defects.")
    for reading in read_reviews(config.bank_dir).unsettled:
        click.echo(f"  to settle: {reading.item_id} ({'two right' if reading.agrees else 'another answer'})")


def _reader_of(path: Path, reader: str | None) -> str:
    named = re.search(r"reader-[0-9]{1,3}", path.name)
    if named:
        return named.group()
    if reader and re.fullmatch(r"reader-[0-9]{1,3}", reader):
        return reader
    raise click.ClickException(
        f"{path.name} does not say whose it is: name it reader-N-….yaml, or give --reader reader-N."
    )


def _chosen(config: Config, id_file: Path | None, *, unread: bool) -> list[ItemText]:
    read = read_items(config.bank_dir, tags_of(config.bank_dir))
    items = [one.text for one in read if one.text.status != "retired"]
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
