"""What a review date does: past it an item is drawn last and marked; a year past it, or flagged, it leaves mocks."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DatedItem:
    """An item with the day by which it is to be read again, and since when it is flagged."""

    item_id: str
    domain: str
    review_by: date
    flagged_at: datetime | None

    def due_since(self, today: date) -> date | None:
        """Since when the item waits to be read again: its review date once that is past, or the day of its flag."""
        days = [self.review_by] if self.review_by < today else []
        if self.flagged_at is not None:
            days.append(self.flagged_at.date())
        return min(days, default=None)

    def is_due(self, today: date) -> bool:
        """Whether the item waits to be read again."""
        return self.due_since(today) is not None

    def is_withdrawn(self, today: date) -> bool:
        """Whether mocks do without the item where they can: it is flagged, or twelve months past its review date."""
        a_year_ago = (today.year - 1, today.month, today.day)
        by = self.review_by
        return self.flagged_at is not None or a_year_ago >= (by.year, by.month, by.day)

    def lateness(self, today: date) -> tuple[int, int]:
        """How late in its domain the item is drawn: what is not due, what is due, and last of all what is withdrawn.

        Of the withdrawn items those come first that have been due the shortest, and flagged ones after all others.
        """
        due_since = self.due_since(today)
        if due_since is None:
            return 0, 0
        if not self.is_withdrawn(today):
            return 1, 0
        return 2 if self.flagged_at is None else 3, -due_since.toordinal()


def flag_falls(checked_on: date, flagged_at: datetime, today: date) -> bool:
    """Whether a new version takes its item's flag away: it was checked on a later day than that of the flag (UTC).

    A check that is still to come takes nothing away.
    """
    return flagged_at.date() < checked_on <= today
