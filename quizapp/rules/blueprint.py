"""Which items make an exam, from a blueprint and a Random passed in."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from random import Random

from quizapp.rules.review_dates import DatedItem

DAYS_WITHOUT_RESERVE = 14


@dataclass(frozen=True)
class Candidate(DatedItem):
    """An item that may be drawn; `last_shown_at` is None if the person has never seen it.

    `in_mocks` says whether mocks draw it too: a second reader has passed it, and it has not left them.
    """

    version: int
    option_count: int
    is_ordered: bool
    last_shown_at: datetime | None = None
    in_mocks: bool = True


@dataclass(frozen=True)
class Place:
    """One place on the form: an item, and the order in which its options are shown (indices into the file's order).

    `is_due` says that the item waited to be read again on the day of the draw.
    """

    item_id: str
    version: int
    domain: str
    option_order: tuple[int, ...]
    is_due: bool = False


def quotas(weights: Mapping[str, float], available: Mapping[str, int], count: int, rng: Random) -> dict[str, int]:
    """How many items each domain gives to a form of `count`, in proportion to the weights.

    Rounding is by largest remainder, ties by chance; what a domain cannot fill goes to the others in the same
    proportion. The sum is `count`, or all that is available if that is less.
    """
    shares = _poured(weights, available, count)
    left = int(sum(shares.values())) - sum(int(share) for share in shares.values())
    by_remainder = sorted(shares, key=lambda domain: (-(shares[domain] % 1), rng.random()))
    one_more = set(by_remainder[:left])
    return {domain: int(share) + (domain in one_more) for domain, share in shares.items()}


def _poured(weights: Mapping[str, float], available: Mapping[str, int], count: int) -> dict[str, Fraction]:
    """The exact share of each domain: by the weights, where a domain that has no more than its share gives all it has.

    The others then share the rest.
    """
    room = {domain: available.get(domain, 0) for domain in weights}
    left = min(count, sum(room.values()))
    poured = dict.fromkeys(weights, Fraction())
    sharing = dict(weights)
    short = set(weights)
    while short and sharing:
        shares = _shares(sharing, left)
        short = {domain for domain, share in shares.items() if share >= room[domain]}
        for domain in short:
            poured[domain] = Fraction(room[domain])
            left -= room[domain]
            del sharing[domain]
    return poured | _shares(sharing, left)


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
    today: date,
    twins: Collection[tuple[str, str]] = (),
    most_unseen: Mapping[str, int] | None = None,
) -> list[Place]:
    """A form of at most `count` items: by the weights, at random, unseen items first, then those seen longest ago.

    What is due for review comes after everything of its domain that is not, in the same order, and last of all what
    mocks do without where they can. No two `twins` come on one form. `most_unseen` says how many unseen items each
    domain may give of those that mocks draw, where some are kept in reserve. The places are in random order, and each
    item's options are shuffled unless they have a natural order. A domain without a weight gives none. Nothing here
    looks at which option is the key.
    """
    weighed = [candidate for candidate in candidates if candidate.domain in weights]
    offered: dict[str, list[Candidate]] = {domain: [] for domain in weights}
    for candidate in _without_twins(_preferred(weighed, rng, today, most_unseen), _rivals(twins)):
        offered[candidate.domain].append(candidate)
    numbers = quotas(weights, {domain: len(found) for domain, found in offered.items()}, count, rng)
    chosen = [item for domain, number in numbers.items() for item in offered[domain][:number]]
    rng.shuffle(chosen)
    return [
        Place(item.item_id, item.version, item.domain, _option_order(item, rng), item.is_due(today)) for item in chosen
    ]


def gone_from_mocks(
    pool: Iterable[DatedItem], weights: Mapping[str, float], full_form: int, today: date
) -> frozenset[str]:
    """The items of the mocks' pool that no mock draws: the withdrawn ones that no full form needs.

    A domain never goes below what one full form takes of it, by the weights and by what every domain has: as many of
    its withdrawn items stay as that asks for, those that have been due the shortest first.
    """
    domains: dict[str, list[DatedItem]] = {domain: [] for domain in weights}
    for item in pool:
        domains.setdefault(item.domain, []).append(item)
    needed = _poured(weights, {domain: len(items) for domain, items in domains.items()}, full_form)
    gone: set[str] = set()
    for domain, items in domains.items():
        withdrawn = [item for item in items if item.is_withdrawn(today)]
        withdrawn.sort(key=lambda item: (item.lateness(today), item.item_id))
        staying = len(items) - len(withdrawn)
        gone.update(item.item_id for item in withdrawn[max(0, ceil(needed.get(domain, 0)) - staying) :])
    return frozenset(gone)


def reserve(weights: Mapping[str, float], drawable: Mapping[str, int], full_form: int) -> dict[str, int]:
    """How many unseen items of each domain practice leaves alone, so that one full mock stays honest.

    One full form by the weights, but never more than a third of what mocks can draw of a domain.
    """
    total = sum(weights.values())
    return {
        domain: min(ceil(full_form * weight / total), drawable.get(domain, 0) // 3)
        for domain, weight in weights.items()
    }


def keeps_reserve(exam_date: date | None, today: date, *, is_released: bool) -> bool:
    """Whether practice still leaves the reserve alone: until it is released, or 14 days before the exam."""
    return not is_released and (exam_date is None or today < exam_date - timedelta(days=DAYS_WITHOUT_RESERVE))


def honest_forms(weights: Mapping[str, float], unseen: Mapping[str, int], full_form: int) -> int:
    """How many full forms can still be drawn of items that the person has never seen."""
    total = sum(weights.values())
    return min(int(unseen.get(domain, 0) * total / (full_form * weight)) for domain, weight in weights.items())


def _preferred(
    candidates: Iterable[Candidate], rng: Random, today: date, most_unseen: Mapping[str, int] | None
) -> list[Candidate]:
    ordered = sorted(candidates, key=lambda candidate: candidate.item_id)
    rng.shuffle(ordered)
    ordered.sort(key=lambda candidate: (candidate.lateness(today), candidate.last_shown_at or _NEVER))
    return ordered if most_unseen is None else _without_reserve(ordered, most_unseen)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _without_reserve(candidates: Iterable[Candidate], most_unseen: Mapping[str, int]) -> list[Candidate]:
    """The candidates in their order, but of the unseen ones that mocks draw only the first so many of each domain."""
    counts: Counter[str] = Counter()
    kept = []
    for candidate in candidates:
        is_limited = candidate.in_mocks and candidate.last_shown_at is None
        counts[candidate.domain] += is_limited
        if not is_limited or counts[candidate.domain] <= most_unseen.get(candidate.domain, 0):
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
