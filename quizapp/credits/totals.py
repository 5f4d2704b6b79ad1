"""What a change of activities did to the present cycles, in a sentence."""

from quizapp.credits.queries import Standings
from quizapp.rules.credit_status import CycleStatus
from quizapp.rules.credit_words import credit_text, listed, of_text


def totals_text(before: Standings, after: Standings) -> str:
    """Counted now: CMM 7.5 of 12 hours (6 hours before). Empty where nothing counts otherwise, or nothing is held."""
    was = {holding.held.id: holding.present for holding in before.holdings}
    texts = [
        f"{holding.name} {_now_and_before(was[holding.held.id], holding.present)}"
        for holding in after.holdings
        if holding.held.id in was and was[holding.held.id].counted_minutes != holding.present.counted_minutes
    ]
    return f"Counted now: {listed(texts)}." if texts else ""


def _now_and_before(was: CycleStatus, now: CycleStatus) -> str:
    unit = now.cycle.rules.unit
    before = credit_text(was.counted_minutes, unit) if was.counted_minutes else "nothing"
    return f"{of_text(now.counted_minutes, now.required_minutes, unit)} ({before} before)"
