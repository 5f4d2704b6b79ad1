"""Credentials held, where their cycles stand, and what was logged."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import Activity, ClosedCycle, CustomCredential, CycleRules, HeldCredential
from quizapp.credits.rule_book import all_rules
from quizapp.credits.rule_files import CUSTOM, CredentialRules, Version, stored_rules
from quizapp.rules import credit_sentences, credit_words
from quizapp.rules.credit_cycles import Anchors, Cycle, cycles_until, retest_window
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus, Holder
from quizapp.rules.credit_statuses import Closed, statuses_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Holding:
    """A credential held, its rules, and where each cycle from certification to the present one stands, oldest first.

    `added_on` is the day on which it was added here, where its holder lives.
    """

    held: HeldCredential
    rules: CredentialRules
    holder: Holder
    statuses: tuple[CycleStatus, ...]
    closed: Mapping[date, ClosedCycle]
    added_on: date

    @property
    def name(self) -> str:
        """What it is called in short."""
        return self.rules.short_name

    @property
    def present(self) -> CycleStatus:
        """The cycle that runs today."""
        return self.statuses[-1]

    @property
    def latest_closed(self) -> ClosedCycle | None:
        """The last cycle that was closed."""
        return self.closed[max(self.closed)] if self.closed else None

    def closable(self, today: date) -> Sequence[CycleStatus]:
        """The cycles whose last day has come and that are not closed, nor any later one; oldest first."""
        latest = self.latest_closed
        return [
            status
            for status in self.statuses
            if status.cycle.days_left(today) <= 0 and (latest is None or status.cycle.start > latest.start_on)
        ]

    def to_close(self, today: date) -> CycleStatus | None:
        """The cycle to close: the first that ended since one was closed, or since the credential was added.

        Of the cycles that ended before that, the last one while it is short and still within its late window.
        """
        ended = [status for status in self.closable(today) if status.cycle.days_left(today) < 0]
        if self.closed:
            return ended[0] if ended else None
        here = [status for status in ended if status.cycle.end > self.added_on]
        if here or not ended:
            return here[0] if here else None
        late = ended[-1].cycle.rules.late
        is_curable = late is not None and -ended[-1].cycle.days_left(today) <= late.days
        return ended[-1] if is_curable and ended[-1].goes_by_hours and not ended[-1].is_met else None

    def status_from(self, start: date) -> CycleStatus | None:
        """The cycle that begins on a day."""
        return next((status for status in self.statuses if status.cycle.start == start), None)

    def status_of(self, day: date) -> CycleStatus | None:
        """The cycle that a day falls into; None before certification."""
        return next((status for status in self.statuses if status.cycle.holds(day)), None)

    def version_of(self, cycle: Cycle) -> Version:
        """The rule file's version that a cycle runs under."""
        return self.rules.version(cycle.rules.slug)

    def newer_versions(self, cycle: Cycle) -> Sequence[Version]:
        """The versions recorded that stand before the one that a cycle runs under, newest first."""
        slugs = [version.slug for version in self.rules.versions]
        return self.rules.versions[: slugs.index(cycle.rules.slug)]

    def with_credits(self, credits_: Iterable[Credit]) -> tuple[CycleStatus, ...]:
        """Where the same cycles would stand with other activities."""
        cycles = [status.cycle for status in self.statuses]
        return statuses_of(cycles, credits_, self.holder, closed_of(self.closed))


@dataclass(frozen=True)
class Unreadable:
    """A credential held that is part of no number, as the rules of one of its cycles cannot be read; and why.

    `rules` are what is left of them: None where nothing is. `lost` are the versions chosen for its cycles that are not
    among them. Its closed cycles are records, and whole; of no other is a status known.
    """

    held: HeldCredential
    name: str
    rules: CredentialRules | None
    lost: frozenset[str]
    closed: Mapping[date, ClosedCycle]
    statuses: tuple[CycleStatus, ...] = ()


