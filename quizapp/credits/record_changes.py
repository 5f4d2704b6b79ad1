"""What has changed since a cycle was closed: it is shown beside the record, which stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizapp.credits.cycle_records import CycleRecord, RecordedActivity
from quizapp.credits.models import Activity, Certificate
from quizapp.credits.queries import Holding, Standings, Unreadable
from quizapp.rules import credit_words


@dataclass(frozen=True)
class Change:
    """An activity of a closed cycle that is not any more what the record says."""

    recorded: RecordedActivity
    sentence: str


@dataclass(frozen=True)
class Changes:
    """What differs from the record, and what was logged in its days since; the record stays as it is.

    `retest` says in a sentence whether one was recorded since, or removed.
    """

    changed: Sequence[Change]
    added: Sequence[Activity]
    retest: str = ""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.changed or self.added or self.retest)


def changes_since(
    record: CycleRecord,
    holding: Holding | Unreadable,
    standings: Standings,
    certificates: Mapping[UUID, Sequence[Certificate]],
) -> Changes:
    """What the activities say today, beside what the closed cycle recorded of them."""
    now_there = {str(activity.id): activity for activity in standings.activities}
    known = {each.id for each in record.activities}
    known |= {credit_id for status in holding.statuses for credit_id in status.entries}
    changed = []
    for each in record.activities:
        sentence = _change(each, now_there.get(each.id), certificates)
        if sentence:
            changed.append(Change(each, sentence))
    added = [
        activity
        for activity in standings.activities
        if record.start_on <= activity.ended_on <= record.last_on and str(activity.id) not in known
    ]
    present = next((status.cycle for status in holding.statuses if status.cycle.start == record.start_on), None)
    return Changes(changed, added, _change_of_retest(record.retested_on, present.retested_on) if present else "")


def _change_of_retest(was: date | None, becomes: date | None) -> str:
    if was == becomes:
        return ""
    if becomes:
        return f"The retest of {credit_words.day_text(becomes)}, which renews this cycle, was recorded."
    return f"The retest of {credit_words.day_text(was)} was removed." if was else ""


def _change(
    was: RecordedActivity, activity: Activity | None, certificates: Mapping[UUID, Sequence[Certificate]]
) -> str:
    if activity is None:
        return "It was deleted."
    parts = [
        f"{name} is now {text}"
        for name, before, after, text in (
            ("the title", was.title, activity.title, f"“{activity.title}”"),
            ("the provider", was.provider, activity.provider, f"“{activity.provider}”"),
            ("the first day", was.started_on, activity.started_on, credit_words.day_text(activity.started_on)),
            ("the last day", was.ended_on, activity.ended_on, credit_words.day_text(activity.ended_on)),
            ("the length", was.minutes, activity.minutes, credit_words.hours_text(activity.minutes)),
            ("live or self-paced", was.delivery, activity.delivery, activity.delivery),
            ("the index number", was.index_number, activity.index_number, activity.index_number or "not given"),
        )
        if before != after
    ]
    if set(was.tags) != set(activity.tags):
        parts.append("what it was has changed")
    there = {each.sha256 for each in certificates.get(activity.id, ())}
    parts += [f"the certificate {each.name} is gone" for each in was.certificates if each.sha256 not in there]
    if not parts:
        return ""
    text = credit_words.listed(parts)
    return f"{text[0].upper()}{text[1:]}."
