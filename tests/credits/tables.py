"""A table sent as the form of an import sends it."""

from collections.abc import Sequence
from io import BytesIO

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from quizapp.credits.table_files import csv_of
from tests.pages import Page, Pages


def upload(page: Pages, rows: Sequence[Sequence[str]] | bytes, status: int = 200, name: str = "mine.csv") -> Page:
    """The preview of a table, given as its rows or as the bytes of its file."""
    content = rows if isinstance(rows, bytes) else csv_of(rows)
    return send(page, "/credits/import", content, status, name)


def send(page: Pages, address: str, content: bytes, status: int, name: str = "mine.csv") -> Page:
    """Send a file as the form does; its body is made here, since the client leaves the file of a large one open."""
    boundary, body = encode_multipart(MultiDict({"file": FileStorage(BytesIO(content), name)}))
    content_type = f"multipart/form-data; boundary={boundary}"
    return page._seen(page.client.post(address, data=body, content_type=content_type), status)
