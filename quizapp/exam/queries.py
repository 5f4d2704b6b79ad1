"""What the result shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, AttemptItem, Mark
from quizapp.attempts.queries import PlaceState, marks_of
from quizapp.bank.models import ItemTag, ItemVersion
from quizapp.rules.scoring import Tally, tally


@dataclass(frozen=True)
class Result:
    """A finished attempt's marks, whole and by group."""

    total: Tally
    first_sight: Tally
    by_domain: Mapping[str, Tally]
    by_area: Mapping[str, Tally]
    by_topic: Mapping[str, Tally]
    marks: Sequence[Mark]


FILTERS: Mapping[str, Callable[[Mark, PlaceState], bool]] = {
    "all": lambda _mark, _place: True,
    "wrong": lambda mark, _place: not mark.is_correct,
    "incomplete": lambda mark, _place: mark.chosen is None,
    "flagged": lambda _mark, place: place.is_flagged,
}


def result_of(session: Session, attempt: Attempt) -> Result:
    """The result of a finished attempt. Two statements."""
    marks = marks_of(session, attempt.user_id, attempt.id)
    right = {mark.item_id: mark.is_correct for mark in marks}
    tags = session.execute(
        select(ItemTag.kind, ItemTag.tag, ItemTag.item_id)
        .join(Mark, Mark.item_id == ItemTag.item_id)
        .where(Mark.user_id == attempt.user_id, Mark.attempt_id == attempt.id)
        .order_by(Mark.position)
    ).all()
    return Result(
        total=Tally(sum(right.values()), attempt.item_count),
        first_sight=Tally(
            sum(mark.is_correct for mark in marks if mark.is_first_sight), sum(mark.is_first_sight for mark in marks)
        ),
        by_domain=tally((mark.domain, mark.is_correct) for mark in marks),
        by_area=tally((tag, right[item_id]) for kind, tag, item_id in tags if kind == "area"),
        by_topic=tally((tag, right[item_id]) for kind, tag, item_id in tags if kind == "topic"),
        marks=marks,
    )


def stems_of(session: Session, user_id: UUID, attempt_id: UUID) -> dict[int, str]:
    """The beginning of each stem of an attempt, by position. One statement."""
    rows = session.execute(
        select(AttemptItem.position, ItemVersion.content["stem"].as_string())
        .join(ItemVersion, (ItemVersion.item_id == AttemptItem.item_id) & (ItemVersion.version == AttemptItem.version))
        .where(AttemptItem.user_id == user_id, AttemptItem.attempt_id == attempt_id)
    )
    return {position: stem for position, stem in rows}  # noqa: C416 - a Row is no pair to mypy
