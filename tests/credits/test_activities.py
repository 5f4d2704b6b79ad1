"""Logging, changing, deleting and downloading activities."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits import actions
from quizapp.credits.csv_file import guarded
from quizapp.credits.forms import UNIT_CHOICES
from quizapp.credits.models import Activity
from quizapp.rules.credit_rules import UNITS
from tests import make
from tests.pages import Client, Page, Pages

FORM = {
    "title": "Denials webinar",
    "provider": "State medical society",
    "started_on": "2026-02-03",
    "ended_on": "",
    "amount": "0.6",
    "unit": "iacet-ceu",
    "approval": "recognized",
    "index_number": "",
    "note": "",
}


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    owner = make.user(session)
    page.sign_in(owner)
    return owner


@pytest.fixture
def stranger(session: Session) -> User:
    return make.user(session, "stranger@example.org")


def log(page: Pages, status: int = 200, /, **values: str) -> Page:
    return page.post("/credits/activities/new", {"id": str(uuid4()), **FORM, **values}, status)


def activities(session: Session) -> list[Activity]:
    return list(session.scalars(select(Activity)))


def test_six_tenths_of_iacets_ceu_are_six_hours(page: Pages, owner: User, session: Session) -> None:
    shown = log(page)
    assert shown.texts(".notice.good") == ["Saved: Denials webinar. 0.6 IACET CEU = 6 hours."]
    (activity,) = activities(session)
    assert (activity.amount_hundredths, activity.unit, activity.minutes) == (60, "iacet-ceu", 360)
    assert activity.ended_on == activity.started_on == date(2026, 2, 3)
    assert (activity.user_id, activity.created_at) == (owner.id, make.NOW)


def test_the_form_asks_whose_unit_it_is(page: Pages, owner: User, session: Session) -> None:
    assert "unit" not in page.get("/credits/activities/new").values_of("main form")
    assert log(page, 422, unit="").texts(".error") == ["Say what the number counts."]
    assert activities(session) == []


def test_every_unit_offered_is_one_that_the_rules_know() -> None:
    assert set(UNIT_CHOICES) < set(UNITS)


def test_a_comma_is_as_good_as_a_point(page: Pages, owner: User, session: Session) -> None:
    log(page, amount="1,5", unit="hours")
    assert activities(session)[0].minutes == 90


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": " "}, "Enter what it was called."),
        ({"title": "x" * 201}, "At most 200 characters."),
        ({"provider": ""}, "Enter who gave it."),
        ({"started_on": ""}, "Enter the day."),
        ({"started_on": "03/02/2026"}, "Enter the day."),
        ({"started_on": "2026-03-11"}, "This day is still to come. Log it when it is over."),
        ({"started_on": "1989-12-31"}, "Enter a day from 1990 on."),
        ({"ended_on": "2026-02-02"}, "The last day lies before the first."),
        ({"ended_on": "soon"}, "Enter a day such as 2026-03-14."),
        ({"amount": ""}, "Enter how long it was."),
        ({"amount": "1.234"}, "Enter a number with up to two decimals, such as 1.5."),
        ({"amount": "-1"}, "Enter a number with up to two decimals, such as 1.5."),
        ({"amount": "NaN"}, "Enter a number with up to two decimals, such as 1.5."),
        ({"amount": "0"}, "Enter at least one minute."),
        ({"amount": "0.01", "unit": "minutes"}, "Enter at least one minute."),
        ({"unit": "ceu"}, "Not a valid choice."),
        ({"approval": "maybe"}, "Not a valid choice."),
        ({"note": "x" * 2001}, "At most 2,000 characters."),
    ],
)
def test_a_bad_entry_is_refused_with_a_sentence(
    page: Pages, owner: User, session: Session, values: dict[str, str], error: str
) -> None:
    shown = log(page, 422, **values)
    assert shown.texts(".error") == [error]
    assert shown.values_of("main form")["provider"] == values.get("provider", FORM["provider"])
    assert activities(session) == []


def test_characters_that_no_database_keeps_are_left_out(page: Pages, owner: User, session: Session) -> None:
    log(page, title="De\x00nials\x1b webinar", note="two\r\nlines")
    (activity,) = activities(session)
    assert (activity.title, activity.note) == ("Denials webinar", "two\r\nlines")


def test_more_than_its_days_have_is_refused(page: Pages, owner: User, session: Session) -> None:
    (error,) = log(page, 422, amount="6").texts(".error")
    assert error.startswith("6 IACET CEU = 60 hours, more than its days have.")
    assert log(page, amount="6", ended_on="2026-02-05").texts(".error") == []
    assert len(activities(session)) == 1


def test_more_than_eight_hours_a_day_is_stored_and_noted(page: Pages, owner: User) -> None:
    assert "more than eight hours a day" in log(page, amount="0.9").texts(".notice.note")[0]
    assert log(page, amount="0.8").texts(".notice.note") == []


def test_an_approved_activity_without_its_index_number_is_noted(page: Pages, owner: User) -> None:
    assert "index number" in log(page, approval="approved").texts(".notice.note")[0]
    assert log(page, approval="approved", index_number="PA-17").texts(".notice.note") == []


def test_sending_the_form_twice_stores_one_row_and_says_the_same(page: Pages, owner: User, session: Session) -> None:
    form = {**page.get("/credits/activities/new").values_of("main form"), **FORM}
    first, second = (page.post("/credits/activities/new", form) for _ in range(2))
    assert first.texts(".notice.good") == second.texts(".notice.good")
    assert len(activities(session)) == 1


def test_sending_an_old_form_with_other_values_leads_to_the_stored_row(
    page: Pages, owner: User, session: Session
) -> None:
    form = {**page.get("/credits/activities/new").values_of("main form"), **FORM}
    page.post("/credits/activities/new", form)
    shown = page.post("/credits/activities/new", {**form, "title": "Another title"})
    assert shown.h1 == "Change an activity"
    assert shown.values_of("main form")["title"] == "Denials webinar"
    assert len(activities(session)) == 1


def test_two_people_may_send_the_same_id(page: Pages, owner: User, stranger: User, session: Session) -> None:
    form = {"id": str(uuid4()), **FORM}
    page.post("/credits/activities/new", form)
    page.sign_in(stranger)
    page.post("/credits/activities/new", form)
    assert {activity.user_id for activity in activities(session)} == {owner.id, stranger.id}


@pytest.mark.parametrize("activity_id", ["", "1", "not-an-id"])
def test_a_form_without_its_id_is_refused(page: Pages, owner: User, session: Session, activity_id: str) -> None:
    page.post("/credits/activities/new", {**FORM, "id": activity_id}, status=400)
    assert activities(session) == []


def test_saving_shows_the_past_cycle_that_it_counts_in(page: Pages, owner: User, session: Session) -> None:
    make.cycle_rules(session, make.held_credential(session, owner, certified_on=date(2024, 5, 20)), version="12-months")
    shown = log(page, started_on="2025-05-19")
    assert "CMM, 20 May 2024 to 19 May 2025" in shown.text
    assert "It ended before your certification" in log(page, started_on="2024-05-19").text


def test_an_activity_counts_on_the_day_that_it_ended(page: Pages, owner: User, session: Session) -> None:
    make.cycle_rules(session, make.held_credential(session, owner), version="12-months")
    shown = log(page, started_on="2025-05-18", ended_on="2025-05-20")
    assert "6 more hours by 19 May 2026." in shown.text


def test_an_activity_is_changed(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, unit="hours")
    url = f"/credits/activities/{activity.id}/edit"
    form = page.get(url).values_of("main form")
    assert (form["amount"], form["ended_on"]) == ("1", "")
    shown = page.post(url, {**form, "title": "A new title", "amount": "2.5"})
    assert shown.texts(".notice.good") == ["Saved: A new title. 2.5 hours."]
    assert [(each.title, each.minutes) for each in activities(session)] == [("A new title", 150)]


def test_a_bad_change_leaves_the_row(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, unit="hours")
    assert page.post(f"/credits/activities/{activity.id}/edit", {**FORM, "amount": "x"}, 422).texts(".error")
    assert activities(session)[0].minutes == 60


def test_deleting_asks_first(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, unit="hours")
    asked = page.get(f"/credits/activities/{activity.id}/delete")
    assert asked.h1 == "Delete this activity?"
    assert len(activities(session)) == 1
    shown = page.post(f"/credits/activities/{activity.id}/delete")
    assert shown.texts(".notice.good") == ["Deleted: Denials webinar."]
    assert activities(session) == []


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_a_strangers_activity_is_not_found(
    page: Pages, owner: User, stranger: User, session: Session, verb: str
) -> None:
    activity = make.activity(session, stranger, unit="hours")
    page.get(f"/credits/activities/{activity.id}/{verb}", 404)
    page.post(f"/credits/activities/{activity.id}/{verb}", FORM, 404)
    assert [each.title for each in activities(session)] == ["Denials webinar"]


def test_actions_on_what_is_gone_say_so(owner: User, session: Session) -> None:
    entry = actions.Entry("t", "p", date(2026, 2, 3), date(2026, 2, 3), Decimal(1), "hours", "unknown", "", "")
    assert not actions.change_activity(session, owner.id, uuid4(), entry, make.NOW)
    assert not actions.delete_activity(session, owner.id, uuid4())


# --- The table ------------------------------------------------------------------------------------------------------


def test_the_csv_holds_the_owners_activities_only(
    client: Client, page: Pages, owner: User, stranger: User, session: Session
) -> None:
    log(page, note='Two\nlines, "quoted"')
    make.activity(session, stranger, "Not yours", unit="hours")
    response = client.get("/credits/activities.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="credit-activities-2026-03-10.csv"'
    assert response.data.startswith(b"\xef\xbb\xbfTitle,Provider,")
    assert response.data.endswith(b"\r\n")
    _heading, row = csv.reader(StringIO(response.data.decode("utf-8-sig"), newline=""))
    assert row == [
        "Denials webinar",
        "State medical society",
        "2026-02-03",
        "2026-02-03",
        "0.6",
        "IACET CEU",
        "360",
        "Recognized",
        "",
        'Two\nlines, "quoted"',
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"x{text}") == f"x{text}"


def test_a_formula_in_a_title_arrives_as_text(client: Client, page: Pages, owner: User) -> None:
    log(page, title='=HYPERLINK("http://x")')
    assert b"\"'=HYPERLINK(" in client.get("/credits/activities.csv").data
