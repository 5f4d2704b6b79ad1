"""Logging what was learned, on a phone: where it counts before it is saved, and nothing lost on the way."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.credits.models import Activity
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import look_here
from tests.browser.site import Site
from tests.credits.held import hold

PHONE = {"width": 390, "height": 844}


def today() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def owner(site: Site) -> User:
    """Somebody who holds CMM and CPC, and has been to one course."""
    with site.rows() as session:
        person = make.user(session, f"{uuid4().hex}@example.org")
        certified_on = (today() - timedelta(days=100)).date()
        hold(session, person, certified_on=certified_on)
        hold(session, person, "cpc", "36-ceus", certified_on=certified_on)
        day = (today() - timedelta(days=30)).date()
        columns = {"started_on": day, "ended_on": day, "delivery": "live", "tags": ["aapc-approved"]}
        make.activity(session, person, "Coding update", provider="A coding school", minutes=120, **columns)
    return person


def stored(site: Site, owner: User) -> list[Activity]:
    with site.rows() as session:
        rows = select(Activity).where(Activity.user_id == owner.id, Activity.deleted_at.is_(None))
        return list(session.scalars(rows.order_by(Activity.created_at)))


def fill_in(page: Page, title: str = "Denials webinar") -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Provider").fill("A medical society")
    page.locator("#started_on").fill((today() - timedelta(days=2)).date().isoformat())
    page.get_by_label("How much").fill("0.2")
    page.get_by_label("IACET CEU").check()


def test_an_activity_is_logged_on_a_phone_and_counts_before_it_is_saved(
    new_context: NewContext, site: Site, owner: User
) -> None:
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits/activities/new")
    expect(page.get_by_role("button", name="See where it counts")).to_be_hidden()
    fill_in(page)
    expect(page.locator("#counts")).to_have_text("That is 2 hours")
    panel = page.locator("#effects")
    expect(panel).to_contain_text("0.2 IACET CEU = 2 hours.")
    expect(panel.locator("li").nth(0)).to_contain_text("Needed afterwards: 8 more hours")
    expect(panel.locator("li").nth(1)).to_contain_text("Does not count.")
    page.get_by_label("AAPC approved").check()
    expect(panel.locator("li").nth(1)).to_contain_text("2 of 2 hours count")
    assert len(stored(site, owner)) == 1, "looking stores nothing"
    assert look_here(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denials webinar")
    expect(page.get_by_role("link", name="Add a certificate")).to_be_in_viewport()
    assert [each.minutes for each in stored(site, owner)] == [120, 120]


def test_a_provider_of_before_brings_its_usual(new_context: NewContext, site: Site, owner: User) -> None:
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits/activities/new")
    page.get_by_label("Provider").fill("a coding SCHOOL")
    page.get_by_label("Title").focus()
    expect(page.locator("#filled")).to_have_text(
        "Filled in as for your last one of this provider: live, AAPC approved."
    )
    expect(page.get_by_label("AAPC approved")).to_be_checked()
    expect(page.get_by_label("Live", exact=True)).to_be_checked()


def test_without_javascript_a_button_says_where_it_counts(
    page_without_javascript: Page, site: Site, owner: User
) -> None:
    page = page_without_javascript
    site.sign_in(page.context, owner)
    page.goto("/credits/activities/new")
    fill_in(page)
    page.get_by_role("button", name="See where it counts").click()
    expect(page.locator("#effects")).to_contain_text("Needed afterwards: 8 more hours")
    assert len(stored(site, owner)) == 1
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denials webinar")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("Brought back: Denials webinar.")
    assert len(stored(site, owner)) == 2


def test_without_a_connection_the_page_says_so_and_keeps_what_was_typed(
    new_context: NewContext, site: Site, owner: User
) -> None:
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits/activities/new")
    context.set_offline(True)
    fill_in(page)
    expect(page.locator("#effects")).to_contain_text("No connection")
    expect(page.locator("#counts")).to_have_text("That is 2 hours")
    context.set_offline(False)
    page.get_by_label("How much").fill("0.1")
    expect(page.locator("#effects")).to_contain_text("0.1 IACET CEU = 1 hour.")
    expect(page.locator("#effects")).not_to_contain_text("No connection")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denials webinar")


def values_typed(page: Page) -> list[str]:
    return [page.get_by_label(name).input_value() for name in ("Title", "Provider", "How much")]


def test_saving_without_a_connection_waits_for_one(new_context: NewContext, site: Site, owner: User) -> None:
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits/activities/new")
    fill_in(page)
    expect(page.locator("#effects")).to_contain_text("0.2 IACET CEU = 2 hours.")
    context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#effects")).to_contain_text("No connection")
    assert values_typed(page) == ["Denials webinar", "A medical society", "0.2"]
    context.set_offline(False)
    expect(page.locator("#effects")).not_to_contain_text("No connection")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denials webinar")


def test_what_a_lost_connection_took_away_is_there_on_going_back(
    page_without_javascript: Page, site: Site, owner: User
) -> None:
    page = page_without_javascript
    site.sign_in(page.context, owner)
    page.goto("/credits/activities/new")
    fill_in(page)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_function("location.protocol === 'chrome-error:'")
    page.context.set_offline(False)
    page.go_back()
    assert values_typed(page) == ["Denials webinar", "A medical society", "0.2"]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Denials webinar")


def test_what_many_activities_were_is_said_on_a_phone_without_javascript(
    page_without_javascript: Page, site: Site, owner: User
) -> None:
    with site.rows() as session:
        day = (today() - timedelta(days=5)).date()
        make.activity(session, owner, "Leading small teams", started_on=day, ended_on=day, tags=[])
    page = page_without_javascript
    site.sign_in(page.context, owner)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/credits/activities")
    page.get_by_role("link", name="What were these about?").click()
    box = page.get_by_label("AAPC approved: Leading small teams")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("Saved: 1 activity. Counted now: CPC 3 of 36 hours")
    expect(box).to_be_checked()


def test_a_double_click_saves_once_and_going_back_loses_nothing(
    new_context: NewContext, site: Site, owner: User
) -> None:
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    page.goto("/credits/activities/new")
    fill_in(page)
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.locator("h1")).to_have_text("Denials webinar")
    assert len(stored(site, owner)) == 2
    page.go_back()
    expect(page.locator(".notice").first).to_contain_text("This form was saved already.")
    page.get_by_label("Title").fill("Another title")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Another title")
    assert [each.title for each in stored(site, owner)] == ["Coding update", "Another title"]


def test_the_pages_of_activities_are_accessible_with_much_on_them(
    new_context: NewContext, site: Site, owner: User
) -> None:
    with site.rows() as session:
        for number in range(101):
            make.activity(session, owner, f"Course {number} " + "w" * 180, provider="p" * 200, note="n" * 2000)
        ((last,),) = session.execute(select(Activity.id).where(Activity.user_id == owner.id).limit(1)).all()
    context = new_context(viewport=PHONE)
    site.sign_in(context, owner)
    page = context.new_page()
    for address in (
        "/credits/activities",
        f"/credits/activities/{last}",
        f"/credits/activities/{last}/edit",
        "/credits/what-if?hours=6&delivery=live&tags=aapc-approved",
    ):
        page.goto(address)
        assert look_here(page) == [], address
    page.goto("/credits/what-if")
    page.get_by_label("How many hours").fill("3")
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator("#result h2")).to_have_text("3 hours, finished today")
    expect(page.locator("#result h2")).to_be_in_viewport()
