"""One zip of every certificate that somebody keeps, with a list: before they leave, or just to have it."""

import csv
import hashlib
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.models import Activity
from quizapp.credits.pack_files import zip_parts
from quizapp.credits.storage import EvidenceStore
from tests import make
from tests.conftest import CountStatements
from tests.credits.papers import Keep, fetch_file, pdf, picture
from tests.pages import Pages

ADDRESS = "/credits/certificates.zip"
MEGABYTE = 1_000_000


@pytest.fixture
def early(session: Session, owner: User) -> Activity:
    return make.activity(session, owner, "=Early", started_on=date(2024, 1, 2), ended_on=date(2024, 1, 3), tags=[])


def unpacked(page: Pages) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(fetch_file(page, ADDRESS))) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def list_in(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(files["certificates.csv"].decode("utf-8-sig"))))


def test_every_certificate_is_there_whatever_it_counts_for(
    page: Pages, activity: Activity, early: Activity, keep: Keep, tmp_path: Path
) -> None:
    keep(activity, "b.jpg", picture(), "image/jpeg")
    keep(activity, "a.pdf", pdf(2))
    keep(early, "a.pdf", pdf())
    files = unpacked(page)
    listed = list_in(files)
    assert [row["No."] for row in listed] == ["1", "2", "2"]
    assert [(row["Activity"], row["First day"], row["Last day"]) for row in listed[:1]] == [
        ("'=Early", "2024-01-02", "2024-01-03")
    ]
    assert {row["File"] for row in listed} == files.keys() - {"certificates.csv", "SHA256SUMS"}
    assert all(hashlib.sha256(files[row["File"]]).hexdigest() == row["SHA-256"] for row in listed)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)


def test_nobody_elses_are_there_nor_those_of_deleted_activities(
    page: Pages, session: Session, stranger: User, activity: Activity, early: Activity, keep: Keep
) -> None:
    keep(activity, "own.pdf", pdf(2))
    keep(make.activity(session, stranger), "other.pdf")
    keep(early, "deleted.pdf")
    early.deleted_at = make.NOW
    session.flush()
    assert [row["Activity"] for row in list_in(unpacked(page))] == ["Denials webinar"]


def test_a_lost_file_is_told_in_the_list(page: Pages, activity: Activity, keep: Keep, store: EvidenceStore) -> None:
    lost = keep(activity, "lost.pdf", pdf(2))
    keep(activity, "there.pdf")
    store.delete(lost.storage_key)
    files = unpacked(page)
    assert sorted(row["File"] == "no longer kept" for row in list_in(files)) == [False, True]
    assert len(files) == 3


def test_where_none_is_kept_the_page_says_so(page: Pages, activity: Activity) -> None:
    assert page.client.get(ADDRESS).location == "/credits/activities"
    assert "there is none to download" in page.get("/credits/activities").text


def test_the_pages_that_part_with_data_offer_it(page: Pages, activity: Activity) -> None:
    for address in ("/settings", "/settings/delete", "/credits/activities"):
        assert ADDRESS in page.get(address).links.values()


def test_one_statement_finds_them_all(
    page: Pages, session: Session, owner: User, keep: Keep, count_statements: CountStatements
) -> None:
    for number in range(3):
        keep(make.activity(session, owner, f"Course {number}"), "c.pdf")
    with count_statements() as statements:
        fetch_file(page, ADDRESS)
    assert ["certificate" in statement for statement in statements].count(True) == 1


def test_a_zip_is_sent_in_parts_of_one_file() -> None:
    read = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(30):
            read.append(number)
            yield f"{number}.pdf", number.to_bytes(1) * MEGABYTE

    tracemalloc.start()
    parts = zip_parts(files())
    next(parts)
    assert read == [0]
    size = sum(map(len, parts))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(read) == 30
    assert size
    assert most < 6 * MEGABYTE
