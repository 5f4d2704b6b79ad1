"""The exam room in a real browser: whatever happens to the network, the server or the clock, no answer is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import delete, select

from quizapp.accounts.models import User, UserSession
from quizapp.attempts import actions
from quizapp.attempts.models import Attempt, AttemptEvent, Response
from quizapp.bank.models import Item
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import axe, look_here
from tests.browser.site import Site

ROOM_IS_READY = "#room[data-ready]"
KEPT_FOR_OFFLINE = "html[data-offline=ready]"
ARRIVED = 20_000
SELECT_TEN_CHARACTERS = """() => {
  const text = document.querySelector("#stem p").firstChild;
  const range = document.createRange();
  range.setStart(text, 2);
  range.setEnd(text, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


class Sitting:
    """A candidate, a mock of theirs, and what the database holds of it."""

    def __init__(self, site: Site, count: int = 45, **columns: Any) -> None:
        self.site = site
        with site.rows() as session:
            self.user = make.user(session, email=f"{uuid4().hex}@example.org")
            items = session.scalars(select(Item).where(Item.status == "published").order_by(Item.id).limit(count)).all()
            columns = {"started_at": datetime.now(UTC), "late_window_seconds": 24 * 3600, **columns}
            self.attempt_id: UUID = make.attempt(session, self.user, items, **columns).id

    def enter(self, context: BrowserContext, position: int = 1) -> Page:
        """A page in the room, ready to work without a network."""
        self.site.sign_in(context, self.user)
        page = context.new_page()
        page.goto(self.address(position))
        page.wait_for_selector(ROOM_IS_READY)
        page.wait_for_selector(KEPT_FOR_OFFLINE, state="attached")
        return page

    def address(self, position: int) -> str:
        return f"/attempts/{self.attempt_id}/items/{position}"

    def stored(self, kind: str = "answer") -> dict[int, str]:
        """What counts, by position."""
        with self.site.rows() as session:
            rows = session.execute(
                select(Response.position, Response.value).where(
                    Response.user_id == self.user.id, Response.attempt_id == self.attempt_id, Response.kind == kind
                )
            )
            return {position: value for position, value in rows if value}

    def rebuilt(self) -> dict[int, str]:
        """What counts once the response rows are written anew from the log."""
        with self.site.rows() as session:
            actions.rebuild(session, self.user.id, self.attempt_id)
        return self.stored()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def at_item(page: Page, position: int) -> None:
    expect(page.locator("#heading")).to_have_text(re.compile(rf"^Item {position} of "))


def nothing_waits(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Saved\."), timeout=ARRIVED)


def test_a_whole_exam_of_200_items_by_keyboard(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site, 200, kind="full", title="Full mock", allowed_seconds=180 * 60)
    page = sitting.enter(new_context())
    page.locator("#heading").focus()
    for position in range(1, 201):
        at_item(page, position)
        press(page, "ABC"[position % 3], *("F" if position % 50 == 0 else ""), "N")
    expect(page.locator("#review [data-review=answered]")).to_have_text("200 of 200")
    expect(page.locator("#review [data-review=flagged]")).to_have_text("4")
    page.get_by_role("button", name="Submit and see the result").focus()
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Result: Full mock", timeout=ARRIVED)
    assert sitting.stored() == {position: "ABC"[position % 3] for position in range(1, 201)}
    assert sorted(sitting.stored("flag")) == [50, 100, 150, 200]


def test_twenty_answers_offline_with_a_reload_in_the_middle_all_count(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    context = new_context()
    page = sitting.enter(context)
    page.on("dialog", lambda dialog: dialog.accept())
    context.set_offline(True)
    page.locator("#heading").focus()
    for position in range(1, 11):
        at_item(page, position)
        press(page, "B", "N")
    expect(page.locator("#saved")).to_have_text("No connection. 10 answers wait here and will be sent.")
    assert sitting.stored() == {}
    page.reload()
    page.wait_for_selector(ROOM_IS_READY)
    at_item(page, 11)
    page.locator("#heading").focus()
    for position in range(11, 21):
        at_item(page, position)
        press(page, "C", "N")
    expect(page.locator("#saved")).to_have_text("No connection. 20 answers wait here and will be sent.")
    context.set_offline(False)
    nothing_waits(page)
    expected = {position: "B" if position < 11 else "C" for position in range(1, 21)}
    assert sitting.stored() == expected
    assert sitting.rebuilt() == expected


def test_two_tabs_that_answer_differently_both_say_so_and_offer_the_other_answer(
    new_context: NewContext, site: Site
) -> None:
    sitting = Sitting(site)
    context = new_context()
    one, other = sitting.enter(context), sitting.enter(context)
    one.locator("#heading").focus()
    press(one, "A")
    nothing_waits(one)
    other.reload()
    other.wait_for_selector(ROOM_IS_READY)
    other.locator("#heading").focus()
    press(other, "B")
    nothing_waits(other)
    expect(other.locator("#notices")).to_contain_text("had answered A here. Your answer B, made later, stays.")
    expect(one.locator("#notices")).to_contain_text("answered B here, later than this page's A.")
    expect(one.locator("input[value=B]")).to_be_checked()
    one.get_by_role("button", name="Take A").click()
    nothing_waits(one)
    assert sitting.stored() == {1: "A"}
    expect(other.locator("input[value=A]")).to_be_checked()


def test_ten_kills_of_the_server_lose_nothing(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    page.locator("#heading").focus()
    for position in range(1, 41):
        at_item(page, position)
        press(page, "ABCA"[position % 4], "N")
        if position % 4 == 0:
            site.kill()
            site.start()
    nothing_waits(page)
    expected = {position: "ABCA"[position % 4] for position in range(1, 41)}
    assert sitting.stored() == expected
    assert sitting.rebuilt() == expected


def test_answers_made_before_a_deadline_that_passes_offline_count(new_context: NewContext, site: Site) -> None:
    seconds = 8
    started_at = datetime.now(UTC) - timedelta(minutes=41) + timedelta(seconds=seconds)
    sitting = Sitting(site, started_at=started_at)
    context = new_context()
    page = sitting.enter(context)
    context.set_offline(True)
    page.locator("#heading").focus()
    for position in range(1, 6):
        at_item(page, position)
        press(page, "B", "N")
    expect(page.locator("#notices")).to_contain_text("Time is up. 5 answers wait here", timeout=1000 * (seconds + 5))
    expect(page.locator("#options input").first).to_be_disabled()
    context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Time is up", timeout=ARRIVED)
    assert sitting.stored() == dict.fromkeys(range(1, 6), "B")
    page.get_by_role("button", name="See the result").click()
    expect(page.locator("h1")).to_have_text("Result: Quick mock")


def test_an_outage_is_given_back_when_it_is_asked_for(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site, started_at=datetime.now(UTC) - timedelta(minutes=10))
    context = new_context()
    page = sitting.enter(context)
    context.set_offline(True)
    page.evaluate(
        "name => localStorage.setItem(name, Date.now() - 7 * 60000)",
        f"quizapp:{sitting.user.id}:{sitting.attempt_id}:outage",
    )
    context.set_offline(False)
    page.get_by_role("button", name="Add 7 min").click(timeout=ARRIVED)
    expect(page.locator("#notices")).to_contain_text("7 min added. The result will say so.")
    with site.rows() as session:
        attempt = session.get_one(Attempt, (sitting.user.id, sitting.attempt_id))
        assert 7 * 60 <= attempt.outage_seconds < 7 * 60 + 30


def test_a_session_that_ended_is_opened_again_in_place(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    with site.rows() as session:
        session.execute(delete(UserSession).where(UserSession.user_id == sitting.user.id))
    page.locator("#heading").focus()
    press(page, "C")
    dialog = page.locator("#sign-in")
    expect(dialog).to_be_visible()
    assert sitting.user.email
    page.get_by_label("Email address").fill(sitting.user.email)
    page.get_by_label("Password").fill("not this one at all")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_contain_text("do not match")
    page.get_by_label("Password").fill(make.PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    nothing_waits(page)
    assert sitting.stored() == {1: "C"}


def test_marks_of_every_kind_are_stored_and_come_back(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    context = new_context()
    page = sitting.enter(context)
    page.get_by_role("button", name="Strike out").click()
    page.locator(".option").nth(3).click()
    expect(page.locator(".option").nth(3)).to_have_class(re.compile("struck"))
    page.evaluate(SELECT_TEN_CHARACTERS)
    page.get_by_role("button", name="Highlight").click()
    page.get_by_label("Think so").check()
    page.get_by_text("Note to myself").first.click()
    page.locator("#note").fill("Look this up.")
    page.get_by_label("Flag for review").check()
    nothing_waits(page)
    assert sitting.stored("answer") == {}
    assert [sitting.stored(kind)[1] for kind in ("strike", "highlight", "certainty", "note", "flag")] == [
        "D",
        "2-12",
        "think",
        "Look this up.",
        "1",
    ]
    page.reload()
    page.wait_for_selector(ROOM_IS_READY)
    expect(page.locator("#stem mark")).to_have_count(1)
    expect(page.locator(".option").nth(3)).to_have_class(re.compile("struck"))
    expect(page.locator("#note")).to_have_value("Look this up.")
    expect(page.get_by_label("Think so")).to_be_checked()


def test_letter_keys_work_inside_the_item_alone_and_can_be_switched_off(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    page.locator("#clock-toggle").focus()
    press(page, "B")
    expect(page.locator("#options input:checked")).to_have_count(0)
    page.get_by_role("button", name="Display").click()
    page.get_by_label("Letter keys answer and move").uncheck()
    page.locator("#settings").get_by_role("button", name="Close").click()
    page.locator("#heading").focus()
    press(page, "B")
    expect(page.locator("#options input:checked")).to_have_count(0)


def test_the_calculator_calculates(new_context: NewContext, site: Site) -> None:
    page = Sitting(site).enter(new_context())
    page.get_by_role("button", name="Calculator").click()
    press(page, *"1204*0.15=")
    expect(page.locator("#calculator output")).to_have_text("180.6")


def test_hiding_the_time_lasts_until_five_minutes(new_context: NewContext, site: Site) -> None:
    context = new_context()
    page = Sitting(site).enter(context)
    page.get_by_role("button", name="Hide time").click()
    expect(page.locator("#clock")).to_be_hidden()
    late = Sitting(site, started_at=datetime.now(UTC) - timedelta(minutes=37))
    page = late.enter(context)
    expect(page.locator("#clock")).to_be_visible()


def test_an_event_that_the_server_refuses_holds_up_no_other(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    refusals = 0

    def refuse_notes(route: Route) -> None:
        nonlocal refusals
        if '"note"' in (route.request.post_data or ""):
            refusals += 1
            route.fulfill(status=400, json={"error": "No such note."})
        else:
            route.continue_()

    page.route("**/events", refuse_notes)
    page.get_by_text("Note to myself").first.click()
    page.locator("#note").fill("Refused.")
    page.locator("#note").blur()
    expect(page.locator("#saved")).to_have_text("Not stored: No such note.")
    page.locator("#heading").focus()
    press(page, "B", "N", "C")
    nothing_waits(page)
    assert sitting.stored() == {1: "B", 2: "C"}
    assert refusals < 5


def test_a_full_browser_still_stores_and_says_only_what_is_stored(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.locator("#heading").focus()
    press(page, "A", "N", "B")
    expect(page.locator("#saved")).to_have_text("Saved. 2 answers stored.", timeout=ARRIVED)
    assert sitting.stored() == {1: "A", 2: "B"}


def test_signing_out_warns_while_something_waits(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    context = new_context()
    page = sitting.enter(context)
    context.route("**/events", lambda route: route.abort())
    page.locator("#heading").focus()
    press(page, "A")
    expect(page.locator("#saved")).to_contain_text("wait")
    elsewhere = context.new_page()
    elsewhere.goto("/dashboard")
    said: list[str] = []

    def refuse(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    elsewhere.on("dialog", refuse)
    elsewhere.get_by_role("button", name="Sign out").click()
    expect(elsewhere.locator("h1")).to_contain_text("Welcome")
    assert said
    assert said[0].startswith("1 answer waits in this browser")
    context.unroute("**/events")
    nothing_waits(page)


def open_review(page: Page) -> None:
    page.locator("#heading").focus()
    press(page, "R")


SCENES: dict[str, Callable[[Page], None]] = {
    "item": lambda page: None,
    "review": open_review,
    "calculator": lambda page: page.get_by_role("button", name="Calculator").click(),
    "display": lambda page: page.get_by_role("button", name="Display").click(),
    "keys": lambda page: page.get_by_role("button", name="Keys").click(),
    "navigator": lambda page: page.locator("#navigator summary").click(),
}


@pytest.mark.parametrize("scene", SCENES)
def test_every_part_of_the_room_is_accessible(scene: str, new_context: NewContext, site: Site) -> None:
    page = Sitting(site).enter(new_context())
    SCENES[scene](page)
    assert look_here(page) == []
    for colours in ("contrast", "cream"):
        page.evaluate("value => { document.documentElement.dataset.theme = value }", colours)
        assert axe(page) == [], colours


def test_the_log_keeps_every_change_of_mind(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    page = sitting.enter(new_context())
    page.locator("#heading").focus()
    press(page, "A", "B", "A")
    nothing_waits(page)
    with site.rows() as session:
        log = session.scalars(
            select(AttemptEvent.value)
            .where(AttemptEvent.user_id == sitting.user.id, AttemptEvent.kind == "answer")
            .order_by(AttemptEvent.seq)
        ).all()
    assert log == ["A", "B", "A"]
    assert sitting.stored() == {1: "A"}


def test_a_stranger_finds_no_room(new_context: NewContext, site: Site) -> None:
    sitting = Sitting(site)
    context = new_context()
    with site.rows() as session:
        stranger: User = make.user(session, email=f"{uuid4().hex}@example.org")
    site.sign_in(context, stranger)
    page = context.new_page()
    for path in ("items/1", "form", "state"):
        reply = page.request.get(f"/attempts/{sitting.attempt_id}/{path}")
        assert reply.status == 404
