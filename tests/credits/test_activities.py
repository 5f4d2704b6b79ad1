"""Logging activities: the form, the same form twice, a copy."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.rules.credit_units import UNITS
from tests import make
from tests.conftest import CountStatements
from tests.credits.activity_form import FORM, activities, sent
from tests.credits.held import hold
from tests.pages import Client, Page, Pages, text_of


def log(page: Pages, status: int = 200, /, **values: object) -> Page:
    return page.post("/credits/activities/new", {"id": str(uuid4()), **FORM, **values}, status)


def new_form(page: Pages, more: str = "") -> Page:
    return page.get(f"/credits/activities/new?id={uuid4()}{more}")


# --- Logging --------------------------------------------------------------------------------------------------------


def test_six_tenths_of_iacets_ceu_are_six_hours(page: Pages, owner: User, session: Session) -> None:
    shown = log(page)
    assert shown.texts(".notice.good") == ["Saved: Denials webinar. 0.6 IACET CEU = 6 hours."]
    (activity,) = activities(session)
    assert (activity.amount_hundredths, activity.unit, activity.minutes) == (60, "iacet-ceu", 360)
    assert activity.ended_on == activity.started_on == date(2026, 2, 3)
    assert (activity.user_id, activity.created_at) == (owner.id, make.NOW)


def test_everything_that_was_entered_is_stored_and_shown(page: Pages, owner: User, session: Session) -> None:
    shown = log(
        page,
        tags=["mgma", "compliance"],
        domains=["risk-management"],
        index_number="PA-17",
        cost="$1,049.50",
        note="Two\nlines",
    )
    (activity,) = activities(session)
    assert (activity.tags, activity.domains) == (["mgma", "compliance"], ["risk-management"])
    assert (activity.cost_cents, activity.index_number, activity.note) == (104950, "PA-17", "Two\nlines")
    entered = shown.texts(".entered dd")
    assert entered == ["Live", "MGMA, Compliance", "Risk Management", "PA-17", "$1049.50", "Two lines"]


def test_after_saving_the_certificate_comes_next(page: Pages, owner: User, session: Session) -> None:
    shown = log(page)
    (activity,) = activities(session)
    assert shown.links["Add a certificate"] == f"/credits/activities/{activity.id}/certificates"
    make.certificate(session, activity, "denials.pdf")
    again = page.get(f"/credits/activities/{activity.id}")
    assert "denials.pdf" in again.text
    assert "Next: add the certificate" not in again.text


def test_the_form_asks_whose_unit_it_is(page: Pages, owner: User, session: Session) -> None:
    assert "unit" not in sent(new_form(page))
    assert log(page, 422, unit="").texts(".error") == ["Say what the number counts."]
    assert activities(session) == []


def units_offered(shown: Page) -> set[str]:
    return {radio.get("value", "") for radio in shown.all("[name=unit]")}


def test_a_bodys_own_unit_is_offered_to_those_who_hold_its_credential(
    page: Pages, owner: User, session: Session
) -> None:
    assert not units_offered(new_form(page)) & {"aapc-ceu", "ahima-ceu", "shrm-pdc"}
    hold(session, owner, "cpc", "36-ceus")
    assert units_offered(new_form(page)) == set(UNITS) - {"ahima-ceu", "shrm-pdc"}


def test_a_unit_that_was_chosen_stays_when_its_credential_is_gone(page: Pages, owner: User, session: Session) -> None:
    shown = log(page, amount="2.5", unit="shrm-pdc")
    assert shown.texts(".notice.good") == ["Saved: Denials webinar. 2.5 PDC = 2.5 hours."]
    (activity,) = activities(session)
    edited = page.get(f"/credits/activities/{activity.id}/edit")
    assert sent(edited)["unit"] == "shrm-pdc"
    assert "shrm-pdc" in units_offered(log(page, 422, unit="shrm-pdc", title=""))


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
        ({"delivery": "maybe"}, "Not a valid choice."),
        ({"tags": "no-such-tag"}, "'no-such-tag' is not a valid choice for this field."),
        ({"domains": "cooking"}, "'cooking' is not a valid choice for this field."),
        ({"cost": "a lot"}, "Enter dollars up to 999,999, such as 49 or 49.50."),
        ({"cost": "12345678"}, "Enter dollars up to 999,999, such as 49 or 49.50."),
        ({"cost": "1,234,567,890,123"}, "Enter dollars up to 999,999, such as 49 or 49.50."),
        ({"note": "x" * 2001}, "At most 2,000 characters."),
    ],
)
def test_a_bad_entry_is_refused_with_a_sentence(
    page: Pages, owner: User, session: Session, values: dict[str, str], error: str
) -> None:
    shown = log(page, 422, **values)
    assert shown.texts(".error") == [error]
    assert sent(shown)["provider"] == values.get("provider", FORM["provider"])
    assert activities(session) == []


@pytest.mark.parametrize(("cost", "cents"), [("", None), ("0", 0), ("49", 4900), ("$49.5", 4950), ("1,200", 120000)])
def test_dollars_are_kept_in_cents(page: Pages, owner: User, session: Session, cost: str, cents: int | None) -> None:
    log(page, cost=cost)
    (activity,) = activities(session)
    assert activity.cost_cents == cents
    edited = page.get(f"/credits/activities/{activity.id}/edit")
    assert sent(edited)["cost"] == ("" if cents is None else f"{Decimal(cents) / 100:.2f}")


def test_the_longest_note_is_kept_whole(page: Pages, owner: User, session: Session) -> None:
    log(page, note="é" * 2000, title="t" * 200, provider="p" * 200)
    assert activities(session)[0].note == "é" * 2000


def test_characters_that_no_database_keeps_are_left_out(page: Pages, owner: User, session: Session) -> None:
    log(page, title="De\x00nials\x1b webinar", note="two\r\nlines")
    (activity,) = activities(session)
    assert (activity.title, activity.note) == ("Denials webinar", "two\nlines")


def test_markup_in_a_title_is_text(page: Pages, owner: User) -> None:
    assert log(page, title="<script>alert(1)</script>").h1 == "<script>alert(1)</script>"


def test_more_than_its_days_have_is_refused(page: Pages, owner: User, session: Session) -> None:
    (error,) = log(page, 422, amount="6").texts(".error")
    assert error.startswith("6 IACET CEU = 60 hours, more than its days have.")
    assert log(page, amount="6", ended_on="2026-02-05").texts(".error") == []
    assert len(activities(session)) == 1


def test_more_than_eight_hours_a_day_is_stored_and_noted(page: Pages, owner: User) -> None:
    assert "more than eight hours a day" in log(page, amount="0.9", title="Long").texts(".notice.note")[0]
    assert log(page, amount="0.8").texts(".notice.note") == []


@pytest.mark.parametrize("unit", ["hours", "pahcom-ceu"])
def test_tenths_of_an_hour_are_stored_and_asked_about(page: Pages, owner: User, unit: str) -> None:
    question = "0.6 IACET CEU would be 6 hours. If the certificate names IACET, change the unit."
    looked = page.post("/credits/activities/preview", {"id": str(uuid4()), **FORM, "unit": unit})
    assert question in looked.texts("#effects")[0]
    assert log(page, unit=unit, title="Short").texts(".notice.note") == [question]
    assert log(page, unit=unit, amount="0.75").texts(".notice.note") == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount": "6"}, "6 IACET CEU = 60 hours, more than its days have."),
        ({"amount": "1:30"}, "Enter a number with up to two decimals, such as 1.5."),
        ({"started_on": "2026-03-11"}, "This day is still to come. Log it when it is over."),
        ({"started_on": "1900-01-01"}, "Enter a day from 1990 on."),
    ],
)
def test_the_preview_says_why_it_cannot_reckon(page: Pages, owner: User, values: dict[str, str], reason: str) -> None:
    looked = page.post("/credits/activities/preview", {"id": str(uuid4()), **FORM, **values}, 422)
    assert f"This cannot be reckoned yet. {reason}" in looked.texts("#effects")[0]


def test_saving_can_lead_straight_to_the_certificate(page: Pages, owner: User, session: Session) -> None:
    shown = log(page, certificate="yes")
    assert shown.h1 == "Certificates"
    assert shown.texts(".notice.good") == ["Saved: Denials webinar. 0.6 IACET CEU = 6 hours."]
    assert len(activities(session)) == 1


def test_all_tags_are_asked_of_whom_no_credential_is_known(page: Pages, owner: User) -> None:
    shown = new_form(page)
    assert "What was it about?" in shown.texts("legend")
    assert shown.all("[value=volunteering]")
    assert "You hold no credential here yet." in log(page).text


def test_only_the_tags_that_the_rules_ask_for_stand_open(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cmpe", "50-hours")
    shown = new_form(page)
    assert {box.get("value") for box in shown.all("#tags-issuer [name=tags]")} == {"mgma"}
    assert {box.get("value") for box in shown.all("#tags-subject [name=tags]")} == {"practice-management"}
    assert shown.all("details [value=volunteering]")
    assert shown.all("details [name=index_number]"), "the rules of CMPE ask for no index number"


def test_the_index_number_is_asked_for_where_the_rules_need_it(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cpc", "36-ceus")
    shown = new_form(page)
    assert shown.all("[name=index_number]")
    assert shown.all("details [name=index_number]") == []


def test_earlier_providers_are_offered_with_their_usual(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, provider="MGMA", tags=["mgma"], delivery="live", ended_on=date(2026, 2, 5))
    make.activity(session, owner, provider="MGMA", tags=[], delivery="unknown")
    make.activity(session, owner, provider='A "quoted" <one>', tags=[])
    shown = new_form(page)
    offered = [option.get("value") for option in shown.all("datalist option")]
    assert offered == ["MGMA", 'A "quoted" <one>']
    providers = shown.one("#activity").get("data-providers", "")
    assert '"MGMA": {"delivery": "live", "tags": ["mgma"]}' in providers


def test_looking_stores_nothing(
    client: Client, page: Pages, owner: User, session: Session, count_statements: CountStatements
) -> None:
    with count_statements() as statements:
        page.post("/credits/activities/preview", {"id": str(uuid4()), **FORM})
    assert statements.writes == []
    assert activities(session) == []


# --- Twice ----------------------------------------------------------------------------------------------------------


def test_sending_the_form_twice_stores_one_row_and_says_the_same(page: Pages, owner: User, session: Session) -> None:
    form = {**sent(new_form(page)), **FORM}
    first, second = (page.post("/credits/activities/new", form) for _ in range(2))
    assert first.texts(".notice.good") == second.texts(".notice.good")
    assert first.url == second.url
    assert len(activities(session)) == 1


def test_an_old_form_with_other_values_loses_nothing(page: Pages, owner: User, session: Session) -> None:
    form = {**sent(new_form(page)), **FORM}
    page.post("/credits/activities/new", form)
    shown = page.post("/credits/activities/new", {**form, "title": "Another title"}, 409)
    assert "Title: Denials webinar" in shown.texts(".notice li")
    assert sent(shown)["title"] == "Another title"
    assert activities(session)[0].title == "Denials webinar"
    saved = page.post(shown.one("#activity").get("action", ""), sent(shown))
    assert saved.h1 == "Another title"
    assert len(activities(session)) == 1


def test_an_old_form_of_what_was_deleted_leads_to_where_it_can_be_brought_back(
    page: Pages, owner: User, session: Session
) -> None:
    form = {**sent(new_form(page)), **FORM}
    page.post("/credits/activities/new", form)
    page.post(f"/credits/activities/{form['id']}/delete")
    shown = page.post("/credits/activities/new", form)
    assert shown.h1 == "Recently deleted activities"
    assert "saved before, and deleted since" in shown.texts(".notice.note")[0]


def test_going_back_comes_to_the_same_form_and_then_to_what_it_stored(
    client: Client, page: Pages, owner: User, session: Session
) -> None:
    address = client.get("/credits/activities/new").location or ""
    form = {**sent(page.get(address)), **FORM}
    assert form["id"] in address
    page.post("/credits/activities/new", form)
    again = client.get(address)
    assert again.location == f"/credits/activities/{form['id']}/edit"
    assert page.get(again.location).texts(".notice.note") == ["This form was saved already. Here it can be changed."]


def test_two_people_may_send_the_same_id(page: Pages, owner: User, stranger: User, session: Session) -> None:
    form = {"id": str(uuid4()), **FORM}
    page.post("/credits/activities/new", form)
    page.sign_in(stranger)
    page.post("/credits/activities/new", form)
    assert {activity.user_id for activity in activities(session)} == {owner.id, stranger.id}


@pytest.mark.parametrize("activity_id", ["", "1", "not-an-id"])
@pytest.mark.parametrize("path", ["new", "preview"])
def test_a_form_without_its_id_is_refused(
    page: Pages, owner: User, session: Session, activity_id: str, path: str
) -> None:
    page.post(f"/credits/activities/{path}", {**FORM, "id": activity_id}, status=400)
    assert activities(session) == []


def test_the_same_course_is_noticed_before_and_after_saving(page: Pages, owner: User, session: Session) -> None:
    hold(session, owner, "cpc", "36-ceus")
    earlier = make.activity(session, owner, "Denials  WEBINAR", provider="state medical society")
    for shown in (page.post("/credits/activities/preview", {"id": str(uuid4()), **FORM}), log(page)):
        (notice,) = shown.all(".notice.note")
        assert "Denials WEBINAR, state medical society, 3 Feb 2026, 1 hour" in text_of(notice)
        assert "CPC: CEUs may be earned only once for each course" in text_of(notice)
        assert f"/credits/activities/{earlier.id}" in shown.links.values()


def test_the_same_index_number_is_noticed_under_another_title(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, "Another name", index_number="pa 17")
    assert "Another name" in log(page, index_number="PA17").texts(".notice.note")[0]
    assert log(page, title="Third", index_number="PA18").texts(".notice.note") == []


def test_a_course_is_not_its_own_twin(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, index_number="PA-17")
    for path in ("", "/edit"):
        assert page.get(f"/credits/activities/{activity.id}{path}").texts(".notice.note") == []


def test_what_was_entered_twice_is_marked_and_can_be_deleted(page: Pages, owner: User, session: Session) -> None:
    for title, minutes in [("Denials webinar", 60), ("denials  WEBINAR", 60), ("Denials webinar", 90)]:
        twin = make.activity(session, owner, title, minutes=minutes)
    other = page.get(f"/credits/activities/{twin.id}")
    assert "It is the same: delete this one" not in other.text
    listed = page.get("/credits/activities")
    assert listed.texts("th .tag.note") == ["entered twice?"] * 2
    shown = page.get(listed.links["denials WEBINAR"])
    forms = [form for form in shown.all("main form") if "It is the same: delete this one" in text_of(form)]
    after = page.post(forms[0].get("action", ""))
    assert "Deleted: denials WEBINAR." in after.texts(".notice.good")[0]
    assert after.texts("th .tag.note") == []


# --- Copies ---------------------------------------------------------------------------------------------------------


def test_a_copy_is_a_new_form_without_a_date(page: Pages, owner: User, session: Session) -> None:
    activity = make.activity(session, owner, tags=["mgma"], delivery="live", note="By train")
    form = sent(new_form(page, f"&like={activity.id}"))
    assert form["id"] != str(activity.id)
    assert (form["title"], form["tags"], form["delivery"], form["note"]) == (
        "Denials webinar",
        "mgma",
        "live",
        "By train",
    )
    assert (form["started_on"], form["ended_on"], form["seen"]) == ("", "", "")
    page.post("/credits/activities/new", {**form, "started_on": "2026-03-03"})
    assert {each.ended_on for each in activities(session)} == {date(2026, 2, 3), date(2026, 3, 3)}


@pytest.mark.parametrize("like", ["not-an-id", "00000000-0000-0000-0000-000000000000", ""])
def test_a_copy_of_nothing_is_not_found(page: Pages, owner: User, like: str) -> None:
    page.get(f"/credits/activities/new?id={uuid4()}&like={like}", 404)


def test_a_copy_of_a_strangers_activity_is_not_found(
    page: Pages, owner: User, stranger: User, session: Session
) -> None:
    page.get(f"/credits/activities/new?id={uuid4()}&like={make.activity(session, stranger).id}", 404)
