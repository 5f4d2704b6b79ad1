"""Reads of attempts; every statement begins with the person."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Executable, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Mark, Response
from quizapp.attempts.models import items_in_running_mocks as items_in_running_mocks
from quizapp.bank.models import Item, ItemFlag, ItemVersion
from quizapp.bank.queries import Selection, is_in_mocks
from quizapp.rules.answer_log import ANSWER, CERTAINTY, FLAG, HIGHLIGHT, NOTE, SHOWN, STRIKE, StoredEvent
from quizapp.rules.blueprint import Candidate

NAVIGATOR_KINDS = (ANSWER, FLAG)
ROOM_KINDS = (ANSWER, FLAG, CERTAINTY, NOTE, STRIKE, HIGHLIGHT)
ITEM_COLUMNS = (
    AttemptItem.position,
    AttemptItem.item_id,
    AttemptItem.version,
    AttemptItem.domain,
    AttemptItem.option_order,
)
RESPONSE_COLUMNS = (Response.kind, Response.value, Response.made_at, Response.device, Response.seq)


@dataclass(frozen=True)
class PlaceState:
    """One place on a form as its navigator shows it."""

    position: int
    item_id: str
    version: int
    domain: str
    option_order: str
    answer: str
    answered_at: datetime | None
    is_flagged: bool
    answer_device: str = ""
    answer_seq: int = 0
    certainty: str = ""
    note: str = ""
    strike: str = ""
    highlight: str = ""

    def value_of(self, kind: str) -> str:
        """The newest value of one kind of event, as events write it."""
        if kind == FLAG:
            return "1" if self.is_flagged else "0"
        return str(getattr(self, kind))


@dataclass(frozen=True)
class AnsweredPlace:
    """One place on a form with what is needed to mark it and to explain it."""

    place: PlaceState
    key_option: int
    version: ItemVersion


@dataclass(frozen=True)
class SaveState:
    """What a save must know: the attempt, the device's log so far, and the places that its events touch."""

    attempt: Attempt
    highest_seq: int
    last_made_at: datetime | None
    places: dict[int, PlaceState]
    event_count: int = 0


def candidates(session: Session, user_id: UUID, selection: Selection, gone: Collection[str] = ()) -> list[Candidate]:
    """The published items of a selection that no mock of this person holds, each with when they last saw it.

    One statement. What was seen in attempts that are set aside does not count as seen. `gone` have left mocks.
    """
    last_shown = (
        select(Response.item_id, func.max(Response.made_at).label("last_shown_at"))
        .join(Attempt, and_(Attempt.user_id == Response.user_id, Attempt.id == Response.attempt_id))
        .where(Response.user_id == user_id, Response.kind == SHOWN, Attempt.archived_at.is_(None))
        .group_by(Response.item_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Item.id,
            Item.domain,
            Item.review_by,
            ItemFlag.flagged_at,
            Item.head_version,
            ItemVersion.option_count,
            ItemVersion.is_ordered,
            last_shown.c.last_shown_at,
            is_in_mocks(gone),
        )
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.head_version))
        .outerjoin(ItemFlag, ItemFlag.item_id == Item.id)
        .outerjoin(last_shown, last_shown.c.item_id == Item.id)
        .where(*selection.conditions(), Item.id.not_in(items_in_running_mocks(user_id)))
    )
    return [Candidate(*row) for row in rows]


def held_items(session: Session, user_id: UUID, item_ids: Collection[str]) -> set[str]:
    """Which of these items a running mock of this person holds. One statement."""
    statement = items_in_running_mocks(user_id).where(AttemptItem.item_id.in_(item_ids))
    return set(session.scalars(statement))


def is_held(session: Session, user_id: UUID, item_id: str) -> bool:
    """Whether a running mock of this person holds the item, so that it is not explained elsewhere. One statement."""
    return bool(held_items(session, user_id, [item_id]))


