"""Credentials on a phone and without JavaScript: choosing, adding, closing a cycle; pages full of rows."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import look_at, look_here
from tests.browser.site import Site

YEAR = datetime.now(UTC).year
LONG = "Leading through change: a two-day workshop for managers of small practices " * 2


@pytest.fixture
def owner(site: Site, request: pytest.FixtureRequest) -> User:
    with site.rows() as session:
        return make.user(session, f"{request.node.name}@credentials.example.org")


def hold(site: Site, owner: User, rules: str, version: str, certified_on: date) -> HeldCredential:
    with site.rows() as session:
        held = make.held_credential(session, owner, rules=rules, certified_on=certified_on)
        make.cycle_rules(session, held, version=version)
    return held


def log(site: Site, owner: User, title: str, day: date, hours: int, **columns: object) -> None:
    with site.rows() as session:
        make.activity(session, owner, title, started_on=day, ended_on=day, minutes=hours * 60, **columns)


def test_typing_narrows_the_list_and_leads_to_the_credential(new_context: NewContext, site: Site, owner: User) -> None:
    context = new_context(viewport={"width": 390, "height": 844})
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits")
    page.get_by_role("link", name="Add a credential").click()
    page.get_by_label(re.compile("Part of its name")).press_sequentially("HBM")
    expect(page.locator("#credentials li:visible")).to_have_count(1)
    page.get_by_label(re.compile("Part of its name")).press_sequentially("zz")
    expect(page.locator("#none-found")).to_be_visible()
    page.get_by_label(re.compile("Part of its name")).fill("chbme")
    page.get_by_role("link", name="CHBME").click()
    page.get_by_label("Certified on").fill(f"{YEAR - 1}-05-20")
    page.get_by_role("button", name="Add this credential").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CHBME")
    expect(page.locator("main")).to_contain_text("60 more hours, at least 36 of them HBMA")
    assert look_here(page) == []


def test_adding_and_closing_work_without_javascript(page_without_javascript: Page, site: Site, owner: User) -> None:
    page = page_without_javascript
    site.sign_in(page.context, owner)
    page.goto("/credits/credentials/new")
    page.get_by_label(re.compile("Part of its name")).fill("cmm")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#credentials li")).to_have_count(1)
    page.get_by_role("link", name="CMM").click()
    page.get_by_label("Certified on").fill((datetime.now(UTC).date() - timedelta(days=366)).isoformat())
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Add this credential").click()
    page.goto("/credits")
    page.get_by_role("link", name="Check it and close it").click()
    page.get_by_role("link", name="Go on to export").click()
    page.get_by_role("link", name="Go on to close").click()
    page.get_by_role("button", name="Close it short and open the next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CMM, closed cycle")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("CMM, closed cycle")


def test_pages_full_of_rows_are_accessible(new_context: NewContext, site: Site, owner: User) -> None:
    context = new_context()
    site.sign_in(context, owner)
    mgma = hold(site, owner, "cmpe", "50-hours", date(YEAR - 4, 1, 1))
    hold(site, owner, "facmpe", "50-hours-6-volunteer", date(YEAR - 4, 1, 1))
    hold(site, owner, "cma", "60-points", date(YEAR - 2, 2, 28))
    log(site, owner, LONG[:200], date(YEAR, 1, 15), 30, tags=["mgma"], delivery="live", provider="W" * 200)
    log(site, owner, "Elsewhere", date(YEAR, 1, 16), 25, tags=[])
    log(site, owner, "Long ago", date(YEAR - 4, 2, 1), 5, tags=[])
    log(site, owner, "Before", date(YEAR - 5, 2, 1), 5, tags=[])
    page = context.new_page()
    page.goto(f"/credits/credentials/{mgma.id}")
    past = page.locator(".cycles a").last.get_attribute("href") or ""
    start = past.rpartition("=")[2]
    steps = [f"/credits/credentials/{mgma.id}/cycles/{start}/{name}" for name in ("check", "export", "close")]
    addresses = ["/credits", "/dashboard", f"/credits/credentials/{mgma.id}", past, *steps]
    problems = look_at(page, addresses)
    assert not problems, "\n".join(problems)


def test_a_page_of_many_activities_is_short_on_a_phone_and_whole_on_paper(
    new_context: NewContext, site: Site, owner: User
) -> None:
    context = new_context(viewport={"width": 390, "height": 844})
    site.sign_in(context, owner)
    held = hold(site, owner, "cmpe", "50-hours", date(YEAR - 3, 1, 1))
    for number in range(36):
        log(
            site,
            owner,
            f"A workshop on something {number}",
            date(YEAR, 1, 1 + number % 28),
            2,
            tags=[["mgma"], []][number % 2],
        )
    page = context.new_page()
    page.goto(f"/credits/credentials/{held.id}")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert isinstance(height, int)
    assert height < 4000
    counting = page.get_by_text("A workshop on something 2", exact=True)
    expect(counting).not_to_be_visible()
    page.get_by_text(re.compile("earlier ones that count")).click()
    expect(counting).to_be_visible()
    page.get_by_text(re.compile("do not count here")).click()
    assert look_here(page) == []
    page.reload()
    page.emulate_media(media="print")
    assert counting.bounding_box()
