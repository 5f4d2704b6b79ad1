"""Certificates of activities: added, listed, fetched, deleted, counted, and swept when nobody refers to them."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from quizapp import db
from quizapp.accounts import actions as account_actions
from quizapp.accounts.models import User
from quizapp.accounts.queries import everything_of
from quizapp.config import Config
from quizapp.credits import evidence_actions, storage
from quizapp.credits.certificates import OpenedFile
from quizapp.credits.evidence_actions import NoSuchActivityError, StoredFile, add_certificates, remove_unreferenced
from quizapp.credits.evidence_queries import bytes_kept, certificates_of, open_certificate, store_of
from quizapp.credits.models import Activity, Certificate
from quizapp.credits.sandbox import SlowFileError
from quizapp.credits.storage import EvidenceStore, LostFileError
from quizapp.db import Database, DatabaseBusyError, writing
from tests import make
from tests.conftest import CountStatements
from tests.credits import files
from tests.pages import Client, Page, Pages

MEGABYTE = 1_000_000


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    owner = make.user(session)
    page.sign_in(owner)
    return owner


@pytest.fixture
def activity(session: Session, owner: User) -> Activity:
    return make.activity(session, owner)


@pytest.fixture
def store(config: Config) -> EvidenceStore:
    return store_of(config)


def address(activity: Activity) -> str:
    return f"/credits/activities/{activity.id}/certificates"


def send(page: Pages, to: Activity, sent: Sequence[tuple[str, bytes]], status: int = 200) -> Page:
    """Add files as the form does; its body is made here, since the client leaves the file of a large one open."""
    return page._seen(post_files(page.client, address(to), sent), status)


def post_files(client: Client, to: str, sent: Sequence[tuple[str, bytes]]) -> TestResponse:
    parts = [("files", FileStorage(BytesIO(content), name)) for name, content in sent]
    boundary, body = encode_multipart(MultiDict(parts))
    content_type = f"multipart/form-data; boundary={boundary}"
    return client.post(to, data=body, content_type=content_type, follow_redirects=True)


def kept(session: Session) -> list[Certificate]:
    return list(session.scalars(select(Certificate).order_by(Certificate.name)))


def files_in(store: EvidenceStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def opened(name: str = "certificate.pdf", content: bytes = b"kept bytes") -> OpenedFile:
    return OpenedFile(name, "application/pdf", 1, content)


# --- Adding ---------------------------------------------------------------------------------------------------------


def test_several_files_are_kept_with_what_they_became(
    page: Pages, owner: User, activity: Activity, session: Session, config: Config
) -> None:
    shown = send(page, activity, [("Denials.PDF", files.pdf(2)), ("photo.webp", files.picture("WEBP"))])
    assert shown.texts(".notice.good") == ["Kept: Denials.pdf, photo.jpg."]
    first, second = kept(session)
    assert (first.name, first.media_type, first.page_count) == ("Denials.pdf", "application/pdf", 2)
    assert (second.name, second.media_type, second.page_count) == ("photo.jpg", "image/jpeg", 1)
    for certificate in (first, second):
        content = open_certificate(config, certificate)
        assert certificate.byte_count == len(content)
        assert certificate.sha256 == hashlib.sha256(content).hexdigest()
        assert certificate.created_at == make.NOW
        assert str(owner.id) not in certificate.storage_key
    assert [text.split(",")[0] for text in shown.texts(".certificates .soft")] == ["PDF of 2 pages", "JPEG picture"]


def test_a_picture_of_the_camera_is_one_more_file(page: Pages, activity: Activity, session: Session) -> None:
    data = {"files": (BytesIO(files.pdf()), "a.pdf"), "picture": (BytesIO(files.picture()), "image.jpg")}
    page.post(address(activity), data)
    assert [certificate.name for certificate in kept(session)] == ["a.pdf", "image.jpg"]


def test_of_good_and_bad_files_the_good_ones_are_kept(page: Pages, activity: Activity, session: Session) -> None:
    sent = [("good.pdf", files.pdf()), ("bad<b>.svg", b"<svg><script>run()</script></svg>"), ("", b"")]
    shown = send(page, activity, sent, 422)
    assert [certificate.name for certificate in kept(session)] == ["good.pdf"]
    assert shown.texts(".notice.good") == ["Kept: good.pdf."]
    (why,) = shown.texts("#refused li")
    assert why.startswith("bad<b>.svg: This is a web page or a drawing that can run scripts.")


def test_nothing_chosen_is_said(page: Pages, activity: Activity) -> None:
    assert page.post(address(activity), status=422).texts("#refused li") == ["Choose at least one file."]
    too_many = [(f"{n}.pdf", b"x") for n in range(11)]
    assert send(page, activity, too_many, 422).texts("#refused li") == ["Choose at most 10 files at a time."]


def test_the_same_file_is_kept_once_for_an_activity_and_again_for_another(
    page: Pages, owner: User, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    shown = send(page, activity, [("first.pdf", files.pdf()), ("second.pdf", files.pdf())])
    assert shown.texts(".notice.note") == ["second.pdf is here already, as first.pdf. It was not kept twice."]
    shown = send(page, activity, [("first.pdf", files.pdf())])
    assert shown.texts(".notice.note") == ["first.pdf is here already. It was not kept twice."]
    assert len(kept(session)) == len(files_in(store)) == 1
    send(page, make.activity(session, owner, "Another"), [("first.pdf", files.pdf())])
    assert len(kept(session)) == len(files_in(store)) == 2


def test_a_name_is_kept_without_its_path_and_shown_as_text(page: Pages, activity: Activity, session: Session) -> None:
    shown = send(page, activity, [("../../etc/<b>bold&amp;\u202efdp.pdf", files.pdf())])
    (certificate,) = kept(session)
    assert certificate.name == "<b>bold&amp; fdp.pdf"
    assert shown.texts(".certificates bdi") == ["<b>bold&amp; fdp.pdf"]
    assert "<b>bold&amp; fdp.pdf" in page.get(f"/credits/certificates/{certificate.id}/delete").text


def test_a_file_above_the_limit_is_refused(page: Pages, activity: Activity, session: Session) -> None:
    shown = send(page, activity, [("large.pdf", files.pdf() + bytes(10 * MEGABYTE)), ("small.pdf", files.pdf())], 422)
    assert shown.texts("#refused li") == ["large.pdf: This file has more than 10 MB. Make it smaller."]
    assert [certificate.name for certificate in kept(session)] == ["small.pdf"]


def test_fifty_megabytes_are_refused_with_a_page_that_says_what_would_fit(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    shown = send(page, activity, [("large.pdf", b"%PDF-1.7" + bytes(50 * MEGABYTE))], 413)
    assert shown.h1 == "That is too large"
    assert "Send at most 30 MB at a time, and 10 MB a file." in shown.text
    assert kept(session) == []
    assert files_in(store) == []


def test_what_is_refused_unread_is_swallowed_since_a_browser_would_not_hear_otherwise(
    client: Client, activity: Activity
) -> None:
    body = BytesIO(bytes(50 * MEGABYTE))
    response = client.post(
        address(activity),
        input_stream=body,
        content_length=50 * MEGABYTE,
        content_type="multipart/form-data; boundary=x",
    )
    assert response.status_code == 413
    assert body.tell() == 50 * MEGABYTE


def test_other_forms_and_people_who_are_not_signed_in_may_send_no_more_than_before(
    app: Flask, client: Client, activity: Activity
) -> None:
    sent = [("large.pdf", bytes(2 * MEGABYTE))]
    app.config["WTF_CSRF_ENABLED"] = True  # The token is looked for in the body, before anything else is.
    assert post_files(client, "/settings", sent).status_code == 413
    assert post_files(client, address(activity), sent).status_code == 400
    client.sign_out()
    assert post_files(client, address(activity), sent).status_code == 413


def test_after_a_file_that_took_too_long_the_others_are_not_looked_at(
    page: Pages, activity: Activity, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_too_long(_module: str, _content: bytes) -> None:
        raise SlowFileError("This took too long.")

    monkeypatch.setattr("quizapp.credits.certificates.rewritten_by", take_too_long)
    first, second = send(page, activity, [("a.pdf", files.pdf()), ("b.pdf", files.pdf())], 422).texts("#refused li")
    assert first == "a.pdf: This took too long."
    assert second.startswith("b.pdf: It was not looked at")


def test_a_write_that_fails_leaves_no_file_behind(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        assert len(files_in(store)) == 1
        raise DatabaseBusyError

    monkeypatch.setattr(evidence_actions, "add_certificates", fail)
    send(page, activity, [("a.pdf", files.pdf())], 503)
    assert kept(session) == []
    assert files_in(store) == []


# --- Room -----------------------------------------------------------------------------------------------------------


def test_an_activity_has_at_most_ten(page: Pages, activity: Activity, session: Session, store: EvidenceStore) -> None:
    for number in range(9):
        make.certificate(session, activity, f"{number}.pdf", sha256=f"{number}" * 64)
    shown = send(page, activity, [("tenth.pdf", files.pdf()), ("eleventh.pdf", files.pdf(2))], 422)
    assert shown.texts("#refused li") == ["eleventh.pdf: An activity has at most 10 certificates."]
    assert len(kept(session)) == 10
    assert len(files_in(store)) == 1
    assert shown.all("#upload") == []


def test_a_person_has_a_quota_that_others_do_not_use_up(session: Session, owner: User, activity: Activity) -> None:
    make.certificate(session, make.activity(session, make.user(session, "neighbour@example.org")), byte_count=10**9)
    make.certificate(session, make.activity(session, owner), byte_count=85)
    sent = [StoredFile(opened(content=bytes([n]) * 10), f"key-{n}") for n in range(2)]
    outcome = add_certificates(session, owner.id, activity.id, sent, 100, make.NOW)
    assert outcome.added == sent[:1]
    assert outcome.refused == [
        ("certificate.pdf", "There is no room left for your certificates. Delete some old ones.")
    ]
    assert bytes_kept(session, owner.id) == 95


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits five seconds for a lock in a test."""
    monkeypatch.setattr(db, "BUSY_MS", 10)


