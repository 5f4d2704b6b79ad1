"""Shares with their uncertainty: an interval for one, tests against chance, and a correction for many tests."""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist


def wilson(right: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a share by the score method (Wilson 1927); (0, 1) where there is nothing to share."""
    if not total:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = right / total
    centre = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def chance_of_at_least(right: int, chances: Sequence[float]) -> float:
    """How probable it is that independent guesses, each right by its own chance, give `right` or more (exact)."""
    # spread[n] is the probability of n right so far (Poisson's binomial distribution).
    spread = [1.0]
    for chance in chances:
        missed = [probability * (1 - chance) for probability in spread] + [0.0]
        hit = [0.0] + [probability * chance for probability in spread]
        spread = [one + other for one, other in zip(missed, hit, strict=True)]
    return min(1.0, sum(spread[max(0, right) :]))


def holm(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Each test's probability, corrected for there being several tests (Holm 1979), in the order given."""
    corrected: dict[str, float] = {}
    worst = 0.0
    ordered = sorted(probabilities, key=lambda name: probabilities[name])
    for place, name in enumerate(ordered):
        worst = max(worst, min(1.0, probabilities[name] * (len(ordered) - place)))
        corrected[name] = worst
    return {name: corrected[name] for name in probabilities}
