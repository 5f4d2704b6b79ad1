"""The private calendar of deadlines: who may fetch it, and what RFC 5545 asks of its bytes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts import tokens
from quizapp.accounts.models import User
from quizapp.credits.calendar_feed import calendar_of
from quizapp.credits.deadlines import HeldDeadline, version_of
from quizapp.credits.models import CalendarFeed, HeldCredential
from quizapp.rules.credit_deadlines import Deadline
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client, Page, Pages

MAX_OCTETS = 75
PAGE = "https://quiz.example/credits/deadlines"


@pytest.fixture
def owner(session: Session) -> User:
    return make.user(session)


def cmm(session: Session, owner: User, **columns: object) -> HeldCredential:
    """A CMM whose cycle ends on 19 May 2026, 12 hours short."""
    held = make.held_credential(session, owner, **columns)
    make.cycle_rules(session, held)
    return held


def fetched(client: Client, token: str) -> Any:
    """The calendar as a program reads it."""
    response = client.get(f"/calendar/{token}.ics")
    assert response.status_code == 200
    return Calendar.from_ical(response.data)


def summaries(calendar: Any) -> list[tuple[date, str]]:
    return [(event["DTSTART"].dt, str(event["SUMMARY"])) for event in calendar.walk("VEVENT")]


# --- What is in it --------------------------------------------------------------------------------------------------


def test_each_deadline_to_come_is_an_all_day_event(session: Session, owner: User, client: Client) -> None:
    cmm(session, owner, member_until=date(2026, 4, 30))
    calendar = fetched(client, make.calendar_feed(session, owner))
    assert summaries(calendar) == [
        (date(2026, 4, 30), "CMM: membership ends"),
        (date(2026, 5, 19), "CMM: last day of the cycle, 12 hours missing"),
    ]
    (_, event) = calendar.walk("VEVENT")
    assert str(event["DESCRIPTION"]).startswith("12 more hours, by 19 May 2026.")
    nine = timedelta(hours=9)  # The day begins at midnight, when nobody wants a telephone to ring.
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [nine - timedelta(30), nine - timedelta(7)]


def test_a_retest_is_an_event_of_its_own(session: Session, owner: User, client: Client) -> None:
    cmm(session, owner, is_member=False)
    calendar = fetched(client, make.calendar_feed(session, owner))
    assert summaries(calendar) == [
        (date(2026, 3, 21), "CMM: first day to retest"),
        (date(2026, 5, 20), "CMM: last day to retest"),
    ]
    opens, event = calendar.walk("VEVENT")
    assert "Retest between 21 March 2026 and 20 May 2026." in str(event["DESCRIPTION"])
    assert [len(each.walk("VALARM")) for each in (opens, event)] == [0, 2], "that the window opens rings nobody"


def test_the_end_of_a_late_window_is_an_event_while_it_lasts(session: Session, owner: User, client: Client) -> None:
    held = make.held_credential(session, owner, certified_on=date(2025, 3, 1))
    make.cycle_rules(session, held)
    calendar = fetched(client, make.calendar_feed(session, owner))
    assert summaries(calendar) == [
        (date(2026, 3, 30), "CMM: last day of the late window, 12 hours missing"),
        (date(2027, 2, 28), "CMM: last day of the cycle, 12 hours missing"),
    ]
    late, _ = calendar.walk("VEVENT")
    assert "Missed by 10 days, within 30 days:" in str(late["DESCRIPTION"])


def test_what_is_met_stays_in_the_calendar_and_rings_no_more(session: Session, owner: User, client: Client) -> None:
    cmm(session, owner)
    make.activity(session, owner, minutes=12 * 60)
    calendar = fetched(client, make.calendar_feed(session, owner))
    assert summaries(calendar) == [(date(2026, 5, 19), "CMM: last day of the cycle")]
    assert not calendar.walk("VALARM")


def test_an_event_keeps_its_uid_when_its_day_moves(session: Session, owner: User, client: Client) -> None:
    held, token = cmm(session, owner), make.calendar_feed(session, owner)
    (before,) = fetched(client, token).walk("VEVENT")
    held.due_on = date(2026, 6, 30)
    (after,) = fetched(client, token).walk("VEVENT")
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (date(2026, 5, 19), date(2026, 6, 30))
    assert before["UID"] == after["UID"]


def test_what_is_to_come_is_reckoned_where_the_owner_lives(
    session: Session, owner: User, client: Client, clock: Traveller
) -> None:
    held, token = cmm(session, owner), make.calendar_feed(session, owner)
    clock.move_to(datetime(2026, 5, 20, 9, tzinfo=UTC))
    owner.time_zone = "Pacific/Honolulu"  # It is still the 19th there.
    assert summaries(fetched(client, token))[0][0] == date(2026, 5, 19)
    owner.time_zone = "Pacific/Auckland"
    assert summaries(fetched(client, token))[0][0] == date(2026, 6, 18), "the late window of the cycle that ended"
    assert held.certified_on == date(2025, 5, 20)


def test_a_calendar_without_a_deadline_is_one_all_the_same(session: Session, owner: User, client: Client) -> None:
    calendar = fetched(client, make.calendar_feed(session, owner))
    assert summaries(calendar) == []
    (component,) = calendar.subcomponents  # RFC 5545 asks for at least one.
    assert (component.name, set(component)) == ("VFREEBUSY", {"UID", "DTSTAMP"})


def test_it_tells_nothing_else_of_its_owner(session: Session, owner: User, client: Client) -> None:
    owner.display_name = "Robin"
    cmm(session, owner)
    make.activity(session, owner, "A course that is nobody's business")
    make.activity(session, make.user(session, "neighbour@example.org"), "A neighbour's")
    text = client.get(f"/calendar/{make.calendar_feed(session, owner)}.ics").text
    for private in ("Robin", "owner@example.org", "nobody's business", "neighbour", owner.id.hex, str(owner.id)):
        assert private not in text


# --- RFC 5545 -------------------------------------------------------------------------------------------------------


def hostile() -> list[HeldDeadline]:
    """Names and sentences that would break a calendar written by hand."""
    sentence = "Überstunden; 12, \\n or \r\nEND:VCALENDAR\r\n" + "病院管理者 " * 40
    made = [
        Deadline("cycle", date(2028, 2, 29), date(2027, 3, 1), (sentence,), missing="2.5 hours missing"),
        Deadline("retest", date(2027, 3, 1), date(2026, 3, 1), ("Retest.",)),
    ]
    return [HeldDeadline(uuid4(), make.NOW, f"A: name, with; all \\ of it\n{'x' * 100}", one) for one in made]


def test_lines_end_in_crlf_and_have_at_most_75_octets() -> None:
    content = calendar_of(hostile(), PAGE, make.NOW)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= MAX_OCTETS
    assert any(line.startswith(b" ") for line in lines)
    assert [line for line in lines if line == b"END:VCALENDAR"] == [b"END:VCALENDAR"]
    for line in lines:
        line.decode()  # A character is never cut in two.


def test_every_part_has_what_it_must_have() -> None:
    deadlines = hostile()
    calendar: Any = Calendar.from_ical(calendar_of(deadlines, PAGE, make.NOW))
    assert (calendar["VERSION"], calendar["X-WR-CALNAME"]) == ("2.0", "Credit deadlines")
    assert calendar["PRODID"].startswith("-//quizapp//")
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    events = calendar.walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events) == 2
    for event, held in zip(events, deadlines, strict=True):
        assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == make.NOW
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert "DTEND" not in event
        assert "DURATION" not in event
        assert str(event["DESCRIPTION"]) == held.deadline.sentences[0].replace("\r\n", "\n")
        assert event["URL"] == PAGE
        for alarm in event.walk("VALARM"):
            assert (alarm["ACTION"], bool(alarm["DESCRIPTION"])) == ("DISPLAY", True)


# --- Who may fetch it -----------------------------------------------------------------------------------------------


def test_nobody_has_to_be_signed_in_and_no_session_is_looked_for(
    session: Session, owner: User, client: Client, count_statements: CountStatements
) -> None:
    cmm(session, owner)
    token = make.calendar_feed(session, owner)
    session.flush()
    with count_statements() as statements:
        response = client.get(f"/calendar/{token}.ics")
    assert response.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in response.headers
    assert not any("user_session" in statement for statement in statements)
    assert len(statements) <= 6, str(statements)


def test_a_wrong_address_costs_one_statement_at_most_and_gives_404(
    session: Session, owner: User, client: Client, count_statements: CountStatements
) -> None:
    right = make.calendar_feed(session, owner)
    wrong_secret, _ = tokens.make(owner.id)
    of_nobody, _ = tokens.make(uuid4())
    of_another = tokens.make(make.user(session, "neighbour@example.org").id)[0].partition(".")[0]
    for token in (wrong_secret, of_nobody, f"{of_another}.{right.partition('.')[2]}", "nonsense", right[:-1], "a.b"):
        with count_statements() as statements:
            assert client.get(f"/calendar/{token}.ics").status_code == 404, token
        assert len(statements) <= 1


def test_only_a_hash_of_the_secret_is_kept(session: Session, owner: User) -> None:
    secret = make.calendar_feed(session, owner).partition(".")[2]
    kept = session.scalars(select(CalendarFeed)).one()
    assert kept.secret_hash == tokens.hash_of(secret)
    assert secret.encode() not in kept.secret_hash


def test_an_unchanged_calendar_is_not_sent_again(
    session: Session, owner: User, client: Client, clock: Traveller
) -> None:
    cmm(session, owner)
    address = f"/calendar/{make.calendar_feed(session, owner)}.ics"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    clock.shift(timedelta(hours=5))
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make.activity(session, owner)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_version_goes_by_what_is_due_alone() -> None:
    deadlines = hostile()
    assert version_of(deadlines) == version_of(list(deadlines))
    assert version_of(deadlines) != version_of(deadlines[:1])
    assert calendar_of(deadlines, PAGE, make.NOW) != calendar_of(deadlines, PAGE, make.NOW + timedelta(hours=1))


# --- The page -------------------------------------------------------------------------------------------------------


def address_on(shown: Page) -> str:
    return shown.one("input#address").get("value", "")


def test_the_page_lists_what_is_due_the_earliest_first(session: Session, owner: User, page: Pages) -> None:
    cmm(session, owner, member_until=date(2026, 4, 30))
    page.sign_in(owner)
    shown = page.get("/credits/deadlines")
    assert shown.texts("section.card h2") == ["CMM: membership ends", "CMM: last day of the cycle, 12 hours missing"]
    assert shown.texts("section.card .eyebrow") == ["30 Apr 2026, in 51 days", "19 May 2026, in 70 days"]


def test_without_a_credential_the_page_says_what_to_do(owner: User, page: Pages) -> None:
    page.sign_in(owner)
    shown = page.get("/credits/deadlines")
    assert "No deadlines yet" in shown.texts("h2")
    assert shown.links["Add a credential"] == "/credits/credentials/new"
    assert "90, 30, 7 and 1 days" not in shown.text


def test_an_address_is_made_and_shown_once(session: Session, owner: User, page: Pages, client: Client) -> None:
    cmm(session, owner)
    page.sign_in(owner)
    address = address_on(page.post("/credits/deadlines"))
    assert address.startswith("http://127.0.0.1:8000/calendar/")
    assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    shown = page.get("/credits/deadlines")
    assert shown.all("input#address") == []
    assert address.rpartition("/")[2] not in shown.html


def test_a_new_address_ends_the_old_one(owner: User, page: Pages, client: Client) -> None:
    page.sign_in(owner)
    old, new = (address_on(page.post("/credits/deadlines")).rpartition("/")[2] for _ in range(2))
    assert old != new
    assert [client.get(f"/calendar/{name}").status_code for name in (old, new)] == [404, 200]


def test_a_revoked_address_opens_nothing(session: Session, owner: User, page: Pages, client: Client) -> None:
    page.sign_in(owner)
    theirs = make.calendar_feed(session, make.user(session, "stranger@example.org"))
    name = address_on(page.post("/credits/deadlines")).rpartition("/")[2]
    shown = page.post("/credits/deadlines/revoke")
    assert shown.texts(".notice.good") == ["The address of your calendar opens nothing more."]
    assert client.get(f"/calendar/{name}").status_code == 404
    assert client.get(f"/calendar/{theirs}.ics").status_code == 200
    page.post("/credits/deadlines/revoke")
