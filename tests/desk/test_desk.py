"""The bank as authors and reviewers see it, and nobody else."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.pages import Page, Pages, text_of


@pytest.fixture
def author(session: Session, page: Pages) -> None:
    page.sign_in(make.user(session, "author@example.org", "author"))


def rows(shown: Page, table: int) -> list[str]:
    tables = shown.all("main table")
    return [" ".join(text_of(cell) for cell in row) for row in tables[table].iter("tr")][1:]


@pytest.mark.parametrize("role", ["author", "reviewer", "administrator"])
def test_staff_may_look_at_the_bank(session: Session, page: Pages, role: str) -> None:
    make.item(session)
    page.sign_in(make.user(session, role=role))
    assert page.get("/desk").h1 == "The bank"
    assert page.get("/desk/items/fin-1").h1 == "fin-1"


def test_a_candidate_finds_nothing_there(session: Session, page: Pages) -> None:
    make.item(session)
    page.sign_in(make.user(session))
    page.get("/desk", 404)
    page.get("/desk/items/fin-1", 404)
    assert "/desk" not in page.get("/dashboard").html


def test_a_role_that_was_taken_away_opens_nothing_any_more(session: Session, page: Pages) -> None:
    user = make.user(session, role="author")
    page.sign_in(user)
    page.get("/desk")
    user.is_author = False
    page.get("/desk", 404)


@pytest.mark.usefixtures("author")
def test_the_overview_counts_items_by_domain_and_level(session: Session, page: Pages) -> None:
    for number, level in enumerate(["recall", "application", "application", "analysis"]):
        make.item(session, f"fin-{number}", level=level)
    make.item(session, "fin-draft", status="draft")
    make.item(session, "risk-1", domain="risk-management", status="retired")
    counts = rows(page.get("/desk"), 0)
    assert "Finance 1 2 1 1" in counts
    assert "Risk Management 0 0 0 1" in counts
    assert "Human Resources 0 0 0 0" in counts
    assert len(counts) == 9


@pytest.mark.usefixtures("author")
def test_what_is_due_for_review_comes_first(session: Session, page: Pages) -> None:
    make.item(session, "fin-later", review_by=date(2027, 1, 1))
    make.item(session, "fin-today", review_by=date(2026, 3, 10))
    make.item(session, "fin-due", review_by=date(2026, 3, 9))
    assert rows(page.get("/desk"), 1) == [
        "fin-due due application published 9 Mar 2026",
        "fin-today application published 10 Mar 2026",
        "fin-later application published 1 Jan 2027",
    ]


@pytest.mark.usefixtures("author")
def test_one_domain_can_be_looked_at_alone(session: Session, page: Pages) -> None:
    make.item(session, "fin-1")
    make.item(session, "risk-1", domain="risk-management")
    assert [row.split()[0] for row in rows(page.get("/desk?domain=finance"), 1)] == ["fin-1"]
    assert rows(page.get("/desk?domain=human-resources"), 1) == ["No items here."]


@pytest.mark.usefixtures("author")
def test_a_long_list_comes_in_pages_of_fifty(session: Session, page: Pages) -> None:
    make.items(session, 52)
    first = page.get("/desk")
    assert (len(rows(first, 1)), "Previous page" in first.links) == (50, False)
    second = page.get(first.links["Next page"])
    assert (len(rows(second, 1)), "Next page" in second.links) == (2, False)


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", f"page={10**30}", f"page={'9' * 5000}"])
def test_an_absurd_page_number_is_some_page(session: Session, page: Pages, query: str) -> None:
    make.item(session)
    page.get(f"/desk?{query}")


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize("address", ["/desk/items/none", "/desk/items/%00", "/desk/items/a%0Ab", "/desk?domain=%00"])
def test_what_is_not_there_is_not_found(session: Session, page: Pages, address: str) -> None:
    make.item(session)
    page.get(address, 404)


@pytest.mark.usefixtures("author")
def test_an_item_is_shown_whole_in_the_order_of_its_file(session: Session, page: Pages) -> None:
    make.item(session, "fin-1", key=2, areas=("finance", "operations"))
    shown = page.get("/desk/items/fin-1")
    assert shown.texts(".tags .tag")[:3] == ["version 1", "application", "published"]
    assert "Operations" in shown.texts(".tags .tag")
    assert [text.split()[0] for text in shown.texts(".option .text")] == ["Alpha", "Bravo", "Charlie", "Delta"]
    assert len(shown.texts(".rationale")) == 4
    (key,) = shown.texts(".option.key")
    assert key.startswith("C Charlie of fin-1 Right answer")
    assert "Source of fin-1" in shown.texts(".citation")[0]
