"""An import before it is stored: the table with its columns chosen, and every row as the form of an activity has it."""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import msgspec
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, SelectField

from quizapp.credits.actions import Entry
from quizapp.credits.activity_forms import UNIT_CHOICES, ActivityForm
from quizapp.credits.credit_tags import CreditTags
from quizapp.credits.import_rows import (
    COLUMNS,
    NOT_MAPPED,
    Reading,
    Vocabulary,
    guess_columns,
    read_row,
    unit_of_heading,
)
from quizapp.credits.models import Activity
from quizapp.credits.queries import course_of
from quizapp.credits.table_files import BadTableError, Rows, check_size
from quizapp.web import BaseForm

MOST_DRAFT_CHARACTERS = 700_000
MOST_UNPACKED = 8_000_000


class BadDraftError(Exception):
    """A draft that this site did not make."""


class MappingForm(BaseForm):
    """Which column is what, and what to do with rows that cannot be taken or are there already."""

    draft = HiddenField()
    draft_id = HiddenField()
    unit_elsewhere = SelectField("Unit of rows that name none", choices={"": "None", **UNIT_CHOICES})
    leaves_out_bad = BooleanField("Leave out the rows with errors, and import the others")
    takes_known = BooleanField("Import those too that are in your list already")

    def __init__(self, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices = {str(NOT_MAPPED): "Not in the file"} | {str(place): text for place, text in enumerate(headings)}
        for column in COLUMNS:
            field = self[f"column_{column.slug}"]
            if isinstance(field, SelectField):
                field.choices = choices

    @property
    def columns(self) -> dict[str, int]:
        """The place of each column in the file; NOT_MAPPED for those that it does not have."""
        return {column.slug: int(self[f"column_{column.slug}"].data) for column in COLUMNS}


for _column in COLUMNS:
    setattr(MappingForm, f"column_{_column.slug}", SelectField(_column.name, default=str(NOT_MAPPED)))


def guessed(rows: Rows) -> dict[str, str]:
    """The form's values as far as the headings tell them."""
    columns = guess_columns(rows[0])
    values = {f"column_{slug}": str(place) for slug, place in columns.items()}
    heading = rows[0][columns["amount"]] if columns["amount"] != NOT_MAPPED else ""
    return {**values, "unit_elsewhere": unit_of_heading(heading)}


# --- The draft, which travels with the page, so that nothing is stored before it is wanted ---------------------------


def packed(rows: Rows) -> str:
    """The table as a text for a hidden field."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(rows), 9)).decode()


def unpacked(draft: str) -> Rows:
    """The table of a hidden field. Raises BadDraftError."""
    try:
        packed_rows = base64.b64decode(draft, validate=True)
        content = zlib.decompressobj().decompress(packed_rows, MOST_UNPACKED)
        rows = msgspec.json.decode(content, type=list[list[str]])
        check_size(rows)
    except (binascii.Error, zlib.error, ValueError, RecursionError, BadTableError) as error:
        raise BadDraftError from error
    return rows


# --- Rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckedRow:
    """A row of the file: its number there (the headings are 1), what it becomes or why not, and whether it is known."""

    number: int
    id: UUID
    reading: Reading
    entry: Entry | None
    problems: Sequence[str]
    is_known: bool


def checked_rows(
    rows: Rows, form: MappingForm, *, draft_id: UUID, today: date, tags: CreditTags, domains: Mapping[str, str]
) -> list[CheckedRow]:
    """Every row by the rules of the form of an activity, with an id of the draft, so that none is stored twice."""
    columns, words = form.columns, Vocabulary(_by_name(tags.names), _by_name(domains))
    # One form for all rows: making a thousand takes longer than everything else.
    of_a_row = ActivityForm(today=today, tags=tags, domains=domains, formdata=None, meta={"csrf": False})
    checked = []
    for number, row in enumerate(rows[1:], start=2):
        reading = read_row(row, columns, words, unit_elsewhere=form.unit_elsewhere.data or "")
        entry, problems = _entry_of(reading, of_a_row)
        checked.append(CheckedRow(number, uuid5(draft_id, str(number)), reading, entry, problems, is_known=False))
    return checked


def _entry_of(reading: Reading, form: ActivityForm) -> tuple[Entry | None, list[str]]:
    form.process(MultiDict(reading.values))
    form.amount.amount = form.cost.cents = None  # The fields set these only where there is something to read.
    is_valid = form.validate()
    problems = [f"{_name(slug)}: {sentence}" for slug, sentence in reading.problems.items()]
    problems += [
        f"{field.label.text}: {field.errors[0]}"
        for field in form
        if field.errors and field.name not in reading.problems
    ]
    return (form.entry() if is_valid and not problems else None), problems


def _name(slug: str) -> str:
    return next(column.name for column in COLUMNS if column.slug == slug)


def known_keys(activities: Sequence[Activity]) -> set[tuple[str, date]]:
    """By what an activity is taken to be in the list already: its course and its last day."""
    return {(course_of(each.title, each.provider), each.ended_on) for each in activities}


def key_of(entry: Entry) -> tuple[str, date]:
    """The same of a row."""
    return course_of(entry.title, entry.provider), entry.ended_on


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return {slug.casefold(): slug for slug in names} | {name.casefold(): slug for slug, name in names.items()}
