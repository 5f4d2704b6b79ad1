"""Becoming somebody: registering, and a guest's way to an account."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, passwords
from quizapp.accounts.models import User, UserSession
from tests import make
from tests.pages import Client, Pages

FORM = {"email": "owner@example.org", "password": "seven brass otters", "time_zone": "America/Chicago"}


def user_of(session: Session, email: str = "owner@example.org") -> User:
    return session.scalars(select(User).where(User.email == email)).one()


def test_registering_makes_an_account_and_signs_in(page: Pages, session: Session, now: datetime) -> None:
    answer = page.client.post("/register", data=FORM | {"email": " Owner@Example.ORG "})
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    user = user_of(session)
    assert (user.time_zone, user.target_percent, user.created_at, user.roles) == (
        "America/Chicago",
        70,
        now,
        frozenset(),
    )
    assert passwords.is_right(user.password_hash, FORM["password"])
    assert page.get("/settings").h1 == "Settings"


def test_the_password_is_kept_as_an_argon2id_hash_of_19_mib(client: Client, session: Session) -> None:
    client.post("/register", data=FORM)
    assert (user_of(session).password_hash or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "nobody"}, "@-sign"),
        ({"email": "a@b@example.org"}, "@"),
        ({"email": "owner@example.org\nBcc: stranger@example.org"}, "invalid characters"),
        ({"email": ""}, "Enter your email address"),
        ({"password": "short one"}, "at least 10 characters"),
        ({"password": "x7" * 101}, "at most 200 characters"),
        ({"password": "password12"}, "very common password"),
        ({"password": "owner@example.org"}, "easy to guess"),
        ({"password": "pahcompahcom"}, "easy to guess"),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(
    page: Pages, session: Session, change: dict[str, str], words: str
) -> None:
    seen = page.post("/register", FORM | change, 422)
    assert any(words in text for text in seen.texts(".error"))
    assert (seen.one("title").text or "").startswith("Error: Register")
    assert session.scalars(select(User)).all() == []


def test_what_was_typed_comes_back_but_for_the_password(page: Pages) -> None:
    values = page.post("/register", FORM | {"password": "short"}, 422).values_of()
    assert (values["email"], values["time_zone"]) == ("owner@example.org", "America/Chicago")
    assert values["password"] == ""


def test_the_time_zone_is_guessed_only_where_nobody_has_chosen(page: Pages) -> None:
    assert "data-guess-time-zone" in page.get("/register").one("#time_zone").attrib
    assert "data-guess-time-zone" not in page.post("/register", FORM | {"email": ""}, 422).one("#time_zone").attrib


def test_without_a_guess_the_time_zone_is_new_york(page: Pages) -> None:
    assert page.get("/register").values_of()["time_zone"] == "America/New_York"


def test_an_address_that_has_an_account_leads_to_signing_in(page: Pages, session: Session) -> None:
    make.user(session, "owner@example.org")
    seen = page.post("/register", FORM | {"email": "OWNER@example.org"}, 422)
    assert seen.texts(".error") == ["There is an account with this address already."]
    assert seen.links["Sign in to it"] == "/sign-in"
    assert seen.links["ask for a new password"].startswith("/forgotten-password?email=owner")


def test_who_loses_the_race_for_an_address_gets_a_named_error(session: Session, now: datetime) -> None:
    make.user(session, "owner@example.org")
    with pytest.raises(actions.EmailTakenError), session.begin_nested():
        actions.register(session, email="owner@example.org", password_hash="x", time_zone="UTC", now=now)


def test_a_member_who_registers_goes_home(client: Client, session: Session) -> None:
    client.sign_in(make.user(session))
    assert client.get("/register").location == "/dashboard"
    assert client.post("/register", data=FORM).location == "/dashboard"


def test_a_network_registers_twenty_times_an_hour(client: Client, page: Pages) -> None:
    for number in range(20):
        client.post("/register", data=FORM | {"email": f"owner{number}@example.org"})
        client.post("/sign-out")
    seen = page.post("/register", FORM, 429)
    assert seen.texts(".notice.bad") == ["Too many attempts. Try again in 30 min."]
    assert seen.response.headers["Retry-After"] == "1800"


# --- Guests ---------------------------------------------------------------------------------------------------------


def test_a_guest_has_no_address_and_a_known_time_zone(session: Session, now: datetime) -> None:
    guest = actions.make_guest(session, time_zone="Europe/Oslo", now=now)
    assert guest.is_guest
    assert guest.time_zone == "Europe/Oslo"
    assert actions.make_guest(session, time_zone="Mars/Olympus", now=now).time_zone == "America/New_York"


def test_a_guest_who_registers_keeps_the_id_and_gets_a_new_session(
    client: Client, page: Pages, session: Session, new_client: Callable[[], Client]
) -> None:
    guest = make.guest(session, time_zone="Europe/Oslo")
    attempt = make.attempt(session, guest, make.items(session, 2), kind="sampler")
    client.sign_in(guest)
    with client.session_transaction() as cookie:
        old_token = cookie["_user_id"]
    assert "Your account is ready. What you did as a guest is in it." in page.post(
        "/register?next=/settings", FORM
    ).texts(".notice.good")
    user = user_of(session)
    assert user.id == guest.id == attempt.user_id
    assert [row.user_id for row in session.scalars(select(UserSession))] == [guest.id]
    stale = new_client()
    with stale.session_transaction() as cookie:
        cookie["_user_id"] = old_token
    assert stale.get("/settings").location == "/sign-in?next=/settings"


def test_a_guest_with_a_taken_address_stays_a_guest(client: Client, page: Pages, session: Session) -> None:
    make.user(session, "owner@example.org")
    guest = make.guest(session)
    client.sign_in(guest)
    page.post("/register", FORM, 422)
    assert guest.is_guest
    assert "What you did as a guest moves into your account" in page.get("/sign-in").text


def test_a_guest_who_has_registered_elsewhere_meanwhile_is_told(session: Session, now: datetime) -> None:
    owner = make.user(session)
    with pytest.raises(actions.GuestGoneError):
        actions.register(
            session, guest_id=owner.id, email="stranger@example.org", password_hash="x", time_zone="UTC", now=now
        )
