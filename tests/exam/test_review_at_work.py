"""What candidates see of readings and review dates: which items mocks draw, and how what is due is marked."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.attempts.models import AttemptItem
from quizapp.bank.actions import flag, load_readings, unflag
from quizapp.bank.models import Item
from quizapp.bank.queries import mock_pool
from quizapp.bank.tags import blueprint_of
from quizapp.config import ROOT
from tests import make
from tests.candidate import DOMAINS, Exam, passed, practise, start
from tests.conftest import CountStatements
from tests.pages import Client, Pages

TODAY = make.NOW.date()
DAY = timedelta(days=1)
PER_DOMAIN = 3


def stock(session: Session, number: int = PER_DOMAIN) -> list[Item]:
    """So many items of each domain."""
    return [make.item(session, f"{domain}-{n}", domain=domain) for domain in DOMAINS for n in range(number)]


def drawn(exam: Exam) -> set[str]:
    found = exam.client.session.scalars(select(AttemptItem.item_id).where(AttemptItem.attempt_id == exam.id))
    return set(found)


def finished(exam: Exam) -> Exam:
    assert exam.submit().status_code == 303
    return exam


# --- What nobody has read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["full", "half", "quick", "domain", "area", "custom", "sampler"])
def test_no_mock_draws_an_item_that_no_second_reader_has_passed(
    kind: str, session: Session, owner: User, client: Client
) -> None:
    make.items(session, 4)
    make.items(session, 4, prefix="unread", is_read=False)
    token = {"start_token": str(uuid4())}
    if kind == "custom":
        exam = Exam(client, client.post("/mocks/custom", data={"item_count": "4", "minutes": "5", **token}))
    elif kind == "sampler":
        exam = Exam(client, client.post("/sampler", data=token))
    else:
        exam = start(client, kind, "finance" if kind in {"domain", "area"} else "")
    assert drawn(exam) == {"fin-1", "fin-2", "fin-3", "fin-4"}


def test_a_custom_mock_of_more_items_than_were_read_is_offered_at_its_largest(
    session: Session, owner: User, page: Pages
) -> None:
    make.items(session, 4)
    make.items(session, 4, prefix="unread", is_read=False)
    offered = page.post("/mocks/custom", {"item_count": "8", "minutes": "8", "start_token": str(uuid4())})
    assert "4 items" in offered.text


def test_the_catalogue_and_the_forms_count_what_can_be_drawn(session: Session, owner: User, page: Pages) -> None:
    stock(session, 25)
    make.items(session, 5, prefix="unread", is_read=False)
    flag(session, ["finance-0"], "", make.NOW)
    assert "Finance (24)" in page.get("/mocks/custom").text
    practice = page.get("/practice").text
    assert "Finance (30)" in practice
    assert "Unseen items left for mocks: 224 of 224" in practice
    custom = {"item_count": "200", "domains": "finance", "start_token": str(uuid4())}
    assert "24 items" in page.post("/mocks/custom", custom).text


def test_a_mock_that_the_readings_do_not_fill_is_offered_at_its_largest(
    session: Session, owner: User, page: Pages
) -> None:
    make.items(session, 4)
    make.items(session, 5, prefix="unread", is_read=False)
    assert "Finance 4 items" in page.get("/mocks").text
    assert page.get("/mocks/new?kind=domain&tag=finance").texts(".stats dd")[0] == "4"
    assert len(drawn(practise(page.client, 9, domains="finance"))) > 4


def test_the_reserve_is_of_what_mocks_draw_and_practice_is_free_to_use_the_rest(
    session: Session, owner: User, page: Pages
) -> None:
    stock(session)
    make.items(session, 6, prefix="unread", is_read=False)
    assert "Unseen items left for mocks: 27 of 27" in page.get("/practice").text
    assert "9 unseen items in reserve." in page.get("/practice").text
    # Of three items that were read one is in reserve; the six unread ones are not.
    assert len(drawn(practise(page.client, 30, domains="finance"))) == 8


def test_practice_says_that_an_item_was_not_yet_read_when_it_explains_it(
    session: Session, owner: User, page: Pages
) -> None:
    make.item(session, "fin-1", is_read=False)
    exam = practise(page.client, 1)
    here = f"/practice/{exam.id}/items/1"
    assert "second reader" not in page.get(here).text
    answered = page.post(here, {"answer": "A"})
    assert "Not yet read by a second reader." in answered.text
    load_readings(session, passed([make.item_text("fin-1")]))
    assert "second reader" not in page.get(here).text


# --- What is due ----------------------------------------------------------------------------------------------------


def due_mock(session: Session, client: Client, due: int) -> Exam:
    """A domain mock of four items, so many of them due for review."""
    make.items(session, 4 - due)
    make.items(session, due, prefix="due", review_by=TODAY - DAY)
    return start(client, "domain", "finance")


def test_the_start_page_says_how_many_items_are_due(session: Session, owner: User, page: Pages) -> None:
    make.items(session, 18)
    assert "due for review" not in page.get("/mocks/new?kind=domain&tag=finance").text
    make.items(session, 1, prefix="due", review_by=TODAY - DAY)
    found = page.get("/mocks/new?kind=domain&tag=finance").text
    assert "1 item of this mock is due for review: what it rests on may have changed." in found
    make.items(session, 5, prefix="later", review_by=TODAY - DAY)
    assert "2 items of this mock are due for review" in page.get("/mocks/new?kind=domain&tag=finance").text


def test_the_result_says_how_many_items_were_due_at_the_draw_whatever_became_of_them(
    session: Session, owner: User, page: Pages
) -> None:
    exam = due_mock(session, page.client, due=2)
    assert exam.row.due_count == 2
    finished(exam)
    says = "2 items of this form were due for review when you began"
    assert says in page.get(f"/attempts/{exam.id}/result").text
    for item in session.scalars(select(Item)):
        item.review_by = TODAY + DAY
    session.flush()
    assert says in page.get(f"/attempts/{exam.id}/result").text


def test_a_result_without_due_items_says_nothing_of_them(session: Session, owner: User, page: Pages) -> None:
    exam = finished(due_mock(session, page.client, due=0))
    for item in session.scalars(select(Item)):
        item.review_by = TODAY - DAY
    session.flush()
    assert "due for review" not in page.get(f"/attempts/{exam.id}/result").text


def test_an_explained_item_says_since_when_it_is_due(
    session: Session, owner: User, page: Pages, clock: Traveller
) -> None:
    make.items(session, 2, review_by=TODAY)
    exam = finished(start(page.client, "domain", "finance"))
    addresses = (f"/attempts/{exam.id}/answers/1", f"/attempts/{exam.id}/print")
    assert all("Next review by 2026-03-10." in page.get(address).text for address in addresses)
    clock.shift(DAY)
    for address in addresses:
        shown = page.get(address).text
        assert "Due for review since 2026-03-10: what it rests on may have changed." in shown
        assert "Next review by" not in shown


def test_an_item_that_was_read_again_is_due_no_longer_in_the_review_of_an_old_form(
    session: Session, owner: User, page: Pages
) -> None:
    exam = finished(due_mock(session, page.client, due=4))
    session.get_one(Item, "due-1").review_by = TODAY + DAY
    session.flush()
    [first] = [place.position for place in session.scalars(select(AttemptItem)) if place.item_id == "due-1"]
    shown = page.get(f"/attempts/{exam.id}/answers/{first}").text
    assert "Due for review" not in shown
    assert "Next review by 2026-03-11." in shown  # Not the day that has gone by, of the version that was drawn.


def test_a_flagged_item_is_marked_from_the_day_of_its_flag(session: Session, owner: User, page: Pages) -> None:
    make.items(session, 1)
    exam = finished(start(page.client, "domain", "finance"))
    flag(session, ["fin-1"], "Amended", make.NOW - 3 * DAY)
    shown = page.get(f"/attempts/{exam.id}/answers/1").text
    assert "Due for review since 2026-03-07" in shown
    assert "Amended" not in shown


# --- What leaves mocks ----------------------------------------------------------------------------------------------


def test_a_flagged_item_and_one_a_year_late_leave_mocks_where_a_full_form_can_do_without_them(
    session: Session, owner: User, client: Client
) -> None:
    # A full form takes 23 of each of nine domains.
    stock(session, 25)
    flag(session, ["finance-3"], "Amended", make.NOW)
    session.get_one(Item, "finance-4").review_by = date(2025, 3, 10)
    session.flush()
    full = start(client, "full")
    assert len(drawn(full)) == 200
    assert not drawn(full) & {"finance-3", "finance-4"}
    assert not drawn(start(client, "quick")) & {"finance-3", "finance-4"}


def test_they_stay_where_a_full_form_needs_them_and_it_says_so(session: Session, owner: User, page: Pages) -> None:
    bank = stock(session, 23)
    late = [item for item in bank if item.domain == "finance"][:5]
    for item in late:
        item.review_by = date(2025, 1, 10)
    session.flush()
    assert page.get("/mocks/new?kind=full").texts(".stats dd")[0] == "200"
    full = start(page.client, "full")
    assert full.row.due_count == len(drawn(full) & {item.id for item in late}) >= 4


def test_an_item_comes_back_when_its_flag_is_taken_away(session: Session) -> None:
    stock(session, 30)
    flag(session, ["finance-1"], "", make.NOW)
    assert counts(session)["finance"] == 29
    unflag(session, ["finance-1"])
    assert counts(session)["finance"] == 30


def counts(session: Session) -> Counter[str]:
    """How many items of each domain mocks draw."""
    return mock_pool(session, blueprint_of(ROOT / "question_bank"), TODAY).counts_by_domain


# --- Statements -----------------------------------------------------------------------------------------------------


def test_dates_flags_and_readings_cost_no_statement_more_in_a_large_bank(
    session: Session, owner: User, page: Pages, count_statements: CountStatements
) -> None:
    found = []
    for size in (3, 9):
        for domain in DOMAINS:
            for n in range(size):
                make.item(session, f"of-{size}-{domain}-{n}", domain=domain, review_by=TODAY - 500 * DAY, is_read=n > 0)
        flag(session, [f"of-{size}-finance-1"], "", make.NOW)
        session.commit()
        assert not owner.roles  # Read here, since the test's browser asks for it.
        with count_statements() as starting:
            start(page.client, "quick")
        with count_statements() as looking:
            page.get("/mocks/new?kind=quick")
        with count_statements() as browsing:
            page.get("/mocks")
        found.append((len(starting), len(looking), len(browsing)))
    assert found[0] == found[1], starting
    assert found[0][0] <= 8
