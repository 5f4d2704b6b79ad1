"""Near-duplicates are found when the bank is loaded, and never meet on one form."""

from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from quizapp.attempts.actions import Plan, draw_form
from quizapp.bank import actions
from quizapp.bank.item_files import ItemText, ReadItem
from quizapp.bank.queries import Selection, twins
from tests import make
from tests.candidate import passed
from tests.conftest import CountStatements

STEM = "A payer takes ninety days to pay clean claims, and its contract says thirty. What does the manager do first?"
OTHER = "Two assistants ask for the same week off in July. How does the manager choose between them in fairness?"


def read(*texts: ItemText) -> list[ReadItem]:
    return [ReadItem(text, f"items/{text.domain}/made.yaml", 1) for text in texts]


def alike() -> list[ReadItem]:
    """Three items, of which two are twins."""
    return read(
        make.item_text("fin-1", stem=STEM),
        make.item_text("fin-2", stem=STEM.replace("ninety", "sixty")),
        make.item_text("fin-3", stem=OTHER),
    )


def test_twins_are_found_when_the_bank_is_loaded(session: Session, now: datetime) -> None:
    actions.load_items(session, alike(), now)
    assert twins(session) == [("fin-1", "fin-2")]


def test_twins_are_found_anew_when_an_item_changes(session: Session, now: datetime) -> None:
    actions.load_items(session, alike(), now)
    changed = alike()[:1] + read(make.item_text("fin-2", stem=OTHER.replace("July", "May"))) + alike()[2:]
    actions.load_items(session, changed, now)
    assert twins(session) == [("fin-2", "fin-3")]


def test_a_retired_item_is_nobodys_twin(session: Session, now: datetime) -> None:
    retired = read(make.item_text("fin-1", stem=STEM, status="retired"))
    actions.load_items(session, retired + alike()[1:], now)
    assert twins(session) == []


def test_a_load_that_changes_nothing_does_not_look_for_twins(
    session: Session, now: datetime, count_statements: CountStatements
) -> None:
    actions.load_items(session, alike(), now)
    session.commit()
    with count_statements() as statements:
        report = actions.plan_load(session, alike())
        actions.load_items(session, alike(), now)
    assert not report.writes
    assert statements.writes == [], statements
    assert len(statements) == 2, statements


def test_no_form_has_both_twins(session: Session, now: datetime) -> None:
    actions.load_items(session, alike(), now)
    actions.load_readings(session, passed(item.text for item in alike()))
    plan = Plan("custom", "Custom mock", Selection(), 3, None)
    owner = make.user(session)
    forms = []
    for seed in range(12):
        form = draw_form(session, owner.id, plan, {"finance": 1}, Random(seed), today=now.date(), gone=())
        forms.append({place.item_id for place in form})
    assert all(len(form) == 2 and "fin-3" in form for form in forms)
    assert {"fin-1", "fin-3"} in forms
    assert {"fin-2", "fin-3"} in forms
