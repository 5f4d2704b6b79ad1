"""Which items make an exam, from a blueprint and a Random passed in."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from random import Random

DAYS_WITHOUT_RESERVE = 14


@dataclass(frozen=True)
class Candidate:
    """An item that may be drawn; `last_shown_at` is None if the person has never seen it."""

    item_id: str
    version: int
    domain: str
    option_count: int
    is_ordered: bool
    last_shown_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """One place on the form: an item, and the order in which its options are shown (indices into the file's order)."""

    item_id: str
    version: int
    domain: str
    option_order: tuple[int, ...]


def quotas(weights: Mapping[str, float], available: Mapping[str, int], count: int, rng: Random) -> dict[str, int]:
    """How many items each domain gives to a form of `count`, in proportion to the weights.

    Rounding is by largest remainder, ties by chance; what a domain cannot fill goes to the others in the same
    proportion. The sum is `count`, or all that is available if that is less.
    """
    room = {domain: available.get(domain, 0) for domain in weights}
    left = min(count, sum(room.values()))
    numbers = dict.fromkeys(weights, 0)
    # A domain that has no more than its share gives all it has, and the others share the rest.
    sharing = dict(weights)
    short = set(weights)
    while short and sharing:
        shares = _shares(sharing, left)
        short = {domain for domain, share in shares.items() if share >= room[domain]}
        for domain in short:
            numbers[domain] = room[domain]
            left -= room[domain]
            del sharing[domain]
    shares = _shares(sharing, left)
    by_remainder = sorted(shares, key=lambda domain: (-(shares[domain] % 1), rng.random()))
    one_more = set(by_remainder[: left - sum(int(share) for share in shares.values())])
    return numbers | {domain: int(share) + (domain in one_more) for domain, share in shares.items()}


def _shares(weights: Mapping[str, float], count: int) -> dict[str, Fraction]:
    # Exact, so that equal remainders are equal and rounding never adds up to one too many.
    total = sum(map(Fraction, weights.values()), Fraction())
    return {domain: count * Fraction(weight) / total for domain, weight in weights.items()}


def draw(
    candidates: Iterable[Candidate],
    weights: Mapping[str, float],
    count: int,
    rng: Random,
    *,
    twins: Collection[tuple[str, str]] = (),
    most_unseen: Mapping[str, int] | None = None,
) -> list[Place]:
    """A form of at most `count` items: by the weights, at random, unseen items first, then those seen longest ago.

    No two `twins` come on one form. `most_unseen` says how many unseen items each domain may give, where some are kept
    in reserve. The places are in random order, and each item's options are shuffled unless they have a natural order.
    A domain without a weight gives none. Nothing here looks at which option is the key.
    """
    weighed = [candidate for candidate in candidates if candidate.domain in weights]
    offered: dict[str, list[Candidate]] = {domain: [] for domain in weights}
    for candidate in _without_twins(_preferred(weighed, rng, most_unseen), _rivals(twins)):
        offered[candidate.domain].append(candidate)
    numbers = quotas(weights, {domain: len(found) for domain, found in offered.items()}, count, rng)
    chosen = [item for domain, number in numbers.items() for item in offered[domain][:number]]
    rng.shuffle(chosen)
    return [Place(item.item_id, item.version, item.domain, _option_order(item, rng)) for item in chosen]


def reserve(weights: Mapping[str, float], published: Mapping[str, int], full_form: int) -> dict[str, int]:
    """How many unseen items of each domain practice leaves alone, so that one full mock stays honest.

    One full form by the weights, but never more than a third of a domain's published items.
    """
    total = sum(weights.values())
    return {
        domain: min(ceil(full_form * weight / total), published.get(domain, 0) // 3)
        for domain, weight in weights.items()
    }


def keeps_reserve(exam_date: date | None, today: date, *, is_released: bool) -> bool:
    """Whether practice still leaves the reserve alone: until it is released, or 14 days before the exam."""
    return not is_released and (exam_date is None or today < exam_date - timedelta(days=DAYS_WITHOUT_RESERVE))


def honest_forms(weights: Mapping[str, float], unseen: Mapping[str, int], full_form: int) -> int:
    """How many full forms can still be drawn of items that the person has never seen."""
    total = sum(weights.values())
    return min(int(unseen.get(domain, 0) * total / (full_form * weight)) for domain, weight in weights.items())


def _preferred(candidates: Iterable[Candidate], rng: Random, most_unseen: Mapping[str, int] | None) -> list[Candidate]:
    shuffled = sorted(candidates, key=lambda candidate: candidate.item_id)
    rng.shuffle(shuffled)
    unseen = [candidate for candidate in shuffled if candidate.last_shown_at is None]
    seen = [(candidate.last_shown_at, candidate) for candidate in shuffled if candidate.last_shown_at is not None]
    return _at_most(unseen, most_unseen) + [candidate for _, candidate in sorted(seen, key=lambda pair: pair[0])]


def _at_most(candidates: list[Candidate], most: Mapping[str, int] | None) -> list[Candidate]:
    """The first so many of each domain; all of them without a limit."""
    if most is None:
        return candidates
    counts: Counter[str] = Counter()
    kept = []
    for candidate in candidates:
        counts[candidate.domain] += 1
        if counts[candidate.domain] <= most.get(candidate.domain, 0):
            kept.append(candidate)
    return kept


def _rivals(twins: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    rivals: dict[str, set[str]] = {}
    for one, other in twins:
        rivals.setdefault(one, set()).add(other)
        rivals.setdefault(other, set()).add(one)
    return rivals


def _without_twins(candidates: list[Candidate], rivals: Mapping[str, set[str]]) -> list[Candidate]:
    """The candidates in their order, without those that have a twin before them, in whatever domain."""
    taken: set[str] = set()
    kept = []
    for candidate in candidates:
        if taken.isdisjoint(rivals.get(candidate.item_id, ())):
            kept.append(candidate)
            taken.add(candidate.item_id)
    return kept


def _option_order(item: Candidate, rng: Random) -> tuple[int, ...]:
    order = list(range(item.option_count))
    if not item.is_ordered:
        rng.shuffle(order)
    return tuple(order)
