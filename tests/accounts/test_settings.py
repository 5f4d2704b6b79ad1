"""What people set, see and delete about themselves."""

import json
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, passwords, queries
from quizapp.accounts.models import User, UserSession
from quizapp.mail.models import OutboxMail
from quizapp.models import Base
from tests import make
from tests.pages import Client, Pages

FORM = {"display_name": "Robin", "time_zone": "America/Denver", "exam_date": "2026-05-01", "target_percent": "80"}
NEW = "nine tin herons dancing"


def owner_with_everything(session: Session) -> User:
    """An owner who has a row in every table of a person's data."""
    owner = make.user(session)
    drawn = make.items(session, 1)
    attempt = make.attempt(session, owner, drawn, finished_at=make.NOW, correct_count=1)
    make.event(session, attempt)
    make.response(session, attempt, drawn[0].id)
    make.mark(session, attempt, drawn[0])
    held = make.held_credential(session, owner)
    make.cycle_rules(session, held)
    make.retest(session, held)
    make.closed_cycle(session, held)
    make.custom_credential(session, owner)
    make.certificate(session, make.activity(session, owner))
    make.outbox_mail(session, owner, body="a link that nobody else may have")
    make.notice(session, owner)
    make.calendar_feed(session, owner)
    actions.open_session(session, owner, browser="", days=30, now=make.NOW)
    actions.send_reset_link(session, owner, address_of_page=str, now=make.NOW)
    return owner


def counts_of(session: Session, user_id: UUID) -> dict[str, int]:
    return {
        table.name: len(session.execute(select(table).where(table.columns["user_id"] == user_id)).all())
        for table in Base.metadata.sorted_tables
        if "user_id" in table.columns
    }