@dataclass(frozen=True)
class Standings:
    """Every credential held, in the order of their adding, and every activity, newest first."""

    holdings: Sequence[Holding]
    activities: Sequence[Activity]
    unreadable: Sequence[Unreadable] = ()

    def held_one(self, held_id: UUID) -> Holding | Unreadable | None:
        """One credential of the person's own, whether its rules can be read or not."""
        found: list[Holding | Unreadable] = [*self.holdings, *self.unreadable]
        return next((one for one in found if one.held.id == held_id), None)

    def holding(self, held_id: UUID) -> Holding | None:
        """One credential of the person's own."""
        return next((holding for holding in self.holdings if holding.held.id == held_id), None)

    def by_urgency(self, today: date) -> list[Holding]:
        """The credentials as they want attention: a cycle to close, what is short, what is met; each by the day."""
        return sorted(
            self.holdings,
            key=lambda holding: (
                holding.to_close(today) is None,
                holding.present.is_met and holding.present.goes_by_hours,
                holding.present.cycle.end,
            ),
        )

    @property
    def credits(self) -> list[Credit]:
        """The activities as the rules see them."""
        return [credit_of(each) for each in self.activities]

    @property
    def tags(self) -> frozenset[str]:
        """The credit tags that the present rules of the credentials held ask for."""
        return frozenset(tag for holding in self.holdings for tag in holding.present.cycle.rules.tags)


def standings_of(session: Session, user_id: UUID, today: date, bank_dir: Path) -> Standings:
    """Everything that the pages about credits reckon with. Three statements, four with a credential of one's own."""
    activities = activities_of(session, user_id)
    chosen = _chosen_rules(session, user_id)
    if not chosen:
        return Standings([], activities)
    closed = _closed_cycles(session, user_id)
    held_ones = [held for held, _ in chosen]
    rules = rules_for(session, user_id, held_ones, bank_dir)
    numbers = _credentials_by_body(held_ones, rules)
    credits_ = [credit_of(each) for each in activities]
    zone = ZoneInfo(session.get_one(User, user_id).time_zone)
    holdings, unreadable = [], []
    for held, versions in chosen:
        credential = rules.get(held.rules)
        lost = _lost_versions(credential, versions)
        if credential is None or lost:
            unreadable.append(_unreadable(session, held, credential, lost, closed[held.id]))
            continue
        rules_from = [(entry.from_on, credential.version(entry.version).rules()) for entry in versions]
        cycles = cycles_until(Anchors(held.certified_on, held.birth_month, held.due_on), rules_from, today)
        holder = Holder(held.is_member, numbers[credential.body])
        statuses = statuses_of(cycles, credits_, holder, closed_of(closed[held.id]))
        added_on = held.created_at.astimezone(zone).date()
        holdings.append(Holding(held, credential, holder, statuses, closed[held.id], added_on))
    return Standings(holdings, activities, unreadable)


def _lost_versions(rules: CredentialRules | None, chosen: Iterable[CycleRules]) -> frozenset[str]:
    """The versions chosen that are not among the rules."""
    known = {version.slug for version in rules.versions} if rules else set()
    return frozenset(entry.version for entry in chosen) - known


def _unreadable(
    session: Session,
    held: HeldCredential,
    rules: CredentialRules | None,
    lost: frozenset[str],
    closed: Mapping[date, ClosedCycle],
) -> Unreadable:
    _log_left_out(held.rules, f"have lost the version {' and '.join(sorted(lost))}" if rules else "cannot be read")
    name = rules.short_name if rules else held.rules.upper()
    if not rules and held.rules.startswith(CUSTOM):
        own = session.get(CustomCredential, (held.user_id, UUID(held.rules.removeprefix(CUSTOM))))
        name = (own and own.content.get("short_name")) or "A credential of your own"
    return Unreadable(held, name, rules, lost, closed)


@lru_cache(maxsize=1000)
def _log_left_out(rules: str, what: str) -> None:
    """Once in each process, not with each page."""
    log.warning("A credential is left out of its holders' pages: the rules %s %s", rules, what)


def _chosen_rules(session: Session, user_id: UUID) -> list[tuple[HeldCredential, list[CycleRules]]]:
    """Every credential held, in the order of their adding, with the versions chosen for its cycles. One statement."""
    rows = session.execute(
        select(HeldCredential, CycleRules)
        .join(
            CycleRules,
            (CycleRules.user_id == HeldCredential.user_id) & (CycleRules.held_credential_id == HeldCredential.id),
        )
        .where(HeldCredential.user_id == user_id, CycleRules.user_id == user_id)
        .order_by(HeldCredential.created_at, HeldCredential.id, CycleRules.from_on)
    )
    chosen: dict[UUID, tuple[HeldCredential, list[CycleRules]]] = {}
    for held, entry in rows:
        chosen.setdefault(held.id, (held, []))[1].append(entry)
    return list(chosen.values())


