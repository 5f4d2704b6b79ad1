"""What a finished exam shows: the result, and the review of every item."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.display import ExplainedItem, explained_item
from quizapp.attempts.models import Attempt, AttemptItem, Mark
from quizapp.attempts.queries import ROOM_KINDS, PlaceState
from quizapp.attempts.saving import event_counts
from quizapp.bank.models import ItemTag, ItemVersion
from quizapp.bank.queries import ReviewedVersion
from quizapp.rules.answer_log import SHOWN, StoredEvent, letter_of
from quizapp.rules.attempt_history import (
    Change,
    ChangedAnswer,
    TimeSpent,
    answers_given,
    certainty_against_truth,
    changed_answer,
    closed_at,
    time_spent,
    why_not_counted,
)
from quizapp.rules.highlights import marked
from quizapp.rules.scoring import Tally, tally
from quizapp.rules.timing import seconds_used

UNSURE = ("think", "guess")


@dataclass(frozen=True)
class Late:
    """Something that the candidate did which is kept and does not count, and why; `is_held` as for its place."""

    event: StoredEvent
    received_at: datetime
    reason: str
    is_held: bool


@dataclass(frozen=True)
class ReviewedPlace:
    """One place of a finished form: what became of it, and how the candidate went about it.

    `is_held` says that a mock which the same candidate is sitting has the item, so that nothing may tell its key.
    """

    place: PlaceState
    mark: Mark
    seconds: float
    is_slow: bool
    answers: Sequence[StoredEvent]
    change: ChangedAnswer | None
    late: Sequence[Late]
    is_held: bool

    @property
    def position(self) -> int:
        """Its number on the form."""
        return self.place.position


FILTERS: Mapping[str, Callable[[ReviewedPlace], bool]] = {
    "all": lambda _: True,
    # That an item was wrong tells of its key.
    "wrong": lambda each: not each.mark.is_correct and not each.is_held,
    "incomplete": lambda each: each.mark.chosen is None,
    "flagged": lambda each: each.place.is_flagged,
    "unsure": lambda each: each.place.certainty in UNSURE,
    "slow": lambda each: each.is_slow,
    "changed": lambda each: each.change is not None,
    "late": lambda each: bool(each.late),
}


@dataclass(frozen=True)
class Review:
    """Every place of a finished form, the time it took, and the pace that was allowed."""

    places: Sequence[ReviewedPlace]
    times: TimeSpent
    pace_seconds: float

    def shown(self, name: str) -> list[ReviewedPlace]:
        """The places that a filter keeps."""
        return [each for each in self.places if FILTERS[name](each)]

    @property
    def counts(self) -> dict[str, int]:
        """How many places each filter keeps."""
        return {name: len(self.shown(name)) for name in FILTERS}

    @property
    def late(self) -> list[Late]:
        """All that does not count, in the order of its making."""
        return sorted((late for each in self.places for late in each.late), key=lambda late: late.event.rank)

    @property
    def seconds_by_domain(self) -> dict[str, tuple[float, int]]:
        """(seconds on screen, number of items) of each domain, the longest first."""
        found: dict[str, tuple[float, int]] = {}
        for each in self.places:
            seconds, number = found.get(each.place.domain, (0.0, 0))
            found[each.place.domain] = (seconds + each.seconds, number + 1)
        return dict(sorted(found.items(), key=lambda entry: -entry[1][0]))

    def neighbours(self, position: int, name: str) -> tuple[int | None, int | None]:
        """The places before and after one among those that a filter keeps."""
        positions = [each.position for each in self.shown(name)]
        before = [each for each in positions if each < position]
        after = [each for each in positions if each > position]
        return before[-1] if before else None, after[0] if after else None

    def at(self, position: int) -> ReviewedPlace | None:
        """The place with this number."""
        return next((each for each in self.places if each.position == position), None)


@dataclass(frozen=True)
class Result:
    """A finished attempt's marks, whole and by group."""

    total: Tally
    first_sight: Tally
    repeats: Tally
    by_domain: Mapping[str, Tally]
    by_area: Mapping[str, Tally]
    by_topic: Mapping[str, Tally]
    by_certainty: Mapping[str, Tally]
    changes: Mapping[Change, int]
    seconds_used: int


def pace_of(attempt: Attempt, usual_seconds: float) -> float:
    """The seconds that each item was allowed; the exam's own pace where there was no clock."""
    return attempt.allowed_seconds / attempt.item_count if attempt.allowed_seconds else usual_seconds


