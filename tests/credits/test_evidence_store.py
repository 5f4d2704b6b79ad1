"""Where certificates lie: deleted, swept when nobody refers to them, kept as bytes."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.accounts import actions as account_actions
from quizapp.accounts.models import User
from quizapp.config import Config
from quizapp.credits import storage
from quizapp.credits.evidence_actions import remove_unreferenced
from quizapp.credits.models import Activity
from quizapp.credits.storage import EvidenceStore, LostFileError
from tests import make
from tests.credits import files
from tests.credits.evidence import MEGABYTE, address, files_in, kept, send
from tests.pages import Pages

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


def test_the_end_of_an_account_is_the_end_of_its_files_though_nobody_else_has_any(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    send(page, activity, [("a.pdf", files.pdf()), ("b.jpg", files.picture())])
    page.post("/settings/delete", {"password": make.PASSWORD})
    assert kept(session) == []
    assert files_in(store) == []


def test_a_file_that_the_store_has_lost_is_mended_by_sending_it_again(
    page: Pages, activity: Activity, session: Session, store: EvidenceStore
) -> None:
    send(page, activity, [("a.pdf", files.pdf())])
    (certificate,) = kept(session)
    store.delete(certificate.storage_key)
    assert page.client.get(f"/credits/certificates/{certificate.id}").status_code == 410
    assert "is here already" in send(page, activity, [("a.pdf", files.pdf())]).texts(".notice.note")[0]
    assert page.client.get(f"/credits/certificates/{certificate.id}").status_code == 200
    assert len(kept(session)) == len(files_in(store)) == 1


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
