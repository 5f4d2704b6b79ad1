"""Certificates as they arrive: what a file is by its first bytes, under which name it is kept, what is refused."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from quizapp.credits.sandbox import RefusedFileError, rewritten_by

LONGEST_NAME = 200
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
KNOWN_SUFFIXES = frozenset({".pdf", ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"})
PDF_FILES, PICTURE_FILES = "quizapp.credits.pdf_files", "quizapp.credits.picture_files"

HEIC = (
    "This is a HEIC or AVIF picture, which not every office can open. On an iPhone, choose Settings, Camera, Formats, "
    "Most Compatible and take it again as JPEG; or choose a screenshot of it."
)
OTHER_PICTURE = "This kind of picture is not kept. Save it as JPEG, PNG or PDF and choose that."
DOCUMENT = "This is an office document or an archive. Save what it shows as a PDF and choose that."
MARKUP = "This is a web page or a drawing that can run scripts. Print it to a PDF and choose that."
UNKNOWN = "Whatever its name says, this is no PDF, JPEG, PNG or WebP. Choose the certificate as one of these."
BEGINNINGS_REFUSED = {
    b"II*\0": OTHER_PICTURE,
    b"MM\0*": OTHER_PICTURE,
    b"GIF8": OTHER_PICTURE,
    b"BM": OTHER_PICTURE,
    b"PK": DOCUMENT,
    b"\xd0\xcf\x11\xe0": DOCUMENT,
    b"{\\rtf": DOCUMENT,
    b"<": MARKUP,
}


@dataclass(frozen=True)
class OpenedFile:
    """A file that was opened and written anew. What is kept is `content`, and `sha256` is its checksum."""

    name: str
    media_type: str
    page_count: int
    content: bytes

    @property
    def sha256(self) -> str:
        """The checksum of what is kept."""
        return hashlib.sha256(self.content).hexdigest()


def opened(name: str, content: bytes) -> OpenedFile:
    """A file that somebody chose, opened and written anew; it takes a second, and must not hold up a transaction.

    Only what was written anew is kept, and only its checksum: it is the original that the site vouches for, and
    the bytes that came are nowhere. The kind is told by the first bytes and by opening, never by the name.
    Raises RefusedFileError.
    """
    rewritten = rewritten_by(_opener_of(content), content)
    return OpenedFile(
        name=kept_name(name, rewritten.media_type),
        media_type=rewritten.media_type,
        page_count=rewritten.page_count,
        content=rewritten.content,
    )


def shown_name(name: str) -> str:
    """A file's name without folders, control characters and those that turn the direction of writing.

    With the latter, `fdp.exe` could be made to look like `exe.pdf`.
    """
    last_part = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    visible = "".join(" " if unicodedata.category(each).startswith("C") else each for each in last_part)
    return " ".join(visible.split()).strip(". ")[:LONGEST_NAME] or "certificate"


def kept_name(name: str, media_type: str) -> str:
    """The name under which a file is kept: at most 200 characters, with the ending of what it became."""
    words, suffix = shown_name(name), SUFFIXES[media_type]
    if PurePosixPath(words).suffix.lower() in KNOWN_SUFFIXES:
        words = words.rpartition(".")[0]
    return words[: LONGEST_NAME - len(suffix)].strip(". ") + suffix


def _opener_of(content: bytes) -> str:
    """The module that opens this kind of file."""
    if not content:
        raise RefusedFileError("This file is empty.")
    if content.startswith(b"%PDF-"):
        return PDF_FILES
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (content[:4], content[8:12]) == (
        b"RIFF",
        b"WEBP",
    ):
        return PICTURE_FILES
    if content[4:8] == b"ftyp":
        raise RefusedFileError(HEIC)
    readable = content[:100].lstrip(b"\xef\xbb\xbf \t\r\n")
    raise RefusedFileError(
        next((why for beginning, why in BEGINNINGS_REFUSED.items() if readable.startswith(beginning)), UNKNOWN)
    )
