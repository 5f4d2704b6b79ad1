"""What the bank holds, for authors and reviewers."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from quizapp.bank import queries as bank_queries
from quizapp.bank import report as bank_report
from quizapp.bank.content import text_of
from quizapp.bank.facts import read_facts
from quizapp.bank.models import Item, ItemFlag, ItemVersion
from quizapp.bank.reviews import read_reviews, stamp_of
from quizapp.bank.tags import tags_of

PAGE_SIZE = 50


def counts(session: Session) -> Sequence[Row[str, str, str, int]]:
    """(domain, level, status, number) of all items. One statement."""
    return session.execute(
        select(Item.domain, Item.level, Item.status, func.count()).group_by(Item.domain, Item.level, Item.status)
    ).all()


def items(session: Session, domain: str, page: int) -> Sequence[Row[Item, ItemFlag | None]]:
    """One page of items with their flags: the flagged ones first, then those that are due for review soonest."""
    statement = (
        select(Item, ItemFlag)
        .outerjoin(ItemFlag, ItemFlag.item_id == Item.id)
        .order_by(ItemFlag.item_id.is_(None), Item.review_by, Item.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    if domain:
        statement = statement.where(Item.domain == domain)
    return session.execute(statement).all()


def newest_version(session: Session, item_id: str) -> ItemVersion | None:
    """What an item says now."""
    return session.scalar(
        select(ItemVersion)
        .join(Item, (Item.id == ItemVersion.item_id) & (Item.head_version == ItemVersion.version))
        .where(Item.id == item_id)
    )


def flag_of(session: Session, item_id: str) -> ItemFlag | None:
    """An item's flag, with its note."""
    return session.get(ItemFlag, item_id)


def report(session: Session, bank_dir: Path, today: date) -> list[bank_report.Table]:
    """The report on what the database holds. Two statements; made once for each state of the bank and day.

    Readings are in files, which a load by command changes under a running site. Flags come and go without changing an
    item. Both are looked up each time. Raises BadFileError where the files of readings or facts cannot be read.
    """
    state = (bank_dir, today, bank_queries.heads(session), stamp_of(bank_dir))
    if state not in _reports:
        items = [text_of(content) for content in bank_queries.contents(session)]
        reviews, facts = read_reviews(bank_dir), read_facts(bank_dir)
        made = bank_report.report(items, reviews, facts, tags_of(bank_dir), today)
        # Only the newest is kept: nobody asks for the report on a bank of yesterday.
        _reports.clear()
        _reports[state] = made
    flags = [(item_id, flagged_at, note, by) for item_id, flagged_at, note, by in bank_queries.flags(session)]
    return [bank_report.flag_table(flags), *_reports[state]]


_Stamp = tuple[tuple[str, int, int], ...]
_reports: dict[tuple[Path, date, tuple[tuple[str, int], ...], _Stamp], list[bank_report.Table]] = {}