def _closed_cycles(session: Session, user_id: UUID) -> Mapping[UUID, Mapping[date, ClosedCycle]]:
    """The closed cycles of every credential held, by their first day. One statement."""
    closed: dict[UUID, dict[date, ClosedCycle]] = defaultdict(dict)
    for one in session.scalars(select(ClosedCycle).where(ClosedCycle.user_id == user_id)):
        closed[one.held_credential_id][one.start_on] = one
    return closed


def held_by_rules(session: Session, user_id: UUID) -> Mapping[str, HeldCredential]:
    """The credentials that the person holds, by the name of their rules."""
    return {one.rules: one for one in session.scalars(select(HeldCredential).where(HeldCredential.user_id == user_id))}


def rules_for(
    session: Session, user_id: UUID, held: Iterable[HeldCredential], bank_dir: Path
) -> Mapping[str, CredentialRules]:
    """The rule files, and the person's own rules where one of the credentials runs under them."""
    rules = dict(all_rules(bank_dir))
    if any(one.rules.startswith(CUSTOM) for one in held):
        for custom in session.scalars(select(CustomCredential).where(CustomCredential.user_id == user_id)):
            own = stored_rules(custom.content)
            if own:
                rules[CUSTOM + custom.id.hex] = own
    return rules


def _credentials_by_body(held: Sequence[HeldCredential], rules: Mapping[str, CredentialRules]) -> Counter[str]:
    """How many credentials of each body the person holds, those that are not entered here among them."""
    known = [(one, rules[one.rules].body) for one in held if one.rules in rules]
    numbers = Counter(body for _, body in known)
    further: Counter[str] = Counter()
    for one, body in known:
        further[body] = max(further[body], one.further_credentials)
    return numbers + further


def closed_of(closed: Mapping[date, ClosedCycle]) -> dict[object, Closed]:
    """What the records of closed cycles fix, by the cycle's first day; what waited for the next one is free for it."""
    return {
        start: Closed(
            frozenset(entry["id"] for entry in one.content["activities"] if entry["why_not"] != "next"),
            one.carried_minutes,
        )
        for start, one in closed.items()
    }


def credit_of(activity: Activity) -> Credit:
    """An activity as the rules see it."""
    return Credit(
        id=str(activity.id),
        day=activity.ended_on,
        minutes=activity.minutes,
        tags=frozenset(activity.tags),
        delivery=activity.delivery,
        course=course_of(activity.title, activity.provider, activity.index_number),
    )


def course_of(title: str, provider: str, index_number: str = "") -> str:
    """What makes two activities the same course: the index number, or title and provider where there is none.

    Case and spaces do not matter. A conference of every year has another index number each time.
    """
    if index_number:
        return "".join(index_number.casefold().split())
    return "|".join(" ".join(text.casefold().split()) for text in (title, provider))


# --- Summaries ------------------------------------------------------------------------------------------------------


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
    window = None if status.goes_by_hours else retest_window(status.cycle, today)
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


# --- Activities -----------------------------------------------------------------------------------------------------


def activities_of(session: Session, user_id: UUID) -> Sequence[Activity]:
    """Everything that the person logged and did not delete, newest first."""
    return session.scalars(
        select(Activity)
        .where(Activity.user_id == user_id, Activity.deleted_at.is_(None))
        .order_by(Activity.ended_on.desc(), Activity.started_on.desc(), Activity.created_at.desc(), Activity.id)
    ).all()


def activity_of(session: Session, user_id: UUID, activity_id: UUID) -> Activity | None:
    """One activity of the person's own that is not deleted."""
    return session.scalar(
        select(Activity).where(Activity.user_id == user_id, Activity.id == activity_id, Activity.deleted_at.is_(None))
    )


def deleted_activity(session: Session, user_id: UUID, activity_id: UUID) -> Activity | None:
    """One activity of the person's own that was deleted and can still come back."""
    return session.scalar(
        select(Activity).where(
            Activity.user_id == user_id, Activity.id == activity_id, Activity.deleted_at.is_not(None)
        )
    )


def deleted_activities(session: Session, user_id: UUID) -> Sequence[Activity]:
    """What the person deleted and can still bring back, what was deleted last first."""
    return session.scalars(
        select(Activity)
        .where(Activity.user_id == user_id, Activity.deleted_at.is_not(None))
        .order_by(Activity.deleted_at.desc(), Activity.id)
    ).all()