def review_of(session: Session, attempt: Attempt, usual_seconds: float) -> Review:
    """Everything about a finished attempt but the texts of its items. Four statements."""
    user_id, attempt_id, finished_at = attempt.user_id, attempt.id, attempt.finished_at or attempt.started_at
    places = queries.places(session, user_id, attempt_id, kinds=ROOM_KINDS)
    held = queries.held_items(session, user_id, [place.item_id for place in places])
    marks = _marks_and_keys(session, attempt)
    log = [
        (event if event_counts(attempt, event.made_at, received_at) else replace(event, counts=False), received_at)
        for event, received_at in queries.log_of(session, user_id, attempt_id)
    ]
    events = [event for event, _ in log]
    times = time_spent(events, attempt.started_at, closed_at(attempt.started_at, attempt.deadline_at, finished_at))
    pace_seconds = pace_of(attempt, usual_seconds)
    slow = times.slow(pace_seconds)
    answers = answers_given(events)
    late = _late_by_position(attempt, log, {place.position for place in places if place.item_id in held})
    return Review(
        places=[
            ReviewedPlace(
                place=place,
                mark=marks[place.position][0],
                seconds=times.by_position.get(place.position, 0.0),
                is_slow=place.position in slow,
                answers=answers.get(place.position, []),
                change=_change(answers.get(place.position, []), place, marks[place.position][1]),
                late=late.get(place.position, []),
                is_held=place.item_id in held,
            )
            for place in places
            if place.position in marks
        ],
        times=times,
        pace_seconds=pace_seconds,
    )


def result_of(session: Session, attempt: Attempt, review: Review) -> Result:
    """The result of a finished attempt. One statement beside its review."""
    marks = [each.mark for each in review.places]
    right = {mark.item_id: mark.is_correct for mark in marks}
    tags = session.execute(
        select(ItemTag.kind, ItemTag.tag, ItemTag.item_id)
        .join(Mark, Mark.item_id == ItemTag.item_id)
        .where(Mark.user_id == attempt.user_id, Mark.attempt_id == attempt.id)
        .order_by(Mark.position)
    ).all()
    sight = tally(("first" if mark.is_first_sight else "again", mark.is_correct) for mark in marks)
    used = seconds_used(attempt.started_at, attempt.deadline_at, attempt.finished_at or attempt.started_at)
    return Result(
        total=Tally(sum(right.values()), attempt.item_count),
        first_sight=sight.get("first", Tally()),
        repeats=sight.get("again", Tally()),
        by_domain=tally((mark.domain, mark.is_correct) for mark in marks),
        by_area=tally((tag, right[item_id]) for kind, tag, item_id in tags if kind == "area"),
        by_topic=tally((tag, right[item_id]) for kind, tag, item_id in tags if kind == "topic"),
        by_certainty=certainty_against_truth((each.place.certainty, each.mark.is_correct) for each in review.places),
        changes=Counter(each.change.change for each in review.places if each.change),
        seconds_used=max(0, used - attempt.break_seconds),
    )


def reviewed_item(entry: ReviewedPlace, reviewed: ReviewedVersion, today: date) -> ExplainedItem:
    """An explained item with the candidate's highlights in its stem."""
    item = explained_item(entry.place, reviewed, today)
    return replace(item, stem_html=marked_stem(item.stem_html, entry.place.highlight))


def marked_stem(stem_html: str, highlight: str) -> Markup:
    """A stem with the candidate's highlights."""
    html = marked(stem_html, highlight)
    # The stem was cleaned when the item was loaded, and marks are all that is added.
    return Markup(html)  # noqa: S704  # nosec B704


def stems_of(session: Session, user_id: UUID, attempt_id: UUID) -> dict[int, str]:
    """Each stem of an attempt as its author wrote it, by position. One statement."""
    rows = session.execute(
        select(AttemptItem.position, ItemVersion.content["stem"].as_string())
        .join(ItemVersion, (ItemVersion.item_id == AttemptItem.item_id) & (ItemVersion.version == AttemptItem.version))
        .where(AttemptItem.user_id == user_id, AttemptItem.attempt_id == attempt_id)
    )
    return {position: stem for position, stem in rows}  # noqa: C416 - a Row is no pair to mypy


def _marks_and_keys(session: Session, attempt: Attempt) -> dict[int, tuple[Mark, int]]:
    rows = session.execute(
        select(Mark, ItemVersion.key_option)
        .join(
            AttemptItem,
            and_(
                AttemptItem.user_id == Mark.user_id,
                AttemptItem.attempt_id == Mark.attempt_id,
                AttemptItem.position == Mark.position,
            ),
        )
        .join(ItemVersion, and_(ItemVersion.item_id == AttemptItem.item_id, ItemVersion.version == AttemptItem.version))
        .where(Mark.user_id == attempt.user_id, Mark.attempt_id == attempt.id)
    )
    return {mark.position: (mark, key_option) for mark, key_option in rows}


def _late_by_position(
    attempt: Attempt, log: Sequence[tuple[StoredEvent, datetime]], held: Collection[int]
) -> dict[int, list[Late]]:
    found: dict[int, list[Late]] = {}
    late = [entry for entry in log if not entry[0].counts and entry[0].kind != SHOWN]
    for event, received_at in sorted(late, key=lambda entry: entry[0].rank):
        reason = why_not_counted(event.made_at, received_at, attempt.deadline_at, attempt.finished_at)
        found.setdefault(event.position, []).append(Late(event, received_at, reason, event.position in held))
    return found


def _change(answers: Sequence[StoredEvent], place: PlaceState, key_option: int) -> ChangedAnswer | None:
    return changed_answer([event.value for event in answers], letter_of(key_option, place.option_order))
