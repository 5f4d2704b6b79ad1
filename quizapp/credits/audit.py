"""What an audit asks for, of one cycle: the transcript's data, and the certificates in the order of its entries.

Both hold what counts in that cycle. What was logged in its days and counts for nothing there says nothing to the body.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from quizapp.credits.cycle_records import CycleRecord, RecordedActivity, counted_activities, record_in, record_of
from quizapp.credits.models import Activity, Certificate
from quizapp.credits.queries import Holding, Standings, Unreadable
from quizapp.rules.credit_rules import BodyUnit
from quizapp.rules.credit_words import (
    amount_text,
    certified_text,
    credit_text,
    day_text,
    hours_text,
    hundredths,
    listed,
)

NO_AFFILIATION = "Made with quizapp from what its holder entered. Not affiliated with, or endorsed by, the body."
DELIVERIES = {"live": "Live", "self-paced": "Self-paced"}


@dataclass(frozen=True)
class Exhibit:
    """A certificate of a numbered activity; `kept` is None where the file is no longer on record."""

    number: int
    activity: RecordedActivity | Activity
    name: str
    sha256: str
    kept: Certificate | None

    @property
    def bookmark(self) -> str:
        """3. Denials webinar: certificate.pdf."""
        return f"{self.number}. {self.activity.title}: {self.name}"

    @property
    def path(self) -> str:
        """03-denials-webinar/1a2b3c4d-certificate.pdf: plain letters, and no two alike."""
        return f"{self.number:02}-{plain_name(self.activity.title)}/{self.sha256[:8]}-{plain_file_name(self.name)}"


def plain_name(text: str) -> str:
    """A text as part of a file's name on any system: letters, digits and hyphens, at most 60."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text)[:60].strip("-") or "file"


def plain_file_name(name: str) -> str:
    """The same of a whole name, with its ending."""
    path = PurePosixPath(name)
    return f"{plain_name(path.stem)}.{plain_name(path.suffix)}" if path.suffix else plain_name(name)


def record_for(
    holding: Holding | Unreadable,
    start: date,
    standings: Standings,
    certificates: Mapping[UUID, Sequence[Certificate]],
    today: date,
) -> CycleRecord | None:
    """A closed cycle as it is on record, another one as it stands today; None where no cycle begins on that day."""
    if start in holding.closed:
        return record_in(holding.closed[start])
    if isinstance(holding, Unreadable):
        return None
    status = holding.status_from(start)
    if status is None:
        return None
    counted = counted_activities(status, standings.activities, certificates)
    return record_of(holding, status, counted, 0, today)


def numbered(record: CycleRecord) -> list[tuple[int, RecordedActivity]]:
    """The entries of the transcript with their numbers: what counts in the cycle, in part at least, oldest first."""
    counting = [each for each in record.activities if each.counts_here]
    return list(enumerate(sorted(counting, key=lambda each: (each.ended_on, each.title, each.id)), start=1))


def exhibits_of(record: CycleRecord, certificates: Mapping[UUID, Sequence[Certificate]]) -> Iterator[Exhibit]:
    """Every certificate of the entries, in their order, found again by its checksum."""
    for number, activity in numbered(record):
        kept = {each.sha256: each for each in certificates.get(UUID(activity.id), ())}
        for each in activity.certificates:
            yield Exhibit(number, activity, each.name, each.sha256, kept.get(each.sha256))


def every_exhibit(certificates: Iterable[tuple[Activity, Certificate]]) -> list[Exhibit]:
    """All of a person's certificates, with the activities numbered in the order in which they come."""
    numbers: dict[UUID, int] = {}
    return [
        Exhibit(numbers.setdefault(activity.id, len(numbers) + 1), activity, each.name, each.sha256, each)
        for activity, each in certificates
    ]


def list_of(exhibits: Iterable[Exhibit], lost: Collection[str]) -> Iterator[Sequence[str]]:
    """A table of certificates, a line each: what they prove, and where they lie unless their checksum is lost."""
    yield "No.", "Activity", "Provider", "First day", "Last day", "File", "SHA-256"
    for each in exhibits:
        activity = each.activity
        days = activity.started_on.isoformat(), activity.ended_on.isoformat()
        path = "no longer kept" if each.sha256 in lost else each.path
        yield str(each.number), activity.title, activity.provider, *days, path, each.sha256


