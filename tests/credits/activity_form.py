"""The form of an activity as tests send it, and what is stored of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity
from tests.pages import Page

FORM = {
    "title": "Denials webinar",
    "provider": "State medical society",
    "started_on": "2026-02-03",
    "ended_on": "",
    "amount": "0.6",
    "unit": "iacet-ceu",
    "delivery": "live",
    "index_number": "",
    "cost": "",
    "note": "",
}


def activities(session: Session) -> list[Activity]:
    """All that are stored, the deleted ones too."""
    return list(session.scalars(select(Activity)))


def sent(page: Page) -> dict[str, str]:
    """What the form of an activity would send, untouched."""
    return page.values_of("#activity")
