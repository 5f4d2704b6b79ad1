"""Choosing a mock: what is on offer, on which terms it is sat, and what happens when the bank cannot fill it."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptItem
from quizapp.bank.models import Item
from quizapp.rules.timing import LATE_WINDOW_SECONDS, STRICT_LATE_WINDOW_SECONDS
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client, Page, Pages

MOST_HTML_BYTES = 30_000


def start(client: Client, kind: str, tag: str = "", **fields: str) -> Attempt:
    """Start a mock of the catalogue, and find its row."""
    sent = {"kind": kind, "tag": tag, "start_token": str(uuid4()), **fields}
    assert client.post("/mocks/start", data=sent).status_code == 303
    return newest(client.session)


def newest(session: Session) -> Attempt:
    return session.scalars(select(Attempt).order_by(Attempt.started_at.desc(), Attempt.id)).all()[0]


def count_of_attempts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Attempt)) or 0


def finance(session: Session, number: int) -> Sequence[Item]:
    return make.items(session, number)


# --- What is on offer -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("owner", "question_bank")
def test_the_catalogue_has_full_half_and_quick_mocks_that_the_bank_fills(page: Pages) -> None:
    catalogue = page.get("/mocks")
    for words in ("Full mock 200 items, 3 h", "Half mock 100 items, 1 h 30 min", "Quick mock 45 items, 41 min"):
        assert words in catalogue.text
    assert "cannot fill" not in catalogue.text
    start_page = page.get("/mocks/new?kind=full")
    assert start_page.h1 == "Full mock"
    assert start_page.texts(".stats dd") == ["200", "3 h", "200"]


@pytest.mark.usefixtures("owner", "question_bank")
@pytest.mark.parametrize("address", ["/mocks", "/mocks/new?kind=full", "/mocks/custom", "/practice", "/dashboard"])
def test_the_pages_before_a_mock_are_small(client: Client, address: str) -> None:
    assert len(client.get(address).data) <= MOST_HTML_BYTES


@pytest.mark.usefixtures("owner")
def test_every_mock_of_the_catalogue_leads_to_its_start_page(page: Pages, session: Session) -> None:
    make.items(session, 3, domain="risk-management", areas=["law-and-ethics"])
    links = [href for href in page.get("/mocks").links.values() if href.startswith("/mocks/new")]
    assert {"/mocks/new?kind=full", "/mocks/new?kind=domain&tag=risk-management"} <= set(links)
    for link in links:
        page.get(link)


@pytest.mark.usefixtures("owner")
def test_the_start_page_says_what_each_choice_means(page: Pages, session: Session) -> None:
    finance(session, 20)
    shown = page.get("/mocks/new?kind=domain&tag=finance")
    assert shown.h1 == "Domain mock: Finance"
    for words in (
        "Ordinary time: 18 min",
        "Extra time × 1.25: 22 min",
        "Extra time × 1.5: 27 min",
        "Extra time × 2: 36 min",
        "no rehearsal of the time",
        "up to 24 hours later",
        "up to 60 seconds later",
        "PAHCOM decides",
    ):
        assert words in shown.text, words
    assert "/mocks/tutorial" in shown.links.values()


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "wanted",
    [{"kind": "sampler"}, {"kind": "nonsense"}, {"kind": "domain", "tag": "none"}, {"kind": "full", "tag": "x"}],
)
def test_there_is_no_other_mock(page: Pages, wanted: dict[str, str]) -> None:
    page.get(f"/mocks/new?{urlencode(wanted)}", 404)
    page.post("/mocks/start", {**wanted, "start_token": str(uuid4())}, 404)


# --- Terms ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("owner")
def test_without_a_word_a_mock_is_ordinary_and_has_no_extra_time(client: Client, session: Session) -> None:
    finance(session, 20)
    attempt = start(client, "domain", "finance")
    assert (attempt.time_percent, attempt.is_strict, attempt.allows_breaks) == (100, False, False)
    assert (attempt.allowed_seconds, attempt.late_window_seconds) == (18 * 60, LATE_WINDOW_SECONDS)


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(("percent", "minutes"), [("125", 22.5), ("150", 27), ("200", 36)])
def test_extra_time_moves_the_deadline(client: Client, session: Session, percent: str, minutes: float) -> None:
    finance(session, 20)
    attempt = start(client, "domain", "finance", time=percent)
    assert attempt.deadline_at
    assert (attempt.deadline_at - attempt.started_at).total_seconds() == minutes * 60


@pytest.mark.usefixtures("owner")
def test_a_strict_mock_with_breaks_keeps_both(client: Client, session: Session) -> None:
    finance(session, 20)
    attempt = start(client, "domain", "finance", rules="strict", breaks="y")
    assert attempt.is_strict
    assert attempt.allows_breaks
    assert attempt.late_window_seconds == STRICT_LATE_WINDOW_SECONDS


@pytest.mark.usefixtures("owner")
def test_without_a_clock_there_is_nothing_to_be_strict_about(client: Client, session: Session) -> None:
    finance(session, 20)
    attempt = start(client, "domain", "finance", time="untimed", rules="strict", breaks="y")
    assert (attempt.deadline_at, attempt.is_strict, attempt.allows_breaks) == (None, False, False)


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("forged", [{"time": "300"}, {"time": ""}, {"rules": "lax"}, {"start_token": "1"}])
def test_forged_terms_start_nothing(page: Pages, session: Session, forged: dict[str, str]) -> None:
    finance(session, 20)
    page.post("/mocks/start", {"kind": "quick", "tag": "", "start_token": str(uuid4()), **forged}, 400)
    assert count_of_attempts(session) == 0


# --- What the bank cannot fill ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("owner")
def test_a_mock_that_the_bank_cannot_fill_says_so_and_is_the_largest(page: Pages, session: Session) -> None:
    finance(session, 10)
    assert "10 items, 9 min. The bank cannot fill 200 yet; this is the largest." in page.get("/mocks").text
    shown = page.get("/mocks/new?kind=full")
    assert "The largest that can be drawn for you now has 10" in shown.text
    assert "Ordinary time: 9 min" in shown.text
    attempt = start(page.client, "full", time="200")
    assert (attempt.item_count, attempt.allowed_seconds) == (10, 18 * 60)


@pytest.mark.usefixtures("owner")
def test_what_a_running_mock_holds_is_not_offered_again(page: Pages, session: Session) -> None:
    finance(session, 50)
    start(page.client, "quick")
    assert page.get("/mocks/new?kind=quick").texts(".stats dd")[0] == "5"
    start(page.client, "quick")
    shown = page.get("/mocks/new?kind=quick")
    assert "There is nothing to draw" in shown.text
    assert not shown.all("main form")
    again = page.post("/mocks/start", {"kind": "quick", "tag": "", "start_token": str(uuid4())})
    assert "mocks that you have begun hold them all" in again.text
    assert count_of_attempts(session) == 2


@pytest.mark.usefixtures("owner")
def test_a_custom_mock_that_cannot_be_filled_is_offered_at_its_largest(page: Pages, session: Session) -> None:
    finance(session, 12)
    asked = {"item_count": "60", "minutes": "54", "domains": "finance", "time": "150", "start_token": str(uuid4())}
    offered = page.post("/mocks/custom", asked)
    assert "The largest mock that can be drawn for this choice now has 12 items in 11 minutes." in offered.text
    assert count_of_attempts(session) == 0
    filled_in = offered.values_of("main form")
    assert (filled_in["item_count"], filled_in["minutes"], filled_in["domains"]) == ("12", "11", "finance")
    assert filled_in["time"] == "150"
    page.client.post("/mocks/custom", data=filled_in)
    attempt = newest(session)
    assert (attempt.item_count, attempt.allowed_seconds) == (12, 11 * 90)


@pytest.mark.usefixtures("owner")
def test_a_custom_mock_without_minutes_has_no_clock(page: Pages, session: Session) -> None:
    finance(session, 5)
    sent = {"item_count": "5", "minutes": "", "domains": "finance", "start_token": str(uuid4())}
    page.client.post("/mocks/custom", data=sent)
    assert newest(session).deadline_at is None
    offered: Page = page.post("/mocks/custom", {**sent, "start_token": str(uuid4())})
    assert "nothing to draw" in offered.text


# --- Starting ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("address", ["/mocks/start", "/mocks/custom"])
def test_the_same_form_sent_twice_starts_one_mock_even_if_that_holds_every_item(
    page: Pages, session: Session, address: str
) -> None:
    finance(session, 5)
    sent = {"kind": "quick", "tag": "", "item_count": "5", "minutes": "5", "start_token": str(uuid4())}
    places = [page.client.post(address, data=sent).location for _ in range(3)]
    assert count_of_attempts(session) == 1
    assert places == [f"/attempts/{newest(session).id}/items/1"] * 3


@pytest.mark.usefixtures("owner", "question_bank")
def test_starting_200_items_runs_at_most_eight_statements(
    client: Client, session: Session, count_statements: CountStatements
) -> None:
    session.commit()
    sent = {"kind": "full", "tag": "", "start_token": str(uuid4()), "time": "150", "breaks": "y"}
    with count_statements() as statements:
        assert client.post("/mocks/start", data=sent).status_code == 303
    assert len(statements) <= 8, statements
    attempt = newest(session)
    assert attempt.allowed_seconds == 270 * 60
    assert session.scalar(select(func.count()).select_from(AttemptItem)) == 200
    with count_statements() as again:
        client.post("/mocks/start", data=sent)
    assert len(again) <= 8, again
    assert count_of_attempts(session) == 1


# --- The sampler ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "zone"), [("America/Chicago", "America/Chicago"), ("Nowhere/At-all", "America/New_York"), ("", None)]
)
def test_a_guest_has_the_time_zone_of_the_browser(page: Pages, session: Session, sent: str, zone: str | None) -> None:
    finance(session, 10)
    form = page.get("/").values_of("main form")
    assert form["time_zone"] == ""
    page.client.post("/sampler", data={**form, "time_zone": sent})
    assert session.scalars(select(User)).one().time_zone == (zone or "America/New_York")


def test_the_sampler_sent_twice_by_a_guest_is_one(page: Pages, session: Session) -> None:
    finance(session, 30)
    form = page.get("/").values_of("main form")
    page.client.post("/sampler", data=form)
    page.client.post("/sampler", data=form)
    assert count_of_attempts(session) == 1
    page.client.post("/sampler")
    assert count_of_attempts(session) == 2
