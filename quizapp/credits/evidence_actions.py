"""Keeping and removing certificates; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.accounts.models import User
from quizapp.credits.activity_queries import activity_of
from quizapp.credits.certificates import OpenedFile
from quizapp.credits.evidence_queries import (
    FILES_OF_AN_ACTIVITY,
    bytes_kept,
    certificates_of,
    has_certificates,
    referenced,
)
from quizapp.credits.models import Certificate
from quizapp.credits.storage import FOLDERS, EvidenceStore

UNREFERENCED_FOR = timedelta(days=1)


class NoSuchActivityError(Exception):
    """The person has no such activity, or has deleted it."""


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store, and is a certificate once it has a row."""

    file: OpenedFile
    storage_key: str


@dataclass
class Outcome:
    """What became of some files: added, there before under some name, or refused with a sentence.

    `unused` are keys of the store that no row names any more.
    """

    added: list[StoredFile] = field(default_factory=list)
    known: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    unused: set[str] = field(default_factory=set)


def add_certificates(
    session: Session, user_id: UUID, activity_id: UUID, files: Sequence[StoredFile], most_bytes: int, now: datetime
) -> Outcome:
    """Add files to an activity, each in turn while there is room: ten an activity, `most_bytes` a person.

    A file whose bytes the activity has already is not added again, but takes the place of the one before, should the
    store have lost that. Raises NoSuchActivityError.
    """
    # Two uploads of one person at the same time would each see the other's room; so the second waits.
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    if activity_of(session, user_id, activity_id) is None:
        raise NoSuchActivityError(activity_id)
    there = certificates_of(session, user_id, [activity_id])[activity_id]
    known = {certificate.sha256: certificate for certificate in there}
    room = most_bytes - bytes_kept(session, user_id)
    outcome = Outcome()
    for stored in files:
        file = stored.file
        if file.sha256 in known:
            before = known[file.sha256]
            outcome.known.append((file.name, before.name))
            outcome.unused.add(before.storage_key)
            before.storage_key = stored.storage_key
        elif len(known) >= FILES_OF_AN_ACTIVITY:
            outcome.refused.append((file.name, f"An activity has at most {FILES_OF_AN_ACTIVITY} certificates."))
            outcome.unused.add(stored.storage_key)
        elif len(file.content) > room:
            outcome.refused.append((file.name, "There is no room left for your certificates. Delete some old ones."))
            outcome.unused.add(stored.storage_key)
        else:
            known[file.sha256] = _certificate(user_id, activity_id, stored, now)
            session.add(known[file.sha256])
            outcome.added.append(stored)
            room -= len(file.content)
    session.flush()
    return outcome


def _certificate(user_id: UUID, activity_id: UUID, stored: StoredFile, now: datetime) -> Certificate:
    file = stored.file
    return Certificate(
        user_id=user_id,
        id=uuid4(),
        activity_id=activity_id,
        name=file.name,
        media_type=file.media_type,
        byte_count=len(file.content),
        page_count=file.page_count,
        sha256=file.sha256,
        storage_key=stored.storage_key,
        created_at=now,
    )


def remove_certificate(session: Session, user_id: UUID, certificate_id: UUID) -> str | None:
    """Remove a certificate's row and return the key of its file, to be deleted after the commit; None if it is gone."""
    statement = (
        delete(Certificate)
        .where(Certificate.user_id == user_id, Certificate.id == certificate_id)
        .returning(Certificate.storage_key)
    )
    return session.scalar(statement)


def remove_unreferenced(session: Session, store: EvidenceStore, now: datetime) -> int:
    """Delete files without a row that are older than a day, from one folder of the store; returns how many.

    A crash leaves some behind, and so does whatever deletes rows in masses, such as the sweep of activities. Files
    lie in the store before they have a row: hence the day. The folder goes by the minute, so that every folder has
    its turn within hours and no turn is long. A database without any certificate is taken for the wrong one, and
    nothing is swept: a typing error in a setting must not cost everybody's evidence.
    """
    if not has_certificates(session):
        return 0
    folder = int(now.timestamp()) // 60 % FOLDERS
    old = {path.name: path for path in store.put_before(now - UNREFERENCED_FOR, folder)}
    gone = old.keys() - referenced(session, list(old))
    for name in gone:
        old[name].unlink(missing_ok=True)
    return len(gone)
