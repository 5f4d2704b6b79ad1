"""Hours carried in from before this site."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from tests import make
from tests.pages import Page, Pages

ADD = "/credits/credentials/new/shrm-cp"
SHRM = {
    "certified_on": "2020-02-01",
    "birth_month": "1",
    "due_on": "",
    "carried_in": "5",
    "version": "from-2021",
}
PRESENT = date(2026, 2, 1)
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
Hold = Callable[..., HeldCredential]


@pytest.fixture
def hold(session: Session, owner: User) -> Hold:
    """An SHRM-CP whose third cycle began on 1 February 2026."""

    def held(**columns: object) -> HeldCredential:
        values = {"rules": "shrm-cp", "certified_on": date(2020, 2, 1), "birth_month": 1, "created_at": LONG_AGO}
        found = make.held_credential(session, owner, **{**values, **columns})
        make.cycle_rules(session, found, version="from-2021")
        return found

    return held


def only(session: Session) -> HeldCredential:
    return session.scalars(select(HeldCredential)).one()


def page_of(page: Pages, held: HeldCredential, more: str = "") -> Page:
    return page.get(f"/credits/credentials/{held.id}{more}")


def test_what_was_carried_in_enters_the_present_cycle_and_is_named(page: Pages, session: Session, owner: User) -> None:
    assert "Carried into your present cycle, in PDCs" in page.get(ADD).text
    shown = page.post(ADD, SHRM)
    held = only(session)
    assert (held.carried_in_minutes, held.carried_in_from) == (300, PRESENT)
    assert "5 hours carried in, as you entered." in shown.text
    assert "5 of 60 hours" in shown.text
    assert "carried in, as you entered" in page_of(page, held).text


@pytest.mark.parametrize(
    ("amount", "minutes"), [("", 0), ("0", 0), ("20", 1200), ("1,25", 75)], ids=["nothing", "none", "most", "comma"]
)
def test_an_amount_is_in_the_bodys_unit(page: Pages, session: Session, owner: User, amount: str, minutes: int) -> None:
    page.post(ADD, {**SHRM, "carried_in": amount})
    held = only(session)
    assert (held.carried_in_minutes, held.carried_in_from) == (minutes, PRESENT if minutes else None)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"carried_in": "20.01"}, "SHRM lets you carry at most 20 PDCs to the next cycle."),
        ({"carried_in": "-1"}, "Enter a number with up to two decimals, such as 1.5."),
        ({"version": "until-july-2019"}, "By the rules that you chose below, nothing is carried to the next cycle."),
    ],
)
def test_more_than_the_rules_carry_is_refused(
    page: Pages, session: Session, owner: User, values: dict[str, str], error: str
) -> None:
    assert error in page.post(ADD, {**SHRM, **values}, 422).text
    assert session.scalars(select(HeldCredential)).all() == []


def test_rules_that_carry_nothing_do_not_ask(page: Pages, owner: User) -> None:
    assert "Carried into" not in page.get("/credits/credentials/new/cmm").text


def test_a_change_keeps_the_cycle_that_the_hours_entered(page: Pages, session: Session, hold: Hold) -> None:
    held = hold(carried_in_minutes=300, carried_in_from=date(2023, 2, 1))
    shown = page_of(page, held, "/edit")
    assert "Carried into the cycle that holds 1 February 2023, in PDCs" in shown.text
    page.post(f"/credits/credentials/{held.id}/edit", {**shown.values_of("main form"), "carried_in": "6"})
    assert (only(session).carried_in_minutes, only(session).carried_in_from) == (360, date(2023, 2, 1))
    page.post(f"/credits/credentials/{held.id}/edit", {**SHRM, "certified_on": "2025-02-01", "carried_in": "6"})
    assert (only(session).carried_in_minutes, only(session).carried_in_from) == (360, date(2025, 2, 1))
    page.post(f"/credits/credentials/{held.id}/edit", {**SHRM, "certified_on": "2025-02-01", "carried_in": ""})
    assert (only(session).carried_in_minutes, only(session).carried_in_from) == (0, None)


def test_the_closing_of_the_cycle_before_goes_before_what_was_entered(
    page: Pages, session: Session, hold: Hold
) -> None:
    held = hold(carried_in_minutes=300, carried_in_from=PRESENT)
    make.closed_cycle(
        session,
        held,
        start_on=date(2023, 2, 1),
        last_on=date(2026, 1, 31),
        version="from-2021",
        carried_minutes=480,
    )
    shown = page_of(page, held)
    assert "8 hours came from the cycle before." in shown.text
    assert "You entered 5 hours as carried in. The cycle before is closed here" in shown.text


def test_a_record_says_who_told_of_the_carried_hours(page: Pages, session: Session, hold: Hold) -> None:
    held = hold(carried_in_minutes=300, carried_in_from=date(2023, 2, 1))
    address = f"/credits/credentials/{held.id}/cycles/2023-02-01/close"
    shown = page.post(address, page.get(address).values_of("main form"))
    assert "5 hours carried in, as it was entered." in shown.text
