"""Which items make an exam, from a blueprint and a Random passed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random


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
    result = dict.fromkeys(weights, 0)
    left = min(count, sum(available.get(domain, 0) for domain in weights))
    while left:
        room = {domain: available.get(domain, 0) - result[domain] for domain in weights}
        open_domains = [domain for domain in weights if room[domain] > 0]
        total = sum(weights[domain] for domain in open_domains)
        shares = {domain: left * weights[domain] / total for domain in open_domains}
        whole = {domain: min(int(shares[domain]), room[domain]) for domain in open_domains}
        if not any(whole.values()):
            by_remainder = sorted(open_domains, key=lambda domain: (-shares[domain], rng.random()))
            whole = dict.fromkeys(by_remainder[:left], 1)
        for domain, number in whole.items():
            result[domain] += number
            left -= number
    return result


def draw(candidates: Iterable[Candidate], weights: Mapping[str, float], count: int, rng: Random) -> list[Place]:
    """A form of at most `count` items: by the weights, at random, unseen items first, then those seen longest ago.

    The places are in random order, and each item's options are shuffled unless they have a natural order. Nothing
    here looks at which option is the key.
    """
    by_domain: dict[str, list[Candidate]] = {domain: [] for domain in weights}
    for candidate in sorted(candidates, key=lambda candidate: candidate.item_id):
        by_domain[candidate.domain].append(candidate)
    numbers = quotas(weights, {domain: len(found) for domain, found in by_domain.items()}, count, rng)
    chosen = [item for domain, number in numbers.items() for item in _preferred(by_domain[domain], rng)[:number]]
    rng.shuffle(chosen)
    return [Place(item.item_id, item.version, item.domain, _option_order(item, rng)) for item in chosen]


def _preferred(candidates: Sequence[Candidate], rng: Random) -> list[Candidate]:
    shuffled = list(candidates)
    rng.shuffle(shuffled)
    unseen = [candidate for candidate in shuffled if candidate.last_shown_at is None]
    seen = [(candidate.last_shown_at, candidate) for candidate in shuffled if candidate.last_shown_at is not None]
    return unseen + [candidate for _, candidate in sorted(seen, key=lambda pair: pair[0])]


def _option_order(item: Candidate, rng: Random) -> tuple[int, ...]:
    order = list(range(item.option_count))
    if not item.is_ordered:
        rng.shuffle(order)
    return tuple(order)
