"""Certificates in a real browser: sent with and without JavaScript, made smaller on the way, fetched again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.credits.evidence_queries import open_certificate
from quizapp.credits.models import Activity, Certificate
from tests import make
from tests.browser.look import look_here
from tests.browser.site import Site
from tests.credits import files

PHONE = {"width": 390, "height": 844}
FIFTY_MEGABYTES = 50_000_000


@pytest.fixture
def activity(site: Site, request: pytest.FixtureRequest) -> Activity:
    with site.rows() as session:
        owner = make.user(session, f"{request.node.name.replace('_', '-')}@example.org", created_at=datetime.now(UTC))
        return make.activity(session, owner)


def come_in(page: Page, site: Site, activity: Activity) -> None:
    """Open the certificates of an activity, as its owner on a phone."""
    with site.rows() as session:
        owner = session.get_one(User, activity.user_id)
    site.sign_in(page.context, owner)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(f"/credits/activities/{activity.id}/certificates")


def kept(site: Site, activity: Activity) -> list[Certificate]:
    with site.rows() as session:
        rows = session.scalars(select(Certificate).where(Certificate.activity_id == activity.id))
        return sorted(rows, key=lambda certificate: certificate.name)


def pdf(name: str = "Denials webinar.pdf") -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": files.pdf(2)}


def test_files_are_sent_without_javascript(page_without_javascript: Page, site: Site, activity: Activity) -> None:
    page = page_without_javascript
    come_in(page, site, activity)
    picture: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": files.picture()}
    page.get_by_label("Files").set_input_files([pdf(), picture])
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Kept: Denials webinar.pdf, photo.jpg.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Denials webinar.pdf", exact=True).click()
    assert download.value.suggested_filename == "Denials webinar.pdf"
    first, _second = kept(site, activity)
    assert Path(download.value.path()).read_bytes() == open_certificate(site.config, first)


def test_fifty_megabytes_get_an_answer_without_javascript(
    page_without_javascript: Page, site: Site, activity: Activity, tmp_path: Path
) -> None:
    page = page_without_javascript
    come_in(page, site, activity)
    page.get_by_label("Files").set_input_files(large_file(tmp_path))
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That is too large")
    assert kept(site, activity) == []


def test_what_is_too_large_is_not_even_sent(browser_page: Page, site: Site, activity: Activity, tmp_path: Path) -> None:
    come_in(browser_page, site, activity)
    browser_page.get_by_label("Files").set_input_files(large_file(tmp_path))
    browser_page.get_by_role("button", name="Add").click()
    expect(browser_page.get_by_role("status")).to_have_text(
        "large.pdf has 50.0 MB, more than 10.0 MB. Make it smaller."
    )
    browser_page.get_by_label("Files").set_input_files([pdf()])
    browser_page.get_by_role("button", name="Add").click()
    expect(browser_page.get_by_text("Kept: Denials webinar.pdf.")).to_be_visible()


def test_a_large_picture_is_made_smaller_before_it_is_sent(browser_page: Page, site: Site, activity: Activity) -> None:
    come_in(browser_page, site, activity)
    photo = files.picture(pixels=Image.effect_noise((4000, 3000), 90).convert("RGB"))
    browser_page.get_by_label("Files").set_input_files(
        [FilePayload(name="IMG_1.jpeg", mimeType="image/jpeg", buffer=photo), pdf("small.pdf")]
    )
    with browser_page.expect_request(lambda request: request.method == "POST") as sent:
        browser_page.get_by_role("button", name="Add").click()
    expect(browser_page.get_by_text("Kept: IMG_1.jpg, small.pdf.")).to_be_visible()
    assert int(sent.value.all_headers()["content-length"]) < len(photo) / 2
    with Image.open(path_of(site, kept(site, activity)[0])) as picture:
        assert picture.size == (2600, 1950)


def test_the_page_of_certificates_is_accessible_in_every_state(
    browser_page: Page, site: Site, activity: Activity
) -> None:
    come_in(browser_page, site, activity)
    assert look_here(browser_page) == []
    bad: FilePayload = {"name": "drawing.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    browser_page.get_by_label("Files").set_input_files([pdf("x" * 150 + ".pdf"), bad])
    browser_page.get_by_role("button", name="Add").click()
    expect(browser_page.get_by_text("drawing.svg: This is a web page")).to_be_visible()
    assert look_here(browser_page) == []
    with browser_page.expect_navigation():
        browser_page.get_by_role("link", name="Delete").click()
    assert look_here(browser_page) == []


def large_file(folder: Path) -> Path:
    path = folder / "large.pdf"
    path.write_bytes(b"%PDF-1.7" + bytes(FIFTY_MEGABYTES))
    return path


def path_of(site: Site, certificate: Certificate) -> Path:
    (path,) = site.config.evidence_dir.rglob(certificate.storage_key)
    return path
