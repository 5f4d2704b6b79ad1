"""Every page in a real browser, with the rows of a whole journey: axe-core finds nothing, and all fits the screen."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.app import create_app
from quizapp.bank.models import Item
from tests.access import MATRIX, NO_PAGE, read
from tests.browser.look import look_at
from tests.browser.site import Site
from tests.cast import Cast, make_cast

ITEMS_OF_A_QUICK_MOCK = 45


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    """The site's application, for its routes."""
    return create_app(site.config, site.database)


@pytest.fixture(scope="module")
def the_cast(site: Site) -> Cast:
    """The cast, on the question bank."""
    with site.rows() as session:
        drawn = session.scalars(select(Item).where(Item.status == "published").limit(ITEMS_OF_A_QUICK_MOCK)).all()
        return make_cast(session, drawn, datetime.now(UTC), at="every-page.example.org")


def pages_of(app: Flask, the_cast: Cast, visitor: str, but_not_of: str = "") -> list[str]:
    """The addresses that show this visitor a page, but for those that another visitor is shown too."""
    access = read(MATRIX)
    return [
        address
        for name, address in the_cast.addresses(app)
        if access[name][visitor] == "200" and access[name].get(but_not_of) != "200" and name not in NO_PAGE
    ]


def test_public_pages_are_accessible(app: Flask, the_cast: Cast, browser_page: Page) -> None:
    problems = look_at(browser_page, pages_of(app, the_cast, "anonymous"))
    assert not problems, "\n".join(problems)


def test_the_pages_of_somebody_with_an_account_are_accessible(
    app: Flask, the_cast: Cast, browser_page: Page, site: Site
) -> None:
    site.sign_in(browser_page.context, person(the_cast, "owner"))
    problems = look_at(browser_page, pages_of(app, the_cast, "owner"))
    assert not problems, "\n".join(problems)


def test_the_pages_that_need_a_role_are_accessible(app: Flask, the_cast: Cast, browser_page: Page, site: Site) -> None:
    site.sign_in(browser_page.context, person(the_cast, "administrator"))
    problems = look_at(browser_page, pages_of(app, the_cast, "administrator", but_not_of="owner"))
    assert not problems, "\n".join(problems)


def person(the_cast: Cast, visitor: str) -> User:
    """Somebody of the cast with a user row."""
    found = the_cast.people[visitor]
    assert found
    return found


def test_a_page_that_is_not_there_is_accessible_too(browser_page: Page) -> None:
    problems = look_at(browser_page, ["/no-such-page"], status=404)
    assert not problems, "\n".join(problems)
