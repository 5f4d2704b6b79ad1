"""What a guest did, copied under an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from quizapp.accounts import actions
from quizapp.accounts.models import User
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Mark, Response
from quizapp.models import Base
from tests import make

TRAVELLING = [table for table in Base.metadata.sorted_tables if table.info.get("travels")]


def rows_of(session: Session, table: Table, user_id: UUID) -> set[tuple[object, ...]]:
    others = [
        column for column in table.columns if column.name != "user_id" and not hasattr(column.type, "none_as_null")
    ]
    return {tuple(row) for row in session.execute(select(*others).where(table.columns["user_id"] == user_id))}


def guest_with_a_sampler(session: Session) -> tuple[User, Attempt]:
    guest = make.guest(session)
    drawn = make.items(session, 2)
    attempt = make.attempt(session, guest, drawn, kind="sampler", spec={"number": 2})
    make.event(session, attempt, 1, seq=1)
    make.event(session, attempt, 2, seq=2, kind="flag", value="1")
    make.response(session, attempt, drawn[0].id)
    make.mark(session, attempt, drawn[0])
    make.mark(session, attempt, drawn[1], 2, chosen=None, is_correct=False)
    return guest, attempt


def test_the_attempt_tables_travel() -> None:
    names = {model.__tablename__ for model in (Attempt, AttemptItem, AttemptEvent, Response, Mark)}
    assert names <= {table.name for table in TRAVELLING}


def test_every_travelling_row_arrives_unchanged_under_its_new_owner(session: Session) -> None:
    owner, stranger = make.user(session), make.user(session, "stranger@example.org")
    guest, attempt = guest_with_a_sampler(session)
    make.attempt(session, stranger, make.items(session, 1, prefix="hr"))
    before = {table.name: rows_of(session, table, guest.id) for table in TRAVELLING}
    moved = actions.move_guest_data(session, guest.id, owner.id)
    assert moved == sum(map(len, before.values())) == 8
    for table in TRAVELLING:
        assert rows_of(session, table, owner.id) == before[table.name]
        assert rows_of(session, table, guest.id) == set()
    copied = session.get_one(Attempt, (owner.id, attempt.id), populate_existing=True)
    assert copied.spec == {"number": 2}
    assert len(rows_of(session, Base.metadata.tables["attempt"], stranger.id)) == 1


def test_the_guest_is_gone_afterwards(session: Session) -> None:
    owner = make.user(session)
    guest, _attempt = guest_with_a_sampler(session)
    actions.open_session(session, guest, browser="", days=30, now=make.NOW)
    actions.move_guest_data(session, guest.id, owner.id)
    for table in Base.metadata.sorted_tables:
        if "user_id" in table.columns:
            assert rows_of(session, table, guest.id) == set()
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_an_account_is_never_emptied_into_another(session: Session) -> None:
    owner, stranger = make.user(session), make.user(session, "stranger@example.org")
    make.attempt(session, stranger, make.items(session, 1))
    assert actions.move_guest_data(session, stranger.id, owner.id) == 0
    assert len(rows_of(session, Base.metadata.tables["attempt"], stranger.id)) == 1


def test_a_guest_without_a_sampler_moves_nothing(session: Session, now: datetime) -> None:
    owner = make.user(session)
    guest = actions.make_guest(session, time_zone="UTC", now=now)
    assert actions.move_guest_data(session, guest.id, owner.id) == 0
