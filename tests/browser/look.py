"""What is asked of every page in a real browser: axe-core, nothing wider than the screen, no CSP violation."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from playwright.sync_api import ConsoleMessage, Page, Request

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDTHS = (390, 1280)
HEIGHT = 844
Scheme = Literal["light", "dark"]
# A refused or missing resource is seen by the status that the test asserts; the console only repeats it.
REPEATED_ELSEWHERE = "Failed to load resource"
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RUN_AXE = """() => axe.run(document, {resultTypes: ["violations"]}).then((result) => result.violations.map(
  (one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`))"""


class Watch:
    """Collects what must not happen behind a page: script errors, refused resources, requests off the site."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.problems: list[str] = []

    def follow(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error on {page.url}: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REPEATED_ELSEWHERE):
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.site_url + "/", "data:", "blob:", "about:")):
            self.problems.append(f"a request off the site: {request.url}")


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_source())
    found: Any = page.evaluate(RUN_AXE)
    return [str(violation) for violation in found]


def look_at(page: Page, addresses: Iterable[str], status: int = 200) -> list[str]:
    """Visit each page once and look at it light and dark, narrow and wide; what is wrong, each problem once."""
    places: dict[str, list[str]] = {}
    for address in addresses:
        for problem, where in _look_at(page, address, status):
            places.setdefault(problem, []).append(where)
    return [f"{problem}: {len(found)} times, first on {found[0]}" for problem, found in places.items()]


def look_here(page: Page) -> list[str]:
    """Look at the page as it stands, light and dark, narrow and wide."""
    return [f"{problem}: {where}" for problem, where in _problems(page, page.url)]


def _look_at(page: Page, address: str, status: int) -> Iterator[tuple[str, str]]:
    response = page.goto(address)
    if response is None or response.status != status:
        yield f"status {response and response.status}", address
    else:
        yield from _problems(page, address)


def _problems(page: Page, address: str) -> Iterator[tuple[str, str]]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        overflow: Any = page.evaluate(WIDER_THAN_THE_SCREEN)
        if overflow > 0:
            yield "wider than the screen", f"{address} at {width} by {overflow} px"
        for scheme in get_args(Scheme):
            page.emulate_media(color_scheme=scheme)
            for violation in axe(page):
                yield violation, f"{address} at {width}, {scheme}"


@cache
def _axe_source() -> str:
    return AXE.read_text()
