"""What the application promises as a whole, for every route and every table there is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from time_machine import Traveller
from werkzeug.test import TestResponse

from quizapp.accounts.models import User
from quizapp.db import Database
from quizapp.web import access_of
from tests import make
from tests.access import MATRIX, NO_PAGE, PUBLIC, REVALIDATED, SENT, VISITORS, read
from tests.cast import Cast, make_cast, methods_of, rules_of
from tests.conftest import CountStatements
from tests.pages import Client, Pages

ACCESS = read(MATRIX)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(csv|ics|json|js|pdf|xlsx|zip))?")


@pytest.fixture
def the_cast(session: Session) -> Cast:
    """The cast, on a small bank."""
    drawn = [
        item
        for domain in ("finance", "risk-management")
        for item in make.items(session, 3, prefix=domain, domain=domain, topics=[domain])
    ]
    made = make_cast(session, drawn)
    session.commit()
    return made


@contextmanager
def thrown_away(database: Database, session: Session) -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    session.commit()
    savepoint = cast(Connection, database.bind).begin_nested()
    try:
        yield
    finally:
        session.rollback()
        savepoint.rollback()
        session.expire_all()


def visit_as(client: Client, user: User | None) -> None:
    """Come in as somebody, or as nobody."""
    if user is None:
        client.sign_out()
    else:
        client.sign_in(user)


def outcome_of(response: TestResponse) -> str:
    """The status in a word of the matrix."""
    if response.status_code in {302, 303}:
        return "sign-in" if urlsplit(response.location or "").path == "/sign-in" else "goes"
    return str(response.status_code)


# --- Who may see what -----------------------------------------------------------------------------------------------


def test_every_route_is_in_the_matrix_and_the_matrix_names_no_other(app: Flask) -> None:
    routes = {f"{method} {rule.endpoint}" for rule in rules_of(app) for method in methods_of(rule)}
    assert routes - ACCESS.keys() == set(), "give these a row in tests/access.py"
    assert ACCESS.keys() - routes == set(), "these have a row in tests/access.py, but no route"


def test_pages_are_closed_unless_listed_as_public(app: Flask) -> None:
    assert {name for name, view in app.view_functions.items() if access_of(view) == "public"} == PUBLIC
    for name, row in ACCESS.items():
        assert (row["anonymous"] != "sign-in") == (name.split()[1] in PUBLIC), name


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_gets_what_the_matrix_says(
    visitor: str, app: Flask, client: Client, database: Database, session: Session, the_cast: Cast
) -> None:
    visit_as(client, the_cast.people[visitor])
    expected, found = {}, {}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for name, address in the_cast.addresses(app, method):
            with thrown_away(database, session):
                found[name] = outcome_of(client.open(address, method=method, **SENT.get(name, {})))
            expected[name] = ACCESS[name][visitor]
    assert found == expected


def test_a_script_is_told_with_401_that_it_must_sign_in(app: Flask, client: Client, the_cast: Cast) -> None:
    for method in ("GET", "POST"):
        for name, address in the_cast.addresses(app, method):
            if name.split()[1] not in PUBLIC:
                response = client.open(address, method=method, headers={"Accept": "application/json"})
                assert response.status_code == 401, name
                assert response.get_json()["error"].startswith("Your session has ended."), name


def test_every_form_is_refused_without_its_token(app: Flask, client: Client, the_cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    visit_as(client, the_cast.people["owner"])
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for name, address in the_cast.addresses(app, method):
            response = client.open(address, method=method)
            assert response.status_code == 400, name
            assert "no longer valid" in response.text, name


# --- Every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visitor", ["anonymous", "owner", "administrator"])
def test_every_page_passes_inspection(visitor: str, app: Flask, page: Pages, the_cast: Cast) -> None:
    visit_as(page.client, the_cast.people[visitor])
    for name, address in the_cast.addresses(app):
        outcome = ACCESS[name][visitor]
        if outcome.isdecimal() and name not in NO_PAGE:
            page.get(address, status=int(outcome))


@pytest.mark.parametrize("days_later", [0, 2])
def test_looking_at_a_page_changes_nothing(
    days_later: int, app: Flask, client: Client, the_cast: Cast, clock: Traveller, count_statements: CountStatements
) -> None:
    visit_as(client, the_cast.people["owner"])
    clock.shift(days_later * 24 * 60 * 60)  # Attempts have expired, the session was not used for long.
    for name, address in the_cast.addresses(app):
        with count_statements() as statements:
            client.get(address)
        assert statements.writes == [], f"{name} {statements}"


def test_every_answer_carries_the_security_headers(app: Flask, client: Client, the_cast: Cast) -> None:
    visit_as(client, the_cast.people["owner"])
    for name, address in [*the_cast.addresses(app), ("nothing", "/no-such-page")]:
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert headers["Cache-Control"] == ("private, no-cache" if name in REVALIDATED else "no-store"), address


def test_addresses_are_kebab_case(app: Flask) -> None:
    for rule in rules_of(app):
        for segment in rule.rule.strip("/").split("/"):
            assert segment == "" or segment.startswith("<") or KEBAB.fullmatch(segment), rule.rule
        assert rule.rule == "/" or not rule.rule.endswith("/"), rule.rule
