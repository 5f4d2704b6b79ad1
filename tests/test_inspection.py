"""The inspections that every page and every statement goes through find what they are for."""

import pytest
from flask import Flask
from html5lib.html5parser import ParseError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, TestResponse

from quizapp.accounts.login import me
from quizapp.attempts.models import Attempt, AttemptItem
from quizapp.web import db_session
from tests import make
from tests.pages import Client, Page, problems_of

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Help – quizapp</title></head>
<body><main><h1>Help</h1>{}</main></body></html>"""


def page_of(html: str) -> Page:
    request = EnvironBuilder("/help").get_request()
    return Page(TestResponse([html.encode()], "200 OK", {}, request, mimetype="text/html"))  # type: ignore[arg-type]


def test_a_sound_page_has_no_problems() -> None:
    assert list(problems_of(page_of(PAGE.format('<p id="a">Text</p><a href="#a">Up</a>')))) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<h1>Again</h1>", "2 h1: ['Help', 'Again']"),
        ('<p id="a"></p><p id="a"></p>', "id 'a' more than once"),
        ('<input name="email">', "<input name='email'> has no label"),
        ('<label for="e"></label><input id="e" name="email">', "<input name='email'> has no label"),
        ('<label for="missing">E</label>', "for='missing' names no id"),
        ('<a href="#missing">Down</a>', "a link to '#missing', which is not there"),
        ('<p style="color: red"></p>', "style= on <p>, which the Content-Security-Policy refuses"),
        ('<p onclick="go()"></p>', "onclick= on <p>, which the Content-Security-Policy refuses"),
        ("<script>go()</script>", "an inline script, which the Content-Security-Policy refuses"),
    ],
)
def test_what_no_page_may_have_is_found(content: str, problem: str) -> None:
    assert list(problems_of(page_of(PAGE.format(content)))) == [problem]


def test_a_title_must_start_with_the_heading() -> None:
    page = page_of(PAGE.format("").replace("<h1>Help</h1>", "<h1>Other</h1>"))
    assert list(problems_of(page)) == ["the title 'Help – quizapp' does not start with the h1 'Other'"]


def test_a_label_around_its_field_will_do() -> None:
    assert list(problems_of(page_of(PAGE.format('<label>Email <input name="email"></label>')))) == []


def test_html_that_a_browser_would_have_to_mend_is_refused() -> None:
    with pytest.raises(ParseError):
        page_of(PAGE.format("<p><div></p>"))


def test_an_untouched_form_sends_what_a_browser_would() -> None:
    page = page_of(
        PAGE.format(
            """<form><input name="a" value="1"><input type="checkbox" name="b" checked><input type="checkbox" name="c">
            <select name="d"><option value="x">X</option><option value="y" selected>Y</option></select>
            <textarea name="e">Text</textarea><button name="f">Send</button></form>"""
        )
    )
    assert page.values_of() == {"a": "1", "b": "on", "d": "y", "e": "Text"}


def test_a_request_of_a_candidate_must_name_the_person(app: Flask, client: Client, session: Session) -> None:
    @app.get("/everybodys")
    def everybodys() -> str:
        return str(db_session().scalars(select(Attempt)).all())

    @app.get("/joined")
    def joined() -> str:
        return str(db_session().execute(select(Attempt.id).join(AttemptItem, Attempt.user_id == AttemptItem.user_id)))

    @app.get("/mine")
    def mine() -> str:
        return str(len(db_session().scalars(select(Attempt).where(Attempt.user_id == me().id)).all()))

    owner = make.user(session)
    make.attempt(session, owner, make.items(session, 1))
    client.sign_in(owner)
    assert client.get("/mine").text == "1"
    for address in ("/everybodys", "/joined"):
        with pytest.raises(AssertionError, match="without user_id ="):
            client.get(address)
    client.sign_in(make.user(session, "author@example.org", "author"))
    assert client.get("/everybodys").status_code == 200
