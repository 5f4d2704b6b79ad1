"""An address is confirmed by a link that was mailed to it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.accounts import actions, address_actions, links, queries
from quizapp.accounts.models import User
from quizapp.db import Database, writing
from tests import make
from tests.accounts.mailed import link_to, mails, sent
from tests.conftest import CountStatements
from tests.pages import Client, Pages

OWNER = "owner@example.org"
SUBJECT = "Confirm your email address"
REGISTRATION = {"email": OWNER, "password": "seven brass otters", "time_zone": "America/Chicago"}
QUIET_WORD = "We have not seen yet that mail to owner@example.org reaches you"


def owner_of(session: Session) -> User:
    owner = queries.user_by_email(session, OWNER)
    assert owner
    return owner


def a_link(session: Session, to: User) -> str:
    return "/confirm-address/" + make.mail_link(session, to, purpose=queries.CONFIRM)


# --- On registering -------------------------------------------------------------------------------------------------


def test_registering_mails_a_link_whose_button_confirms_the_address(page: Pages, session: Session) -> None:
    assert QUIET_WORD in page.post("/register", REGISTRATION).text
    assert sent(session) == [(OWNER, SUBJECT)]
    link = link_to(session, OWNER, SUBJECT)
    assert page.get(link).h1 == "Confirm your address"
    assert owner_of(session).confirmed_email is None
    assert page.post(link).h1 == "Your address is confirmed"
    assert owner_of(session).email_confirmed_at == make.NOW
    assert owner_of(session).confirmed_email == OWNER
    assert QUIET_WORD not in page.get("/dashboard").text
    assert "You have confirmed that mail to it reaches you." in page.get("/settings").text


def test_a_guest_who_registers_is_mailed_too(page: Pages, session: Session) -> None:
    page.sign_in(make.guest(session))
    page.post("/register", REGISTRATION)
    assert sent(session) == [(OWNER, SUBJECT)]


def test_registering_with_a_taken_address_mails_nothing(page: Pages, session: Session) -> None:
    make.user(session, OWNER)
    page.post("/register", REGISTRATION, 422)
    assert mails(session) == []


def test_who_registers_and_leaves_again_and_again_fills_nobodys_mailbox(page: Pages, session: Session) -> None:
    confirming = 0
    for _ in range(7):
        page.client.visitor = None  # The row is about to go, and the client would look at it.
        page.post("/register", REGISTRATION)
        confirming += len(mails(session))
        page.post("/settings/delete", {"password": REGISTRATION["password"]})
    assert confirming == 5


def test_the_link_leads_to_the_site_of_the_settings_whatever_the_request_says(client: Client, session: Session) -> None:
    client.post("/register", data=REGISTRATION, headers={"Host": "evil.example.org"})
    assert link_to(session, OWNER, SUBJECT)


# --- The link -------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_confirms_nothing(page: Pages, session: Session, count_statements: CountStatements) -> None:
    owner = make.user(session, email_confirmed_at=None)
    link = a_link(session, owner)
    with count_statements() as statements:
        assert page.get(link).h1 == "Confirm your address"
    assert statements.writes == []
    assert owner.confirmed_email is None


def test_the_button_works_in_a_browser_where_nobody_is_signed_in(
    page: Pages, session: Session, new_client: Callable[[], Client]
) -> None:
    owner = make.user(session, email_confirmed_at=None)
    assert Pages(new_client()).post(a_link(session, owner)).h1 == "Your address is confirmed"
    assert owner.confirmed_email


def test_a_button_that_is_pressed_twice_finds_the_address_confirmed(page: Pages, session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    link = a_link(session, owner)
    page.post(link)
    assert page.post(link).h1 == page.get(link).h1 == "Your address is confirmed"
    with pytest.raises(links.LinkSpentError):
        address_actions.confirm(session, link.rpartition("/")[2], make.NOW)


def test_the_first_day_of_confirming_is_kept(session: Session) -> None:
    owner = make.user(session, email_confirmed_at=make.NOW)
    token = make.mail_link(session, owner, purpose=queries.CONFIRM, created_at=make.NOW + timedelta(days=1))
    address_actions.confirm(session, token, make.NOW + timedelta(days=1))
    assert owner.email_confirmed_at == make.NOW


def test_the_link_works_for_a_week(page: Pages, session: Session, clock: time_machine.Traveller) -> None:
    page.post("/register", REGISTRATION)
    link = link_to(session, OWNER, SUBJECT)
    clock.shift(timedelta(days=7, seconds=-1))
    assert page.get(link).h1 == "Confirm your address"
    clock.shift(1)
    assert page.get(link).h1 == "This link no longer works"
    assert page.post(link).h1 == "This link no longer works"
    assert owner_of(session).confirmed_email is None


@pytest.mark.parametrize("purpose", [queries.RESET, queries.CHANGE])
def test_a_link_for_something_else_confirms_nothing(page: Pages, session: Session, purpose: str) -> None:
    owner = make.user(session, email_confirmed_at=None)
    token = make.mail_link(session, owner, purpose=purpose)
    assert page.post(f"/confirm-address/{token}").h1 == "This link no longer works"
    assert page.post("/confirm-address/nonsense").h1 == "This link no longer works"
    assert owner.confirmed_email is None


def test_a_link_proves_the_address_that_it_went_to_and_no_other(page: Pages, session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    token = make.mail_link(session, owner, purpose=queries.CONFIRM, address="mistyped@example.org")
    assert page.get(f"/confirm-address/{token}").h1 == "This link no longer works"
    assert page.post(f"/confirm-address/{token}").h1 == "This link no longer works"
    assert owner.confirmed_email is None


def test_a_reset_link_confirms_the_address_too(session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    actions.reset_password(session, make.mail_link(session, owner), new_hash="x", now=make.NOW)
    assert owner.confirmed_email == OWNER


def test_a_reset_link_that_was_mailed_by_an_older_release_still_works(session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    actions.reset_password(session, make.mail_link(session, owner, address=None), new_hash="x", now=make.NOW)
    assert owner.password_hash == "x"


def test_a_reset_link_written_while_the_address_changed_does_not_open_the_account(own_database: Database) -> None:
    with own_database.session() as session, own_database.session() as other_tab:
        stale = make.user(session)
        session.commit()
        with writing(other_tab):
            other_tab.get_one(User, stale.id).email = "new@example.org"
        with writing(session):
            actions.send_reset_link(session, stale, address_of_page=lambda token: f"[{token}]", now=make.NOW)
        found = re.search(r"\[(.+)\]", mails(session)[-1].body)
        assert found
        with pytest.raises(links.LinkSpentError), writing(session):
            actions.reset_password(session, found[1], new_hash="x", now=make.NOW)


# --- Asking for it again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["/dashboard", "/settings"])
def test_another_link_is_mailed_and_the_page_is_the_same(page: Pages, session: Session, start: str) -> None:
    page.sign_in(make.user(session, email_confirmed_at=None))
    seen = page.get(start)
    button = next(form for form in seen.all("main form") if "/address/link" in form.get("action", ""))
    seen = page.post(button.get("action", ""))
    assert seen.url == start
    assert seen.texts(".notice.good") == ["A link is on its way to owner@example.org. Look in the junk folder too."]
    assert sent(session) == [(OWNER, SUBJECT)]


def test_of_several_links_each_confirms(page: Pages, session: Session) -> None:
    owner = make.user(session, email_confirmed_at=None)
    first = a_link(session, owner)
    page.sign_in(owner)
    page.post("/settings/address/link")
    assert page.post(first).h1 == "Your address is confirmed"


def test_a_confirmed_address_is_mailed_no_link(page: Pages, session: Session) -> None:
    page.sign_in(make.user(session))
    assert page.post("/settings/address/link").texts(".notice.good") == ["Your address is confirmed already."]
    assert mails(session) == []


def test_a_mailbox_gets_five_links_an_hour(page: Pages, session: Session) -> None:
    page.sign_in(make.user(session, email_confirmed_at=None))
    for _ in range(5):
        page.post("/settings/address/link")
    assert "Too many attempts." in page.post("/settings/address/link").texts(".notice.bad")[0]
    assert len(mails(session)) == 5


def test_the_way_back_stays_on_this_site(client: Client, session: Session) -> None:
    client.sign_in(make.user(session, email_confirmed_at=None))
    assert client.post("/settings/address/link?next=//evil.example.org/").location == "/dashboard"


# --- Without it -----------------------------------------------------------------------------------------------------


def test_everything_works_without_confirming(page: Pages, client: Client, session: Session) -> None:
    page.sign_in(make.user(session, email_confirmed_at=None))
    for path in ("/mocks", "/practice", "/progress", "/credits", "/notices"):
        page.get(path)
    page.post("/settings/password", {"current": make.PASSWORD, "password": "nine tin herons dancing"})
    client.sign_out()
    page.post("/forgotten-password", {"email": OWNER})
    assert sent(session) == [(OWNER, "Choose a new password"), (OWNER, "Your password was changed")]


def test_a_guest_has_no_address_to_confirm(session: Session) -> None:
    guest = make.guest(session)
    address_actions.send_confirm_link(session, guest, address_of_page=str, now=make.NOW)
    assert mails(session) == []
    guest.email_confirmed_at = make.NOW
    with pytest.raises(IntegrityError, match="guest_has_nothing_confirmed"):
        session.flush()
