"""Certificates of activities: added, listed, fetched, counted, shown to nobody else."""

import errno
import hashlib
import os
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.accounts.models import User
from quizapp.accounts.queries import everything_of
from quizapp.config import Config
from quizapp.credits import evidence_actions
from quizapp.credits.certificates import OpenedFile
from quizapp.credits.evidence_actions import NoSuchActivityError, StoredFile, add_certificates
from quizapp.credits.evidence_queries import bytes_kept, certificates_of, open_certificate
from quizapp.credits.models import Activity
from quizapp.credits.sandbox import SlowFileError
from quizapp.credits.storage import EvidenceStore
from quizapp.db import Database, DatabaseBusyError, writing
from tests import make
from tests.conftest import CountStatements
from tests.credits import files
from tests.credits.evidence import MEGABYTE, address, files_in, kept, post_files, send
from tests.credits.held import hold
from tests.pages import Client, Pages

# Each file is flushed, and then the folder that it lies in.
AT_THE_SECOND_FILE = 3


def opened(name: str = "certificate.pdf", content: bytes = b"kept bytes") -> OpenedFile:
    return OpenedFile(name, "application/pdf", 1, content)


# --- Adding ---------------------------------------------------------------------------------------------------------


def test_what_a_certificate_leaves_missing_is_said(
    page: Pages, owner: User, activity: Activity, session: Session
) -> None:
    activity.tags = ["aapc-approved"]
    hold(session, owner, "cpc", "36-ceus", certified_on=date(2025, 5, 20))
    shown = send(page, activity, [("Denials.pdf", files.pdf(1))])
    assert shown.texts(".tag.note") == ["still missing: index number"]
    assert shown.links["Enter the index number"] == f"/credits/activities/{activity.id}/edit#index_number"


def test_several_files_are_kept_with_what_they_became(
    page: Pages, owner: User, activity: Activity, session: Session, config: Config
) -> None:
    shown = send(page, activity, [("Denials.PDF", files.pdf(2)), ("photo.webp", files.picture("WEBP"))])
    assert shown.texts(".notice.good") == ["Kept: Denials.pdf, photo.jpg."]
    assert shown.texts(".tag.good") == ["Ready: no proof is missing here"]
    assert shown.links["Back to the activity"] == f"/credits/activities/{activity.id}"
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


def test_a_disk_that_fills_up_keeps_nothing_of_an_upload_and_the_page_says_so(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush, flushed = os.fsync, list[int]()

    def fill_up(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) == AT_THE_SECOND_FILE:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr("os.fsync", fill_up)
    answer = send(page, activity, [("a.pdf", files.pdf()), ("b.pdf", files.pdf(pages=2))], 500)
    assert "cannot keep files at the moment, so nothing of this was stored" in answer.text
    assert kept(session) == []
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_store_that_is_away_is_said(page: Pages, activity: Activity, session: Session, store: EvidenceStore) -> None:
    store.root.parent.mkdir(parents=True, exist_ok=True)
    store.root.write_text("no folder")
    assert "cannot keep files at the moment" in send(page, activity, [("a.pdf", files.pdf())], 500).text
    assert kept(session) == []


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
