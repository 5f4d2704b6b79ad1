"""The address of a calendar, from pressing the button to what a calendar program would paste."""

from datetime import date

from playwright.sync_api import Page

from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import look_here
from tests.browser.site import Site


def test_the_address_of_the_calendar_is_made_copied_and_fetched_on_a_phone(site: Site, new_context: NewContext) -> None:
    with site.rows() as session:
        owner = make.user(session, "calendar@example.org")
        make.cycle_rules(session, make.held_credential(session, owner, certified_on=date(2025, 5, 20)))
    context = new_context(viewport={"width": 390, "height": 844})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    site.sign_in(context, owner)
    page: Page = context.new_page()
    page.goto("/credits/deadlines")
    page.get_by_role("button", name="Make a calendar address").click()
    page.get_by_role("button", name="Copy the address").click()
    page.get_by_role("button", name="Copied").wait_for()
    address: str = page.evaluate("navigator.clipboard.readText()")
    assert address == page.get_by_label("Address of your calendar").input_value()
    assert page.get_by_role("link", name="Open in a calendar app").get_attribute("href") == address.replace(
        "http:", "webcal:"
    )
    assert look_here(page) == []
    fetched = new_context().request.get(address)
    assert fetched.text().startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:CMM: last day of the cycle" in fetched.text()
