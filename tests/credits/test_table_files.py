"""Tables as people, programs and attackers write them: read, or refused with a sentence."""

import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from quizapp.accounts.models import User
from quizapp.credits import sandbox
from quizapp.credits.import_rows import NOT_MAPPED, day_of, guess_columns
from quizapp.credits.table_files import BadTableError, csv_of, rows_of
from quizapp.credits.xlsx_files import workbook_of
from tests.credits.tables import upload
from tests.pages import Pages


def workbook(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_gives_days_and_numbers_as_people_see_them() -> None:
    rows = rows_of(
        workbook(
            ["Title", "Date", "Hours"], ["A", date(2026, 2, 3), 1.5], [None, None, None], ["B", "x", 1.1 + 0.9 + 2.2]
        )
    )
    assert rows == [["Title", "Date", "Hours"], ["A", "2026-02-03", "1.5"], ["B", "x", "4.2"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"Title,Hours\n", "no row under its headings"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel file"),
        (b"PK\x03\x04 not a zip", "cannot be opened as a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "neither a CSV nor an XLSX"),
        (b"a,b\n" + b"1,2\n" * 1001, "at most 1,000"),
        (b"a,b\n" + b"," * 50 + b"x\n", "more than 40 columns"),
        (b"a\n" + b"x" * 4001 + b"\n", "more than 4,000 characters"),
        (b'a,b\n"x,y\n', "no CSV that can be read"),
        (b"a,b\n" + b"1,2\n" * 999 + b"x" * 3000 + b",A\x00B\n", "neither a CSV nor an XLSX"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(page: Pages, owner: User, content: bytes, sentence: str) -> None:
    with pytest.raises(BadTableError, match=sentence):
        rows_of(content)
    assert sentence in upload(page, content, 422).texts(".error")[0]


def test_a_workbook_that_unpacks_into_too_much_is_refused() -> None:
    with pytest.raises(BadTableError, match="too large"):
        rows_of(workbook(["Title"], *(["x" * 32_000 + str(number)] for number in range(700))))


def with_part(content: bytes, name: str, part: str) -> bytes:
    """A workbook with one of its parts written by somebody else."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return changed.getvalue()


def sheet_of(rows: str) -> str:
    return f'<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>'


SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
NO_SUCH_TEXT = '<row r="1"><c r="A1" t="s"><v>99</v></c></row>'


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/worksheets/sheet1.xml", f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{ENTITIES}]><x>&a8;</x>'),
        ("xl/worksheets/sheet1.xml", sheet_of(NO_SUCH_TEXT)),
        ("xl/worksheets/sheet1.xml", sheet_of('<row r="1"><c r="A1"><v>many</v></c></row>')),
        ("xl/worksheets/sheet1.xml", "no markup"),
        ("xl/workbook.xml", f'<workbook xmlns="{SHEETS}"><sheets><sheet name="a" sheetId="x"/></sheets></workbook>'),
        ("[Content_Types].xml", "<x/>"),
    ],
)
def test_a_workbook_that_is_wrong_inside_is_refused_with_a_sentence(
    page: Pages, owner: User, name: str, part: str
) -> None:
    refused = upload(page, with_part(workbook(["Title"], ["A"]), name, part), 422)
    assert "cannot be opened as a spreadsheet" in refused.texts(".error")[0]


def test_a_workbook_that_would_take_hours_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    endless = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"/>')
    with pytest.raises(BadTableError, match="too involved"):
        rows_of(with_part(workbook(["Title"], ["A"]), "xl/worksheets/sheet1.xml", endless))


def test_a_sheet_that_says_nothing_for_a_long_way_is_read(owner: User) -> None:
    gap = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="50000"><c r="A50000"><v>2</v></c></row>')
    assert rows_of(with_part(workbook(["Title"], ["A"]), "xl/worksheets/sheet1.xml", gap)) == [["1"], ["2"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"Title;Hours\nA;1,5\n", [["Title", "Hours"], ["A", "1,5"]]),
        (b"sep=|\r\nTitle|Hours\r\nA, B|1\r\n", [["Title", "Hours"], ["A, B", "1"]]),
        ("Title\tHours\nÄrzte\t1\n".encode("cp1252"), [["Title", "Hours"], ["Ärzte", "1"]]),
        ("Title,Hours\r\nÄ,1\r\n".encode("utf-16"), [["Title", "Hours"], ["Ä", "1"]]),
    ],
)
def test_tables_of_other_programs_are_read(text: bytes, rows: list[list[str]]) -> None:
    assert rows_of(text) == rows


def test_headings_are_known_in_whatever_case_and_each_column_once() -> None:
    columns = guess_columns(["COURSE TITLE", "Vendor", "date_completed", "CEUs", "Title"])
    assert (columns["title"], columns["provider"], columns["started_on"], columns["amount"]) == (4, 1, 2, 3)
    assert columns["ended_on"] == NOT_MAPPED


def test_both_ways_through_a_file_give_the_same_rows() -> None:
    assert rows_of(workbook_of([["Title"], ["A\ufffeB\uffff"]], "x")) == [["Title"], ["A\ufffdB\ufffd"]]
    rows = [["Title", "Note"], ["=A", "two\nlines"], ["'quoted", "“x”"]]
    assert rows_of(csv_of(rows)) == rows_of(workbook_of(rows, "x")) == rows


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/4/2026", date(2026, 3, 4)),
        ("3/4/26", date(2026, 3, 4)),
        ("03-04-2026", date(2026, 3, 4)),
        ("2026-03-04 09:30:00", date(2026, 3, 4)),
        ("2026-03-04T09:30:00Z", date(2026, 3, 4)),
        ("3/4/2026 9:30 AM", date(2026, 3, 4)),
        ("Mar 4, 2026", date(2026, 3, 4)),
        ("March 4 2026", date(2026, 3, 4)),
        ("4-Mar-26", date(2026, 3, 4)),
        ("13/4/2026", None),
        ("46085", None),
        ("2026", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert day_of(text) == day
