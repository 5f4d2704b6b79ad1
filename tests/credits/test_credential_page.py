"""The page of a credential held: what stands first and once, and what adding and deleting bring."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import HeldCredential
from quizapp.mail.models import Notice
from tests import make
from tests.pages import Pages

CPC = {
    "certified_on": "2025-05-20",
    "is_member": "yes",
    "member_until": "",
    "due_on": "2027-05-31",
    "further_credentials": "0",
}

Hold = Callable[..., HeldCredential]


@pytest.fixture
def hold(session: Session, owner: User) -> Hold:
    def held(version: str = "12-months", **columns: object) -> HeldCredential:
        found = make.held_credential(session, owner, **columns)
        make.cycle_rules(session, found, version=version)
        return found

    return held


def page_of(held: HeldCredential) -> str:
    return f"/credits/credentials/{held.id}"


def test_the_newest_that_count_stand_first_and_the_others_behind_a_disclosure(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    held = hold()
    for day in range(1, 8):
        make.activity(session, owner, f"Course {day}", started_on=date(2026, 2, day), ended_on=date(2026, 2, day))
    shown = page.get(page_of(held))
    assert shown.texts("section details .activities tbody th a") == ["Course 2", "Course 1"]
    assert len(shown.texts(".activities tbody tr")) == 7
    assert "2 earlier ones that count" in shown.texts("summary")


def test_only_the_present_cycle_tells_of_todays_membership(page: Pages, hold: Hold) -> None:
    held = hold(certified_on=date(2024, 5, 20), member_until=date(2026, 3, 20))
    assert page.get(page_of(held)).texts(".notice.note p")[-1].startswith("Your membership runs until 20 March 2026.")
    assert "membership runs" not in page.get(page_of(held) + "?cycle=2024-05-20").text


@pytest.mark.parametrize(("due_on", "is_asked"), [("2027-04-30", True), ("2026-04-30", False), ("2026-03-31", False)])
def test_a_last_day_that_makes_a_short_first_cycle_is_asked_about(
    page: Pages, owner: User, due_on: str, is_asked: bool
) -> None:
    shown = page.post("/credits/credentials/new/cpc", {**CPC, "certified_on": "2024-05-01", "due_on": due_on})
    question = (
        "By the last day that you entered, your first cycle goes from 1 May 2024 to 30 April 2025, 12 months "
        "instead of 24, and asks for as much. If AAPC shows you another day, change it."
    )
    assert (question in shown.text) == is_asked
    form = page.get(shown.url + "/edit").values_of("main form")
    assert question not in page.post(shown.url + "/edit", form).text


def test_deleting_takes_the_notices_of_the_credential_along(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    held = hold()
    make.notice(session, owner, "Of this one", path=page_of(held))
    make.notice(session, owner, "Of another")
    make.notice(session, make.user(session, "neighbour@example.org"), "A neighbour's", path=page_of(held))
    page.post(page_of(held) + "/delete")
    assert set(session.scalars(select(Notice.title))) == {"Of another", "A neighbour's"}


def test_what_an_activity_counts_for_and_why_the_rest_does_not(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    held = hold("50-hours", rules="cmpe", certified_on=date(2024, 5, 20))
    make.activity(session, owner, "Live course", minutes=120, tags=["mgma"], delivery="live")
    make.activity(session, owner, "Elsewhere", minutes=21 * 60, tags=["practice-management"])
    make.activity(session, owner, "Coding", tags=[])
    make.activity(session, owner, "More coding", tags=[])
    shown = page.get(page_of(held))
    live, elsewhere = sorted(shown.texts(".activities tbody tr"), reverse=True)
    assert "2 hours live MGMA" in live
    assert "20 hours from other providers and 1 hour beyond a cap" in elsewhere
    assert "Beyond a cap. Rule: At most 20 of the 50 hours" in " ".join(shown.texts("p.small"))
    assert "2 activities of these days do not count here" in shown.texts("summary")
    assert {text.partition(",")[0] for text in shown.texts(".elsewhere li")} == {"Coding", "More coding"}
