"""Activities from and to tables: shown, stored, exported."""

import base64
import csv
import zlib
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from random import Random
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.bank.tags import tags_of
from quizapp.credits.actions import Entry
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.models import Activity
from quizapp.credits.table_files import guarded
from tests import make
from tests.conftest import CountStatements
from tests.credits.held import hold
from tests.credits.tables import send, upload
from tests.pages import Client, Page, Pages

HEADINGS = ["Title", "Provider", "Date", "Hours"]
ROW = ["Denials webinar", "A medical society", "2026-02-03", "1.5"]


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
    ("unit", "minutes"),
    [
        ("IACET CEU", 900),
        ("pahcom ceus", 90),
        ("AAPC CEU", 90),
        ("AHIMA CEUs", 90),
        ("PDCs", 90),
        ("Hours", 90),
        ("minutes", 2),
        ("CEU", None),
    ],
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


def draft(json: bytes) -> str:
    return base64.b64encode(zlib.compress(json)).decode()


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "x",
        "é",
        "AAAA",
        "bm90IHppcA==",
        draft(b"[" + b" " * 20_000_000),
        draft(b"[" * 100_000),
        draft(b'[["Title"], [1]]'),
        draft(b'[["Title"], ["\\ud800"]]'),
        draft(b'[["Title"]' + b', ["a"]' * 1001 + b"]"),
        draft(b'[["Title"], ["' + b"x" * 4001 + b'"]]'),
    ],
)
def test_a_draft_that_the_site_did_not_make_is_refused(page: Pages, owner: User, draft: str) -> None:
    page.post("/credits/import/store", {"draft": draft, "draft_id": "x"}, 400)


def test_the_example_can_be_imported_and_leaves_no_column_out(
    page: Pages, owner: User, client: Client, session: Session
) -> None:
    content = client.get("/credits/import/example.csv").data
    _headings, row = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert all(row)
    preview = upload(page, content)
    assert "1 can be imported (1.5 hours), 0 cannot" in preview.text
    store(page, preview)
    (activity,) = activities(session)
    assert activity.tags == ["pahcom-approved", "practice-management"]


def test_the_page_lists_the_words_that_say_what_an_activity_was(page: Pages, owner: User, app: Flask) -> None:
    shown = page.get("/credits/import")
    names = credit_tags(app.config["QUIZAPP"].bank_dir).names.values()
    assert set(names) <= set(shown.texts(".import-columns li"))


def test_a_way_that_may_be_either_is_taken_as_not_sure_with_a_remark(
    page: Pages, owner: User, session: Session
) -> None:
    preview = upload(page, [[*HEADINGS, "Format"], [*ROW, "Webinar"]])
    assert "“Webinar” may be live or self-paced: taken as not sure." in preview.texts(".tag.note")
    store(page, preview)
    assert activities(session)[0].delivery == "unknown"


@pytest.mark.parametrize(("cost", "cents"), [("Free", 0), ("no charge", 0), ("$49", 4900), ("", None)])
def test_what_was_free_cost_nothing(page: Pages, owner: User, session: Session, cost: str, cents: int | None) -> None:
    store(page, upload(page, [[*HEADINGS, "Cost"], [*ROW, cost]]))
    assert activities(session)[0].cost_cents == cents


def test_after_an_import_one_sees_what_it_changed(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    hold(session, owner, "cpc", "36-ceus", certified_on=date(2025, 5, 20))
    shown = store(page, upload(page, [HEADINGS, ROW]))
    assert shown.h1 == "My credentials"
    assert shown.texts(".notice.good") == [
        "Imported: 1 activity. Counted now: CMM 1.5 of 12 hours (nothing before). See them in the list"
    ]
    assert shown.links["See them in the list"] == "/credits/activities?year=2026"
    assert "1 activity of present cycles. Say what they were about" in shown.texts(".notice.note")[0]
    assert page.get(shown.links["Say what they were about"]).h1 == "What were these about?"


def test_an_import_into_days_of_long_ago_says_that_it_changes_nothing_now(
    page: Pages, owner: User, session: Session
) -> None:
    hold(session, owner)
    shown = store(page, upload(page, [HEADINGS, [*ROW[:2], "2019-02-03", "1"]]))
    assert "No present cycle counts more by it." in shown.texts(".notice.good")[0]
    assert "Say what they were about" not in shown.links


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("Date", "46085", "“46085” is Excel's number for a day. Format the column as dates."),
        ("Date", "3/11/2026", "First day"),
        ("Hours", "1 1/2", "How much: Enter a number"),
        ("Hours", "1:30", "How much: Enter a number"),
        ("Hours", "1,500", "How much: Enter a number"),
        ("Hours", "-1", "How much: Enter a number"),
        ("Hours", "25", "more than its days have"),
        ("Title", "x" * 201, "Title: At most 200 characters."),
    ],
)
def test_what_a_cell_lacks_is_said(page: Pages, owner: User, column: str, text: str, sentence: str) -> None:
    row = [text if heading == column else cell for heading, cell in zip(HEADINGS, ROW, strict=True)]
    (error,) = upload(page, [HEADINGS, row]).texts(".import-errors li")
    assert sentence in error or ("Date: This day is still to come" in error and column == "Date")


