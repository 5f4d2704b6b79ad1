"""Signing in and out, and what a session is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, login, passwords, queries
from quizapp.accounts.models import Throttle, User, UserSession
from quizapp.attempts.models import Attempt
from quizapp.db import DatabaseBusyError
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client, Pages

RIGHT = {"email": "owner@example.org", "password": make.PASSWORD}
WRONG = RIGHT | {"password": "nine brass otters whistle"}
DENIED = "The address or the password is wrong."


def test_the_right_password_signs_in(client: Client, page: Pages, session: Session) -> None:
    make.user(session)
    answer = client.post("/sign-in", data=RIGHT | {"email": "  OWNER@example.org"})
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    assert page.get("/settings").h1 == "Settings"


@pytest.mark.parametrize("form", [WRONG, RIGHT | {"email": "stranger@example.org"}])
def test_a_wrong_password_and_a_missing_account_look_alike(page: Pages, session: Session, form: dict[str, str]) -> None:
    make.user(session)
    seen = page.post("/sign-in", form, 422)
    assert seen.texts(".notice.bad") == [DENIED]
    assert page.client.get("/settings").status_code == 302


def test_a_missing_account_costs_one_hash_like_any_other(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    class Watched:
        def verify(self, stored: str, _password: str) -> bool:
            checked.append(stored)
            return False

    monkeypatch.setattr(passwords, "hasher", Watched())
    client.post("/sign-in", data=RIGHT)
    assert checked == [passwords.NOBODY]
    assert checked[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_nobodys_hash_is_one_that_the_library_checks_in_full() -> None:
    assert not passwords.hasher.check_needs_rehash(passwords.NOBODY)
    assert not passwords.is_right(None, "")


def test_a_hash_under_old_parameters_is_renewed(client: Client, session: Session) -> None:
    owner = make.user(session)
    assert passwords.hasher.check_needs_rehash(owner.password_hash or "")
    client.post("/sign-in", data=RIGHT)
    assert not passwords.hasher.check_needs_rehash(owner.password_hash or "")
    assert passwords.is_right(owner.password_hash, make.PASSWORD)


def test_a_password_changed_at_the_same_moment_keeps_out(session: Session) -> None:
    owner = make.user(session)
    with pytest.raises(actions.PasswordChangedError):
        actions.confirm_password(session, owner.id, "the hash that was checked", None)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/settings?a=b", "/settings?a=b"),
        ("https://evil.example.org/", "/dashboard"),
        ("//evil.example.org/", "/dashboard"),
        ("/\\evil.example.org/", "/dashboard"),
        ("/\t/evil.example.org/", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("", "/dashboard"),
    ],
)
def test_signing_in_leads_only_to_pages_of_this_site(
    client: Client, session: Session, wanted: str, reached: str
) -> None:
    make.user(session)
    assert client.post("/sign-in", query_string={"next": wanted}, data=RIGHT).location == reached
    assert client.get("/sign-in", query_string={"next": wanted}).location == reached


def test_the_wanted_page_survives_a_mistake(page: Pages, session: Session) -> None:
    make.user(session)
    seen = page.post("/sign-in?next=/credits", WRONG, 422)
    assert seen.one("main form").get("action") == "/sign-in?next=/credits"


# --- Sessions -------------------------------------------------------------------------------------------------------


def test_nothing_planted_before_sign_in_lives_on(client: Client, session: Session) -> None:
    owner, stranger = make.user(session), make.user(session, "stranger@example.org")
    planted = actions.open_session(session, stranger, browser="", days=30, now=make.NOW)
    with client.session_transaction() as cookie:
        cookie.update({"csrf_token": "planted", "other": "planted"})
    client.post("/sign-in", data=RIGHT)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"].startswith(owner.id.hex)
        assert cookie["_user_id"] != planted
        assert cookie.permanent
        assert "planted" not in cookie.values()


def test_each_sign_in_has_a_session_of_its_own(new_client: Callable[[], Client], session: Session) -> None:
    owner = make.user(session)
    for _ in range(2):
        new_client().post("/sign-in", data=RIGHT)
    assert len(queries.sessions_of(session, owner.id, make.NOW)) == 2


def test_the_database_keeps_no_token(client: Client, session: Session) -> None:
    make.user(session)
    client.post("/sign-in", data=RIGHT)
    row = session.scalars(select(UserSession)).one()
    with client.session_transaction() as cookie:
        assert row.secret_hash.hex() not in cookie["_user_id"]
        assert len(row.secret_hash) == 32


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: Client, session: Session) -> None:
    make.user(session)
    cookie = client.post("/sign-in", data=RIGHT).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie


def test_signing_out_ends_the_session_on_the_server(client: Client, page: Pages, session: Session) -> None:
    make.user(session)
    client.post("/sign-in", data=RIGHT)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert page.post("/sign-out").texts(".notice.good") == ["You are signed out."]
    assert session.scalars(select(UserSession)).all() == []
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert client.get("/settings").location == "/sign-in?next=/settings"


def test_signing_out_twice_is_no_error(client: Client) -> None:
    assert client.post("/sign-out").status_code == 303


def test_signing_out_needs_a_post(client: Client, session: Session) -> None:
    client.sign_in(make.user(session))
    assert client.get("/sign-out").status_code == 405


def test_a_session_ends_after_thirty_days_without_use(
    client: Client, session: Session, clock: time_machine.Traveller
) -> None:
    client.sign_in(make.user(session))
    clock.shift(timedelta(days=30, seconds=-1))
    assert client.get("/settings").status_code == 200
    clock.shift(1)
    assert client.get("/settings").status_code == 302


def test_a_post_a_day_later_prolongs_the_session_and_a_get_does_not(
    client: Client, session: Session, clock: time_machine.Traveller, now: datetime
) -> None:
    client.sign_in(make.user(session))
    row = session.scalars(select(UserSession)).one()
    clock.shift(timedelta(hours=23))
    client.post("/settings/sessions/end-others")
    assert row.used_at == now
    clock.shift(timedelta(hours=2))
    client.get("/settings")
    assert row.used_at == now
    client.post("/settings/sessions/end-others")
    assert row.used_at == now + timedelta(hours=25)
    assert row.expires_at == now + timedelta(hours=25, days=30)


def test_a_look_at_a_page_writes_nothing(
    client: Client, session: Session, clock: time_machine.Traveller, count_statements: CountStatements
) -> None:
    client.sign_in(make.user(session))
    clock.shift(timedelta(days=20))
    with count_statements() as statements:
        for path in ("/settings", "/settings/sessions", "/settings/password", "/settings/delete", "/settings/export"):
            assert client.get(path).status_code == 200
    assert statements.writes == []


def test_a_nonsense_cookie_is_a_stranger(client: Client) -> None:
    for token in ("", "x", "." * 40, "g" * 32 + ".secret", "0" * 32 + ".secret"):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert client.get("/settings").status_code == 302


def test_a_commit_that_fails_leaves_the_cookie_as_it_was(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = make.guest(session)
    make.user(session)
    client.sign_in(guest)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    start = login.start_session

    def start_and_fail(*arguments: object) -> None:
        start(*arguments)  # type: ignore[arg-type]
        raise DatabaseBusyError

    monkeypatch.setattr(login, "start_session", start_and_fail)
    assert client.post("/sign-in", data=RIGHT).status_code == 503
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] == token
    monkeypatch.undo()
    assert client.post("/sign-in", data=RIGHT).status_code == 303


def test_a_post_without_its_token_is_refused(app: Flask, client: Client) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/sign-in", "/register", "/sign-out", "/forgotten-password", "/settings", "/settings/delete"):
        answer = client.post(path, data=RIGHT)
        assert answer.status_code == 400, path
        assert "no longer valid" in answer.text


def test_a_post_with_its_token_is_accepted(app: Flask, page: Pages, session: Session) -> None:
    make.user(session)
    app.config["WTF_CSRF_ENABLED"] = True
    values = page.get("/sign-in").values_of()
    assert page.client.post("/sign-in", data=values | RIGHT).location == "/dashboard"


# --- Throttle -------------------------------------------------------------------------------------------------------


def test_the_eleventh_failure_at_an_address_is_refused_whatever_the_password(
    page: Pages, client: Client, session: Session, clock: time_machine.Traveller
) -> None:
    make.user(session)
    clock.shift(timedelta(minutes=3))
    for _ in range(10):
        assert client.post("/sign-in", data=WRONG).status_code == 422
    seen = page.post("/sign-in", RIGHT, 429)
    assert seen.texts(".notice.bad") == ["Too many attempts. Try again in 12 min."]
    assert seen.response.headers["Retry-After"] == "720"
    clock.shift(timedelta(minutes=12))
    assert client.post("/sign-in", data=RIGHT).status_code == 303


def test_another_spelling_of_an_address_is_no_way_around(client: Client, session: Session) -> None:
    make.user(session)
    for number in range(10):
        client.post("/sign-in", data=WRONG | {"email": "Owner@Example.org" if number % 2 else " owner@example.ORG "})
    assert client.post("/sign-in", data=WRONG).status_code == 429


def test_another_network_is_no_way_around_either(client: Client, session: Session) -> None:
    make.user(session)
    for number in range(10):
        client.post("/sign-in", data=WRONG, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    assert client.post("/sign-in", data=WRONG).status_code == 429


def test_a_network_fails_fifty_times_over_all_addresses(client: Client, session: Session) -> None:
    make.user(session)
    for number in range(50):
        one = WRONG | {"email": f"stranger{number}@example.org"}
        assert client.post("/sign-in", data=one, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"}).status_code == 422
    assert client.post("/sign-in", data=RIGHT, environ_base={"REMOTE_ADDR": "2001:db8::99"}).status_code == 429
    assert client.post("/sign-in", data=RIGHT, environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"}).status_code == 303


def test_a_success_does_not_count(new_client: Callable[[], Client], session: Session) -> None:
    make.user(session)
    for _ in range(12):
        assert new_client().post("/sign-in", data=RIGHT).status_code == 303
    assert {row.count for row in session.scalars(select(Throttle))} == {0}


def test_the_throttle_keeps_no_address_and_no_network(client: Client, session: Session) -> None:
    client.post("/sign-in", data=WRONG)
    rows = session.scalars(select(Throttle)).all()
    assert {row.action for row in rows} == {"sign-in address", "sign-in network"}
    assert all(len(row.subject_hash) == 32 for row in rows)


# --- A guest who has an account already -----------------------------------------------------------------------------


def test_a_guest_who_signs_in_keeps_the_sampler(client: Client, page: Pages, session: Session) -> None:
    owner, guest = make.user(session), make.guest(session)
    attempt_id = make.attempt(session, guest, make.items(session, 2), kind="sampler").id
    client.sign_in(guest)
    seen = page.post("/sign-in?next=/settings", RIGHT)
    assert seen.texts(".notice.good") == ["You are signed in, and what you did as a guest is in your account."]
    session.expire_all()
    assert session.scalars(select(User.id)).all() == [owner.id]
    assert [row.user_id for row in session.scalars(select(UserSession))] == [owner.id]
    assert session.execute(select(Attempt.user_id, Attempt.id)).all() == [(owner.id, attempt_id)]


def test_a_guest_with_a_wrong_password_loses_nothing(client: Client, page: Pages, session: Session) -> None:
    make.user(session)
    guest = make.guest(session)
    make.attempt(session, guest, make.items(session, 1), kind="sampler")
    client.sign_in(guest)
    page.post("/sign-in", WRONG, 422)
    assert queries.user_by_id(session, guest.id) is guest
