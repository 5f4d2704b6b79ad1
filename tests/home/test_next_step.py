"""The dashboard says one thing to do next, and where one stands."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt
from quizapp.bank.models import Item
from quizapp.home.queries import days_until
from tests import make
from tests.candidate import Exam, stock
from tests.pages import Page, Pages

HOUR = timedelta(hours=1)


@pytest.fixture
def items(session: Session) -> list[Item]:
    return make.items(session, 10)


def finished(session: Session, owner: User, items: list[Item], right: int) -> Attempt:
    """A finished mock of which the first `right` answers were right, at first sight."""
    attempt = make.attempt(session, owner, items, finished_at=make.NOW, correct_count=right)
    for position, item in enumerate(items, 1):
        make.mark(session, attempt, item, position, is_correct=position <= right)
    return attempt


def step(page: Pages) -> tuple[str, str, dict[str, str]]:
    """The next step's title, and where its button leads with which fields."""
    shown = page.get("/dashboard")
    (card,) = shown.all("section[aria-labelledby=next-step]")
    (form,) = card.iter("form")
    fields = {
        field.get("name", ""): field.get("value", "")
        for field in form.iter("input")
        if field.get("name") not in {"csrf_token", "start_token"}
    }
    return shown.texts("#next-step")[0], form.get("action", ""), fields


def test_at_first_it_is_a_quick_mock(owner: User, page: Pages) -> None:
    assert step(page) == ("Take a quick mock", "/mocks/start", {"kind": "quick", "tag": ""})


def test_an_expired_mock_comes_before_all_else(
    owner: User, session: Session, page: Pages, items: list[Item], clock: Traveller
) -> None:
    expired = make.attempt(session, owner, items, started_at=make.NOW - 2 * HOUR, title="Half mock")
    make.attempt(session, owner, items, started_at=make.NOW)
    assert step(page) == ("Time is up: Half mock", f"/attempts/{expired.id}/submit", {})


