"""What a retest that was passed does to a holder's cycles, and who has a use for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_status import CycleStatus
from quizapp.rules.credit_words import day_text, span_text


@dataclass(frozen=True)
class RetestEffect:
    """What a retest does: it renews a cycle, or cycles begin again with it; or it changes nothing.

    It changes nothing where another retest has renewed the cycle already (`second`), and where no cycle holds its day,
    as cycles begin later (`outside`). `cycle` is the one renewed, or the first of the new ones; `left_out` is what ran
    on that day until then.
    """

    kind: Literal["renews", "begins-again", "second", "outside"]
    cycle: Cycle
    left_out: Cycle | None = None


def retest_effect(passed_on: date, without: Sequence[Cycle], with_it: Sequence[Cycle]) -> RetestEffect:
    """What a retest does, from all cycles without it and with it."""
    begun = next((cycle for cycle in with_it if cycle.is_first and cycle.start == passed_on), None)
    if begun:
        return RetestEffect("begins-again", begun, _holding(without, passed_on))
    renewed = next((cycle for cycle in with_it if cycle.retested_on == passed_on), None)
    if renewed:
        return RetestEffect("renews", renewed)
    held_by = _holding(with_it, passed_on)
    return RetestEffect("second", held_by) if held_by else RetestEffect("outside", with_it[-1])


def _holding(cycles: Sequence[Cycle], day: date) -> Cycle | None:
    return next((cycle for cycle in cycles if cycle.holds(day)), None)


def effect_text(effect: RetestEffect, passed_on: date) -> str:
    """What a retest does, in sentences."""
    if effect.kind == "second":
        return "Another retest has renewed that cycle already. This one is kept, and changes nothing."
    if effect.kind == "outside":
        return (
            "None of your cycles holds this day: they begin later, with your certification or with a later retest. "
            "This one is kept, and changes nothing."
        )
    if effect.kind == "renews":
        following = day_text(effect.cycle.end)
        return (
            f"It renews the cycle that ends on {day_text(effect.cycle.last_day)}. "
            f"No cycle moves: the next one begins on {following} as before."
        )
    sentences = [
        "Your cycles begin again on this day, as no rule recorded here lets a retest of this day renew a cycle.",
        f"The first goes from {span_text(effect.cycle)}.",
    ]
    if effect.left_out:
        sentences.append(f"The cycle {span_text(effect.left_out)} is left out.")
        before = passed_on - timedelta(days=1)
        if before >= effect.left_out.start:
            sentences.append(
                f"What ended from {day_text(effect.left_out.start)} to {day_text(before)} then counts in no cycle."
            )
    return " ".join(sentences)


def has_use_for_retest(statuses: Sequence[CycleStatus], today: date) -> bool:
    """Whether the rules of a cycle know a retest, or one was missed for so long that only an examination helps."""
    return any(status.cycle.rules.retest or _is_regained_by_examination(status, today) for status in statuses)


def _is_regained_by_examination(status: CycleStatus, today: date) -> bool:
    late = status.cycle.rules.late
    return late is not None and late.examination and not status.is_met and -status.cycle.days_left(today) > late.days
