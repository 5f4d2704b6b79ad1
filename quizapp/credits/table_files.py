"""Tables that people bring and take away, as rows of texts: CSV here, XLSX by xlsx_files."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

import msgspec

from quizapp.credits.sandbox import DAMAGED, TOO_SLOW, RefusedFileError, rewritten_by

Rows = Sequence[Sequence[str]]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n")  # Some programs tell Excel so what stands between cells.
MOST_ROWS = 1000
MOST_COLUMNS = 40
MOST_CELL_CHARACTERS = 4000


class BadTableError(RefusedFileError):
    """A file that is no table that can be read; the sentence says why, and what to do."""


# --- Reading --------------------------------------------------------------------------------------------------------


def rows_of(content: bytes) -> Rows:
    """The rows of a CSV or XLSX file as stripped texts, the empty ones left out.

    What a file is, is told by its first bytes, not by its name. Raises BadTableError.
    """
    if not content.strip():
        raise BadTableError("The file is empty.")
    if content.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTableError("This is an old Excel file or one with a password. Save it as .xlsx or .csv without one.")
    elif b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadTableError("This is neither a CSV nor an XLSX file.")
    else:
        rows = _csv_rows(_text_of(content))
    cleaned = [[_unguarded(cell.strip()) for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    check_size(filled)
    return filled


def check_size(rows: Rows) -> None:
    """Raise BadTableError for a table that is too small or too large to be read."""
    if len(rows) < 2:
        raise BadTableError("The file has no row under its headings.")
    if len(rows) > MOST_ROWS + 1:
        raise BadTableError(f"The file has {len(rows) - 1:,} rows; at most {MOST_ROWS:,} are read at once. Split it.")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise BadTableError(f"The file has more than {MOST_COLUMNS} columns. Leave out what is not needed.")
    if any(len(cell) > MOST_CELL_CHARACTERS for row in rows for cell in row):
        raise BadTableError(f"A cell has more than {MOST_CELL_CHARACTERS:,} characters.")


def _xlsx_rows(content: bytes) -> Rows:
    """A small workbook can ask for hours and gigabytes, so a process of its own opens it, as it does certificates."""
    try:
        return msgspec.json.decode(rewritten_by("quizapp.credits.xlsx_files", content).content, type=list[list[str]])
    except RefusedFileError as error:
        is_own = str(error) not in {DAMAGED, TOO_SLOW}
        sentence = "This file cannot be opened as a spreadsheet, or is too involved. Save its first sheet as CSV."
        raise BadTableError(str(error) if is_own else sentence) from error


def _text_of(content: bytes) -> str:
    has_utf16_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if has_utf16_mark else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTableError("The text of the file cannot be read. Save it as CSV in UTF-8.")


def _csv_rows(text: str) -> Rows:
    named = SEPARATOR_LINE.match(text)
    if named:
        text = text[named.end() :]
    head = text.partition("\n")[0]
    delimiter = named[1] if named else max(",;\t", key=head.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadTableError(f"The file is no CSV that can be read: {error}.") from error


# --- Writing --------------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 in UTF-8, with the mark at the start by which Excel knows UTF-8; no cell is a formula."""
    text = StringIO(newline="")
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