def test_a_running_mock_comes_next(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    finished(session, owner, items, 1)
    running = make.attempt(session, owner, items)
    assert step(page) == ("Go on with: Quick mock", f"/attempts/{running.id}/resume", {})


def test_an_open_practice_set_presses_nobody(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    make.attempt(session, owner, items, kind="practice")
    assert step(page)[0] == "Take a quick mock"


def test_a_mock_that_is_set_aside_presses_nobody(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    make.attempt(session, owner, items, archived_at=make.NOW)
    assert step(page)[0] == "Take a quick mock"


def test_then_the_weakest_domain_below_the_target(
    owner: User, session: Session, page: Pages, items: list[Item]
) -> None:
    risk = make.items(session, 5, prefix="risk", domain="risk-management")
    finished(session, owner, items, 6)
    finished(session, owner, risk, 1)
    assert step(page) == ("Practise Risk Management", "/practice", {"domains": "risk-management"})
    assert "1 of 5 right so far." in page.get("/dashboard").text


def test_few_answers_make_no_weakness(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    finished(session, owner, items[:4], 0)
    assert step(page)[0] == "Take another mock"
    assert "too few answers to call a domain weak" in page.get("/dashboard").text


def test_with_no_weakness_it_is_another_mock(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    finished(session, owner, items, 7)
    assert step(page) == ("Take another mock", "/mocks/start", {"kind": "quick", "tag": ""})
    assert "No domain is below your target." in page.get("/dashboard").text


def test_its_button_starts_the_mock(owner: User, session: Session, page: Pages) -> None:
    stock(session, 1)
    shown = page.get("/dashboard")
    fields = shown.values_of("section[aria-labelledby=next-step] form")
    assert page.post("/mocks/start", fields).h1 == "Item 1 of 9"


# --- What else the dashboard shows ----------------------------------------------------------------------------------


def test_it_greets_by_name(owner: User, page: Pages) -> None:
    assert page.get("/dashboard").h1 == "Welcome"
    owner.display_name = "Dana"
    assert page.get("/dashboard").h1 == "Welcome, Dana"


@pytest.mark.parametrize(
    ("exam_date", "words"),
    [
        (None, "No date yet."),
        (date(2026, 3, 10), "Today, on 10 Mar 2026."),
        (date(2026, 3, 11), "1 day to go, on 11 Mar 2026."),
        (date(2026, 6, 18), "100 days to go, on 18 Jun 2026."),
        (date(2026, 3, 9), "No date yet."),
    ],
)
def test_it_counts_down_to_the_exam(owner: User, page: Pages, exam_date: date | None, words: str) -> None:
    owner.exam_date = exam_date
    assert words in page.get("/dashboard").text


def test_today_is_where_the_candidate_lives(owner: User, page: Pages) -> None:
    owner.exam_date, owner.time_zone = date(2026, 3, 11), "Pacific/Auckland"
    assert "Today, on 11 Mar 2026." in page.get("/dashboard").text


def test_days_until_an_exam_are_never_negative() -> None:
    assert days_until(date(2026, 3, 10), date(2026, 3, 10)) == 0
    assert days_until(date(2026, 3, 9), date(2026, 3, 10)) is None
    assert days_until(None, date(2026, 3, 10)) is None


def test_it_lists_the_weakest_domains_and_the_latest_attempts(
    owner: User, session: Session, page: Pages, items: list[Item]
) -> None:
    finished(session, owner, items, 7)
    make.attempt(session, owner, items, title="Half mock")
    text = page.get("/dashboard").text
    assert "Finance: 7 of 10 right" in text
    assert "Quick mock: 7 of 10 right" in text
    assert "Half mock, not finished" in text


def test_a_neighbours_doings_are_not_on_it(owner: User, session: Session, page: Pages, items: list[Item]) -> None:
    neighbour = make.user(session, "neighbour@example.org")
    finished(session, neighbour, items, 1)
    make.attempt(session, neighbour, items)
    assert step(page)[0] == "Take a quick mock"
    assert "None yet." in page.get("/dashboard").text


# --- The landing page -----------------------------------------------------------------------------------------------


def sampler_of(shown: Page) -> list[str]:
    return shown.texts("section.accent p")


def test_a_stranger_may_try_ten_items(page: Pages) -> None:
    shown = page.get("/")
    assert shown.h1 == "Practice for the Certified Medical Manager exam"
    assert shown.texts("form[action=/sampler] button") == ["Try 10 items now"]
    assert sampler_of(shown) == []


def test_a_guest_finds_the_running_sampler_and_goes_on(session: Session, page: Pages) -> None:
    stock(session, 2)
    exam = Exam(page.client, page.client.post("/sampler"))
    exam.answer("AB")
    shown = page.get("/")
    assert sampler_of(shown)[0] == "Ten-item sampler, begun 10 Mar 2026, 11:30 am"
    (form,) = shown.all("section.accent form")
    assert page.post(form.get("action", "")).h1 == "Item 3 of 10"


def test_a_guest_finds_the_result_of_the_sampler(session: Session, page: Pages) -> None:
    stock(session, 2)
    exam = Exam(page.client, page.client.post("/sampler"))
    exam.answer(exam.letters(right=4)[:9] + ".")
    exam.submit()
    shown = page.get("/")
    assert shown.links["Ten-item sampler: 4 of 10 right"] == f"{exam.root}/result"
    assert shown.all("section.accent form") == []


def test_somebody_with_an_account_goes_to_the_dashboard(owner: User, page: Pages) -> None:
    assert page.client.get("/").location == "/dashboard"


def test_the_help_page_is_open_to_everybody(page: Pages) -> None:
    assert page.get("/help").h1 == "How it works"


# --- Who comes for credits --------------------------------------------------------------------------------------------


def hold(session: Session, owner: User, rules: str = "cmm", version: str = "12-months", **columns: object) -> UUID:
    held = make.held_credential(session, owner, rules=rules, **columns)
    make.cycle_rules(session, held, version=version)
    return held.id


def test_who_holds_credentials_and_has_answered_nothing_sees_the_nearest_deadline_first(
    owner: User, session: Session, page: Pages
) -> None:
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 5, 20))
    held_id = hold(session, owner)
    shown = page.get("/dashboard")
    assert shown.texts("#next-step") == ["CMM: 70 days left, 12 hours missing"]
    assert "12 more hours, by 19 May 2026." in shown.text
    assert shown.links["Log an activity"] == "/credits/activities/new"
    assert shown.links["See where it stands"] == f"/credits/credentials/{held_id}"
    assert shown.texts("main h2")[:2] == ["CMM: 70 days left, 12 hours missing", "Credits"]
    assert "Weakest so far" not in shown.text
    assert shown.links["Mock exams and practice"] == "/mocks"


def test_what_is_met_makes_way_for_what_is_short(owner: User, session: Session, page: Pages) -> None:
    hold(session, owner)
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 5, 20))
    make.activity(session, owner, minutes=12 * 60)
    assert page.get("/dashboard").texts("#next-step") == ["CMPE: 661 days left, 50 hours missing"]


def test_where_nothing_is_short_the_nearest_day_is_told(owner: User, session: Session, page: Pages) -> None:
    hold(session, owner)
    make.activity(session, owner, minutes=12 * 60)
    shown = page.get("/dashboard")
    assert shown.texts("#next-step") == ["CMM: 70 days left"]
    assert "Log an activity" not in shown.links


def test_a_candidate_who_holds_a_credential_keeps_the_dashboard(
    owner: User, session: Session, page: Pages, items: list[Item]
) -> None:
    hold(session, owner)
    running = make.attempt(session, owner, items)
    assert step(page)[0] == "Go on with: Quick mock"
    running.finished_at, running.correct_count = make.NOW, 0
    assert step(page)[0] == "Take a quick mock"
    shown = page.get("/dashboard")
    assert "Weakest so far" in shown.text
    assert shown.texts("main h2")[-1] == "Credits"
