"""Sitting an exam as a browser without JavaScript does: answer, flag, move, review, submit."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, Response
from quizapp.rules.timing import Standing
from tests.candidate import Exam, practise, stock
from tests.exam.event_log import log
from tests.pages import Page, Pages


def see(page: Pages, exam: Exam, what: str = "items/1") -> Page:
    return page.get(f"{exam.root}/{what}")


def chosen(shown: Page) -> list[str]:
    """The letters that are chosen on an item's page."""
    return [field.get("value", "") for field in shown.all("input[name=answer]") if "checked" in field.attrib]


# --- One item -------------------------------------------------------------------------------------------------------


def test_an_item_page_has_a_stem_and_lettered_options_and_nothing_chosen(exam: Exam, page: Pages) -> None:
    shown = see(page, exam, "items/3")
    assert shown.h1 == "Item 3 of 18"
    assert shown.texts("#stem")[0].startswith("What does ")
    assert [field.get("value") for field in shown.all("input[name=answer]")] == ["A", "B", "C", "D"]
    assert sorted(text.split()[0] for text in shown.texts("label.option span")) == [
        "Alpha",
        "Bravo",
        "Charlie",
        "Delta",
    ]
    assert chosen(shown) == []
    # The time shrank with the form: 2,460 seconds for 45 items are 984 for 18.
    assert shown.one("#clock").get("data-seconds-left") == "984"


@pytest.mark.parametrize("position", [0, 19, 9999, 10**30])
def test_a_place_that_the_form_does_not_have_is_not_found(exam: Exam, page: Pages, position: int) -> None:
    page.get(f"{exam.root}/items/{position}", 404)


def test_an_answer_is_stored_and_next_goes_on(exam: Exam, session: Session, page: Pages) -> None:
    response = exam.save(1, {"answer": "C", "go": "2"})
    assert (response.status_code, response.location) == (303, f"{exam.root}/items/2")
    assert log(session) == [(1, "shown", ""), (1, "answer", "C"), (2, "shown", "")]
    assert chosen(see(page, exam)) == ["C"]


def test_an_answer_can_be_changed_and_cleared(exam: Exam, page: Pages) -> None:
    exam.save(1, {"answer": "C", "go": "2"})
    exam.save(1, {"answer": "A", "go": "2"})
    assert chosen(see(page, exam)) == ["A"]
    response = exam.save(1, {"answer": "A", "go": "clear"})
    assert response.location == f"{exam.root}/items/1"
    assert chosen(see(page, exam)) == []


def test_going_on_without_a_choice_leaves_the_answer_as_it_was(exam: Exam, page: Pages) -> None:
    exam.save(1, {"answer": "C", "go": "2"})
    exam.save(1, {"go": "2"})
    assert chosen(see(page, exam)) == ["C"]


def test_sending_the_same_form_again_adds_nothing_but_what_is_shown(exam: Exam, session: Session) -> None:
    for _ in range(3):
        exam.save(1, {"answer": "C", "flag": "1", "go": "2"})
    kinds = [kind for _, kind, _ in log(session)]
    assert (kinds.count("answer"), kinds.count("flag")) == (1, 1)


def test_a_flag_is_set_and_taken_away(exam: Exam, page: Pages) -> None:
    exam.save(1, {"flag": "1", "go": "2"})
    assert "checked" in see(page, exam).one("#flag").attrib
    exam.save(1, {"go": "2"})
    assert "checked" not in see(page, exam).one("#flag").attrib


def test_the_last_item_leads_to_the_review_and_each_other_one_to_its_neighbours(exam: Exam, page: Pages) -> None:
    def ways(shown: Page) -> set[str]:
        spread = shown.all(".spread button[name=go]")
        return {button.get("value", "") for button in spread if "hidden" not in button.attrib}

    assert ways(see(page, exam, "items/1")) == {"2"}
    assert ways(see(page, exam, "items/9")) == {"8", "10"}
    assert ways(see(page, exam, "items/18")) == {"17", "review"}
    assert exam.save(18, {"answer": "A", "go": "review"}).location == f"{exam.root}/review"


def test_the_enter_key_presses_next(exam: Exam, page: Pages) -> None:
    first = see(page, exam, "items/9").all("main form button[type=submit]")[0]
    assert (first.get("name"), first.get("value")) == ("go", "10")


@pytest.mark.parametrize("bad", [{"answer": "E"}, {"answer": "AB"}, {"answer": "\0"}, {"answer": "a"}])
def test_an_option_that_the_item_does_not_have_is_refused(exam: Exam, session: Session, bad: dict[str, str]) -> None:
    assert exam.save(1, {**bad, "go": "2"}).status_code == 400
    assert log(session) == [(1, "shown", "")]


@pytest.mark.parametrize("position", [0, 19, 1001, 10**30])
def test_an_answer_to_a_place_that_the_form_does_not_have_is_refused(
    exam: Exam, session: Session, position: int
) -> None:
    assert exam.save(position, {"answer": "A"}).status_code in {400, 404, 405}
    assert log(session) == [(1, "shown", "")]


