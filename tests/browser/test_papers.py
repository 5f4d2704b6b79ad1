"""A holder takes a cycle along, without JavaScript: the name is asked for where the transcript is."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PdfReader

from tests import make
from tests.browser.site import Site
from tests.credits.held import hold


def test_a_holder_without_a_name_gives_it_and_has_the_transcript(site: Site, page_without_javascript: Page) -> None:
    page = page_without_javascript
    with site.rows() as session:
        owner = make.user(session, "nameless@example.org")
        held_id = hold(session, owner, certified_on=date(2026, 1, 2)).id
    site.sign_in(page.context, owner)
    page.goto(f"{site.url}/credits/credentials/{held_id}")
    page.get_by_label("Your name, as it is to stand on the transcript").fill("Candidate 07")
    with page.expect_download() as download:
        page.get_by_role("button", name="Transcript (PDF)").click()
    text = PdfReader(Path(download.value.path())).pages[0].extract_text()
    assert "Candidate 07" in text
    assert "nameless" not in text
    page.reload()
    assert page.get_by_role("link", name="Transcript (PDF)").is_visible()
