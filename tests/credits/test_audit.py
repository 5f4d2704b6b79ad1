"""The transcript, the pack and the zip of a cycle."""

import hashlib
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits import evidence_queries
from quizapp.credits.audit import plain_name
from quizapp.credits.models import HeldCredential
from quizapp.credits.pack_files import PackedFile, pack_pdf
from tests import make
from tests.credits.held import hold
from tests.credits.papers import START, Keep, bookmarks_of, fetch, pdf, picture, text_of
from tests.pages import Pages


@pytest.fixture
def owner(session: Session, page: Pages) -> User:
    owner = make.user(session, display_name="Candidate 01")
    page.sign_in(owner)
    return owner


@pytest.fixture
def held(session: Session, owner: User) -> HeldCredential:
    held = make.held_credential(session, owner, certified_on=START)
    make.cycle_rules(session, held)
    return held


def test_the_transcript_is_tagged_and_searchable(
    page: Pages, owner: User, held: HeldCredential, session: Session
) -> None:
    make.activity(session, owner, "Denials & appeals: #1 *star* $x$", provider="A “society”", index_number="PA-17")
    content = fetch(page, held, "transcript.pdf")
    reader = PdfReader(BytesIO(content))
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"] == "en"
    assert "pdfuaid" in catalog["/Metadata"].get_data().decode()
    text = text_of(content)
    for words in ("Candidate 01", "Denials & appeals: #1 *star* $x$", "Index PA-17", "1 of 12 hours", "my.pahcom.com"):
        assert words in text
    assert "complian" not in text.lower()


def test_the_pack_has_every_certificate_behind_the_number_of_its_entry(
    page: Pages, owner: User, held: HeldCredential, session: Session, keep: Keep
) -> None:
    later = make.activity(session, owner, "Second", ended_on=date(2026, 2, 9), started_on=date(2026, 2, 9))
    first = make.activity(session, owner, "First", ended_on=date(2025, 9, 1), started_on=date(2025, 9, 1))
    keep(later, "b.pdf", pdf(2))
    keep(first, "a.jpg", picture(), "image/jpeg")
    pack = fetch(page, held, "pack.pdf")
    reader = PdfReader(BytesIO(pack))
    assert bookmarks_of(pack) == ["Transcript", "1. First: a.jpg", "2. Second: b.pdf"]
    places = [reader.get_destination_page_number(entry) for entry in reader.outline if not isinstance(entry, list)]
    assert places == [0, 1, 2]
    assert len(reader.pages) == 4
    assert tuple(map(float, reader.pages[1].mediabox[2:])) == pytest.approx((612, 792), abs=1)


def test_the_zip_holds_what_was_kept_with_its_checksums(
    page: Pages, owner: User, held: HeldCredential, session: Session, keep: Keep
) -> None:
    activity = make.activity(session, owner, "../../Etc/passwd €")
    content = pdf()
    keep(activity, "Ünïcode ../x.pdf", content)
    with zipfile.ZipFile(BytesIO(fetch(page, held, "pack.zip"))) as packed:
        assert packed.testzip() is None
        lines = packed.read("SHA256SUMS").decode().splitlines()
        files = {name: packed.read(name) for name in packed.namelist() if name != "SHA256SUMS"}
    assert [f"{hashlib.sha256(each).hexdigest()}  {name}" for name, each in files.items()] == lines
    (name,) = [each for each in files if each != "transcript.pdf"]
    assert name.startswith("01-etc-passwd/")
    assert name.endswith("-x.pdf")
    assert files[name] == content


def test_what_is_missing_is_listed(
    page: Pages, owner: User, held: HeldCredential, session: Session, keep: Keep, app: Flask
) -> None:
    kept = keep(make.activity(session, owner, "Lost file"), "gone.pdf")
    evidence_queries.store_of(app.config["QUIZAPP"]).delete(kept.storage_key)
    for title in ("Another without proof", "One without proof"):
        make.activity(session, owner, title)
    text = text_of(fetch(page, held, "pack.pdf"))
    assert "Certificate of No. 1, 3" in text
    assert "Lost file: gone.pdf was on record and is no longer kept" in text
    with zipfile.ZipFile(BytesIO(fetch(page, held, "pack.zip"))) as packed:
        assert set(packed.namelist()) == {"transcript.pdf", "SHA256SUMS"}


