"""The list of activities: what an address asks for of it, and the page that answers."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from quizapp.credits.models import Activity
from quizapp.credits.queries import Standings, course_of
from quizapp.credits.summaries import cycle_key, lacks_proof
from quizapp.rules.credit_status import CycleStatus
from quizapp.rules.credit_words import span_text

PAGE_LENGTH = 100
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Filters:
    """A text that title, provider, index number or note contain; the year of the last day; a cycle of a credential.

    Of what `lacks_proof`, in that cycle or in any that is not closed, nothing else.
    """

    text: str = ""
    year: int | None = None
    cycle: str = ""
    lacks_proof: bool = False
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Filters":
        """What an address asks for; what cannot be read is left out."""
        year, page = args.get("year", ""), args.get("page", "")
        return cls(
            text=args.get("text", "").replace("\x00", "").strip()[:200],
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            cycle=args.get("cycle", ""),
            lacks_proof=args.get("proof") == "missing",
            page=min(max(1, int(page)), LAST_PAGE) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def is_any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.year or self.cycle or self.lacks_proof)

    def args(self, page: int | None = None) -> dict[str, Any]:
        """The address's arguments for the same list, on another page if one is given."""
        number = page or self.page
        found = {
            "text": self.text,
            "year": str(self.year or ""),
            "cycle": self.cycle,
            "proof": "missing" if self.lacks_proof else "",
            "page": str(number),
        }
        return {name: value for name, value in found.items() if value and (name, value) != ("page", "1")}


@dataclass(frozen=True)
class ListedPage:
    """One page of the activities that fit, and the sums of all that fit."""

    activities: Sequence[Activity]
    count: int
    minutes: int
    cost_cents: int
    number: int
    last: int


def listed_page(standings: Standings, filters: Filters, proven: Container[UUID]) -> ListedPage:
    """The page that the filters ask for; the last one if there are fewer. `proven` are those with a certificate."""
    fitting = _fitting(standings, filters, proven)
    last = max(1, -(-len(fitting) // PAGE_LENGTH))
    number = min(filters.page, last)
    return ListedPage(
        activities=fitting[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH],
        count=len(fitting),
        minutes=sum(each.minutes for each in fitting),
        cost_cents=sum(each.cost_cents or 0 for each in fitting),
        number=number,
        last=last,
    )


def _fitting(standings: Standings, filters: Filters, proven: Container[UUID]) -> list[Activity]:
    words = filters.text.casefold().split()
    status = cycles_of(standings).get(filters.cycle)
    looked_through = [status[1]] if status else _not_closed(standings)
    return [
        each
        for each in standings.activities
        if (filters.year is None or each.ended_on.year == filters.year)
        and (status is None or str(each.id) in status[1].entries)
        and (not filters.lacks_proof or any(lacks_proof(each, cycle, proven) for cycle in looked_through))
        and all(word in _searched(each) for word in words)
    ]


def _not_closed(standings: Standings) -> list[CycleStatus]:
    return [
        status
        for holding in standings.holdings
        for status in holding.statuses
        if status.cycle.start not in holding.closed
    ]


def entered_twice(activities: Sequence[Activity]) -> frozenset[UUID]:
    """The ids of those that others equal in title, provider, last day and length: most likely one of them too many."""
    number = Counter(map(_sameness, activities))
    return frozenset(each.id for each in activities if number[_sameness(each)] > 1)


def _sameness(activity: Activity) -> tuple[str, date, int]:
    return course_of(activity.title, activity.provider), activity.ended_on, activity.minutes


def _searched(activity: Activity) -> str:
    return " ".join((activity.title, activity.provider, activity.index_number, activity.note)).casefold()


def cycles_of(standings: Standings) -> dict[str, tuple[str, CycleStatus]]:
    """Every cycle of every credential held by what the address calls it, newest first, with its name."""
    return {
        cycle_key(holding.held.id, status.cycle.start): (
            f"{holding.rules.short_name}, {span_text(status.cycle)}",
            status,
        )
        for holding in standings.holdings
        for status in reversed(holding.statuses)
    }


def years_of(standings: Standings) -> list[int]:
    """The years in which something was logged, newest first."""
    return sorted({each.ended_on.year for each in standings.activities}, reverse=True)