def attempt_of(session: Session, user_id: UUID, attempt_id: UUID, *, is_locked: bool = False) -> Attempt | None:
    """This person's attempt, or None: a stranger's attempt and a missing one look alike.

    With `is_locked`, inside a write, it is read anew and no other request can finish it meanwhile.
    """
    asked = {"user_id": user_id, "attempt_id": attempt_id}
    return session.scalar(_attempt_statement(is_locked=is_locked), asked)


def attempt_by_token(session: Session, user_id: UUID, start_token: UUID) -> Attempt | None:
    """The attempt that an earlier sending of the same start form has made."""
    return session.scalar(select(Attempt).where(Attempt.user_id == user_id, Attempt.start_token == start_token))


def attempts_of(session: Session, user_id: UUID, limit: int = 200, *, is_set_aside: bool = False) -> Sequence[Attempt]:
    """The newest attempts first: those that count, or those that are set aside."""
    archived = Attempt.archived_at.is_not(None) if is_set_aside else Attempt.archived_at.is_(None)
    return session.scalars(
        select(Attempt)
        .where(Attempt.user_id == user_id, archived)
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .limit(limit)
    ).all()


def open_attempts(session: Session, user_id: UUID) -> Sequence[Attempt]:
    """What this person has begun, not finished and not set aside, the newest first."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.user_id == user_id, Attempt.finished_at.is_(None), Attempt.archived_at.is_(None))
        .order_by(Attempt.started_at.desc())
        .limit(20)
    ).all()


def places(
    session: Session,
    user_id: UUID,
    attempt_id: UUID,
    position: int | None = None,
    kinds: tuple[str, ...] = NAVIGATOR_KINDS,
) -> list[PlaceState]:
    """Every place of a form in order, or the one asked for, with its newest responses of some kinds. One statement."""
    asked = {"user_id": user_id, "attempt_id": attempt_id, "position": position}
    return _places(session.execute(_places_statement(kinds, is_one=position is not None), asked))


def answered_places(
    session: Session, user_id: UUID, attempt_id: UUID, kinds: tuple[str, ...] = NAVIGATOR_KINDS
) -> list[AnsweredPlace]:
    """Every place with the version that it was drawn by. Two statements. Only for a form whose keys may be shown."""
    found = places(session, user_id, attempt_id, kinds=kinds)
    versions = session.scalars(
        select(ItemVersion)
        .join(
            AttemptItem,
            and_(AttemptItem.item_id == ItemVersion.item_id, AttemptItem.version == ItemVersion.version),
        )
        .where(AttemptItem.user_id == user_id, AttemptItem.attempt_id == attempt_id)
    )
    by_item = {version.item_id: version for version in versions}
    return [AnsweredPlace(place, by_item[place.item_id].key_option, by_item[place.item_id]) for place in found]


def keys_of(session: Session, user_id: UUID, attempt_id: UUID) -> dict[int, int]:
    """The key of every place, as an option in the file's order. One statement, without the texts of the items."""
    rows = session.execute(
        select(AttemptItem.position, ItemVersion.key_option)
        .join(ItemVersion, and_(ItemVersion.item_id == AttemptItem.item_id, ItemVersion.version == AttemptItem.version))
        .where(AttemptItem.user_id == user_id, AttemptItem.attempt_id == attempt_id)
    )
    return {position: key_option for position, key_option in rows}  # noqa: C416 - a Row is no pair to mypy


def answered_place(session: Session, user_id: UUID, attempt_id: UUID, position: int) -> AnsweredPlace | None:
    """One place, whole, with the version that it was drawn by. Two statements."""
    for place in places(session, user_id, attempt_id, position, ROOM_KINDS):
        version = session.get_one(ItemVersion, (place.item_id, place.version))
        return AnsweredPlace(place, version.key_option, version)
    return None


def save_state(
    session: Session, user_id: UUID, attempt_id: UUID, device: str, positions: Collection[int]
) -> SaveState | None:
    """What a save must know, in one statement that locks the attempt; None if this person has no such attempt."""
    asked = {"user_id": user_id, "attempt_id": attempt_id, "device": device, "positions": list(positions)}
    rows = session.execute(_save_state_statement(), asked).all()
    if not rows:
        return None
    attempt, highest_seq, last_made_at, event_count = rows[0][:4]
    found = _places(row[4:] for row in rows if row[4] is not None)
    return SaveState(attempt, highest_seq or 0, last_made_at, {place.position: place for place in found}, event_count)


