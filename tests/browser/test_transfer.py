"""An import on a phone and without JavaScript, and a transcript fetched from the page of its cycle."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.credits.models import Activity
from quizapp.credits.table_files import csv_of
from quizapp.credits.xlsx_files import workbook_of
from tests import make
from tests.browser.look import look_here
from tests.browser.site import Site
from tests.credits.held import hold

ROWS = [
    ["Title", "Provider", "Date", "Amount", "Unit"],
    ["Denials webinar", "A medical society", "2/3/2026", "1.5", "hours"],
    ["Long course", "A training company", "2/4/2026", "1.5", "IACET CEU"],
    ["x" * 150, "", "46085", "1 1/2", "CEU"],
]
CSV: FilePayload = {"name": "mine.csv", "mimeType": "text/csv", "buffer": csv_of(ROWS)}
XLSX: FilePayload = {"name": "mine.xlsx", "mimeType": "application/octet-stream", "buffer": workbook_of(ROWS, "Mine")}


@pytest.fixture
def owner(site: Site, request: pytest.FixtureRequest) -> User:
    with site.rows() as session:
        address = f"{request.node.name.replace('_', '-')}@example.org"[-64:]
        return make.user(session, address, created_at=datetime.now(UTC), display_name="Candidate 01")


def preview(page: Page, file: FilePayload) -> None:
    page.goto("/credits/import")
    page.get_by_label("Your file").set_input_files([file])
    page.get_by_role("button", name="Show what it holds").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you import")


def titles(site: Site, owner: User) -> list[str]:
    with site.rows() as session:
        return sorted(session.scalars(select(Activity.title).where(Activity.user_id == owner.id)))


def test_a_table_is_imported_without_javascript(page_without_javascript: Page, site: Site, owner: User) -> None:
    page = page_without_javascript
    site.sign_in(page.context, owner)
    page.set_viewport_size({"width": 390, "height": 844})
    preview(page, XLSX)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Nothing is stored. Choose other columns")).to_be_visible()
    assert titles(site, owner) == []
    page.get_by_label("Leave out the rows with errors, and import the others").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activities")
    expect(page.get_by_text("Imported: 2 activities. 1 left out.")).to_be_visible()
    expect(page.get_by_role("link", name="Denials webinar", exact=True)).to_be_visible()
    assert titles(site, owner) == ["Denials webinar", "Long course"]


def test_the_pages_of_an_import_are_accessible_in_every_state(browser_page: Page, site: Site, owner: User) -> None:
    page = browser_page
    site.sign_in(page.context, owner)
    page.goto("/credits/import")
    assert look_here(page) == []
    page.get_by_role("button", name="Show what it holds").click()
    expect(page.get_by_text("Choose a file.")).to_be_visible()
    assert look_here(page) == []
    preview(page, CSV)
    expect(page.get_by_text("more than 8 hours a day")).to_be_visible()
    page.get_by_text("Which column is what").click()
    assert look_here(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Import", exact=True).click()
    assert look_here(page) == []


def test_what_is_too_large_gets_an_answer(browser_page: Page, site: Site, owner: User, tmp_path: Path) -> None:
    site.sign_in(browser_page.context, owner)
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 20_000_000)
    browser_page.goto("/credits/import")
    browser_page.get_by_label("Your file").set_input_files(large)
    browser_page.get_by_role("button", name="Show what it holds").click()
    expect(browser_page.get_by_text("A table may have up to 5 MB.")).to_be_visible()


def test_a_transcript_is_fetched_from_the_page_of_its_credential(browser_page: Page, site: Site, owner: User) -> None:
    with site.rows() as session:
        held = hold(session, owner, certified_on=datetime.now(UTC).date(), created_at=datetime.now(UTC))
        today = datetime.now(UTC).date()
        make.activity(session, owner, "Denials webinar", started_on=today, ended_on=today)
    site.sign_in(browser_page.context, owner)
    browser_page.goto(f"/credits/credentials/{held.id}")
    with browser_page.expect_download() as download:
        browser_page.locator("a[href$='/transcript.pdf']").first.click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.startswith("credits-cmm-")
    assert "Denials webinar" in PdfReader(BytesIO(content)).pages[0].extract_text()
