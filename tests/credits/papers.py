"""Certificates as an upload keeps them, and what comes back on paper."""

import hashlib
from collections.abc import Callable
from datetime import date
from io import BytesIO

from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity, Certificate, HeldCredential
from quizapp.credits.storage import EvidenceStore
from tests import make
from tests.pages import Pages

START = date(2025, 5, 20)
Keep = Callable[..., Certificate]


def keeping(session: Session, store: EvidenceStore) -> Keep:
    """Keeps a certificate as an upload does, bytes and all; a PDF unless told otherwise."""

    def keep(
        activity: Activity, name: str, content: bytes | None = None, media_type: str = "application/pdf"
    ) -> Certificate:
        content = pdf() if content is None else content
        return make.certificate(
            session,
            activity,
            name=name,
            media_type=media_type,
            byte_count=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            storage_key=store.put(content),
        )

    return keep


def pdf(pages: int = 1) -> bytes:
    """A PDF of so many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def picture() -> bytes:
    """A small JPEG."""
    content = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(content, "JPEG")
    return content.getvalue()


def fetch(page: Pages, held: HeldCredential, what: str, status: int = 200, start: date = START) -> bytes:
    """The paper of a cycle, as a file that no browser keeps."""
    return fetch_file(page, f"/credits/credentials/{held.id}/cycles/{start.isoformat()}/{what}", status)


def fetch_file(page: Pages, address: str, status: int = 200) -> bytes:
    """A file that is to be stored and that no browser keeps."""
    answer = page.client.get(address)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    content: bytes = answer.data
    answer.close()
    return content


def bookmarks_of(content: bytes) -> list[str]:
    """The titles in the outline of a PDF."""
    return [str(entry.title) for entry in PdfReader(BytesIO(content)).outline if not isinstance(entry, list)]


def text_of(content: bytes) -> str:
    """What all its pages say."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)
