"""Tables that people bring and take away: CSV and XLSX, both ways, from and to rows of texts."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

Rows = Sequence[Sequence[str]]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 1000
MOST_COLUMNS = 40
MOST_CELL_CHARACTERS = 4000
MOST_UNPACKED_BYTES = 20_000_000
MOST_PACKED_PARTS = 2000


class BadTableError(Exception):
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
    elif b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadTableError("This is neither a CSV nor an XLSX file.")
    else:
        rows = _csv_rows(_text_of(content))
    cleaned = [[_unguarded(cell.strip()) for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    _check_size(filled)
    return filled


def _check_size(rows: Rows) -> None:
    if len(rows) < 2:
        raise BadTableError("The file has no row under its headings.")
    if len(rows) > MOST_ROWS + 1:
        raise BadTableError(f"The file has {len(rows) - 1:,} rows; at most {MOST_ROWS:,} are read at once. Split it.")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise BadTableError(f"The file has more than {MOST_COLUMNS} columns. Leave out what is not needed.")
    if any(len(cell) > MOST_CELL_CHARACTERS for row in rows for cell in row):
        raise BadTableError(f"A cell has more than {MOST_CELL_CHARACTERS:,} characters.")


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
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadTableError(f"The file is no CSV that can be read: {error}.") from error


def _xlsx_rows(content: bytes) -> Rows:
    """The first sheet that has rows; values that a formula had when the file was saved."""
    try:
        _check_packing(content)
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = (sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True) for sheet in book.worksheets)
            return next((rows for rows in map(_sheet_rows, sheets) if rows), [])
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise BadTableError("This file cannot be opened as a spreadsheet. Save it as .xlsx or .csv anew.") from error


def _check_packing(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
    if len(parts) > MOST_PACKED_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise BadTableError("Unpacked, this file is too large. Save the sheet as CSV.")


def _sheet_rows(rows: Iterable[Sequence[object]]) -> Rows:
    found = []
    for row in rows:
        texts = [_cell_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            found.append(texts)
        if len(found) > MOST_ROWS + 1:
            raise BadTableError(f"The file has more than {MOST_ROWS:,} rows; so many are read at once. Split it.")
    return found


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


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


def xlsx_of(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook of one sheet whose cells are all texts, so that none is a formula; the headings stay in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = [WriteOnlyCell(sheet, guarded(text)) for text in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    content = BytesIO()
    book.save(content)
    return content.getvalue()
