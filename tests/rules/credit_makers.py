"""Rules, cycles and activities for the tests of credit rules, in as few words as the tests need."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from quizapp.rules.credit_cycles import Cycle, add_months
from quizapp.rules.credit_rules import (
    TOTAL,
    Bucket,
    Credit,
    CycleShape,
    Limit,
    RuleVersion,
    Surplus,
    Takes,
)
from quizapp.rules.credit_status import CycleStatus, Holder, status_of
from quizapp.rules.credit_statuses import CarriedIn, Closed, statuses_of

RECORDED = "in November 2026 (the body's page)"
START = date(2026, 3, 14)
DAY = date(2026, 6, 1)


def takes(*tags: str, live: bool | None = None, otherwise: bool = False) -> Takes:
    """Activities with any of the tags; `live` or, where it is False, self-paced."""
    delivery = None if live is None else "live" if live else "self-paced"
    return Takes(frozenset(tags), delivery, otherwise)  # type: ignore[arg-type]


def bucket(
    slug: str,
    taken: Takes | None = None,
    *parts: Bucket,
    least: int | None = None,
    most: int | None = None,
    least_percent: int | None = None,
    most_percent: int | None = None,
) -> Bucket:
    """A bucket that takes activities with its slug as tag, unless told otherwise; limits in minutes or per cent."""
    return Bucket(
        slug,
        f"of {slug}",
        takes(slug) if taken is None else taken,
        _limit(least, least_percent, f"At least so much {slug}."),
        _limit(most, most_percent, f"At most so much {slug}."),
        parts,
    )


def _limit(minutes: int | None, percent: int | None, rule: str) -> Limit | None:
    return None if minutes is None and percent is None else Limit(minutes or 0, rule, percent)


def total(needed: int, *parts: Bucket) -> Bucket:
    """The total of so many minutes."""
    return Bucket(TOTAL, "in all", minimum=Limit(needed, "So much in all."), parts=parts)


def rules(whole: Bucket, kind: str = "anniversary", months: int = 12, **fields: Any) -> RuleVersion:
    """A version of rules; surplus is lost unless told otherwise."""
    anchor = fields.pop("anchor", None)
    shape = CycleShape(kind, months, anchor)  # type: ignore[arg-type]
    values: dict[str, Any] = {"surplus": Surplus("lost", "What is beyond the total is lost."), **fields}
    return RuleVersion("any", "Any rules", RECORDED, shape, whole, **values)


def cycle(version: RuleVersion, start: date = START, **fields: Any) -> Cycle:
    """A cycle of the version's length."""
    return Cycle(start, add_months(start, version.cycle.months), version, **fields)


def credit(name: str, minutes: int, *tags: str, day: date = DAY, live: bool | None = None, course: str = "") -> Credit:
    """An activity; its delivery is not known unless told."""
    delivery = "unknown" if live is None else "live" if live else "self-paced"
    return Credit(name, day, minutes, frozenset(tags), delivery, course)


def status(version: RuleVersion, *credits_: Credit, holder: Holder = Holder(), **fields: Any) -> CycleStatus:  # noqa: B008 - frozen
    """Where a holder of these activities stands in a cycle of the version."""
    return status_of(cycle(version), credits_, holder, **fields)


def shorts(of: CycleStatus) -> dict[str, int]:
    """What each requirement is short by itself, where it is."""
    return {each.bucket.slug: each.short_minutes for each in of.requirements if each.short_minutes}


def entered(of: CycleStatus) -> dict[str, dict[str, int]]:
    """The minutes of each activity by the bucket that they enter."""
    return {name: dict(entry.entered) for name, entry in of.entries.items()}


def logged(*minutes: int) -> Iterable[Credit]:
    """Activities without tags."""
    return [credit(str(number), each) for number, each in enumerate(minutes)]


def standings(
    cycles: Sequence[Cycle],
    credits_: Iterable[Credit],
    holder: Holder,
    closed: Mapping[object, Closed] = {},
    carried_in: CarriedIn | None = None,
    *,
    today: date | None = None,
) -> tuple[CycleStatus, ...]:
    """Where a holder stands in each cycle on the first day of the last one, unless told another day."""
    return statuses_of(cycles, credits_, holder, today or cycles[-1].start, closed, carried_in)
