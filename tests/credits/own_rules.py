"""Rules of one's own, as people write, hold and change them."""

from uuid import uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.credits.models import CustomCredential
from quizapp.credits.rule_files import OwnRules
from tests.pages import Page, Pages

NEW = "/credits/credentials/custom/new"


def rows(*entries: tuple[str, str, str, str]) -> dict[str, str]:
    """The rows of the form, five of them: limit, amount, tag, delivery."""
    return {
        f"rows-{number}-{name}": value
        for number, entry in enumerate([*entries, *[("least", "", "", "")] * 5][:5])
        for name, value in zip(("limit", "amount", "tag", "delivery"), entry, strict=True)
    }


FORM = {
    **rows(),
    "name": "Fellow of the Chapter",
    "short_name": "FC",
    "body": "Chapter",
    "web_page": "www.example.org/rules",
    "unit": "credit",
    "unit_minutes": "50",
    "kind": "anniversary",
    "months": "24",
    "anchor": "",
    "total": "30",
    "surplus": "lost",
    "carried": "",
    "asks_certificate": "y",
    "twice": "once",
}


def write(page: Pages, status: int = 200, /, **values: str) -> Page:
    return page.post(NEW, {"id": str(uuid4()), **FORM, **values}, status)


def stored(session: Session) -> list[OwnRules]:
    found = session.scalars(select(CustomCredential))
    return [msgspec.convert(each.content, OwnRules) for each in found]


def hold(page: Pages, asked: Page, certified_on: str = "2025-05-20") -> Page:
    return page.post(asked.url, {"certified_on": certified_on})


def change(page: Pages, session: Session, **values: str) -> Page:
    """Send the form of the only rules of one's own again, with other values."""
    (row,) = session.scalars(select(CustomCredential))
    address = f"/credits/credentials/custom/{row.id}/edit"
    return page.post(address, {**page.get(address).values_of("main form"), **values})
