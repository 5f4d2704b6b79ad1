"""A cycle on record: what its requirements and activities were when it was closed, and what has changed since."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from quizapp.credits.models import Activity, Certificate, ClosedCycle
from quizapp.credits.queries import Holding
from quizapp.rules import credit_sentences
from quizapp.rules.credit_proof import also_serves, missing_proof
from quizapp.rules.credit_status import BucketStatus, CycleStatus, Entry

# --- The activities of a cycle ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CountedActivity:
    """An activity of a cycle: what it counts for, in a sentence, its certificates, and the proof that is missing.

    `amounts` are its hours alone, and `why_not` is the rule that holds some or all of them back. `also_serves` names
    what it serves besides, by credit_proof.also_serves.
    """

    activity: Activity
    entry: Entry
    counts: str
    amounts: str
    why_not: str
    also_serves: tuple[str, ...]
    certificates: Sequence[Certificate]
    missing_proof: tuple[str, ...]

    @property
    def counts_here(self) -> bool:
        """Whether it goes before the body: wholly, in part, or for something else than its minutes."""
        return bool(self.entry.minutes or self.also_serves)


def counted_activities(
    status: CycleStatus, activities: Iterable[Activity], certificates: Mapping[UUID, Sequence[Certificate]]
) -> list[CountedActivity]:
    """Those of the activities that belong to the cycle, in their order."""
    return [
        CountedActivity(
            activity,
            entry,
            credit_sentences.entry_text(entry, status),
            credit_sentences.amounts_text(entry, status),
            credit_sentences.why_not_text(entry, status),
            also_serves(entry, status),
            certificates.get(activity.id, ()),
            missing_proof(
                entry,
                status,
                has_certificate=bool(certificates.get(activity.id)),
                index_number=activity.index_number,
            ),
        )
        for activity in activities
        if (entry := status.entries.get(str(activity.id)))
    ]


# --- The record -----------------------------------------------------------------------------------------------------


class RecordedRules(Struct, frozen=True):
    """The version of the rules, and where it came from."""

    version: str
    name: str
    standing: str
    recorded: str
    source_title: str
    source_address: str
    source_age: str
    source_kind: str


class RecordedHolder(Struct, frozen=True):
    """What the cycle was reckoned from."""

    certified_on: date
    is_member: bool
    credentials: int
    birth_month: int | None = None
    due_on: date | None = None
    member_until: date | None = None
    retests: list[date] = []
    begun_again_on: date | None = None


class RecordedUnit(Struct, frozen=True):
    """What the body counted in."""

    one: str
    many: str
    minutes: int


class RecordedRequirement(Struct, frozen=True):
    """A requirement in numbers and in the words of the day; `depth` is 0 for the total and what stands by itself."""

    slug: str
    name: str
    depth: int
    minutes: int
    is_met: bool
    progress: str
    outcome: str
    explanation: str
    needed_minutes: int | None = None
    most_minutes: int | None = None


class RecordedOccasion(Struct, frozen=True):
    """How many activities of a kind there were, of how many."""

    name: str
    number: int
    at_least: int
    rule: str


class RecordedCertificate(Struct, frozen=True):
    """A file that proved an activity, known again by its checksum."""

    name: str
    media_type: str
    byte_count: int
    page_count: int
    sha256: str


class RecordedActivity(Struct, frozen=True):
    """An activity as it was, and what it counted for."""

    id: str
    title: str
    provider: str
    started_on: date
    ended_on: date
    amount_hundredths: int
    unit: str
    minutes: int
    delivery: str
    tags: list[str]
    domains: list[str]
    index_number: str
    counted_minutes: int
    entered: dict[str, int]
    why_not: str
    counts: str
    missing_proof: list[str]
    certificates: list[RecordedCertificate]
    also_serves: list[str] = []

    @property
    def counts_here(self) -> bool:
        """Whether it goes before the body: wholly, in part, or for something else than its minutes."""
        return bool(self.counted_minutes or self.also_serves)


class CycleRecord(Struct, frozen=True):
    """A closed cycle, whole: nothing else has to be read to show it.

    One that was closed after a later one is a record only: it carries nothing on.
    """

    name: str
    short_name: str
    body: str
    body_name: str
    start_on: date
    last_on: date
    rules: RecordedRules
    holder: RecordedHolder
    unit: RecordedUnit
    goes_by_hours: bool
    is_met: bool
    required_minutes: int
    counted_minutes: int
    missing_minutes: int
    carried_in_minutes: int
    carried_minutes: int
    verdict: str
    surplus: str | None
    requirements: list[RecordedRequirement]
    occasions: list[RecordedOccasion]
    activities: list[RecordedActivity]
    retested_on: date | None = None
    is_carried_as_entered: bool = False
    is_record_only: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """As `closed_cycle` keeps it."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @property
    def mark(self) -> str:
        """Equal for equal records: by it a form knows whether what it showed still holds."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:32]


def record_in(closed: ClosedCycle) -> CycleRecord:
    """The record of a closed cycle."""
    return msgspec.convert(closed.content, CycleRecord)


def record_of(
    holding: Holding, status: CycleStatus, counted: Sequence[CountedActivity], carried_minutes: int, today: date
) -> CycleRecord:
    """What would be recorded if the cycle were closed now and so many minutes carried to the next."""
    held, rules = holding.held, holding.rules
    version, unit = holding.version_of(status.cycle), status.cycle.rules.unit
    return CycleRecord(
        name=rules.name,
        short_name=rules.short_name,
        body=rules.body,
        body_name=rules.body_name,
        start_on=status.cycle.start,
        last_on=status.cycle.last_day,
        rules=RecordedRules(
            version.slug,
            version.name,
            version.standing,
            version.recorded,
            version.source.title,
            version.source.address,
            version.source.age,
            version.source.kind,
        ),
        holder=RecordedHolder(
            held.certified_on,
            held.is_member,
            holding.holder.credentials,
            held.birth_month,
            held.due_on,
            held.member_until,
            list(holding.retests),
            holding.begun_again_on(status.cycle),
        ),
        unit=RecordedUnit(unit.one, unit.many, unit.minutes),
        goes_by_hours=status.goes_by_hours,
        is_met=status.is_met,
        required_minutes=status.required_minutes,
        counted_minutes=status.counted_minutes,
        missing_minutes=status.missing_minutes,
        carried_in_minutes=status.carried_minutes,
        carried_minutes=carried_minutes,
        verdict=credit_sentences.next_step(status, today),
        surplus=credit_sentences.surplus_sentence(status),
        requirements=[_requirement(each, depth, status, today) for each, depth in _with_depth(status)],
        occasions=[
            RecordedOccasion(each.occasion.name, each.number, each.occasion.at_least, each.occasion.rule)
            for each in status.occasions
        ],
        activities=[_activity(each) for each in counted],
        retested_on=status.cycle.retested_on,
        is_carried_as_entered=status.is_carried_as_entered,
        is_record_only=holding.is_before_closed(status.cycle),
    )


def _with_depth(status: CycleStatus) -> Iterator[tuple[BucketStatus, int]]:
    def walk(each: BucketStatus, depth: int) -> Iterator[tuple[BucketStatus, int]]:
        yield each, depth
        for part in each.parts:
            yield from walk(part, depth + 1)

    for root in (status.total, *status.across, *status.beside):
        yield from walk(root, 0)


def _requirement(each: BucketStatus, depth: int, status: CycleStatus, today: date) -> RecordedRequirement:
    bucket = each.bucket
    return RecordedRequirement(
        slug=bucket.slug,
        name=bucket.name,
        depth=depth,
        minutes=each.minutes,
        is_met=not each.short_minutes,
        progress=credit_sentences.progress_text(each, status.cycle.rules.unit),
        outcome=credit_sentences.outcome(each, status, today),
        explanation=f"{credit_sentences.explanation(each, status)} {credit_sentences.source_text(status.cycle.rules)}",
        needed_minutes=bucket.minimum.minutes if bucket.minimum else None,
        most_minutes=bucket.maximum.minutes if bucket.maximum else None,
    )


def _activity(counted: CountedActivity) -> RecordedActivity:
    activity, entry = counted.activity, counted.entry
    return RecordedActivity(
        id=str(activity.id),
        title=activity.title,
        provider=activity.provider,
        started_on=activity.started_on,
        ended_on=activity.ended_on,
        amount_hundredths=activity.amount_hundredths,
        unit=activity.unit,
        minutes=activity.minutes,
        delivery=activity.delivery,
        tags=list(activity.tags),
        domains=list(activity.domains),
        index_number=activity.index_number,
        counted_minutes=entry.minutes,
        entered=dict(entry.entered),
        why_not=entry.why_not,
        counts=counted.counts,
        missing_proof=list(counted.missing_proof),
        certificates=[
            RecordedCertificate(each.name, each.media_type, each.byte_count, each.page_count, each.sha256)
            for each in counted.certificates
        ],
        also_serves=list(counted.also_serves),
    )
