"""What a body's continuing-education rules say, as one version of them was recorded: docs/decisions/0009."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

TOTAL = "total"

# --- Activities as the rules see them -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Credit:
    """What one activity brings: minutes, on the day that it ended, with what can be said of it.

    `course` is equal for activities that are the same course; empty for one that is like no other.
    """

    id: str
    day: date
    minutes: int
    tags: frozenset[str] = frozenset()
    delivery: str = "unknown"
    course: str = ""


@dataclass(frozen=True)
class Takes:
    """Which activities fit: with any of the tags, of the delivery; `otherwise` is what no sibling takes."""

    tags: frozenset[str] = frozenset()
    delivery: Literal["live", "self-paced"] | None = None
    otherwise: bool = False

    def fits(self, tags: frozenset[str], delivery: str) -> bool:
        """Whether an activity with these tags, delivered like this, fits."""
        return (not self.tags or not self.tags.isdisjoint(tags)) and self.delivery in {None, delivery}


# --- Requirements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """So many minutes by a rule; with `percent`, that part of the total, whatever the total is."""

    minutes: int
    rule: str
    percent: int | None = None


@dataclass(frozen=True)
class Bucket:
    """Minutes of the activities that fit: at least the minimum, at most the maximum; parts are within it."""

    slug: str
    name: str
    takes: Takes = Takes()
    minimum: Limit | None = None
    maximum: Limit | None = None
    parts: tuple["Bucket", ...] = ()
    proof: frozenset[str] = frozenset()

    @property
    def needed_minutes(self) -> int:
        """The minimum; 0 where there is none."""
        return self.minimum.minutes if self.minimum else 0

    @property
    def is_open(self) -> bool:
        """Whether there can be activities that enter the bucket itself and none of its parts."""
        return not any(part.takes.otherwise and part.takes.delivery is None for part in self.parts)

    def entries(self, tags: frozenset[str], delivery: str) -> tuple[str, ...]:
        """The innermost buckets that take such an activity, in the file's order: it counts in one of them."""
        named = [part for part in self.parts if not part.takes.otherwise and part.takes.fits(tags, delivery)]
        fitting = named or [part for part in self.parts if part.takes.otherwise and part.takes.fits(tags, delivery)]
        return tuple(slug for part in fitting for slug in part.entries(tags, delivery)) or (self.slug,)

    def walk(self, above: tuple["Bucket", ...] = ()) -> Iterator[tuple["Bucket", tuple["Bucket", ...]]]:
        """The bucket and all parts of parts, each with what it lies in, innermost first."""
        yield self, above
        for part in self.parts:
            yield from part.walk((self, *above))


@dataclass(frozen=True)
class Occasion:
    """So many activities of a kind, however long."""

    slug: str
    name: str
    takes: Takes
    at_least: int
    rule: str


@dataclass(frozen=True)
class Proration:
    """Less is asked of who was certified within a cycle: from so many whole months after its start, these minutes.

    Steps stand in the order of their months; each maps slugs of buckets, or TOTAL, to minutes.
    """

    rule: str
    steps: tuple[tuple[int, Mapping[str, int]], ...]

    def minutes(self, months: int) -> Mapping[str, int]:
        """What the step says that holds after so many months; empty before the first."""
        return next((amounts for from_months, amounts in reversed(self.steps) if from_months <= months), {})


# --- What else a version says ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Surplus:
    """What becomes of minutes beyond the total; where they are carried, at most so many.

    `into` is the slug of the bucket in which carried minutes count; empty where they count to the total alone.
    """

    kind: Literal["lost", "not-stated", "carried"]
    rule: str
    most_minutes: int = 0
    into: str = ""


@dataclass(frozen=True)
class Repeats:
    """Whether the same course counts again: once in a cycle, once for ever, or as often as it is not stated."""

    kind: Literal["once-a-cycle", "once", "not-stated"]
    rule: str


@dataclass(frozen=True)
class Retest:
    """Sitting the examination again: for non-members the only route, or open to anybody instead of hours.

    It may be sat in the last `window_days` of the cycle, where that ends with an anniversary also on the anniversary;
    None is not stated.
    """

    who: Literal["non-members", "anybody"]
    window_days: int | None
    rule: str


@dataclass(frozen=True)
class LateWindow:
    """What a holder does who missed the date by up to `days` days, and by more.

    With `counts`, activities of the window still count to the cycle that ended. With `examination`, passing it again
    brings back the credential after the window.
    """

    days: int
    within: str
    after: str
    counts: bool = False
    examination: bool = False


@dataclass(frozen=True)
class Membership:
    """Membership has to be continuous; a gap of up to so many days is borne."""

    gap_days: int
    rule: str


