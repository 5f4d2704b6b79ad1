"""What all pages share."""

from tests.pages import Pages


def test_a_missing_page_is_a_page(page: Pages) -> None:
    assert page.get("/no-such-page", 404).h1 == "Page not found"


def test_the_landing_page_is_for_everybody(page: Pages) -> None:
    page.get("/")
