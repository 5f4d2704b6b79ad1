"""Every page in a real browser."""

from playwright.sync_api import Page

from tests.browser.look import look_at
from tests.browser.site import Site


def test_public_pages_are_accessible(browser_page: Page, site: Site) -> None:
    assert look_at(browser_page, ["/", "/help"]) == []
