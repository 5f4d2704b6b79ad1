"""The review of a finished exam: filters, the way through them, what was done at each item, and what stays hidden."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt
from quizapp.bank.models import Item
from tests import make
from tests.exam.sitting import Sitting
from tests.pages import Client, Page, Pages

BEGUN = make.NOW - timedelta(hours=2)
HELD = "This item is in a mock that you are sitting; its answer shows when that is over."


@pytest.fixture
def attempt(session: Session, owner: User) -> Attempt:
    """Six items, all with the key A: 1 right, 2 wrong and a guess, 3 flagged, without an answer, 4 changed to right,
    5 right, "think so" and slow, 6 right, with a note, highlights and struck-out options.
    """
    drawn = [make.item(session, f"fin-{n}", stem=f"Scene of fin-{n}.\n\nWhat is asked?") for n in range(1, 7)]
    sitting = Sitting(session, owner, drawn, started_at=BEGUN, allowed_seconds=6 * 60)
    sitting.sees(10, 1)
    sitting.answers(11, 1, "A")
    sitting.sees(20, 2)
    sitting.answers(21, 2, "B")
    sitting.says(22, 2, "guess")
    sitting.sees(30, 3)
    sitting.flags(31, 3)
    sitting.sees(40, 4)
    sitting.answers(41, 4, "C")
    sitting.answers(44, 4, "A")
    sitting.sees(50, 5)
    sitting.answers(51, 5, "A")
    sitting.says(52, 5, "think")
    sitting.sees(60, 6)
    sitting.answers(61, 6, "A")
    sitting.notes(62, 6, "Mind the scene.\nAnd the question.")
    sitting.highlights(63, 6, "0-5,9-14")
    sitting.strikes(64, 6, "BD")
    sitting.sees(66, 5)
    sitting.sees(66 + 120, 1)
    return sitting.submits(190)


def answers_page(page: Pages, attempt: Attempt, show: str = "all") -> Page:
    """The list under a filter."""
    return page.get(f"/attempts/{attempt.id}/answers?show={show}")


def item_page(page: Pages, attempt: Attempt, position: int, show: str = "") -> Page:
    """One item of the review."""
    return page.get(f"/attempts/{attempt.id}/answers/{position}" + (f"?show={show}" if show else ""))


def places(found: Page) -> list[int]:
    """The numbers of the items that a list shows."""
    return [int(text.rstrip(".")) for text in found.texts(".answer-list .place")]


@pytest.mark.parametrize(
    ("show", "positions"),
    [
        ("all", [1, 2, 3, 4, 5, 6]),
        ("wrong", [2, 3]),
        ("incomplete", [3]),
        ("flagged", [3]),
        ("unsure", [2, 5]),
        ("slow", [5]),
        ("changed", [4]),
        ("late", []),
    ],
)
def test_a_filter_keeps_what_it_names(show: str, positions: list[int], page: Pages, attempt: Attempt) -> None:
    found = answers_page(page, attempt, show)
    assert places(found) == positions
    chosen = found.one("nav [aria-current=page]")
    assert "".join(chosen.itertext()).endswith(f"({len(positions)})")


def test_a_filter_that_is_none_is_not_found(client: Client, owner: User, attempt: Attempt) -> None:
    assert client.get(f"/attempts/{attempt.id}/answers?show=easy").status_code == 404
    assert client.get(f"/attempts/{attempt.id}/answers/1?show=easy").status_code == 404
    assert client.get(f"/attempts/{attempt.id}/answers/99").status_code == 404


def test_previous_and_next_stay_within_the_filter(page: Pages, attempt: Attempt) -> None:
    here = f"/attempts/{attempt.id}/answers"
    first = item_page(page, attempt, 2, "unsure").links
    assert first["Next"] == f"{here}/5?show=unsure"
    assert "Previous" not in first
    last = item_page(page, attempt, 5, "unsure").links
    assert last["Previous"] == f"{here}/2?show=unsure"
    assert "Next" not in last
    without = item_page(page, attempt, 2).links
    assert (without["Previous"], without["Next"]) == (f"{here}/1", f"{here}/3")


def test_an_item_outside_the_filter_leads_to_its_nearest_ones(page: Pages, attempt: Attempt) -> None:
    links = item_page(page, attempt, 4, "unsure").links
    assert links["Previous"].endswith("/2?show=unsure")
    assert links["Next"].endswith("/5?show=unsure")


def test_an_item_tells_what_was_done_at_it(page: Pages, attempt: Attempt) -> None:
    done = item_page(page, attempt, 6).texts(".history div")
    assert done == [
        "Time 6 s on screen",
        "Seen for the first time",
        "Answers A after 1 min 1 s",
        "Struck out B, D",
        "Your note Mind the scene. And the question.",
    ]


def test_an_item_tells_its_answers_in_order(page: Pages, attempt: Attempt) -> None:
    found = item_page(page, attempt, 4)
    assert "Answers C after 41 s, then A after 44 s (wrong to right)" in found.texts(".history div")
    assert found.texts(".tag")[2:4] == ["Right", "Changed, wrong to right"]


def test_an_item_tells_how_sure_one_was_and_that_it_was_slow(page: Pages, attempt: Attempt) -> None:
    found = item_page(page, attempt, 5)
    assert "Certainty Think so" in found.texts(".history div")
    assert "Slow" in found.texts(".tag")


def test_highlights_are_shown_in_the_stem(page: Pages, attempt: Attempt) -> None:
    found = item_page(page, attempt, 6)
    assert found.texts(".stem mark") == ["Scene", "fin-6"]
    assert found.texts(".stem p") == ["Scene of fin-6.", "What is asked?"]


def test_a_repeat_is_told_from_first_sight(page: Pages, session: Session, owner: User) -> None:
    drawn = make.items(session, 1)
    earlier = Sitting(session, owner, drawn, started_at=BEGUN - timedelta(days=1))
    earlier.sees(0, 1)
    earlier.submits(10)
    again = Sitting(session, owner, drawn, started_at=BEGUN).submits(10)
    assert "Seen before, in an earlier attempt" in item_page(page, again, 1).texts(".history div")


def test_a_running_attempt_has_no_review(client: Client, session: Session, owner: User) -> None:
    running = make.attempt(session, owner, make.items(session, 2, prefix="hr"))
    for address in ("result", "answers", "answers/1", "print"):
        response = client.get(f"/attempts/{running.id}/{address}")
        assert response.status_code == 302
        assert response.location == f"/attempts/{running.id}/review"


# --- The print view -------------------------------------------------------------------------------------------------


def test_the_print_view_has_every_item_explained_with_what_was_done(page: Pages, attempt: Attempt) -> None:
    found = page.get(f"/attempts/{attempt.id}/print")
    assert found.h1 == "Print: Quick mock"
    sheets = found.texts("article")
    assert len(sheets) == 6
    assert "Why Bravo of fin-2 is right or wrong." in sheets[1]
    assert "Your note Mind the scene." in sheets[5]
    assert "Source of fin-6" in sheets[5]
    assert found.texts("article mark") == ["Scene", "fin-6"]


# --- While a mock of the same candidate has an item -----------------------------------------------------------------


@pytest.fixture
def holding(session: Session, owner: User, attempt: Attempt) -> Attempt:
    """A running mock that has the items fin-2, fin-4 and fin-6."""
    drawn = [item for item in _items(session) if item.id in {"fin-2", "fin-4", "fin-6"}]
    return make.attempt(session, owner, drawn)


def _items(session: Session) -> list[Item]:
    return list(session.scalars(select(Item).order_by(Item.id)))


def test_the_list_leaves_out_the_stem_and_the_truth_of_a_held_item(
    page: Pages, attempt: Attempt, holding: Attempt
) -> None:
    found = answers_page(page, attempt)
    cards = found.texts(".answer-list .card")
    for position in (2, 4, 6):
        assert HELD in cards[position - 1]
        assert f"fin-{position}" not in cards[position - 1]
        assert not {"Right", "Wrong"} & set(cards[position - 1].split())
    assert "Changed, wrong to right" not in found.text
    assert places(answers_page(page, attempt, "wrong")) == [3]


def test_a_held_item_is_not_explained(page: Pages, attempt: Attempt, holding: Attempt) -> None:
    found = item_page(page, attempt, 6)
    assert HELD in found.text
    for secret in ("Scene", "Alpha", "Why", "Source", "Right", "Mind the scene"):
        assert secret not in found.text
    assert "wrong to right" not in item_page(page, attempt, 4).text


def test_the_print_view_leaves_a_held_item_out(page: Pages, attempt: Attempt, holding: Attempt) -> None:
    sheets = page.get(f"/attempts/{attempt.id}/print").texts("article")
    assert HELD in sheets[5]
    assert "fin-6" not in sheets[5]
    assert "Mind the scene" not in sheets[5]
    assert "Why Alpha of fin-5" in sheets[4]


def test_a_mock_that_is_set_aside_and_a_strangers_mock_hold_nothing(
    page: Pages, session: Session, attempt: Attempt
) -> None:
    stranger = make.user(session, "stranger@example.org")
    drawn = _items(session)
    make.attempt(session, stranger, drawn)
    owner = session.get_one(User, attempt.user_id)
    make.attempt(session, owner, drawn, archived_at=make.NOW)
    assert HELD not in answers_page(page, attempt).text
