"""The result tells where the time went, which answers changed, how sure one was, and what time was given back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt
from tests import make
from tests.conftest import CountStatements
from tests.exam.sitting import Sitting
from tests.pages import Page, Pages

BEGUN = make.NOW - timedelta(hours=2)


def result_page(page: Pages, attempt: Attempt, owner: User) -> Page:
    """The result, as its owner sees it."""
    page.sign_in(owner)
    return page.get(f"/attempts/{attempt.id}/result")


def section(found: Page, heading: str) -> str:
    """The text of the section under a heading."""
    texts = [text for text in found.texts("section") if text.startswith(heading)]
    assert len(texts) == 1, found.texts("section")
    return texts[0]


def test_time_goes_to_the_item_on_screen(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 4), started_at=BEGUN)
    for seconds, position in ((0, 1), (30, 2), (60, 3), (90, 4)):
        sitting.sees(seconds, position)
    attempt = sitting.submits(90 + 9 * 60 + 30)
    time = section(result_page(page, attempt, owner), "Time")
    assert "Time used: 11 min of 41 min." in time
    assert "An item took you 2 min 45 s on average, half of them 30 s or less; the time allowed is 10 min 15 s" in time
    assert "The slowest: item 4 (9 min 30 s), item 1 (30 s), item 2 (30 s), item 3 (30 s)." in time
    assert "No item took over twice your usual time and longer than the pace allows." in time


def test_a_long_silence_counts_as_away(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 2), started_at=BEGUN)
    sitting.sees(0, 1)
    sitting.sees(15 * 60, 2)
    time = section(result_page(page, sitting.submits(16 * 60), owner), "Time")
    assert "For 15 min nothing was done for over ten minutes: that counts as away, to no item." in time


def test_time_is_told_by_domain(page: Pages, session: Session, owner: User) -> None:
    drawn = [
        make.item(session, "fin-1"),
        make.item(session, "hr-1", domain="human-resources"),
        make.item(session, "hr-2", domain="human-resources"),
    ]
    sitting = Sitting(session, owner, drawn, started_at=BEGUN)
    for seconds, position in ((0, 1), (30, 2), (130, 3)):
        sitting.sees(seconds, position)
    found = result_page(page, sitting.submits(190), owner)
    rows = found.texts("table.times tbody tr")
    assert rows == ["Human Resources 2 min 40 s 1 min 20 s an item", "Finance 30 s 30 s an item"]


def test_an_attempt_without_a_log_says_that_no_times_were_recorded(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 2), started_at=BEGUN)
    found = result_page(page, sitting.submits(60), owner)
    assert "No times were recorded for single items." in section(found, "Time")
    assert section(found, "Answers that you changed").endswith("You changed no answer.")
    assert "How sure you were" not in found.text


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (("BA", "BC"), "wrong to right 1 right to wrong 0 wrong to wrong 1 Changing answers gained you 1 here."),
        (("AB", "A"), "wrong to right 0 right to wrong 1 wrong to wrong 0 Changing answers cost you 1 here."),
        (("AB", "BA"), "wrong to right 1 right to wrong 1 wrong to wrong 0 Changing answers neither gained nor cost"),
        (("ABA", "B"), "wrong to wrong 0 back to the first 1 Changing answers neither gained nor cost"),
    ],
)
def test_changed_answers_are_told_without_a_moral(
    letters: tuple[str, ...], words: str, page: Pages, session: Session, owner: User
) -> None:
    drawn = make.items(session, 2, key=0)
    sitting = Sitting(session, owner, drawn, started_at=BEGUN)
    for position, given in enumerate(letters, start=1):
        for seconds, letter in enumerate(given):
            sitting.answers(position * 10 + seconds, position, letter)
    found = section(result_page(page, sitting.submits(60), owner), "Answers that you changed")
    assert words in found


def test_certainty_is_held_against_truth(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 3, key=0), started_at=BEGUN)
    for position, letter, certainty in ((1, "A", "sure"), (2, "B", "sure"), (3, "A", "guess")):
        sitting.answers(position * 10, position, letter)
        sitting.says(position * 10 + 1, position, certainty)
    found = result_page(page, sitting.submits(60), owner)
    sure = section(found, "How sure you were")
    assert "Sure 1 of 2 50 %" in sure
    assert "Guess 1 of 1 100 %" in sure
    assert "Think so" not in sure
    assert "1 answer that you were sure of was wrong: read that one first" in sure


def test_first_sight_stands_apart_from_repeats(page: Pages, session: Session, owner: User) -> None:
    drawn = make.items(session, 3, key=0)
    earlier = Sitting(session, owner, drawn[:1], started_at=BEGUN - timedelta(days=3))
    earlier.sees(0, 1)
    earlier.submits(60)
    sitting = Sitting(session, owner, drawn, started_at=BEGUN)
    sitting.answers(10, 1, "A")
    sitting.answers(20, 2, "A")
    found = result_page(page, sitting.submits(60), owner)
    assert "2 items at first sight, of which 1 right (50 %)." in found.text
    assert "1 item met before, of which 1 right (100 %)" in found.text


def test_time_given_back_is_marked(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(
        session,
        owner,
        make.items(session, 2),
        started_at=BEGUN,
        outage_seconds=420,
        break_seconds=720,
        time_percent=150,
        is_strict=True,
    )
    sitting.sees(0, 1)
    found = result_page(page, sitting.submits(20 * 60), owner)
    assert found.texts(".tags li")[:4] == [
        "Strict",
        "Extra time × 1.5",
        "7 min added for an outage",
        "12 min of breaks",
    ]
    assert "Time used: 8 min of 48 min." in found.text


def test_a_mock_without_extras_is_ordinary_and_one_without_a_clock_untimed(
    page: Pages, session: Session, owner: User
) -> None:
    drawn = make.items(session, 2)
    ordinary = Sitting(session, owner, drawn, started_at=BEGUN).submits(60)
    untimed = Sitting(session, owner, drawn, started_at=BEGUN, allowed_seconds=None, deadline_at=None)
    untimed.sees(0, 1)
    assert result_page(page, ordinary, owner).texts(".tags li") == ["Ordinary"]
    found = result_page(page, untimed.submits(60), owner)
    assert found.texts(".tags li") == ["Untimed"]
    assert "the exam's pace is 54 s an item" in found.text


def test_a_guest_sees_the_whole_result_of_the_sampler(page: Pages, session: Session) -> None:
    guest = make.guest(session)
    sitting = Sitting(session, guest, make.items(session, 2), kind="sampler", started_at=BEGUN)
    sitting.sees(0, 1)
    found = result_page(page, sitting.submits(40), guest)
    assert "Keep this result." in found.text
    assert "The slowest: item 1 (40 s)." in section(found, "Time")
    assert "All my notes" not in found.text


@pytest.mark.parametrize("number", [3, 200])
def test_statements_and_size_do_not_grow_with_the_form(
    number: int, page: Pages, session: Session, owner: User, count_statements: CountStatements
) -> None:
    drawn = [make.item(session, f"i-{n}", topics=[f"topic-{n // 2}"], areas=["finance"]) for n in range(number)]
    sitting = Sitting(session, owner, drawn, kind="full", started_at=BEGUN, allowed_seconds=10800)
    for position in range(1, number + 1):
        sitting.sees(position * 10, position)
        sitting.answers(position * 10 + 5, position, "B", later=0)
    attempt = sitting.submits(number * 10 + 60)
    for position in range(1, number + 1):
        sitting.does(number * 10 + 50, position, "answer", "C", later=20)
    page.sign_in(owner)
    here = f"/attempts/{attempt.id}"
    for address in (f"{here}/result", f"{here}/answers", f"{here}/answers/2", f"{here}/print", "/notes"):
        with count_statements() as statements:
            found = page.get(address)
        assert len(statements) <= 8, f"{address} {statements}"
        if address.endswith("/result"):
            assert len(found.html.encode()) <= 60_000
