"""What was logged: a person's own activities, and those that they deleted and can still bring back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.credits.models import Activity


def activities_of(session: Session, user_id: UUID) -> Sequence[Activity]:
    """Everything that the person logged and did not delete, newest first."""
    return session.scalars(
        select(Activity)
        .where(Activity.user_id == user_id, Activity.deleted_at.is_(None))
        .order_by(Activity.ended_on.desc(), Activity.started_on.desc(), Activity.created_at.desc(), Activity.id)
    ).all()


def activity_of(session: Session, user_id: UUID, activity_id: UUID) -> Activity | None:
    """One activity of the person's own that is not deleted."""
    return session.scalar(
        select(Activity).where(Activity.user_id == user_id, Activity.id == activity_id, Activity.deleted_at.is_(None))
    )


def deleted_activity(session: Session, user_id: UUID, activity_id: UUID) -> Activity | None:
    """One activity of the person's own that was deleted and can still come back."""
    return session.scalar(
        select(Activity).where(
            Activity.user_id == user_id, Activity.id == activity_id, Activity.deleted_at.is_not(None)
        )
    )


def deleted_activities(session: Session, user_id: UUID) -> Sequence[Activity]:
    """What the person deleted and can still bring back, what was deleted last first."""
    return session.scalars(
        select(Activity)
        .where(Activity.user_id == user_id, Activity.deleted_at.is_not(None))
        .order_by(Activity.deleted_at.desc(), Activity.id)
    ).all()
