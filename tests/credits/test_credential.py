"""Adding, changing and deleting the credential, and what its page says."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits.models import Activity, CycleRules, HeldCredential
from quizapp.credits.queries import cycle_summaries
from tests import make
from tests.conftest import CountStatements
from tests.pages import Pages

TODAY = date(2026, 3, 10)
FORM = {"certified_on": "2025-05-20", "is_member": "yes", "version": "12-months"}


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    owner = make.user(session)
    page.sign_in(owner)
    return owner


def hold(session: Session, owner: User, version: str = "12-months", **columns: object) -> HeldCredential:
    held = make.held_credential(session, owner, **columns)
    make.cycle_rules(session, held, version=version)
    return held


def versions_of(session: Session, owner: User) -> list[tuple[date, str]]:
    rows = session.execute(
        select(CycleRules.from_on, CycleRules.version)
        .where(CycleRules.user_id == owner.id)
        .order_by(CycleRules.from_on)
    )
    return [(from_on, version) for from_on, version in rows]


def test_without_a_credential_the_page_asks_for_its_day(page: Pages, owner: User) -> None:
    assert "Add your CMM credential" in page.get("/credits").links


def test_adding_the_credential_shows_the_present_cycle(page: Pages, owner: User) -> None:
    shown = page.post("/credits/credential", FORM)
    assert "CMM, 20 May 2025 to 19 May 2026" in shown.text
    assert "12 more hours by 19 May 2026." in shown.text
    assert "70 days left" in shown.text


def test_the_page_names_the_rules_their_source_and_what_is_unknown(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    shown = page.get("/credits")
    assert "12 CEU every 12 months" in shown.text
    assert shown.links["my.pahcom.com/decertification"] == "https://my.pahcom.com/decertification"
    assert "checked in November 2026" in shown.text
    assert "Whether the approved/recognized split still applies is not stated." in shown.text
    assert "complian" not in shown.html


def test_the_newest_rules_are_chosen_unless_others_are(page: Pages, owner: User) -> None:
    assert page.get("/credits/credential").values_of("main form")["version"] == "12-months"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("certified_on", "", "Enter the day of your certification."),
        ("certified_on", "2025-02-29", "Enter the day of your certification."),
        ("certified_on", "2026-03-11", "This day is still to come. Log it when it is over."),
        ("certified_on", "1989-12-31", "Enter a day from 1990 on."),
        ("is_member", "", "Say whether you are a member."),
        ("version", "13-months", "Not a valid choice."),
    ],
)
def test_a_bad_credential_is_refused(
    page: Pages, owner: User, session: Session, name: str, value: str, error: str
) -> None:
    shown = page.post("/credits/credential", {**FORM, name: value}, 422)
    assert shown.texts(".error") == [error]
    assert session.scalars(select(HeldCredential)).all() == []


def test_today_is_the_owners_calendar_day(page: Pages, session: Session, clock: time_machine.Traveller) -> None:
    clock.move_to(make.NOW.replace(hour=11))
    page.sign_in(make.user(session, time_zone="Pacific/Kiritimati"))
    assert "CMM, 11 March 2026" in page.post("/credits/credential", {**FORM, "certified_on": "2026-03-11"}).text


def test_sending_the_form_twice_holds_the_credential_once(page: Pages, owner: User, session: Session) -> None:
    page.post("/credits/credential", FORM)
    page.post("/credits/credential", FORM)
    assert len(session.scalars(select(HeldCredential)).all()) == 1


def test_other_rules_hold_from_the_present_cycle_on(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "24-months", certified_on=date(2020, 5, 20))
    page.post("/credits/credential", {**FORM, "certified_on": "2020-05-20"})
    assert versions_of(session, owner) == [(date(2020, 5, 20), "24-months"), (date(2024, 5, 20), "12-months")]
    assert "20 May 2022 to 19 May 2024" in page.get("/credits").links


def test_another_day_of_certification_draws_all_cycles_anew(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "24-months", certified_on=date(2020, 5, 20))
    page.post("/credits/credential", {**FORM, "certified_on": "2021-01-01"})
    assert versions_of(session, owner) == [(date(2021, 1, 1), "12-months")]


def test_saving_without_a_change_changes_nothing(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "24-months")
    page.post("/credits/credential", page.get("/credits/credential").values_of("main form"))
    assert versions_of(session, owner) == [(date(2025, 5, 20), "24-months")]


def test_an_older_version_says_that_newer_rules_are_recorded(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "24-months-split")
    assert "Newer rules are recorded: 12 CEU every 12 months (members)." in page.get("/credits").text


def test_the_split_shows_each_minimum(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "24-months-split")
    make.activity(session, owner, minutes=720, approval="approved")
    shown = page.get("/credits")
    assert shown.texts(".requirement h3") == [
        "Continuing education: 12 of 24 hours",
        "PAHCOM approved: 12 of 12 hours",
        "Recognized: 0 of 12 hours",
    ]
    assert "12 more hours by 19 May 2027, of which at least 12 hours recognized." in shown.text


def test_a_non_member_reads_the_retest_window(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, is_member=False)
    shown = page.get("/credits")
    assert "Retest between 21 March 2026 and 20 May 2026." in shown.text
    assert "on or within 60 days before the anniversary" in shown.text


def test_a_past_cycle_is_reached_by_its_first_day(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, certified_on=date(2024, 5, 20))
    make.activity(session, owner, "An early course", started_on=date(2024, 6, 1), ended_on=date(2024, 6, 1))
    shown = page.get("/credits?cycle=2024-05-20")
    assert "An early course" in shown.text
    assert "Missing when the cycle ended on 19 May 2025: 11 hours." in shown.text
    assert "An early course" not in page.get("/credits").text


@pytest.mark.parametrize("cycle", ["2024-05-21", "yesterday", ""])
def test_a_cycle_that_never_began_is_not_found(page: Pages, owner: User, session: Session, cycle: str) -> None:
    hold(session, owner)
    page.get(f"/credits?cycle={cycle}", 404)


def test_a_cycle_that_just_ended_short_is_pointed_out(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, certified_on=date(2025, 3, 1))
    notice = page.get("/credits").one(".notice.note")
    assert "Missed by 10 days, within 30 days: contact PAHCOM; it may still be cured." in " ".join(notice.itertext())


def test_activities_before_certification_are_set_apart(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    make.activity(session, owner, "An early course", started_on=date(2025, 1, 1), ended_on=date(2025, 5, 19))
    shown = page.get("/credits")
    assert "Before your certification" in shown.texts("h2")
    assert "12 more hours by 19 May 2026." in shown.text


def test_deleting_asks_first_and_keeps_the_activities(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    make.activity(session, owner)
    assert page.get("/credits/credential/delete").h1 == "Delete this credential?"
    assert len(session.scalars(select(HeldCredential)).all()) == 1
    page.post("/credits/credential/delete")
    assert session.scalars(select(HeldCredential)).all() == []
    assert versions_of(session, owner) == []
    assert len(session.scalars(select(Activity)).all()) == 1


def test_a_credential_not_held_cannot_be_deleted(page: Pages, owner: User, session: Session) -> None:
    hold(session, make.user(session, "stranger@example.org"))
    page.get("/credits/credential/delete", 404)
    page.post("/credits/credential/delete", status=404)
    assert len(session.scalars(select(HeldCredential)).all()) == 1


def test_statements_do_not_grow_with_activities(
    page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    hold(session, owner)
    page.get("/credits")
    counts = []
    for rows in (1, 30):
        for _ in range(rows):
            make.activity(session, owner)
        with count_statements() as statements:
            page.get("/credits")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


def test_the_dashboard_needs_two_statements(
    owner: User, session: Session, config: Config, count_statements: CountStatements
) -> None:
    hold(session, owner)
    make.activity(session, owner, minutes=270)
    make.activity(session, owner, minutes=60, ended_on=date(2025, 5, 1), started_on=date(2025, 5, 1))
    with count_statements() as statements:
        (summary,) = cycle_summaries(session, owner.id, TODAY, config.bank_dir)
    assert len(statements) == 2, statements
    assert (summary.name, str(summary.hours_met), summary.hours_required) == ("CMM", "4.5", Decimal(12))
    assert (summary.due_on, summary.days_left) == (date(2026, 5, 19), 70)
    assert summary.sentence == "7.5 more hours by 19 May 2026."
    assert (summary.figure, summary.share) == ("4.5/12", 0.375)


def test_the_dashboard_tells_a_non_member_the_anniversary(owner: User, session: Session, config: Config) -> None:
    hold(session, owner, is_member=False)
    (summary,) = cycle_summaries(session, owner.id, TODAY, config.bank_dir)
    assert not summary.goes_by_hours
    assert (summary.due_on, summary.days_left) == (date(2026, 5, 20), 71)


def test_who_holds_nothing_has_no_summary(owner: User, session: Session, config: Config) -> None:
    assert cycle_summaries(session, owner.id, TODAY, config.bank_dir) == []
