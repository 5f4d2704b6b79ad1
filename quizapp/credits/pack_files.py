"""An audit pack as files: one PDF with every certificate behind a bookmark, and zips of what was kept."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, cast

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

LETTER_POINTS = (612.0, 792.0)
MARGIN_POINTS = 36.0


@dataclass(frozen=True)
class PackedFile:
    """A certificate in a pack: the bookmark that leads to it, its path in the zip, and its bytes."""

    bookmark: str
    path: str
    media_type: str
    content: bytes


def pack_pdf(title: str, cover: bytes, files: Sequence[PackedFile]) -> bytes:
    """The cover, then each certificate behind its bookmark; pictures become pages of US letter size.

    What cannot be put between other pages leaves an empty one, whose bookmark says where it is.
    """
    writer = PdfWriter()
    writer.append(BytesIO(cover), outline_item="Transcript", import_outline=False)
    for file in files:
        try:
            pages = file.content if file.media_type == "application/pdf" else _page_of(file.content)
            certificate = PdfReader(BytesIO(pages))
            certificate.pages[0]
        except (PyPdfError, OSError, ValueError, LookupError):
            page = writer.add_blank_page(*LETTER_POINTS)
            title = f"{file.bookmark} (only in the zip: it cannot be shown here)"
            writer.add_outline_item(title=title, page_number=page)
        else:
            writer.append(certificate, outline_item=file.bookmark, import_outline=False)
    writer.add_metadata({"/Title": title})
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def _page_of(picture: bytes) -> bytes:
    """A picture as large as fits between the margins of a page, in the middle of it."""
    with Image.open(BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    room = tuple(side - 2 * MARGIN_POINTS for side in LETTER_POINTS)
    points_a_pixel = min(room[0] / image.width, room[1] / image.height, 1.0)
    size = tuple(round(side / points_a_pixel) for side in LETTER_POINTS)
    page = Image.new("RGB", (size[0], size[1]), "white")
    page.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    content = BytesIO()
    page.save(content, "PDF", resolution=72 / points_a_pixel)
    return content.getvalue()


class _Sluice:
    """What a zip file writes into, and what is sent on from there before more is written."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, content: bytes) -> int:
        self.waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        content, self.waiting = b"".join(self.waiting), []
        return content


def zip_parts(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip of the files as they are, in parts of one file, with SHA256SUMS, which `sha256sum --check` reads.

    No more than one file is held at a time, however many there are.
    """
    sums, sluice = "", _Sluice()
    with zipfile.ZipFile(cast(IO[bytes], sluice), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path, content in files:
            packed.writestr(path, content)
            sums += f"{hashlib.sha256(content).hexdigest()}  {path}\n"
            yield sluice.taken()
        packed.writestr("SHA256SUMS", sums)
    yield sluice.taken()
