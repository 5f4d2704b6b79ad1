"""The makers make rows that both databases take."""

from datetime import timedelta

from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.models import Base
from tests import make
from tests.conftest import CountStatements
from tests.pages import Client


def test_every_table_of_a_persons_rows_can_be_filled(session: Session) -> None:
    owner = make.user(session)
    items = make.items(session, 3)
    attempt = make.attempt(session, owner, items)
    make.event(session, attempt)
    make.response(session, attempt, items[0].id)
    make.mark(session, attempt, items[0])
    held = make.held_credential(session, owner)
    make.cycle_rules(session, held)
    make.retest(session, held)
    make.activity(session, owner)
    make.outbox_mail(session, owner)
    session.commit()


def test_rows_of_the_test_before_are_gone(session: Session, count_statements: CountStatements) -> None:
    with count_statements() as statements:
        for table in Base.metadata.sorted_tables:
            assert session.execute(table.select()).first() is None
    assert len(statements) == len(Base.metadata.sorted_tables)


def test_a_signed_in_client_is_let_in_until_the_session_ends(
    client: Client, session: Session, clock: Traveller
) -> None:
    owner = make.user(session)
    assert client.get("/dashboard").status_code == 302
    client.sign_in(owner)
    assert client.get("/dashboard").status_code == 200
    clock.shift(timedelta(days=31))
    assert client.get("/dashboard").status_code == 302