def test_what_counts_for_nothing_here_stays_off_the_papers(
    page: Pages, owner: User, session: Session, keep: Keep
) -> None:
    held = hold(session, owner, "cpc", "36-ceus", certified_on=START)
    keep(make.activity(session, owner, "Class of a college", tags=[]), "class.pdf")
    keep(make.activity(session, owner, "Auditing", tags=["aapc-approved"]), "auditing.pdf")
    pack = fetch(page, held, "pack.pdf")
    assert bookmarks_of(pack) == ["Transcript", "1. Auditing: auditing.pdf"]
    assert "Auditing" in text_of(pack)
    assert "college" not in text_of(pack)
    assert "has not approved" not in text_of(pack)
    assert "beyond a cap" not in text_of(pack)
    with zipfile.ZipFile(BytesIO(fetch(page, held, "pack.zip"))) as packed:
        assert [name.partition("/")[0] for name in packed.namelist()] == ["01-auditing", "transcript.pdf", "SHA256SUMS"]


def test_what_counts_in_part_is_on_paper_and_says_how_much(
    page: Pages, owner: User, session: Session, keep: Keep
) -> None:
    held = hold(session, owner, "cmpe", "50-hours", certified_on=date(2022, 1, 1))
    for month, title in enumerate(("Whole", "In part", "Too late"), start=1):
        day = date(2025, month, 1)
        about = {"tags": ["practice-management"], "minutes": 15 * 60}
        keep(make.activity(session, owner, title, started_on=day, ended_on=day, **about), "c.pdf")
    pack = fetch(page, held, "pack.pdf", start=date(2025, 1, 1))
    assert bookmarks_of(pack) == ["Transcript", "1. Whole: c.pdf", "2. In part: c.pdf"]
    assert "5 hours from other providers" in text_of(pack)
    assert "and 10 hours beyond a cap" in text_of(pack)
    assert "Rule:" not in text_of(pack)


def test_a_closed_cycle_goes_on_paper_by_its_record(page: Pages, owner: User, session: Session, keep: Keep) -> None:
    held = hold(session, owner, "cpc", "36-ceus", certified_on=date(2023, 5, 1))
    days = {"started_on": date(2024, 6, 1), "ended_on": date(2024, 6, 1)}
    auditing = make.activity(session, owner, "Auditing", tags=["aapc-approved"], **days)
    for activity in (make.activity(session, owner, "Class of a college", tags=[], **days), auditing):
        keep(activity, "c.pdf")
    ask = f"/credits/credentials/{held.id}/cycles/2023-05-01/close"
    page.post(ask, page.get(ask).values_of("main form"))
    auditing.tags = []
    session.flush()
    pack = fetch(page, held, "pack.pdf", start=date(2023, 5, 1))
    assert bookmarks_of(pack) == ["Transcript", "1. Auditing: c.pdf"]
    assert "Missing when the cycle ended" in text_of(pack)


def test_what_serves_an_occasion_is_on_paper_though_its_hours_are_beyond_a_cap(
    page: Pages, owner: User, session: Session
) -> None:
    held = hold(session, owner, "chbme", "60-hours", certified_on=START)
    make.activity(session, owner, "College", tags=[], minutes=24 * 60)
    days = {"started_on": date(2026, 3, 1), "ended_on": date(2026, 3, 1)}
    make.activity(session, owner, "Gathering", tags=["hbma-conference"], delivery="live", minutes=180, **days)
    text = text_of(fetch(page, held, "transcript.pdf"))
    assert "3 hours beyond a cap. Also: live HBMA conference" in text


def test_advice_to_the_holder_is_not_told_to_the_body(
    page: Pages, owner: User, held: HeldCredential, session: Session
) -> None:
    make.activity(session, owner, "Denials webinar", minutes=13 * 60, delivery="live")
    text = text_of(fetch(page, held, "transcript.pdf"))
    assert "13 of 12 hours" in text
    assert "Live or self- paced" in text
    assert "lost" not in text
    assert "count on losing" not in text


@pytest.mark.parametrize("what", ["transcript.pdf", "pack.pdf", "pack.zip"])
def test_nobody_else_gets_any_of_it(
    page: Pages, owner: User, held: HeldCredential, session: Session, what: str
) -> None:
    page.sign_in(make.user(session, "stranger@example.org"))
    fetch(page, held, what, 404)


