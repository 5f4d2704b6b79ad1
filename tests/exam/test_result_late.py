"""What arrives late is kept and shown, with the reason why it does not count."""

from datetime import timedelta

from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make
from tests.exam.sitting import Sitting
from tests.pages import Pages

BEGUN = make.NOW - timedelta(hours=2)
ALLOWED = 60 * 41


def late_rows(page: Pages, sitting: Sitting) -> list[str]:
    """The rows of the table on the result."""
    found = page.get(f"/attempts/{sitting.attempt.id}/result")
    return found.texts("table.late tbody tr")


def test_an_answer_made_after_the_time_was_up_is_shown(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 2, key=0), started_at=BEGUN, late_window_seconds=86400)
    sitting.answers(60, 1, "A")
    sitting.answers(ALLOWED + 60, 1, "B")
    sitting.submits(ALLOWED + 120)
    rows = late_rows(page, sitting)
    assert rows == ["1 Answer B 10 Mar 2026, 14:12 10 Mar 2026, 14:12 made after the time was up"]
    assert "1 of 2 right" in page.get(f"/attempts/{sitting.attempt.id}/result").text


def test_an_answer_that_arrives_after_the_result_was_opened_is_shown(
    page: Pages, session: Session, owner: User
) -> None:
    sitting = Sitting(session, owner, make.items(session, 2, key=0), started_at=BEGUN, late_window_seconds=86400)
    sitting.answers(60, 1, "A")
    sitting.submits(600)
    sitting.answers(500, 2, "A", later=1200)
    sitting.does(510, 2, "note", "Was it this?", later=1190)
    assert late_rows(page, sitting) == [
        "2 Answer A 10 Mar 2026, 13:38 10 Mar 2026, 13:58 arrived after the attempt was closed",
        "2 Note: Was it this? 10 Mar 2026, 13:38 10 Mar 2026, 13:58 arrived after the attempt was closed",
    ]
    found = page.get(f"/attempts/{sitting.attempt.id}/answers?show=late")
    assert found.texts(".answer-list .place") == ["2."]
    item = page.get(f"/attempts/{sitting.attempt.id}/answers/2")
    assert "No answer" in item.texts(".tag")
    assert len(item.texts("table.late tbody tr")) == 2


def test_an_answer_that_misses_the_late_window_is_shown(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 2, key=0), started_at=BEGUN, late_window_seconds=60)
    sitting.answers(ALLOWED - 60, 1, "A", later=180)
    sitting.submits(ALLOWED + 600)
    assert late_rows(page, sitting) == [
        "1 Answer A 10 Mar 2026, 14:10 10 Mar 2026, 14:13 arrived after the late window"
    ]


def test_an_answer_within_the_late_window_counts_and_is_not_listed(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 2, key=0), started_at=BEGUN, late_window_seconds=600)
    sitting.answers(ALLOWED - 60, 1, "A", later=180)
    sitting.submits(ALLOWED + 600)
    found = page.get(f"/attempts/{sitting.attempt.id}/result")
    assert "1 of 2 right" in found.text
    assert "late" not in found.text


def test_a_long_list_is_cut_and_leads_to_the_rest(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 25), started_at=BEGUN)
    sitting.submits(600)
    for position in range(1, 26):
        sitting.answers(500, position, "A", later=200)
    found = page.get(f"/attempts/{sitting.attempt.id}/result")
    assert "25 entries arrived late and are not counted." in found.text
    assert len(found.texts("table.late tbody tr")) == 20
    assert found.links["The items with all of them"] == f"/attempts/{sitting.attempt.id}/answers?show=late"


def test_the_note_on_a_held_item_stays_out_of_the_list(page: Pages, session: Session, owner: User) -> None:
    drawn = make.items(session, 1)
    sitting = Sitting(session, owner, drawn, started_at=BEGUN)
    sitting.submits(600)
    sitting.does(500, 1, "note", "It is Bravo.", later=200)
    make.attempt(session, owner, drawn)
    assert "Bravo" not in page.get(f"/attempts/{sitting.attempt.id}/result").text
    assert "Bravo" not in page.get(f"/attempts/{sitting.attempt.id}/answers/1").text
