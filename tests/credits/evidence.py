"""Files sent to an activity, and what is kept of them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from quizapp.credits.models import Activity, Certificate
from quizapp.credits.storage import EvidenceStore
from tests.pages import Client, Page, Pages

MEGABYTE = 1_000_000


def address(activity: Activity) -> str:
    """Where an activity's files are sent to."""
    return f"/credits/activities/{activity.id}/certificates"


def send(page: Pages, to: Activity, sent: Sequence[tuple[str, bytes]], status: int = 200) -> Page:
    """Add files as the form does; its body is made here, since the client leaves the file of a large one open."""
    return page._seen(post_files(page.client, address(to), sent), status)


def post_files(client: Client, to: str, sent: Sequence[tuple[str, bytes]]) -> TestResponse:
    """Send files to any address."""
    parts = [("files", FileStorage(BytesIO(content), name)) for name, content in sent]
    boundary, body = encode_multipart(MultiDict(parts))
    content_type = f"multipart/form-data; boundary={boundary}"
    return client.post(to, data=body, content_type=content_type, follow_redirects=True)


def kept(session: Session) -> list[Certificate]:
    """The rows of all that is kept, by name."""
    return list(session.scalars(select(Certificate).order_by(Certificate.name)))


def files_in(store: EvidenceStore) -> list[Path]:
    """The files of the store."""
    return [path for path in store.root.rglob("*") if path.is_file()]
