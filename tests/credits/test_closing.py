"""Closing a cycle: three steps, a record that stays, and opening it again."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import closing, queries
from quizapp.credits.credential_actions import NotHeldError
from quizapp.credits.cycle_records import CycleRecord, counted_activities, record_in, record_of
from quizapp.credits.models import Activity, ClosedCycle, CycleRules, HeldCredential
from quizapp.db import Database, writing
from tests import make
from tests.pages import Page, Pages

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
IN_THE_CYCLE = date(2024, 6, 1)
Hold = Callable[..., HeldCredential]


@pytest.fixture
def hold(session: Session, owner: User) -> Hold:
    """A CMM whose first cycle, from 20 May 2024 to 19 May 2025, has ended."""

    def held(version: str = "12-months", **columns: object) -> HeldCredential:
        values = {"certified_on": date(2024, 5, 20), "created_at": LONG_AGO, **columns}
        found = make.held_credential(session, owner, **values)
        make.cycle_rules(session, found, version=version)
        return found

    return held


@pytest.fixture
def log(session: Session, owner: User) -> Callable[..., Activity]:
    def logged(title: str = "Denials webinar", hours: int = 12, **columns: object) -> Activity:
        values = {"started_on": IN_THE_CYCLE, "ended_on": IN_THE_CYCLE, "minutes": hours * 60, **columns}
        return make.activity(session, owner, title, **values)

    return logged


def step(held: HeldCredential, name: str, start: str = "2024-05-20") -> str:
    return f"/credits/credentials/{held.id}/cycles/{start}/{name}"


def shown_form(page: Pages, held: HeldCredential, start: str = "2024-05-20") -> dict[str, str]:
    return page.get(step(held, "close", start)).values_of("main form")


def close(page: Pages, held: HeldCredential, start: str = "2024-05-20", **values: str) -> Page:
    return page.post(step(held, "close", start), {**shown_form(page, held, start), **values})


def closed_page(page: Pages, held: HeldCredential, start: str = "2024-05-20") -> Page:
    return page.get(f"/credits/credentials/{held.id}?cycle={start}")


def records(session: Session) -> list[CycleRecord]:
    return [record_in(one) for one in session.scalars(select(ClosedCycle).order_by(ClosedCycle.start_on))]


def versions(session: Session) -> list[tuple[date, str]]:
    rows = session.execute(select(CycleRules.from_on, CycleRules.version).order_by(CycleRules.from_on))
    return [(from_on, version) for from_on, version in rows]


# --- The steps ------------------------------------------------------------------------------------------------------


def test_the_steps_lead_from_check_to_export_to_close(
    page: Pages, owner: User, session: Session, hold: Hold, log: Callable[..., Activity]
) -> None:
    held = hold()
    log()
    check = page.get(closed_page(page, held).links["Close this cycle"])
    assert check.h1 == "Close a cycle of CMM: check"
    owner.display_name = "Candidate 01"
    session.flush()
    export = page.get(check.links["Go on to export"])
    assert export.links["Transcript (PDF)"] == step(held, "transcript.pdf")
    last = page.get(export.links["Go on to close"])
    assert last.h1 == "Close a cycle of CMM"
    assert "puts the cycle 20 May 2024 to 19 May 2025 on record" in last.text


def test_the_check_says_what_is_short_lacks_proof_or_was_left_out(
    page: Pages, hold: Hold, log: Callable[..., Activity]
) -> None:
    held = hold("50-hours", rules="cmpe", certified_on=date(2022, 1, 1))
    log("Elsewhere", 21, tags=["practice-management"])
    shown = page.get(step(held, "check", "2022-01-01"))
    assert "Missing when the cycle ended on 31 December 2024: 30 hours" in shown.text
    assert "(all of those MGMA" in shown.text
    assert "20 hours from other providers, at most 20 Cap reached" in shown.texts(".requirement-lines li")
    (lacking, left_out) = shown.texts(".activities tbody tr")
    assert "missing: certificate" in lacking
    assert "1 hour beyond a cap" in left_out


def test_a_cycle_that_asks_for_nothing_is_met(page: Pages, hold: Hold) -> None:
    held = hold("50-hours", rules="cmpe", certified_on=date(2024, 1, 1))
    assert page.get(step(held, "check", "2024-01-01")).texts(".requirement-lines li")[0] == "0 hours in all Met"


def test_a_cycle_that_runs_is_closed_on_its_last_day_at_the_earliest(
    page: Pages, hold: Hold, session: Session, clock: time_machine.Traveller
) -> None:
    held = hold(certified_on=date(2025, 3, 12))
    assert "Close this cycle" not in closed_page(page, held, "2025-03-12").links
    refused = page.client.get(step(held, "close", "2025-03-12"))
    assert refused.status_code == 303
    (note,) = page.get(refused.location or "").texts(".notice.note")
    assert note == "A cycle can be closed from its last day on, 11 March 2026."
    page.post(step(held, "close", "2025-03-12"), {"version": "12-months", "mark": ""})
    assert records(session) == []
    clock.move_to(datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert "Today is the last day of this cycle." in page.get(step(held, "check", "2025-03-12")).text
    close(page, held, "2025-03-12")
    assert [record.last_on for record in records(session)] == [date(2026, 3, 11)]


@pytest.mark.parametrize("start", ["2024-05-21", "2025-02-30", "soon", "1900-01-01"])
def test_a_cycle_that_never_began_is_not_found(page: Pages, hold: Hold, start: str) -> None:
    held = hold()
    for name in ("check", "export", "close", "reopen"):
        assert page.client.get(step(held, name, start)).status_code in {404, 302}
    page.post(step(held, "close", start), {"version": "12-months"}, 404)


def test_a_cycle_in_its_late_window_is_not_closed_in_haste(page: Pages, hold: Hold) -> None:
    held = hold("from-2021", rules="shrm-cp", certified_on=date(2023, 1, 15), birth_month=1)
    shown = page.get(step(held, "check", "2023-01-15"))
    assert "Activities of the late window still count." in shown.text


# --- The record -----------------------------------------------------------------------------------------------------


def test_closing_records_everything_that_was_shown(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold()
    activity = log("Denials webinar", 13, index_number="PA-17")
    certificate = make.certificate(session, activity)
    shown = close(page, held)
    assert shown.texts(".notice.good") == ["Closed: 20 May 2024 to 19 May 2025."]
    assert shown.h1 == "CMM, closed cycle"
    (record,) = records(session)
    assert (record.start_on, record.last_on, record.is_met) == (
        IN_THE_CYCLE.replace(month=5, day=20),
        date(2025, 5, 19),
        True,
    )
    assert (record.required_minutes, record.counted_minutes, record.missing_minutes) == (720, 720, 0)
    assert record.rules.version == "12-months"
    assert record.rules.recorded == "in November 2026 (my.pahcom.com/decertification)"
    assert record.holder.certified_on == date(2024, 5, 20)
    (requirement,) = record.requirements
    assert (requirement.progress, requirement.outcome) == ("13 of 12 hours", "Met")
    assert "Rule: Members log at least 12 CEU every 12 months" in requirement.explanation
    (entry,) = record.activities
    assert (entry.title, entry.provider, entry.minutes, entry.counts) == ("Denials webinar", "PAHCOM", 780, "13 hours")
    assert (entry.index_number, entry.missing_proof) == ("PA-17", [])
    assert [(file.name, file.sha256) for file in entry.certificates] == [(certificate.name, certificate.sha256)]
    assert certificate.sha256 in shown.text
    assert "1 hour beyond the total of 12 hours" in shown.text


def test_a_cycle_is_closed_once(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    form = shown_form(page, held)
    first = page.post(step(held, "close"), form)
    second = page.post(step(held, "close"), form)
    assert first.h1 == second.h1 == "CMM, closed cycle"
    assert len(records(session)) == 1
    assert page.client.get(step(held, "check")).location == f"/credits/credentials/{held.id}?cycle=2024-05-20"


def test_what_changed_since_the_form_was_opened_is_looked_at_first(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold()
    form = shown_form(page, held)
    log()
    shown = page.post(step(held, "close"), form)
    assert shown.h1 == "Close a cycle of CMM: check"
    assert (
        shown.texts(".notice.note")[0] == "Something changed since this page was opened. Nothing is closed: look again."
    )
    assert records(session) == []


def test_a_short_cycle_can_be_closed_after_a_plain_question(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    shown = page.get(step(held, "close"))
    assert "It is short: 12 hours. Close it like this? PAHCOM decides what follows" in shown.text
    assert shown.texts("main form button") == ["Close it short and open the next"]
    close(page, held)
    assert [record.is_met for record in records(session)] == [False]
    assert "Missing when the cycle ended on 19 May 2025: 12 hours." in closed_page(page, held).text


def test_the_next_cycle_takes_the_newest_rules_unless_others_are_chosen(
    page: Pages, hold: Hold, session: Session
) -> None:
    held = hold("24-months-split", certified_on=date(2022, 5, 20))
    asked = page.get(step(held, "close", "2022-05-20"))
    assert asked.values_of("main form")["version"] == "12-months"
    assert (
        "What changes: A cycle has 12 months instead of 24. 12 hours in all instead of 24 hours in all." in asked.text
    )
    close(page, held, "2022-05-20")
    assert versions(session) == [(date(2022, 5, 20), "24-months-split"), (date(2024, 5, 20), "12-months")]
    assert "20 May 2025 to 19 May 2026" in page.get(f"/credits/credentials/{held.id}").text


def test_the_next_cycle_may_keep_the_rules(page: Pages, hold: Hold, session: Session) -> None:
    held = hold("24-months", certified_on=date(2022, 5, 20))
    close(page, held, "2022-05-20", version="24-months")
    assert "20 May 2024 to 19 May 2026" in page.get(f"/credits/credentials/{held.id}").text


def test_rules_that_are_not_recorded_cannot_be_chosen(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    page.post(step(held, "close"), {**shown_form(page, held), "version": "13-months"}, 400)
    page.post(step(held, "close"), {}, 400)
    assert records(session) == []


def test_surplus_is_carried_as_far_as_the_rules_allow(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold("from-2021", rules="shrm-cp", certified_on=date(2022, 6, 1), birth_month=12)
    log("A long course", 85, tags=["human-resources"])
    assert "20 hours are carried to the next cycle." in page.get(step(held, "close", "2022-06-01")).text
    shown = close(page, held, "2022-06-01")
    assert "Carried on: 20 hours." in shown.texts(".notice.good")[0]
    assert [record.carried_minutes for record in records(session)] == [20 * 60]
    present = page.get(f"/credits/credentials/{held.id}")
    assert "40 more hours, all of them about human resources or leadership, by 31 December 2028." in present.text
    assert "and 20 hours carried from the cycle before." in present.text


# --- What changes later ---------------------------------------------------------------------------------------------


def test_later_changes_leave_the_record_and_are_shown_beside_it(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold()
    kept, changed, gone = log("Kept", 4), log("Changed", 4), log("Gone", 4)
    close(page, held)
    before = records(session)
    assert "Something has changed" not in closed_page(page, held).text
    changed.minutes, changed.title = 120, "Renamed"
    gone.deleted_at = make.NOW
    log("New", 1)
    shown = closed_page(page, held)
    assert records(session) == before
    (note,) = shown.texts(".notice.note")
    assert "Changed: The title is now “Renamed” and the length is now 2 hours." in note
    assert "Gone: It was deleted." in note
    assert "New, 1 Jun 2024: logged since; it counts in no cycle." in note
    assert "Kept:" not in note
    assert "Nothing is missing" in shown.text
    assert kept.title in shown.texts(".activities tbody th")[0] + "".join(shown.texts(".activities tbody th"))


def test_a_certificate_that_is_gone_is_named(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold()
    certificate = make.certificate(session, log())
    close(page, held)
    session.delete(certificate)
    assert f"The certificate {certificate.name} is gone." in closed_page(page, held).text


def test_what_a_closed_cycle_counted_counts_nowhere_else(
    page: Pages, hold: Hold, session: Session, log: Callable[..., Activity]
) -> None:
    held = hold()
    activity = log()
    close(page, held)
    activity.started_on = activity.ended_on = date(2025, 6, 1)
    assert "12 more hours, by 19 May 2026." in page.get(f"/credits/credentials/{held.id}").text


def test_what_waits_for_the_next_cycle_counts_there_when_this_one_is_closed_on_its_last_day(
    page: Pages, hold: Hold, log: Callable[..., Activity], clock: time_machine.Traveller
) -> None:
    last_day = date(2026, 3, 10)
    held = hold("36-ceus", rules="cpc", certified_on=date(2024, 3, 11), due_on=last_day)
    for title in ("Coding course", "Auditing course"):
        log(title, 36, tags=["aapc-approved"], started_on=last_day, ended_on=last_day)
    close(page, held, "2024-03-11")
    clock.shift(86400)
    assert "36 of 36 hours in all" in page.get(f"/credits/credentials/{held.id}").text


# --- Opening it again -----------------------------------------------------------------------------------------------


def test_the_latest_closed_cycle_can_be_opened_again(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    close(page, held)
    question = page.get(closed_page(page, held).links["Open this cycle again"])
    assert question.h1 == "Open this cycle again?"
    assert len(records(session)) == 1
    shown = page.post(step(held, "reopen"))
    assert shown.texts(".notice.good") == ["The cycle is open again."]
    assert records(session) == []
    assert page.post(step(held, "reopen")).texts(".notice.note")[0] == "The cycle was open already."


def test_a_strangers_cycle_is_neither_shown_closed_nor_opened(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    form = shown_form(page, held)
    make.closed_cycle(session, hold(rules="hitcm-pp"))
    page.sign_in(make.user(session, "stranger@example.org"))
    for name in ("check", "export", "close", "reopen"):
        page.get(step(held, name), 404)
    page.post(step(held, "close"), form, 404)
    page.post(step(held, "reopen"), status=404)
    assert len(records(session)) == 1


# --- Two tabs at once -----------------------------------------------------------------------------------------------


def test_two_closings_that_both_saw_the_cycle_open_leave_one_record(own_database: Database, config: Config) -> None:
    with own_database.session() as first, own_database.session() as second:
        owner = make.user(first)
        held = make.held_credential(first, owner, certified_on=date(2024, 5, 20))
        make.cycle_rules(first, held)
        first.commit()
        standings = queries.standings_of(second, owner.id, make.NOW.date(), config.bank_dir)
        (holding,) = standings.holdings
        status = holding.statuses[0]
        record = record_of(holding, status, counted_activities(status, [], {}), 0, make.NOW.date())
        outcomes = []
        for session in (first, second):
            with writing(session):
                outcomes.append(closing.close_cycle(session, owner.id, held.id, record, "12-months", make.NOW))
        assert outcomes == [True, False]


def test_a_credential_that_changed_meanwhile_is_not_closed(own_database: Database, config: Config) -> None:
    with own_database.session() as one, own_database.session() as other:
        owner = make.user(one)
        held = make.held_credential(one, owner, certified_on=date(2024, 5, 20))
        make.cycle_rules(one, held)
        one.commit()
        (holding,) = queries.standings_of(other, owner.id, make.NOW.date(), config.bank_dir).holdings
        record = record_of(holding, holding.statuses[0], [], 0, make.NOW.date())
        with writing(one):
            held.due_on = date(2026, 6, 30)
        with pytest.raises(closing.OtherDaysError), writing(other):
            closing.close_cycle(other, owner.id, held.id, record, "12-months", make.NOW)


def test_a_credential_that_is_gone_cannot_be_closed(own_database: Database, config: Config) -> None:
    with own_database.session() as session:
        owner = make.user(session)
        held = make.held_credential(session, owner, certified_on=date(2024, 5, 20))
        make.cycle_rules(session, held)
        session.commit()
        (holding,) = queries.standings_of(session, owner.id, make.NOW.date(), config.bank_dir).holdings
        status = holding.statuses[0]
        record = record_of(holding, status, [], 0, make.NOW.date())
        with writing(session):
            session.delete(held)
        with pytest.raises(NotHeldError), writing(session):
            closing.close_cycle(session, owner.id, held.id, record, "12-months", make.NOW)
