"""All notes and highlights of a candidate on one page."""

from datetime import timedelta

from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make
from tests.exam.sitting import Sitting
from tests.pages import Client, Pages

BEGUN = make.NOW - timedelta(days=2)


def test_without_notes_the_page_says_where_they_would_come_from(page: Pages, owner: User) -> None:
    found = page.get("/notes")
    assert found.h1 == "My notes and highlights"
    assert "No notes yet" in found.text


def test_notes_and_highlights_of_all_attempts_stand_on_one_page_the_newest_first(
    page: Pages, session: Session, owner: User
) -> None:
    drawn = make.items(session, 3)
    old = Sitting(session, owner, drawn, started_at=BEGUN, title="Old mock")
    old.notes(10, 2, "An old note")
    new = Sitting(session, owner, drawn, started_at=BEGUN + timedelta(days=1), title="New mock")
    new.highlights(10, 3, "0-4")
    new.notes(20, 1, "First try")
    new.notes(30, 1, "Second try")
    new.notes(40, 2, "Not needed")
    new.notes(50, 2, "")
    for sitting in (old, new):
        sitting.submits(60)
    stranger = make.user(session, "stranger@example.org")
    Sitting(session, stranger, drawn, started_at=BEGUN).notes(10, 1, "A stranger's note")
    found = page.get("/notes")
    assert found.texts("h2") == ["New mock", "Old mock"]
    assert found.texts(".noted .stem") == [f"What does {name} ask?" for name in ("fin-1", "fin-3", "fin-2")]
    assert found.texts(".note-text") == ["Your note: Second try", "Your note: An old note"]
    assert found.texts("mark") == ["What"]
    assert found.links["Item 2 of Old mock: answer and reasons"] == f"/attempts/{old.attempt.id}/answers/2"


def test_items_of_a_running_mock_are_left_out_and_counted(page: Pages, session: Session, owner: User) -> None:
    drawn = make.items(session, 3)
    done = Sitting(session, owner, drawn, started_at=BEGUN)
    done.notes(10, 1, "About the first")
    done.notes(20, 3, "About the third")
    done.submits(60)
    running = Sitting(session, owner, drawn[:1], started_at=make.NOW)
    running.notes(10, 1, "About the first, again")
    found = page.get("/notes")
    assert found.texts(".note-text") == ["Your note: About the third"]
    assert "2 items are left out, because a mock that you are sitting has them." in found.text


def test_notes_of_a_practice_set_lead_to_its_page(page: Pages, session: Session, owner: User) -> None:
    practice = make.attempt(session, owner, make.items(session, 1), kind="practice", finished_at=make.NOW)
    make.response(session, practice, "fin-1", kind="note", value="From practice")
    assert page.get("/notes").links["Item 1 of Quick mock: answer and reasons"] == f"/practice/{practice.id}/items/1"


def test_notes_of_an_attempt_that_was_set_aside_unfinished_lead_nowhere(
    page: Pages, session: Session, owner: User
) -> None:
    aside = make.attempt(session, owner, make.items(session, 1), archived_at=make.NOW)
    make.response(session, aside, "fin-1", kind="note", value="Begun only")
    found = page.get("/notes")
    assert found.links == {}
    assert "Item 1 of an attempt that is not finished." in found.text


def test_notes_come_in_pages_of_fifty(page: Pages, client: Client, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 60), started_at=BEGUN)
    for position in range(1, 61):
        sitting.notes(position, position, f"Note {position}")
    sitting.submits(100)
    first, second = page.get("/notes"), page.get("/notes?page=2")
    assert len(first.texts(".note-text")) == 50
    assert first.links["Older"] == "/notes?page=2"
    assert second.texts(".note-text")[0] == "Your note: Note 51"
    assert second.links["Newer"] == "/notes?page=1"
    assert "Page 2 of 2" in second.text
    for odd in ("3", "99999999999999999999"):
        assert client.get(f"/notes?page={odd}").status_code == 404
    for odd in ("0", "-5", "one", ""):
        assert "Page 1 of 2" in page.get(f"/notes?page={odd}").text


def test_what_somebody_wrote_is_shown_as_text(page: Pages, session: Session, owner: User) -> None:
    sitting = Sitting(session, owner, make.items(session, 1), started_at=BEGUN)
    sitting.notes(10, 1, "<b>bold</b> & <script>alert(1)</script>")
    sitting.submits(60)
    assert page.get("/notes").texts(".note-text") == ["Your note: <b>bold</b> & <script>alert(1)</script>"]
