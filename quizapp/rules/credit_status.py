"""Where a holder stands in a cycle: what counts towards which requirement, what is missing, what is lost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quizapp.rules.credit_allocation import Allocation, Supply, allocate
from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_rules import Asked, Bucket, Credit, Occasion, asked_of

CARRIED = "carried"
Kind = tuple[frozenset[str], str]


@dataclass(frozen=True)
class Holder:
    """What the rules need to know of the person."""

    is_member: bool = True
    credentials: int = 1


@dataclass(frozen=True)
class BucketStatus:
    """A requirement: the minutes that count towards it, and the further ones that meet it and its parts."""

    bucket: Bucket
    minutes: int
    missing_minutes: int
    parts: tuple["BucketStatus", ...] = ()

    @property
    def is_met(self) -> bool:
        """Met to the minute."""
        return self.missing_minutes == 0

    @property
    def is_full(self) -> bool:
        """Whether the maximum is reached."""
        return self.bucket.maximum is not None and self.minutes >= self.bucket.maximum.minutes

    @property
    def room_minutes(self) -> int | None:
        """How many more minutes the maximum leaves room for, beyond what minimums within it keep; None without one."""
        if self.bucket.maximum is None:
            return None
        return max(0, self.bucket.maximum.minutes - self.minutes - self.missing_minutes)

    @property
    def short_minutes(self) -> int:
        """What the requirement itself is short by, whatever its parts ask."""
        return max(0, self.bucket.needed_minutes - self.minutes)

    def missing_of(self, delivery: str) -> int:
        """The further minutes of those missing that have to be delivered so."""
        if self.bucket.takes.delivery == delivery:
            return self.missing_minutes
        return sum(part.missing_of(delivery) for part in self.parts)

    def walk(self) -> Iterable["BucketStatus"]:
        """The requirement and those within it, outermost first."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def outline(self, depth: int = 0) -> Iterable[tuple["BucketStatus", int]]:
        """The same, each with how deep it lies."""
        yield self, depth
        for part in self.parts:
            yield from part.outline(depth + 1)


@dataclass(frozen=True)
class OccasionStatus:
    """How many activities of a kind there were, of how many."""

    occasion: Occasion
    number: int

    @property
    def missing(self) -> int:
        """How many are still to come."""
        return max(0, self.occasion.at_least - self.number)


@dataclass(frozen=True)
class Entry:
    """What one activity counts for: minutes by the slug of the bucket that they entered, and what does not count, why.

    `capped`: a maximum is reached. `repeated`: another activity of the same course counts. `next`: the cycle does not
    need it, and it may count to the next one.
    """

    credit: Credit
    entered: Mapping[str, int]
    why_not: Literal["", "capped", "repeated", "next"] = ""

    @property
    def minutes(self) -> int:
        """The minutes that count."""
        return sum(self.entered.values())