@pytest.mark.parametrize("start", ["2025-05-21", "yesterday", "2025-13-99"])
def test_only_a_day_on_which_a_cycle_begins_names_one(page: Pages, held: HeldCredential, start: str) -> None:
    assert page.client.get(f"/credits/credentials/{held.id}/cycles/{start}/pack.pdf").status_code == 404


def test_an_empty_cycle_has_a_transcript_too(page: Pages, held: HeldCredential) -> None:
    assert "No activity is on record" in text_of(fetch(page, held, "transcript.pdf"))


@pytest.mark.parametrize(
    ("text", "name"), [("../../etc/passwd", "etc-passwd"), ("", "file"), ("***", "file"), ("Ärzte & Co.", "arzte-co")]
)
def test_names_of_files_are_plain_everywhere(text: str, name: str) -> None:
    assert plain_name(text) == name
    assert len(plain_name("x" * 500)) == 60


@pytest.mark.parametrize(
    "title",
    ["医疗管理课程 CMM", "Fête 🎉 of billing", "دورة إدارة", "สวัสดี", "a\ufffeb", "\U000e0041", "e\u0301 \u202e abc"],
)
def test_no_letter_keeps_a_transcript_from_being_made(
    page: Pages, owner: User, held: HeldCredential, session: Session, title: str
) -> None:
    make.activity(session, owner, title)
    make.activity(session, owner, "Denials webinar")
    content = fetch(page, held, "transcript.pdf")
    catalog: Any = PdfReader(BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "Denials webinar" in text_of(content)


def test_a_word_without_an_end_stays_in_its_column(
    page: Pages, owner: User, held: HeldCredential, session: Session
) -> None:
    make.activity(session, owner, "x" * 200, provider="y" * 200, index_number="z" * 200)
    (sheet,) = PdfReader(BytesIO(fetch(page, held, "transcript.pdf"))).pages
    lines = sheet.extract_text().replace("\u200b", "").splitlines()
    assert max(line.count("x") for line in lines[lines.index("Activities") :]) < 40


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7 no more", pdf()[:300]])
@pytest.mark.parametrize("media_type", ["application/pdf", "image/jpeg"])
def test_a_file_that_cannot_be_opened_leaves_its_place_in_the_pack(content: bytes, media_type: str) -> None:
    bad = PackedFile("1. First: bad", "01-first/bad", media_type, content)
    good = PackedFile("2. Second: good", "02-second/good", "image/jpeg", picture())
    reader = PdfReader(BytesIO(pack_pdf("A pack", pdf(), [bad, good])))
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["Transcript", "1. First: bad (only in the zip: it cannot be shown here)", "2. Second: good"]
    assert len(reader.pages) == 3


@pytest.mark.parametrize("size", [(1, 4000), (4000, 1), (4000, 4000)])
def test_a_picture_of_any_shape_becomes_one_page(size: tuple[int, int]) -> None:
    content = BytesIO()
    Image.new("L", size).save(content, "PNG")
    packed = pack_pdf("A pack", pdf(), [PackedFile("1. First: x", "x", "image/png", content.getvalue())])
    sheet = PdfReader(BytesIO(packed)).pages[1]
    assert tuple(map(float, sheet.mediabox[2:])) == pytest.approx((612, 792), abs=1)


def test_three_hundred_activities_are_set_with_their_numbers(
    page: Pages, owner: User, held: HeldCredential, session: Session
) -> None:
    for number in range(300):
        make.activity(session, owner, f"Course {number}")
    text = text_of(fetch(page, held, "transcript.pdf"))
    assert all(f"Course {number}" in text for number in range(300))


def test_files_of_the_same_name_stand_side_by_side_in_the_zip(
    page: Pages, owner: User, held: HeldCredential, session: Session, keep: Keep
) -> None:
    activity = make.activity(session, owner, "Course")
    contents = {pdf(number) for number in (1, 2, 3)}
    for content in contents:
        keep(activity, "certificate.pdf", content)
    with zipfile.ZipFile(BytesIO(fetch(page, held, "pack.zip"))) as packed:
        assert {packed.read(name) for name in packed.namelist() if name.startswith("01-course/")} == contents
