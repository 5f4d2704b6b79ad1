"""The exam room in a real browser: its keys, its tools and its marks, and who finds it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.accounts.models import User
from quizapp.attempts.models import AttemptEvent
from tests import make
from tests.browser.conftest import NewContext
from tests.browser.look import axe, look_here
from tests.browser.room import ROOM_IS_READY, Sitting, at_item, nothing_waits, press
from tests.browser.site import Site

SELECT_TEN_CHARACTERS = """() => {
  const text = document.querySelector("#stem p").firstChild;
  const range = document.createRange();
  range.setStart(text, 2);
  range.setEnd(text, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


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
    expect(page.locator("h1")).to_have_text("Result: Full mock")
    assert sitting.stored() == {position: "ABC"[position % 3] for position in range(1, 201)}
    assert sorted(sitting.stored("flag")) == [50, 100, 150, 200]


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
