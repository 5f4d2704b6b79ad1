"""Where credentials stand, in the few figures and the sentence that people look for first."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from quizapp.credits.queries import Holding, Standings
from quizapp.rules import credit_sentences, credit_words
from quizapp.rules.credit_cycles import retest_window
from quizapp.rules.credit_status import CycleStatus


@dataclass(frozen=True)
class CycleSummary:
    """Where one credential stands today, for rings: what counts of the amount required, and what is next."""

    held_id: UUID
    name: str
    done: Decimal
    required: Decimal
    unit: str
    goes_by_hours: bool
    is_met: bool
    due_on: date
    days_left: int
    sentence: str

    @property
    def share(self) -> float:
        """How much of the required amount is done, from 0 to 1."""
        return min(1.0, float(self.done / self.required)) if self.required else 1.0

    @property
    def figure(self) -> str:
        """4.5/12, in tenths, downwards."""
        tenths = self.done.quantize(Decimal("0.1"), ROUND_DOWN)
        return f"{credit_words.plain_number(tenths)}/{credit_words.plain_number(self.required)}"


def cycle_summaries(standings: Standings, today: date) -> list[CycleSummary]:
    """Where each credential held stands in its present cycle, the most urgent first."""
    return [summary_of(holding, holding.present, today) for holding in standings.by_urgency(today)]


def summary_of(holding: Holding, status: CycleStatus, today: date) -> CycleSummary:
    """A cycle's status in the few figures and the sentence that people look for first."""
    is_retest_due = not status.goes_by_hours and not status.is_met
    window = retest_window(status.cycle, today) if is_retest_due else None
    due_on = window[1] if window else status.cycle.last_day
    unit = status.cycle.rules.unit
    return CycleSummary(
        held_id=holding.held.id,
        name=holding.rules.short_name,
        done=_units(status.counted_minutes, unit.minutes),
        required=_units(status.required_minutes, unit.minutes),
        unit=unit.many,
        goes_by_hours=status.goes_by_hours,
        is_met=status.is_met,
        due_on=due_on,
        days_left=(due_on - today).days,
        sentence=credit_sentences.next_step(status, today),
    )


def _units(minutes: int, unit_minutes: int) -> Decimal:
    """To the hundredth, downwards: what is a minute short never looks like the whole."""
    return Decimal(minutes * 100 // unit_minutes) / 100
