"""What the dashboard says to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from quizapp.attempts.models import Attempt
from quizapp.credits.deadlines import HeldDeadline
from quizapp.insights.queries import Progress
from quizapp.rules.scoring import is_weak, weakest_first
from quizapp.rules.timing import Standing


@dataclass(frozen=True)
class NextStep:
    """One thing to do: what it is, why, and which kind of button leads there."""

    kind: str
    title: str
    reason: str
    attempt: Attempt | None = None
    domain: str = ""
    held_id: UUID | None = None


def next_step(open_attempts: Sequence[Attempt], progress: Progress, target_percent: int, now: datetime) -> NextStep:
    """What runs comes first, then a first mock, then the weakest domain, then another mock."""
    for attempt in open_attempts:
        if attempt.standing(now) is Standing.EXPIRED:
            return NextStep(
                "submit", f"Time is up: {attempt.title}", "Your stored answers count. See the result.", attempt
            )
    for attempt in open_attempts:
        if not attempt.is_practice:
            return NextStep("resume", f"Go on with: {attempt.title}", _clock_of(attempt, now), attempt)
    if not progress.first_sight.total:
        return NextStep("mock", "Take a quick mock", "It shows where you stand in each of the nine domains.")
    domains = progress.groups["domain"]
    for domain in weakest_first(domains, progress.first_sight):
        if is_weak(domains[domain], target_percent):
            found = domains[domain]
            return NextStep("practise", "", f"{found.right} of {found.total} right so far.", domain=domain)
    if not all(found.is_enough for found in domains.values()):
        return NextStep("mock", "Take another mock", "So far there are too few answers to call a domain weak.")
    return NextStep("mock", "Take another mock", "No domain is below your target. A fresh form tells more.")


def comes_for_credits(
    open_attempts: Sequence[Attempt], recent: Sequence[Attempt], progress: Progress, *, holds_any: bool
) -> bool:
    """Whether somebody keeps up credentials and has answered nothing here: then credits come before mocks."""
    has_answered = bool(progress.first_sight.total) or any(attempt.finished_at for attempt in recent)
    return holds_any and not open_attempts and not has_answered


def credits_step(coming: Sequence[HeldDeadline], today: date) -> NextStep | None:
    """The nearest day for which something is missing, else the nearest day; `coming` are in their order."""
    nearest = next((held for held in coming if not held.deadline.is_settled), coming[0] if coming else None)
    if nearest is None:
        return None
    deadline = nearest.deadline
    kind = "log" if deadline.kind == "cycle" and not deadline.is_settled else "look"
    title = f"{nearest.name}: {deadline.heading(today)}"
    return NextStep(kind, title, deadline.sentences[0], held_id=nearest.held_id)


def _clock_of(attempt: Attempt, now: datetime) -> str:
    if attempt.deadline_at is None:
        return "It has no clock, and waits for you."
    if attempt.is_on_break(now):
        return "You are on a break: the clock stands still, for 60 minutes of breaks in all."
    return "It is running, and the clock with it."


def days_until(exam_date: date | None, today: date) -> int | None:
    """Days to the exam; None without a date or after it."""
    return (exam_date - today).days if exam_date and exam_date >= today else None
