"""What the site tells a person, each thing once, until they have read it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import cast
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.db import Database, writing
from quizapp.mail import actions, queries
from quizapp.mail.models import Notice
from tests import make
from tests.conftest import CountStatements
from tests.pages import Page, Pages

DAY = timedelta(days=1)


def say(session: Session, user_id: UUID, key: str, now: datetime) -> bool:
    return actions.tell(session, user_id, key, f"About {key}", "One.\n\nTwo.", "/credits", now)


def titles(notices: Sequence[Notice]) -> list[str]:
    return [notice.title for notice in notices]


def badge(shown: Page) -> list[str]:
    return shown.texts("header .count")


# --- Telling --------------------------------------------------------------------------------------------------------


def test_a_thing_is_told_once_to_each_person(session: Session, now: datetime) -> None:
    owner, neighbour = make.user(session), make.user(session, "neighbour@example.org")
    assert say(session, owner.id, "cmm", now)
    assert not say(session, owner.id, "cmm", now + DAY)
    assert say(session, owner.id, "cpc", now)
    assert say(session, neighbour.id, "cmm", now)
    (told, _) = session.scalars(select(Notice).where(Notice.user_id == owner.id).order_by(Notice.key))
    assert (told.title, told.body, told.path, told.created_at) == ("About cmm", "One.\n\nTwo.", "/credits", now)


def test_what_was_read_is_not_told_again(session: Session, now: datetime) -> None:
    owner = make.user(session)
    make.notice(session, owner, key="cmm", read_at=now)
    assert not say(session, owner.id, "cmm", now + DAY)


def test_of_two_who_tell_at_once_one_does(own_database: Database, now: datetime) -> None:
    with own_database.session() as session:
        owner_id = make.user(session).id
        session.commit()
    at_once, told = Barrier(2), []

    def tell() -> None:
        with own_database.session() as session:
            at_once.wait()
            with writing(session):
                told.append(say(session, owner_id, "cmm", now))

    threads = [Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, True]


def test_a_title_is_one_line_that_fits(session: Session, now: datetime) -> None:
    owner = make.user(session)
    actions.tell(session, owner.id, "long", "Two\nlines " + "x" * 300, "", "/credits", now)
    title = session.scalars(select(Notice.title)).one()
    assert title.startswith("Two lines xxx")
    assert len(title) == 200


# --- Reading --------------------------------------------------------------------------------------------------------


def test_the_unread_come_first_then_what_was_read_of_late(session: Session, now: datetime) -> None:
    owner = make.user(session)
    make.notice(session, owner, "Old and unread", created_at=now - 400 * DAY)
    make.notice(session, owner, "New and unread", created_at=now - DAY)
    make.notice(session, owner, "Just read", created_at=now, read_at=now)
    make.notice(session, owner, "Read 90 days ago", created_at=now - 95 * DAY, read_at=now - 90 * DAY)
    make.notice(session, owner, "Read 91 days ago", created_at=now - 95 * DAY, read_at=now - 91 * DAY)
    make.notice(session, make.user(session, "neighbour@example.org"), "A neighbour's")
    found = titles(queries.notices_of(session, owner.id, now))
    assert found == ["New and unread", "Old and unread", "Just read", "Read 90 days ago"]


def test_a_notice_that_is_read_again_keeps_its_day(session: Session, now: datetime) -> None:
    owner = make.user(session)
    first, second = make.notice(session, owner, read_at=now), make.notice(session, owner)
    later = now + DAY
    assert actions.mark_read(session, owner.id, [first.id, second.id], later)
    session.expire_all()
    assert (first.read_at, second.read_at) == (now, later)


def test_nobody_marks_a_neighbours_notice(session: Session, now: datetime) -> None:
    owner, neighbour = make.user(session), make.user(session, "neighbour@example.org")
    theirs = make.notice(session, neighbour)
    assert not actions.mark_read(session, owner.id, [theirs.id], now)
    session.expire_all()
    assert theirs.read_at is None


def test_read_notices_go_after_a_year_and_unread_ones_never(session: Session, now: datetime) -> None:
    owner = make.user(session)
    make.notice(session, owner, "Unread", created_at=now - 900 * DAY)
    make.notice(session, owner, "Read a year ago", read_at=now - 365 * DAY)
    make.notice(session, owner, "Read before that", read_at=now - 366 * DAY)
    assert actions.remove_read(session, now) == 1
    assert sorted(session.scalars(select(Notice.title))) == ["Read a year ago", "Unread"]


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_says_so_when_there_is_nothing(owner: User, page: Pages) -> None:
    shown = page.get("/notices")
    assert shown.texts("main h2") == ["Nothing to tell you"]
    assert badge(shown) == []


def test_a_notice_says_what_and_leads_where_one_can_act(owner: User, session: Session, page: Pages) -> None:
    make.notice(session, owner, "CMM: 30 days left", body="2 more hours.\n\nLog them.", path="/credits/activities/new")
    shown = page.get("/notices")
    assert shown.texts("main h2") == ["CMM: 30 days left"]
    assert shown.texts("section.card p") == ["10 Mar 2026, 15:30", "2 more hours.", "Log them."]
    assert shown.links["Open: CMM: 30 days left"] == "/credits/activities/new"


def test_one_is_marked_as_read(owner: User, session: Session, page: Pages) -> None:
    make.notice(session, owner, "Second")
    make.notice(session, owner, "First", created_at=make.NOW + DAY)
    shown = page.get("/notices")
    assert badge(shown) == ["2 unread"]
    (form, _) = shown.all("section.card form")
    fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
    shown = page.post(form.get("action", ""), fields)
    assert shown.texts("section.card h2") == ["Second"]
    assert shown.texts("details summary") == ["First 11 Mar 2026, 15:30"]
    assert badge(shown) == ["1 unread"]


def test_all_that_were_shown_are_marked_as_read_and_what_came_since_is_not(
    owner: User, session: Session, page: Pages
) -> None:
    shown_ids = [make.notice(session, owner, title).id for title in ("First", "Second")]
    shown = page.get("/notices")
    assert shown.texts(".page-head button") == ["Mark all as read"]
    sent = [field.get("value") for field in shown.all(".page-head input[name=notice]")]
    assert sorted(map(str, shown_ids)) == sorted(map(str, sent))
    make.notice(session, owner, "Since then")
    shown = page.post("/notices/read", {"notice": sent})
    assert shown.texts("section.card h2") == ["Since then"]
    assert len(shown.texts("details")) == 2


def test_pressing_twice_is_as_good_as_once(owner: User, session: Session, page: Pages) -> None:
    fields = {"notice": str(make.notice(session, owner).id)}
    page.post("/notices/read", fields)
    assert "You have read everything." in page.post("/notices/read", fields).text


def test_a_strangers_notice_is_not_there(owner: User, session: Session, page: Pages) -> None:
    theirs = make.notice(session, make.user(session, "stranger@example.org"), "Not yours")
    assert "Not yours" not in page.get("/notices").text
    page.post("/notices/read", {"notice": str(theirs.id)}, 404)
    assert theirs.read_at is None


@pytest.mark.parametrize("sent", [{}, {"notice": ""}, {"notice": "nonsense"}])
def test_what_names_no_notice_is_refused(owner: User, page: Pages, sent: dict[str, str]) -> None:
    page.post("/notices/read", sent, 400)


# --- The count in the header ----------------------------------------------------------------------------------------


def test_every_page_counts_the_unread_without_a_statement_more(
    owner: User, session: Session, page: Pages, count_statements: CountStatements
) -> None:
    def cost_of(address: str) -> tuple[int, list[str]]:
        assert owner.roles == frozenset()  # Read here, since the test's browser asks for it.
        with count_statements() as statements:
            shown = page.get(address)
        return len(statements), badge(shown)

    addresses = ("/settings", "/mocks", "/credits")
    before = {address: cost_of(address) for address in addresses}
    for _ in range(3):
        make.notice(session, owner)
    make.notice(session, owner, read_at=make.NOW)
    make.notice(session, make.user(session, "neighbour@example.org"))
    for address in addresses:
        statements, badges = before[address]
        assert badges == []
        assert cost_of(address) == (statements, ["3 unread"])
    assert cost_of("/notices") == (2, ["3 unread"])


def test_a_neighbour_sees_no_count(session: Session, page: Pages, owner: User) -> None:
    make.notice(session, owner)
    page.sign_in(make.user(session, "neighbour@example.org"))
    assert badge(page.get("/settings")) == []
    assert cast(User, page.client.visitor).email == "neighbour@example.org"
