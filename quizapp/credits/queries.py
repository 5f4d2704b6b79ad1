"""Credentials held, where their cycles stand, and what was logged."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.activity_queries import activities_of
from quizapp.credits.models import Activity, ClosedCycle, CustomCredential, CycleRules, HeldCredential, Retest
from quizapp.credits.rule_book import all_rules
from quizapp.credits.rule_files import CUSTOM, CredentialRules, Version, stored_rules
from quizapp.rules.credit_cycles import Anchors, Cycle, cycles_until
from quizapp.rules.credit_rules import Credit, RuleVersion
from quizapp.rules.credit_status import CycleStatus, Holder, status_of
from quizapp.rules.credit_statuses import CarriedIn, Closed, statuses_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Holding:
    """A credential held, its rules, and where each cycle from certification to the present one stands, oldest first.

    `today` is the day that all is reckoned for, `added_on` the one on which the credential was added here, both where
    its holder lives. `rules_from` are the rules chosen and from
    which day each holds, `retests` the days of those passed. Where one has renewed the present cycle, `following` is
    the next one.
    """

    held: HeldCredential
    rules: CredentialRules
    holder: Holder
    statuses: tuple[CycleStatus, ...]
    closed: Mapping[date, ClosedCycle]
    today: date
    added_on: date
    rules_from: Sequence[tuple[date, RuleVersion]]
    retests: tuple[date, ...] = ()
    following: CycleStatus | None = None

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
        """The cycles whose last day has come and that are not closed; oldest first."""
        return [
            status
            for status in self.statuses
            if status.cycle.days_left(today) <= 0 and status.cycle.start not in self.closed
        ]

    def begun_again_on(self, cycle: Cycle) -> date | None:
        """The day of the retest from which a cycle is counted; None for one that is counted from the certification."""
        firsts = [each.cycle.start for each in self.statuses if each.cycle.is_first and each.cycle.start <= cycle.start]
        return firsts[-1] if firsts[-1] != self.held.certified_on else None

    def is_before_closed(self, cycle: Cycle) -> bool:
        """Whether a later cycle is closed: the record of this one then carries nothing on."""
        return self.latest_closed is not None and cycle.start < self.latest_closed.start_on

    def carriable_minutes(self, status: CycleStatus) -> int:
        """What closing a cycle carries on: nothing before a closed one, or where cycles began again after it."""
        later = next((each.cycle for each in self.statuses if each.cycle.start > status.cycle.start), None)
        is_cut_off = later is not None and later.is_first
        return 0 if is_cut_off or self.is_before_closed(status.cycle) else status.carriable_minutes

    def may_reopen(self, closed: ClosedCycle) -> bool:
        """Whether no later record rests on what this one carried on."""
        return closed is self.latest_closed or not closed.carried_minutes

    def to_close(self, today: date) -> CycleStatus | None:
        """The cycle to close: the first that ended since one was closed, or since the credential was added.

        Of the cycles that ended before that, the last one while it is short and still within its late window.
        """
        ended = [
            status
            for status in self.closable(today)
            if status.cycle.days_left(today) < 0 and not self.is_before_closed(status.cycle)
        ]
        if self.closed:
            return ended[0] if ended else None
        here = [status for status in ended if status.cycle.end > self.added_on]
        if here or not ended:
            return here[0] if here else None
        late = ended[-1].cycle.rules.late
        is_curable = late is not None and -ended[-1].cycle.days_left(today) <= late.days
        return ended[-1] if is_curable and ended[-1].goes_by_hours and not ended[-1].is_met else None

    @property
    def next_cycle(self) -> Cycle:
        """The cycle after the present one, by the rules chosen until now."""
        return cycles_until(anchors_of(self.held, self.retests), self.rules_from, self.present.cycle.end)[-1]

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

    def with_credits(self, credits_: Iterable[Credit], until: date = date.min) -> tuple[CycleStatus, ...]:
        """Where the same cycles would stand with other activities, and those to come up to the one that holds a day."""
        cycles: Sequence[Cycle] = [status.cycle for status in self.statuses]
        if until >= self.present.cycle.end:
            cycles = cycles_until(anchors_of(self.held, self.retests), self.rules_from, until)
        closed = closed_of(self.closed)
        return statuses_of(cycles, credits_, self.holder, self.today, closed, carried_in_of(self.held))


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
                holding.present.is_met,
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
    """Everything that the pages about credits reckon with. Four statements, five with a credential of one's own."""
    activities = activities_of(session, user_id)
    chosen = _chosen_rules(session, user_id)
    if not chosen:
        return Standings([], activities)
    closed = _closed_cycles(session, user_id)
    held_ones = [held for held, _ in chosen]
    retests = _retests(session, user_id)
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
        anchors = anchors_of(held, retests[held.id])
        cycles = cycles_until(anchors, rules_from, today)
        holder = Holder(held.is_member, numbers[credential.body])
        holdings.append(
            Holding(
                held,
                credential,
                holder,
                statuses_of(cycles, credits_, holder, today, closed_of(closed[held.id]), carried_in_of(held)),
                closed[held.id],
                today,
                held.created_at.astimezone(zone).date(),
                rules_from,
                anchors.retests,
                _following(anchors, cycles[-1], rules_from, holder),
            )
        )
    return Standings(holdings, activities, unreadable)


def anchors_of(held: HeldCredential, retests: Iterable[date]) -> Anchors:
    """What the cycles of a credential are reckoned from."""
    return Anchors(held.certified_on, held.birth_month, held.due_on, tuple(sorted(retests)))


def carried_in_of(held: HeldCredential) -> CarriedIn | None:
    """What the holder brought along from before this site."""
    return CarriedIn(held.carried_in_minutes, held.carried_in_from) if held.carried_in_from else None


def _following(
    anchors: Anchors, present: Cycle, rules_from: Sequence[tuple[date, RuleVersion]], holder: Holder
) -> CycleStatus | None:
    """The cycle after one that a retest has renewed: it is what asks for something next."""
    if present.retested_on is None:
        return None
    return status_of(cycles_until(anchors, rules_from, present.end)[-1], (), holder)


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


def _retests(session: Session, user_id: UUID) -> Mapping[UUID, list[date]]:
    """The days of the retests of every credential held. One statement."""
    found: dict[UUID, list[date]] = defaultdict(list)
    for held_id, passed_on in session.execute(
        select(Retest.held_credential_id, Retest.passed_on).where(Retest.user_id == user_id)
    ):
        found[held_id].append(passed_on)
    return found


def retests_of(session: Session, user_id: UUID, held_id: UUID) -> frozenset[date]:
    """The days of the retests of one credential held."""
    statement = select(Retest.passed_on).where(Retest.user_id == user_id, Retest.held_credential_id == held_id)
    return frozenset(session.scalars(statement))


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
            None if one.content.get("is_record_only") else one.carried_minutes,
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
