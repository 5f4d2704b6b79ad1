"""Weak areas: what counts, in which groups, and in which order."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.bank.models import Item
from quizapp.insights.queries import progress_of
from quizapp.rules.scoring import Tally
from tests import make
from tests.conftest import CountStatements
from tests.pages import Page, Pages, text_of

GROUPS_OF_MADE_ITEMS = {"domain": "finance", "area": "finance", "topic": "budgeting"}


@pytest.fixture
def owner(session: Session) -> User:
    return make.user(session, target_percent=70)


def marked(
    session: Session, owner: User, items: list[Item], right: int, *, is_first_sight: bool = True, **columns: Any
) -> None:
    """A finished attempt on `items`, of which the first `right` were answered right."""
    attempt = make.attempt(session, owner, items, finished_at=make.NOW, correct_count=right, **columns)
    for position, item in enumerate(items, 1):
        make.mark(session, attempt, item, position, is_correct=position <= right, is_first_sight=is_first_sight)


def some(session: Session, number: int, domain: str, area: str, topic: str) -> list[Item]:
    return make.items(session, number, prefix=domain, domain=domain, areas=(area,), topics=(topic,))


def test_marks_are_counted_by_domain_area_and_topic(session: Session, owner: User) -> None:
    finance = some(session, 4, "finance", "finance", "budgeting")
    risk = some(session, 3, "risk-management", "law-and-ethics", "clia")
    marked(session, owner, finance + risk, 5)
    progress = progress_of(session, owner.id)
    assert progress.first_sight == Tally(5, 7)
    assert progress.repeats == Tally(0, 0)
    assert progress.groups == {
        "domain": {"finance": Tally(4, 4), "risk-management": Tally(1, 3)},
        "area": {"finance": Tally(4, 4), "law-and-ethics": Tally(1, 3)},
        "topic": {"budgeting": Tally(4, 4), "clia": Tally(1, 3)},
    }


def test_an_item_of_two_areas_counts_in_both(session: Session, owner: User) -> None:
    marked(session, owner, [make.item(session, areas=("finance", "operations"))], 1)
    assert progress_of(session, owner.id).groups["area"] == {"finance": Tally(1, 1), "operations": Tally(1, 1)}


def test_repeats_stand_apart_and_in_no_group(session: Session, owner: User) -> None:
    items = make.items(session, 3)
    marked(session, owner, items, 1)
    marked(session, owner, items, 3, is_first_sight=False)
    progress = progress_of(session, owner.id)
    assert (progress.first_sight, progress.repeats) == (Tally(1, 3), Tally(3, 3))
    assert progress.groups["domain"] == {"finance": Tally(1, 3)}


def test_items_left_without_an_answer_are_in_no_tally(session: Session, owner: User) -> None:
    items = make.items(session, 9)
    attempt = make.attempt(session, owner, items, finished_at=make.NOW, correct_count=1)
    make.mark(session, attempt, items[0])
    for position, item in enumerate(items[1:], 2):
        make.mark(session, attempt, item, position, chosen=None, is_correct=False, is_first_sight=position < 6)
    progress = progress_of(session, owner.id)
    assert (progress.first_sight, progress.repeats, progress.unanswered) == (Tally(1, 1), Tally(), 8)
    assert progress.groups == {group: {name: Tally(1, 1)} for group, name in GROUPS_OF_MADE_ITEMS.items()}


def test_an_attempt_that_is_set_aside_does_not_count(session: Session, owner: User) -> None:
    items = make.items(session, 3)
    marked(session, owner, items, 1)
    marked(session, owner, items, 3, archived_at=make.NOW)
    assert progress_of(session, owner.id).first_sight == Tally(1, 3)


def test_a_neighbours_marks_do_not_count(session: Session, owner: User) -> None:
    marked(session, make.user(session, "neighbour@example.org"), make.items(session, 3), 1)
    progress = progress_of(session, owner.id)
    assert progress.first_sight == Tally(0, 0)
    assert progress.groups == {"domain": {}, "area": {}, "topic": {}}


def test_it_takes_two_statements_however_long_the_history(
    session: Session, owner: User, count_statements: CountStatements
) -> None:
    items = make.items(session, 5)
    for days in range(4):
        marked(session, owner, items, days, started_at=make.NOW - timedelta(days=days))
    with count_statements() as statements:
        progress_of(session, owner.id)
    assert len(statements) == 2, str(statements)


# --- The page -------------------------------------------------------------------------------------------------------


def test_before_the_first_answer_the_page_leads_to_the_mocks(owner: User, page: Pages) -> None:
    page.sign_in(owner)
    shown = page.get("/progress")
    assert "Nothing to show yet" in shown.text
    assert shown.links["Choose a mock"] == "/mocks"


def test_the_page_shows_the_weakest_first_with_one_click_to_practise(
    session: Session, owner: User, page: Pages
) -> None:
    marked(session, owner, some(session, 10, "finance", "finance", "budgeting"), 9)
    marked(session, owner, some(session, 10, "risk-management", "law-and-ethics", "clia"), 2)
    marked(session, owner, some(session, 2, "human-resources", "human-resources", "leave"), 1)
    page.sign_in(owner)
    shown = page.get("/progress")
    assert dict(zip(shown.texts("dt"), shown.texts("dd"), strict=True)) == {
        "right at first sight, of answers given": "12 of 22",
        "our target, not PAHCOM's": "70 %",
    }
    assert [" ".join(text_of(cell) for cell in row[:2]) for row in shown.all("tbody tr")[:3]] == [
        "Risk Management below target 2 of 10",
        "Human Resources few answers 1 of 2",
        "Finance 9 of 10",
    ]
    started = page.post("/practice", button_of(shown, "risk-management"))
    assert started.url.startswith("/practice/")
    assert started.texts(".eyebrow") == ["Practice: Risk Management"]


def test_the_page_says_what_was_left_without_an_answer(session: Session, owner: User, page: Pages) -> None:
    items = make.items(session, 2)
    attempt = make.attempt(session, owner, items, finished_at=make.NOW, correct_count=1)
    make.mark(session, attempt, items[0])
    make.mark(session, attempt, items[1], 2, chosen=None, is_correct=False)
    page.sign_in(owner)
    shown = page.get("/progress")
    assert "1 of 1" in shown.texts("dd")
    assert (
        dict(zip(shown.texts("dt"), shown.texts("dd"), strict=True))["left without an answer, not counted here"] == "1"
    )
    assert shown.texts("caption")[0].startswith("By domain: right answers of answers given at first sight.")


def button_of(shown: Page, domain: str) -> dict[str, str]:
    """The fields of the button that practises a domain."""
    for form in shown.all("tbody form"):
        fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
        if fields.get("domains") == domain:
            return fields
    raise AssertionError(domain)
