"""Credentials whose rules the holder writes down."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from quizapp.accounts.models import User
from quizapp.credits import custom
from quizapp.credits.models import CustomCredential, CycleRules
from tests import make
from tests.credits import own_rules
from tests.credits.own_rules import FORM, NEW, hold, rows, stored, write
from tests.pages import Page, Pages

# --- Writing down ---------------------------------------------------------------------------------------------------


def test_written_rules_are_held_and_reckoned_like_others(page: Pages, owner: User, session: Session) -> None:
    asked = write(page, **rows(("least", "20", "mgma", ""), ("most", "10", "", "self-paced")))
    assert asked.h1 == "Add your FC credential"
    assert asked.texts(".notice.good") == ["Saved: the rules of FC. Now say when you were certified."]
    make.activity(session, owner, minutes=500, tags=["mgma"])
    shown = hold(page, asked)
    assert "20 more credits, at least 10 of them MGMA, by 19 May 2027." in shown.text
    assert "What is both MGMA and self-paced counts in one of these rows only" in shown.text
    assert shown.texts(".requirement details p")[1] == "Source: as its holder wrote it down, read on 10 March 2026."
    assert "A secondary source, not the body’s own text. Nobody else has checked it." in shown.text
    assert "Check with Chapter before you rely on them." in shown.text
    assert shown.links["as its holder wrote it down"] == "https://www.example.org/rules"
    assert "FC" in page.get("/credits").texts("main section h2")


@pytest.mark.parametrize(
    ("values", "cycle"),
    [
        ({"kind": "anniversary"}, "20 May 2025 to 19 May 2027"),
        ({"kind": "month-end"}, "20 May 2025 to 31 May 2027"),
        ({"kind": "common", "anchor": "2024-01-01"}, "1 January 2026 to 31 December 2027"),
    ],
)
def test_cycles_run_as_written(page: Pages, owner: User, values: dict[str, str], cycle: str) -> None:
    assert cycle in hold(page, write(page, **values)).text


def test_a_birth_month_or_a_last_day_is_asked_where_the_rules_rest_on_it(page: Pages, owner: User) -> None:
    assert write(page, kind="birth-month").all("#birth_month")
    assert "as Chapter tells you" in write(page, kind="due-date").text


def test_the_list_shows_ones_own_credentials(page: Pages, owner: User) -> None:
    write(page)
    links = page.get("/credits/credentials/new").links
    assert "FC Fellow of the Chapter" in links
    assert "Change its rules: FC" in links
    assert "Delete FC" in links


def test_a_unit_written_as_a_plural_stays_one(page: Pages, owner: User) -> None:
    assert "30 more CEUs, by " in hold(page, write(page, unit="CEUs")).text


def test_sending_the_form_twice_keeps_the_rules_once(page: Pages, owner: User, session: Session) -> None:
    form = {"id": str(uuid4()), **FORM}
    first, second = page.post(NEW, form), page.post(NEW, form)
    assert first.url == second.url
    assert len(stored(session)) == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": ""}, "Enter what the credential is called."),
        ({"short_name": "x" * 31}, "Field cannot be longer than 30 characters."),
        ({"web_page": "ask me"}, "Enter an address such as www.example.org."),
        ({"web_page": "javascript://example.org/%0aalert(1)"}, "Enter an address such as www.example.org."),
        ({"web_page": "http://[example.org"}, "Enter an address such as www.example.org."),
        ({"web_page": "example.org/\u00a0rules"}, "Enter an address such as www.example.org."),
        ({"kind": ""}, "Say how cycles run."),
        ({"kind": "common"}, "Enter a first day, such as 1 January of a year."),
        ({"months": "0"}, "Enter a whole number from 1 to 120."),
        ({"months": "two"}, "Enter a whole number."),
        (
            {"months": "18", "kind": "birth-month"},
            "Cycles that end with a birth month last whole years: 12, 24 or 36 months.",
        ),
        ({"total": ""}, "Enter a number such as 20 or 3.5."),
        ({"total": "3.55"}, "Enter a number such as 20 or 3.5."),
        ({"total": "0"}, "Enter a number from 0.1 to 10000."),
        ({"total": "10001"}, "Enter a number from 0.1 to 10000."),
        ({"unit_minutes": "1.5"}, "Enter a whole number."),
        ({"surplus": "carried"}, "Enter how many."),
        (rows(("least", "x", "mgma", "")), "Enter a number such as 20 or 3.5."),
        (rows(("least", "1", "no-such-tag", "")), "Not a valid choice."),
        (
            {**rows(("least", "2", "mgma", "")), "rows-0-own": "Ethics"},
            "Choose a kind, or name one in your own words; not both.",
        ),
        (rows(("least", "31", "mgma", "")), "A row asks for more than the total."),
    ],
)
def test_bad_rules_are_refused_with_a_sentence(
    page: Pages, owner: User, session: Session, values: dict[str, str], error: str
) -> None:
    assert error in write(page, 422, **values).texts(".field .error")
    assert stored(session) == []


def test_a_form_without_its_id_is_refused(page: Pages, owner: User) -> None:
    page.post(NEW, FORM, 400)


def test_so_many_are_kept_and_no_more(page: Pages, owner: User, session: Session) -> None:
    for _ in range(custom.MOST_CUSTOMS):
        make.custom_credential(session, owner)
    assert "At most 20 credentials of your own are kept." in write(page).texts(".notice.bad")[0]
    assert len(stored(session)) == custom.MOST_CUSTOMS


def test_surplus_is_carried_as_written(page: Pages, owner: User, session: Session) -> None:
    write(page, surplus="carried", carried="5")
    assert stored(session)[0].newest.surplus.most == 5


# --- Changing and deleting --------------------------------------------------------------------------------------------


@pytest.fixture
def change(page: Pages, session: Session) -> Callable[..., Page]:
    return partial(own_rules.change, page, session)


def test_the_form_is_filled_in_as_it_was_written(
    page: Pages, owner: User, session: Session, change: Callable[..., Page]
) -> None:
    write(page, **rows(("least", "20", "mgma", ""), ("most", "10", "", "self-paced")))
    before = stored(session)
    change()
    assert stored(session) == before


def test_a_change_is_a_new_version_beside_the_one_in_use(
    page: Pages, owner: User, session: Session, clock: Traveller, change: Callable[..., Page]
) -> None:
    hold(page, write(page))
    clock.shift(60)
    shown = change(total="40")
    assert "Your present cycle keeps the rules that it began under." in shown.texts(".notice.note")[0]
    (rules,) = stored(session)
    assert [version.total.amount for version in rules.versions] == [40, 30]
    (in_use,) = session.scalars(select(CycleRules.version))
    assert in_use == rules.versions[1].slug
    assert "30 more credits" in page.get("/credits").text
    form = shown.values_of("main form")
    assert form["version"] == in_use
    assert "40 more credits" in page.post(shown.url, {**form, "version": rules.newest.slug}).text


def test_two_changes_within_a_second_are_two_versions(
    page: Pages, owner: User, session: Session, clock: Traveller, change: Callable[..., Page]
) -> None:
    hold(page, write(page))
    clock.shift(0.1)
    change(total="40")
    assert [version.total.amount for version in stored(session)[0].versions] == [40, 30]


def test_versions_that_no_cycle_runs_under_are_not_kept(
    page: Pages, owner: User, session: Session, clock: Traveller, change: Callable[..., Page]
) -> None:
    write(page)
    for total in ("31", "32"):
        clock.shift(60)
        change(total=total)
    assert [version.total.amount for version in stored(session)[0].versions] == [32]


def test_another_name_is_no_new_version(
    page: Pages, owner: User, session: Session, clock: Traveller, change: Callable[..., Page]
) -> None:
    hold(page, write(page))
    clock.shift(60)
    change(name="Another name", short_name="AN")
    (rules,) = stored(session)
    assert (rules.name, len(rules.versions)) == ("Another name", 1)
    assert "AN" in page.get("/credits").texts("main section h2")


def test_what_is_held_is_not_deleted(page: Pages, owner: User, session: Session) -> None:
    hold(page, write(page))
    (row,) = session.scalars(select(CustomCredential))
    address = f"/credits/credentials/custom/{row.id}/delete"
    assert "Delete the credential first." in page.get(address).text
    assert page.post(address).texts(".notice.bad") == ["FC is held, so its rules stay. Delete the credential first."]
    assert len(stored(session)) == 1


def test_what_is_not_held_is_deleted_after_a_question(page: Pages, owner: User, session: Session) -> None:
    write(page)
    (row,) = session.scalars(select(CustomCredential))
    address = f"/credits/credentials/custom/{row.id}/delete"
    assert page.get(address).h1 == "Delete the rules of FC?"
    assert len(stored(session)) == 1
    page.post(address)
    assert stored(session) == []
    page.post(address, status=404)


def test_a_strangers_rules_are_not_found(page: Pages, owner: User, session: Session) -> None:
    asked = write(page)
    (row,) = session.scalars(select(CustomCredential))
    page.sign_in(make.user(session, "stranger@example.org"))
    for name in ("edit", "delete"):
        page.get(f"/credits/credentials/custom/{row.id}/{name}", 404)
        page.post(f"/credits/credentials/custom/{row.id}/{name}", FORM, 404)
    page.get(asked.url, 404)
    page.post(asked.url, {"certified_on": "2025-05-20"}, 404)
    assert "FC Fellow of the Chapter" not in page.get("/credits/credentials/new").links


def test_days_of_common_cycles_may_lie_ahead_or_behind(page: Pages, owner: User) -> None:
    assert "1 January 2026 to 31 December 2027" in hold(page, write(page, kind="common", anchor="2030-01-01")).text
