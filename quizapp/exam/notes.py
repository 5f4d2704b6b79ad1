"""A candidate's notes and highlights, from all attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Label, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, AttemptItem, Response, items_in_running_mocks
from quizapp.bank.models import ItemVersion
from quizapp.exam.results import marked_stem
from quizapp.rules.answer_log import HIGHLIGHT, NOTE

NOTES_ON_A_PAGE = 50


@dataclass(frozen=True)
class NotedPlace:
    """An item that a candidate wrote a note on, or highlighted words of."""

    position: int
    stem_html: Markup
    note: str


@dataclass(frozen=True)
class Notes:
    """One page of notes by attempt, how many there are in all, and how many stay out of sight while a mock has their
    items.
    """

    groups: Sequence[tuple[Attempt, Sequence[NotedPlace]]]
    total: int
    held: int

    @property
    def pages(self) -> int:
        """How many pages all notes fill."""
        return max(1, -(-self.total // NOTES_ON_A_PAGE))


def notes_of(session: Session, user_id: UUID, page: int) -> Notes:
    """One page, counted from 1, of this person's notes and highlights, the newest attempt first. Two statements.

    Items that a mock of theirs holds are left out, and counted.
    """
    noted = _noted(user_id)
    is_held = noted.c.item_id.in_(items_in_running_mocks(user_id))
    held = func.coalesce(func.sum(case((is_held, 1), else_=0)), 0)
    number, held_number = session.execute(select(func.count(), held).select_from(noted)).one()
    rows = session.execute(
        select(Attempt, noted.c.position, noted.c.note, noted.c.highlight, ItemVersion.content["stem_html"].as_string())
        .select_from(noted)
        .join(Attempt, and_(Attempt.user_id == user_id, Attempt.id == noted.c.attempt_id))
        .join(
            AttemptItem,
            and_(
                AttemptItem.user_id == user_id,
                AttemptItem.attempt_id == noted.c.attempt_id,
                AttemptItem.position == noted.c.position,
            ),
        )
        .join(ItemVersion, and_(ItemVersion.item_id == AttemptItem.item_id, ItemVersion.version == AttemptItem.version))
        .where(~is_held)
        .order_by(Attempt.started_at.desc(), Attempt.id, noted.c.position)
        .offset((page - 1) * NOTES_ON_A_PAGE)
        .limit(NOTES_ON_A_PAGE)
    )
    groups: dict[UUID, tuple[Attempt, list[NotedPlace]]] = {}
    for attempt, position, note, highlight, stem_html in rows:
        _, places = groups.setdefault(attempt.id, (attempt, []))
        places.append(NotedPlace(position, marked_stem(stem_html, highlight), note))
    return Notes(list(groups.values()), number - held_number, held_number)


def _noted(user_id: UUID) -> Subquery:
    """The places with a note or a highlight, one row for each."""

    def value_of(kind: str) -> Label[str]:
        return func.max(case((Response.kind == kind, Response.value), else_="")).label(kind)

    return (
        select(Response.attempt_id, Response.position, Response.item_id, value_of(NOTE), value_of(HIGHLIGHT))
        .where(Response.user_id == user_id, Response.kind.in_((NOTE, HIGHLIGHT)), Response.value != "")
        .group_by(Response.attempt_id, Response.position, Response.item_id)
        .subquery()
    )
