"""A retest that was passed, recorded on a phone: first what it does, then the button; and removed again."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from quizapp.rules.credit_cycles import add_months
from quizapp.rules.credit_words import day_text
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import look_here
from tests.browser.site import Site

TODAY = datetime.now(UTC).date()
# Whatever the day of the run, the first cycle ended, and the second has some months to run.
CERTIFIED = TODAY - timedelta(days=400)
IN_TIME = add_months(CERTIFIED, 12) - timedelta(days=10)
LATER = TODAY - timedelta(days=5)


def test_a_retest_is_understood_recorded_and_removed_on_a_phone(new_context: NewContext, site: Site) -> None:
    with site.rows() as session:
        owner = make.user(session, "retests@example.org")
        held = make.held_credential(session, owner, certified_on=CERTIFIED, is_member=False)
        make.cycle_rules(session, held)
    context = new_context(viewport={"width": 390, "height": 844})
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto(f"/credits/credentials/{held.id}")
    page.get_by_role("link", name="I passed the retest").click()
    page.get_by_label("Passed on", exact=True).fill(LATER.isoformat())
    page.get_by_role("button", name="See what it does").click()
    expect(page.locator("#effect")).to_contain_text("Your cycles begin again on this day")
    page.get_by_label("Passed on", exact=True).fill(IN_TIME.isoformat())
    page.get_by_role("button", name="See what it does").click()
    expect(page.locator("#effect")).to_contain_text("No cycle moves")
    assert look_here(page) == []
    page.get_by_role("button", name="Record this retest").click()
    expect(page.locator(".notice.good")).to_have_text(f"Recorded: the retest of {day_text(IN_TIME)}.")
    expect(page.locator(".cycles")).to_contain_text(f"Renewed by the retest of {day_text(IN_TIME)}")
    assert look_here(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Retests on record")).click()
    assert look_here(page) == []
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".notice.good")).to_have_text(f"Removed: the retest of {day_text(IN_TIME)}.")
    expect(page.get_by_role("link", name="I passed the retest")).to_be_visible()
