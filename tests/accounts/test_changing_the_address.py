"""Another address for an account: the link goes to the new one, word of it to the old one."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, address_actions, links, queries
from quizapp.accounts.models import MailLink, User
from quizapp.db import Database, writing
from tests import make
from tests.accounts.mailed import link_to, mails, sent
from tests.conftest import CountStatements
from tests.pages import Client, Page, Pages

OLD, NEW = "owner@example.org", "new@example.org"
TO_NEW = "Confirm your new email address"
TO_OLD = "Another email address was asked for"
DONE = "Your email address was changed"


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    """Somebody signed in, whose address was never confirmed."""
    owner = make.user(session, OLD, email_confirmed_at=None)
    page.sign_in(owner)
    return owner


def ask(page: Pages, email: str = NEW, status: int = 200, password: str = make.PASSWORD) -> Page:
    return page.post("/settings/address", {"email": email, "password": password}, status)


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_the_address_changes_when_the_link_is_used_and_not_before(page: Pages, session: Session, owner: User) -> None:
    seen = ask(page, " New@Example.ORG ")
    assert seen.h1 == "Settings"
    assert "Your address changes to new@example.org once you use the link" in seen.text
    assert (owner.email, owner.confirmed_email) == (OLD, None)
    assert sent(session) == [(NEW, TO_NEW), (OLD, TO_OLD)]

    seen = page.get(link_to(session, NEW, TO_NEW))
    assert seen.h1 == "Change the address"
    assert "From now on you sign in as new@example.org, no longer as owner@example.org." in seen.text
    assert owner.email == OLD

    seen = page.post(link_to(session, NEW, TO_NEW))
    assert seen.texts(".notice.good") == ["Your address is now new@example.org. Sign in with it from now on."]
    assert "changes to" not in seen.text
    assert (owner.email, owner.confirmed_email) == (NEW, NEW)
    assert sent(session) == [(NEW, TO_NEW), (OLD, TO_OLD), (OLD, DONE)]


def test_one_signs_in_with_the_new_address_alone(page: Pages, client: Client, session: Session, owner: User) -> None:
    ask(page)
    page.post(link_to(session, NEW, TO_NEW))
    client.sign_out()
    assert client.post("/sign-in", data={"email": OLD, "password": make.PASSWORD}).status_code == 422
    assert client.post("/sign-in", data={"email": NEW, "password": make.PASSWORD}).location == "/dashboard"


def test_the_mails_to_the_old_address_do_not_name_the_new_one(page: Pages, session: Session, owner: User) -> None:
    ask(page)
    page.post(link_to(session, NEW, TO_NEW))
    assert not [mail for mail in mails(session) if mail.address == OLD and "new@" in mail.subject + mail.body]


def test_the_password_is_asked_for(page: Pages, session: Session, owner: User) -> None:
    assert "The password is wrong." in ask(page, status=422, password="wrong").text
    assert ask(page, status=422, password="").texts(".error")
    assert mails(session) == []


def test_a_stolen_session_cannot_try_passwords_for_ever(page: Pages, session: Session, owner: User) -> None:
    for _ in range(10):
        ask(page, status=422, password="wrong")
    ask(page, status=429)
    assert mails(session) == []


@pytest.mark.parametrize("email", [OLD, " OWNER@Example.org", "nobody", "", "new@example.org\nBcc: x@example.org"])
def test_what_is_no_other_address_is_refused(page: Pages, session: Session, owner: User, email: str) -> None:
    assert ask(page, email, 422).texts(".error")
    assert mails(session) == []


def test_a_mailbox_gets_five_mails_an_hour_the_old_one_too(page: Pages, session: Session, owner: User) -> None:
    for number in range(5):
        ask(page, f"new{number}@example.org")
    ask(page, "new5@example.org", 429)
    assert len(mails(session)) == 10
    other = make.user(session, "other@example.org")
    page.sign_in(other)
    for _ in range(4):
        ask(page, "new0@example.org")
    ask(page, "new0@example.org", 429)


def test_a_password_changed_meanwhile_stops_it(session: Session, owner: User) -> None:
    with pytest.raises(actions.PasswordChangedError):
        address_actions.ask_for_change(
            session, owner.id, checked_hash="old", renewed_hash=None, address=NEW, address_of_page=str, now=make.NOW
        )
    assert mails(session) == []


# --- An address that somebody has -----------------------------------------------------------------------------------


def seen_by_asker(page: Pages, session: Session, email: str) -> tuple[str, str]:
    """All that the asker can see: the page, and the export, without what differs each time."""
    seen = ask(page, email)
    tables = json.loads(page.client.get("/settings/export").text)["tables"]
    links_seen = sorted((row["purpose"], row["address"]) for row in tables["mail_link"])
    mails_seen = sorted((row["subject"], row["address"]) for row in tables["outbox_mail"])
    return seen.text.replace(email, "…"), str([links_seen, mails_seen]).replace(email, "…")


def test_nothing_tells_the_asker_that_somebody_has_the_address(
    page: Pages, session: Session, owner: User, count_statements: CountStatements
) -> None:
    make.user(session, "stranger@example.org")
    page.sign_in(make.user(session, "first@example.org", email_confirmed_at=None))
    with count_statements() as statements_if_free:
        free = seen_by_asker(page, session, NEW)
    page.sign_in(make.user(session, "other@example.org", email_confirmed_at=None))
    with count_statements() as statements_if_taken:
        taken = seen_by_asker(page, session, "stranger@example.org")
    assert [text.replace("first@", "other@") for text in free] == list(taken)
    assert statements_if_free == statements_if_taken


def test_who_reads_the_mailbox_of_a_taken_address_learns_it_from_the_link(
    page: Pages, session: Session, owner: User
) -> None:
    other = make.user(session, NEW)
    ask(page)
    link = link_to(session, NEW, TO_NEW)
    seen = page.post(link)
    assert seen.h1 == "This address cannot be used"
    assert "Your account keeps owner@example.org." in seen.text
    assert (owner.email, owner.confirmed_email) == (OLD, None)
    actions.delete_user(session, other.id)
    session.expunge(other)
    assert page.post(link).texts(".notice.good")
    assert owner.email == NEW


def test_of_two_who_want_an_address_the_first_gets_it(own_database: Database) -> None:
    with own_database.session() as session, own_database.session() as other_session:
        one, other = make.user(session, OLD), make.user(session, "other@example.org")
        tokens = [make.mail_link(session, each, purpose=queries.CHANGE, address=NEW) for each in (one, other)]
        session.commit()
        with writing(session):
            address_actions.change(session, tokens[0], make.NOW)
        with pytest.raises(actions.EmailTakenError), writing(other_session):
            address_actions.change(other_session, tokens[1], make.NOW)
        assert sorted(session.scalars(select(User.email))) == [NEW, "other@example.org"]


# --- The link -------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_changes_nothing(
    page: Pages, session: Session, owner: User, count_statements: CountStatements
) -> None:
    ask(page)
    with count_statements() as statements:
        page.get(link_to(session, NEW, TO_NEW))
    assert statements.writes == []


def test_a_mistyped_new_address_gives_nobody_the_account(
    page: Pages, client: Client, session: Session, owner: User
) -> None:
    ask(page)
    link = link_to(session, NEW, TO_NEW)
    client.sign_out()
    assert client.get(link).location == f"/sign-in?next={link}"
    assert client.post(link).location == "/sign-in"
    client.sign_in(make.user(session, "stranger@example.org"))
    page.get(link, 404)
    page.post(link, status=404)
    assert owner.email == OLD


def test_of_two_tabs_the_second_wish_counts(page: Pages, session: Session, owner: User) -> None:
    ask(page)
    first = link_to(session, NEW, TO_NEW)
    ask(page, "newer@example.org")
    assert page.get(first).h1 == page.post(first).h1 == "This link no longer works"
    page.post(link_to(session, "newer@example.org", TO_NEW))
    assert owner.email == "newer@example.org"


def test_a_button_that_is_pressed_twice_changes_the_address_once(page: Pages, session: Session, owner: User) -> None:
    ask(page)
    link = link_to(session, NEW, TO_NEW)
    page.post(link)
    assert page.post(link).h1 == page.post(link).h1 == "Settings"
    assert len(mails(session)) == 3
    with pytest.raises(links.LinkSpentError):
        address_actions.change(session, link.rpartition("/")[2], make.NOW)


def test_the_link_works_for_a_week(page: Pages, session: Session, owner: User, clock: time_machine.Traveller) -> None:
    ask(page)
    link = link_to(session, NEW, TO_NEW)
    clock.shift(timedelta(days=7))
    assert page.get(link).h1 == page.post(link).h1 == "This link no longer works"
    assert "changes to" not in page.get("/settings").text
    assert owner.email == OLD


@pytest.mark.parametrize("purpose", [queries.RESET, queries.CONFIRM])
def test_a_link_for_something_else_changes_nothing(page: Pages, session: Session, owner: User, purpose: str) -> None:
    token = make.mail_link(session, owner, purpose=purpose, address=NEW)
    assert page.post(f"/settings/address/{token}").h1 == "This link no longer works"
    page.get("/settings/address/nonsense", 404)
    assert owner.email == OLD


def test_no_link_to_the_old_address_opens_the_account_any_more(page: Pages, session: Session, owner: User) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    kept = make.mail_link(session, neighbour)
    make.mail_link(session, owner)
    make.mail_link(session, owner, purpose=queries.CONFIRM)
    ask(page)
    page.post(link_to(session, NEW, TO_NEW))
    unused = session.scalars(select(MailLink.user_id).where(MailLink.used_at.is_(None))).all()
    assert unused == [neighbour.id]
    assert queries.user_of_reset_link(session, kept, make.NOW) is neighbour


def test_a_new_password_stops_a_change_that_somebody_else_asked_for(page: Pages, session: Session, owner: User) -> None:
    ask(page)
    page.post("/settings/password", {"current": make.PASSWORD, "password": "nine tin herons dancing"})
    assert page.post(link_to(session, NEW, TO_NEW)).h1 == "This link no longer works"
    ask(page, password="nine tin herons dancing")
    actions.reset_password(session, make.mail_link(session, owner), new_hash="x", now=make.NOW)
    page.sign_in(owner)
    assert page.post(link_to(session, NEW, TO_NEW)).h1 == "This link no longer works"
    assert owner.email == OLD