def test_a_row_takes_nothing_from_the_row_above(page: Pages, owner: User, session: Session) -> None:
    headings = [*HEADINGS, "Cost", "Tags", "Note", "Format", "End"]
    full = ["Full", *ROW[1:], "49.50", "PAHCOM-approved", "A note", "live", "2026-02-04"]
    store(page, upload(page, [headings, full, ["Plain", *ROW[1:], "", "", "", "", ""]]))
    _full, plain = activities(session)
    assert (plain.cost_cents, plain.tags, plain.note, plain.delivery) == (None, [], "", "unknown")
    assert plain.ended_on == date(2026, 2, 3)


def test_a_thousand_rows_take_few_statements(
    page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    preview = upload(page, [HEADINGS, *([f"Course {number}", *ROW[1:]] for number in range(1000))])
    values = preview.values_of("main form")
    with count_statements() as statements:
        page.client.post("/credits/import/store", data=values)
    assert len(statements.writes) == 1, statements
    assert len(statements) <= 8, statements
    assert len(activities(session)) == 1000


def test_a_draft_that_a_preview_makes_can_be_stored(page: Pages, owner: User, session: Session) -> None:
    dice = Random(1)
    notes = [dice.randbytes(380).hex() for _ in range(1000)]
    table = [[*HEADINGS, "Note"], *([f"Course {number}", *ROW[1:], note] for number, note in enumerate(notes))]
    preview = upload(page, table)
    values = preview.values_of("main form")
    assert len(values["draft"]) > 500_000
    assert page.post("/credits/import/check", values).h1 == "Check before you import"
    store(page, preview)
    assert len(activities(session)) == 1000


def test_a_table_that_is_too_large_to_travel_with_its_preview_gets_a_sentence(page: Pages, owner: User) -> None:
    dice = Random(1)
    table = [["Note"] * 2, *([dice.randbytes(900).hex()] * 2 for _ in range(1000))]
    assert "too large to be shown" in upload(page, table, 422).texts(".error")[0]


@pytest.mark.parametrize("address", ["/credits/import", "/credits/import/check", "/credits/import/store"])
def test_what_is_larger_than_any_table_gets_a_sentence(page: Pages, owner: User, address: str) -> None:
    refused = send(page, address, b"x" * 6_000_000, 413)
    assert "A table may have up to 5 MB. Nothing was stored." in refused.text


def test_what_was_imported_is_seen_at_once(page: Pages, owner: User, session: Session) -> None:
    for number in range(101):
        make.activity(session, owner, f"Newer {number}", started_on=date(2026, 3, 1), ended_on=date(2026, 3, 1))
    shown = store(page, upload(page, [HEADINGS, ["Long ago", "A society", "2019-02-03", "1"]]))
    assert shown.h1 == "Activities"
    assert "Long ago" in shown.text


def test_a_stranger_who_sends_the_same_draft_stores_rows_of_his_own(page: Pages, owner: User, session: Session) -> None:
    values = upload(page, [HEADINGS, ROW]).values_of("main form")
    page.post("/credits/import/store", values)
    stranger = make.user(session, "stranger@example.org")
    page.sign_in(stranger)
    page.post("/credits/import/store", values)
    first, second = activities(session)
    assert {first.user_id, second.user_id} == {owner.id, stranger.id}


def test_an_error_in_the_middle_of_the_write_leaves_nothing(
    page: Pages, owner: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = upload(page, [HEADINGS, ROW, ["Other", *ROW[1:]]])
    monkeypatch.setattr(Entry, "columns", columns_that_the_database_refuses(Entry.columns))
    with pytest.raises(IntegrityError):
        store(page, preview)
    assert activities(session) == []


def columns_that_the_database_refuses(columns: Callable[[Entry], dict[str, Any]]) -> Callable[[Entry], dict[str, Any]]:
    """As a change of rules would, of which the form knows nothing yet."""
    return lambda entry: {**columns(entry), **({"minutes": 0} if entry.title == "Other" else {})}


def test_every_tag_and_domain_survives_a_file(page: Pages, owner: User, session: Session, app: Flask) -> None:
    bank_dir = app.config["QUIZAPP"].bank_dir
    tags, domains = list(credit_tags(bank_dir).names), list(dict(tags_of(bank_dir).domain_names))
    make.activity(session, owner, tags=tags, domains=domains)
    content = page.client.get("/credits/activities.csv").data
    page.sign_in(make.user(session, "stranger@example.org"))
    store(page, upload(page, content))
    assert [(each.tags, each.domains) for each in activities(session)] == [(tags, domains)] * 2