def test_two_uploads_at_the_same_time_do_not_both_see_the_same_room(impatient: None, own_database: Database) -> None:
    def upload(session: Session, key: str) -> None:
        add_certificates(session, person.id, done.id, [StoredFile(opened(), key)], MEGABYTE, make.NOW)

    with own_database.session() as session, own_database.session() as another:
        person = make.user(session)
        done = make.activity(session, person)
        session.commit()
        with writing(session):
            upload(session, "first")
            with pytest.raises(DatabaseBusyError), writing(another):
                upload(another, "second")
        assert [certificate.storage_key for certificate in kept(another)] == ["first"]


# --- Whose they are -------------------------------------------------------------------------------------------------


def test_the_owner_fetches_what_was_kept_and_nothing_runs_it(
    page: Pages, client: Client, activity: Activity, session: Session, config: Config
) -> None:
    send(page, activity, [("Zertifikat Müller.pdf", files.pdf())])
    (certificate,) = kept(session)
    response = client.get(f"/credits/certificates/{certificate.id}")
    assert response.data == open_certificate(config, certificate)
    assert response.mimetype == "application/pdf"
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert headers["Content-Disposition"].endswith("filename*=UTF-8''Zertifikat%20M%C3%BCller.pdf")
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert "ETag" not in headers


