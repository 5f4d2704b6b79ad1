"""Weak areas: what a candidate's marks say by domain, area and topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Mark
from quizapp.bank.models import ItemTag
from quizapp.rules.scoring import Tally


@dataclass(frozen=True)
class Progress:
    """First-sight answers, whole and by group, with the repeats, and what was left without an answer, apart."""

    first_sight: Tally
    repeats: Tally
    unanswered: int
    groups: Mapping[str, Mapping[str, Tally]]


def progress_of(session: Session, user_id: UUID) -> Progress:
    """What this person's marks say, but for attempts that are set aside. Two statements, however many marks there are.

    Groups count first-sight answers alone: an item met again says more about the item than about the area, and one
    left without an answer may never have been on screen.
    """
    counting = and_(Attempt.user_id == Mark.user_id, Attempt.id == Mark.attempt_id, Attempt.archived_at.is_(None))
    is_answered = Mark.chosen.is_not(None)
    right = func.sum(cast(Mark.is_correct, Integer))
    by_domain = session.execute(
        select(is_answered, Mark.is_first_sight, Mark.domain, right, func.count())
        .join(Attempt, counting)
        .where(Mark.user_id == user_id)
        .group_by(is_answered, Mark.is_first_sight, Mark.domain)
    ).all()
    by_tag = session.execute(
        select(ItemTag.kind, ItemTag.tag, right, func.count())
        .join(Mark, Mark.item_id == ItemTag.item_id)
        .join(Attempt, counting)
        .where(Mark.user_id == user_id, Mark.is_first_sight, is_answered)
        .group_by(ItemTag.kind, ItemTag.tag)
    ).all()
    answered = [row[1:] for row in by_domain if row[0]]
    domains = {domain: Tally(int(good), count) for is_first, domain, good, count in answered if is_first}
    return Progress(
        first_sight=sum(domains.values(), Tally()),
        repeats=sum((Tally(int(good), count) for is_first, _, good, count in answered if not is_first), Tally()),
        unanswered=sum(row[-1] for row in by_domain if not row[0]),
        groups={
            "domain": domains,
            "area": {tag: Tally(int(good), count) for kind, tag, good, count in by_tag if kind == "area"},
            "topic": {tag: Tally(int(good), count) for kind, tag, good, count in by_tag if kind == "topic"},
        },
    )
