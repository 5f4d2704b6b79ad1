"""Practice: choose, answer, see why at once; the first answer stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptEvent, Mark
from tests.candidate import Exam, practise, start, stock
from tests.pages import Page, Pages


@pytest.fixture
def practised(owner: User, session: Session, page: Pages) -> Exam:
    """A set of three items of finance."""
    stock(session, 6)
    return practise(page.client, 3, domains="finance")


def address(practised: Exam, position: int) -> str:
    return f"/practice/{practised.id}/items/{position}"


def choose(page: Pages, practised: Exam, position: int, letter: str) -> Page:
    return page.post(address(practised, position), {"answer": letter})


def marks(session: Session) -> list[tuple[int, bool]]:
    session.expire_all()
    return [(mark.position, mark.is_correct) for mark in session.scalars(select(Mark).order_by(Mark.position))]


def other_than(letter: str) -> str:
    return "ABCD"[("ABCD".index(letter) + 1) % 4]


def is_explained(shown: Page) -> bool:
    """Whether a page tells the key, rationales and sources; it must be all or nothing."""
    told = {
        bool(shown.all(".rationale")),
        bool(shown.all(".option.key")),
        bool(shown.all(".citation")),
        "Why " in shown.html,
        "Source of " in shown.html,
    }
    assert len(told) == 1
    return told.pop()


# --- Choosing -------------------------------------------------------------------------------------------------------


def test_the_form_offers_every_domain_area_and_topic_with_its_number_of_items(
    owner: User, session: Session, page: Pages
) -> None:
    stock(session, 2)
    shown = page.get("/practice")
    assert len(shown.all("input[name=domains]")) == 9
    assert len(shown.all("input[name=areas]")) == 11
    assert len(shown.all("input[name=topics]")) == 108
    assert "Finance (2)" in shown.texts("label")
    assert "Law and ethics (9)" in shown.texts("label")


def test_a_set_has_what_was_chosen_and_no_clock(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    practised = practise(page.client, 3, domains=["finance", "human-resources"], areas="law-and-ethics")
    assert practised.started.location == address(practised, 1)
    row = practised.row
    assert (row.kind, row.item_count, row.allowed_seconds, row.deadline_at) == ("practice", 3, None, None)
    assert row.title == "Practice: Finance, Human Resources and 1 more"
    assert row.spec["domains"] == ["finance", "human-resources"]


def test_a_button_that_names_a_weak_area_gets_ten_items(owner: User, session: Session, page: Pages) -> None:
    stock(session, 20)
    shown = page.post("/practice", {"domains": "finance", "start_token": str(uuid4())})
    assert shown.h1 == "Item 1 of 10"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"item_count": "0"}, "From 1 to 200 items."),
        ({"item_count": "201"}, "From 1 to 200 items."),
        ({"item_count": "x"}, "Not a valid integer value."),
        ({"domains": "astrology"}, "not a valid choice"),
        ({"topics": "finance"}, "not a valid choice"),
        ({"start_token": "x"}, "This form is out of date: open the page again."),
    ],
)
def test_a_set_that_cannot_be_comes_back_with_what_is_wrong(
    owner: User, session: Session, page: Pages, data: dict[str, str], words: str
) -> None:
    stock(session, 1)
    sent = {"item_count": "5", "start_token": str(uuid4()), **data}
    assert words in page.client.post("/practice", data=sent).text
    assert session.scalars(select(Attempt)).all() == []


def test_a_choice_that_no_item_fits_says_so(owner: User, session: Session, page: Pages) -> None:
    stock(session, 1)
    sent = {"item_count": "5", "start_token": str(uuid4()), "domains": "finance", "areas": "quality"}
    shown = page.post("/practice", sent)
    assert shown.h1 == "Practice"
    assert len(shown.texts(".notice.note")) == 1


# --- Answering ------------------------------------------------------------------------------------------------------


def test_before_the_answer_nothing_is_explained(practised: Exam, page: Pages) -> None:
    shown = page.get(address(practised, 1))
    assert shown.h1 == "Item 1 of 3"
    assert [field.get("value") for field in shown.all("input[name=answer]")] == ["A", "B", "C", "D"]
    assert not is_explained(shown)


def test_after_the_answer_everything_is(practised: Exam, session: Session, page: Pages) -> None:
    right = practised.key[0]
    shown = choose(page, practised, 1, right)
    assert shown.url == address(practised, 1)
    assert is_explained(shown)
    assert shown.texts(".notice.good") == ["Right."]
    assert len(shown.texts(".rationale")) == 4
    assert shown.all("input[name=answer]") == []
    wrong = choose(page, practised, 2, other_than(practised.key[1]))
    assert is_explained(wrong)
    assert wrong.texts(".notice.bad") == ["Not right. The reasons are beside each option."]
    assert marks(session) == [(1, True), (2, False)]


def test_the_first_answer_stays(practised: Exam, session: Session, page: Pages) -> None:
    right = practised.key[0]
    choose(page, practised, 1, other_than(right))
    shown = choose(page, practised, 1, right)
    assert shown.texts(".notice.note") == ["This item was answered before; its first answer stays."]
    assert marks(session) == [(1, False)]
    page.post(f"/practice/{practised.id}/finish")
    assert (marks(session), practised.row.correct_count) == ([(1, False)], 0)


def test_the_first_answer_stays_by_whatever_door_a_second_one_comes(
    practised: Exam, session: Session, page: Pages
) -> None:
    right = practised.key[0]
    choose(page, practised, 1, other_than(right))
    before = len(session.scalars(select(AttemptEvent)).all())
    assert practised.save(1, {"answer": right, "go": "2"}).status_code == 404
    assert practised.send((1, "answer", right)).status_code == 400
    assert practised.send((1, "answer", "")).status_code == 400
    assert len(session.scalars(select(AttemptEvent)).all()) == before
    page.post(f"/practice/{practised.id}/finish")
    assert practised.row.correct_count == 0


@pytest.mark.parametrize("letter", ["", "E", "AB", "a", "\0"])
def test_without_one_of_the_options_nothing_is_told(
    practised: Exam, session: Session, page: Pages, letter: str
) -> None:
    shown = choose(page, practised, 1, letter)
    assert shown.texts(".notice.note") == ["Choose one of the options first."]
    assert not is_explained(shown)
    assert marks(session) == []


def test_an_item_left_open_stays_open_for_later(practised: Exam, page: Pages) -> None:
    shown = page.post(f"/practice/{practised.id}/go", {"go": "2"})
    assert shown.h1 == "Item 2 of 3"
    assert not is_explained(page.get(address(practised, 1)))


@pytest.mark.parametrize("target", ["0", "4", "x", "", "9" * 5000, "-1"])
def test_a_button_that_names_no_place_of_the_set_is_refused(practised: Exam, page: Pages, target: str) -> None:
    page.post(f"/practice/{practised.id}/go", {"go": target}, 400)


@pytest.mark.parametrize("position", [0, 4, 9999, 10**30])
def test_a_place_that_the_set_does_not_have_is_not_found(practised: Exam, page: Pages, position: int) -> None:
    page.get(address(practised, position), 404)
    assert page.client.post(address(practised, position), data={"answer": "A"}).status_code in {303, 404, 405}


# --- How it goes ----------------------------------------------------------------------------------------------------


def test_the_summary_says_how_the_set_went_so_far(practised: Exam, page: Pages) -> None:
    choose(page, practised, 1, practised.key[0])
    choose(page, practised, 3, other_than(practised.key[2]))
    shown = page.get(f"/practice/{practised.id}/summary")
    assert "1 of 2 right, 1 without an answer." in shown.text
    assert shown.texts(".answer-list .tag") == ["Right", "No answer", "Wrong"]
    assert "Item 2" not in shown.links


def test_one_goes_on_with_the_first_open_item(practised: Exam, page: Pages) -> None:
    choose(page, practised, 1, "A")
    assert page.post(f"/practice/{practised.id}/resume").h1 == "Item 2 of 3"


def test_a_finished_set_explains_what_was_left_open_and_takes_no_answer(
    practised: Exam, session: Session, page: Pages
) -> None:
    choose(page, practised, 1, practised.key[0])
    shown = page.post(f"/practice/{practised.id}/finish")
    assert shown.url == f"/practice/{practised.id}/summary"
    left_open = page.get(address(practised, 2))
    assert is_explained(left_open)
    assert left_open.texts(".notice.note") == ["This item was left without an answer."]
    assert choose(page, practised, 2, "A").url == f"/practice/{practised.id}/summary"
    assert marks(session) == [(1, True)]
    assert page.post(f"/practice/{practised.id}/finish").text == page.get(f"/practice/{practised.id}/summary").text


def test_another_set_like_this_has_the_same_choice(practised: Exam, session: Session, page: Pages) -> None:
    page.post(f"/practice/{practised.id}/finish")
    shown = page.get(f"/practice/{practised.id}/summary")
    (form,) = [form for form in shown.all("main form") if form.get("action") == "/practice"]
    fields = {field.get("name"): field.get("value") for field in form.iter("input")}
    assert fields["domains"] == "finance"


def test_an_exam_has_no_pages_here(owner: User, session: Session, page: Pages) -> None:
    stock(session, 1)
    exam = start(page.client)
    page.get(f"/practice/{exam.id}/items/1", 404)
    page.get(f"/practice/{exam.id}/summary", 404)
    page.post(f"/practice/{exam.id}/items/1", {"answer": "A"}, 404)
    page.post(f"/practice/{exam.id}/finish", status=404)
    assert exam.row.finished_at is None


def test_an_item_of_a_running_mock_is_not_explained_in_a_set_begun_before(
    owner: User, session: Session, page: Pages
) -> None:
    stock(session, 3)
    practised = practise(page.client, 3, domains="finance")
    start(page.client)
    for position in range(1, practised.row.item_count + 1):
        shown = choose(page, practised, position, "A")
        assert not is_explained(shown)
    assert marks(session) == []


def test_a_set_that_was_left_for_weeks_goes_on(practised: Exam, page: Pages, clock: Traveller) -> None:
    choose(page, practised, 1, "A")
    clock.shift(timedelta(days=20))
    assert page.post(f"/practice/{practised.id}/resume").h1 == "Item 2 of 3"
