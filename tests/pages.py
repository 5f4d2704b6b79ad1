"""The browser of the feature tests: every page that it fetches is inspected before the test sees it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp.accounts import actions
from quizapp.accounts.models import User
from quizapp.db import Database
from quizapp.web import now
from tests.statements import must_name_its_person, watching

NEEDS_LABEL = {"input", "select", "textarea", "meter", "progress"}
NO_LABEL_TYPES = {"hidden", "submit", "button", "reset", "image"}


class Client(FlaskClient):
    """A test client that knows the test's session and who is signed in.

    What the test added is flushed before a request, what the request changed is read anew after it, and a
    request of anybody without a role must name the person in every statement on a person's rows.
    """

    database: Database
    session: Session
    visitor: User | None = None
    _depth = 0

    def sign_in(self, user: User) -> None:
        """Open a session row for `user` and set the cookie, without going through pages."""
        token = actions.open_session(self.session, user, browser="tests", days=30, now=now())
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie.update({"_user_id": token, "_fresh": True})
        self.visitor = user

    def sign_out(self) -> None:
        """Forget the cookie."""
        with self.session_transaction() as cookie:
            cookie.clear()
        self.visitor = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request."""
        self.session.flush()
        is_candidate = self.visitor is None or not self.visitor.roles
        self._depth += 1  # Following a redirect is an open() within an open().
        try:
            with ExitStack() as stack:
                if is_candidate and self._depth == 1:
                    stack.enter_context(watching(self.database.bind, must_name_its_person))  # type: ignore[arg-type]
                return super().open(*args, **kwargs)
        finally:
            self._depth -= 1
            self._forget_values()

    def _forget_values(self) -> None:
        # Keys stay, so that writing a row's address in a test runs no statement.
        for row in self.session:
            mapper = inspect(row).mapper
            keys = {mapper.get_property_by_column(column).key for column in mapper.primary_key}
            self.session.expire(row, [attribute.key for attribute in mapper.attrs if attribute.key not in keys])


class Page:
    """A fetched page: its response and its parsed tree."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.request.path
        self.html = response.text
        self.root = html5lib.HTMLParser(
            tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
        ).parse(self.html)

    def all(self, selector: str) -> list[Element]:
        """Elements by a small part of CSS: tag, #id, .class, [name], [name=value], and spaces for "within"."""
        found = [self.root]
        for step in selector.split():
            # A list without repeats, in document order.
            found = list(dict.fromkeys(child for parent in found for child in parent.iter() if _fits(child, step)))
        return found

    def one(self, selector: str) -> Element:
        """The only element that fits."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements fit {selector!r} on {self.url}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements that fit, with runs of white space as one space."""
        return [text_of(element) for element in self.all(selector)]

    @property
    def h1(self) -> str:
        """The heading."""
        return text_of(self.one("h1"))

    @property
    def text(self) -> str:
        """Everything between <main> and </main>."""
        return text_of(self.one("main"))

    @property
    def links(self) -> dict[str, str]:
        """Link text → address, in <main>."""
        return {text_of(link): link.get("href", "") for link in self.all("main a[href]")}

    def values_of(self, selector: str = "main form") -> dict[str, str]:
        """What a browser would send for an untouched form: names and values, without the buttons."""
        return dict(_values(self.one(selector)))


class Pages:
    """Fetches pages as a visitor and inspects each: `page.get("/help")`, `page.post("/sign-in", {...})`."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def sign_in(self, user: User) -> None:
        """Go on as `user`."""
        self.client.sign_in(user)

    def get(self, url: str, status: int = 200) -> Page:
        """The page at `url`, which must answer with `status`, without a redirect."""
        return self._seen(self.client.get(url), status)

    def post(self, url: str, data: Mapping[str, Any] | None = None, status: int = 200, *, follow: bool = True) -> Page:
        """The page that a form leads to: redirects are followed, and the last answer must have `status`."""
        return self._seen(self.client.post(url, data=data or {}, follow_redirects=follow), status)

    def _seen(self, response: TestResponse, status: int) -> Page:
        where = f"{response.request.method} {response.request.path}"
        assert response.status_code == status, f"{where}: {response.status}, Location {response.location}"
        assert response.mimetype == "text/html", f"{where}: {response.mimetype}"
        page = Page(response)
        problems = list(problems_of(page))
        assert not problems, f"{where}: " + "; ".join(problems)
        return page


def text_of(element: Element) -> str:
    """An element's text, with runs of white space as one space."""
    return " ".join("".join(element.itertext()).split())


