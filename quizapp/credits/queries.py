"""Credentials held, where their cycles stand, and what was logged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity, CycleRules, HeldCredential
from quizapp.credits.rule_files import CredentialRules, Version, all_rules
from quizapp.rules import credit_words
from quizapp.rules.credit_rules import Credit, Cycle, CycleStatus, cycles_until, retest_window, status_of

APPROVAL_NAMES = {"approved": "PAHCOM approved", "recognized": "Recognized", "unknown": "Not sure"}


@dataclass(frozen=True)
class Holding:
    """A credential held, its rule file, and its cycles from certification to the present one."""

    held: HeldCredential
    rules: CredentialRules
    cycles: tuple[Cycle, ...]

    @property
    def present(self) -> Cycle:
        """The cycle that runs today."""
        return self.cycles[-1]

    def cycle_of(self, day: date) -> Cycle | None:
        """The cycle that a day falls into; None before certification."""
        return next((cycle for cycle in self.cycles if cycle.holds(day)), None)

    def version_of(self, cycle: Cycle) -> Version:
        """The rule file's version that a cycle runs under."""
        return self.rules.version(cycle.rules.slug)

    def status(self, cycle: Cycle, activities: Iterable[Activity]) -> CycleStatus:
        """Where the holder stands in a cycle."""
        credits_ = (Credit(each.ended_on, each.minutes, each.approval) for each in activities)
        return status_of(cycle, credits_, is_member=self.held.is_member)


@dataclass(frozen=True)
class CycleSummary:
    """Where one credential stands today, for the dashboard: what counts of the hours required, and what is next."""

    name: str
    hours_met: Decimal
    hours_required: Decimal
    goes_by_hours: bool
    is_met: bool
    due_on: date
    days_left: int
    sentence: str

    @property
    def share(self) -> float:
        """How much of the required hours is done, from 0 to 1."""
        return min(1.0, float(self.hours_met / self.hours_required))

    @property
    def figure(self) -> str:
        """4.5/12, in tenths, downwards."""
        tenths = self.hours_met.quantize(Decimal("0.1"), ROUND_DOWN)
        return f"{credit_words.plain_number(tenths)}/{credit_words.plain_number(self.hours_required)}"


def cycle_summaries(session: Session, user_id: UUID, today: date, bank_dir: Path) -> list[CycleSummary]:
    """Where each credential held stands in its present cycle; one statement, and a second when one is held."""
    holdings = holdings_of(session, user_id, today, bank_dir)
    if not holdings:
        return []
    earliest = min(holding.present.start for holding in holdings)
    activities = session.scalars(
        select(Activity).where(Activity.user_id == user_id, Activity.ended_on >= earliest)
    ).all()
    return [
        summary_of(holding.rules.short_name, holding.status(holding.present, activities), today) for holding in holdings
    ]


def summary_of(name: str, status: CycleStatus, today: date) -> CycleSummary:
    """A cycle's status in the few figures and the sentence that people look for first."""
    window = None if status.goes_by_hours else retest_window(status.cycle, today)
    due_on = window[1] if window else status.cycle.last_day
    return CycleSummary(
        name=name,
        hours_met=_hours(status.counted_minutes),
        hours_required=_hours(status.required_minutes),
        goes_by_hours=status.goes_by_hours,
        is_met=status.is_met,
        due_on=due_on,
        days_left=(due_on - today).days,
        sentence=credit_words.next_step(status, today),
    )


def _hours(minutes: int) -> Decimal:
    """To the hundredth, downwards: what is a minute short never looks like the whole."""
    return Decimal(minutes * 100 // 60) / 100


def holdings_of(session: Session, user_id: UUID, today: date, bank_dir: Path) -> list[Holding]:
    """Every credential held with its cycles, oldest first; one statement."""
    rows = session.execute(
        select(HeldCredential, CycleRules)
        .join(
            CycleRules,
            (CycleRules.user_id == HeldCredential.user_id) & (CycleRules.held_credential_id == HeldCredential.id),
        )
        .where(HeldCredential.user_id == user_id, CycleRules.user_id == user_id)
        .order_by(HeldCredential.created_at, HeldCredential.id, CycleRules.from_on)
    ).all()
    entries: dict[UUID, tuple[HeldCredential, list[CycleRules]]] = {}
    for held, entry in rows:
        entries.setdefault(held.id, (held, []))[1].append(entry)
    rules = all_rules(bank_dir)
    return [_holding(held, chosen, rules[held.rules], today) for held, chosen in entries.values()]


def _holding(held: HeldCredential, chosen: Sequence[CycleRules], rules: CredentialRules, today: date) -> Holding:
    rules_from = [(entry.from_on, rules.version(entry.version).rules()) for entry in chosen]
    return Holding(held, rules, cycles_until(held.certified_on, rules_from, today))


@dataclass(frozen=True)
class Overview:
    """What the page about one credential shows: a cycle, its activities, and how the other cycles stand."""

    today: date
    holding: Holding
    status: CycleStatus
    summary: CycleSummary
    activities: Sequence[Activity]
    before_certification: Sequence[Activity]
    cycles: Sequence[CycleStatus]

    @property
    def version(self) -> Version:
        """The rules of the cycle shown."""
        return self.holding.version_of(self.status.cycle)

    @property
    def is_present(self) -> bool:
        """Whether the cycle shown is the one that runs today."""
        return self.status.cycle == self.holding.present

    @property
    def newer_version(self) -> Version | None:
        """The newest recorded rules, where the cycle shown runs under others."""
        newest = self.holding.rules.newest
        return newest if self.is_present and newest.slug != self.version.slug else None

    @property
    def just_ended(self) -> CycleStatus | None:
        """The cycle before the present one, while it ended short and its late window is open."""
        if not self.is_present or len(self.cycles) < 2:
            return None
        late = self.cycles[1].cycle.rules.late
        days_late = -self.cycles[1].cycle.days_left(self.today)
        is_open = late is not None and days_late <= late.days
        is_short = self.cycles[1].goes_by_hours and not self.cycles[1].is_met
        return self.cycles[1] if is_open and is_short else None


def overview_of(holding: Holding, activities: Sequence[Activity], start: date | None, today: date) -> Overview | None:
    """The cycle that begins on `start`, by default the present one; None where no cycle begins then."""
    statuses = [holding.status(cycle, activities) for cycle in reversed(holding.cycles)]
    shown = next((status for status in statuses if start in {None, status.cycle.start}), None)
    if shown is None:
        return None
    return Overview(
        today=today,
        holding=holding,
        status=shown,
        summary=summary_of(holding.rules.short_name, shown, today),
        activities=[each for each in activities if shown.cycle.holds(each.ended_on)],
        before_certification=[each for each in activities if each.ended_on < holding.held.certified_on],
        cycles=statuses,
    )


def activities_of(session: Session, user_id: UUID) -> Sequence[Activity]:
    """Everything that the person logged, newest first."""
    return session.scalars(
        select(Activity)
        .where(Activity.user_id == user_id)
        .order_by(Activity.ended_on.desc(), Activity.started_on.desc(), Activity.created_at.desc(), Activity.id)
    ).all()


def activity_of(session: Session, user_id: UUID, activity_id: UUID) -> Activity | None:
    """One activity of the person's own."""
    return session.scalar(select(Activity).where(Activity.user_id == user_id, Activity.id == activity_id))
