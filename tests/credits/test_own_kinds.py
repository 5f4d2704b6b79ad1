"""What people write into rules of their own: tenths, kinds of activities in their own words, and no web page."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.credits.written_rules import own_tag
from tests import make
from tests.credits.own_rules import change, hold, rows, stored, write
from tests.pages import Pages

LOGGED = {
    "title": "Ethics at the desk",
    "provider": "Chapter",
    "started_on": "2026-02-03",
    "amount": "2",
    "unit": "hours",
    "delivery": "live",
}


def own(words: str, amount: str = "2") -> dict[str, str]:
    return {**rows(("least", amount, "", "")), "rows-0-own": words}


def test_totals_and_rows_may_have_tenths(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, minutes=60)
    shown = hold(page, write(page, unit="CEU", unit_minutes="600", total="3,5", **rows(("least", "0.5", "mgma", ""))))
    assert "3.4 more CEU, at least 300 minutes of them MGMA" in shown.text
    (rules,) = stored(session)
    assert rules.newest.name == "3.5 CEU in 24 months"
    assert rules.newest.rules().total.needed_minutes == 2100


def test_a_kind_in_ones_own_words_is_offered_and_counts(page: Pages, owner: User, session: Session) -> None:
    shown = hold(page, write(page, unit="hour", unit_minutes="60", **own("Ethics in care")))
    assert "at least 2 of them ethics in care" in shown.text
    form = page.get(f"/credits/activities/new?id={uuid4()}")
    assert "Is it of a kind that you named yourself?" in form.texts("legend")
    assert "Ethics in care" in form.texts("form label")
    values = {**form.values_of("#activity"), **LOGGED, "tags": "custom-ethics-in-care"}
    assert "Ethics in care" in page.post("/credits/activities/new", values).text
    assert "2 of 2 hours ethics in care Met" in page.get("/credits").texts(".requirement-lines li")
    assert "Ethics in care" in page.client.get("/credits/activities.csv").text
    assert "Ethics in care" in page.get("/credits/what-if").texts("form label")


def test_kinds_are_ones_own(page: Pages, owner: User, session: Session) -> None:
    hold(page, write(page, **own("Ethics")))
    page.sign_in(make.user(session, "stranger@example.org"))
    assert "Ethics" not in page.get(f"/credits/activities/new?id={uuid4()}").texts("form label")


def test_the_same_words_are_the_same_kind(page: Pages, owner: User, session: Session) -> None:
    for name, words in (("FC", "Ethics"), ("Other", "  ETHICS ")):
        hold(page, write(page, short_name=name, **own(words)))
    assert [set(rules.kinds) for rules in stored(session)] == [{"custom-ethics"}, {"custom-ethics"}]
    labels = [label.casefold() for label in page.get(f"/credits/activities/new?id={uuid4()}").texts("form label")]
    assert labels.count("ethics") == 1


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("Ethics", "custom-ethics"),
        ("\u00c9thique & soins", "custom-ethique-soins"),
        ("\u502b\u7406", "custom-502b-7406"),
        ("***", "custom-kind"),
        ("x" * 40, "custom-" + "x" * 40),
    ],
)
def test_words_make_a_tag_that_rules_can_ask_for(words: str, tag: str) -> None:
    assert own_tag(words) == tag


def test_a_kind_stays_as_long_as_a_cycle_asks_for_it(
    page: Pages, owner: User, session: Session, clock: Traveller
) -> None:
    hold(page, write(page, **own("Ethics")))
    clock.shift(60)
    change(page, session)
    assert len(stored(session)[0].versions) == 1
    change(page, session, **{"rows-0-own": "Law"})
    assert stored(session)[0].kinds == {"custom-ethics": "Ethics", "custom-law": "Law"}


def test_the_web_page_may_be_left_out(page: Pages, owner: User, session: Session) -> None:
    shown = hold(page, write(page, web_page=""))
    assert "as its holder wrote it down" in shown.text
    assert "as its holder wrote it down" not in shown.links
    assert stored(session)[0].newest.source.address == ""