def problems_of(page: Page) -> Iterator[str]:
    """What no page may have, in words."""
    elements = [element for element in page.root.iter() if isinstance(element.tag, str)]
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    headings = page.texts("h1")
    title = text_of(page.one("title")).removeprefix("Error: ")
    if len(headings) != 1:
        yield f"{len(headings)} h1: {headings}"
    elif not title.startswith(headings[0]):
        yield f"the title {title!r} does not start with the h1 {headings[0]!r}"
    for repeated in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"id {repeated!r} more than once"
    for element in elements:
        yield from _problems_of_element(element, set(ids))
    yield from _unlabelled(page)


def _problems_of_element(element: Element, ids: set[str]) -> Iterator[str]:
    if element.tag == "script" and not element.get("src") and element.get("type") != "application/json":
        yield "an inline script, which the Content-Security-Policy refuses"
    for name, value in element.attrib.items():
        if name == "style" or (name.startswith("on") and len(name) > 2):
            yield f"{name}= on <{element.tag}>, which the Content-Security-Policy refuses"
        if name in {"for", "aria-labelledby", "aria-describedby", "aria-controls"}:
            for missing in sorted(set(value.split()) - ids):
                yield f"{name}={missing!r} names no id"
        if name == "href" and element.tag == "a" and value.startswith("#") and value[1:] not in ids:
            yield f"a link to {value!r}, which is not there"


def _unlabelled(page: Page) -> Iterator[str]:
    labelled = {label.get("for") for label in page.all("label") if text_of(label)}
    wrapped = {id(field) for label in page.all("label") if text_of(label) for field in label.iter()}
    for field in page.root.iter():
        if field.tag not in NEEDS_LABEL or field.get("type") in NO_LABEL_TYPES:
            continue
        has_name = field.get("aria-label") or field.get("aria-labelledby")
        if not (has_name or (field.get("id") and field.get("id") in labelled) or id(field) in wrapped):
            yield f"<{field.tag} name={field.get('name')!r}> has no label"


STEP = re.compile(r"(?P<tag>[\w-]*)(?P<rest>(?:[#.][\w-]+|\[[^\]]+\])*)$")


def _fits(element: Element, step: str) -> bool:
    match = STEP.match(step)
    assert match, f"{step!r} is beyond this selector"
    if match["tag"] and element.tag != match["tag"]:
        return False
    return all(_has(element, part) for part in re.findall(r"[#.][\w-]+|\[[^\]]+\]", match["rest"]))


def _has(element: Element, part: str) -> bool:
    if part[0] == "#":
        return element.get("id") == part[1:]
    if part[0] == ".":
        return part[1:] in element.get("class", "").split()
    name, equals, value = part[1:-1].partition("=")
    return element.get(name) == value.strip("\"'") if equals else name in element.attrib


def _values(form: Element) -> Iterator[tuple[str, str]]:
    for field in form.iter():
        name = field.get("name")
        if not name:
            continue
        if field.tag == "textarea":
            yield name, (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            chosen = [option for option in field.iter("option") if "selected" in option.attrib]
            for option in chosen or list(field.iter("option"))[:1]:
                yield name, option.get("value", text_of(option))
        elif field.tag == "input" and _is_sent(field):
            yield name, field.get("value", "on" if field.get("type") in {"checkbox", "radio"} else "")


def _is_sent(field: Element) -> bool:
    if field.get("type") in {"checkbox", "radio"}:
        return "checked" in field.attrib
    return field.get("type") not in {"submit", "button", "reset", "file"}
