"""What practice may use up: the items that a person has not seen, and the reserve among them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Response, items_in_running_mocks
from quizapp.bank.models import Item
from quizapp.bank.queries import MockPool, pool_of, pool_rows
from quizapp.bank.tags import Blueprint
from quizapp.rules.answer_log import SHOWN
from quizapp.rules.blueprint import honest_forms, reserve
from quizapp.rules.review_dates import DatedItem


@dataclass(frozen=True)
class Stock:
    """How many items of each domain mocks draw, how many of them a person has not seen, and how many are reserved."""

    mocks: Blueprint
    pool: MockPool
    unseen: Mapping[str, int]
    is_kept: bool

    @property
    def full_form(self) -> int:
        """How many items a full mock has."""
        return self.mocks.mocks["full"].items

    @property
    def drawable(self) -> Mapping[str, int]:
        """How many items of each domain mocks draw."""
        return self.pool.counts_by_domain

    @property
    def reserved(self) -> dict[str, int]:
        """The unseen items of each domain that practice leaves alone while the reserve is kept."""
        kept = reserve(self.mocks.weights, self.drawable, self.full_form)
        return {domain: min(number, self.unseen.get(domain, 0)) for domain, number in kept.items()}

    @property
    def most_unseen(self) -> dict[str, int] | None:
        """How many unseen items of each domain practice may draw; None if there is no limit."""
        if not self.is_kept:
            return None
        return {domain: self.unseen.get(domain, 0) - number for domain, number in self.reserved.items()}

    @property
    def honest_forms(self) -> int:
        """How many full mocks can be made of unseen items alone."""
        return honest_forms(self.mocks.weights, self.unseen, self.full_form)

    @property
    def largest_honest_form(self) -> int:
        """The size of the largest mock over all domains that can be made of unseen items alone."""
        return honest_forms(self.mocks.weights, self.unseen, 1)


def stock_of(session: Session, user_id: UUID, mocks: Blueprint, today: date, *, is_kept: bool) -> Stock:
    """What this person has left for mocks: not what a running one holds, but again what is set aside. One statement."""
    seen = (
        select(Response.item_id)
        .join(Attempt, and_(Attempt.user_id == Response.user_id, Attempt.id == Response.attempt_id))
        .where(Response.user_id == user_id, Response.kind == SHOWN, Attempt.archived_at.is_(None))
    )
    is_unseen = and_(Item.id.not_in(seen), Item.id.not_in(items_in_running_mocks(user_id)))
    rows = session.execute(pool_rows().add_columns(is_unseen)).all()
    pool = pool_of([DatedItem(*row[:-1]) for row in rows], mocks, today)
    unseen = Counter(row[1] for row in rows if row[-1] and row[0] not in pool.gone)
    return Stock(mocks, pool, unseen, is_kept)
