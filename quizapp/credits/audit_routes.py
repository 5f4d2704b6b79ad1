"""What an audit asks for of a cycle: the transcript, one PDF with its certificates, a zip of them; and a zip of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import actions as account_actions
from quizapp.accounts.login import me
from quizapp.credits import audit, evidence_queries, queries
from quizapp.credits.audit import Exhibit
from quizapp.credits.audit_forms import Papers, papers_of
from quizapp.credits.cycle_records import CycleRecord
from quizapp.credits.storage import LostFileError
from quizapp.credits.table_files import csv_of
from quizapp.db import writing
from quizapp.lazy import lazily

blueprint = Blueprint("audit", __name__)

TEMPLATE = Path(__file__).parent / "transcript.typ"
CYCLE = "/credits/credentials/<uuid:held_id>/cycles/<start>"
MOST_PACK_BYTES = 100_000_000
PAPERS = {"transcript": ".transcript", "pack": ".pack", "files": ".originals"}

pdf_of = lazily("quizapp.credits.typeset:pdf_of")
pack_pdf = lazily("quizapp.credits.pack_files:pack_pdf")
zip_parts = lazily("quizapp.credits.pack_files:zip_parts")
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


@blueprint.get(f"{CYCLE}/name")
def ask_name(held_id: UUID, start: str) -> ResponseReturnValue:
    """Ask whose transcript it is: the name is printed, and an address for mail is nobody's business."""
    pack = _pack_or_404(held_id, start)
    return _name_page(pack, _papers(pack, held_id))


@blueprint.post(f"{CYCLE}/name")
def give_name(held_id: UUID, start: str) -> ResponseReturnValue:
    """Keep the name, and go on to the paper that was asked for."""
    pack = _pack_or_404(held_id, start)
    papers = _papers(pack, held_id)
    if not papers.form.validate_on_submit():
        return _name_page(pack, papers)
    session = web.db_session()
    with writing(session):
        account_actions.change_name(session, me().id, papers.form.display_name.data or "")
    wanted = PAPERS.get(request.form.get("paper", ""), ".transcript")
    return redirect(url_for(wanted, held_id=held_id, start=start), 303)


@blueprint.get(f"{CYCLE}/transcript.pdf")
def transcript(held_id: UUID, start: str) -> ResponseReturnValue:
    """The transcript alone: tagged and searchable."""
    pack = _named_pack(held_id, start)
    return _pdf(_transcript(pack, []), pack.name("pdf"))


@blueprint.get(f"{CYCLE}/pack.pdf")
def pack(held_id: UUID, start: str) -> ResponseReturnValue:
    """The transcript, then every certificate behind a bookmark with the number of its entry."""
    pack = _named_pack(held_id, start)
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
    pack = _named_pack(held_id, start)
    return _zip(_originals(pack), pack.name("zip"))


@blueprint.get("/credits/certificates.zip")
def every_certificate() -> ResponseReturnValue:
    """Every certificate of the person's activities, whatever it counts for, with a list and their checksums."""
    session = web.db_session()
    exhibits = audit.every_exhibit(evidence_queries.every_certificate(session, me().id))
    if not exhibits:
        web.say("No certificate is kept of any activity, so there is none to download.", "note")
        return redirect(url_for("activities.overview"), 303)
    session.commit()  # As in _pack_or_404.
    return _zip(_listed_files(exhibits), f"certificates-{web.today().isoformat()}.zip")


# --- Shared by the routes -------------------------------------------------------------------------------------------


def _originals(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """Every file with its path; the transcript, which lists those that are lost, is last."""
    lost: list[str] = []
    yield from _files(pack.exhibits, lost)
    yield "transcript.pdf", _transcript(pack, lost)


def _listed_files(exhibits: Sequence[Exhibit]) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, then their list."""
    lost: list[str] = []
    yield from _files(exhibits, lost)
    yield "certificates.csv", csv_of(audit.list_of(exhibits, lost))


def _files(exhibits: Sequence[Exhibit], lost: list[str]) -> Iterator[tuple[str, bytes]]:
    """Every file with its path, read when its turn comes; the checksums of what the store has lost go to `lost`."""
    for path, exhibit in {exhibit.path: exhibit for exhibit in exhibits}.items():
        if exhibit.kept:
            try:
                yield path, evidence_queries.open_certificate(web.config(), exhibit.kept)
            except LostFileError:
                lost.append(exhibit.sha256)


def _named_pack(held_id: UUID, start: str) -> Pack:
    """The pack of a holder whose name is known; others are asked for it first."""
    pack = _pack_or_404(held_id, start)
    if not me().display_name:
        abort(make_response(redirect(url_for(".ask_name", held_id=held_id, start=start), 303)))
    return pack


def _papers(pack: Pack, held_id: UUID) -> Papers:
    return papers_of(held_id, pack.record.start_on, pack.record.activities, me().display_name)


def _name_page(pack: Pack, papers: Papers) -> ResponseReturnValue:
    page = render_template("credits/holder_name.html", record=pack.record, papers=papers)
    return page, 422 if papers.form.errors else 200


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
    data = audit.transcript_data(pack.record, me().display_name, pack.exhibits, web.today(), lost)
    content: bytes = pdf_of(TEMPLATE, data, web.now())
    return content


def _pdf(content: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _zip(files: Iterator[tuple[str, bytes]], name: str) -> Response:
    """A zip that is sent as it is made, so that it takes neither memory nor a disk, however large it is."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(stream_with_context(zip_parts(files)), content_type="application/zip", headers=headers)
