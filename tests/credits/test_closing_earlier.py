"""Closing a cycle after a later one: a record only, which leaves everything else as it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import closing, queries
from quizapp.credits.cycle_records import record_in, record_of
from quizapp.credits.models import ClosedCycle, CycleRules, HeldCredential
from quizapp.db import Database, writing
from tests import make
from tests.pages import Page, Pages

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
Hold = Callable[..., HeldCredential]
SHRM = {"rules": "shrm-cp", "version": "from-2021", "certified_on": date(2017, 2, 1), "birth_month": 1}
SHRM_STARTS = ("2017-02-01", "2020-02-01", "2023-02-01")


@pytest.fixture
def hold(session: Session, owner: User) -> Hold:
    """A CMM with three cycles, two of which have ended."""

    def held(version: str = "12-months", **columns: object) -> HeldCredential:
        values = {"certified_on": date(2023, 5, 20), "created_at": LONG_AGO, **columns}
        found = make.held_credential(session, owner, **values)
        make.cycle_rules(session, found, version=version)
        return found

    return held


def step(held: HeldCredential, name: str, start: str) -> str:
    return f"/credits/credentials/{held.id}/cycles/{start}/{name}"


def page_of(page: Pages, held: HeldCredential, start: str) -> Page:
    return page.get(f"/credits/credentials/{held.id}?cycle={start}")


def close(page: Pages, held: HeldCredential, start: str, **values: str) -> Page:
    form = page.get(step(held, "close", start)).values_of("main form")
    return page.post(step(held, "close", start), {**form, **values})


def closed(session: Session) -> dict[date, ClosedCycle]:
    return {one.start_on: one for one in session.scalars(select(ClosedCycle))}


def versions(session: Session) -> list[tuple[date, str]]:
    rows = session.execute(select(CycleRules.from_on, CycleRules.version).order_by(CycleRules.from_on))
    return [(from_on, version) for from_on, version in rows]


def log_sixty_hours_too_many(session: Session, owner: User, day: date) -> None:
    tags = ["human-resources"]
    make.activity(session, owner, f"Course of {day}", started_on=day, ended_on=day, minutes=120 * 60, tags=tags)


def test_a_cycle_before_a_closed_one_becomes_a_record_only(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    close(page, held, "2024-05-20", version="24-months-split")
    before, chosen = dict(closed(session)[date(2024, 5, 20)].content), versions(session)
    shown = page.get(step(held, "close", "2023-05-20"))
    assert "A later cycle is closed already, so this becomes a record only." in shown.text
    assert "Rules of the next cycle" not in shown.text
    shown = close(page, held, "2023-05-20", version="24-months-split")
    assert "this is a record only: it carried nothing on" in shown.text
    assert record_in(closed(session)[date(2023, 5, 20)]).is_record_only
    assert versions(session) == chosen
    assert closed(session)[date(2024, 5, 20)].content == before


def test_what_is_beyond_the_total_of_such_a_cycle_is_not_carried_on(
    page: Pages, hold: Hold, session: Session, owner: User
) -> None:
    held = hold(**SHRM)
    log_sixty_hours_too_many(session, owner, date(2018, 6, 1))
    close(page, held, SHRM_STARTS[1])
    close(page, held, SHRM_STARTS[0])
    found = closed(session)
    assert [found[date.fromisoformat(start)].carried_minutes for start in SHRM_STARTS[:2]] == [0, 0]


def test_the_record_of_an_earlier_cycle_can_be_thrown_away_where_it_carried_nothing(
    page: Pages, hold: Hold, session: Session
) -> None:
    held = hold()
    for start in ("2023-05-20", "2024-05-20"):
        close(page, held, start)
    page.get(page_of(page, held, "2023-05-20").links["Open this cycle again"])
    page.post(step(held, "reopen", "2023-05-20"))
    assert list(closed(session)) == [date(2024, 5, 20)]


def test_an_earlier_cycle_on_whose_surplus_a_later_record_rests_stays_closed(
    page: Pages, hold: Hold, session: Session, owner: User
) -> None:
    held = hold(**SHRM)
    log_sixty_hours_too_many(session, owner, date(2018, 6, 1))
    for start in SHRM_STARTS[:2]:
        close(page, held, start)
    assert closed(session)[date(2017, 2, 1)].carried_minutes == 20 * 60
    assert "Open this cycle again" not in page_of(page, held, SHRM_STARTS[0]).links
    assert page.client.get(step(held, "reopen", SHRM_STARTS[0])).status_code == 302
    page.post(step(held, "reopen", SHRM_STARTS[0]), status=409)
    assert len(closed(session)) == 2


def test_a_record_only_leaves_what_was_entered_as_carried_in(page: Pages, hold: Hold) -> None:
    held = hold(**SHRM, carried_in_minutes=300, carried_in_from=date(2020, 2, 1))
    close(page, held, SHRM_STARTS[2])
    close(page, held, SHRM_STARTS[0])
    assert "5 hours carried in, as you entered." in page_of(page, held, SHRM_STARTS[1]).text


def test_the_cycle_to_close_next_is_never_one_before_a_closed_one(page: Pages, hold: Hold) -> None:
    held = hold()
    close(page, held, "2024-05-20")
    assert "has ended" not in page.get(f"/credits/credentials/{held.id}").text


@pytest.mark.parametrize("was_only", [True, False])
def test_a_record_made_when_the_other_cycle_was_in_another_state_is_refused(
    own_database: Database, config: Config, was_only: bool
) -> None:
    with own_database.session() as session:
        owner = make.user(session)
        held = make.held_credential(session, owner, certified_on=date(2023, 5, 20))
        make.cycle_rules(session, held)
        if was_only:
            make.closed_cycle(session, held, start_on=date(2024, 5, 20), last_on=date(2025, 5, 19))
        session.commit()
        (holding,) = queries.standings_of(session, owner.id, make.NOW.date(), config.bank_dir).holdings
        record = record_of(holding, holding.statuses[0], [], 0, make.NOW.date())
        assert record.is_record_only == was_only
        with writing(session):
            if was_only:
                assert closing.reopen_cycle(session, owner.id, held.id, date(2024, 5, 20))
            else:
                make.closed_cycle(session, held, start_on=date(2024, 5, 20), last_on=date(2025, 5, 19))
        with pytest.raises(closing.LaterOneIsClosedError), writing(session):
            closing.close_cycle(session, owner.id, held.id, record, "12-months", make.NOW)
