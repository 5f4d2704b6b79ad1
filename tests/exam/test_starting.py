"""Starting an exam: from the catalogue, of one's own choice, the sampler."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptItem
from tests import make
from tests.candidate import DOMAINS, Exam, practise, start, stock
from tests.exam.event_log import log
from tests.pages import Page, Pages

# --- Starting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "tag", "title", "number", "seconds"),
    [
        ("quick", "", "Quick mock", 45, 41 * 60),
        ("domain", "finance", "Domain mock: Finance", 6, 6 * 54),
        ("area", "law-and-ethics", "Area mock: Law and ethics", 27, 27 * 54),
    ],
)
def test_each_kind_of_mock_starts_at_its_size_with_its_time(
    owner: User, session: Session, page: Pages, kind: str, tag: str, title: str, number: int, seconds: int
) -> None:
    owner.target_percent = 75
    stock(session, 6)
    exam = start(page.client, kind, tag)
    assert exam.started.status_code == 303
    assert exam.started.location == f"{exam.root}/items/1"
    row = exam.row
    assert (row.kind, row.title, row.item_count, row.allowed_seconds) == (kind, title, number, seconds)
    assert (row.user_id, row.target_percent, row.deadline_at) == (owner.id, 75, make.NOW + timedelta(seconds=seconds))


def test_a_quick_mock_takes_as_many_items_from_each_domain(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    exam = start(page.client)
    drawn = session.scalars(select(AttemptItem.domain).where(AttemptItem.attempt_id == exam.id)).all()
    assert {domain: drawn.count(domain) for domain in DOMAINS} == dict.fromkeys(DOMAINS, 5)


def test_a_double_click_on_start_gives_one_attempt(owner: User, session: Session, page: Pages) -> None:
    stock(session, 2)
    token = str(uuid4())
    first, second = start(page.client, start_token=token), start(page.client, start_token=token)
    assert first.id == second.id
    assert session.scalars(select(Attempt.id)).all() == [first.id]
    assert [kind for _, kind, _ in log(session)] == ["shown"]


def test_a_double_click_on_practise_gives_one_set(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    token = str(uuid4())
    first, second = (practise(page.client, 5, start_token=token) for _ in range(2))
    assert first.id == second.id


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "quick", "tag": "finance"},
        {"kind": "domain", "tag": ""},
        {"kind": "domain", "tag": "astrology"},
        {"kind": "area", "tag": "operations"},
        {"kind": "sampler", "tag": ""},
        {"kind": "practice", "tag": ""},
        {},
    ],
)
def test_a_mock_that_the_catalogue_does_not_have_is_not_found(owner: User, page: Pages, data: dict[str, str]) -> None:
    page.post("/mocks/start", {"start_token": str(uuid4()), **data}, 404)


@pytest.mark.parametrize("token", ["", "7", "not-a-token", "x" * 36])
def test_a_start_without_its_token_is_refused(owner: User, session: Session, page: Pages, token: str) -> None:
    page.post("/mocks/start", {"kind": "quick", "start_token": token}, 400)
    assert session.scalars(select(Attempt)).all() == []


def test_an_empty_bank_says_that_there_is_nothing_to_draw(owner: User, page: Pages) -> None:
    shown = page.post("/mocks/start", {"kind": "quick", "tag": "", "start_token": str(uuid4())})
    assert shown.url == "/mocks"
    assert "nothing to draw" in shown.texts(".notice")[0]


# --- The catalogue and the custom mock ------------------------------------------------------------------------------


def test_the_catalogue_offers_the_mocks_in_three_groups(owner: User, session: Session, page: Pages) -> None:
    stock(session, 5)
    shown = page.get("/mocks")
    assert shown.h1 == "Mock exams"
    names = shown.texts("h3")
    assert "Quick mock" in names
    assert [name for name in names if name in ("Law and ethics", "Human resources")] == [
        "Law and ethics",
        "Human resources",
    ]
    assert sum(name in {"Finance", "Risk Management", "Revenue Management"} for name in names) >= 3


def test_the_catalogue_lists_what_is_begun_with_a_button_to_go_on(owner: User, exam: Exam, page: Pages) -> None:
    shown = page.get("/mocks")
    (begun,) = shown.all("section[aria-label=Begun]")
    assert begun.find(".//h3").text == "Quick mock"  # type: ignore[union-attr]
    assert begun.find(".//form").get("action") == f"{exam.root}/resume"  # type: ignore[union-attr]


def custom(page: Pages, status: int = 200, **data: str) -> Page:
    sent = {"item_count": "4", "minutes": "5", "start_token": str(uuid4()), **data}
    return page.post("/mocks/custom", sent, status)


def test_a_custom_mock_has_what_was_chosen(owner: User, session: Session, page: Pages) -> None:
    stock(session, 6)
    shown = custom(page, domains="finance")
    assert shown.h1 == "Item 1 of 4"
    (row,) = session.scalars(select(Attempt))
    assert (row.kind, row.item_count, row.allowed_seconds) == ("custom", 4, 300)
    assert row.spec["domains"] == ["finance"]


def test_a_custom_mock_may_be_untimed(owner: User, session: Session, page: Pages) -> None:
    stock(session, 1)
    shown = custom(page, minutes="")
    assert "untimed" in shown.text
    (row,) = session.scalars(select(Attempt))
    assert (row.allowed_seconds, row.deadline_at) == (None, None)


def test_a_custom_mock_that_the_bank_cannot_fill_says_how_many_there_are(
    owner: User, session: Session, page: Pages
) -> None:
    stock(session, 3)
    assert "3 items" in custom(page, item_count="20", minutes="20", domains="finance").text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"item_count": ""}, "Say how many items."),
        ({"item_count": "0"}, "From 1 to 200 items."),
        ({"item_count": "201"}, "From 1 to 200 items."),
        ({"item_count": "many"}, "Not a valid integer value."),
        ({"minutes": "0"}, "From 1 to 600 minutes, or none at all."),
        ({"minutes": "9" * 5000}, "Not a valid integer value."),
    ],
)
def test_a_custom_mock_that_cannot_be_comes_back_with_what_is_wrong(
    owner: User, session: Session, page: Pages, data: dict[str, str], words: str
) -> None:
    stock(session, 1)
    shown = page.client.post(
        "/mocks/custom", data={"item_count": "4", "minutes": "5", "start_token": str(uuid4()), **data}
    )
    assert words in shown.text
    assert session.scalars(select(Attempt)).all() == []


def test_a_choice_that_no_item_fits_says_so(owner: User, session: Session, page: Pages) -> None:
    stock(session, 1)
    shown = custom(page, domains="finance", areas="quality")
    assert "nothing to draw" in shown.texts(".notice")[0]


# --- The sampler ----------------------------------------------------------------------------------------------------


def test_anybody_may_take_the_sampler_and_see_its_result(session: Session, page: Pages) -> None:
    stock(session, 2)
    started = page.client.post("/sampler")
    exam = Exam(page.client, started)
    (guest,) = session.scalars(select(User))
    assert guest.is_guest
    assert (exam.row.user_id, exam.row.kind, exam.row.item_count, exam.row.allowed_seconds) == (
        guest.id,
        "sampler",
        10,
        540,
    )
    exam.answer(exam.key[:9])
    exam.save(10, {"answer": exam.key[9], "go": "review"})
    shown = page.post(f"{exam.root}/submit")
    assert "10 of 10 right." in shown.text
    assert shown.links["Register"] == "/register"


def test_a_second_sampler_is_the_same_guests(session: Session, page: Pages) -> None:
    stock(session, 6)
    first, second = (Exam(page.client, page.client.post("/sampler")) for _ in range(2))
    assert first.id != second.id
    assert len(session.scalars(select(User)).all()) == 1


def test_an_account_may_take_the_sampler_too(owner: User, session: Session, page: Pages) -> None:
    stock(session, 2)
    assert Exam(page.client, page.client.post("/sampler")).row.user_id == owner.id