@pytest.mark.parametrize("target", ["9" * 50, "9" * 5000, "0", "-1", "²", "x", ""])
def test_a_button_that_names_no_place_moves_nothing_and_fails_nothing(
    exam: Exam, session: Session, target: str
) -> None:
    assert exam.save(1, {"answer": "A", "go": target}).status_code == 303
    assert ("answer", "A") in {(kind, value) for _, kind, value in log(session)}
    assert page_status(exam, target) in {400, 404}


def page_status(exam: Exam, target: str) -> int:
    return exam.client.post(f"{exam.root}/go", data={"go": target}).status_code


# --- Coming back, the review, submitting ----------------------------------------------------------------------------


def test_one_goes_on_with_the_first_item_without_an_answer(exam: Exam, page: Pages) -> None:
    exam.answer("AB.D")
    shown = page.post(f"{exam.root}/resume")
    assert shown.h1 == "Item 3 of 18"
    exam.answer("ABCDABCDABCDABCDAB"[:17])
    exam.save(18, {"answer": "A", "go": "review"})
    assert page.post(f"{exam.root}/resume").h1 == "Item 1 of 18"


def test_another_browser_of_the_same_person_goes_on_where_the_first_one_was(
    exam: Exam, owner: User, page: Pages
) -> None:
    exam.answer("AB")
    page.sign_in(owner)
    assert chosen(see(page, exam, "items/2")) == ["B"]


def test_looking_at_pages_writes_nothing(exam: Exam, session: Session, page: Pages) -> None:
    before = log(session)
    for what in ("items/1", "items/5", "review"):
        see(page, exam, what)
    assert log(session) == before


def test_moving_records_what_is_shown(exam: Exam, session: Session, page: Pages) -> None:
    page.post(f"{exam.root}/go", {"go": "7"})
    shown = session.scalars(select(Response.position).where(Response.kind == "shown").order_by(Response.position)).all()
    assert shown == [1, 7]


def test_the_review_lists_what_is_incomplete_and_what_is_flagged(exam: Exam, page: Pages) -> None:
    exam.answer("A" * 15)
    exam.save(2, {"flag": "1", "go": "3"})
    exam.save(17, {"flag": "1", "go": "review"})
    shown = see(page, exam, "review")
    assert dict(zip(shown.texts("dt"), shown.texts("dd"), strict=True)) == {
        "answered": "15 of 18",
        "incomplete": "3",
        "flagged": "2",
    }
    incomplete, flagged, _ = shown.all(".navigator")
    assert [button.get("aria-label") for button in incomplete.iter("button")] == [
        "16, incomplete",
        "17, incomplete, flagged",
        "18, incomplete",
    ]
    assert [button.get("value") for button in flagged.iter("button")] == ["2", "17"]
    assert "3 items without an answer will count as wrong" in shown.text


def test_the_review_of_a_complete_exam_says_so(exam: Exam, page: Pages) -> None:
    exam.answer("A" * 17)
    exam.save(18, {"answer": "A", "go": "review"})
    assert "Every item has an answer." in see(page, exam, "review").text


def test_submitting_leads_to_the_result_and_twice_is_as_good_as_once(exam: Exam, session: Session, page: Pages) -> None:
    exam.answer(exam.key[:11])
    first = page.post(f"{exam.root}/submit")
    assert first.url == f"{exam.root}/result"
    again = page.post(f"{exam.root}/submit")
    assert again.text == first.text
    assert exam.row.correct_count == 11


def test_after_submitting_no_answer_changes(exam: Exam, session: Session, page: Pages) -> None:
    exam.answer("A")
    exam.submit()
    before = log(session)
    shown = page.post(f"{exam.root}/items/1", {"answer": "B", "go": "2"})
    assert shown.url == f"{exam.root}/result"
    assert shown.texts(".notice.note") == ["This attempt is finished; its answers can no longer change."]
    assert log(session) == before


def test_moving_while_another_page_submits_leads_to_the_result(exam: Exam, monkeypatch: pytest.MonkeyPatch) -> None:
    exam.submit()
    # What this request read before the other one wrote.
    monkeypatch.setattr(Attempt, "standing", lambda _attempt, _now: Standing.RUNNING)
    assert exam.client.post(f"{exam.root}/go", data={"go": "2"}).location == f"{exam.root}/result"


@pytest.mark.parametrize("what", ["items/1", "review", "time-up"])
def test_the_room_of_a_submitted_exam_leads_to_its_result(exam: Exam, what: str) -> None:
    exam.submit()
    assert exam.get(what).location == f"{exam.root}/result"


@pytest.mark.parametrize("what", ["result", "answers", "answers/1", "time-up"])
def test_a_running_exam_has_no_result_yet(exam: Exam, what: str) -> None:
    response = exam.get(what)
    assert (response.status_code, response.location) == (302, f"{exam.root}/review")


def test_a_practice_set_is_no_exam(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    practised = practise(page.client, 3)
    for what in ("items/1", "review", "result", "answers", "time-up"):
        assert practised.get(what).status_code == 404
    assert practised.save(1, {"answer": "A", "go": "2"}).status_code == 404
    assert practised.submit().status_code == 404
