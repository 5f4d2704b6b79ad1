"""Activities from and to tables."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.import_rows import NOT_MAPPED, guess_columns
from quizapp.credits.models import Activity
from quizapp.credits.table_files import BadTableError, csv_of, guarded, rows_of
from quizapp.credits.xlsx_files import workbook_of
from tests import make
from tests.pages import Client, Page, Pages

HEADINGS = ["Title", "Provider", "Date", "Hours"]
ROW = ["Denials webinar", "A medical society", "2026-02-03", "1.5"]


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    owner = make.user(session)
    page.sign_in(owner)
    return owner


def upload(page: Pages, rows: Sequence[Sequence[str]] | bytes, status: int = 200, name: str = "mine.csv") -> Page:
    content = rows if isinstance(rows, bytes) else csv_of(rows)
    return page.post("/credits/import", {"file": (BytesIO(content), name)}, status)


def store(page: Pages, preview: Page, status: int = 200, /, **values: str) -> Page:
    return page.post("/credits/import/store", {**preview.values_of("main form"), **values}, status)


def activities(session: Session) -> list[Activity]:
    return list(session.scalars(select(Activity).order_by(Activity.title)))


def test_a_table_is_shown_before_it_is_stored(page: Pages, owner: User, session: Session) -> None:
    preview = upload(page, [HEADINGS, ROW])
    assert preview.h1 == "Check before you import"
    assert "1 can be imported (1.5 hours), 0 cannot" in preview.text
    assert activities(session) == []
    shown = store(page, preview)
    assert shown.texts(".notice.good") == ["Imported: 1 activity."]
    (activity,) = activities(session)
    assert (activity.title, activity.minutes, activity.unit) == ("Denials webinar", 90, "hours")
    assert activity.ended_on == date(2026, 2, 3)


def test_storing_twice_stores_once(page: Pages, owner: User, session: Session) -> None:
    preview = upload(page, [HEADINGS, ROW])
    store(page, preview)
    assert "1 had been imported before" in store(page, preview).texts(".notice.good")[0]
    assert len(activities(session)) == 1


def test_a_row_with_an_error_stops_the_import_unless_it_is_left_out(page: Pages, owner: User, session: Session) -> None:
    preview = upload(page, [HEADINGS, ROW, ["Other", "A society", "2026-13-45", "x"]])
    (error,) = preview.texts(".import-errors li")
    assert error.startswith("Row 3, Other:")
    assert "“2026-13-45” is no day" in error
    assert "How much: Enter a number with up to two decimals" in error
    assert store(page, preview, 422).texts(".notice.bad")
    assert activities(session) == []
    store(page, preview, leaves_out_bad="y")
    assert [each.title for each in activities(session)] == ["Denials webinar"]


def test_what_is_in_the_list_already_is_left_out_unless_it_is_wanted(
    page: Pages, owner: User, session: Session
) -> None:
    make.activity(session, owner, "Denials  WEBINAR", provider="a medical society", ended_on=date(2026, 2, 3))
    preview = upload(page, [HEADINGS, ROW])
    assert "in your list already" in preview.text
    assert "no row is left" in store(page, preview, 422).texts(".notice.bad")[0]
    store(page, preview, takes_known="y")
    assert len(activities(session)) == 2


def test_columns_can_be_chosen_and_read_again(page: Pages, owner: User, session: Session) -> None:
    preview = upload(page, [["What", "Who", "When", "How long"], ROW])
    assert "0 can be imported" in preview.text
    columns = {"column_title": "0", "column_provider": "1", "column_started_on": "2", "column_amount": "3"}
    values = {**preview.values_of("main form"), **columns, "unit_elsewhere": "pahcom-ceu"}
    again = page.post("/credits/import/check", values)
    assert "1 can be imported (1.5 hours)" in again.text
    store(page, again)
    assert activities(session)[0].unit == "pahcom-ceu"


@pytest.mark.parametrize(
    ("unit", "minutes"), [("IACET CEU", 900), ("pahcom ceus", 90), ("Hours", 90), ("minutes", 2), ("CEU", None)]
)
def test_whose_unit_it_is_is_never_guessed(
    page: Pages, owner: User, session: Session, unit: str, minutes: int | None
) -> None:
    preview = upload(page, [[*HEADINGS[:3], "Amount", "Unit", "Last day"], [*ROW, unit, "2026-02-05"]])
    if minutes is None:
        assert "whose? A PAHCOM CEU is 1 hour, an IACET CEU is 10." in preview.texts(".import-errors li")[0]
    else:
        store(page, preview)
        assert activities(session)[0].minutes == minutes


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported_by_another(page: Pages, owner: User, session: Session, ending: str) -> None:
    made = make.activity(
        session,
        owner,
        "=1+1",
        tags=["pahcom-approved"],
        domains=["finance"],
        delivery="live",
        cost_cents=4950,
        note="-x",
    )
    content = page.client.get(f"/credits/activities.{ending}").data
    page.sign_in(make.user(session, "stranger@example.org"))
    store(page, upload(page, content))
    copy = next(each for each in activities(session) if each.id != made.id)
    for name in (
        "title",
        "provider",
        "ended_on",
        "minutes",
        "unit",
        "tags",
        "domains",
        "delivery",
        "cost_cents",
        "note",
    ):
        assert getattr(copy, name) == getattr(made, name), name


def test_no_cell_of_an_export_is_a_formula(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, '=HYPERLINK("http://example.org")', provider="@x", note="+1")
    content = page.client.get("/credits/activities.csv").data.decode("utf-8-sig")
    _headings, cells = csv.reader(StringIO(content))
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    book = load_workbook(BytesIO(page.client.get("/credits/activities.xlsx").data))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert guarded("=x") == "'=x"


def workbook(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_gives_days_and_numbers_as_people_see_them() -> None:
    rows = rows_of(
        workbook(["Title", "Date", "Hours"], ["A", date(2026, 2, 3), 1.5], [None, None, None], ["B", "x", 2.0])
    )
    assert rows == [["Title", "Date", "Hours"], ["A", "2026-02-03", "1.5"], ["B", "x", "2"]]


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
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(page: Pages, owner: User, content: bytes, sentence: str) -> None:
    with pytest.raises(BadTableError, match=sentence):
        rows_of(content)
    assert sentence in upload(page, content, 422).texts(".error")[0]


def test_a_workbook_that_unpacks_into_too_much_is_refused() -> None:
    with pytest.raises(BadTableError, match="too large"):
        rows_of(workbook(["Title"], *(["x" * 32_000 + str(number)] for number in range(700))))


@pytest.mark.parametrize("draft", ["", "x", "AAAA", "bm90IHppcA=="])
def test_a_draft_that_the_site_did_not_make_is_refused(page: Pages, owner: User, draft: str) -> None:
    page.post("/credits/import/store", {"draft": draft, "draft_id": "x"}, 400)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"Title;Hours\nA;1,5\n", [["Title", "Hours"], ["A", "1,5"]]),
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
    rows = [["Title", "Note"], ["=A", "two\nlines"], ["'quoted", "“x”"]]
    assert rows_of(csv_of(rows)) == rows_of(workbook_of(rows, "x")) == rows


def test_the_example_can_be_imported(page: Pages, owner: User, client: Client) -> None:
    assert (
        "1 can be imported (1.5 hours), 0 cannot" in upload(page, client.get("/credits/import/example.csv").data).text
    )
