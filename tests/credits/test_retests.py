"""Retests that were passed: saying what one does, recording it once, and removing it again."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import closing, queries
from quizapp.credits import credential_actions as actions
from quizapp.credits.cycle_records import record_in, record_of
from quizapp.credits.deadlines import deadlines_held
from quizapp.credits.models import ClosedCycle, HeldCredential, Retest
from quizapp.db import Database, writing
from quizapp.models import Base
from tests import make
from tests.credits.papers import fetch, text_of
from tests.pages import Page, Pages

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
IN_TIME = "2025-05-01"
AFTER_A_LAPSE = "2025-08-01"
Hold = Callable[..., HeldCredential]


@pytest.fixture
def hold(session: Session, owner: User) -> Hold:
    """A CMM of a non-member: its first cycle ended on 19 May 2025, the second runs to 19 May 2026."""

    def held(version: str = "12-months", **columns: object) -> HeldCredential:
        values = {"certified_on": date(2024, 5, 20), "created_at": LONG_AGO, "is_member": False, **columns}
        found = make.held_credential(session, owner, **values)
        make.cycle_rules(session, found, version=version)
        return found

    return held


def address(held: HeldCredential, more: str = "") -> str:
    return f"/credits/credentials/{held.id}/retests{more}"


def page_of(page: Pages, held: HeldCredential, more: str = "") -> Page:
    return page.get(f"/credits/credentials/{held.id}{more}")


def record(page: Pages, held: HeldCredential, day: str, status: int = 200) -> Page:
    return page.post(address(held), {"passed_on": day}, status)


def on_record(session: Session) -> list[date]:
    return list(session.scalars(select(Retest.passed_on).order_by(Retest.passed_on)))


def cycles_of(page: Pages, held: HeldCredential) -> list[str]:
    return page_of(page, held).texts(".cycles li")


# --- What one does --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "does"),
    [
        (IN_TIME, "It renews the cycle that ends on 19 May 2025. No cycle moves"),
        ("2025-05-20", "It renews the cycle that ends on 19 May 2025. No cycle moves"),
        (AFTER_A_LAPSE, "Your cycles begin again on this day"),
        (AFTER_A_LAPSE, "The first goes from 1 August 2025 to 31 July 2026."),
        (AFTER_A_LAPSE, "What ended from 20 May 2025 to 31 July 2025 then counts in no cycle."),
    ],
)
def test_the_page_says_what_a_retest_does_before_anything_is_saved(
    page: Pages, hold: Hold, session: Session, day: str, does: str
) -> None:
    held = hold()
    shown = page.get(page_of(page, held).links["I passed the retest"])
    assert shown.h1 == "I passed the retest for CMM"
    shown = page.get(address(held, f"?passed_on={day}"))
    assert does in shown.texts("#effect")[0]
    assert on_record(session) == []


def test_the_button_of_the_page_records_what_it_showed(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    form = page.get(address(held, f"?passed_on={IN_TIME}")).values_of("#effect form")
    shown = page.post(address(held), form)
    assert shown.texts(".notice.good") == ["Recorded: the retest of 1 May 2025."]
    assert on_record(session) == [date(2025, 5, 1)]


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-03-11", "This day is still to come."),
        ("2024-05-20", "You were certified on 20 May 2024: a retest comes later."),
        ("1980-01-01", "Enter a day from 1990 on."),
        ("soon", "Enter a day such as 2026-03-14."),
        ("", "Enter the day on which you passed."),
    ],
)
def test_a_day_that_cannot_be_is_refused(page: Pages, hold: Hold, session: Session, day: str, error: str) -> None:
    held = hold()
    assert error in page.get(address(held, f"?passed_on={day}"), 422).text
    assert error in record(page, held, day, 422).text
    assert on_record(session) == []


def test_pressing_twice_stores_one(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    record(page, held, IN_TIME)
    assert record(page, held, IN_TIME).texts(".notice.note")[0] == "On record already: the retest of 1 May 2025."
    assert on_record(session) == [date(2025, 5, 1)]


def test_so_many_retests_are_kept_and_no_more(
    page: Pages, hold: Hold, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_RETESTS", 2)
    held = hold()
    record(page, held, IN_TIME)
    record(page, held, AFTER_A_LAPSE)
    assert "Nothing is saved: 2 retests are on record, the most kept." in record(page, held, "2025-09-01", 422).text
    assert "On record already" in record(page, held, IN_TIME).text
    assert on_record(session) == [date(2025, 5, 1), date(2025, 8, 1)]


# --- What follows ---------------------------------------------------------------------------------------------------


def test_a_renewed_cycle_is_said_to_be_so_everywhere(
    page: Pages, hold: Hold, session: Session, owner: User, config: Config, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 4, 20, 12, tzinfo=UTC))
    page.sign_in(owner)
    held = hold()
    day = date(2026, 4, 20)
    assert [each.deadline.day for each in deadlines_held(session, owner.id, day, config.bank_dir)][-1] == date(
        2026, 5, 20
    )
    shown = record(page, held, "2026-04-10")
    said = "Nothing is missing: the retest passed on 10 April 2026 renews this cycle"
    assert said in shown.text
    assert "Renewed by the retest of 10 April 2026" in shown.text
    assert "The next cycle, from 20 May 2026: Retest between 21 March 2027 and 20 May 2027." in shown.text
    assert said in page.get("/credits").text
    assert said in page.get("/dashboard").text
    assert "Renewed by retest" in page.get("/credits/what-if?hours=6&delivery=live").text
    deadlines = deadlines_held(session, owner.id, day, config.bank_dir)
    assert date(2026, 5, 20) not in [each.deadline.day for each in deadlines]
    assert deadlines[-1].deadline.day == date(2027, 5, 20)


def test_the_next_deadline_keeps_its_name_in_calendars_when_its_cycle_begins(
    hold: Hold, session: Session, owner: User, config: Config
) -> None:
    held = hold()
    make.retest(session, held, passed_on=date(2026, 4, 10))
    before, after = (
        deadlines_held(session, owner.id, day, config.bank_dir)[-1] for day in (date(2026, 4, 20), date(2026, 5, 21))
    )
    assert (before.id, before.deadline) == (after.id, after.deadline)


def test_a_retest_in_time_moves_no_cycle(page: Pages, hold: Hold) -> None:
    held = hold()
    before = [text[:26] for text in cycles_of(page, held)]
    record(page, held, IN_TIME)
    assert [text[:26] for text in cycles_of(page, held)] == before


def test_after_a_lapse_cycles_begin_again_and_hours_between_count_nowhere(
    page: Pages, hold: Hold, session: Session, owner: User
) -> None:
    held = hold(is_member=True)
    make.activity(session, owner, "Too early", started_on=date(2025, 6, 1), ended_on=date(2025, 6, 1))
    shown = record(page, held, AFTER_A_LAPSE)
    assert "1 August 2025 to 31 July 2026" in shown.text
    assert "Ended before you passed the retest." in shown.text
    assert [text.partition(",")[0][:29] for text in cycles_of(page, held)] == [
        "1 August 2025 to 31 July 2026",
        "20 May 2024 to 19 May 2025 0 ",
    ]


def test_a_cycle_that_began_with_a_retest_says_so_on_page_paper_and_record(
    page: Pages, hold: Hold, session: Session, owner: User
) -> None:
    owner.display_name = "Candidate 01"
    held = hold()
    record(page, held, AFTER_A_LAPSE)
    said = "Certified on 20 May 2024; cycles began again with the retest of 1 August 2025"
    assert said in page_of(page, held).text
    assert said in text_of(fetch(page, held, "transcript.pdf", start=date.fromisoformat(AFTER_A_LAPSE)))
    assert "cycles began again" not in page_of(page, held, "?cycle=2024-05-20").text
    assert "cycles began again" not in close(page, held).text
    (closed,) = session.scalars(select(ClosedCycle))
    assert record_in(closed).holder.begun_again_on is None


def test_a_closed_cycle_after_a_new_beginning_names_its_retest(page: Pages, hold: Hold) -> None:
    held = hold(certified_on=date(2022, 5, 20))
    record(page, held, "2024-08-01")
    assert "cycles began again with the retest of 1 August 2024" in close(page, held, "2024-08-01").text


def test_a_retest_can_be_removed_again(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    before = cycles_of(page, held)
    record(page, held, AFTER_A_LAPSE)
    assert "Passed on 1 August 2025" in page.get(page_of(page, held).links["Retests on record"]).text
    shown = page.post(address(held, f"/{AFTER_A_LAPSE}/remove"))
    assert shown.texts(".notice.good") == ["Removed: the retest of 1 August 2025."]
    assert on_record(session) == []
    assert cycles_of(page, held) == before
    shown = page.post(address(held, f"/{AFTER_A_LAPSE}/remove"))
    assert shown.texts(".notice.note")[0] == "Not on record any more: the retest of 1 August 2025."


def test_who_becomes_a_member_keeps_the_cycles_and_what_the_retest_renewed(page: Pages, hold: Hold) -> None:
    held = hold()
    record(page, held, IN_TIME)
    before = [text[:26] for text in cycles_of(page, held)]
    form = page_of(page, held, "/edit").values_of("main form")
    shown = page.post(f"/credits/credentials/{held.id}/edit", {**form, "is_member": "yes"})
    assert "12 more hours, by 19 May 2026." in shown.text
    assert [text[:26] for text in cycles_of(page, held)] == before
    assert "Renewed by the retest of 1 May 2025" in cycles_of(page, held)[1]


# --- Closed cycles --------------------------------------------------------------------------------------------------


def close(page: Pages, held: HeldCredential, start: str = "2024-05-20") -> Page:
    closing_page = f"/credits/credentials/{held.id}/cycles/{start}/close"
    return page.post(closing_page, page.get(closing_page).values_of("main form"))


def test_the_record_of_a_renewed_cycle_names_its_retest(page: Pages, hold: Hold, session: Session) -> None:
    held = hold(is_member=True)
    record(page, held, IN_TIME)
    shown = close(page, held)
    assert "the retest passed on 1 May 2025 renews this cycle" in shown.text
    found = record_in(session.scalars(select(ClosedCycle)).one())
    assert (found.retested_on, found.is_met, found.goes_by_hours) == (date(2025, 5, 1), True, False)
    assert {each.outcome for each in found.requirements} == {"Not needed"}
    page.client.post(address(held, f"/{IN_TIME}/remove"))
    shown = page_of(page, held, "?cycle=2024-05-20")
    assert "The retest of 1 May 2025 was removed." in shown.text
    assert "the retest passed on 1 May 2025 renews this cycle" in shown.text


def test_a_closed_cycle_says_that_a_retest_was_recorded_since(page: Pages, hold: Hold) -> None:
    held = hold(is_member=True)
    close(page, held)
    record(page, held, IN_TIME)
    shown = page_of(page, held, "?cycle=2024-05-20")
    assert "The retest of 1 May 2025, which renews this cycle, was recorded." in shown.text


def test_a_retest_that_would_move_a_closed_cycle_is_refused(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    close(page, held)
    shown = record(page, held, "2024-12-01", 422)
    assert "the cycle 20 May 2024 to 19 May 2025 is closed and would get other days. Reopen it first." in shown.text
    assert on_record(session) == []


def test_a_retest_on_which_closed_cycles_rest_is_not_removed(
    page: Pages, hold: Hold, session: Session, clock: time_machine.Traveller
) -> None:
    held = hold(certified_on=date(2022, 5, 20))
    record(page, held, "2024-08-01")
    close(page, held, "2024-08-01")
    shown = page.post(address(held, "/2024-08-01/remove"))
    assert "the cycle 1 August 2024 to 31 July 2025 is closed" in shown.texts(".notice.bad")[0]
    assert on_record(session) == [date(2024, 8, 1)]


def test_nothing_is_carried_over_a_new_beginning(page: Pages, hold: Hold, session: Session, owner: User) -> None:
    values = {"rules": "shrm-cp", "certified_on": date(2020, 2, 1), "birth_month": 1}
    held = hold("from-2021", **values)
    day = date(2022, 6, 1)
    make.activity(session, owner, started_on=day, ended_on=day, minutes=90 * 60, tags=["human-resources"])
    closing_page = f"/credits/credentials/{held.id}/cycles/2020-02-01/close"
    assert "20 hours are carried to the next cycle." in page.get(closing_page).text
    record(page, held, "2023-06-01")
    close(page, held, "2020-02-01")
    assert session.scalars(select(ClosedCycle)).one().carried_minutes == 0


def test_a_record_made_before_a_retest_was_recorded_is_not_kept(own_database: Database, config: Config) -> None:
    with own_database.session() as one, own_database.session() as other:
        owner = make.user(one)
        held = make.held_credential(one, owner, certified_on=date(2024, 5, 20))
        make.cycle_rules(one, held)
        one.commit()
        (holding,) = queries.standings_of(other, owner.id, make.NOW.date(), config.bank_dir).holdings
        shown = record_of(holding, holding.statuses[0], [], 0, make.NOW.date())
        with writing(one):
            assert actions.record_retest(one, holding, date(2024, 12, 1), make.NOW.date(), make.NOW)
        with pytest.raises(closing.OtherDaysError), writing(other):
            closing.close_cycle(other, owner.id, held.id, shown, "12-months", make.NOW)


# --- Whose ----------------------------------------------------------------------------------------------------------


def test_rules_without_a_retest_offer_none(page: Pages, hold: Hold) -> None:
    held = hold("36-ceus", rules="cpc", due_on=date(2026, 12, 31))
    assert "I passed the retest" not in page_of(page, held).links
    page.get(address(held), 404)
    record(page, held, IN_TIME, 404)


def test_after_a_lapse_an_examination_is_offered_where_it_brings_the_credential_back(page: Pages, hold: Hold) -> None:
    lapsed = hold("40-ceus", rules="chc", certified_on=date(2022, 6, 10))
    assert "I passed the retest" in page_of(page, lapsed).links
    assert "only the examination brings it back" in page.get(address(lapsed)).text


def test_a_strangers_retests_are_neither_shown_recorded_nor_removed(
    page: Pages, hold: Hold, session: Session, stranger: User
) -> None:
    held = hold()
    make.retest(session, held, passed_on=date(2025, 5, 1))
    page.sign_in(stranger)
    page.get(address(held), 404)
    record(page, held, AFTER_A_LAPSE, 404)
    page.post(address(held, f"/{IN_TIME}/remove"), status=404)
    assert on_record(session) == [date(2025, 5, 1)]


def test_retests_go_with_their_credential_and_are_exported(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    make.retest(session, held, passed_on=date(2025, 5, 1))
    assert "retest" in Base.metadata.tables
    assert "2025-05-01" in page.client.get("/settings/export").get_data(as_text=True)
    page.post(f"/credits/credentials/{held.id}/delete")
    assert on_record(session) == []
