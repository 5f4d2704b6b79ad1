"""Shares with their uncertainty: an interval for one, tests against chance, and a correction for many tests."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import exp, lgamma, log, sqrt
from statistics import NormalDist, fmean, pvariance

# The logarithm of a probability that cannot change the twelfth digit of a sum.
_NEGLIGIBLE = -40.0


def wilson(right: float, total: float, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a share by the score method (Wilson 1927); (0, 1) where there is nothing to share."""
    if not total:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = right / total
    centre = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def interval_of_mean(shares: Sequence[float], tries: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of the mean of items' shares, each the part of `tries` in which that item was right.

    The items are the sample; another try of the same items adds none. But an item that was right in half of the tries
    says more than one try does, so that shares spread less than rights and wrongs: this is Wilson's interval for as
    many items as would spread like that if each were right or wrong. With one try it is Wilson's own.
    """
    if not shares:
        return 0.0, 1.0
    mean, spread = fmean(shares), pvariance(shares)
    items = len(shares)
    # Nothing spreads less than if each try were an item of its own.
    alike = min(mean * (1 - mean) / spread, tries) if spread else 1 if mean in (0, 1) else tries
    return wilson(mean * items * alike, items * alike, confidence)


def chance_of_at_least(right: int, chances: Sequence[float]) -> float:
    """How probable it is that independent guesses, each right by its own chance, give `right` or more (exact)."""
    # Items of one chance are a binomial distribution, and there are few chances, so that few must be folded together.
    spread = {0: 1.0}
    for chance, number in sorted(Counter(chances).items()):
        hits = _binomial(number, chance)
        folded: dict[int, float] = defaultdict(float)
        for before, probability in spread.items():
            for more, share in hits.items():
                folded[before + more] += probability * share
        spread = folded
    return min(1.0, sum(probability for number, probability in spread.items() if number >= right))


def _binomial(number: int, chance: float) -> dict[int, float]:
    """The probabilities of each number of hits, without those that are too small to matter."""
    if not 0 < chance < 1:
        return {number if chance >= 1 else 0: 1.0}
    logs = {
        hits: lgamma(number + 1)
        - lgamma(hits + 1)
        - lgamma(number - hits + 1)
        + hits * log(chance)
        + (number - hits) * log(1 - chance)
        for hits in range(number + 1)
    }
    return {hits: exp(value) for hits, value in logs.items() if value > _NEGLIGIBLE}


def holm(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Each test's probability, corrected for there being several tests (Holm 1979), in the order given."""
    corrected: dict[str, float] = {}
    worst = 0.0
    ordered = sorted(probabilities, key=lambda name: probabilities[name])
    for place, name in enumerate(ordered):
        worst = max(worst, min(1.0, probabilities[name] * (len(ordered) - place)))
        corrected[name] = worst
    return {name: corrected[name] for name in probabilities}
