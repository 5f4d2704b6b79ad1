"""What an audit asks for: the transcript of a cycle, one PDF with every certificate, and a zip of the files."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, abort, send_file
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts.login import me
from quizapp.credits import audit, evidence_queries, queries
from quizapp.credits.audit import Exhibit
from quizapp.credits.cycle_records import CycleRecord
from quizapp.credits.storage import LostFileError
from quizapp.lazy import lazily

blueprint = Blueprint("audit", __name__)

TEMPLATE = Path(__file__).parent / "transcript.typ"
CYCLE = "/credits/credentials/<uuid:held_id>/cycles/<start>"
MOST_PACK_BYTES = 100_000_000
BYTES_IN_MEMORY = 10_000_000

pdf_of = lazily("quizapp.credits.typeset:pdf_of")
pack_pdf = lazily("quizapp.credits.pack_files:pack_pdf")
pack_zip = lazily("quizapp.credits.pack_files:pack_zip")
packed_file = lazily("quizapp.credits.pack_files:PackedFile")


@dataclass(frozen=True)
class Pack:
    """A cycle on paper: its record, its certificates, and the bytes of those that are still there."""

    record: CycleRecord
    exhibits: Sequence[Exhibit]

    @property
    def byte_count(self) -> int:
        """How large all certificates are together."""
        return sum(exhibit.kept.byte_count for exhibit in self.exhibits if exhibit.kept)

    def name(self, ending: str) -> str:
        """credits-cmm-2026-03-14.pdf."""
        return f"credits-{audit.plain_name(self.record.short_name)}-{self.record.start_on.isoformat()}.{ending}"


@blueprint.get(f"{CYCLE}/transcript.pdf")
def transcript(held_id: UUID, start: str) -> ResponseReturnValue:
    """The transcript alone: tagged and searchable."""
    pack = _pack_or_404(held_id, start)
    return _pdf(_transcript(pack, []), pack.name("pdf"))


@blueprint.get(f"{CYCLE}/pack.pdf")
def pack(held_id: UUID, start: str) -> ResponseReturnValue:
    """The transcript, then every certificate behind a bookmark with the number of its entry."""
    pack = _pack_or_404(held_id, start)
    if pack.byte_count > MOST_PACK_BYTES:
        return web.error_page(
            413,
            f"The certificates of this cycle are more than {MOST_PACK_BYTES // 1_000_000} MB, too many for one PDF. "
            "Nothing is wrong with them: take the zip instead.",
        )
    contents, lost = _contents(pack)
    files = [
        packed_file(exhibit.bookmark, exhibit.path, exhibit.kept.media_type, contents[exhibit.sha256])
        for exhibit in pack.exhibits
        if exhibit.kept and exhibit.sha256 in contents
    ]
    title = f"Audit pack: {pack.record.short_name} from {pack.record.start_on.isoformat()}"
    return _pdf(pack_pdf(title, _transcript(pack, lost), files), f"pack-{pack.name('pdf')}")


@blueprint.get(f"{CYCLE}/pack.zip")
def originals(held_id: UUID, start: str) -> ResponseReturnValue:
    """The transcript and every certificate as a file of its own, with their checksums."""
    pack = _pack_or_404(held_id, start)
    is_small = pack.byte_count <= BYTES_IN_MEMORY
    packed = BytesIO() if is_small else tempfile.TemporaryFile()  # noqa: SIM115 - the answer reads it, and closes it
    pack_zip(packed, _originals(pack))
    packed.seek(0)
    answer = send_file(packed, "application/zip", as_attachment=True, download_name=pack.name("zip"), etag=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _originals(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, read when its turn comes; the transcript, which lists those that are lost, is last."""
    lost = []
    for path, exhibit in {exhibit.path: exhibit for exhibit in pack.exhibits}.items():
        if exhibit.kept:
            try:
                yield path, evidence_queries.open_certificate(web.config(), exhibit.kept)
            except LostFileError:
                lost.append(exhibit.sha256)
    yield "transcript.pdf", _transcript(pack, lost)


def _pack_or_404(held_id: UUID, start: str) -> Pack:
    session, person = web.db_session(), me()
    try:
        first_day = date.fromisoformat(start)
    except ValueError:
        abort(404)
    standings = queries.standings_of(session, person.id, web.today(), web.config().bank_dir)
    held_one = standings.held_one(held_id)
    if held_one is None:
        abort(404)
    ids = [activity.id for activity in standings.activities]
    certificates = evidence_queries.certificates_of(session, person.id, ids)
    record = web.or_404(audit.record_for(held_one, first_day, standings, certificates, web.today()))
    session.commit()  # Setting and packing take seconds, during which no transaction stays open.
    return Pack(record, list(audit.exhibits_of(record, certificates)))


def _contents(pack: Pack) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of every certificate by checksum, and the checksums of those that the store has lost."""
    contents: dict[str, bytes] = {}
    lost = []
    for exhibit in pack.exhibits:
        if exhibit.kept and exhibit.sha256 not in contents:
            try:
                contents[exhibit.sha256] = evidence_queries.open_certificate(web.config(), exhibit.kept)
            except LostFileError:
                lost.append(exhibit.sha256)
    return contents, lost


def _transcript(pack: Pack, lost: Sequence[str]) -> bytes:
    person = me()
    holder = person.display_name or person.email or ""
    data = audit.transcript_data(pack.record, holder, pack.exhibits, web.today(), lost)
    content: bytes = pdf_of(TEMPLATE, data, web.now())
    return content


def _pdf(content: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
