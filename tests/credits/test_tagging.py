"""What were these about?: credit tags of many activities at once, and the ways that lead there."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import Activity, HeldCredential
from tests import make
from tests.conftest import CountStatements
from tests.credits.held import hold
from tests.pages import Page, Pages

PAGE = "/credits/activities/tags"


@pytest.fixture
def shrm(session: Session, owner: User) -> HeldCredential:
    """SHRM-CP, which counts nothing but what is about HR or leadership."""
    return hold(session, owner, "shrm-cp", "from-2021", certified_on=date(2024, 5, 20), birth_month=5)


def ticks(page: Page) -> set[str]:
    """The boxes that are ticked: id and tag."""
    return {box.get("value", "") for box in page.all("[name=ticked]") if "checked" in box.attrib}


def shown(page: Page) -> list[str]:
    return [field.get("value", "") for field in page.all("[name=shown]")]


def save(page: Pages, seen: Page, ticked: set[str], status: int = 200, number: int = 1) -> Page:
    return page.post(PAGE, {"shown": shown(seen), "ticked": sorted(ticked), "page": str(number)}, status)


def tags_of(session: Session, activity: Activity) -> list[str]:
    return list(session.scalars(select(Activity.tags).where(Activity.id == activity.id)).one())


def test_a_credential_added_later_finds_the_activities_of_before(page: Pages, owner: User, session: Session) -> None:
    leading = make.activity(session, owner, "Leading small teams", tags=[], minutes=120)
    make.activity(session, owner, "Known already", tags=["human-resources"])
    make.activity(session, owner, "Before", tags=[], started_on=date(2024, 1, 2), ended_on=date(2024, 1, 2))
    values = {"certified_on": "2024-05-20", "birth_month": "5", "is_member": "yes", "version": "from-2021"}
    added = page.post("/credits/credentials/new/shrm-cp", values)
    assert "kinds that its rules ask for: 1 activity of its present cycle." in added.texts(".notice.note")[0]
    asked = page.get(added.links["Say what they were about"])
    assert "Leading small teams" in asked.text
    assert "Before" not in asked.text
    saved = save(page, asked, {*ticks(asked), f"{leading.id} human-resources"})
    assert saved.texts(".notice.good") == ["Saved: 1 activity. Counted now: SHRM-CP 3 of 60 hours (1 hour before)."]
    assert tags_of(session, leading) == ["human-resources"]


def test_a_credential_that_finds_everything_tagged_says_nothing(page: Pages, owner: User, session: Session) -> None:
    make.activity(session, owner, tags=["human-resources"])
    values = {"certified_on": "2024-05-20", "birth_month": "5", "is_member": "yes", "version": "from-2021"}
    added = page.post("/credits/credentials/new/shrm-cp", values)
    assert "Say what they were about" not in added.links


def test_the_columns_are_what_the_rules_of_one_credential_or_of_all_ask_for(
    page: Pages, owner: User, session: Session, shrm: HeldCredential
) -> None:
    hold(session, owner, "cpc", "36-ceus")
    make.activity(session, owner, tags=[])
    one, every = page.get(f"{PAGE}?credential={shrm.id}"), page.get(PAGE)
    assert "HR or leadership" in one.texts("thead th")
    assert "AAPC approved" not in one.texts("thead th")
    assert {"HR or leadership", "AAPC approved"} <= set(every.texts("thead th"))
    page.get(f"{PAGE}?credential={uuid4()}", 404)


def test_a_strangers_credential_is_not_found(page: Pages, owner: User, stranger: User, shrm: HeldCredential) -> None:
    page.sign_in(stranger)
    page.get(f"{PAGE}?credential={shrm.id}", 404)
    assert page.get(PAGE).texts(".empty h2") == ["No kind is asked for"]


def test_only_boxes_that_were_changed_are_applied(
    page: Pages, owner: User, session: Session, shrm: HeldCredential, clock: time_machine.Traveller
) -> None:
    activity = make.activity(session, owner, tags=["mgma", "writing"])
    first, second = page.get(PAGE), page.get(PAGE)
    clock.shift(60)
    save(page, first, {*ticks(first), f"{activity.id} human-resources"})
    save(page, second, ticks(second) - {f"{activity.id} writing"} | {f"{activity.id} presenting"})
    assert tags_of(session, activity) == ["mgma", "human-resources", "presenting"]


def test_an_edit_that_was_open_meanwhile_sees_the_change(
    page: Pages, owner: User, session: Session, shrm: HeldCredential, clock: time_machine.Traveller
) -> None:
    activity = make.activity(session, owner, tags=[])
    form = page.get(f"/credits/activities/{activity.id}/edit").values_of("#activity")
    clock.shift(60)
    asked = page.get(PAGE)
    save(page, asked, {f"{activity.id} human-resources"})
    conflict = page.post(f"/credits/activities/{activity.id}/edit", {**form, "title": "Another"}, 409)
    assert "What it was: HR or leadership" in conflict.texts(".notice.note li")


def test_saving_what_was_left_as_it_stood_writes_nothing(
    page: Pages, owner: User, session: Session, shrm: HeldCredential, count_statements: CountStatements
) -> None:
    make.activity(session, owner, tags=["human-resources"])
    asked = page.get(PAGE)
    with count_statements() as statements:
        assert save(page, asked, ticks(asked)).texts(".notice.note") == ["Nothing was changed."]
    assert statements.writes == []


def test_fifty_activities_are_saved_by_one_statement(
    page: Pages, owner: User, session: Session, shrm: HeldCredential, count_statements: CountStatements
) -> None:
    made = [make.activity(session, owner, f"Course {number}", tags=[]) for number in range(60)]
    asked = page.get(PAGE)
    assert len(shown(asked)) == 50
    assert "60 activities fall into present cycles. 60 are without any of these kinds." in asked.text
    rest = page.get(f"{PAGE}?page=2")
    assert len(shown(rest)) == 10
    with count_statements() as statements:
        page.client.post(
            PAGE, data={"shown": shown(asked), "ticked": [f"{line} human-resources" for line in shown(asked)]}
        )
    assert len(statements.writes) == 1, statements
    assert len(statements) <= 12, statements
    assert sum(tags_of(session, each) == ["human-resources"] for each in made) == 50


def test_saving_leads_to_the_page_that_was_asked_for(
    page: Pages, owner: User, session: Session, shrm: HeldCredential
) -> None:
    for number in range(51):
        make.activity(session, owner, f"Course {number}", tags=[])
    asked = page.get(PAGE)
    assert "Save and show older" in asked.texts("main button")
    assert "page 2 of 2" in save(page, asked, set(), number=2).text


def test_what_was_deleted_meanwhile_and_what_a_stranger_owns_stays(
    page: Pages, owner: User, stranger: User, session: Session, shrm: HeldCredential
) -> None:
    deleted = make.activity(session, owner, "Deleted", tags=[])
    strangers = make.activity(session, stranger, tags=[])
    asked = page.get(PAGE)
    page.post(f"/credits/activities/{deleted.id}/delete")
    save(page, asked, {f"{deleted.id} human-resources"})
    page.post(PAGE, {"shown": [str(strangers.id)], "ticked": [f"{strangers.id} human-resources"]})
    assert tags_of(session, deleted) == tags_of(session, strangers) == []


@pytest.mark.parametrize(
    ("shown", "ticked"),
    [
        (["x"], []),
        ([""], []),
        ([], ["00000000-0000-0000-0000-000000000000 human-resources"]),
        (["00000000-0000-0000-0000-000000000000"], ["00000000-0000-0000-0000-000000000000 no-such-tag"]),
        (["00000000-0000-0000-0000-000000000000"], ["00000000-0000-0000-0000-000000000000"]),
    ],
)
def test_boxes_that_the_page_does_not_have_are_refused(
    page: Pages, owner: User, shown: list[str], ticked: list[str]
) -> None:
    page.post(PAGE, {"shown": shown, "ticked": ticked}, 400)


def test_who_has_nothing_to_sort_is_told_so(page: Pages, owner: User, shrm: HeldCredential) -> None:
    assert page.get(PAGE).texts(".empty h2") == ["Nothing to sort"]
