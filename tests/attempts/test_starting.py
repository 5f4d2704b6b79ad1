"""Drawing a form for somebody, and starting an attempt on it once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.attempts import queries
from quizapp.attempts.actions import AlreadyStartedError, NoItemsError, Plan, draw_form, start_attempt
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Response
from quizapp.bank.actions import load_items, load_readings
from quizapp.bank.item_files import ReadItem
from quizapp.bank.models import Item
from quizapp.bank.queries import Selection
from quizapp.db import Database, writing
from tests import make
from tests.candidate import passed

WEIGHTS = {"finance": 1.0, "risk-management": 1.0}
TOKEN = UUID(int=7)
TODAY = make.NOW.date()


@pytest.fixture
def owner(session: Session) -> User:
    return make.user(session, target_percent=82)


def plan(item_count: int = 4, seconds: int | None = 240, **selection: tuple[str, ...]) -> Plan:
    return Plan("quick", "Quick mock", Selection(**selection), item_count, seconds)


def drawn(session: Session, owner: User, wanted: Plan | None = None, seed: int = 1) -> list[str]:
    """The items of a form, in no order."""
    return sorted(
        place.item_id
        for place in draw_form(session, owner.id, wanted or plan(), WEIGHTS, Random(seed), today=TODAY, gone=())
    )


def start(session: Session, owner: User, wanted: Plan | None = None, token: UUID = TOKEN) -> Attempt:
    wanted = wanted or plan()
    form = draw_form(session, owner.id, wanted, WEIGHTS, Random(1), today=TODAY, gone=())
    return start_attempt(session, owner.id, wanted, form, seed=1, target_percent=82, start_token=token, now=make.NOW)


def seen(session: Session, owner: User, item: Item, when: datetime) -> None:
    """The item was shown to `owner` in an attempt that is finished."""
    attempt = make.attempt(session, owner, [item], started_at=when, finished_at=when)
    make.response(session, attempt, item.id, kind="shown", value="", made_at=when)


# --- The draw -------------------------------------------------------------------------------------------------------


def test_a_form_is_drawn_from_the_published_items_of_the_selection(session: Session, owner: User) -> None:
    make.item(session, "fin-1")
    make.item(session, "fin-draft", status="draft")
    make.item(session, "fin-retired", status="retired")
    make.item(session, "risk-1", domain="risk-management", areas=("law-and-ethics",), topics=("clia",))
    assert drawn(session, owner) == ["fin-1", "risk-1"]
    assert drawn(session, owner, plan(domains=("finance",))) == ["fin-1"]
    assert drawn(session, owner, plan(areas=("law-and-ethics",))) == ["risk-1"]
    assert drawn(session, owner, plan(topics=("clia", "budgeting"))) == ["fin-1", "risk-1"]


def test_what_is_chosen_in_several_lists_must_fit_all_of_them(session: Session, owner: User) -> None:
    make.item(session, "fin-1", areas=("finance",))
    make.item(session, "fin-2", areas=("operations",))
    assert drawn(session, owner, plan(domains=("finance",), areas=("operations", "quality"))) == ["fin-2"]
    with pytest.raises(NoItemsError):
        drawn(session, owner, plan(domains=("risk-management",), areas=("operations",)))


def test_an_empty_bank_has_nothing_to_draw(session: Session, owner: User) -> None:
    with pytest.raises(NoItemsError):
        drawn(session, owner)


def test_what_the_person_has_seen_comes_last_and_the_longest_ago_first(
    session: Session, owner: User, now: datetime
) -> None:
    one, two, _ = make.items(session, 3)
    seen(session, owner, one, now - timedelta(days=3))
    seen(session, owner, two, now - timedelta(days=9))
    for seed in range(5):
        assert drawn(session, owner, plan(1), seed) == ["fin-3"]
        assert drawn(session, owner, plan(2), seed) == ["fin-2", "fin-3"]
    seen(session, owner, two, now - timedelta(days=1))
    assert drawn(session, owner, plan(2)) == ["fin-1", "fin-3"]


def test_what_a_neighbour_has_seen_plays_no_part(session: Session, owner: User, now: datetime) -> None:
    one, _ = make.items(session, 2)
    seen(session, make.user(session, "neighbour@example.org"), one, now)
    assert {tuple(drawn(session, owner, plan(1), seed)) for seed in range(20)} == {("fin-1",), ("fin-2",)}


def test_the_items_of_a_running_mock_are_not_drawn_again_until_it_is_finished(
    session: Session, owner: User, now: datetime
) -> None:
    one, _ = make.items(session, 2)
    running = make.attempt(session, owner, [one])
    assert drawn(session, owner) == ["fin-2"]
    running.finished_at = now
    session.flush()
    assert drawn(session, owner) == ["fin-1", "fin-2"]


# --- The start ------------------------------------------------------------------------------------------------------


def test_an_attempt_keeps_what_it_was_started_with(session: Session, owner: User, now: datetime) -> None:
    make.items(session, 4)
    attempt = start(session, owner, plan(areas=("finance",)))
    session.expire_all()
    assert (attempt.user_id, attempt.kind, attempt.title, attempt.item_count) == (owner.id, "quick", "Quick mock", 4)
    assert (attempt.seed, attempt.target_percent, attempt.start_token) == (1, 82, TOKEN)
    assert (attempt.started_at, attempt.allowed_seconds) == (now, 240)
    assert (attempt.deadline_at, attempt.finished_at) == (now + timedelta(seconds=240), None)
    assert attempt.spec == {"domains": [], "areas": ["finance"], "topics": [], "items": 4, "due": 0}


def test_the_places_are_those_of_the_form_and_the_first_one_is_shown(
    session: Session, owner: User, now: datetime
) -> None:
    make.items(session, 4)
    form = draw_form(session, owner.id, plan(), WEIGHTS, Random(3), today=TODAY, gone=())
    attempt = start_attempt(session, owner.id, plan(), form, seed=3, target_percent=70, start_token=TOKEN, now=now)
    rows = session.scalars(select(AttemptItem).order_by(AttemptItem.position)).all()
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert [(row.item_id, row.version, row.domain) for row in rows] == [
        (place.item_id, place.version, place.domain) for place in form
    ]
    assert [row.option_order for row in rows] == ["".join(map(str, place.option_order)) for place in form]
    (event,) = session.scalars(select(AttemptEvent))
    assert (event.device, event.seq, event.position, event.kind, event.value) == ("form", 1, 1, "shown", "")
    (response,) = session.scalars(select(Response))
    assert (response.attempt_id, response.item_id, response.made_at) == (attempt.id, form[0].item_id, now)


def test_the_newest_version_is_drawn(session: Session, owner: User, now: datetime) -> None:
    for options in (("Alpha", "Bravo", "Charlie", "Delta"), ("Alpha", "Bravo", "Charlie")):
        text = make.item_text(options=options)
        load_items(session, [ReadItem(text, "items/finance/all.yaml", 1)], now)
        load_readings(session, passed([text]))
    start(session, owner)
    (place,) = session.scalars(select(AttemptItem))
    assert (place.version, len(place.option_order)) == (2, 3)


def test_the_time_shrinks_with_a_form_that_the_bank_cannot_fill(session: Session, owner: User) -> None:
    make.items(session, 3)
    attempt = start(session, owner, plan(10, 601))
    assert (attempt.item_count, attempt.allowed_seconds) == (3, 181)


def test_an_untimed_attempt_has_no_deadline(session: Session, owner: User) -> None:
    make.items(session, 3)
    attempt = start(session, owner, plan(10, None))
    assert (attempt.allowed_seconds, attempt.deadline_at) == (None, None)


# --- Once -----------------------------------------------------------------------------------------------------------


def test_the_same_token_starts_one_attempt(session: Session, owner: User) -> None:
    make.items(session, 8)
    first = start(session, owner)
    with pytest.raises(AlreadyStartedError), session.begin_nested():
        start(session, owner)
    assert session.scalars(select(Attempt.id)).all() == [first.id]
    assert queries.attempt_by_token(session, owner.id, TOKEN) is first
    assert start(session, owner, token=uuid4()).id != first.id


def test_two_people_may_have_the_same_token(session: Session, owner: User) -> None:
    make.items(session, 4)
    neighbour = make.user(session, "neighbour@example.org")
    assert start(session, owner).id != start(session, neighbour).id
    assert queries.attempt_by_token(session, uuid4(), TOKEN) is None


def test_of_two_starts_at_once_with_the_same_token_the_second_is_told(own_database: Database) -> None:
    with own_database.session() as session:
        owner = make.user(session)
        make.items(session, 8)
        session.commit()
    outcomes: list[str] = []
    together = Barrier(2)

    def start_at_once() -> None:
        with own_database.session() as session:
            form = draw_form(session, owner.id, plan(), WEIGHTS, Random(1), today=TODAY, gone=())
            together.wait(10)
            try:
                with writing(session):
                    start_attempt(
                        session, owner.id, plan(), form, seed=1, target_percent=70, start_token=TOKEN, now=make.NOW
                    )
                outcomes.append("started")
            except AlreadyStartedError:
                outcomes.append("told")

    run_together(start_at_once, start_at_once)
    assert sorted(outcomes) == ["started", "told"]
    with own_database.session() as session:
        assert len(session.scalars(select(Attempt)).all()) == 1
        assert len(session.scalars(select(AttemptItem)).all()) == 4


def run_together(*jobs: Callable[[], None]) -> None:
    threads = [Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
