"""My credentials, and the dashboard's short of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import queries
from quizapp.credits.models import HeldCredential
from quizapp.credits.queries import standings_of
from quizapp.credits.summaries import cycle_summaries
from tests import make
from tests.conftest import CountStatements
from tests.pages import Page, Pages

TODAY = date(2026, 3, 10)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EIGHT = {
    "cmm": "12-months",
    "cmpe": "50-hours",
    "cpc": "36-ceus",
    "chbme": "60-hours",
    "chc": "40-ceus",
    "cma": "60-points",
    "cmom": "12-ceus",
    "facmpe": "50-hours-6-volunteer",
}


@pytest.fixture
def hold(session: Session, owner: User) -> Callable[..., HeldCredential]:
    def held(rules: str = "cmm", version: str = "", **columns: object) -> HeldCredential:
        found = make.held_credential(session, owner, rules=rules, **columns)
        make.cycle_rules(session, found, version=version or EIGHT[rules])
        return found

    return held


def cards(page: Page) -> list[str]:
    return page.texts("main section h2")


def test_without_a_credential_the_page_asks_for_one(page: Pages, owner: User) -> None:
    shown = page.get("/credits")
    assert shown.h1 == "My credentials"
    assert shown.links["Add a credential"] == "/credits/credentials/new"
    assert "Log an activity first" in shown.links


def test_activities_are_not_lost_before_there_is_a_credential(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner)
    shown = page.get("/credits")
    assert "1 activity logged so far; nothing is lost." in shown.text
    assert "All activities" in shown.links


def test_a_card_says_what_is_needed_in_plain_words(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmpe", certified_on=date(2024, 5, 20))
    make.activity(session, owner, minutes=20 * 60, tags=["mgma"], delivery="self-paced")
    shown = page.get("/credits")
    assert cards(shown) == ["CMPE"]
    assert "(at least 12 of those MGMA (all of those live MGMA)), by 31 December 2027." in shown.text
    assert "661 days left" in shown.text
    assert shown.texts(".requirement-lines li") == [
        "20 of 50 hours from MGMA or about managing a practice 30 more hours",
        "20 of 30 hours MGMA 10 more hours",
        "0 of 12 hours live MGMA 12 more hours",
    ]


def test_each_requirement_is_met_short_or_capped_and_surplus_is_named(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmpe", certified_on=date(2024, 5, 20))
    make.activity(session, owner, "Live", minutes=40 * 60, tags=["mgma"], delivery="live")
    make.activity(session, owner, "Elsewhere", minutes=25 * 60, tags=["practice-management"])
    shown = page.get("/credits")
    assert shown.texts(".requirement-lines li") == [
        "60 of 50 hours from MGMA or about managing a practice Met",
        "40 of 30 hours MGMA Met",
        "40 of 12 hours live MGMA Met",
        "20 hours from other providers, at most 20 Cap reached",
    ]
    assert "meets the rules as recorded in November 2026." in shown.text
    assert "10 hours beyond the total of 50 hours: count on losing that when the cycle ends." in shown.text
    assert "complian" not in shown.html


def test_the_most_urgent_stands_first(page: Pages, owner: User, hold: Callable[..., HeldCredential]) -> None:
    hold("cmpe", certified_on=date(2024, 5, 20))
    hold("cmm", created_at=make.NOW)
    hold("cmom", certified_on=date(2025, 2, 1), created_at=LONG_AGO)
    assert cards(page.get("/credits")) == ["CMOM", "CMM", "CMPE"]


def test_what_is_met_stands_after_what_is_short(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmm")
    hold("cmpe", certified_on=date(2024, 5, 20))
    make.activity(session, owner, minutes=12 * 60, tags=[])
    assert cards(page.get("/credits")) == ["CMPE", "CMM"]


def test_a_cycle_that_ended_is_to_be_closed_with_its_late_sentence(
    page: Pages, owner: User, hold: Callable[..., HeldCredential]
) -> None:
    held = hold("cmm", certified_on=date(2025, 3, 1), created_at=LONG_AGO)
    shown = page.get("/credits")
    (notice,) = shown.texts(".notice.note")
    assert notice.startswith("The cycle 1 March 2025 to 28 February 2026 has ended.")
    assert "Missed by 10 days, within 30 days: contact PAHCOM; it may still be cured." in notice
    assert shown.links["Check it and close it: CMM"] == f"/credits/credentials/{held.id}/cycles/2025-03-01/check"


def test_cycles_before_the_credential_was_added_are_pointed_out_only_while_they_can_be_cured(
    page: Pages, owner: User, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmm", certified_on=date(2010, 3, 1), created_at=make.NOW)
    assert "1 March 2025 to 28 February 2026 has ended" in page.get("/credits").text
    hold("hitcm-pp", "12-months", certified_on=date(2010, 1, 1), created_at=make.NOW)
    assert len(page.get("/credits").texts(".notice.note")) == 1


def test_a_cycle_that_was_in_its_last_day_where_the_holder_lives_when_it_was_added_is_to_be_closed(
    page: Pages, owner: User, hold: Callable[..., HeldCredential], clock: Traveller
) -> None:
    owner.time_zone = "Pacific/Honolulu"
    hold("chbme", certified_on=date(2023, 3, 10), created_at=datetime(2026, 3, 10, 5, tzinfo=UTC))  # There, the 9th.
    clock.move_to(datetime(2026, 3, 11, 5, tzinfo=UTC))
    assert "The cycle 10 March 2023 to 9 March 2026 has ended." in page.get("/credits").text


def test_after_a_closing_the_next_ended_cycle_is_pointed_out(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    held = hold("cmm", certified_on=date(2023, 3, 1), created_at=make.NOW)
    make.closed_cycle(session, held)
    (notice,) = page.get("/credits").texts(".notice.note")
    assert notice.startswith("The cycle 1 March 2024 to 28 February 2025 has ended.")


def test_where_one_requirement_takes_the_whole_total_it_is_said_once(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cpc", certified_on=date(2024, 5, 1), due_on=date(2026, 4, 30))
    assert page.get("/credits").texts(".requirement-lines li") == ["0 of 36 hours AAPC approved 36 more hours"]
    make.activity(session, owner, minutes=60, tags=["aapc-approved"])
    assert page.get("/credits").texts(".requirement-lines li") == ["1 of 36 hours AAPC approved 35 more hours"]


def test_the_ring_has_the_same_figure_as_the_lines(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmpe", certified_on=date(2024, 5, 20))
    make.activity(session, owner, minutes=35 * 60 + 45, tags=["mgma"], delivery="live")
    shown = page.get("/credits")
    assert shown.one(".ring").get("aria-label") == "35.75 of 50 hours done"
    assert shown.texts(".below") == ["of 50"]
    assert (
        shown.texts(".requirement-lines li")[0]
        == "35.75 of 50 hours from MGMA or about managing a practice 14.25 more hours"
    )


@pytest.mark.parametrize(
    ("today", "text", "is_urgent"),
    [
        (date(2026, 4, 18), "31 days left", False),
        (date(2026, 4, 19), "Only 30 days left", True),
        (date(2026, 5, 18), "Only 1 day left", True),
        (date(2026, 5, 19), "Today is the last day", True),
    ],
)
def test_what_is_short_in_the_last_month_is_urgent(
    page: Pages,
    owner: User,
    session: Session,
    hold: Callable[..., HeldCredential],
    clock: Traveller,
    today: date,
    text: str,
    *,
    is_urgent: bool,
) -> None:
    hold("cmm")
    clock.move_to(datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    page.sign_in(owner)
    for address in ("/credits", "/dashboard"):
        shown = page.get(address)
        assert text in shown.texts(".eyebrow")
        assert bool(shown.texts(".urgent")) == is_urgent
    assert bool(page.get("/credits/deadlines").texts(".urgent")) == is_urgent
    make.activity(session, owner, minutes=12 * 60)
    for address in ("/credits", "/dashboard", "/credits/deadlines"):
        assert page.get(address).texts(".urgent") == []


def test_a_membership_that_soon_ends_or_has_ended_is_a_notice(
    page: Pages, owner: User, hold: Callable[..., HeldCredential]
) -> None:
    held = hold("cmm", member_until=date(2026, 4, 9))
    assert page.get("/credits").texts(".notice.note")[0].startswith("Your membership runs until 9 April 2026.")
    held.member_until = date(2026, 4, 10)
    shown = page.get("/credits")
    assert shown.texts(".notice.note") == []
    assert "Your membership runs until 10 April 2026." in shown.text


def test_a_card_leads_to_the_activities_that_lack_their_proof(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmm")
    make.certificate(session, make.activity(session, owner, "Proven"))
    make.activity(session, owner, "Unproven", minutes=600)
    make.activity(session, owner, "Elsewhere", started_on=date(2024, 2, 3), ended_on=date(2024, 2, 3))
    shown = page.get("/credits")
    assert "1 of 2 activities lacks its proof for CMM, which PAHCOM may ask for." in shown.text
    listed = page.get(shown.links["1 of 2 activities lacks its proof for CMM"])
    assert listed.texts("tbody th a") == ["Unproven"]
    assert listed.values_of("form[role=search]")["proof"] == "missing"
    assert page.get("/credits/activities?proof=missing").texts("tbody th a") == ["Unproven"]


def test_earlier_cycles_that_are_not_closed_are_led_to(
    page: Pages, owner: User, hold: Callable[..., HeldCredential]
) -> None:
    held = hold("cmm", certified_on=date(2022, 3, 1), created_at=make.NOW)
    shown = page.get("/credits")
    assert "3 earlier cycles of CMM are not closed." in shown.text
    assert shown.links["3 earlier cycles of CMM"] == f"/credits/credentials/{held.id}#cycles"
    assert page.get(f"/credits/credentials/{held.id}").all("#cycles")


def test_who_renews_by_retest_reads_the_window_and_no_ring(
    page: Pages, owner: User, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmm", is_member=False)
    shown = page.get("/credits")
    assert "Retest between 21 March 2026 and 20 May 2026." in shown.text
    assert shown.all(".ring") == []


def test_a_membership_that_ended_is_named(page: Pages, owner: User, hold: Callable[..., HeldCredential]) -> None:
    hold("cmm", member_until=date(2026, 1, 31))
    assert "Your membership ended on 31 January 2026, more than 30 days ago." in page.get("/credits").text


def test_the_dashboard_shows_the_three_most_urgent_in_short(
    page: Pages, owner: User, session: Session, hold: Callable[..., HeldCredential]
) -> None:
    for number, rules in enumerate(("facmpe", "cmpe", "chbme", "cmm")):
        hold(rules, certified_on=date(2025, 5, 20), created_at=make.NOW + timedelta(seconds=number))
    shown = page.get("/dashboard")
    assert shown.texts(".ring-line h3") == ["CMM", "FACMPE", "CMPE"]
    assert "70 days left" in shown.text
    assert shown.links["All 4 credentials"] == "/credits"


def test_who_holds_nothing_is_asked_on_the_dashboard(page: Pages, owner: User) -> None:
    assert page.get("/dashboard").links["Add your credential"] == "/credits"


def test_a_summary_has_the_figures_of_the_present_cycle(
    owner: User, session: Session, config: Config, hold: Callable[..., HeldCredential]
) -> None:
    hold("cmm")
    make.activity(session, owner, minutes=270)
    (summary,) = cycle_summaries(standings_of(session, owner.id, TODAY, config.bank_dir), TODAY)
    assert (summary.name, summary.label, summary.share, summary.days_left) == (
        "CMM",
        "4.5 of 12 PAHCOM CEU done",
        0.375,
        70,
    )
    assert summary.sentence == "7.5 more hours, by 19 May 2026."


def test_eight_credentials_and_a_thousand_activities_cost_ten_statements_at_most(
    page: Pages,
    owner: User,
    session: Session,
    hold: Callable[..., HeldCredential],
    count_statements: CountStatements,
) -> None:
    def counts() -> list[int]:
        found = []
        for address in ("/credits", "/dashboard"):
            page.get(address)
            with count_statements() as statements:
                page.get(address)
            assert len(statements) <= 10, statements
            found.append(len(statements))
        return found

    hold("cmm", created_at=LONG_AGO)
    make.activity(session, owner)
    few = counts()
    for rules in list(EIGHT)[1:]:
        hold(rules, certified_on=date(2024, 5, 20), due_on=date(2027, 5, 31) if rules == "cpc" else None)
    for number in range(1000):
        day = TODAY - timedelta(days=number % 700)
        make.activity(session, owner, f"Course {number}", started_on=day, ended_on=day)
    assert counts() == few


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("Yearly conference", "AAPC", "A-2025"), ("Yearly conference", "AAPC", "A-2026"), False),
        (("Denials webinar", "AAPC", "a 17"), ("Denials, live", "AAPC", "A17"), True),
        (("Denials  Webinar", "aapc", ""), ("Denials webinar", "AAPC", ""), True),
        (("Denials webinar", "AAPC", ""), ("Denials webinar", "PAHCOM", ""), False),
    ],
)
def test_the_index_number_tells_courses_apart_where_there_is_one(
    one: tuple[str, str, str], other: tuple[str, str, str], is_same: bool
) -> None:
    assert (queries.course_of(*one) == queries.course_of(*other)) == is_same
