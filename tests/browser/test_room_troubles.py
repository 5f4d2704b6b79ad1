"""The exam room in a real browser: whatever happens to the network, the server or the clock, no answer is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Route, expect
from sqlalchemy import delete

from quizapp.accounts.models import UserSession
from quizapp.attempts.models import Attempt
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.room import ROOM_IS_READY, Sitting, at_item, nothing_waits, press
from tests.browser.site import Site


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
    seconds = 15
    started_at = datetime.now(UTC) - timedelta(minutes=41) + timedelta(seconds=seconds)
    sitting = Sitting(site, started_at=started_at)
    context = new_context()
    page = sitting.enter(context)
    context.set_offline(True)
    page.locator("#heading").focus()
    for position in range(1, 6):
        at_item(page, position)
        press(page, "B", "N")
    expect(page.locator("#notices")).to_contain_text("Time is up. 5 answers wait here", timeout=2000 * seconds)
    expect(page.locator("#options input").first).to_be_disabled()
    context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Time is up")
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
    page.get_by_role("button", name="Add 7 min").click()
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
    expect(page.locator("#saved")).to_have_text("Saved. 2 answers stored.")
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