def test_a_name_arrives_without_control_characters_which_no_database_keeps_alike(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    page.post("/settings", {**FORM, "display_name": "Ro\x00b\x1bin"})
    session.refresh(owner)
    assert owner.display_name == "Robin"


def test_settings_are_kept(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    seen = page.post("/settings", FORM)
    assert seen.texts(".notice.good") == ["Saved."]
    assert seen.values_of("section form.card").items() >= FORM.items()
    assert (owner.display_name, owner.time_zone, owner.exam_date, owner.target_percent) == (
        "Robin",
        "America/Denver",
        date(2026, 5, 1),
        80,
    )


def test_the_exam_date_can_be_cleared(page: Pages, session: Session) -> None:
    owner = make.user(session, exam_date=date(2026, 5, 1))
    page.sign_in(owner)
    page.post("/settings", FORM | {"exam_date": ""})
    assert owner.exam_date is None


def test_reminders_by_mail_are_wanted_until_somebody_says_no(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    assert page.get("/settings").values_of("section form.card")["wants_reminders"] == "y"
    page.post("/settings", FORM)
    assert not owner.wants_reminders
    page.post("/settings", {**FORM, "wants_reminders": "y"})
    assert owner.wants_reminders


@pytest.mark.parametrize(
    "change",
    [
        {"target_percent": "49"},
        {"target_percent": "101"},
        {"target_percent": ""},
        {"exam_date": "2026-03-09"},
        {"exam_date": "soon"},
        {"time_zone": "Mars/Olympus"},
        {"display_name": "x" * 101},
    ],
)
def test_what_cannot_be_is_refused(page: Pages, session: Session, change: dict[str, str]) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    assert page.post("/settings", FORM | change, 422).texts(".error")
    assert (owner.target_percent, owner.exam_date) == (70, None)


def test_today_is_the_day_in_the_zone_that_is_chosen(page: Pages, session: Session) -> None:
    # It is 15:30 UTC: in Auckland the next day has begun.
    page.sign_in(make.user(session))
    page.post("/settings", FORM | {"exam_date": "2026-03-10", "time_zone": "Pacific/Auckland"}, 422)
    page.post("/settings", FORM | {"exam_date": "2026-03-10", "time_zone": "America/New_York"})


def test_an_exam_date_that_has_passed_does_not_stand_in_the_way(page: Pages, session: Session) -> None:
    owner = make.user(session, exam_date=date(2026, 1, 5))
    page.sign_in(owner)
    page.post("/settings", FORM | {"exam_date": "2026-01-05"})
    assert owner.display_name == "Robin"


def test_the_target_is_said_to_be_ours(page: Pages, session: Session) -> None:
    page.sign_in(make.user(session))
    assert "our target, not PAHCOM's" in page.get("/settings").text


def test_a_guest_is_asked_to_sign_in(client: Client, session: Session) -> None:
    client.sign_in(make.guest(session))
    assert client.get("/settings").location == "/sign-in?next=/settings"


# --- Password -------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(page: Pages, session: Session) -> None:
    owner = make.user(session)
    actions.open_session(session, owner, browser="", days=30, now=make.NOW)
    page.sign_in(owner)
    seen = page.post("/settings/password", {"current": make.PASSWORD, "password": NEW})
    assert seen.h1 == "Settings"
    assert passwords.is_right(owner.password_hash, NEW)
    assert len(queries.sessions_of(session, owner.id, make.NOW)) == 1
    assert [mail.subject for mail in session.scalars(select(OutboxMail))] == ["Your password was changed"]


def test_the_old_password_is_asked_for(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    assert "The password is wrong." in page.post("/settings/password", {"current": "wrong", "password": NEW}, 422).text
    assert page.post("/settings/password", {"current": make.PASSWORD, "password": "password12"}, 422).texts(".error")
    assert passwords.is_right(owner.password_hash, make.PASSWORD)


def test_a_stolen_session_cannot_try_passwords_for_ever(client: Client, session: Session) -> None:
    client.sign_in(make.user(session))
    for _ in range(5):
        client.post("/settings/password", data={"current": "wrong", "password": NEW})
        client.post("/settings/delete", data={"password": "wrong"})
    assert client.post("/settings/password", data={"current": make.PASSWORD, "password": NEW}).status_code == 429
    assert client.post("/settings/delete", data={"password": make.PASSWORD}).status_code == 429


# --- Sessions -------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_one_can_be_ended(
    page: Pages, new_client: Callable[[], Client], session: Session
) -> None:
    owner = make.user(session)
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    other = new_client()
    other.post("/sign-in", data={"email": owner.email, "password": make.PASSWORD}, headers={"User-Agent": windows})
    page.sign_in(owner)
    seen = page.get("/settings/sessions")
    assert sorted(seen.texts("main h2")) == ["A browser this one", "Firefox on Windows"]
    values = seen.values_of("main .card form")
    assert page.post("/settings/sessions/end", values).texts("main h2") == ["A browser this one"]
    assert other.get("/settings").status_code == 302


def test_all_other_sessions_can_be_ended(page: Pages, session: Session) -> None:
    owner = make.user(session)
    for _ in range(3):
        actions.open_session(session, owner, browser="", days=30, now=make.NOW)
    page.sign_in(owner)
    assert len(page.post("/settings/sessions/end-others").texts("main h2")) == 1


def test_nobody_ends_a_strangers_session(page: Pages, session: Session) -> None:
    stranger = make.user(session, "stranger@example.org")
    actions.open_session(session, stranger, browser="", days=30, now=make.NOW)
    theirs = session.scalars(select(UserSession)).one().secret_hash.hex()
    page.sign_in(make.user(session))
    page.post("/settings/sessions/end", {"session": theirs})
    page.post("/settings/sessions/end-others")
    assert len(queries.sessions_of(session, stranger.id, make.NOW)) == 1
    page.post("/settings/sessions/end", {"session": "nonsense"}, 404)


# --- Export and deletion --------------------------------------------------------------------------------------------


def test_the_export_has_every_table_of_mine_and_no_row_of_anybody_else(client: Client, session: Session) -> None:
    owner = owner_with_everything(session)
    stranger = make.user(session, "stranger@example.org")
    make.activity(session, stranger, "Somebody else's webinar")
    client.sign_in(owner)
    answer = client.get("/settings/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="quizapp-2026-03-10.json"'
    tables = json.loads(answer.text)["tables"]
    assert tables["user"][0]["email"] == "owner@example.org"
    empty = {name for name, rows in tables.items() if not rows}
    assert empty == set()
    assert set(tables) - {"user"} == set(counts_of(session, owner.id))
    assert "Somebody else's webinar" not in answer.text
    assert str(stranger.id) not in answer.text


def test_the_export_has_no_hash_and_no_mailed_link(client: Client, session: Session) -> None:
    owner = owner_with_everything(session)
    client.sign_in(owner)
    text = client.get("/settings/export").text
    assert "argon2" not in text
    assert "a link that nobody else may have" not in text
    columns = {name for rows in json.loads(text)["tables"].values() for row in rows for name in row}
    assert not {name for name in columns if "hash" in name or "secret" in name or "password" in name}


def test_the_export_names_no_item_that_a_running_mock_holds(client: Client, session: Session) -> None:
    owner = make.user(session)
    running, over = make.items(session, 1, prefix="running"), make.items(session, 1, prefix="over")
    attempt = make.attempt(session, owner, running)
    make.response(session, attempt, running[0].id)
    make.attempt(session, owner, over, finished_at=make.NOW, correct_count=0)
    client.sign_in(owner)
    text = client.get("/settings/export").text
    rows = json.loads(text)["tables"]
    assert "running-1" not in text
    assert [row.get("item_id") for row in rows["response"]] == [None]
    assert sorted(
        (row.get("item_id"), row.get("option_order")) for row in rows["attempt_item"] if "item_id" in row
    ) == [("over-1", "0123")]
    assert len(rows["attempt_item"]) == 2


def test_no_binary_column_of_a_person_is_exported() -> None:
    columns = [c for table in Base.metadata.sorted_tables if "user_id" in table.columns for c in table.columns]
    assert not any(c.info.get("export", True) for c in columns if isinstance(c.type, LargeBinary))


def test_deletion_leaves_no_row_in_any_table(page: Pages, client: Client, session: Session) -> None:
    owner, stranger = owner_with_everything(session), make.user(session, "stranger@example.org")
    make.activity(session, stranger)
    owner_id = owner.id
    assert min(counts_of(session, owner_id).values()) > 0
    client.sign_in(owner)
    client.visitor = None  # The row is about to go, and the client would look at it.
    seen = page.post("/settings/delete", {"password": make.PASSWORD})
    assert seen.texts(".notice.good") == ["Your account and everything in it have been deleted."]
    assert set(counts_of(session, owner_id).values()) == {0}
    assert session.scalars(select(User.email)).all() == ["stranger@example.org"]
    assert counts_of(session, stranger.id)["activity"] == 1
    assert client.get("/settings").status_code == 302


def test_deletion_asks_for_the_password(page: Pages, session: Session) -> None:
    owner = make.user(session)
    page.sign_in(owner)
    page.post("/settings/delete", {"password": "wrong"}, 422)
    page.post("/settings/delete", {}, 422)
    assert queries.user_by_id(session, owner.id) is owner
