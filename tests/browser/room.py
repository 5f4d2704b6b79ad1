"""A candidate in the exam room of a real browser."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from quizapp.attempts import actions
from quizapp.attempts.models import Response
from quizapp.bank.models import Item
from tests import make
from tests.browser.site import Site

ROOM_IS_READY = "#room[data-ready]"
KEPT_FOR_OFFLINE = "html[data-offline=ready]"


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
        """An item's page."""
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
    """Press keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


def at_item(page: Page, position: int) -> None:
    """Wait until this item is shown."""
    expect(page.locator("#heading")).to_have_text(re.compile(rf"^Item {position} of "))


def nothing_waits(page: Page) -> None:
    """Wait until everything is stored."""
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Saved\."))