@dataclass(frozen=True)
class CycleStatus:
    """Where a holder stands in one cycle."""

    cycle: Cycle
    holder: Holder
    asked: Asked
    total: BucketStatus
    across: tuple[BucketStatus, ...]
    beside: tuple[BucketStatus, ...]
    occasions: tuple[OccasionStatus, ...]
    entries: Mapping[str, Entry] = field(repr=False)
    carried_minutes: int = 0
    is_carried_as_entered: bool = False

    def carried_within(self, each: BucketStatus) -> int:
        """How many of the carried minutes count towards a requirement: all or none."""
        into = self.cycle.rules.surplus.into or self.total.bucket.slug
        return self.carried_minutes if any(inner.bucket.slug == into for inner in each.walk()) else 0

    @property
    def goes_by_hours(self) -> bool:
        """Whether hours renew the credential; where not, only a retest does, or has done so."""
        by_rules = self.cycle.rules.goes_by_hours(is_member=self.holder.is_member)
        return by_rules and self.cycle.retested_on is None

    @property
    def missing_minutes(self) -> int:
        """How many more minutes meet everything that is counted in minutes."""
        return self.missing_within_minutes + sum(each.missing_minutes for each in self.beside)

    @property
    def missing_within_minutes(self) -> int:
        """How many more minutes meet the total and what cuts across it: one activity may serve them all at once.

        Unless one of them asks for live learning and another for self-paced.
        """
        together = [each.missing_minutes for each in (self.total, *self.across)]
        apart = [
            max(each.missing_of(delivery) for each in (self.total, *self.across)) for delivery in ("live", "self-paced")
        ]
        return max(*together, sum(apart))

    @property
    def is_met(self) -> bool:
        """Whether the cycle is renewed: by its retest or, where hours renew it, by every requirement."""
        if not self.goes_by_hours:
            return self.cycle.retested_on is not None
        return not self.missing_minutes and not any(each.missing for each in self.occasions)

    @property
    def required_minutes(self) -> int:
        """The total, with what stands beside it."""
        return self.asked.total.needed_minutes + sum(each.needed_minutes for each in self.asked.beside)

    @property
    def counted_minutes(self) -> int:
        """What of the required minutes is done: neither surplus nor what a minimum leaves no room for."""
        return max(0, self.required_minutes - self.missing_minutes)

    @property
    def surplus_minutes(self) -> int:
        """Minutes that count towards the total beyond what it asks."""
        return max(0, self.total.minutes - self.asked.total.needed_minutes)

    @property
    def carriable_minutes(self) -> int:
        """What of the surplus goes to the next cycle when this one is closed, which only hours that meet it can do."""
        surplus = self.cycle.rules.surplus
        is_carried = surplus.kind == "carried" and self.goes_by_hours and self.is_met
        return min(self.surplus_minutes, surplus.most_minutes) if is_carried else 0

    @property
    def requirements(self) -> tuple[BucketStatus, ...]:
        """Everything that is counted in minutes: the total and its parts, what cuts across, what stands beside."""
        return (*self.total.walk(), *self.across, *self.beside)

    @property
    def lines(self) -> list[tuple[BucketStatus, int]]:
        """The requirements that ask for something or hold something, each with how deep it lies in others.

        Where one of them takes all that the total takes and asks for as much, the total would say the same again.
        """
        found = [
            (each, depth)
            for root in (self.total, *self.across, *self.beside)
            for each, depth in root.outline()
            if each.bucket.minimum or each.minutes
        ]
        asked = self.asked.total.needed_minutes
        is_said = any(
            (each.bucket.needed_minutes, each.minutes) == (asked, self.total.minutes)
            for each in (*self.total.parts, *self.across)
        )
        if not asked or not is_said:
            return found
        return [(each, max(0, depth - 1)) for each, depth in found if each is not self.total]


def status_of(
    cycle: Cycle,
    credits_: Iterable[Credit],
    holder: Holder,
    *,
    carried_minutes: int = 0,
    is_carried_as_entered: bool = False,
    earlier_courses: frozenset[str] = frozenset(),
) -> CycleStatus:
    """What of the cycle's requirements the credits meet, all of which count to this cycle.

    Minutes carried from the cycle before, as its closing or the holder says, count towards the total, and in the bucket
    that the rules name for them. Where the same course counts once, its longest activity does, of equal ones the
    earliest, of those of a kind that counts at all; `earlier_courses` counted in earlier cycles.
    """
    asked = asked_of(cycle.rules, credentials=holder.credentials, months_missed=cycle.months_missed)
    in_order = sorted(credits_, key=lambda credit: (credit.day, credit.id))
    first, repeated = _without_repeats(asked, in_order, cycle.rules.repeats.kind, earlier_courses)
    beside, within = _beside(asked, first)
    entered, missing = _entered(asked.total, within, carried_minutes, cycle.rules.surplus.into)
    entries = {credit.id: Entry(credit, {}, "repeated") for credit in repeated}
    entries |= {each.id: Entry(each, {beside[each.id].slug: each.minutes}) for each in first if each.id in beside}
    for credit in within:
        minutes = entered[credit.id]
        entries[credit.id] = Entry(credit, minutes, "capped" if sum(minutes.values()) < credit.minutes else "")
    return CycleStatus(
        cycle,
        holder,
        asked,
        total=_tree_status(asked.total, _sums(entered.values()), missing),
        across=tuple(_flat_status(bucket, within) for bucket in asked.across),
        beside=tuple(_flat_status(bucket, _of(first, beside, bucket)) for bucket in asked.beside),
        occasions=tuple(_occasion(occasion, first) for occasion in asked.occasions),
        entries={credit.id: entries[credit.id] for credit in in_order},
        carried_minutes=carried_minutes,
        is_carried_as_entered=is_carried_as_entered,
    )


def _without_repeats(
    asked: Asked, credits_: Sequence[Credit], kind: str, earlier_courses: frozenset[str]
) -> tuple[list[Credit], list[Credit]]:
    if kind == "not-stated":
        return list(credits_), []
    claiming = [each for each in credits_ if each.course and not asked.shuts_out(each.tags, each.delivery)]
    courses = dict.fromkeys(earlier_courses, "") if kind == "once" else {}
    for credit in sorted(claiming, key=lambda credit: -credit.minutes):
        courses.setdefault(credit.course, credit.id)
    repeated = [credit for credit in claiming if courses[credit.course] != credit.id]
    ids = {credit.id for credit in repeated}
    return [credit for credit in credits_ if credit.id not in ids], repeated


