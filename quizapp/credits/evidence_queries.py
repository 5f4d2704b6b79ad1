"""Certificates of activities: the owner's rows, and the bytes behind one."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.config import Config
from quizapp.credits.models import Activity, Certificate
from quizapp.credits.storage import EvidenceStore, LostFileError

FILES_OF_AN_ACTIVITY = 10


def certificates_of(session: Session, user_id: UUID, activity_ids: Iterable[UUID]) -> dict[UUID, list[Certificate]]:
    """The certificates of some of a person's activities, oldest first, with an entry for each; one statement."""
    found: dict[UUID, list[Certificate]] = {activity_id: [] for activity_id in activity_ids}
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id, Certificate.activity_id.in_(found))
        .order_by(Certificate.created_at, Certificate.name, Certificate.id)
    )
    for certificate in rows:
        found[certificate.activity_id].append(certificate)
    return found


def proven_activities(session: Session, user_id: UUID) -> frozenset[UUID]:
    """The activities of the person's that have a certificate; one statement."""
    return frozenset(session.scalars(select(Certificate.activity_id).where(Certificate.user_id == user_id).distinct()))


def certificate_of(session: Session, user_id: UUID, certificate_id: UUID) -> tuple[Certificate, Activity] | None:
    """One of the person's own certificates with what it proves, unless that is deleted."""
    row = session.execute(
        select(Certificate, Activity)
        .join(Activity, (Activity.user_id == Certificate.user_id) & (Activity.id == Certificate.activity_id))
        .where(
            Certificate.user_id == user_id,
            Activity.user_id == user_id,
            Certificate.id == certificate_id,
            Activity.deleted_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def every_certificate(session: Session, user_id: UUID) -> list[tuple[Activity, Certificate]]:
    """All certificates of the person's activities, deleted ones left out: by the activity's day, then by their own."""
    rows = session.execute(
        select(Activity, Certificate)
        .join(Certificate, (Certificate.user_id == Activity.user_id) & (Certificate.activity_id == Activity.id))
        .where(Activity.user_id == user_id, Certificate.user_id == user_id, Activity.deleted_at.is_(None))
        .order_by(Activity.ended_on, Activity.title, Activity.id, Certificate.created_at, Certificate.id)
    )
    return [(activity, certificate) for activity, certificate in rows]


def bytes_kept(session: Session, user_id: UUID) -> int:
    """How much of the person's quota is used."""
    statement = select(func.coalesce(func.sum(Certificate.byte_count), 0)).where(Certificate.user_id == user_id)
    return int(session.scalar(statement) or 0)


def has_certificates(session: Session) -> bool:
    """Whether anybody has a certificate: for the clock's job, never for a request."""
    return session.scalar(select(Certificate.id).limit(1)) is not None


def referenced(session: Session, storage_keys: Sequence[str]) -> set[str]:
    """Which of these keys a certificate has, whosever it is: for the clock's job, never for a request."""
    return set(session.scalars(select(Certificate.storage_key).where(Certificate.storage_key.in_(storage_keys))))


def store_of(config: Config) -> EvidenceStore:
    """The site's store of certificates."""
    return EvidenceStore(config.evidence_dir)


def open_certificate(config: Config, certificate: Certificate) -> bytes:
    """The bytes of a certificate, which are what was kept: its checksum is compared. Raises LostFileError."""
    content = store_of(config).open(certificate.storage_key)
    if hashlib.sha256(content).hexdigest() != certificate.sha256:
        raise LostFileError(certificate.storage_key)
    return content


def farewell_to_files(config: Config, session: Session, user_id: UUID) -> Callable[[], None]:
    """What deletes every file of a person whose rows are about to go."""
    keys = session.scalars(select(Certificate.storage_key).where(Certificate.user_id == user_id)).all()

    def delete() -> None:
        for key in keys:
            store_of(config).delete(key)

    return delete
