"""Where an activity counts: before it is saved, on its own page, and while it is changed."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from tests import make
from tests.conftest import CountStatements
from tests.credits.held import hold
from tests.pages import Page, Pages, text_of

FORM = {
    "title": "Denials webinar",
    "provider": "State medical society",
    "started_on": "2026-02-03",
    "ended_on": "",
    "amount": "2",
    "unit": "hours",
    "delivery": "live",
}


def preview(page: Pages, status: int = 200, /, **values: object) -> Page:
    return page.post("/credits/activities/preview", {"id": str(uuid4()), **FORM, **values}, status)


def effects(page: Page) -> dict[str, str]:
    """What the page says of each credential."""
    return {text_of(item.findall(".//h3")[0]): text_of(item) for item in page.all(".effects li")}


def test_before_saving_each_credential_says_what_it_counts_for(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    hold(session, owner, "cpc", "36-ceus", certified_on=date(2026, 2, 20))
    hold(session, owner, "cmpe", "50-hours", certified_on=date(2024, 12, 1))
    shown = effects(preview(page, tags=["mgma"]))
    assert shown["CMM"] == (
        "CMM Counts 20 May 2025 to 19 May 2026 2 of 2 hours count. Needed afterwards: 10 more hours, by 19 May 2026."
    )
    assert shown["CPC"] == (
        "CPC Does not count Does not count: it ended before your certification on 20 February 2026."
    )
    assert "2 of 2 hours count: 2 hours live MGMA." in shown["CMPE"]
    assert "at least 28 of those MGMA (at least 10 of those live MGMA)" in shown["CMPE"]


def test_the_factor_of_ten_is_seen_before_saving(page: Pages, owner: User) -> None:
    shown = preview(page, amount="0.9", unit="iacet-ceu")
    assert "0.9 IACET CEU = 9 hours. That is more than eight hours a day." in shown.text


def test_the_form_stands_as_it_was_sent(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    shown = preview(page, note="A note", tags=["mgma"], domains=["finance"], cost="49")
    sent = shown.values_of("#activity")
    assert (sent["note"], sent["tags"], sent["domains"], sent["cost"]) == ("A note", "mgma", "finance", "49")
    assert shown.one("#activity").get("action") == "/credits/activities/new"


@pytest.mark.parametrize("missing", ["started_on", "amount", "unit"])
def test_without_day_or_length_it_says_what_it_waits_for(
    page: Pages, owner: User, session: Session, missing: str
) -> None:
    hold(session, owner)
    shown = preview(page, 422, **{missing: ""})
    assert effects(shown) == {}
    assert "This cannot be reckoned yet." in shown.texts("#effects")[0]


def test_a_title_is_not_needed_to_see_where_it_counts(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    make.activity(session, owner, title="", provider="")
    shown = preview(page, 422, title="", provider="")
    assert "2 of 2 hours count." in effects(shown)["CMM"]
    assert shown.texts(".notice.note") == [], "two that have no title yet are not the same course"


def test_a_change_is_reckoned_instead_of_what_is_stored(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    stored = make.activity(session, owner, minutes=600, amount_hundredths=1000)
    assert "Needed afterwards: 2 more hours" in effects(page.get(f"/credits/activities/{stored.id}/edit"))["CMM"]
    shown = preview(page, id=str(stored.id), seen=make.NOW.isoformat(), amount="1")
    assert "Needed afterwards: 11 more hours" in effects(shown)["CMM"]
    assert shown.one("#activity").get("action") == f"/credits/activities/{stored.id}/edit"


def test_the_page_of_an_activity_says_where_it_counts(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    make.activity(session, owner, "Another", minutes=600)
    stored = make.activity(session, owner, minutes=180)
    shown = effects(page.get(f"/credits/activities/{stored.id}"))["CMM"]
    assert "3 of 3 hours count. Nothing is missing" in shown
    assert "1 hour beyond the total of 12 hours" in shown


def test_a_closed_cycle_is_said_to_stay(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, certified_on=date(2024, 5, 20))
    make.closed_cycle(session, held)
    assert effects(preview(page, started_on="2024-06-01"))["CMM"].endswith(
        "Falls into a closed cycle, which stays as it is."
    )


def test_missing_proof_is_asked_for_on_the_page(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cpc", "36-ceus")
    stored = make.activity(session, owner, tags=["aapc-approved"])
    shown = page.get(f"/credits/activities/{stored.id}")
    assert shown.texts(".tag.note") == ["missing: certificate, index number"]
    make.certificate(session, stored)
    assert page.get(f"/credits/activities/{stored.id}").texts(".tag.note") == ["missing: index number"]


def test_never_a_word_of_compliance(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner)
    assert "compliant" not in preview(page, amount="12").html


def test_the_statements_do_not_grow_with_what_is_held_or_logged(
    page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    hold(session, owner)
    preview(page)
    counts = []
    for rules, version in [("cpc", "36-ceus"), ("cmpe", "50-hours")]:
        hold(session, owner, rules, version)
        for _ in range(10):
            stored = make.activity(session, owner)
        with count_statements() as statements:
            preview(page)
            page.get(f"/credits/activities/{stored.id}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 15
