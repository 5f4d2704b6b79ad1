"""The result, the review, the print view and the notes of a finished mock in a real browser, with all they have."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt
from quizapp.bank.models import Item
from tests import make
from tests.browser.look import look_here
from tests.browser.site import Site
from tests.exam.sitting import Sitting

ITEMS = 12


@pytest.fixture
def owner(site: Site) -> User:
    """Somebody new."""
    with site.rows() as session:
        return make.user(session, f"result-{datetime.now(UTC).timestamp()}@example.org")


@pytest.fixture
def attempt(site: Site, owner: User) -> Attempt:
    """A finished mock with slow, changed, unsure, flagged, noted, highlighted and late items."""
    with site.rows() as session:
        drawn = session.scalars(select(Item).where(Item.status == "published").order_by(Item.id).limit(ITEMS)).all()
        sitting = Sitting(
            session,
            owner,
            drawn,
            started_at=datetime.now(UTC) - timedelta(hours=3),
            allowed_seconds=ITEMS * 54,
            outage_seconds=60,
            break_seconds=120,
        )
        for position in range(1, ITEMS + 1):
            begun = position * 30
            sitting.sees(begun, position)
            sitting.answers(begun + 10, position, "B")
            sitting.says(begun + 11, position, ("sure", "think", "guess")[position % 3])
            sitting.notes(begun + 12, position, "Look it up.\nThen read it again.")
            sitting.highlights(begun + 13, position, "4-20,30-44")
            sitting.strikes(begun + 14, position, "AC")
            sitting.flags(begun + 15, position)
            sitting.answers(begun + 16, position, "ABC"[position % 3])
        sitting.sees(450, 5)
        done = sitting.submits(600)
        sitting.answers(590, 3, "A", later=60)
        return done


def test_the_pages_after_a_mock_are_accessible(site: Site, browser_page: Page, owner: User, attempt: Attempt) -> None:
    site.sign_in(browser_page.context, owner)
    problems = []
    for address in ("result", "answers", "answers?show=late", "answers/3", "answers/5?show=slow", "print"):
        browser_page.goto(f"/attempts/{attempt.id}/{address}")
        problems += look_here(browser_page)
    browser_page.goto("/notes")
    problems += look_here(browser_page)
    assert not problems, "\n".join(problems)


def test_the_browser_highlights_the_words_that_the_room_has_marked(
    site: Site, browser_page: Page, owner: User, attempt: Attempt
) -> None:
    site.sign_in(browser_page.context, owner)
    for position in range(1, ITEMS + 1):
        browser_page.goto(f"/attempts/{attempt.id}/answers/{position}")
        text: str = browser_page.evaluate("document.querySelector('#stem').textContent")
        marked: str = browser_page.evaluate(
            "[...document.querySelectorAll('#stem mark')].map((mark) => mark.textContent).join('')"
        )
        expected = text[4:20] + text[30:44]
        assert marked.replace("\n", "") == expected.replace("\n", "")


def test_on_paper_there_are_no_menus_and_no_buttons(
    site: Site, browser_page: Page, owner: User, attempt: Attempt
) -> None:
    site.sign_in(browser_page.context, owner)
    browser_page.goto(f"/attempts/{attempt.id}/print")
    browser_page.emulate_media(media="print")
    for selector in (".site-header", ".site-footer", "main a", ".button"):
        assert not any(each.is_visible() for each in browser_page.locator(selector).all()), selector
    assert browser_page.locator("article").count() == ITEMS
