"""Evidence: the certificates of an activity, put there, fetched and deleted by their owner."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from quizapp import web
from quizapp.accounts.login import me, visitor
from quizapp.credits import certificates, evidence_actions
from quizapp.credits import evidence_queries as queries
from quizapp.credits.activity_queries import activity_of
from quizapp.credits.certificates import OpenedFile
from quizapp.credits.effects import counted_of
from quizapp.credits.evidence_actions import NoSuchActivityError, Outcome, StoredFile
from quizapp.credits.models import Activity
from quizapp.credits.queries import standings_of
from quizapp.credits.sandbox import RefusedFileError, SlowFileError
from quizapp.credits.storage import LostFileError, StoreRefusedError
from quizapp.db import writing

blueprint = Blueprint("evidence", __name__)

FULL_FILES_AT_ONCE = 3
MOST_BYTES_SWALLOWED = 100_000_000
OF_A_FILE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@blueprint.url_value_preprocessor
def allow_large_uploads(endpoint: str | None, _values: object) -> None:
    """Let people who are signed in send files, before anything reads the body; it goes to the disk, not into memory."""
    if endpoint == "evidence.upload" and visitor():
        request.max_content_length = _most_bytes_at_once()


@blueprint.errorhandler(413)
def refuse_what_is_too_large(_error: Exception) -> ResponseReturnValue:
    """Say what would fit. A browser shows an answer only once it has sent everything, so the rest is swallowed."""
    if visitor():
        _swallow(MOST_BYTES_SWALLOWED)
    most = web.config().certificate_megabytes
    return web.error_page(
        413,
        f"Send at most {FULL_FILES_AT_ONCE * most} MB at a time, and {most} MB a file. Nothing of this was stored, "
        "and what was stored before is still there. Go back and choose fewer or smaller files.",
    )


@blueprint.errorhandler(StoreRefusedError)
def say_that_nothing_was_kept(error: StoreRefusedError) -> ResponseReturnValue:
    """The holder learns that the file is not kept, the operator why."""
    current_app.logger.error("The store of certificates takes no file.", exc_info=error)
    return web.error_page(
        500,
        "The site cannot keep files at the moment, so nothing of this was stored. What was stored before is still "
        "there. Keep your file, try again later, and tell the people who run the site.",
    )


@blueprint.get("/credits/activities/<uuid:activity_id>/certificates")
def overview(activity_id: UUID) -> ResponseReturnValue:
    """The certificates of an activity, and the form that adds some."""
    return _page(_activity_or_404(activity_id))


@blueprint.post("/credits/activities/<uuid:activity_id>/certificates")
def upload(activity_id: UUID) -> ResponseReturnValue:
    """Add the files that can be kept, and say of each other one why it cannot."""
    activity = _activity_or_404(activity_id)
    chosen = [file for name in ("files", "picture") for file in request.files.getlist(name) if file.filename]
    if not chosen:
        return _page(activity, [("", "Choose at least one file.")])
    if len(chosen) > queries.FILES_OF_AN_ACTIVITY:
        return _page(activity, [("", f"Choose at most {queries.FILES_OF_AN_ACTIVITY} files at a time.")])
    web.db_session().commit()  # Opening files takes seconds, during which no transaction stays open.
    opened, refused = _opened(chosen)
    try:
        outcome = _kept(activity_id, opened)
    except NoSuchActivityError:
        abort(404)
    if outcome.added:
        web.say(f"Kept: {', '.join(stored.file.name for stored in outcome.added)}.")
    for name, known_as in outcome.known:
        other_name = "" if name == known_as else f", as {known_as}"
        web.say(f"{name} is here already{other_name}. It was not kept twice.", "note")
    if refused or outcome.refused:
        return _page(activity, refused + outcome.refused)
    return redirect(url_for(".overview", activity_id=activity_id), 303)


@blueprint.get("/credits/certificates/<uuid:certificate_id>")
def download(certificate_id: UUID) -> ResponseReturnValue:
    """The file itself, which the browser stores and never runs."""
    certificate, _activity = web.or_404(queries.certificate_of(web.db_session(), me().id, certificate_id))
    try:
        content = queries.open_certificate(web.config(), certificate)
    except LostFileError:
        return web.error_page(410, "This file is not in the store as it was kept. Tell the people who run the site.")
    response = send_file(
        BytesIO(content), certificate.media_type, as_attachment=True, download_name=certificate.name, etag=False
    )
    response.headers.update(OF_A_FILE)
    return response


@blueprint.get("/credits/certificates/<uuid:certificate_id>/delete")
def ask_to_delete(certificate_id: UUID) -> ResponseReturnValue:
    """Ask before a certificate is deleted."""
    certificate, activity = web.or_404(queries.certificate_of(web.db_session(), me().id, certificate_id))
    return render_template("credits/delete_certificate.html", certificate=certificate, activity=activity)


@blueprint.post("/credits/certificates/<uuid:certificate_id>/delete")
def delete(certificate_id: UUID) -> ResponseReturnValue:
    """Delete a certificate, its row first: a file without a row is swept, a row without a file would be a gap."""
    session = web.db_session()
    certificate, activity = web.or_404(queries.certificate_of(session, me().id, certificate_id))
    with writing(session):
        storage_key = web.or_404(evidence_actions.remove_certificate(session, me().id, certificate_id))
    queries.store_of(web.config()).delete(storage_key)
    web.say(f"Deleted: {certificate.name}.")
    return redirect(url_for(".overview", activity_id=activity.id), 303)


# --- Shared by the routes -------------------------------------------------------------------------------------------


def _activity_or_404(activity_id: UUID) -> Activity:
    return web.or_404(activity_of(web.db_session(), me().id, activity_id))


def _page(activity: Activity, refused: Sequence[tuple[str, str]] = ()) -> ResponseReturnValue:
    session = web.db_session()
    kept = queries.certificates_of(session, me().id, [activity.id])[activity.id]
    page = render_template(
        "credits/certificates.html",
        activity=activity,
        certificates=kept,
        missing=_missing_beside(activity) if kept else [],
        refused=refused,
        most_files=queries.FILES_OF_AN_ACTIVITY,
        most_bytes=_most_bytes_of_a_file(),
        most_bytes_at_once=_most_bytes_at_once(),
        bytes_kept=queries.bytes_kept(session, me().id),
        most_megabytes=web.config().certificate_megabytes,
        most_megabytes_kept=web.config().evidence_megabytes,
    )
    return page, 422 if refused else 200


def _missing_beside(activity: Activity) -> list[str]:
    """The proof that the credentials held ask for and that is no certificate, as far as it is not there."""
    standings = standings_of(web.db_session(), me().id, web.today(), web.config().bank_dir)
    counted = counted_of(standings, [activity], {activity.id})[activity.id]
    return sorted({name for each in counted for name in each.missing})


def _most_bytes_of_a_file() -> int:
    return web.config().certificate_megabytes * 1_000_000


def _most_bytes_at_once() -> int:
    return FULL_FILES_AT_ONCE * _most_bytes_of_a_file() + 100_000


def _opened(chosen: Sequence[FileStorage]) -> tuple[list[OpenedFile], list[tuple[str, str]]]:
    """The files that could be opened, and why each other one could not."""
    opened: list[OpenedFile] = []
    refused: list[tuple[str, str]] = []
    is_slow = False
    for file in chosen:
        name = certificates.shown_name(file.filename or "")
        content = file.stream.read(_most_bytes_of_a_file() + 1)
        if is_slow:
            refused.append((name, "It was not looked at, because the one before it took too long. Choose it again."))
        elif len(content) > _most_bytes_of_a_file():
            refused.append((name, f"This file has more than {web.config().certificate_megabytes} MB. Make it smaller."))
        else:
            try:
                opened.append(certificates.opened(name, content))
            except RefusedFileError as error:
                refused.append((name, str(error)))
                is_slow = isinstance(error, SlowFileError)
    return opened, refused


def _kept(activity_id: UUID, opened: Sequence[OpenedFile]) -> Outcome:
    """Files first, then their rows in one short write; a file that gets no row is deleted again."""
    session, store = web.db_session(), queries.store_of(web.config())
    most_bytes = web.config().evidence_megabytes * 1_000_000
    stored: list[StoredFile] = []
    unused: set[str] = set()
    try:
        for file in opened:
            stored.append(StoredFile(file, store.put(file.content)))
            unused.add(stored[-1].storage_key)
        with writing(session):
            outcome = evidence_actions.add_certificates(session, me().id, activity_id, stored, most_bytes, web.now())
        unused = outcome.unused
        return outcome
    finally:
        for storage_key in unused:
            store.delete(storage_key)


def _swallow(most_bytes: int) -> None:
    stream = request.environ["wsgi.input"]
    while most_bytes > 0 and (part := stream.read(min(most_bytes, 1_000_000))):
        most_bytes -= len(part)
