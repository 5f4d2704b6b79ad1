"""Responses → marks, totals and results by group, and which groups are weak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENOUGH_ANSWERS = 5
_PRIOR_ANSWERS = 4


@dataclass(frozen=True)
class Tally:
    """How many were right, of how many."""

    right: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """The share that was right, 0 if there is nothing to share."""
        return self.right / self.total if self.total else 0.0

    @property
    def wrong(self) -> int:
        """How many were not right."""
        return self.total - self.right

    @property
    def is_enough(self) -> bool:
        """Whether there are enough answers to speak of a weakness."""
        return self.total >= ENOUGH_ANSWERS

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.total + other.total)


def is_correct(chosen: int | None, key: int) -> bool:
    """Single best answer: right if it is the key; no answer is wrong."""
    return chosen == key


def tally(marks: Iterable[tuple[str, bool]]) -> dict[str, Tally]:
    """Marks as (group, right) pairs → a tally for each group, in order of first appearance."""
    result: dict[str, Tally] = {}
    for group, right in marks:
        result[group] = result.get(group, Tally()) + Tally(int(right), 1)
    return result


def reaches(result: Tally, target_percent: int) -> bool:
    """Whether a score reaches the target, without rounding in its favour."""
    return result.total > 0 and 100 * result.right >= target_percent * result.total


def weakest_first(groups: Mapping[str, Tally], overall: Tally) -> list[str]:
    """Groups from the weakest on, each drawn towards the overall share as if by four further answers.

    So one wrong answer of one does not outrank eleven wrong of twenty. Ties go to the group with more answers,
    then by name.
    """

    def smoothed(group: str) -> float:
        result = groups[group]
        return (result.right + _PRIOR_ANSWERS * overall.share) / (result.total + _PRIOR_ANSWERS)

    return sorted(groups, key=lambda group: (smoothed(group), -groups[group].total, group))


def is_weak(result: Tally, target_percent: int) -> bool:
    """A weakness that can be spoken of: enough answers, and a share below the target."""
    return result.is_enough and not reaches(result, target_percent)
