"""The whole job, as a person does it: sampler, register, mock, result, weak area, practice, a credit."""

import re
from datetime import date
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, Response
from tests.browser.conftest import NewContext
from tests.browser.site import Site

PASSWORD = "seven brass otters whistle"


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def person(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """Somebody's browser, with and without scripts."""
    return new_context(java_script_enabled=request.param == "with JavaScript").new_page()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def answer_every_item(page: Page, count: int, leave_out: frozenset[int] = frozenset()) -> None:
    """Choose an option at each item and go on, to the review at the end."""
    for position in range(1, count + 1):
        expect(page.locator("h1")).to_have_text(f"Item {position} of {count}")
        if position not in leave_out:
            page.locator(".option").nth(position % 3).click()
        page.get_by_role("button", name="Review answers" if position == count else "Next", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Review your answers")


def register(page: Page) -> str:
    email = f"{uuid4().hex}@example.org"
    page.goto("/register")
    page.get_by_label("Email").fill(email)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main").get_by_role("button").first.click()
    expect(page.locator("h1")).to_contain_text("Welcome")
    return email


def test_a_guest_becomes_a_candidate_and_then_a_certificant(person: Page, site: Site) -> None:
    page = person
    page.goto("/")
    page.get_by_role("button", name=re.compile("Try 10 items")).click()
    answer_every_item(page, 10)
    page.get_by_role("button", name="Submit and see the result").click()
    expect(page.locator("h1")).to_have_text("Result: Ten-item sampler")

    email = register(page)
    page.goto("/history")
    expect(page.get_by_role("link", name="Ten-item sampler", exact=True)).to_be_visible()

    page.goto("/mocks")
    page.get_by_role("button", name="Start the quick mock").click()
    answer_every_item(page, 45, leave_out=frozenset({4, 20}))
    expect(page.locator(".stats")).to_contain_text("43 of 45")
    page.get_by_role("button", name="Submit and see the result").click()
    expect(page.locator("h1")).to_have_text("Result: Quick mock")
    expect(page.locator("main")).to_contain_text("our target, not PAHCOM's")

    page.goto("/progress")
    page.get_by_role("button", name=re.compile("^Practise")).first.click()
    expect(page.locator("h1")).to_have_text("Item 1 of 10")
    expect(page.locator(".rationale")).to_have_count(0)
    page.locator(".option").first.click()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".rationale").first).to_be_visible()
    expect(page.locator(".citation")).to_contain_text("Checked on")

    log_a_credit(page)

    with site.rows() as session:
        user = session.scalar(select(User).where(User.email == email))
        assert user
        kinds = session.scalars(select(Attempt.kind).where(Attempt.user_id == user.id)).all()
    assert sorted(kinds) == ["practice", "quick", "sampler"]


def log_a_credit(page: Page) -> None:
    today = date.today()  # noqa: DTZ011 - the day that a person would type
    certified = date(today.year - 2, 1, 1)
    page.goto("/credits")
    page.get_by_role("link", name=re.compile("Add")).first.click()
    page.get_by_role("link", name="CMM").click()
    page.get_by_label(re.compile("Certified on")).fill(certified.isoformat())
    page.get_by_role("radio", name="Yes").check()
    page.locator("main").get_by_role("button", name=re.compile("Add|Save")).first.click()
    page.get_by_role("link", name=re.compile("Log an activity", re.IGNORECASE)).first.click()
    page.get_by_label("Title").fill("Payer contracts in practice")
    page.get_by_label("Provider").fill("A training company")
    page.get_by_label(re.compile("Start|Date|From")).first.fill(date(today.year, 1, 1).isoformat())
    page.get_by_label(re.compile("Amount|How much|How many", re.IGNORECASE)).fill("1.5")
    page.get_by_label(re.compile("^Hours")).first.check()
    page.locator("main").get_by_role("button", name=re.compile("Log|Save")).first.click()
    expect(page.locator("main")).to_contain_text("Payer contracts in practice")
    expect(page.locator("main")).to_contain_text("10.5 more hours")


def test_a_restart_of_the_server_in_the_middle_loses_nothing(new_context: NewContext, site: Site) -> None:
    page = new_context().new_page()
    email = register(page)
    page.goto("/mocks")
    page.get_by_role("button", name="Start the quick mock").click()
    for position in range(1, 6):
        expect(page.locator("h1")).to_have_text(f"Item {position} of 45")
        page.locator(".option").first.click()
        page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("h1")).to_have_text("Item 6 of 45")
    site.kill()
    page.locator(".option").first.click()
    expect(page.locator("#saved")).to_contain_text("wait")
    site.start()
    expect(page.locator("#saved")).to_have_text("Saved. 6 answers stored.")
    page.goto("/dashboard")
    page.get_by_role("button", name="Go on").first.click()
    expect(page.locator("h1")).to_have_text("Item 7 of 45")
    with site.rows() as session:
        stored = session.scalar(
            select(func.count())
            .select_from(Response)
            .join(User, User.id == Response.user_id)
            .where(User.email == email, Response.kind == "answer")
        )
    assert stored == 6
