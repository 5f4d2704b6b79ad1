"""Activities that are logged: changed, deleted, brought back, listed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits import actions
from quizapp.jobs import sweep
from tests import make
from tests.conftest import CountStatements
from tests.credits.activity_form import FORM, activities, sent
from tests.credits.held import hold
from tests.pages import Page, Pages, text_of

# --- Changing -------------------------------------------------------------------------------------------------------


def test_an_activity_is_changed(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, domains=["finance"], cost_cents=4900)
    url = f"/credits/activities/{activity.id}/edit"
    form = sent(page.get(url))
    assert (form["amount"], form["ended_on"], form["domains"], form["cost"]) == ("1", "", "finance", "49.00")
    shown = page.post(url, {**form, "title": "A new title", "amount": "2.5"})
    assert shown.texts(".notice.good") == ["Saved: A new title. 2.5 hours."]
    assert [(each.title, each.minutes, each.tags) for each in activities(session)] == [
        ("A new title", 150, ["pahcom-approved"])
    ]


def test_a_bad_change_leaves_the_row(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner)
    assert page.post(f"/credits/activities/{activity.id}/edit", {**FORM, "amount": "x"}, 422).texts(".error")
    assert activities(session)[0].minutes == 60


def test_of_two_tabs_the_later_one_sees_what_the_first_stored(
    page: Pages, owner: User, session: Session, clock: time_machine.Traveller
) -> None:
    activity = make.activity(session, owner)
    url = f"/credits/activities/{activity.id}/edit"
    first, second = (sent(page.get(url)) for _ in range(2))
    clock.shift(60)
    page.post(url, {**first, "title": "From the first tab", "note": "kept"})
    shown = page.post(url, {**second, "title": "From the second tab"}, 409)
    assert shown.texts(".notice.note li") == ["Title: From the first tab", "Note: kept"]
    assert sent(shown)["title"] == "From the second tab"
    assert activities(session)[0].title == "From the first tab"
    page.post(url, sent(shown))
    assert activities(session)[0].title == "From the second tab"


def test_a_change_of_what_another_tab_deleted_is_not_lost(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner)
    url = f"/credits/activities/{activity.id}/edit"
    form = sent(page.get(url))
    page.post(f"/credits/activities/{activity.id}/delete")
    shown = page.post(url, {**form, "title": "A new title"}, 409)
    assert "was deleted elsewhere meanwhile" in shown.texts(".notice.note")[0]
    assert page.post(shown.one("#activity").get("action", ""), sent(shown)).h1 == "A new title"
    stored = {each.title: each.deleted_at is None for each in activities(session)}
    assert stored == {"Denials webinar": False, "A new title": True}


def test_saving_a_change_twice_is_no_conflict(
    page: Pages, owner: User, session: Session, clock: time_machine.Traveller
) -> None:
    activity = make.activity(session, owner)
    url = f"/credits/activities/{activity.id}/edit"
    form = {**sent(page.get(url)), "title": "A new title"}
    for _ in range(2):
        clock.shift(1)
        assert page.post(url, form).texts(".notice.good") == ["Saved: A new title. 1 hour."]


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-03-10T15:30:00"])
def test_a_change_that_does_not_say_what_it_saw_asks_first(
    page: Pages, owner: User, session: Session, seen: str
) -> None:
    activity = make.activity(session, owner)
    page.post(f"/credits/activities/{activity.id}/edit", {**FORM, "seen": seen}, 409)
    assert activities(session)[0].minutes == 60


def test_a_change_of_what_falls_into_a_closed_cycle_is_warned_of(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, "cmm", "12-months", certified_on=date(2024, 5, 20))
    activity = make.activity(session, owner, started_on=date(2024, 6, 1), ended_on=date(2024, 6, 1))
    url = f"/credits/activities/{activity.id}/edit"
    assert page.get(url).texts(".notice.note") == []
    make.closed_cycle(session, held, content={"activities": [{"id": str(activity.id), "why_not": ""}]})
    assert "falls into a closed cycle of CMM" in page.get(url).texts(".notice.note")[0]
    gone = page.post(f"/credits/activities/{activity.id}/delete")
    assert "The record of a closed cycle of CMM keeps it." in gone.text


def test_actions_on_what_is_gone_say_so(owner: User, session: Session) -> None:
    entry = actions.Entry("t", "p", date(2026, 2, 3), date(2026, 2, 3), Decimal(1), "hours")
    assert not actions.change_activity(session, owner.id, uuid4(), entry, make.NOW, seen_at=make.NOW)
    assert not actions.delete_activity(session, owner.id, uuid4(), make.NOW)
    assert not actions.restore_activity(session, owner.id, uuid4())


# --- Deleting -------------------------------------------------------------------------------------------------------


def test_deleting_asks_nothing_and_can_be_undone(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner)
    shown = page.post(f"/credits/activities/{activity.id}/delete?text=denials")
    (notice,) = shown.all(".notice.good")
    assert text_of(notice).startswith("Deleted: Denials webinar.")
    assert "Nothing is logged yet" in shown.text
    assert activities(session)[0].deleted_at == make.NOW
    undo = shown.one(".notice form").get("action", "")
    again = page.post(undo)
    assert again.texts(".notice.good") == ["Brought back: Denials webinar."]
    assert again.one("#text").get("value") == "denials", "the filters stay"
    assert activities(session)[0].deleted_at is None


def test_clicking_twice_deletes_and_brings_back_once(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner)
    for verb in ("delete", "delete", "restore", "restore"):
        page.post(f"/credits/activities/{activity.id}/{verb}")
    assert activities(session)[0].deleted_at is None


def test_an_old_notice_of_a_deletion_does_not_come_back(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner)
    assert page.get(f"/credits/activities?deleted={activity.id}").texts(".notice") == []


def test_what_was_deleted_counts_nowhere_and_is_listed(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cmm", "12-months")
    activity = make.activity(session, owner, deleted_at=make.NOW - timedelta(days=29))
    assert "12 more" in page.get("/credits").text
    page.get(f"/credits/activities/{activity.id}", 404)
    page.get(f"/credits/activities/{activity.id}/edit", 404)
    shown = page.get("/credits/activities/deleted")
    assert "Kept until 11 Mar 2026" in shown.text
    assert page.post(shown.one("main form").get("action", "")).texts(".notice.good")


def test_the_clocks_jobs_remove_for_good_what_was_deleted_a_month_ago(owner: User, session: Session) -> None:
    for days in (29, 31):
        make.activity(session, owner, f"{days} days", deleted_at=make.NOW - timedelta(days=days))
    make.activity(session, owner, "kept")
    session.commit()
    sweep(session, make.NOW)
    assert {each.title for each in activities(session)} == {"29 days", "kept"}


@pytest.mark.parametrize("path", ["", "/edit"])
def test_a_strangers_activity_is_not_shown(
    page: Pages, owner: User, stranger: User, session: Session, path: str
) -> None:
    page.get(f"/credits/activities/{make.activity(session, stranger).id}{path}", 404)


@pytest.mark.parametrize("verb", ["edit", "delete", "restore"])
def test_a_strangers_activity_is_not_changed(
    page: Pages, owner: User, stranger: User, session: Session, verb: str
) -> None:
    activity = make.activity(session, stranger)
    page.post(f"/credits/activities/{activity.id}/{verb}", FORM, 404)
    preview = {**FORM, "id": str(activity.id), "seen": make.NOW.isoformat()}
    page.post("/credits/activities/preview", preview, 404)
    assert [(each.title, each.deleted_at) for each in activities(session)] == [("Denials webinar", None)]


# --- The list -------------------------------------------------------------------------------------------------------


def titles(page: Page) -> list[str]:
    return [text_of(link) for link in page.all("tbody th a")]


def test_the_list_stands_newest_first_with_its_sums(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, "Older", ended_on=date(2026, 2, 3), cost_cents=4950)
    make.activity(session, owner, "Newer", ended_on=date(2026, 2, 5), minutes=90)
    shown = page.get("/credits/activities")
    assert titles(shown) == ["Newer", "Older"]
    assert shown.texts("#sums") == ["2 activities, 2.5 hours, $49.50."]


def test_the_list_is_filtered_by_text_year_and_cycle(page: Pages, owner: User, session: Session) -> None:
    held = hold(session, owner, "cmm", "12-months", certified_on=date(2024, 5, 20))
    day = date(2024, 6, 1)
    make.activity(session, owner, "Coding basics", started_on=day, ended_on=day, note="With café")
    make.activity(session, owner, "Denials", index_number="PA-17")
    for query, found in [
        ("text=CAF%C3%89+coding", ["Coding basics"]),
        ("text=pa-17", ["Denials"]),
        ("text=nothing", []),
        ("year=2024", ["Coding basics"]),
        (f"cycle={held.id}:2025-05-20", ["Denials"]),
        (f"cycle={held.id}:2024-05-20&year=2026", []),
        ("cycle=gone&year=soon&page=-1", ["Denials", "Coding basics"]),
    ]:
        shown = page.get(f"/credits/activities?{query}")
        assert titles(shown) == found, query
    assert "of 2 in all" in page.get("/credits/activities?year=2024").text


def test_the_list_says_what_each_counts_for_and_which_proof_is_missing(
    page: Pages, owner: User, session: Session
) -> None:
    hold(session, owner, "cpc", "36-ceus")
    hold(session, owner, "cmm", "12-months")
    both = make.activity(session, owner, "Both", tags=["aapc-approved"])
    make.activity(session, owner, "One", tags=[])
    before = date(2020, 1, 1)
    make.activity(session, owner, "Before", started_on=before, ended_on=before)
    make.certificate(session, both)
    shown = page.get("/credits/activities")
    rows = {text_of(row.find("th/a")): text_of(row) for row in shown.all("tbody tr") if row.find("th/a") is not None}  # type: ignore[arg-type]
    assert "CPC 1 hour CMM 1 hour 1 certificate of Both no index number" in rows["Both"]
    assert "CPC 0 of 1 hour CMM 1 hour Add a certificate to One no certificate" in rows["One"]
    assert "in no cycle" in rows["Before"]


def test_the_list_has_pages_of_a_hundred(
    page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    for number in range(101):
        make.activity(session, owner, f"Course {number}", provider=f"Provider {number}")
    hold(session, owner, "cmm", "12-months")
    with count_statements() as statements:
        first = page.get("/credits/activities?text=course")
    assert len(statements) <= 6, statements
    assert len(titles(first)) == 100
    second = page.get(first.links["Older"])
    assert len(titles(second)) == 1
    assert second.links["Newer"] == "/credits/activities?text=course"
    assert titles(page.get("/credits/activities?page=9999")) == titles(second)


def test_who_logged_nothing_is_told_how_to_begin(page: Pages, owner: User) -> None:
    assert {"Log an activity", "Import a list"} <= set(page.get("/credits/activities").links)


def test_a_neighbours_activities_are_not_listed(page: Pages, owner: User, stranger: User, session: Session) -> None:
    make.activity(session, stranger)
    assert "Nothing is logged yet" in page.get("/credits/activities").text
