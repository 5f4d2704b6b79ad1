"""What the bank holds, for authors and reviewers."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from quizapp.bank.models import Item, ItemVersion

PAGE_SIZE = 50


def counts(session: Session) -> Sequence[Row[str, str, str, int]]:
    """(domain, level, status, number) of all items. One statement."""
    return session.execute(
        select(Item.domain, Item.level, Item.status, func.count()).group_by(Item.domain, Item.level, Item.status)
    ).all()


def items(session: Session, domain: str, page: int) -> Sequence[Item]:
    """One page of items, those due for review first."""
    statement = select(Item).order_by(Item.review_by, Item.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    if domain:
        statement = statement.where(Item.domain == domain)
    return session.scalars(statement).all()


def newest_version(session: Session, item_id: str) -> ItemVersion | None:
    """What an item says now."""
    return session.scalar(
        select(ItemVersion)
        .join(Item, (Item.id == ItemVersion.item_id) & (Item.head_version == ItemVersion.version))
        .where(Item.id == item_id)
    )
