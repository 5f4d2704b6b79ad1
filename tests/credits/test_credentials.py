"""Adding, changing and deleting credentials, and what the page of one says."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import Activity, ClosedCycle, CycleRules, HeldCredential
from tests import make
from tests.conftest import CountStatements
from tests.pages import Page, Pages

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADD_CMM = "/credits/credentials/new/cmm"
CMM = {"certified_on": "2025-05-20", "is_member": "yes", "member_until": "", "due_on": "", "version": "12-months"}
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


def page_of(held: HeldCredential | UUID, more: str = "") -> str:
    return f"/credits/credentials/{held if isinstance(held, UUID) else held.id}{more}"


def all_held(session: Session) -> list[HeldCredential]:
    return list(session.scalars(select(HeldCredential)))


def versions_of(session: Session, owner: User) -> list[tuple[date, str]]:
    rows = session.execute(
        select(CycleRules.from_on, CycleRules.version)
        .where(CycleRules.user_id == owner.id)
        .order_by(CycleRules.from_on)
    )
    return [(from_on, version) for from_on, version in rows]


# --- Adding ---------------------------------------------------------------------------------------------------------


def test_adding_shows_the_present_cycle(page: Pages, owner: User, session: Session) -> None:
    shown = page.post(ADD_CMM, CMM)
    assert shown.h1 == "CMM"
    assert "20 May 2025 to 19 May 2026" in shown.text
    assert "12 more hours, by 19 May 2026." in shown.text
    assert versions_of(session, owner) == [(date(2025, 5, 20), "12-months")]


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ("cmm", {"certified_on", "due_on", "is_member", "member_until", "version"}),
        ("cmom", {"certified_on", "due_on"}),
        ("cpc", {"certified_on", "due_on", "is_member", "member_until", "further_credentials"}),
        ("shrm-cp", {"certified_on", "due_on", "birth_month", "carried_in", "version"}),
    ],
)
def test_the_form_asks_only_what_the_rules_rest_on(page: Pages, owner: User, rules: str, asked: set[str]) -> None:
    form = page.get(f"/credits/credentials/new/{rules}").one("main form")
    names = {field.get("name") for tag in ("input", "select") for field in form.iter(tag)}
    assert names - {"csrf_token"} == asked


def test_the_newest_rules_are_chosen_unless_others_are(page: Pages, owner: User) -> None:
    assert page.get(ADD_CMM).values_of("main form")["version"] == "12-months"


def offered(page: Page) -> tuple[list[str], list[str]]:
    """The versions that stand open, and those that stand among the older ones."""
    every, older = (
        [each.get("value", "") for each in page.all(f"#version {within}input")] for within in ("", "details ")
    )
    return [each for each in every if each not in older], older


def test_rules_under_which_no_present_cycle_can_have_begun_stand_apart(page: Pages, hold: Hold) -> None:
    assert offered(page.get("/credits/credentials/new/cmm")) == (["12-months"], ["24-months-split", "24-months"])
    assert offered(page.get("/credits/credentials/new/shrm-cp"))[1] == ["from-august-2019", "until-july-2019"]
    old = page.get(page_of(hold("24-months", certified_on=date(2024, 12, 1)), "/edit"))
    assert offered(old)[1] == ["24-months-split", "24-months"]
    assert old.one("#version details").get("open") is not None, "what is chosen is not hidden"
    assert old.values_of("main form")["version"] == "24-months"


def test_the_form_names_the_source_of_every_version(page: Pages, owner: User) -> None:
    shown = page.get(ADD_CMM)
    assert "my.pahcom.com/decertification" in shown.links
    assert "pahcom.com/hitcm-pp/recertification.html" in shown.links


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("certified_on", "", "Enter the day of your certification."),
        ("certified_on", "2025-02-29", "Enter the day of your certification."),
        ("certified_on", "2026-03-11", "This day is still to come. Add the credential when you hold it."),
        ("certified_on", "1989-12-31", "Enter a day from 1990 to 2099."),
        ("certified_on", "9999-12-31", "Enter a day from 1990 to 2099."),
        ("is_member", "", "Say whether you are a member."),
        ("version", "13-months", "Not a valid choice."),
        ("due_on", "soon", "Enter a day such as 2026-03-14."),
        ("due_on", "2025-05-19", "This day lies before your certification."),
        ("due_on", "2028-03-11", "This day is too far ahead: by these rules, a cycle has 12 months."),
        ("member_until", "2200-01-01", "Enter a day from 1990 to 2099."),
    ],
)
def test_a_bad_credential_is_refused(
    page: Pages, owner: User, session: Session, name: str, value: str, error: str
) -> None:
    assert page.post(ADD_CMM, {**CMM, name: value}, 422).texts(".field .error") == [error]
    assert all_held(session) == []


def test_a_due_date_is_needed_where_cycles_are_reckoned_by_it(page: Pages, owner: User, session: Session) -> None:
    (error,) = page.post("/credits/credentials/new/cpc", {**CPC, "due_on": ""}, 422).texts(".field .error")
    assert error == "Enter the day that AAPC shows for your renewal: by it your cycles are reckoned."
    shown = page.post("/credits/credentials/new/cpc", CPC)
    assert "20 May 2025 to 31 May 2027" in shown.text


def test_a_birth_month_is_needed_where_cycles_end_with_it(page: Pages, owner: User, session: Session) -> None:
    form = {"certified_on": "2024-06-01", "birth_month": "", "due_on": "", "version": "from-2021"}
    (error,) = page.post("/credits/credentials/new/shrm-cp", form, 422).texts(".field .error")
    assert error == "Choose the month: by these rules, your cycles end with it."
    shown = page.post("/credits/credentials/new/shrm-cp", {**form, "birth_month": "12"})
    assert "1 June 2024 to 31 December 2027" in shown.text


@pytest.mark.parametrize("number", ["", "-1", "21", "two"])
def test_a_number_of_further_credentials_is_a_small_number(
    page: Pages, owner: User, session: Session, number: str
) -> None:
    page.post("/credits/credentials/new/cpc", {**CPC, "further_credentials": number}, 422)
    assert all_held(session) == []


def test_further_credentials_raise_the_total(page: Pages, owner: User) -> None:
    shown = page.post("/credits/credentials/new/cpc", {**CPC, "further_credentials": "2"})
    assert "0 of 44 hours in all" in shown.texts(".requirement h3")


def test_today_is_the_owners_calendar_day(page: Pages, session: Session, clock: time_machine.Traveller) -> None:
    clock.move_to(make.NOW.replace(hour=11))
    page.sign_in(make.user(session, time_zone="Pacific/Kiritimati"))
    assert "11 March 2026 to 10 March 2027" in page.post(ADD_CMM, {**CMM, "certified_on": "2026-03-11"}).text


def test_certified_on_a_leap_day(page: Pages, owner: User) -> None:
    shown = page.post(ADD_CMM, {**CMM, "certified_on": "2024-02-29"})
    assert "28 February 2026 to 27 February 2027" in shown.text
    assert "29 February 2024 to 27 February 2025" in shown.links


def test_the_same_credential_is_held_once(page: Pages, owner: User, session: Session) -> None:
    page.post(ADD_CMM, CMM)
    again = page.post(ADD_CMM, CMM)
    (note,) = again.texts(".notice.note")
    assert note.startswith("You hold CMM here already.")
    assert again.h1 == "CMM"
    assert len(all_held(session)) == 1
    assert page.client.get(ADD_CMM).location == page_of(all_held(session)[0])


@pytest.mark.parametrize("rules", ["cmx", "custom-" + "0" * 32, "custom-", "..", "%00"])
def test_rules_that_are_not_there_are_not_found(page: Pages, owner: User, rules: str) -> None:
    assert page.client.get(f"/credits/credentials/new/{rules}").status_code == 404
    assert page.client.post(f"/credits/credentials/new/{rules}", data=CMM).status_code == 404


# --- The page of one ------------------------------------------------------------------------------------------------


def test_the_page_names_the_rules_their_source_and_what_is_unknown(page: Pages, hold: Hold) -> None:
    shown = page.get(page_of(hold()))
    assert "12 CEU every 12 months" in shown.text
    assert shown.links["my.pahcom.com/decertification"] == "https://my.pahcom.com/decertification"
    assert "checked in November 2026" in shown.text
    assert "The body’s own text." in shown.text
    assert "Whether the approved/recognized split still applies is not stated." in shown.text
    assert "Where something is not known here, check with PAHCOM." in shown.text
    assert "complian" not in shown.html


def test_each_requirement_explains_its_number_by_rule_and_source(page: Pages, hold: Hold, owner: User) -> None:
    held = hold("50-hours", rules="cmpe", certified_on=date(2024, 5, 20))
    shown = page.get(page_of(held))
    assert shown.texts(".requirement h3") == [
        "0 of 50 hours in all",
        "0 of 50 hours from MGMA or about managing a practice",
        "0 of 30 hours MGMA",
        "0 of 12 hours live MGMA",
        "0 hours from other providers, at most 20",
        "0 hours from other providers about anything else",
    ]
    live, source = shown.texts(".requirement details p")[6:8]
    assert "Rule: At least 12 of the 30 MGMA hours are live" in live
    assert source == "Source: ACMPE continuing education and tracking, read in November 2026."
    assert shown.links["ACMPE continuing education and tracking"] == "https://preview.mgma.com/acmpe-tracking"


def test_proof_that_is_missing_is_marked(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    held = hold("24-months-split")
    with_proof = make.activity(session, owner, "With proof", index_number="PA-17")
    make.activity(session, owner, "Without number")
    make.activity(session, owner, "Known course", tags=["pahcom-recognized"])
    make.certificate(session, with_proof)
    shown = page.get(page_of(held))
    missing = {row.split()[0]: row for row in shown.texts(".activities tbody tr")}
    assert "missing" not in missing["With"]
    assert "missing: index number" in missing["Without"]
    assert "missing: certificate" in missing["Known"]
    assert "Proof is missing for 2 of 3 activities." in shown.text


def test_activities_before_certification_are_set_apart_on_the_first_cycle(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    held = hold()
    make.activity(session, owner, "Early", started_on=date(2025, 1, 1), ended_on=date(2025, 5, 19))
    shown = page.get(page_of(held))
    assert shown.texts(".elsewhere li") == ["Early, 19 May 2025, 1 hour"]
    assert "Ended before you were certified." in shown.texts("section details p")
    assert "12 more hours, by 19 May 2026." in shown.text


def test_a_non_member_reads_that_hours_do_not_renew(page: Pages, hold: Hold) -> None:
    shown = page.get(page_of(hold(is_member=False)))
    assert "Retest between 21 March 2026 and 20 May 2026." in shown.text
    assert "Hours do not renew it." in shown.text
    assert shown.all(".ring") == []


def test_a_past_cycle_is_reached_by_its_first_day(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    held = hold(certified_on=date(2024, 5, 20))
    make.activity(session, owner, "An early course", started_on=date(2024, 6, 1), ended_on=date(2024, 6, 1))
    address = page.get(page_of(held)).links["20 May 2024 to 19 May 2025"]
    past = page.get(address)
    assert "An early course" in past.text
    assert "Missing when the cycle ended on 19 May 2025: 11 hours." in past.text
    assert "11 hours short" in past.text
    assert "An early course" not in page.get(page_of(held)).text


@pytest.mark.parametrize("cycle", ["2024-05-21", "yesterday", "", "2025-02-30", "9" * 400])
def test_a_cycle_that_never_began_is_not_found(page: Pages, hold: Hold, cycle: str) -> None:
    page.get(page_of(hold(), f"?cycle={cycle}"), 404)


def test_an_older_version_says_that_newer_rules_are_recorded(page: Pages, hold: Hold) -> None:
    shown = page.get(page_of(hold("24-months-split")))
    assert "Newer rules are recorded: 12 CEU every 12 months (members)." in shown.text


def test_the_page_of_a_stranger_or_of_none_is_not_found(page: Pages, hold: Hold, session: Session) -> None:
    held = hold()
    page.get(page_of(uuid4()), 404)
    page.sign_in(make.user(session, "stranger@example.org"))
    for more in ("", "/edit", "/delete"):
        page.get(page_of(held, more), 404)


def test_statements_do_not_grow_with_activities(
    page: Pages, hold: Hold, owner: User, session: Session, count_statements: CountStatements
) -> None:
    held = hold()
    counts = []
    page.get(page_of(held))
    for rows in (1, 30):
        for _ in range(rows):
            make.activity(session, owner)
        with count_statements() as statements:
            page.get(page_of(held))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


def test_titles_are_text_and_never_markup(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    held = hold()
    make.activity(session, owner, "<script>alert(1)</script>" + "W" * 170, provider="x" * 200)
    assert "&lt;script&gt;" in page.get(page_of(held)).html


# --- Changing -------------------------------------------------------------------------------------------------------


def change(page: Pages, held: HeldCredential, status: int = 200, /, **values: str) -> Page:
    form: Mapping[str, str] = page.get(page_of(held, "/edit")).values_of("main form")
    return page.post(page_of(held, "/edit"), {**form, **values}, status)


def test_saving_without_a_change_changes_nothing(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    change(page, hold("24-months", member_until=date(2026, 12, 31), due_on=date(2026, 6, 30)))
    (held,) = all_held(session)
    assert (held.member_until, held.due_on, held.is_member) == (date(2026, 12, 31), date(2026, 6, 30), True)
    assert versions_of(session, owner) == [(date(2025, 5, 20), "24-months")]


def test_other_rules_hold_from_the_present_cycle_on(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    held = hold("24-months", certified_on=date(2020, 5, 20))
    shown = change(page, held, version="12-months")
    assert versions_of(session, owner) == [(date(2020, 5, 20), "24-months"), (date(2024, 5, 20), "12-months")]
    assert "20 May 2022 to 19 May 2024" in shown.links


def test_another_day_of_certification_draws_all_cycles_anew(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    change(page, hold("24-months", certified_on=date(2020, 5, 20)), certified_on="2021-01-01", version="12-months")
    assert versions_of(session, owner) == [(date(2021, 1, 1), "12-months")]


def test_a_day_that_the_body_told_goes_before_what_is_reckoned(page: Pages, hold: Hold) -> None:
    assert "20 May 2025 to 30 June 2026" not in page.get(page_of(held := hold())).text
    assert "20 May 2025 to 30 June 2026" in change(page, held, due_on="2026-06-30").text


@pytest.mark.parametrize(
    "values",
    [{"certified_on": "2024-06-01"}, {"due_on": "2026-06-30"}, {"certified_on": "2024-05-20", "due_on": "2026-04-30"}],
)
def test_a_closed_cycle_keeps_its_days(
    page: Pages, hold: Hold, session: Session, owner: User, values: dict[str, str]
) -> None:
    held = hold(certified_on=date(2024, 5, 20))
    make.closed_cycle(session, held)
    (error,) = change(page, held, 422, **values).texts(".field .error")
    assert "the cycle 20 May 2024 to 19 May 2025 is closed" in error
    assert (all_held(session)[0].certified_on, all_held(session)[0].due_on) == (date(2024, 5, 20), None)


def test_what_leaves_closed_cycles_alone_can_be_changed(page: Pages, hold: Hold, session: Session) -> None:
    held = hold(certified_on=date(2024, 5, 20))
    make.closed_cycle(session, held)
    change(page, held, member_until="2026-12-31", version="24-months")
    assert all_held(session)[0].member_until == date(2026, 12, 31)
    assert "20 May 2025 to 19 May 2027" in page.get(page_of(held)).text


def test_another_last_day_leaves_the_present_cycle_its_rules(
    page: Pages, hold: Hold, owner: User, session: Session
) -> None:
    held = hold("24-months-split", certified_on=date(2022, 5, 20))
    change(page, held, version="12-months")
    shown = change(page, held, due_on="2026-04-30")
    assert "12 more hours, by 30 April 2026." in shown.text
    assert versions_of(session, owner) == [(date(2022, 5, 20), "24-months-split"), (date(2024, 5, 1), "12-months")]


# --- Deleting -------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_keeps_the_activities(page: Pages, hold: Hold, owner: User, session: Session) -> None:
    held = hold()
    make.activity(session, owner)
    assert page.get(page_of(held, "/delete")).h1 == "Delete CMM?"
    assert len(all_held(session)) == 1
    assert page.post(page_of(held, "/delete")).texts(".notice.good") == [
        "CMM is deleted. Your activities are still here."
    ]
    assert all_held(session) == []
    assert versions_of(session, owner) == []
    assert len(session.scalars(select(Activity)).all()) == 1
    page.post(page_of(held, "/delete"), status=404)


def test_deleting_says_which_records_are_lost(page: Pages, hold: Hold, session: Session) -> None:
    held = hold(certified_on=date(2024, 5, 20))
    make.closed_cycle(session, held)
    shown = page.get(page_of(held, "/delete"))
    assert "1 closed cycle will be lost for good" in shown.text
    assert "20 May 2024 to 19 May 2025" in shown.links
    page.post(page_of(held, "/delete"))
    assert session.scalars(select(ClosedCycle)).all() == []