def _beside(asked: Asked, credits_: Sequence[Credit]) -> tuple[dict[str, Bucket], Sequence[Credit]]:
    """The buckets beside the total by the activities that they take, and the activities that are left to the total."""
    beside = {
        credit.id: bucket
        for bucket in reversed(asked.beside)
        for credit in credits_
        if bucket.takes.fits(credit.tags, credit.delivery)
    }
    return beside, [credit for credit in credits_ if credit.id not in beside]


def _of(credits_: Sequence[Credit], beside: Mapping[str, Bucket], bucket: Bucket) -> list[Credit]:
    return [credit for credit in credits_ if credit.id in beside and beside[credit.id] == bucket]


def _alike(total: Bucket, credits_: Iterable[Credit]) -> dict[tuple[str, ...], list[Credit]]:
    """Activities by the buckets that they may enter."""
    asked_for = frozenset(tag for bucket, _ in total.walk() for tag in bucket.takes.tags)
    kinds: dict[Kind, tuple[str, ...]] = {}
    alike: dict[tuple[str, ...], list[Credit]] = defaultdict(list)
    for credit in credits_:
        kind = (credit.tags & asked_for, credit.delivery)
        if kind not in kinds:
            kinds[kind] = total.entries(*kind)
        alike[kinds[kind]].append(credit)
    return alike


def _entered(
    total: Bucket, credits_: Sequence[Credit], carried: int, carried_into: str
) -> tuple[dict[str, dict[str, int]], int]:
    """Minutes of each activity by the bucket that they enter, the carried ones too; and how many are still missing.

    Of activities of one kind, the earlier ones count first.
    """
    alike = _alike(total, credits_)
    allocation = _allocated(total, alike, carried, carried_into)
    entered: dict[str, dict[str, int]] = {CARRIED: dict(allocation.entered[-1])}
    for same, minutes in zip(alike.values(), allocation.entered, strict=False):
        left = dict(minutes)
        for credit in same:
            entered[credit.id] = _taken(left, credit.minutes)
    return entered, allocation.missing


def _allocated(
    total: Bucket, alike: Mapping[tuple[str, ...], Sequence[Credit]], carried: int, carried_into: str
) -> Allocation:
    supplies = [Supply(sum([credit.minutes for credit in same]), entries) for entries, same in alike.items()]
    return allocate(total, [*supplies, Supply(carried, (carried_into or total.slug,))])


def _taken(left: dict[str, int], minutes: int) -> dict[str, int]:
    """Take up to so many minutes from what is left, bucket by bucket."""
    taken = {}
    for slug, room in left.items():
        if minutes and room:
            taken[slug] = min(room, minutes)
            left[slug] -= taken[slug]
            minutes -= taken[slug]
    return taken


def _sums(entered: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for each in entered:
        for slug, minutes in each.items():
            sums[slug] += minutes
    return sums


def _tree_status(bucket: Bucket, sums: Mapping[str, int], missing: int | None = None) -> BucketStatus:
    parts = tuple(_tree_status(part, sums) for part in bucket.parts)
    minutes = sums.get(bucket.slug, 0) + sum(part.minutes for part in parts)
    if missing is None:
        missing = max(bucket.needed_minutes - minutes, sum(part.missing_minutes for part in parts), 0)
    return BucketStatus(bucket, minutes, missing, parts)


def _flat_status(bucket: Bucket, credits_: Iterable[Credit]) -> BucketStatus:
    minutes = sum(credit.minutes for credit in credits_ if bucket.takes.fits(credit.tags, credit.delivery))
    return BucketStatus(bucket, minutes, max(0, bucket.needed_minutes - minutes))


def _occasion(occasion: Occasion, credits_: Iterable[Credit]) -> OccasionStatus:
    number = sum(occasion.takes.fits(credit.tags, credit.delivery) for credit in credits_)
    return OccasionStatus(occasion, number)


def missing_of(
    cycle: Cycle, credits_: Sequence[Credit], holder: Holder, carried: int, courses: frozenset[str]
) -> tuple[int, ...]:
    """What the status would have missing of each kind, and nothing else; none of it grows with an activity."""
    asked = asked_of(cycle.rules, credentials=holder.credentials, months_missed=cycle.months_missed)
    first, _ = _without_repeats(asked, credits_, cycle.rules.repeats.kind, courses)
    beside, within = _beside(asked, first)
    allocation = _allocated(asked.total, _alike(asked.total, within), carried, cycle.rules.surplus.into)
    flat = [_flat_status(bucket, within).missing_minutes for bucket in asked.across]
    flat += [_flat_status(bucket, _of(first, beside, bucket)).missing_minutes for bucket in asked.beside]
    return (allocation.missing, *flat, *(_occasion(occasion, first).missing for occasion in asked.occasions))
