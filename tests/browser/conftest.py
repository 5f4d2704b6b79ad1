"""Fixtures of the journeys: one Chromium and one site for each worker, a watched page for each test."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium as chromiums
from tests.browser.look import HEIGHT, Watch
from tests.browser.site import Site
from tests.conftest import skip_loudly

NewContext = Callable[..., BrowserContext]

PATIENCE_MS = 20_000  # a machine that is busy with other things is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m browser` and `-m "not browser"` tell the journeys from the rest."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        try:
            found = chromiums.find(playwright)
        except chromiums.NoChromiumError as error:
            skip_loudly(f"No Chromium: {error}")
        environment: dict[str, str | float | bool] = {**os.environ, **found.environment}
        browser = playwright.chromium.launch(executable_path=found.path, args=list(chromiums.FLAGS), env=environment)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, with the whole question bank. Tests share its database: each makes people of its own."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.close()


@pytest.fixture
def new_context(chromium: Browser, site: Site) -> Iterator[NewContext]:
    """Makes another browser profile: new_context(java_script_enabled=False, color_scheme="dark", ...).

    At the end of the test nothing that any of its pages did may be out of order.
    """
    watch = Watch(site.url)
    contexts: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        # Colours that fade would be measured half-way.
        defaults = {"viewport": {"width": 1280, "height": HEIGHT}, "reduced_motion": "reduce"}
        context = chromium.new_context(base_url=site.url, **{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", watch.follow)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        with suppress(Exception):
            context.close()
    if not site.answers():
        site.restart()
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def browser_page(new_context: NewContext) -> Page:
    """A page of a fresh profile, 1280 px wide."""
    return new_context().new_page()


@pytest.fixture
def page_without_javascript(new_context: NewContext) -> Page:
    """A page of a fresh profile that runs no script."""
    return new_context(java_script_enabled=False).new_page()