def sight_until(of: type[Attempt]) -> ColumnElement[datetime]:
    """The moment before which a showing in another attempt spoils the first sight of an item in this one.

    An exam holds its items while it runs, so one that is shown elsewhere before its end was shown while the exam was
    set aside. A practice set is marked answer by answer, and goes by its start, so that a rebuild marks it alike.
    """
    return case((of.kind == "practice", of.started_at), else_=func.coalesce(of.finished_at, of.started_at))


def seen_before(session: Session, user_id: UUID, attempt_id: UUID) -> set[str]:
    """The items of an attempt that this person was shown, or answered, in another one before `sight_until` of this."""
    here, earlier, before = aliased(AttemptItem), aliased(Response), aliased(Attempt)
    until = select(sight_until(Attempt)).where(Attempt.user_id == user_id, Attempt.id == attempt_id).scalar_subquery()
    rows = session.scalars(
        select(here.item_id)
        .join(earlier, and_(earlier.user_id == here.user_id, earlier.item_id == here.item_id))
        .join(before, and_(before.user_id == earlier.user_id, before.id == earlier.attempt_id))
        .where(
            here.user_id == user_id,
            here.attempt_id == attempt_id,
            earlier.user_id == user_id,
            earlier.attempt_id != attempt_id,
            earlier.kind.in_((SHOWN, ANSWER)),
            earlier.first_made_at < until,
            before.archived_at.is_(None),
        )
        .distinct()
    )
    return set(rows)


def marks_of(session: Session, user_id: UUID, attempt_id: UUID) -> Sequence[Mark]:
    """The marks of one attempt, in the form's order."""
    return session.scalars(
        select(Mark).where(Mark.user_id == user_id, Mark.attempt_id == attempt_id).order_by(Mark.position)
    ).all()


def arrivals(session: Session, user_id: UUID, attempt_id: UUID) -> list[tuple[datetime, datetime]]:
    """The moments at which the log of an attempt grew, in order, each with when the oldest event of it was made."""
    rows = session.execute(
        select(AttemptEvent.received_at, func.min(AttemptEvent.made_at))
        .where(AttemptEvent.user_id == user_id, AttemptEvent.attempt_id == attempt_id)
        .group_by(AttemptEvent.received_at)
        .order_by(AttemptEvent.received_at)
    )
    return [(received, made) for received, made in rows]


def newest_received_at(session: Session, user_id: UUID, attempt_id: UUID) -> datetime | None:
    """The moment at which the log of an attempt last grew."""
    newest = select(func.max(AttemptEvent.received_at))
    return session.scalar(newest.where(AttemptEvent.user_id == user_id, AttemptEvent.attempt_id == attempt_id))


def responses_of(session: Session, user_id: UUID, attempt_id: UUID) -> Sequence[Response]:
    """Every response row of an attempt but what was shown. One statement."""
    return session.scalars(
        select(Response)
        .where(Response.user_id == user_id, Response.attempt_id == attempt_id, Response.kind != SHOWN)
        .order_by(Response.position, Response.kind)
    ).all()


def log_of(session: Session, user_id: UUID, attempt_id: UUID) -> list[tuple[StoredEvent, datetime]]:
    """An attempt's whole log, each event with the moment it was received."""
    log = AttemptEvent
    rows = session.execute(
        select(log.device, log.seq, log.position, log.kind, log.value, log.made_at, log.received_at).where(
            log.user_id == user_id, log.attempt_id == attempt_id
        )
    )
    return [
        (StoredEvent(device, seq, position, kind, value, made_at), received_at)
        for device, seq, position, kind, value, made_at, received_at in rows
    ]