@dataclass(frozen=True)
class CycleShape:
    """How cycles follow each other, `months` long each.

    `anniversary`: from the day of certification. `common`: the same for all, one of them from `anchor` on.
    `month-end`: to the end of the month. `birth-month`: to the end of the holder's birth month. `due-date`: to a day
    that the body tells the holder.
    """

    kind: Literal["anniversary", "common", "month-end", "birth-month", "due-date"]
    months: int
    anchor: date | None = None


@dataclass(frozen=True)
class BodyUnit:
    """What the body counts in."""

    one: str = "hour"
    many: str = "hours"
    minutes: int = 60


@dataclass(frozen=True)
class Source:
    """Where rules were read."""

    title: str = ""
    address: str = ""


@dataclass(frozen=True)
class RuleVersion:
    """One body's rules as read from a source. `total` holds the buckets at their full amounts.

    `recorded` says when they were read: in November 2026.
    """

    slug: str
    name: str
    recorded: str
    cycle: CycleShape
    total: Bucket
    surplus: Surplus
    unit: BodyUnit = BodyUnit()
    totals_by_credentials: tuple[int, ...] = ()
    across: tuple[Bucket, ...] = ()
    beside: tuple[Bucket, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    proration: Proration | None = None
    repeats: Repeats = Repeats("not-stated", "")
    shared_month: str = ""
    retest: Retest | None = None
    late: LateWindow | None = None
    membership: Membership | None = None
    proof: frozenset[str] = frozenset()
    source: Source = Source()

    def goes_by_hours(self, *, is_member: bool) -> bool:
        """Whether hours renew the credential of this holder; where not, only a retest does."""
        return is_member or self.retest is None or self.retest.who != "non-members"

    @property
    def shares_days(self) -> bool:
        """Whether there are days whose activities may count to a cycle or to the next one."""
        return bool(self.shared_month) or (self.late is not None and self.late.counts)

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that some requirement asks for."""
        buckets = [bucket for root in (self.total, *self.across, *self.beside) for bucket, _ in root.walk()]
        takes = [bucket.takes for bucket in buckets] + [occasion.takes for occasion in self.occasions]
        return frozenset(tag for each in takes for tag in each.tags)


# --- What a version asks of one holder in one cycle -----------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The requirements of one cycle, with prorated amounts and the total for the credentials held."""

    total: Bucket
    across: tuple[Bucket, ...]
    beside: tuple[Bucket, ...]
    occasions: tuple[Occasion, ...]
    prorated_by: str = ""

    @property
    def roots(self) -> tuple[Bucket, ...]:
        """The total, what cuts across it, and what stands beside it."""
        return (self.total, *self.across, *self.beside)

    def shuts_out(self, tags: frozenset[str], delivery: str) -> bool:
        """Whether nothing of such an activity counts, however short it is: all that takes it has a maximum of 0."""
        if any(bucket.takes.fits(tags, delivery) for bucket in self.beside):
            return False
        shut = {bucket.slug for bucket, _ in self.total.walk() if bucket.maximum and not bucket.maximum.minutes}
        return shut.issuperset(self.total.entries(tags, delivery))


def asked_of(rules: RuleVersion, *, credentials: int = 1, months_missed: int = 0) -> Asked:
    """What the rules ask of the holder of so many of the body's credentials, certified so late in the cycle."""
    by_count = rules.totals_by_credentials
    total = by_count[min(max(credentials, 1), len(by_count)) - 1] if by_count else rules.total.needed_minutes
    amounts = rules.proration.minutes(months_missed) if rules.proration and months_missed else {}
    full, total = total, amounts.get(TOTAL, total)
    return Asked(
        total=_scaled(rules.total, {**amounts, TOTAL: total}, total),
        across=tuple(_scaled(bucket, amounts, total) for bucket in rules.across),
        beside=tuple(_scaled(bucket, amounts, total) for bucket in rules.beside),
        occasions=rules.occasions if total else (),
        prorated_by=rules.proration.rule if rules.proration and total < full else "",
    )


def _scaled(bucket: Bucket, amounts: Mapping[str, int], total: int) -> Bucket:
    """The bucket with its limits as the step says, as per cent of the total, or as they are."""
    minimum, maximum = _limit(bucket.minimum, total, upwards=True), _limit(bucket.maximum, total, upwards=False)
    if bucket.slug in amounts:
        minimum = replace(minimum, minutes=amounts[bucket.slug]) if minimum else None
        if maximum and not minimum:
            maximum = replace(maximum, minutes=amounts[bucket.slug])
    parts = tuple(_scaled(part, amounts, total) for part in bucket.parts)
    return replace(bucket, minimum=minimum, maximum=maximum, parts=parts)


def _limit(limit: Limit | None, total: int, *, upwards: bool) -> Limit | None:
    """Part of a minute is a whole one for a minimum, and none for a maximum."""
    if limit is None or limit.percent is None:
        return limit
    hundredths = total * limit.percent
    return replace(limit, minutes=-(-hundredths // 100) if upwards else hundredths // 100)
