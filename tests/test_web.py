"""What all pages share: local redirects, error pages, forms, formats."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField, TextAreaField

from quizapp import web
from quizapp.app import create_app
from quizapp.config import Config
from quizapp.db import Database
from tests import make
from tests.pages import Client, Page, Pages


class NoteForm(web.BaseForm):
    title = StringField("Title")
    note = TextAreaField("Note")
    password = PasswordField("Password")


# --- Redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/", "/mocks", "/mocks?domain=a#b", "/a//b", "/sign-in?next=http://example.org"])
def test_a_redirect_within_the_site_is_local(target: str) -> None:
    assert web.is_local_path(target)


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "mocks",
        "//example.org",
        "///example.org",
        "/\\example.org",
        "\\\\example.org",
        "https://example.org/",
        "javascript:alert(1)",
        "/\t/example.org",
        "/\n/example.org",
        "\t//example.org",
        " //example.org",
    ],
)
def test_a_redirect_off_the_site_is_not(target: str | None) -> None:
    assert not web.is_local_path(target)


@given(st.text(alphabet="/\\\t\n\r ab:.@?#", max_size=8))
def test_a_browser_would_never_leave_the_site_for_a_local_path(target: str) -> None:
    # The WHATWG rules: tabs and line ends are dropped anywhere, and a backslash is a slash.
    as_read = target.strip(" ").translate({9: None, 10: None, 13: None}).replace("\\", "/")
    if as_read.startswith("//") or not as_read.startswith("/"):
        assert not web.is_local_path(target)


def test_after_sign_in_a_reader_goes_back_to_the_page_that_asked(client: Client) -> None:
    response = client.get("/dashboard?week=2")
    assert response.location == "/sign-in?next=/dashboard?week%3D2"


def test_after_sign_in_nobody_repeats_a_form(app: Flask, client: Client) -> None:
    app.add_url_rule("/change-something", "change", lambda: "", methods=["POST"])
    assert client.post("/change-something").location == "/sign-in"


# --- Errors ---------------------------------------------------------------------------------------------------------


def test_a_missing_page_is_a_page(page: Pages) -> None:
    assert page.get("/no-such-page", 404).h1 == "Page not found"


def test_a_wrong_method_is_a_page(page: Pages) -> None:
    assert page.post("/help", status=405).h1 == "That cannot be done here"


def test_a_script_gets_its_error_as_json(client: Client) -> None:
    response = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.mimetype == "application/json"
    assert response.get_json() == {"error": "The address is wrong, or the page belongs to somebody else."}


def test_a_failure_of_ours_is_a_page_that_tells_no_secret(app: Flask, client: Client) -> None:
    @app.get("/fail")
    @web.public
    def fail() -> str:
        raise RuntimeError("the secret of line 7")

    app.config["TESTING"] = False
    response = client.get("/fail")
    assert response.status_code == 500
    assert Page(response).h1 == "Something went wrong on our side"
    assert "line 7" not in response.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429, 500, 503])
def test_every_error_page_passes_inspection(status: int, app: Flask, page: Pages) -> None:
    app.add_url_rule("/fail", "fail", web.public(lambda: web.error_page(status)))
    assert page.get("/fail", status).text


def test_too_large_a_request_is_refused_unread(client: Client) -> None:
    response = client.post("/sign-in", data={"email": "a" * (web.MAX_REQUEST_BYTES + 1)})
    assert response.status_code == 413


# --- Forms ----------------------------------------------------------------------------------------------------------


def test_texts_arrive_stripped_and_passwords_as_typed(app: Flask) -> None:
    sent = MultiDict({"title": "  A title \n", "note": "\tA note ", "password": " with spaces "})
    with app.test_request_context(method="POST"):
        form = NoteForm(sent)
        assert form.data["title"] == "A title"
        assert form.data["note"] == "A note"
        assert form.data["password"] == " with spaces "


def test_control_characters_do_not_arrive_but_line_ends_and_tabs_do(app: Flask) -> None:
    sent = MultiDict({"title": "\x00 A\x00b\x1f\x7f ", "note": "One\r\n\ttwo\x0b", "password": "a\x01b"})
    with app.test_request_context(method="POST"):
        form = NoteForm(sent)
        assert form.data["title"] == "Ab"
        assert form.data["note"] == "One\r\n\ttwo"
        assert form.data["password"] == "a\x01b"


# --- Formats --------------------------------------------------------------------------------------------------------


def test_a_day_is_written_without_a_leading_zero() -> None:
    assert web.format_day(date(2026, 11, 1)) == "1 Nov 2026"


def test_a_moment_is_written_in_the_visitors_zone(app: Flask, client: Client, session: Session) -> None:
    app.add_url_rule("/moment", "moment", lambda: web.format_moment(datetime(2026, 3, 10, 2, 5, tzinfo=UTC)))
    client.sign_in(make.user(session, time_zone="Europe/Lisbon"))
    assert client.get("/moment").text == "10 Mar 2026, 02:05"


@pytest.mark.parametrize(
    ("zone", "hour", "text"),
    [
        ("America/Chicago", 2, "9 Mar 2026, 9:05 pm"),
        ("America/Indiana/Knox", 5, "10 Mar 2026, 12:05 am"),
        ("Pacific/Honolulu", 22, "10 Mar 2026, 12:05 pm"),
        ("America/Toronto", 22, "10 Mar 2026, 18:05"),
    ],
)
def test_in_the_united_states_hours_are_counted_to_twelve(
    app: Flask, client: Client, session: Session, zone: str, hour: int, text: str
) -> None:
    app.add_url_rule("/moment", "moment", lambda: web.format_moment(datetime(2026, 3, 10, hour, 5, tzinfo=UTC)))
    client.sign_in(make.user(session, time_zone=zone))
    assert client.get("/moment").text == text


def test_today_is_the_day_where_the_visitor_lives(app: Flask, client: Client, session: Session) -> None:
    app.add_url_rule("/today", "today", lambda: web.today().isoformat())
    client.sign_in(make.user(session, time_zone="Pacific/Auckland"))
    assert client.get("/today").text == "2026-03-11"


def test_a_stranger_reads_moments_in_utc(app: Flask) -> None:
    with app.test_request_context():
        assert web.format_moment(datetime(2026, 3, 10, 2, 5, tzinfo=UTC)) == "10 Mar 2026, 02:05"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (119, "1 min"),
        (41 * 60, "41 min"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
    ],
)
def test_a_duration_is_written_as_people_say_it(seconds: float, text: str) -> None:
    assert web.format_duration(seconds) == text


def test_a_share_is_written_in_percent() -> None:
    assert web.format_percent(0.744) == "74 %"


@pytest.mark.parametrize(("number", "text"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_a_number_of_things_has_its_plural(number: int, text: str) -> None:
    assert web.counted(number, "entry", "entries") == text
    assert web.counted(number, "item") == f"{number} item{'' if number == 1 else 's'}"


# --- Static files ---------------------------------------------------------------------------------------------------


def test_a_static_file_is_kept_for_ever_under_an_address_of_its_content(client: Client) -> None:
    with client.get(f"/static/{web.static_build_id()}/css/base.css") as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.mimetype == "text/css"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in response.headers
        assert "Access-Control-Allow-Origin" not in response.headers


def test_static_files_of_a_site_with_https_ask_for_https(config: Config, database: Database) -> None:
    client = create_app(replace(config, base_url="https://example.org"), database).test_client()
    with client.get(f"/static/{web.static_build_id()}/css/base.css") as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (web.STATIC_DIR / "vendor" / "icons.svg").read_text()
    templates = web.STATIC_DIR.parent / "templates"
    names = {name for path in templates.rglob("*.html") for name in re.findall(r'icon\("([\w-]+)"', path.read_text())}
    assert names
    assert {name for name in names if f'id="{name}"' not in sprite} == set()
