"""Workbooks: the first sheet as rows of texts, and rows of texts as a sheet without formulas.

Run as a program, it reads a stranger's workbook in a process of its own.
"""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

import msgspec
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from quizapp.credits.sandbox import Rewritten, answer_with
from quizapp.credits.table_files import MOST_COLUMNS, MOST_ROWS, BadTableError, Rows, guarded

MOST_UNPACKED_BYTES = 20_000_000
MOST_PACKED_PARTS = 2000
# A part with one of these is no XML, and the workbook could not be opened.
NOT_IN_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


def rewritten(content: bytes) -> Rewritten:
    """The first sheet that has rows, as JSON; values that a formula had when the file was saved."""
    _check_packing(content)
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = (sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True) for sheet in book.worksheets)
    rows = next((rows for rows in map(_sheet_rows, sheets) if rows), [])
    return Rewritten("application/json", 1, msgspec.json.encode(rows))


def _check_packing(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
    if len(parts) > MOST_PACKED_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise BadTableError("Unpacked, this file is too large. Save the sheet as CSV.")


def _sheet_rows(rows: Iterable[Sequence[object]]) -> Rows:
    found = []
    for row in rows:
        if row.count(None) == len(row):
            continue  # Below what people see, sheets often go on for a million rows.
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
    if isinstance(value, float):
        # A spreadsheet shows 15 digits at most: 1.1 + 2.2 is 3.3 there.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    return str(value).strip()


def workbook_of(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook of one sheet whose cells are all texts, so that none is a formula; the headings stay in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = [WriteOnlyCell(sheet, guarded(text.translate(NOT_IN_XML))) for text in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


if __name__ == "__main__":
    answer_with(rewritten)
