"""What practice may use up: the items that a person has not seen, and the reserve among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Response, items_in_running_mocks
from quizapp.bank.models import Item
from quizapp.rules.answer_log import SHOWN
from quizapp.rules.blueprint import honest_forms, reserve


@dataclass(frozen=True)
class Stock:
    """How many published items each domain has, how many of them a person has not seen, and how many are reserved."""

    weights: Mapping[str, float]
    full_form: int
    published: Mapping[str, int]
    unseen: Mapping[str, int]
    is_kept: bool

    @property
    def reserved(self) -> dict[str, int]:
        """The unseen items of each domain that practice leaves alone while the reserve is kept."""
        kept = reserve(self.weights, self.published, self.full_form)
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
        return honest_forms(self.weights, self.unseen, self.full_form)

    @property
    def largest_honest_form(self) -> int:
        """The size of the largest mock over all domains that can be made of unseen items alone."""
        return honest_forms(self.weights, self.unseen, 1)


def stock_of(session: Session, user_id: UUID, weights: Mapping[str, float], full_form: int, *, is_kept: bool) -> Stock:
    """What this person has left: not what a running mock holds, but again what is set aside. One statement."""
    seen = (
        select(Response.item_id)
        .join(Attempt, and_(Attempt.user_id == Response.user_id, Attempt.id == Response.attempt_id))
        .where(Response.user_id == user_id, Response.kind == SHOWN, Attempt.archived_at.is_(None))
    )
    is_unseen = and_(Item.id.not_in(seen), Item.id.not_in(items_in_running_mocks(user_id)))
    rows = session.execute(
        select(Item.domain, func.count(), func.sum(cast(is_unseen, Integer)))
        .where(Item.status == "published")
        .group_by(Item.domain)
    ).all()
    published = {domain: number for domain, number, _ in rows}
    return Stock(weights, full_form, published, {domain: int(number) for domain, _, number in rows}, is_kept)
