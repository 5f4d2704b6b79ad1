"""What a course that is only thought of would change, and which kinds of learning would help most."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits.credit_tags import CreditTags, credit_tags
from quizapp.credits.effects import kind_text
from quizapp.rules.credit_effects import LearningKind
from tests import make
from tests.conftest import CountStatements
from tests.credits.held import hold
from tests.pages import Pages, text_of


@pytest.fixture
def tags(config: Config) -> CreditTags:
    return credit_tags(config.bank_dir)


def test_a_course_shows_the_change_in_every_credential(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    shown = page.get("/credits/what-if?hours=6&delivery=live&tags=mgma")
    assert shown.texts("#result h2") == ["6 hours, finished today"]
    cmm, cmpe = shown.texts("#result li")
    assert "Needed afterwards: 6 more hours, by 19 May 2026." in cmm
    assert "6 of 6 hours count: 6 hours live MGMA." in cmpe


def test_a_course_of_a_later_day_counts_to_the_cycle_that_runs_then(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    make.activity(session, owner, minutes=720, amount_hundredths=1200)
    shown = page.get("/credits/what-if?hours=6&delivery=live&tags=mgma&ends_on=2026-05-20")
    assert shown.texts("#result h2") == ["6 hours, finished on 20 May 2026"]
    cmm, cmpe = shown.texts("#result li")
    assert "20 May 2026 to 19 May 2027" in cmm
    assert "Needed afterwards: 6 more hours, by 19 May 2027." in cmm
    assert "6 of 6 hours count: 6 hours live MGMA." in cmpe
    assert (
        "Nothing was missing before." in page.get("/credits/what-if?hours=6&ends_on=2026-05-19").texts("#result li")[0]
    )


def test_days_are_offered_to_the_end_of_the_latest_next_cycle(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    form = page.get("/credits/what-if")
    assert form.one("#ends_on").get("value") == "2026-03-10"
    assert (form.one("#ends_on").get("min"), form.one("#ends_on").get("max")) == ("2026-03-10", "2027-05-19")
    page.get("/credits/what-if?hours=6&ends_on=2027-05-19")
    for day in ("2026-03-09", "2027-05-20"):
        shown = page.get(f"/credits/what-if?hours=6&ends_on={day}", 422)
        assert shown.texts(".error") == ["Enter a day from today to 19 May 2027, when the last next cycle ends."]
    assert page.get("/credits/what-if?hours=6&ends_on=soon", 422).texts(".error") == ["Enter a day such as 2026-03-14."]


def test_what_ends_first_is_advised_first_and_named(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    assert "First comes what helps" not in page.get("/credits/what-if").text
    hold(session, owner, "shrm-cp", "from-2021", birth_month=12)
    shown = page.get("/credits/what-if")
    assert "First comes what helps CMM: the cycle ends on 19 May 2026, and the others have more time." in shown.text


def test_what_is_beyond_a_cap_is_seen_before_it_is_paid_for(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    make.activity(session, owner, tags=["practice-management"], minutes=18 * 60, amount_hundredths=1800)
    (cmpe,) = page.get("/credits/what-if?hours=6&tags=practice-management").texts("#result li")
    assert "Counts in part" in cmpe
    assert "2 of 6 hours count: 2 hours from other providers and 4 hours beyond a cap. Rule: At most 20" in cmpe


def test_without_a_question_there_is_no_result_but_advice(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    shown = page.get("/credits/what-if")
    assert shown.all("#result") == []
    assert shown.texts(".advice h3") == ["Any course"]
    assert "6 hours would fill 6 hours of CMM." in shown.text
    assert "This site knows no catalogue of courses" in shown.text


def test_the_advice_is_what_serves_several_credentials_and_leads_to_its_reckoning(
    page: Pages, owner: User, session: Session
) -> None:
    hold(session, owner)
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    hold(session, owner, "cpc", "36-ceus")
    shown = page.get("/credits/what-if?hours=3")
    first, *_ = shown.all(".advice li")
    assert "3 hours would fill 3 hours of CMM, 3 hours of CMPE" in text_of(first)
    assert "and 3 hours of CPC (AAPC approved)." in text_of(first)
    address = shown.links["Course: AAPC approved, Practice management"]
    assert address == "/credits/what-if?hours=3&delivery=unknown&tags=aapc-approved&tags=practice-management#result"
    assert "3 of 3 hours count: 3 hours AAPC approved." in page.get(address).text


def test_a_course_that_two_bodies_approve_is_said_to_be_better_still(
    page: Pages, owner: User, session: Session
) -> None:
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    hold(session, owner, "cpc", "36-ceus")
    make.activity(session, owner, tags=["practice-management"], minutes=20 * 60, amount_hundredths=2000)
    first, *_ = page.get("/credits/what-if?hours=3").texts(".advice li")
    assert "3 hours would fill 3 hours of CPC (AAPC approved)." in first
    assert first.endswith("Better still with “MGMA” too: 3 hours of CMPE more.")


def test_weak_areas_are_subjects_to_look_for(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    drawn = make.items(session, 5, prefix="risk", domain="risk-management")
    attempt = make.attempt(session, owner, drawn, finished_at=make.NOW)
    for position, item in enumerate(drawn[:4], start=1):
        make.mark(session, attempt, item, position, is_correct=False)
    assert "Look for" not in page.get("/credits/what-if").text, "four answers are not enough to speak of"
    make.mark(session, attempt, drawn[4], 5, is_correct=False)
    shown = page.get("/credits/what-if")
    assert "Look for Risk Management: there your practice answers were weakest." in shown.text
    assert shown.links["How your weak areas are counted"] == "/progress"


def test_a_subject_that_the_rules_ask_for_is_not_talked_over(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "chc", "40-ceus")
    drawn = make.items(session, 5, prefix="risk", domain="risk-management")
    attempt = make.attempt(session, owner, drawn, finished_at=make.NOW)
    for position, item in enumerate(drawn, start=1):
        make.mark(session, attempt, item, position, is_correct=False)
    shown = page.get("/credits/what-if")
    assert shown.texts(".advice h3")[0] == "Live course: Compliance"
    assert "Look for" not in shown.text


def test_when_nothing_is_missing_nothing_is_advised(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    make.activity(session, owner, minutes=720)
    assert "Nothing that can be learned is missing" in page.get("/credits/what-if").text


def test_who_holds_nothing_is_asked_to_add_a_credential(page: Pages, owner: User) -> None:
    assert "Add the credentials that you hold first." in page.get("/credits/what-if?hours=6").text


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("hours=", "Enter how many hours."),
        ("hours=0", "Enter a number of hours from 0.02 to 1,000."),
        ("hours=0.01", "Enter a number of hours from 0.02 to 1,000."),
        ("hours=1001", "Enter a number of hours from 0.02 to 1,000."),
        ("hours=six", "Enter a number with up to two decimals, such as 1.5."),
        ("hours=6&delivery=maybe", "Not a valid choice."),
        ("hours=6&tags=no-such-tag", "'no-such-tag' is not a valid choice for this field."),
    ],
)
def test_a_question_that_cannot_be_read_says_why(
    page: Pages, owner: User, session: Session, query: str, error: str
) -> None:
    hold(session, owner)
    shown = page.get(f"/credits/what-if?{query}", 422)
    assert shown.texts(".error") == [error]
    assert shown.all("#result") == []


def test_looking_writes_nothing_and_reads_little(
    page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    for rules, version in [("cmm", "12-months"), ("cpc", "36-ceus"), ("cmpe", "50-hours")]:
        hold(session, owner, rules, version)
    for _ in range(30):
        make.activity(session, owner)
    with count_statements() as statements:
        page.get("/credits/what-if?hours=6")
    assert statements.writes == []
    assert len(statements) <= 7, statements


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (LearningKind(), "Any course"),
        (LearningKind((), "live"), "Live course"),
        (LearningKind(("mgma", "human-resources"), "self-paced"), "Self-paced course: MGMA, HR or leadership"),
        (LearningKind(("aapc-approved",)), "Course: AAPC approved"),
    ],
)
def test_a_kind_of_learning_in_words(tags: CreditTags, kind: LearningKind, text: str) -> None:
    assert kind_text(kind, tags) == text
