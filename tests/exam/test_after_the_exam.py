"""After the exam: the score, every item explained, and the history."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from tests import make
from tests.candidate import Exam, practise, start, stock
from tests.pages import Pages


@pytest.fixture
def owner(owner: User, session: Session) -> User:
    """Somebody with a target of their own."""
    owner.target_percent = 50
    session.flush()
    return owner


@pytest.fixture
def exam(owner: User, session: Session, page: Pages) -> Exam:
    """Nine items; the first six answers are right, the next two wrong, and the last place is open."""
    stock(session, 1)
    exam = start(page.client)
    exam.answer(exam.letters(right=6)[:8] + ".")
    exam.submit()
    return exam


def test_the_result_has_the_score_against_ones_own_target(exam: Exam, page: Pages) -> None:
    shown = page.get(f"{exam.root}/result")
    assert shown.h1 == "Result: Quick mock"
    assert "6 of 9 right. That reaches your target of 50 %." in shown.text
    assert "our target, not PAHCOM's" in shown.text


def test_a_missed_target_is_said_without_rounding_in_its_favour(owner: User, session: Session, page: Pages) -> None:
    owner.target_percent = 67  # 6 of 9 is 66.7 %.
    stock(session, 1)
    exam = start(page.client)
    exam.answer(exam.letters(right=6))
    shown = page.post(f"{exam.root}/submit")
    assert "6 of 9 right. Your target is 67 %." in shown.text


def test_each_domain_area_and_topic_has_its_count_and_one_click_to_practise(exam: Exam, page: Pages) -> None:
    shown = page.get(f"{exam.root}/result")
    forms = [form for form in shown.all("main form") if form.get("action") == "/practice"]
    fields = Counter(
        field.get("name") for form in forms for field in form.iter("input") if field.get("name") != "csrf_token"
    )
    assert fields["domains"] == 9
    assert fields["topics"] == 9
    assert fields["areas"] >= 4
    assert fields["start_token"] == len(forms)


def test_one_click_practises_the_weakest_domain(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    exam = start(page.client, "domain", "finance")
    exam.submit()
    shown = page.post("/practice", {"domains": "risk-management", "start_token": str(exam.id)})
    assert shown.texts(".eyebrow") == ["Practice: Risk Management"]


def test_the_review_lists_each_item_with_how_it_went(exam: Exam, page: Pages) -> None:
    shown = page.get(f"{exam.root}/answers")
    rows = shown.texts(".answer-list li.card")
    assert len(rows) == 9
    assert Counter(word for row in rows for word in ("Right", "Wrong", "No answer") if word in row) == {
        "Right": 6,
        "Wrong": 2,
        "No answer": 1,
    }


def test_an_item_is_explained_with_every_rationale_its_key_and_its_source(exam: Exam, page: Pages) -> None:
    for position, words in ((1, "Right, your answer"), (7, "Right answer"), (9, "Right answer")):
        shown = page.get(f"{exam.root}/answers/{position}")
        options = shown.all("li.option")
        assert len(options) == 4
        assert len(shown.texts(".rationale")) == 4
        assert all(text.startswith("Why ") for text in shown.texts(".rationale"))
        assert [option.get("class", "").split().count("key") for option in options].count(1) == 1
        assert words in shown.text
        assert "Source of " in shown.texts(".citation")[0]
    assert len(page.get(f"{exam.root}/answers/7").texts(".mistake")) == 1


@pytest.mark.parametrize(
    "what", ["answers/0", "answers/10", "answers/9999", f"answers/{10**30}", "answers?show=secret"]
)
def test_what_the_form_does_not_have_is_not_found(exam: Exam, page: Pages, what: str) -> None:
    page.get(f"{exam.root}/{what}", 404)


def test_a_stranger_finds_none_of_it(exam: Exam, session: Session, page: Pages) -> None:
    page.sign_in(make.user(session, "stranger@example.org"))
    for what in ("result", "answers", "answers/1", "items/1", "review", "time-up"):
        page.get(f"{exam.root}/{what}", 404)
    page.post(f"{exam.root}/submit", status=404)


# --- The history ----------------------------------------------------------------------------------------------------


def test_without_attempts_the_history_leads_to_the_mocks(owner: User, page: Pages) -> None:
    shown = page.get("/history")
    assert "No attempts yet" in shown.text
    assert shown.links["Choose a mock"] == "/mocks"


def test_the_history_lists_every_attempt_the_newest_first(
    exam: Exam, session: Session, page: Pages, clock: Traveller
) -> None:
    stock(session, 6)
    clock.shift(timedelta(hours=1))
    expired = start(page.client, "domain", "finance")
    clock.shift(timedelta(hours=1))
    practised = practise(page.client, 3, topics="workplace-safety")
    clock.shift(timedelta(hours=1))
    running = start(page.client, "area", "human-resources")
    shown = page.get("/history")
    assert [row.split(" 10 Mar 2026")[0] for row in shown.texts("tbody tr")] == [
        "Area mock: Human resources",
        "Practice: Workplace safety",
        "Domain mock: Finance",
        "Quick mock",
    ]
    assert shown.links["Quick mock"] == f"{exam.root}/result"
    assert "6 of 9" in shown.texts("tbody tr")[3]
    actions = [form.get("action") for form in shown.all("tbody form")]
    assert actions == [f"{running.root}/resume", f"/practice/{practised.id}/resume", f"{expired.root}/resume"]
    assert "Time is up: see the result" in shown.texts("tbody tr")[2]


def test_a_neighbours_attempts_are_not_in_ones_history(owner: User, session: Session, page: Pages) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    make.attempt(session, neighbour, make.items(session, 1))
    assert "No attempts yet" in page.get("/history").text
