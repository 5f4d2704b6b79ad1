"""A new password by mail."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, links, passwords, queries
from quizapp.accounts.models import MailLink, UserSession
from quizapp.mail.models import OutboxMail
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client, Pages

NEW = "nine tin herons dancing"
ADDRESS = {"email": "owner@example.org"}


def mailed_link(session: Session) -> str:
    mails = session.scalars(
        select(OutboxMail).where(OutboxMail.subject == "Choose a new password").order_by(OutboxMail.created_at)
    ).all()
    found = re.search(r"http://127\.0\.0\.1:8000(/reset-password/\S+)", mails[-1].body)
    assert found
    return found[1]


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(page: Pages, session: Session) -> None:
    make.user(session)
    known = page.post("/forgotten-password", ADDRESS)
    unknown = page.post("/forgotten-password", {"email": "stranger@example.org"})
    assert known.h1 == unknown.h1 == "Check your mail"
    assert known.text == unknown.text
    assert [mail.address for mail in session.scalars(select(OutboxMail))] == ["owner@example.org"]


def test_the_link_sets_a_new_password_once(page: Pages, client: Client, session: Session) -> None:
    owner = make.user(session)
    page.post("/forgotten-password", ADDRESS)
    link = mailed_link(session)
    assert page.get(link).h1 == "Choose a new password"
    assert page.post(link, {"password": NEW}).h1 == "Sign in"
    assert passwords.is_right(owner.password_hash, NEW)
    assert page.get(link).h1 == "This link no longer works"
    assert page.post(link, {"password": "another tin heron"}).h1 == "This link no longer works"
    assert passwords.is_right(owner.password_hash, NEW)
    assert client.post("/sign-in", data=ADDRESS | {"password": NEW}).location == "/dashboard"


def test_looking_at_the_link_writes_nothing(page: Pages, session: Session, count_statements: CountStatements) -> None:
    make.user(session)
    page.post("/forgotten-password", ADDRESS)
    with count_statements() as statements:
        page.get(mailed_link(session))
        page.get(mailed_link(session))
    assert statements.writes == []


def test_a_bad_new_password_does_not_use_the_link_up(page: Pages, session: Session) -> None:
    make.user(session)
    page.post("/forgotten-password", ADDRESS)
    link = mailed_link(session)
    assert page.post(link, {"password": "owner@example.org"}, 422).texts(".error")
    assert page.post(link, {"password": NEW}).h1 == "Sign in"


def test_a_reset_ends_every_session_and_every_other_link(page: Pages, client: Client, session: Session) -> None:
    owner, stranger = make.user(session), make.user(session, "stranger@example.org")
    client.sign_in(stranger)
    actions.open_session(session, owner, browser="", days=30, now=make.NOW)
    page.post("/forgotten-password", ADDRESS)
    first = mailed_link(session)
    page.post("/forgotten-password", ADDRESS)
    page.post(mailed_link(session), {"password": NEW})
    assert [row.user_id for row in session.scalars(select(UserSession))] == [stranger.id]
    assert page.get(first).h1 == "This link no longer works"


def test_the_owner_is_told_by_mail(page: Pages, session: Session) -> None:
    make.user(session)
    page.post("/forgotten-password", ADDRESS)
    page.post(mailed_link(session), {"password": NEW})
    assert {mail.subject for mail in session.scalars(select(OutboxMail))} == {
        "Choose a new password",
        "Your password was changed",
    }


def test_the_link_is_valid_for_an_hour(page: Pages, session: Session, clock: time_machine.Traveller) -> None:
    make.user(session)
    page.post("/forgotten-password", ADDRESS)
    link = mailed_link(session)
    clock.shift(timedelta(minutes=60, seconds=-1))
    assert page.get(link).h1 == "Choose a new password"
    clock.shift(1)
    assert page.post(link, {"password": NEW}).h1 == "This link no longer works"


def test_of_two_uses_at_the_same_moment_one_gets_it(page: Pages, session: Session) -> None:
    make.user(session)
    page.post("/forgotten-password", ADDRESS)
    token = mailed_link(session).rpartition("/")[2]
    with pytest.raises(links.LinkSpentError):
        actions.reset_password(session, token, new_hash="late", now=make.NOW + timedelta(hours=1))
    actions.reset_password(session, token, new_hash="one", now=make.NOW)
    with pytest.raises(links.LinkSpentError):
        actions.reset_password(session, token, new_hash="two", now=make.NOW)


def test_a_session_token_is_no_reset_link(page: Pages, session: Session) -> None:
    token = actions.open_session(session, make.user(session), browser="", days=30, now=make.NOW)
    assert page.get(f"/reset-password/{token}").h1 == "This link no longer works"
    with pytest.raises(links.LinkSpentError):
        actions.reset_password(session, "nonsense", new_hash="x", now=make.NOW)


def test_the_database_keeps_only_the_hash_of_the_link(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.post("/forgotten-password", ADDRESS)
    token = mailed_link(session).rpartition("/")[2]
    row = session.scalars(select(MailLink)).one()
    assert token.startswith(owner.id.hex)
    assert row.secret_hash.hex() not in token
    assert queries.user_of_reset_link(session, token, make.NOW) is owner


def test_a_reset_opens_an_address_that_was_closed_by_failures(page: Pages, client: Client, session: Session) -> None:
    make.user(session)
    for _ in range(11):
        answer = client.post("/sign-in", data=ADDRESS | {"password": "wrong"})
    assert answer.status_code == 429
    page.post("/forgotten-password", ADDRESS)
    page.post(mailed_link(session), {"password": NEW})
    assert client.post("/sign-in", data=ADDRESS | {"password": NEW}).status_code == 303


def test_an_address_gets_three_links_an_hour(page: Pages, session: Session) -> None:
    make.user(session)
    for _ in range(3):
        page.post("/forgotten-password", ADDRESS)
    assert "Too many attempts." in page.post("/forgotten-password", ADDRESS, 429).text
    assert len(session.scalars(select(OutboxMail)).all()) == 3


def test_a_network_asks_twenty_times_an_hour(client: Client) -> None:
    for number in range(20):
        client.post("/forgotten-password", data={"email": f"stranger{number}@example.org"})
    assert client.post("/forgotten-password", data=ADDRESS).status_code == 429


def test_the_link_leads_to_the_site_of_the_settings_whatever_the_request_says(client: Client, session: Session) -> None:
    make.user(session)
    client.post("/forgotten-password", data=ADDRESS, headers={"Host": "evil.example.org"})
    assert mailed_link(session)


def test_a_guest_cannot_be_mailed(session: Session) -> None:
    actions.send_reset_link(session, make.guest(session), address_of_page=str, now=make.NOW)
    assert session.scalars(select(OutboxMail)).all() == []