def test_nobody_else_gets_it_and_neither_does_the_owner_of_a_deleted_activity(
    page: Pages, client: Client, activity: Activity, session: Session
) -> None:
    send(page, activity, [("a.pdf", files.pdf())])
    (certificate,) = kept(session)
    places = [f"/credits/certificates/{certificate.id}", f"/credits/certificates/{certificate.id}/delete"]
    activity.deleted_at = make.NOW
    for place in [*places, address(activity), f"/credits/certificates/{uuid4()}"]:
        page.get(place, 404)
    send(page, activity, [("b.pdf", files.pdf())], 404)
    activity.deleted_at = None
    client.sign_in(make.user(session, "stranger@example.org"))
    for place in places:
        page.get(place, 404)
    client.sign_out()
    for place in places:
        assert "/sign-in" in client.get(place).headers["Location"]


def test_an_activity_that_is_deleted_meanwhile_takes_no_file(session: Session, owner: User) -> None:
    gone = make.activity(session, owner, deleted_at=make.NOW)
    with pytest.raises(NoSuchActivityError):
        add_certificates(session, owner.id, gone.id, [StoredFile(opened(), "key")], MEGABYTE, make.NOW)


@pytest.mark.parametrize("harm", ["changed", "removed"])
def test_a_file_that_is_no_longer_what_was_kept_is_not_served(
    harm: str, page: Pages, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    send(page, activity, [("a.pdf", files.pdf())])
    (path,) = files_in(store)
    if harm == "changed":
        path.write_bytes(b"%PDF-1.7 something else")
    else:
        path.unlink()
    assert "not in the store as it was kept" in page.get(f"/credits/certificates/{kept(session)[0].id}", 410).text


def test_the_certificates_of_many_activities_come_in_one_statement(
    session: Session, owner: User, count_statements: CountStatements
) -> None:
    first, second, bare = (make.activity(session, owner, title) for title in ("First", "Second", "Bare"))
    theirs = make.certificate(session, make.activity(session, make.user(session, "neighbour@example.org")))
    later = make.certificate(session, first, created_at=make.NOW + timedelta(minutes=1))
    earlier, other = make.certificate(session, first), make.certificate(session, second)
    with count_statements() as statements:
        found = certificates_of(session, owner.id, [first.id, second.id, bare.id, theirs.activity_id])
    assert found == {first.id: [earlier, later], second.id: [other], bare.id: [], theirs.activity_id: []}
    assert len(statements) == 1, statements


def test_the_export_lists_the_rows_without_the_place_of_the_files(
    page: Pages, owner: User, activity: Activity, session: Session
) -> None:
    send(page, activity, [("a.pdf", files.pdf())])
    (row,) = everything_of(session, owner.id)["certificate"]
    assert (row["name"], row["page_count"], len(row["sha256"])) == ("a.pdf", 1, 64)
    assert "storage_key" not in row


# --- Deleting and sweeping ------------------------------------------------------------------------------------------


def test_deleting_asks_and_then_removes_row_and_file(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    send(page, activity, [("a.pdf", files.pdf()), ("b.jpg", files.picture())])
    certificate, other = kept(session)
    place = f"/credits/certificates/{certificate.id}/delete"
    assert page.get(place).h1 == "Delete this certificate?"
    assert len(kept(session)) == 2
    assert page.post(place).texts(".notice.good") == ["Deleted: a.pdf."]
    assert kept(session) == [other]
    assert [path.name for path in files_in(store)] == [other.storage_key]
    page.post(place, status=404)


def aged(store: EvidenceStore, key: str, age: timedelta) -> Path:
    (path,) = store.root.rglob(key)
    moment = (make.NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def sweep_everything(session: Session, store: EvidenceStore) -> int:
    """A sweep at every minute of some hours."""
    minutes = (make.NOW + timedelta(minutes=minute) for minute in range(storage.FOLDERS))
    return sum(remove_unreferenced(session, store, minute) for minute in minutes)


def test_the_sweep_removes_old_files_without_a_row_and_no_others(
    session: Session, activity: Activity, store: EvidenceStore
) -> None:
    referenced, left, fresh = (store.put(b"x") for _ in range(3))
    make.certificate(session, activity, storage_key=referenced)
    stays = [aged(store, referenced, timedelta(days=9)), aged(store, fresh, timedelta(hours=19))]
    goes = aged(store, left, timedelta(days=2))
    draft = goes.with_name("0" * 32 + ".draft")
    draft.write_bytes(b"half")
    aged(store, draft.name, timedelta(days=2))
    assert sweep_everything(session, store) == 2
    assert sorted(files_in(store)) == sorted(stays)
    assert sweep_everything(session, store) == 0


def test_a_sweep_once_an_hour_comes_to_every_folder_too(
    session: Session, activity: Activity, store: EvidenceStore
) -> None:
    make.certificate(session, activity)
    for _ in range(20):
        aged(store, store.put(b"x"), timedelta(days=2))
    swept = [remove_unreferenced(session, store, make.NOW + timedelta(hours=n)) for n in range(storage.FOLDERS)]
    assert sum(swept) == 20
    assert max(swept) < 20


def test_the_files_of_somebody_who_left_are_swept(
    page: Pages, owner: User, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    send(page, activity, [("a.pdf", files.pdf())])
    aged(store, kept(session)[0].storage_key, timedelta(days=2))
    assert sweep_everything(session, store) == 0
    make.certificate(session, make.activity(session, make.user(session, "neighbour@example.org")))
    account_actions.delete_user(session, owner.id)
    assert sweep_everything(session, store) == 1


def test_a_database_without_certificates_is_taken_for_the_wrong_one(session: Session, store: EvidenceStore) -> None:
    path = aged(store, store.put(b"x"), timedelta(days=2))
    assert sweep_everything(session, store) == 0
    assert path.exists()


# --- The store ------------------------------------------------------------------------------------------------------


def test_the_store_keeps_bytes_for_the_site_alone(store: EvidenceStore) -> None:
    key = store.put(b"some bytes")
    assert store.open(key) == b"some bytes"
    (path,) = files_in(store)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    store.delete(key)
    store.delete(key)
    assert files_in(store) == []
    with pytest.raises(LostFileError):
        store.open(key)


@pytest.mark.parametrize("key", ["../../secret_key", "", "0" * 31, "/etc/passwd", "0" * 32 + "\n"])
def test_what_is_no_key_leads_nowhere(store: EvidenceStore, key: str) -> None:
    with pytest.raises(LostFileError):
        store.open(key)


def test_the_folder_and_the_limits_are_settings(app: Flask, config: Config, page: Pages, activity: Activity) -> None:
    assert config.evidence_dir == config.var_dir / "evidence"
    assert "at most 10 MB each" in page.get(address(activity)).text
    values: Mapping[str, str] = page.get(address(activity)).one("#upload").attrib
    assert values["data-most-bytes"] == str(10 * MEGABYTE)
