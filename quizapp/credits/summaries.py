"""Where credentials stand, in the few figures and the sentence that people look for first."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from quizapp.credits.models import Activity
from quizapp.credits.queries import Holding, Standings
from quizapp.rules import credit_sentences, credit_words
from quizapp.rules.credit_cycles import months_between, retest_window
from quizapp.rules.credit_deadlines import is_near
from quizapp.rules.credit_proof import missing_proof, proof_asked
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
    is_urgent: bool
    sentence: str

    @property
    def share(self) -> float:
        """How much of the required amount is done, from 0 to 1."""
        return min(1.0, float(self.done / self.required)) if self.required else 1.0

    @property
    def figure(self) -> str:
        """35.75, as everywhere else on the page."""
        return credit_words.plain_number(self.done)

    @property
    def of_figure(self) -> str:
        """of 40."""
        return f"of {credit_words.plain_number(self.required)}"

    @property
    def label(self) -> str:
        """What the ring shows, for who does not see it: 35.75 of 40 hours done."""
        return f"{self.figure} {self.of_figure} {self.unit} done"

    @property
    def days_text(self) -> str:
        """405 days left; Only 19 days left; Today is the last day."""
        if not self.days_left:
            return "Today is the last day"
        left = f"{credit_words.counted(self.days_left, 'day')} left"
        return f"Only {left}" if self.is_urgent else left


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
        is_urgent=not status.is_met and is_near(due_on, today),
        sentence=credit_sentences.next_step(status, today),
    )


def _units(minutes: int, unit_minutes: int) -> Decimal:
    """To the hundredth, downwards: what is a minute short never looks like the whole."""
    return Decimal(minutes * 100 // unit_minutes) / 100


def short_first_cycle_text(holding: Holding) -> str:
    """What a last day that the body told does to the first cycle, where that becomes much shorter than the others."""
    first = holding.statuses[0].cycle
    months, usual = months_between(first.start, first.end), first.rules.cycle.months
    if holding.held.due_on is None or first.months_missed or months >= usual - 1:
        return ""
    span = f"{credit_words.span_text(first)}, {credit_words.counted(months, 'month')} instead of {usual}"
    return (
        f"By the last day that you entered, your first cycle goes from {span}, and asks for as much. "
        f"If {holding.rules.body} shows you another day, change it."
    )


# --- Cards ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Membership:
    """What the end of a membership means; urgent when it is near or past."""

    sentence: str
    is_urgent: bool


def membership_of(holding: Holding, today: date) -> Membership | None:
    """What the end of the membership means for the present cycle; None where that is unknown or not asked for."""
    until = holding.held.member_until
    sentence = credit_sentences.membership_sentence(holding.present.cycle, until, today)
    return Membership(sentence, until < today or is_near(until, today)) if sentence and until else None


@dataclass(frozen=True)
class Card:
    """One credential on the page of all of them.

    `to_close` is the cycle to close, `left_open` how many others ended and are not closed. Of the activities that
    count and need proof, `proof_asked`, some lack it.
    """

    holding: Holding
    summary: CycleSummary
    to_close: CycleStatus | None
    left_open: int
    proof_asked: int
    proof_lacking: int
    membership: Membership | None

    @property
    def status(self) -> CycleStatus:
        """The cycle that runs."""
        return self.holding.present

    @property
    def cycle_key(self) -> str:
        """What an address calls that cycle."""
        return cycle_key(self.holding.held.id, self.status.cycle.start)


def cards_of(standings: Standings, proven: Container[UUID], today: date) -> list[Card]:
    """Every credential held, the most urgent first; `proven` are the activities with a certificate."""
    activities = {str(each.id): each for each in standings.activities}
    return [_card(holding, activities, proven, today) for holding in standings.by_urgency(today)]


def _card(holding: Holding, activities: Mapping[str, Activity], proven: Container[UUID], today: date) -> Card:
    status, to_close = holding.present, holding.to_close(today)
    ended = [each for each in holding.closable(today) if each != status and each != to_close]
    asked = [activities[id_] for id_, entry in status.entries.items() if proof_asked(entry, status)]
    return Card(
        holding=holding,
        summary=summary_of(holding, status, today),
        to_close=to_close,
        left_open=len(ended),
        proof_asked=len(asked),
        proof_lacking=sum(lacks_proof(each, status, proven) for each in asked),
        membership=membership_of(holding, today),
    )


def cycle_key(held_id: UUID, start: date) -> str:
    """What an address calls a cycle."""
    return f"{held_id}:{start.isoformat()}"


def lacks_proof(activity: Activity, status: CycleStatus, proven: Container[UUID]) -> bool:
    """Whether the activity counts in the cycle and a proof that its rules ask for is missing."""
    entry = status.entries.get(str(activity.id))
    return entry is not None and bool(
        missing_proof(entry, status, has_certificate=activity.id in proven, index_number=activity.index_number)
    )