def missing_lines(record: CycleRecord, exhibits: Sequence[Exhibit], lost: Collection[str] = ()) -> list[str]:
    """What an auditor would look for in vain: a line for each kind of proof, and one for each file that is gone."""
    lacking: dict[str, list[str]] = {}
    for number, activity in numbered(record):
        for proof in activity.missing_proof:
            lacking.setdefault(proof, []).append(str(number))
    lines = [f"{_capital(proof)} of No. {', '.join(numbers)}" for proof, numbers in lacking.items()]
    gone = [exhibit for exhibit in exhibits if exhibit.kept is None or exhibit.sha256 in lost]
    return lines + [f"{exhibit.bookmark} was on record and is no longer kept" for exhibit in gone]


def transcript_data(
    record: CycleRecord, holder: str, exhibits: Sequence[Exhibit], today: date, lost: Sequence[str] = ()
) -> dict[str, Any]:
    """What the transcript shows, all as texts."""
    files = {number: sum(each.number == number for each in exhibits) for number, _ in numbered(record)}
    return {
        "title": f"Continuing education for {record.short_name}, {_span(record.start_on, record.last_on)}",
        "holder": holder,
        "credential": f"{record.name} ({record.short_name}), {record.body_name}. "
        f"{certified_text(record.holder.certified_on, record.holder.begun_again_on)}.",
        "span": f"Cycle: {_span(record.start_on, record.last_on)}.",
        "verdict": record.verdict,
        "carried": _carried(record),
        "requirements": [
            {"name": _capital(each.name), "progress": each.progress, "outcome": each.outcome, "depth": each.depth}
            for each in record.requirements
            if each.needed_minutes is not None or each.minutes
        ]
        + [
            {
                "name": _capital(each.name),
                "progress": f"{each.number} of {each.at_least}",
                "outcome": "Met" if each.number >= each.at_least else "Missing",
                "depth": 0,
            }
            for each in record.occasions
        ],
        "rules": f"Rules: {record.rules.name}, as recorded {record.rules.recorded}. {record.rules.standing} "
        f"{record.rules.source_age}",
        "missing": missing_lines(record, exhibits, lost),
        "activities": [_entry(number, each, files[number], record) for number, each in numbered(record)],
        "about": f"Made on {day_text(today)}. It lists what counts towards {record.short_name} in these days, and "
        f"nothing else. It shows what its holder entered, reckoned by the rules as they were recorded; it is no "
        f"statement of {record.body}. {NO_AFFILIATION}",
        "footer": f"{record.short_name}, {_span(record.start_on, record.last_on)}",
    }


def _carried(record: CycleRecord) -> str:
    """Hours that no entry brings, since they came into the cycle; without them its sums could not be followed."""
    carried = record.carried_in_minutes
    return f"Carried into this cycle: {_credit(carried, record)}." if carried else ""


def _entry(number: int, activity: RecordedActivity, files: int, record: CycleRecord) -> dict[str, str]:
    length, entered = hours_text(activity.minutes), amount_text(hundredths(activity.amount_hundredths), activity.unit)
    proof = [f"{files} {'file' if files == 1 else 'files'}"] if files else []
    proof += [f"Index {activity.index_number}"] if activity.index_number else []
    return {
        "number": str(number),
        "title": activity.title,
        "provider": activity.provider,
        "days": _span(activity.started_on, activity.ended_on),
        "length": length if length == entered else f"{length} ({entered})",
        "delivery": DELIVERIES.get(activity.delivery, "Not stated"),
        "counts": _counts(activity, record),
        "proof": ", ".join(proof) or "none",
    }


def _counts(activity: RecordedActivity, record: CycleRecord) -> str:
    """2 hours live MGMA; 1 hour from other providers and 2 hours beyond a cap. The body knows its rules."""
    names = {each.slug: f" {each.name}" for each in record.requirements[1:]}  # The first is the total, without a name.
    amounts = [f"{_credit(minutes, record)}{names.get(slug, '')}" for slug, minutes in activity.entered.items()]
    if left := activity.minutes - activity.counted_minutes:
        amounts.append(f"{_credit(left, record)} beyond a cap")
    also = f". Also: {', '.join(activity.also_serves)}" if activity.also_serves else ""
    return listed(amounts) + also


def _credit(minutes: int, record: CycleRecord) -> str:
    return credit_text(minutes, BodyUnit(record.unit.one, record.unit.many, record.unit.minutes))


def _span(first: date, last: date) -> str:
    return day_text(first) if first == last else f"{day_text(first)} to {day_text(last)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
