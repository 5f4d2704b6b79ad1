"""The reserve that practice keeps for an honest mock, and the silence about what a running mock holds."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptItem, Mark, Response
from quizapp.bank.models import Item
from quizapp.bank.tags import Blueprint, MockEntry, tags_of
from quizapp.config import Config
from quizapp.practice.queries import stock_of
from quizapp.rules.blueprint import keeps_reserve
from tests import make
from tests.conftest import CountStatements
from tests.pages import Page, Pages

PER_DOMAIN = 6
RESERVED = PER_DOMAIN // 3


@pytest.fixture
def bank(session: Session, config: Config) -> list[Item]:
    """Six items in each of the nine domains."""
    domains = tags_of(config.bank_dir).domains
    return [item for slug in domains for item in make.items(session, PER_DOMAIN, prefix=slug, domain=slug)]


def practise(page: Pages, number: int, **sent: Any) -> Page:
    """Start a set, and see where that leads."""
    return page.post("/practice", {"item_count": str(number), "start_token": str(uuid4()), **sent})


def drawn_by(session: Session, owner: User) -> list[AttemptItem]:
    return list(session.scalars(select(AttemptItem).where(AttemptItem.user_id == owner.id)))


def have_seen(session: Session, owner: User, items: list[Item]) -> None:
    """An earlier set in which all of these were shown."""
    earlier = make.attempt(
        session, owner, items, kind="practice", started_at=make.NOW - timedelta(days=1), finished_at=make.NOW
    )
    for position, item in enumerate(items, 1):
        shown_at = make.NOW - timedelta(hours=20)
        make.response(session, earlier, item.id, position, kind="shown", value="", made_at=shown_at)


# --- The rule ---------------------------------------------------------------------------------------------------------


@given(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_released_reserve_is_not_kept_and_one_is_kept_until_14_days_before_the_exam(
    exam_date: date | None, today: date
) -> None:
    assert not keeps_reserve(exam_date, today, is_released=True)
    assert keeps_reserve(exam_date, today, is_released=False) == (exam_date is None or (exam_date - today).days > 14)


# --- What practice draws ----------------------------------------------------------------------------------------------


def test_practice_leaves_a_third_of_each_domain_alone(
    page: Pages, session: Session, owner: User, bank: list[Item]
) -> None:
    shown = page.get("/practice")
    assert (
        "Unseen items left for mocks: 54 of 54, not enough for a full mock of 200, but for a mock of 54" in shown.text
    )
    assert "18 unseen items in reserve." in shown.text
    set_of_all = practise(page, 54)
    assert "36 items, not 54: the others that you have not seen are in your reserve." in set_of_all.text
    counts = Counter(place.domain for place in drawn_by(session, owner))
    assert set(counts.values()) == {PER_DOMAIN - RESERVED}


def test_practice_goes_on_with_seen_items_when_only_the_reserve_is_unseen(
    page: Pages, session: Session, owner: User, bank: list[Item]
) -> None:
    seen = [item for item in bank if not item.id.endswith(("-5", "-6"))]
    have_seen(session, owner, seen)
    before = {(place.attempt_id, place.position) for place in drawn_by(session, owner)}
    practise(page, 54)
    drawn = {p.item_id for p in drawn_by(session, owner) if (p.attempt_id, p.position) not in before}
    assert drawn == {item.id for item in seen}


def test_a_choice_of_which_only_the_reserve_is_left_says_so_and_offers_the_release(
    page: Pages, session: Session, owner: User, bank: list[Item]
) -> None:
    have_seen(session, owner, [item for item in bank if item.domain == "finance"][:4])
    left = make.item(session, "fin-new", topics=["payroll-and-taxes"])
    refused = practise(page, 5, topics="payroll-and-taxes")
    # Three of seven are unseen, and a third of seven is reserved: one may still be drawn.
    assert refused.h1 == "Item 1 of 1"
    have_seen(session, owner, [left])
    make.item(session, "fin-newer", topics=["internal-controls"])
    for item in session.scalars(select(Item).where(Item.id.in_(["finance-5"]))):
        have_seen(session, owner, [item])
    refused = practise(page, 5, topics="internal-controls")
    assert refused.url == "/practice"
    assert "All that is left for that choice is in your reserve." in refused.text
    page.post("/practice/reserve/release")
    assert practise(page, 5, topics="internal-controls").h1 == "Item 1 of 1"


def test_a_choice_without_items_is_not_blamed_on_the_reserve(page: Pages, owner: User, bank: list[Item]) -> None:
    refused = practise(page, 5, topics="payroll-and-taxes")
    assert "the bank has no items for it" in refused.text
    assert "in your reserve" not in refused.texts(".notice")[0]


def test_the_reserve_can_be_released_and_kept_again(
    page: Pages, session: Session, owner: User, bank: list[Item]
) -> None:
    stranger = make.user(session, "stranger@example.org")
    released = page.post("/practice/reserve/release")
    assert "You have released it." in released.text
    assert owner.reserve_released_at == make.NOW
    assert stranger.reserve_released_at is None
    practise(page, 54)
    assert len(drawn_by(session, owner)) == 54
    kept = page.post("/practice/reserve/restore")
    assert "in reserve." in kept.text
    assert owner.reserve_released_at is None


def test_the_reserve_ends_14_days_before_the_exam(page: Pages, session: Session, owner: User, bank: list[Item]) -> None:
    owner.exam_date = make.NOW.date() + timedelta(days=15)
    assert "in reserve." in page.get("/practice").text
    owner.exam_date = make.NOW.date() + timedelta(days=14)
    assert "It has ended" in page.get("/practice").text
    practise(page, 54)
    assert len(drawn_by(session, owner)) == 54


def test_what_was_shown_is_held_or_set_aside_is_counted_rightly(
    session: Session, owner: User, bank: list[Item], now: datetime, count_statements: CountStatements
) -> None:
    have_seen(session, owner, bank[:2])
    have_seen(session, make.user(session, "neighbour@example.org"), bank)
    make.attempt(session, owner, bank[2:4])
    make.item(session, "fin-draft", status="draft")
    weights = {"revenue-management": 1.0, "finance": 1.0}
    mocks = [Blueprint(54, weights, {"full": MockEntry("Full mock", items, 180)}) for items in (200, 12)]
    with count_statements() as statements:
        stock = stock_of(session, owner.id, mocks[0], now.date(), is_kept=True)
    assert len(statements) == 1, statements
    assert stock.drawable["finance"] == PER_DOMAIN
    assert stock.unseen["revenue-management"] == PER_DOMAIN - 4
    assert stock.unseen["finance"] == PER_DOMAIN
    assert stock.most_unseen == {"revenue-management": 0, "finance": PER_DOMAIN - RESERVED}
    assert (stock.honest_forms, stock.largest_honest_form) == (0, 4)
    for attempt in session.scalars(select(Attempt).where(Attempt.user_id == owner.id)):
        attempt.archived_at = now
    session.flush()
    again = stock_of(session, owner.id, mocks[1], now.date(), is_kept=False)
    assert again.unseen["revenue-management"] == PER_DOMAIN
    assert again.most_unseen is None
    assert again.honest_forms == 1


def test_starting_practice_runs_at_most_eight_statements(
    page: Pages, session: Session, owner: User, bank: list[Item], count_statements: CountStatements
) -> None:
    session.commit()
    sent = {"item_count": "10", "start_token": str(uuid4())}
    with count_statements() as statements:
        page.client.post("/practice", data=sent)
    assert len(statements) <= 8, statements


# --- What a running mock holds ----------------------------------------------------------------------------------------


@pytest.fixture
def practised(session: Session, owner: User, bank: list[Item]) -> Attempt:
    """A practice set of two items, the first of which was answered; a mock that runs holds both."""
    practice = make.attempt(
        session, owner, bank[:2], kind="practice", title="Practice: Finance", started_at=make.NOW - timedelta(hours=1)
    )
    make.response(session, practice, bank[0].id, made_at=make.NOW - timedelta(minutes=50))
    make.mark(session, practice, bank[0])
    make.attempt(session, owner, bank[:2])
    return practice


def end_mock(session: Session, owner: User) -> None:
    mock = session.scalars(select(Attempt).where(Attempt.user_id == owner.id, Attempt.kind == "quick")).one()
    mock.finished_at = make.NOW


def test_an_item_of_a_running_mock_is_shown_nowhere_in_practice(
    page: Pages, session: Session, owner: User, bank: list[Item], practised: Attempt
) -> None:
    for position, item in ((1, bank[0]), (2, bank[1])):
        held = page.get(f"/practice/{practised.id}/items/{position}")
        assert "in a mock that you have begun" in held.text
        assert item.id not in held.html
    summary = page.get(f"/practice/{practised.id}/summary")
    assert summary.texts(".answer-list .tag") == ["In a running mock", "In a running mock"]
    assert not [href for href in summary.links.values() if "/items/" in href]
    end_mock(session, owner)
    assert "Why Alpha" in page.get(f"/practice/{practised.id}/items/1").text


def test_an_item_of_a_running_mock_is_neither_answered_nor_counted_as_shown_in_practice(
    page: Pages, session: Session, owner: User, practised: Attempt
) -> None:
    page.post(f"/practice/{practised.id}/items/2", {"answer": "A"})
    page.post(f"/practice/{practised.id}/go", {"go": "2"})
    page.post(f"/practice/{practised.id}/resume")
    stored = session.scalars(select(Response.position).where(Response.attempt_id == practised.id)).all()
    assert stored == [1]
    assert session.scalars(select(Mark.position).where(Mark.attempt_id == practised.id)).all() == [1]


def test_a_neighbours_mock_holds_nothing_of_mine(page: Pages, session: Session, owner: User, bank: list[Item]) -> None:
    practice = make.attempt(session, owner, bank[:1], kind="practice")
    make.attempt(session, make.user(session, "neighbour@example.org"), bank[:1])
    assert bank[0].id in page.get(f"/practice/{practice.id}/items/1").html


def test_the_item_page_of_practice_runs_at_most_six_statements(
    page: Pages, session: Session, bank: list[Item], owner: User, count_statements: CountStatements
) -> None:
    practice = make.attempt(session, owner, bank[:1], kind="practice")
    session.commit()
    with count_statements() as statements:
        page.get(f"/practice/{practice.id}/items/1")
    assert len(statements) <= 6, statements


def test_staff_who_sit_a_mock_do_not_read_its_items_at_the_desk(
    page: Pages, session: Session, bank: list[Item]
) -> None:
    author = make.user(session, "author@example.org", "author")
    page.sign_in(author)
    mock = make.attempt(session, author, bank[:1])
    held = page.get(f"/desk/items/{bank[0].id}")
    assert "in a mock that you have begun yourself" in held.text
    assert "Alpha" not in held.html
    assert "Alpha" in page.get(f"/desk/items/{bank[1].id}").html
    mock.finished_at = make.NOW
    assert "Alpha" in page.get(f"/desk/items/{bank[0].id}").html


def test_the_export_tells_no_key_of_a_running_mock(
    page: Pages, session: Session, owner: User, bank: list[Item], practised: Attempt
) -> None:
    make.mark(session, practised, bank[5], 2)
    assert marks_in_export(page) == [bank[5].id]
    end_mock(session, owner)
    assert marks_in_export(page) == [bank[0].id, bank[5].id]


def marks_in_export(page: Pages) -> list[str]:
    tables = json.loads(page.client.get("/settings/export").text)["tables"]
    assert all(UUID(row["attempt_id"]) for row in tables["mark"])
    return sorted((row["item_id"] for row in tables["mark"]), key=lambda item_id: item_id[-1])