def expired_attempts(session: Session, before: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """(user_id, attempt_id) of unfinished attempts whose deadline lies before a moment: for the clock's job alone."""
    rows = session.execute(
        select(Attempt.user_id, Attempt.id)
        .where(Attempt.finished_at.is_(None), Attempt.deadline_at < before)
        .order_by(Attempt.deadline_at)
        .limit(limit)
    )
    return [(user_id, attempt_id) for user_id, attempt_id in rows]


def all_attempts(session: Session) -> Sequence[tuple[UUID, UUID]]:
    """(user_id, attempt_id) of every attempt: for the operators' doctor alone."""
    return [(user_id, attempt_id) for user_id, attempt_id in session.execute(select(Attempt.user_id, Attempt.id))]


# --- Statements that run with every item and answer -----------------------------------------------------------------
# Each is put together once, because SQLAlchemy takes longer to do that than a database takes to run it.

_USER_ID: BindParameter[UUID] = bindparam("user_id")
_ATTEMPT_ID: BindParameter[UUID] = bindparam("attempt_id")


@cache
def _attempt_statement(*, is_locked: bool) -> Select[Attempt]:
    statement = select(Attempt).where(Attempt.user_id == _USER_ID, Attempt.id == _ATTEMPT_ID)
    return statement.with_for_update().execution_options(populate_existing=True) if is_locked else statement


@cache
def _places_statement(kinds: tuple[str, ...], *, is_one: bool) -> Executable:
    statement = (
        select(*ITEM_COLUMNS, *RESPONSE_COLUMNS)
        .select_from(AttemptItem)
        .outerjoin(Response, _response_at(kinds))
        .where(AttemptItem.user_id == _USER_ID, AttemptItem.attempt_id == _ATTEMPT_ID)
        .order_by(AttemptItem.position)
    )
    return statement.where(AttemptItem.position == bindparam("position")) if is_one else statement


@cache
def _save_state_statement() -> Executable:
    of_attempt = (AttemptEvent.user_id == _USER_ID, AttemptEvent.attempt_id == _ATTEMPT_ID)
    log = (*of_attempt, AttemptEvent.device == bindparam("device"))
    return (
        select(
            Attempt,
            select(func.max(AttemptEvent.seq)).where(*log).scalar_subquery(),
            select(func.max(AttemptEvent.made_at)).where(*log).scalar_subquery(),
            select(func.count()).select_from(AttemptEvent).where(*of_attempt).scalar_subquery(),
            *ITEM_COLUMNS,
            *RESPONSE_COLUMNS,
        )
        .outerjoin(
            AttemptItem,
            and_(
                AttemptItem.user_id == Attempt.user_id,
                AttemptItem.attempt_id == Attempt.id,
                AttemptItem.position.in_(bindparam("positions", expanding=True)),
            ),
        )
        .outerjoin(Response, _response_at(ROOM_KINDS))
        .where(Attempt.user_id == _USER_ID, Attempt.id == _ATTEMPT_ID)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    )


def _response_at(kinds: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(
        Response.user_id == AttemptItem.user_id,
        Response.attempt_id == AttemptItem.attempt_id,
        Response.position == AttemptItem.position,
        Response.kind.in_(kinds),
    )


def _places(rows: Iterable[Sequence[Any]]) -> list[PlaceState]:
    """Rows of an item with one response each (or none) → one place for each item, in order."""
    found: dict[int, dict[str, Any]] = {}
    for position, item_id, version, domain, option_order, kind, value, made_at, device, seq in rows:
        place = found.get(position)
        if place is None:
            place = found[position] = {
                "position": position,
                "item_id": item_id,
                "version": version,
                "domain": domain,
                "option_order": option_order,
                "answer": "",
                "answered_at": None,
                "is_flagged": False,
            }
        if kind == ANSWER:
            place |= {"answer": value, "answered_at": made_at, "answer_device": device, "answer_seq": seq}
        elif kind == FLAG:
            place["is_flagged"] = value == "1"
        elif kind is not None:
            place[kind] = value
    return [PlaceState(**found[position]) for position in sorted(found)]
